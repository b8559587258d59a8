"""The command probe: a real script of a real repository, in the real sandbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason, Sha
from bot.egress.grants import Repositories
from bot.probes.command import PROBE, CommandParams
from bot.probes.contract import Fix
from bot.probes.sandboxed import NamedCommand, OperatorCommands
from bot.sandbox.command import MEBIBYTE, Bounds, Command
from bot.scan.archive import ArchiveFault
from tests.probes.world import MemoryReader, Repo, ask, context
from tests.sandbox.real import sandbox
from tests.scan.repos import chunks, commit, git, repository, tarball

SMALL = Bounds(time=timedelta(seconds=20), memory_bytes=64 * MEBIBYTE, processes=16, disk_bytes=4 * MEBIBYTE)
HERE = Repositories(ids=frozenset({7}))
SCRIPT = "scripts/check.py"
CHECK = """\
import pathlib, sys
bad = [path for path in pathlib.Path("src").rglob("*.py") if "os.environ" in path.read_text()]
total = len(list(pathlib.Path("src").rglob("*.py")))
for path in bad: print(f"\\x1b[31m{path}\\x1b[0m: reads the environment")
print(f"compliance: {100 - 100 * len(bad) / total:.1f}%")
sys.exit(bool(bad) and "--strict" in sys.argv)
"""
NUMBER = {"pattern": r"compliance: ([0-9.]+)%", "min": 98}
BAD = {SCRIPT: CHECK, "src/a.py": "os.environ", "src/b.py": "x", "src/c/d.py": "x", "src/e.py": "x"}


@dataclass(frozen=True)
class GitReader(MemoryReader):
    """A reader over a real repository's own tarballs."""

    folder: Path = Path()
    instead: str | None = None
    broken: bool = False

    @asynccontextmanager
    async def tarball(self, sha: Sha) -> AsyncIterator[AsyncIterator[bytes]]:
        data = tarball(self.folder, self.instead or sha)
        yield chunks(data[:-300] if self.broken else data)


def named(*run: str, bounds: Bounds = SMALL, repositories: Repositories = HERE) -> NamedCommand:
    return NamedCommand(command=Command(name="compliance", run=run, bounds=bounds), repositories=repositories)


STRICT = named("python3", SCRIPT, "--strict")


async def look(folder: Path, *listed: NamedCommand, before: str | None = None, **params) -> Evidence:
    """The probe's answer about a repository's HEAD, with commands that the operator has listed."""
    about = {name: params.pop(name) for name in ("instead", "broken") if name in params}
    box = params.pop("box", None) or await sandbox()
    reader = GitReader(Repo(), folder=folder, **about)
    plain = context(reader=reader, fix=Fix(commits=(), before=Sha(before) if before else None, paths=()))
    head = Sha(git(folder, "rev-parse", "HEAD").decode().strip())
    here = replace(plain.snapshot, head=head, default_branch="main")
    commands = OperatorCommands(named=listed, sandbox=box).of(here.repository.id, here.repository.full_name)
    return await ask(PROBE, replace(plain, snapshot=here, commands=commands), **{"run": "compliance", **params})


