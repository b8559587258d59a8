"""Workflows, their logs and what checks report, over the real reader and the simulated GitHub."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import CriterionId, Evidence, Outcome, Reason
from bot.github.runs import Conclusion
from bot.probes.contract import Context, Dispatched
from bot.probes.registry import by_kind
from bot.probes.runner import run

from .test_over_github import SHOP, asked, commit, git, looking, world

SUITE = "name: Suite\non: [push, workflow_dispatch]\njobs: {}\n"
NUMBER = {"pattern": "compliance: ([0-9.]+)%", "min": 98}
WORKFLOW = {"workflow": "suite.yml", "job": "build / check", "number": NUMBER}


@pytest.fixture
def project(tmp_path):
    """main: a start with a workflow, a squashed fix, and something after it."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/suite.yml").write_text(SUITE)
    commit(tmp_path, "Start", app_py="old\n")
    commit(tmp_path, "Correct the domains (#2)", app_py="new\n")
    commit(tmp_path, "Later", README_md="hello\n")
    return tmp_path


def over(project, *runs: dict[str, object], **repository: object) -> dict[str, object]:
    """The world with runs of the suite, oldest first."""
    made = world(project)
    plain = {"name": "Suite", "path": ".github/workflows/suite.yml"}
    made["repositories"][0] |= {"workflow_runs": [{**plain, **one} for one in runs], **repository}
    return made


def printed(percent: float) -> dict[str, object]:
    lines = f"start\ncompliance: {percent}%\nERROR: {'deadlock' if percent < 90 else 'nothing'}\n"
    return {"logs": {"build / check": lines, "other": "compliance: 1%"}}


async def answer(context: Context, kind: str, **params: object) -> Evidence:
    (finding,) = await run((asked(kind, **params),), context, by_kind())
    return finding.evidence


async def test_a_number_in_the_log_before_and_after(project):
    """ "88.5 % → 98.7 %", in one list and one archive for each of the two runs."""
    before = {"sha": "main^^", "conclusion": "failure", "created_at": "2020-01-01T00:00:00Z", **printed(88.5)}
    async with looking(over(project, before, {"sha": "main", **printed(98.7)})) as (context, sent):
        evidence = await answer(context, "workflow", **WORKFLOW)
    assert (evidence.outcome, evidence.observed) == (Outcome.PASS, "98.7 % (success)")
    assert (evidence.before, evidence.seen_failing) == ("88.5 %", True)
    assert evidence.source.place.startswith("`suite.yml` #2 @ `")
    assert len(sent) == 6, [one.path for one in sent]


async def test_an_error_that_is_gone(project):
    """ "1 line → 0 lines"."""
    before = {"sha": "main^^", "conclusion": "failure", "created_at": "2020-01-01T00:00:00Z", **printed(88.5)}
    question = {"file": "suite.yml", "absent": "deadlock"}
    async with looking(over(project, before, {"sha": "main", **printed(98.7)})) as (context, _):
        evidence = await answer(context, "logs", workflow=question)
    assert (evidence.outcome, evidence.before, evidence.decisive) == (Outcome.PASS, "1 line", True)


async def test_a_strangers_run_does_not_count(project):
    """The `main` of a fork is not ours, though GitHub lists it so."""
    stranger = {"sha": "main", "event": "pull_request", "head_repository": "mallory/shop", **printed(99)}
    async with looking(over(project, stranger)) as (context, _):
        found = await answer(context, "workflow", **WORKFLOW, at="latest")
    assert (found.outcome, found.reason) == (Outcome.MISSING, Reason.NOTHING_TO_MEASURE)


UNREADABLE = {
    "expired": ({"log_expired": True}, {}, Outcome.MISSING, "not there (any more)"),
    "another job": ({"logs": {"lint": "x"}}, {}, Outcome.MISSING, "has no log of a job `build / check`"),
    "no permission": ({}, {"permissions": {"contents": "read", "issues": "write"}}, Outcome.ERROR, "actions=read"),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_cannot_be_read(project, name):
    """Said as what it is."""
    log, repository, outcome, words = UNREADABLE[name]
    async with looking(over(project, {"sha": "main", **log}, private=True, **repository)) as (context, _):
        evidence = await answer(context, "workflow", **WORKFLOW)
    assert evidence.outcome is outcome
    assert words in evidence.observed


async def test_a_run_that_was_started_for_this(project):
    """By its id, or as the first since then that is ours."""
    started = {"sha": "main", "event": "workflow_dispatch", "created_at": "2099-01-01T00:00:10Z", **printed(99)}
    question = asked("workflow", **WORKFLOW, dispatch={})
    async with looking(over(project, {"sha": "main", "conclusion": "failure"}, started)) as (context, _):
        (known, *_) = await context.reader.workflow_runs("suite.yml")
        made = Dispatched(at=known.created_at, until=known.created_at + timedelta(minutes=30), run=known.id)
        for one in (made, replace(made, run=None), replace(made, run=None, by=known.actor)):
            over_it = replace(context, dispatched={CriterionId(question.criterion.id): one})
            (finding,) = await run((question,), over_it, by_kind())
            assert (finding.evidence.outcome, finding.evidence.observed) == (Outcome.PASS, "99 % (success)")


async def test_a_check_reports_a_number(project):
    """In its summary."""
    report = {"sha": "main", "name": "report", "app": "ci", "title": "Report", "summary": "compliance: 98.5%"}
    made = over(project, {"sha": "main"}, check_runs=[report])
    async with looking(made) as (context, _):
        by_check = await answer(context, "check", name="report", app="ci", number=NUMBER)
        by_run = await answer(
            context, "workflow", workflow="suite.yml", job="report", number=NUMBER, **{"from": "summary"}
        )
    assert [one.outcome for one in (by_check, by_run)] == [Outcome.PASS, Outcome.PASS]
    assert by_check.observed == "98.5 % (success)"


async def test_what_the_reader_tells(project):
    """Runs by filters, one run, its jobs; nothing for what is not there."""
    made = over(project, {"sha": "main^"}, {"sha": "main", "conclusion": "timed_out"}, check_runs=[])
    async with looking(made) as (context, _):
        reader, head = context.reader, context.snapshot.head
        (newest, older) = await reader.workflow_runs("suite.yml", branch="main")
        assert (newest.head_sha, newest.conclusion, newest.file) == (head, Conclusion.TIMED_OUT, "suite.yml")
        assert (newest.head_repository, newest.run_number) == (SHOP, 2)
        assert await reader.workflow_runs("suite.yml", sha=older.head_sha) == (older,)
        assert await reader.workflow_runs("suite.yml", event="schedule") == ()
        assert await reader.workflow_runs("suite.yml", since=context.now + timedelta(days=1)) == ()
        assert await reader.workflow_runs("none.yml") is None
        assert await reader.workflow_run(newest.id) == newest
        assert await reader.workflow_run(1) is None
        assert [job.conclusion for job in await reader.workflow_jobs(newest.id)] == [Conclusion.TIMED_OUT]
