"""The policies of the docs, joined to the local service for a journey, and the answers as the docs show them."""

import os
import re
from pathlib import Path

from bot.assessment.evidence import Criterion
from bot.config.load import Broken, load
from tests.journeys.repository import Shas
from tests.journeys.seeds import Service

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "examples.md"
FIX = "4c1d2e3f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d"
HEAD = "9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b"
START = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b"


def places(at: Service) -> dict[str, str]:
    """What the files say, and where that is here. Nothing else of them is changed, but the commit that they name."""
    return {
        "https://api.example.com": f"http://127.0.0.1:{at.http}",
        "wss://events.example.com": f"ws://127.0.0.1:{at.events}",
        "host: api.example.com": f"host: 127.0.0.1, port: {at.tls}",
        "http://loki.example.com:3100": f"http://127.0.0.1:{at.logs}",
        "10.1.0.0/16": "127.0.0.1/32",
    }


def policy(name: str, at: Service, sha: str) -> str:
    """A policy of the docs that asks the local service, and names a commit that is there."""
    return _joined(name, at).replace(FIX[:9], sha[:9])


def operator(at: Service) -> str:
    """The operator's file of the docs."""
    return _joined("operator", at)


def _joined(name: str, at: Service) -> str:
    text = (DOCS / "examples" / f"{name}.yml").read_text("utf-8")
    for there, here in places(at).items():
        text = text.replace(there, here)
    return text


def as_shown(answer: str, at: Service, shas: Shas, github: str) -> str:
    """An answer without what differs from run to run: places, commits, ids, times and the mark."""
    text = answer.rpartition("\n\n<!--")[0]
    names = {
        github: "https://github.example.com",
        **{here: there for there, here in places(at).items()},
        f"127.0.0.1:{at.http}": "api.example.com",
        f"127.0.0.1:{at.events}": "events.example.com",
        f"127.0.0.1:{at.tls}": "api.example.com",
        "127.0.0.1": "api.example.com",
    }
    for here, there in names.items():
        text = text.replace(here, there)
    known = {shas.fix: FIX, shas.head: HEAD, shas.start: START}
    text = re.sub(r"\b[0-9a-f]{7,40}\b", lambda found: _renamed(found[0], known), text)
    for pattern, word in _RUN.items():
        text = re.sub(pattern, word, text)
    return text


_RUN = {
    r"run `[0-9a-f]{24}`": "run `0a1b2c3d4e5f`",
    r"/assessments/[0-9a-f]{24}\?exp=[0-9]+&sig=[\w-]+": "/assessments/0a1b2c3d4e5f",
    r"policy `[0-9a-f]{8}`": "policy `5e4d3c2b`",
    r"/runs/[0-9]+": "/runs/1",
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2} )?[0-9]{2}:[0-9]{2} UTC": "12:00 UTC",
    r"[0-9]+ ms\b": "9 ms",
    r" in [0-9]+ s \(": " in 4 s (",
    r" [0-9]+\.[0-9]+ s\b": " 0.5 s",
}
"""What differs from run to run, and what stands for it on the page."""


def _renamed(sha: str, known: dict[str, str]) -> str:
    return next((name[: len(sha)] for real, name in known.items() if real.startswith(sha)), sha)


def on_page(name: str, instead: str) -> str:
    """The answer on the page. `UPDATE_GOLDEN=1` writes the new one in its place; then read the difference."""
    begin, end = f"<!-- answer: {name} -->\n", "<!-- end of the answer -->"
    before, _, rest = PAGE.read_text("utf-8").partition(begin)
    shown, _, after = rest.partition(end)
    if os.environ.get("UPDATE_GOLDEN"):
        shown = "\n" + "".join(f"> {line}".rstrip() + "\n" for line in instead.splitlines()) + "\n"
        PAGE.write_text(f"{before}{begin}{shown}{end}{after}", "utf-8")
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in shown.strip("\n").splitlines())


def criteria(name: str) -> tuple[Criterion, ...]:
    """The criteria of a policy of the docs, in their order: those of the profile, where the example is about one."""
    loaded = load((DOCS / "examples" / f"{name}.yml").read_bytes(), path=name, source=name)
    assert not isinstance(loaded, Broken), loaded
    assert loaded.faults == ()
    about = loaded.profile("infrastructure") or loaded
    return tuple(question.criterion for question in about.questions)


def claims(name: str) -> list[tuple[str, str]]:
    """The page's table on a policy: the criterion that asks a claim, and what is answered where it does not hold."""
    _, _, rest = PAGE.read_text("utf-8").partition("| What it said |")
    tables = [rest.partition("\n\n")[0], rest.partition("| What it said |")[2].partition("\n\n")[0]]
    table = tables[("infrastructure-resolved", "development-complete").index(name)]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return [(asked.strip("`"), words) for _, asked, words in rows]


def said_of(criterion: str, name: str, answer: str) -> str:
    """The lines of an answer that are about a criterion."""
    title = next(one.title for one in criteria(name) if one.id == criterion)
    return "\n".join(line for line in answer.splitlines() if title in line)