ANSWERS = {
    "exit 0": ("x", {}, Outcome.PASS, "exit 0 in "),
    "exit 1": ("os.environ", {}, Outcome.FAIL, "exit 1 in "),
    "exit 1 is right": ("os.environ", {"exit": 1}, Outcome.PASS, "exit 1 in "),
    "one of these is right": ("os.environ", {"exit": [0, 1]}, Outcome.PASS, "exit 1 in "),
    "number": ("x", {"number": NUMBER}, Outcome.PASS, "100.0 %; exit 0 in "),
    "number too small": ("os.environ", {"number": NUMBER, "exit": 1}, Outcome.FAIL, "75.0 % is less than 98; exit 1"),
    "number and exit": ("os.environ", {"number": {**NUMBER, "min": 70}}, Outcome.FAIL, "75.0 %; exit 1 in "),
    "no number": ("x", {"number": {**NUMBER, "pattern": "score ([0-9]+)"}}, Outcome.MISSING, "exit 0 in "),
    "no number, and exit": (
        "os.environ",
        {"number": {**NUMBER, "pattern": "score ([0-9]+)"}},
        Outcome.FAIL,
        "exit 1 in ",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_answers(name, tmp_path):
    """Exit codes, and numbers in what is printed."""
    text, params, outcome, words = ANSWERS[name]
    repository(tmp_path, {**BAD, "src/a.py": text})
    evidence = await look(tmp_path, STRICT, **params)
    assert (evidence.outcome, evidence.observed[: len(words)]) == (outcome, words)
    assert evidence.measures[-1].name == "duration"
    assert evidence.details[-1].text.startswith("compliance: ")


async def test_what_it_printed_is_shown_without_colours(tmp_path):
    """The last lines, as plain text."""
    repository(tmp_path, BAD)
    evidence = await look(tmp_path, STRICT)
    assert [detail.text for detail in evidence.details] == ["src/a.py: reads the environment", "compliance: 75.0%"]


async def test_a_failure_before_the_fix_is_told(tmp_path):
    """“75.0 %” then, “100.0 %” now: this check was seen to fail."""
    before = repository(tmp_path, BAD)
    commit(tmp_path, {"src/a.py": "x"})
    evidence = await look(tmp_path, STRICT, before=before, number=NUMBER)
    assert (evidence.outcome, evidence.before, evidence.seen_failing) == (Outcome.PASS, "75.0 %", True)
    evidence = await look(tmp_path, STRICT, before=before)
    assert (evidence.before, evidence.seen_failing, evidence.decisive) == ("exit 1", True, True)
    assert (await look(tmp_path, STRICT, before=before, ask_before=False)).before is None


async def test_what_held_before_proves_little(tmp_path):
    """It succeeded before the fix, too; so does a change that changes nothing."""
    before = repository(tmp_path, {**BAD, "src/a.py": "x"})
    head = commit(tmp_path, {"src/z.py": "y"})
    for earlier, words in ((before, "exit 0"), (head, "the same")):
        evidence = await look(tmp_path, STRICT, before=earlier)
        assert (evidence.outcome, evidence.reason, evidence.decisive) == (Outcome.PASS, Reason.VACUOUS, False)
        assert evidence.before == words


async def test_a_script_that_was_not_there_did_not_fail(tmp_path):
    """A check that came with the fix was never seen to fail."""
    before = repository(tmp_path, {"src/a.py": "x"})
    commit(tmp_path, BAD)
    evidence = await look(tmp_path, named("python3", SCRIPT), before=before)
    assert (evidence.outcome, evidence.seen_failing) == (Outcome.PASS, False)
    assert evidence.before == f"`{SCRIPT}` was not there yet"


async def test_a_run_before_that_could_not_end_says_nothing(tmp_path):
    """A bound that was met before the fix is no failure that was seen."""
    before = repository(tmp_path, {"it.py": "while True: pass"})
    commit(tmp_path, {"it.py": "pass"})
    short = replace(SMALL, time=timedelta(seconds=2))
    evidence = await look(tmp_path, named("python3", "it.py", bounds=short), before=before)
    assert (evidence.outcome, evidence.before, evidence.seen_failing) == (Outcome.PASS, "could not be run", False)


STOPS = {
    "time": ("while True: pass", Reason.TIMED_OUT, "it met its bound of 1 second"),
    "memory": ("b'x' * (1 << 30)", Reason.TOO_LARGE, "it met its bound of 64 MiB of memory"),
    "processes": (
        "import os, time\nfor _ in range(40): os.fork() or time.sleep(9)",
        Reason.TOO_LARGE,
        "it met its bound of 16 processes",
    ),
    "disk": ("open('f', 'wb').write(bytes(9 << 20))", Reason.TOO_LARGE, "it met its bound of 4 MiB of files"),
    "output": ("while True: print('x' * 9999)", Reason.TOO_LARGE, "ended, since it printed more than 16 MiB"),
    "killed": ("import os; os.kill(os.getpid(), 9)", Reason.UNAVAILABLE, "it was killed from outside"),
}


@pytest.mark.parametrize("name", STOPS)
async def test_a_bound_is_no_failure(name, tmp_path):
    """What was stopped could not measure anything."""
    text, reason, words = STOPS[name]
    repository(tmp_path, {"it.py": text})
    bounds = replace(SMALL, time=timedelta(seconds=1)) if reason is Reason.TIMED_OUT else SMALL
    evidence = await look(tmp_path, named("python3", "it.py", bounds=bounds), exit=[0, 1, 137])
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, reason)
    assert evidence.observed.startswith(words)
    assert evidence.remedy


async def test_a_program_that_is_not_there(tmp_path):
    """It says what the operator can do."""
    repository(tmp_path, BAD)
    evidence = await look(tmp_path, named("no-such-tool"))
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.NOT_FOUND)
    assert evidence.observed == "`no-such-tool` cannot be run in the sandbox"


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        pytest.param((), "lists no command `compliance` for this repository", id="none"),
        pytest.param((named("x", repositories=Repositories(ids=frozenset({8}))),), "this repository", id="another's"),
        pytest.param(
            (replace(STRICT, command=replace(STRICT.command, name="lint")),), "repository; it lists `lint`", id="other"
        ),
    ],
)
async def test_what_is_not_listed_is_not_run(tmp_path, listed, words):
    """Only the operator's word makes a command."""
    repository(tmp_path, BAD)
    evidence = await look(tmp_path, *listed, box="none is needed")
    assert (evidence.outcome, evidence.reason) == (Outcome.MISCONFIGURED, Reason.BAD_QUESTION)
    assert evidence.observed.endswith(words)
    assert evidence.remedy.startswith("Ask the operator of this server to list it")


