"""`serve`, `simulate`, `replay` and `demo` as processes: how they start, refuse to, and end."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from bot.app import running as bot_running
from bot.settings import from_env
from bot.simulator.testing import running
from tests.cli.test_assessing import bot
from tests.journeys.repository import Shas, build
from tests.journeys.stage import REPO, SECRET, environment, served, world


@pytest.fixture(scope="module")
def shas(tmp_path_factory: pytest.TempPathFactory) -> Shas:
    return build(tmp_path_factory.mktemp("git") / "service")


async def test_serve_without_settings() -> None:
    """Each missing setting is one line that says what to set; exit code 2."""
    done = await bot("serve")
    lines = done.err.splitlines()
    assert (done.code, done.out) == (2, "")
    assert {line.split()[0] for line in lines} >= {"GITHUB_APP_ID", "GITHUB_WEBHOOK_SECRET"}
    assert all("set" in line for line in lines)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"PORT": "many"}, "PORT", id="port-no-number"),
        pytest.param({"GITHUB_PRIVATE_KEY": "nonsense"}, "GITHUB_PRIVATE_KEY", id="no-key"),
        pytest.param({"GITHUB_APP_ID": "999"}, "does not take us as App 999", id="another-app"),
        pytest.param({"DATA_DIR": "/dev/null/data"}, "/dev/null/data", id="no-folder"),
    ],
)
async def test_serve_with_senseless_settings(shas: Shas, tmp_path: Path, settings: dict[str, str], said: str) -> None:
    """A setting that cannot work stops the start with one line, and no traceback."""
    async with running(world(shas)) as github:
        done = await bot("serve", **environment(github, tmp_path) | settings)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(None, "No such file", id="missing"),
        pytest.param("{", "not JSON", id="no-json"),
        pytest.param('{"repositories": [{"full_name": "nonsense"}]}', "must be OWNER/NAME", id="bad-name"),
    ],
)
async def test_simulate_a_bad_world(tmp_path: Path, text: str | None, said: str) -> None:
    """A world that does not hold is one line, exit code 2."""
    file = tmp_path / "world.json"
    if text is not None:
        file.write_text(text)
    done = await bot("simulate", "--world", str(file))
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert said in done.err


async def test_simulate_on_a_taken_port(shas: Shas, tmp_path: Path) -> None:
    """A port that somebody has is one line, exit code 2."""
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world(shas)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = await bot("simulate", "--world", str(file), "--port", str(taken.getsockname()[1]))
    assert (done.code, done.err.count("\n")) == (2, 1)


async def test_replay(shas: Shas, tmp_path: Path) -> None:
    """A payload, and a delivery as GitHub's API gives it, are taken once; a delivery taken before says so."""
    async with (
        running(world(shas)) as github,
        bot_running(from_env(environment(github, tmp_path))) as parts,
        served(parts) as url,
    ):
        await github.comment(REPO, 1, "dora", "/assess-resolution help")
        emission = github.deliveries("issue_comment")[0].emission
        bare, whole = tmp_path / "bare.json", tmp_path / "whole.json"
        bare.write_text(json.dumps(emission.payload))
        headers = {"X-GitHub-Event": "issue_comment", "X-GitHub-Delivery": "b1b1b1b1-0000-4000-8000-000000000001"}
        whole.write_text(json.dumps({"guid": "x", "request": {"headers": headers, "payload": emission.payload}}))
        first = await replay(bare, url, "--event", "issue_comment")
        second = await replay(whole, url)
        wrong = await replay(bare, url, "--event", "issue_comment", secret="another-secret-of-twenty-chars")
    assert (first.code, first.out.split()[0]) == (0, "202")
    assert (second.code, "duplicate" in second.out) == (0, True)
    assert (wrong.code, wrong.out.split()[0]) == (1, "401")


async def replay(file: Path, url: str, *more: str, secret: str = SECRET):  # type: ignore[no-untyped-def]
    return await bot("replay", str(file), "--url", f"{url}/webhook", *more, GITHUB_WEBHOOK_SECRET=secret)


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        pytest.param(None, [], "No such file", id="missing"),
        pytest.param("{", [], "is not JSON", id="no-json"),
        pytest.param("[]", [], "holds no JSON object", id="no-object"),
        pytest.param("{}", [], "name its event", id="no-event"),
        pytest.param('{"request": {"payload": {}}}', [], "names neither", id="no-guid"),
        pytest.param("{}", ["--event", "ping", "--url", "ftp://x"], "is no http", id="no-url"),
        pytest.param("{}", ["--event", "ping", "--url", "http://127.0.0.1:9/"], "http://127.0.0.1:9/:", id="down"),
    ],
)
async def test_what_cannot_be_replayed(tmp_path: Path, text: str | None, more: list[str], said: str) -> None:
    """One line that says why, exit code 2."""
    file = tmp_path / "delivery.json"
    if text is not None:
        file.write_text(text)
    done = await bot("replay", str(file), *more, GITHUB_WEBHOOK_SECRET=SECRET)
    assert (done.code, done.out.count("\n")) == (2, 1), done
    assert said in done.out


async def test_replay_without_the_secret(tmp_path: Path) -> None:
    """Without the secret nothing can be signed: one line."""
    file = tmp_path / "delivery.json"
    file.write_text("{}")
    done = await bot("replay", str(file), "--event", "ping")
    assert (done.code, "GITHUB_WEBHOOK_SECRET is not set" in done.out) == (2, True)


async def test_demo() -> None:
    """The demo ends by itself, with both verdicts as they have to be."""
    async with asyncio.timeout(55):
        done = await bot("demo")
    assert done.code == 0, done.out[-3000:]
    assert "closed as completed" in done.out
    assert "85375b936" in done.out
