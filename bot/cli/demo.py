"""`python -m bot demo`: a simulated GitHub, the real server, two issues, and what came of them."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from bot.cli import demo_world
from bot.cli.plain import readable

PROJECT = Path(__file__).resolve().parents[2]
START_LIMIT = 30.0
ANSWER_LIMIT = 40.0
_GOES_ON = """
Both servers go on running; Ctrl+C ends them. The issues: {stage.github_url}/   the bot: {stage.bot_url}/
Data and logs: {stage.folder}

What to try with them, by docs/demo.md, in another terminal:
SIM={stage.github_url}

Their clock is set ahead by
curl -s $SIM/_sim/clock -d '{{"ahead": "1h"}}'
"""
# loopback only: a proxy from the environment has no business here
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Both servers, running."""

    github_url: str
    bot_url: str
    folder: Path


class DemoFailed(Exception):
    """Something did not start or answer in time; the text says what, and where the log is."""


def run_demo(console: Console, *, keep: bool) -> int:
    """The whole show. 0 only if both verdicts came out right."""
    with ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(prefix="resolution-demo-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(scratch))
        git = demo_world.repository(PROJECT, folder)
        try:
            stage = _open_stage(stack, folder, git, console)
            right = _play(stage, git, console)
        except DemoFailed as failed:
            console.print(str(failed), style="red", markup=False)  # a log's brackets are no markup
            return 1
        _epilogue(stage, console, keep=keep)
        if keep:
            _wait_for_interrupt()
        return 0 if right else 1


def _play(stage: Stage, git: Path, console: Console) -> bool:
    asked = {
        demo_world.HOLDS: demo_world.closing_comment(git),
        demo_world.HOLDS_NOT: demo_world.CLAIMING_COMMENT,
    }
    for number, body in asked.items():
        console.print(Rule(f"{demo_world.MAINTAINER} comments on issue #{number}", style="dim"))
        console.print(Padding(Markdown(body), (0, 4)))
    started = time.monotonic()
    ids = {
        number: _ask(f"{stage.github_url}/_sim/comment", {
            "repo": demo_world.REPOSITORY, "issue": number, "login": demo_world.MAINTAINER, "body": body
        })["id"]
        for number, body in asked.items()
    }  # fmt: skip
    answers = _watch(stage.github_url, ids, console)
    console.print()
    for number in asked:
        issue = answers[number]
        console.print(Rule(f"the bot's answer on issue #{number}: {issue['state']}", style="green"))
        console.print(Padding(Markdown(readable(_answer(issue))), (0, 2)))
    console.print(f"\nBoth answered {time.monotonic() - started:.1f} s after the comments were sent.")
    return _verdicts_are_right(answers)


def _verdicts_are_right(answers: dict[int, dict[str, Any]]) -> bool:
    holds, holds_not = answers[demo_world.HOLDS], answers[demo_world.HOLDS_NOT]
    missing = ("85375b936", "shared/domain_config.py", "816")
    return (
        holds["state"] == "closed"
        and holds["state_reason"] == "completed"
        and holds_not["state"] == "open"
        and all(thing in _answer(holds_not) for thing in missing)
    )


def _watch(github: str, ids: dict[int, int], console: Console) -> dict[int, dict[str, Any]]:
    """Shows how far each issue is until every command has its final reaction."""
    until = time.monotonic() + ANSWER_LIMIT
    with Live(console=console, refresh_per_second=8) as live:
        while True:
            issues = _issues(github)
            seen = {number: _reactions(issues[number], comment) for number, comment in ids.items()}
            live.update(_progress(issues, seen))
            if all(marks - {"eyes"} for marks in seen.values()):
                return {number: issues[number] for number in ids}
            if time.monotonic() > until:
                raise DemoFailed(f"No answer within {ANSWER_LIMIT:.0f} s.")
            time.sleep(0.1)


def _progress(issues: dict[int, dict[str, Any]], seen: dict[int, set[str]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    for number, marks in seen.items():
        state = "sent"
        if "eyes" in marks:
            state = "👀 taken, measuring …"
        if marks - {"eyes"}:
            state = "answered"
        table.add_row(f"issue #{number}", state, issues[number]["state"])
    return table


def _reactions(issue: dict[str, Any], comment: int) -> set[str]:
    found = next((entry for entry in issue["comments"] if entry["id"] == comment), None)
    return {reaction["content"] for reaction in found["reactions"]} if found else set()


def _answer(issue: dict[str, Any]) -> str:
    bodies = [comment["body"] for comment in issue["comments"] if comment["author"] == "resolution[bot]"]
    return str(bodies[-1]) if bodies else "(no answer)"


def _issues(github: str) -> dict[int, dict[str, Any]]:
    state = _ask(f"{github}/_sim/state")
    return {issue["number"]: issue for issue in state["repositories"][0]["issues"]}


def _epilogue(stage: Stage, console: Console, *, keep: bool) -> None:
    console.print()
    console.print(Rule(style="dim"))
    console.print("What happened: a signed webhook came in, the server read the real git repository through GitHub's")
    console.print("API (simulated), measured every claim, answered, and closed only the issue whose claims hold.")
    if keep:
        console.print(_GOES_ON.format(stage=stage), soft_wrap=True, markup=False, highlight=False)
    else:
        console.print(
            "\nNext: `scripts/demo --keep` leaves both servers running; README.md says how to use it for real."
        )


def _wait_for_interrupt() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return


def _open_stage(stack: ExitStack, folder: Path, git: Path, console: Console) -> Stage:
    github_port, bot_port = _free_port(), _free_port()
    secret, key = secrets.token_hex(20), _private_key(folder)
    github_url, bot_url = f"http://127.0.0.1:{github_port}", f"http://127.0.0.1:{bot_port}"
    file = folder / "world.json"
    world = demo_world.world(git, webhook_url=f"{bot_url}/webhook", secret=secret, key=key)
    file.write_text(json.dumps(world, indent=1))
    console.print(f"A simulated GitHub over the real repository {git.name}, and the bot beside it …")
    # The one place besides settings.py that touches the environment: it hands a made one to its children.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}  # noqa: TID251
    environment |= {
        "GITHUB_API_URL": github_url, "GITHUB_APP_ID": "4711", "GITHUB_PRIVATE_KEY_PATH": str(key),
        "GITHUB_WEBHOOK_SECRET": secret, "DATA_DIR": str(folder / "data"), "PORT": str(bot_port),
        "HOST": "127.0.0.1", "PUBLIC_URL": bot_url, "DATABASE_URL": "",
    }  # fmt: skip
    stack.enter_context(_servers([str(file), str(github_port)], environment, folder / "servers.log"))
    _wait_until_up(f"{bot_url}/readyz", folder / "servers.log")
    return Stage(github_url=github_url, bot_url=bot_url, folder=folder)


@contextmanager
def _servers(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli.demo_server", *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=out,
            stderr=out,
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_up(url: str, log: Path) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until:
        try:
            with _DIRECT.open(url, timeout=2):
                return
        except OSError:  # not listening yet, or 503 while it starts
            time.sleep(0.05)
    tail = log.read_text("utf-8", "replace")[-1500:]
    raise DemoFailed(f"{url} did not come up within {START_LIMIT:.0f} s. Its log ends with:\n{tail}")


def _ask(url: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    """One JSON answer from the simulator's control interface; with a body it is a POST."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with _DIRECT.open(request, timeout=10) as answer:
        parsed: dict[str, Any] = json.load(answer)
        return parsed


def _private_key(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = folder / "app.pem"
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return file


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