async def test_without_an_operators_file_there_are_no_commands():
    """The same where no command was ever listed; an empty repository comes first."""
    empty = context()
    assert (await ask(PROBE, empty, run="compliance")).outcome is Outcome.MISSING
    filled = replace(empty, snapshot=replace(empty.snapshot, head=Sha("a" * 40)))
    assert (await ask(PROBE, filled, run="compliance")).outcome is Outcome.MISCONFIGURED


async def test_without_a_sandbox_nothing_is_run(tmp_path):
    """It says so, and what the operator can do about it."""
    repository(tmp_path, BAD)
    evidence = await look(tmp_path, STRICT, box="bubblewrap is not here: install it")
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.UNAVAILABLE)
    assert evidence.observed == "there is no sandbox on this server, so no command is run"
    assert evidence.remedy.endswith("bubblewrap is not here: install it.")


async def test_a_tree_that_cannot_be_laid_out(tmp_path):
    """Another commit's tarball, or a part of one, is not looked at."""
    first = repository(tmp_path, BAD)
    commit(tmp_path, {"src/a.py": "x"})
    evidence = await look(tmp_path, STRICT, instead=first)
    assert (evidence.outcome, evidence.observed) == (Outcome.ERROR, "the tarball was made from another commit")
    evidence = await look(tmp_path, STRICT, broken=True)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.UNAVAILABLE)


async def test_a_tree_that_is_too_large(tmp_path):
    """It is said, with the file's name."""
    repository(tmp_path, {**BAD, "big.bin": bytes(33 << 20)})
    evidence = await look(tmp_path, STRICT)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TOO_LARGE)
    assert evidence.observed == "`big.bin` is larger than 32 MiB"


async def test_rights_and_links_are_kept(tmp_path):
    """A script can be run by its name, and through a link; one that leads outside is said."""
    (tmp_path / "run").write_text("#!/bin/sh\necho ran\n")
    (tmp_path / "run").chmod(0o755)
    (tmp_path / "linked").symlink_to("run")
    (tmp_path / "secret").symlink_to("/etc/passwd")
    repository(tmp_path, {"a": "b"})
    evidence = await look(tmp_path, named("./linked"))
    assert (evidence.outcome, evidence.observed[:6]) == (Outcome.PASS, "exit 0")
    assert [detail.text for detail in evidence.details] == [
        "not in the checkout: links that lead outside (secret)",
        "ran",
    ]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        pytest.param({"run": "a", "exit": []}, "exit", id="no-exit-code"),
        pytest.param({"run": "a", "exit": 256}, "exit", id="no-such-exit-code"),
        pytest.param({"run": "a", "number": {"pattern": "[0-9]+", "min": 1}}, "one group", id="no-group"),
        pytest.param({}, "run", id="no-name"),
    ],
)
def test_a_faulty_question_is_refused(params, words):
    """Before anything is run."""
    with pytest.raises(ValidationError, match=words):
        CommandParams.model_validate(params)


async def test_a_tree_that_waits_for_its_turn_takes_no_room():
    """Thirty questions at once would lay out thirty trees, of which two are looked at."""
    opened = []

    @asynccontextmanager
    async def nothing():
        opened.append(1)
        raise ArchiveFault("no tree")
        yield

    box = await sandbox()
    mine = OperatorCommands(named=(STRICT,), sandbox=box).of(7, "acme/shop")
    async with asyncio.TaskGroup() as group, box.turn(), box.turn():
        waits = group.create_task(ended(mine.run(STRICT.command, Sha("1" * 40), nothing())))
        await asyncio.sleep(0.05)
        assert opened == []
    assert (waits.result(), opened) == ("no tree", [1])


async def ended(running) -> str:
    try:
        return repr(await running)
    except ArchiveFault as fault:
        return str(fault)
