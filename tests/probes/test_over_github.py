"""The probes over the real reader, the simulated GitHub and a real git repository."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.assessment.evidence import Criterion, CriterionId, Outcome
from bot.config.default import QUESTIONS
from bot.github.credentials import PersonToken, Secret
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.models import RepositoryRef
from bot.github.transport import Exchange
from bot.probes.contract import Context, Question
from bot.probes.fix import fix_of
from bot.probes.registry import by_kind
from bot.probes.runner import run
from bot.simulator.testing import running
from tests.recording import record

from .world import HttpOnly

SHOP = "acme/shop"


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular; the answer is what it printed."""
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=30
    ).stdout.strip()


def commit(folder: Path, message: str, **files: str | None) -> str:
    """Commit files whose names have `__` for `/` and `_` for `.`; None removes one."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path):
    """main: a start, a squashed fix, and something after it; beside it a branch that was not merged."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "Start", app__domains_py="old\n", legacy_py="bye\n", deploy_yml="timeout: 60\n")
    git(tmp_path, "checkout", "-q", "-b", "side")
    commit(tmp_path, "Beside", side_py="s\n")
    git(tmp_path, "checkout", "-q", "main")
    fix = {"app__domains_py": "new\n", "shared__config_py": "c\n", "deploy_yml": "timeout: 600\n", "legacy_py": None}
    commit(tmp_path, "Correct the domains (#2)", **fix)
    commit(tmp_path, "Later", README_md="hello\n")
    return tmp_path


def world(project: Path, revert: bool = False) -> dict[str, object]:
    if revert:
        commit(
            project,
            "Tidy up",
            app__domains_py="old\n",
            shared__config_py=None,
            deploy_yml="timeout: 60\n",
            legacy_py="bye\n",
        )
    merge = git(project, "log", "--format=%H", "--grep=Correct the domains", "-1")
    return {
        "repositories": [
            {
                "full_name": SHOP,
                "git": str(project),
                "issues": [{"number": 1, "title": "Domains are wrong", "body": "- [x] correct `app/domains.py`"}],
                "pulls": [{"number": 2, "title": "Domains", "merged": True, "merge_commit_sha": merge, "closes": [1]}],
                "check_runs": [{"sha": "main", "name": "tests", "conclusion": "success"}],
            }
        ]
    }


def asked(kind: str, **params: object) -> Question:
    criterion = Criterion(id=CriterionId(f"{kind} {params}"), title="t", category="c", kind=kind)
    return Question(criterion=criterion, params=by_kind()[kind].params.model_validate(params))


@asynccontextmanager
async def looking(over: dict[str, object]) -> AsyncIterator[tuple[Context, list[Exchange]]]:
    """A context over the simulated GitHub, and the requests that were made."""
    sent: list[Exchange] = []
    async with running(over) as github:
        now = github.world.clock()
        credentials = PersonToken(token=Secret(github.token(SHOP)))
        async with Gateway(host(github.url), credentials, lambda: now, on_exchange=sent.append) as gateway:
            session = gateway.session(None, RepositoryRef(owner="acme", name="shop"))
            snapshot = await session.snapshot(1)
            sent.clear()
            reader = session.reader(snapshot)
            yield Context(snapshot=snapshot, reader=reader, network=HttpOnly(), fix=fix_of(snapshot), now=now), sent
        await record(github, f"probes-{uuid4()}")


async def test_the_built_in_questions_cost_one_request(project):
    """A merged fix, green CI and ticked boxes: all reads of the default policy go out at once."""
    async with looking(world(project)) as (context, sent):
        findings = await run(QUESTIONS, context, by_kind())
    outcomes = {finding.criterion.id: finding.evidence.outcome for finding in findings}
    skipped = Outcome.SKIPPED
    expected = {"pulls": Outcome.PASS, "ci": Outcome.PASS, "tasks": Outcome.PASS}
    assert outcomes == {**expected, "sub-issues": skipped, "blockers": skipped}
    assert len(sent) <= 1


async def test_claims_are_answered_from_real_git(project):
    """Commits, files and values, now and before the fix, in few requests."""
    fix, side = (git(project, "rev-parse", rev) for rev in ("main^", "side"))
    questions = {
        asked("commit", sha=fix[:9]): (Outcome.PASS, "not there", True),
        asked("commit", sha=side[:9]): (Outcome.FAIL, None, True),
        asked("commit", sha="85375b936"): (Outcome.FAIL, None, True),
        asked("file", path="/shared/config.py:3"): (Outcome.PASS, "not there", True),
        asked("file", path="app/domains.py"): (Outcome.PASS, "there", False),
        asked("file", path="legacy.py", state="absent"): (Outcome.PASS, "there", True),
        asked("file", path="deploy.yml", at="timeout", equals=600): (Outcome.PASS, "`60`", True),
        asked("pull", number=2): (Outcome.PASS, "not there", True),
        asked("pull", number=99): (Outcome.FAIL, None, True),
        asked("issue", number=1): (Outcome.SKIPPED, None, True),
    }
    async with looking(world(project)) as (context, sent):
        findings = await run(tuple(questions), context, by_kind())
    seen = [(one.evidence.outcome, one.evidence.before, one.evidence.decisive) for one in findings]
    assert seen == list(questions.values())
    assert len(sent) <= 6, [(one.method, one.path) for one in sent]


async def test_a_revert_under_another_name_is_seen(project):
    """The trees tell what no message says."""
    async with looking(world(project, revert=True)) as (context, _):
        fix = context.fix.commits[0]
        findings = await run((*QUESTIONS[:1], asked("commit", sha=fix)), context, by_kind())
    assert [one.evidence.outcome for one in findings] == [Outcome.FAIL, Outcome.FAIL]
    assert all("its effect is gone" in one.evidence.observed for one in findings)


async def test_what_a_commit_changed_is_told_by_git_itself(project):
    """The tops of trees, the size of edits, the files of a commit, and the branch at a moment."""
    fix, side = (git(project, "rev-parse", rev) for rev in ("main^", "side"))
    async with looking(world(project)) as (context, _):
        reader = context.reader
        before, after = await reader.outline(f"{fix}^1"), await reader.outline(fix)
        later, own = await reader.edits(2)
        changed = {file.path: file.change for file in await reader.changed(fix)}
        assert await reader.outline(side[:-1] + ("0" if side[-1] != "0" else "1")) is None
        assert (await reader.newest(context.now)).oid == context.snapshot.head
        assert await reader.newest(context.now - timedelta(days=1)) is None
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "app",
        "shared",
        "deploy.yml",
        "legacy.py",
    }
    assert (later.additions, later.deletions, own.oid, own.additions, own.deletions) == (1, 0, fix, 3, 3)
    assert changed == {
        "app/domains.py": "MODIFIED",
        "shared/config.py": "ADDED",
        "deploy.yml": "MODIFIED",
        "legacy.py": "DELETED",
    }
