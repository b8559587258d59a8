"""Code and file questions about a real repository of more than 50,000 files, over the simulated GitHub."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.assessment.evidence import Criterion, CriterionId, Outcome
from bot.github.credentials import PersonToken, Secret
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.models import RepositoryRef
from bot.github.transport import Exchange
from bot.probes.contract import Context, Fix, Question
from bot.probes.registry import by_kind
from bot.probes.runner import run
from bot.probes.trees import Memory, Scans
from bot.simulator.testing import running

from .forest import DEEP, OLD, plant
from .world import HttpOnly

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR
SHOP = "acme/shop"
HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def forest(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("forest")
    plant(folder)
    return folder


@asynccontextmanager
async def looking(forest: Path) -> AsyncIterator[tuple[Context, list[Exchange]]]:
    """A context over the simulated GitHub, and the requests that were made."""
    over = {"repositories": [{"full_name": SHOP, "git": str(forest), "issues": [{"number": 1, "title": "Old name"}]}]}
    sent: list[Exchange] = []
    async with running(over) as github:
        now = github.world.clock()
        credentials = PersonToken(token=Secret(github.token(SHOP)))
        async with Gateway(host(github.url), credentials, lambda: now, on_exchange=sent.append) as gateway:
            session = gateway.session(None, RepositoryRef(owner="acme", name="shop"))
            snapshot = await session.snapshot(1)
            sent.clear()
            reader = session.reader(snapshot)
            before = snapshot.history[1].oid
            yield (
                Context(
                    snapshot=snapshot,
                    reader=reader,
                    network=HttpOnly(),
                    fix=Fix(commits=(snapshot.history[0].oid,), before=before, paths=()),
                    now=now,
                    scans=Scans(reader, Memory(), repository=snapshot.repository.id),
                ),
                sent,
            )


def asked(kind: str, **params: object) -> Question:
    criterion = Criterion(id=CriterionId(f"{kind} {params}"), title="t", category="c", kind=kind)
    return Question(criterion=criterion, params=by_kind()[kind].params.model_validate(params))


OUT = ["generated", "vendored", "archive"]
ELSEWHERE = ["web/", "deep/", "hidden/", "weights.py"]
CODE = {
    "absent, but there": ({"absent": OLD}, FAIL, "8 occurrences in 8 files, 4 of them .py", None),
    "absent from a folder": ({"absent": OLD, "include": "src/"}, PASS, "0 files", "1,700 files"),
    "absent from kinds": ({"absent": OLD, "exclude_kinds": OUT, "exclude": ELSEWHERE}, PASS, "0 files", "5,100 files"),
    "absent, but for a pointer": ({"absent": "nothing-like-it"}, ERROR, "cannot be told: 1 file could not be", None),
    "present": ({"present": "port = 8080"}, PASS, "1 occurrence in 1 file", "0 files"),
    "counted": (
        {"count": r"compute\(9\)", "match": "regex", "min": 10_200},
        PASS,
        "10,200 occurrences in",
        "10,200 files",
    ),
    "counted, too many": ({"count": OLD, "max": 7}, FAIL, "8 occurrences in 8 files", None),
    "by extension": ({"absent": OLD, "include": "*.py"}, FAIL, "4 occurrences in 4 files", None),
}
NAMED = "9 occurrences in 9 files, 9 of them .py"
PLACES = (
    "api/client.ts:1",
    "archive/2019/old.py:1",
    f"{DEEP}:1",
    "hidden/secret.py:1",
    "node_modules/lib/index.js:1",
    "web/app.min.js:1",
    "web/wide.txt:1",
    "web/windows.py:3",
    "vendor/lib: submodule, not looked at",
    "weights.py: Git LFS pointer, not looked at",
)


async def test_questions_about_a_large_tree_cost_two_downloads(forest):
    """Absent, present, counted, by globs and kinds, now and before the fix: one pass over each of the two trees.

    What the tarball leaves out, long paths and lines, UTF-16 and CRLF are read; pointers, submodules and binary files
    are said.
    """
    questions = tuple(asked("code", **params) for params, *_ in CODE.values())
    async with looking(forest) as (context, sent):
        findings = [finding.evidence for finding in await run(questions, context, by_kind())]
    for name, evidence in zip(CODE, findings, strict=True):
        _, outcome, words, before = CODE[name]
        assert (evidence.outcome, evidence.observed[: len(words)], evidence.before) == (outcome, words, before), name
    assert tuple(detail.text for detail in findings[0].details) == PLACES
    assert findings[0].observed.endswith("not looked at: 1 submodule, 1 Git LFS pointer and 1 binary file")
    assert findings[0].source.place.endswith("51,015 files read")
    assert len([one for one in sent if "tarball" in one.path]) == 2


async def test_a_commit_can_be_named(forest):
    """The answer is of that commit, and says so; where there is none, nothing is measured."""
    old, none = asked("code", absent=OLD, at="main~1", include=["src/part0/"]), asked("code", absent=OLD, at="v9")
    async with looking(forest) as (context, _):
        there, nowhere = (finding.evidence for finding in await run((old, none), context, by_kind()))
    assert (there.outcome, there.observed) == (FAIL, NAMED)
    assert there.source.sha == there.details[0].url.split("/")[6]
    assert (nowhere.outcome, nowhere.observed) == (Outcome.MISSING, "there is no commit, tag or branch `v9`")


FILES_ASKED = {
    "yaml": ({"path": "config/app.yaml", "at": "server.timeouts[1]", "min": 600}, PASS, "`600`"),
    "json": ({"path": "config/app.json", "at": "server.workers", "max": 4}, FAIL, "`8` is more than 4"),
    "toml": ({"path": "config/app.toml", "at": "server.name", "matches": "^shop$"}, PASS, "`shop`"),
    "ini": ({"path": "config/app.ini", "at": "server.port", "equals": 8080}, PASS, "`8080`"),
    "two documents": ({"path": "config/many.yaml", "at": "a"}, ERROR, "only one document is read (line 2)"),
    "a key twice": ({"path": "config/twice.json", "at": "a"}, ERROR, "the key 'a' is given twice in one object"),
    "no data": ({"path": "web/app.min.js", "at": "a"}, ERROR, "say which with `format`"),
    "a link": ({"path": "link.py"}, PASS, "there, a symbolic link (its content was not looked at)"),
    "behind a link": ({"path": "link.py/x"}, ERROR, "`link.py` is a symbolic link; what lies behind it was not read"),
    "a value in a link": (
        {"path": "link.py", "at": "a"},
        ERROR,
        "it is a symbolic link; its content was not looked at",
    ),
    "a submodule": ({"path": "vendor/lib"}, PASS, "there, a submodule (its content was not looked at)"),
    "in a submodule": ({"path": "vendor/lib/x.c", "state": "absent"}, ERROR, "`vendor/lib` is a submodule"),
    "a pointer": ({"path": "weights.py", "at": "a", "format": "yaml"}, ERROR, "it is a Git LFS pointer"),
    "binary": ({"path": "model.bin", "at": "a", "format": "yaml"}, ERROR, "it is a binary"),
    "UTF-16": ({"path": "web/wide.txt", "at": "a", "format": "ini"}, ERROR, "it is a binary"),
    "absent": ({"path": "src/none.py", "state": "absent"}, PASS, "not there, but it never was there"),
}


async def test_files_of_a_large_tree(forest):
    """Values in four formats, what cannot be read with its line, and links and submodules that are not followed."""
    questions = tuple(asked("file", **params) for params, *_ in FILES_ASKED.values())
    async with looking(forest) as (context, sent):
        findings = [finding.evidence for finding in await run(questions, context, by_kind())]
    for name, evidence in zip(FILES_ASKED, findings, strict=True):
        _, outcome, words = FILES_ASKED[name]
        assert (evidence.outcome, words in evidence.observed) == (outcome, True), (name, evidence.observed)
    assert len(sent) < 24, [(one.method, one.path) for one in sent]


CHILD = r"""
import asyncio, resource, sys
from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Budget, Search
from bot.scan.streaming import scan

async def chunks():
    with open(sys.argv[1], "rb") as file:
        while data := file.read(65536):
            yield data

regexes = tuple(Pattern(text=rf"legacy_{number}\w+", match=Match.REGEX) for number in range(20))
searches = tuple(Search(patterns=(Pattern(text="compute"), Pattern(text=f"x{number}"))) for number in range(10))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
results = asyncio.run(scan(chunks(), (Search(patterns=regexes), *searches), Budget()))
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(results[0].files_read, len(results[1].hits[0]), grown)
"""


def test_a_large_tree_passes_through_little_memory(forest, tmp_path):
    """51,000 files for eleven searches, ten of which find too much: neither the tree nor all occurrences are held."""
    packed = tmp_path / "forest.tar.gz"
    git = ["git", "-C", str(forest), "archive", "--format=tar.gz", "--prefix=acme-shop-1/", "-o", str(packed), "main"]
    subprocess.run(git, check=True, timeout=60)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(packed)], cwd=HERE, check=True, capture_output=True, text=True, timeout=120
    )
    read, hits, grown = map(int, child.stdout.split())
    assert (read, hits) == (51_014, 30_001)
    assert grown < 64 << 10
