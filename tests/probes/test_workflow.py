"""The workflow probe: the right run, judged when it has ended, with the number that it printed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import CriterionId, Evidence, Outcome, Reason, Sha
from bot.github.models import Unknown
from bot.github.runs import CheckOutput, Conclusion, WorkflowJob
from bot.probes.contract import Context, Dispatched, Fix
from bot.probes.workflow import PROBE
from bot.probes.workflow_params import WorkflowParams

from .actions import Actions, log, run
from .world import NOW, MemoryReader, Step, ask, context, repo

AT = repo(Step("Start"), Step("Before"), Step("Fix"), Step("Later"))
START, BEFORE, FIX, HEAD = AT.branch
PASS, FAIL, ERROR, MISSING, PENDING = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.ERROR,
    Outcome.MISSING,
    Outcome.PENDING,
)
NUMBER = {"pattern": "compliance: ([0-9.]+)%", "min": 98}


def where(*runs: object, fix: bool = True, dispatched: Dispatched | None = None, **more: object) -> Context:
    reader = MemoryReader(AT, actions=Actions(runs=runs, **more))
    known = Fix(commits=(FIX,), before=BEFORE, paths=()) if fix else Fix(commits=(), before=None, paths=())
    started = {CriterionId("c"): dispatched} if dispatched else {}
    return replace(context(AT, reader=reader, fix=known), dispatched=started)


async def asked(over: Context, /, **params: object) -> Evidence:
    return await ask(PROBE, over, workflow="suite.yml", **params)


ENDED = {
    "success": ("success", PASS, Reason.HOLDS, "success"),
    "failure": ("failure", FAIL, Reason.DOES_NOT_HOLD, "failure"),
    "time out": ("timed_out", FAIL, Reason.DOES_NOT_HOLD, "timed out"),
    "a word that is new": ("other", FAIL, Reason.DOES_NOT_HOLD, "other"),
    "cancelled": ("cancelled", MISSING, Reason.NOTHING_TO_MEASURE, "says nothing"),
    "skipped": ("skipped", MISSING, Reason.NOTHING_TO_MEASURE, "says nothing"),
    "waits for approval": ("action_required", MISSING, Reason.NOTHING_TO_MEASURE, "says nothing"),
}


@pytest.mark.parametrize("name", ENDED)
async def test_the_run_at_the_head_decides(name: str) -> None:
    """The newest one; what was cancelled says nothing."""
    conclusion, outcome, reason, words = ENDED[name]
    evidence = await asked(where(run(1, HEAD, hours_ago=2, conclusion="failure"), run(2, HEAD, conclusion=conclusion)))
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert words in evidence.observed
    assert evidence.source.place.startswith("`suite.yml` #2 @ `")


async def test_a_run_that_goes_on_is_waited_for() -> None:
    """Its own end wakes the assessment."""
    evidence = await asked(where(run(3, HEAD, conclusion=None)))
    assert (evidence.outcome, evidence.reason) == (PENDING, Reason.STILL_RUNNING)
    assert evidence.waits_for is not None
    assert evidence.waits_for.topics == ("workflow_run:8803",)
    assert evidence.waits_for.until == NOW + timedelta(hours=6)


OTHERS = {
    "at another commit": run(1, FIX),
    "of another workflow": run(1, HEAD, path=".github/workflows/other.yml"),
    "for a pull request": run(1, HEAD, event="pull_request"),
    "of a fork": run(1, HEAD, head_repository="mallory/shop"),
    "of a deleted fork": run(1, HEAD, head_repository=None),
    "set off by a comment": run(1, HEAD, event="issue_comment"),
    "set off by a star": run(1, HEAD, event="watch"),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_other_runs_do_not_count(name: str) -> None:
    """Neither elsewhere, nor of somebody else's code."""
    evidence = await asked(where(OTHERS[name]))
    assert (evidence.outcome, evidence.reason) == (MISSING, Reason.NOTHING_TO_MEASURE)
    assert "did not run" in evidence.observed


async def test_no_stranger_takes_the_place_of_a_run() -> None:
    """A comment sets off a newer run, of which every job is skipped."""
    at = where(run(1, HEAD, hours_ago=1, conclusion="failure"), run(2, HEAD, event="issue_comment"))
    assert FAIL is (await asked(at)).outcome


async def test_an_event_can_be_asked() -> None:
    """Then only its runs count."""
    at = where(run(1, HEAD, event="schedule", hours_ago=1), run(2, HEAD, conclusion="failure"))
    assert PASS is (await asked(at, event="schedule")).outcome


LATEST = {
    "with the fix": (run(1, FIX), PASS, "success"),
    "older than the fix": (run(1, BEFORE, hours_ago=4), MISSING, "older than the fix"),
    "pushed over": (run(1, "f" * 40), MISSING, "older than the fix"),
    "of a fork's main": (run(1, FIX, head_repository="mallory/shop"), MISSING, "did not run"),
}


@pytest.mark.parametrize("name", LATEST)
async def test_the_newest_run_must_have_the_fix(name: str) -> None:
    """An older run says nothing about it."""
    found, outcome, words = LATEST[name]
    evidence = await asked(where(found), at="latest", conclusion="success")
    assert outcome is evidence.outcome
    assert words in evidence.observed


async def test_a_commit_can_be_asked() -> None:
    """By a prefix of its sha; one that is none is said."""
    at = where(run(1, FIX), run(2, HEAD, conclusion="failure"))
    assert PASS is (await asked(at, at=FIX[:8])).outcome
    assert "no commit" in (await asked(at, at="0" * 10)).observed


async def test_a_workflow_that_is_not_there() -> None:
    """Probably a typing error."""
    evidence = await ask(PROBE, where(), workflow="siute.yml")
    assert (evidence.outcome, evidence.observed) == (MISSING, "there is no workflow `siute.yml`")


async def test_failed_jobs_are_named() -> None:
    """With their links."""
    jobs = {
        8801: (
            WorkflowJob(id=1, name="lint", status="completed", conclusion=Conclusion.SUCCESS, url=""),
            WorkflowJob(id=2, name="test", status="completed", conclusion=Conclusion.FAILURE, url="https://x/2"),
        )
    }
    evidence = await asked(where(run(1, HEAD, conclusion="failure"), jobs=jobs))
    assert [(detail.text, detail.url) for detail in evidence.details] == [("test: failure", "https://x/2")]


PRINTED = {
    "enough": (log("compliance: 98.7%"), PASS, Reason.HOLDS, "98.7 % (success)"),
    "too little": (log("compliance: 91.2%"), FAIL, Reason.DOES_NOT_HOLD, "91.2 % is less than 98"),
    "with the runner's times": (
        log("2025-09-16T11:00:00.1234567Z compliance: \x1b[32m98.7%"),
        PASS,
        Reason.HOLDS,
        "98.7 %",
    ),
    "only in the command": (
        log("2025-09-16T11:00:00.1Z \x1b[36;1mecho compliance: 99%\x1b[0m\n"),
        MISSING,
        Reason.NOTHING_TO_MEASURE,
        "nothing in the log",
    ),
    "no number": (log("compliance: 1,234%"), MISSING, Reason.NOTHING_TO_MEASURE, "nothing in the log"),
    "an unclear number": (log("compliance: 1.2.3%"), MISSING, Reason.NOTHING_TO_MEASURE, "is no number"),
    "no such job": ((), MISSING, Reason.NOTHING_TO_MEASURE, "has no log of any job"),
    "expired": (None, MISSING, Reason.NOTHING_TO_MEASURE, "not there (any more)"),
    "too large": (Unknown(reason="larger than 20 MiB"), ERROR, Reason.TOO_LARGE, "larger than 20 MiB"),
}


@pytest.mark.parametrize("name", PRINTED)
async def test_a_number_in_the_log(name: str) -> None:
    """The job printed it, and it is compared."""
    logs, outcome, reason, words = PRINTED[name]
    at = where(run(1, HEAD), logs={} if logs is None else {8801: logs})
    evidence = await asked(at, number=NUMBER)
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert words in evidence.observed
    if outcome is PASS:
        assert {one.name: one.value for one in evidence.measures} == {"number": 98.7, "duration": 300}


async def test_a_failed_run_still_tells_its_number() -> None:
    """A script that ends with an error because of its number has printed it."""
    at = where(run(1, HEAD, conclusion="failure"), logs={8801: log("compliance: 91.2%")})
    evidence = await asked(at, number=NUMBER)
    assert (evidence.outcome, evidence.observed) == (FAIL, "failure, 91.2 %")
    assert PASS is (await asked(at, number={**NUMBER, "min": 90}, conclusion="any")).outcome


async def test_a_number_that_a_check_reports() -> None:
    """Title, summary and text of the check run."""
    output = CheckOutput(name="report", app="ci", title="", summary="compliance: 98.7%", text="", url=None)
    at = where(run(1, HEAD), outputs={(HEAD, "report"): (output,)})
    params = {"number": NUMBER, "from": "summary"}
    assert PASS is (await asked(at, **params, job="report")).outcome
    assert "no check `other`" in (await asked(at, **params, job="other")).observed
    another = replace(output, app="mallory", summary="compliance: 100%")
    both = where(run(1, HEAD), outputs={(HEAD, "report"): (output, another)})
    evidence = await asked(both, **params, job="report")
    assert (evidence.outcome, evidence.reason) == (ERROR, Reason.BAD_QUESTION)


PAST = {
    "at the commit before": (run(1, BEFORE, conclusion="failure", hours_ago=4), "failure", True, True),
    "at an older commit": (run(1, START, conclusion="failure", hours_ago=9), "failure", True, True),
    "it held": (run(1, BEFORE, hours_ago=4), "success", False, False),
    "cancelled": (run(1, BEFORE, conclusion="cancelled", hours_ago=4), None, False, True),
    "never": (run(1, BEFORE, event="pull_request", hours_ago=4), None, False, True),
}


@pytest.mark.parametrize("name", PAST)
async def test_the_run_before_the_fix(name: str) -> None:
    """What failed then and succeeds now speaks for the fix; what held then proves little."""
    earlier, before, seen_failing, decisive = PAST[name]
    evidence = await asked(where(earlier, run(2, HEAD)))
    assert evidence.outcome is PASS
    assert (evidence.before, evidence.seen_failing, evidence.decisive) == (before, seen_failing, decisive)


async def test_the_number_before_the_fix() -> None:
    """ "91.2 % → 98.7 %"."""
    logs = {8801: log("compliance: 91.2%"), 8802: log("compliance: 98.7%")}
    evidence = await asked(where(run(1, BEFORE, hours_ago=4), run(2, HEAD), logs=logs), number=NUMBER)
    assert (evidence.before, evidence.observed, evidence.seen_failing) == ("91.2 %", "98.7 % (success)", True)


def started(**changes: object) -> Dispatched:
    plain = Dispatched(at=NOW - timedelta(minutes=20), until=NOW + timedelta(minutes=10), run=8809)
    return replace(plain, **changes)  # type: ignore[arg-type]


OURS = run(9, HEAD, event="workflow_dispatch", hours_ago=0.3)
OLDER = run(8, HEAD, event="workflow_dispatch", hours_ago=2)
THEIRS = run(7, HEAD, event="workflow_dispatch", hours_ago=0.32, actor="mallory")
DISPATCHED = {
    "ended": ((OURS,), started(), PASS, Reason.HOLDS, None),
    "ended, id not told": ((OURS, OLDER), started(run=None), PASS, Reason.HOLDS, None),
    "ended, somebody else's beside it": (
        (replace(OURS, actor="Us[bot]", conclusion=Conclusion.FAILURE), THEIRS, replace(THEIRS, created_at=NOW)),
        started(run=None, by="us[bot]"),
        FAIL,
        Reason.DOES_NOT_HOLD,
        None,
    ),
    "ended, as the branch had moved on": (
        (replace(OURS, head_sha=FIX),),
        started(run=None),
        PASS,
        Reason.HOLDS,
        None,
    ),
    "ended, without the fix": (
        (replace(OURS, head_sha=BEFORE),),
        started(),
        MISSING,
        Reason.NOTHING_TO_MEASURE,
        None,
    ),
    "ended badly": ((replace(OURS, conclusion=Conclusion.FAILURE),), started(), FAIL, Reason.DOES_NOT_HOLD, None),
    "goes on": (
        (replace(OURS, status="queued", conclusion=None),),
        started(),
        PENDING,
        Reason.STILL_RUNNING,
        "workflow_run:8809",
    ),
    "not seen yet": ((), started(), PENDING, Reason.STILL_RUNNING, "workflow_run:8809"),
    "not seen yet, id not told": ((OLDER,), started(run=None), PENDING, Reason.STILL_RUNNING, "workflow:7:suite.yml"),
    "late": (
        (replace(OURS, status="queued", conclusion=None),),
        started(until=NOW),
        ERROR,
        Reason.TIMED_OUT,
        None,
    ),
    "never seen": ((), started(until=NOW), ERROR, Reason.TIMED_OUT, None),
    "refused": ((), started(refused="no such trigger"), ERROR, Reason.UNAVAILABLE, None),
    "a dry run": ((OLDER,), None, MISSING, Reason.NOTHING_TO_MEASURE, None),
}


@pytest.mark.parametrize("name", DISPATCHED)
async def test_a_run_that_was_started_for_this(name: str) -> None:
    """Only that run is judged, once it has ended; until then, and no longer than said, it is waited for."""
    runs, made, outcome, reason, topic = DISPATCHED[name]
    evidence = await asked(where(*runs, dispatched=made), dispatch={"within": "30m"})
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert (evidence.waits_for.topics[0] if evidence.waits_for else None) == topic
    if evidence.waits_for is not None and made is not None:
        assert evidence.waits_for.until == made.until


def test_what_has_to_be_started() -> None:
    """Told before anything is measured."""
    params = WorkflowParams.model_validate({"workflow": "a.yml", "dispatch": {"inputs": {"env": "x"}, "within": "2h"}})
    wanted = params.dispatches
    assert wanted is not None
    assert (wanted.workflow, wanted.inputs, wanted.patience) == ("a.yml", (("env", "x"),), timedelta(hours=2))
    assert WorkflowParams.model_validate({"workflow": "a.yml"}).dispatches is None


FAULTS = {
    "a path": ({"workflow": "../a.yml"}, "pattern"),
    "no YAML": ({"workflow": "a.sh"}, "pattern"),
    "a job without a number": ({"workflow": "a.yml", "job": "x"}, "give `number`"),
    "summary of no check": ({"workflow": "a.yml", "number": NUMBER, "from": "summary"}, "needs `job`"),
    "any without a number": ({"workflow": "a.yml", "conclusion": "any"}, "asks nothing"),
    "dispatch elsewhere": ({"workflow": "a.yml", "dispatch": {}, "at": "latest"}, "leave out `at`"),
    "too long": ({"workflow": "a.yml", "dispatch": {"within": "48h"}}, "at most 1d"),
    "too many inputs": ({"workflow": "a.yml", "dispatch": {"inputs": {f"i{n}": "" for n in range(11)}}}, "at most 10"),
    "an input that is no text": ({"workflow": "a.yml", "dispatch": {"inputs": {"a": 1}}}, "string"),
    "a ref": ({"workflow": "a.yml", "dispatch": {"ref": "x"}}, "extra"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_questions_are_refused(name: str) -> None:
    """With a sentence that says how to write it."""
    params, words = FAULTS[name]
    with pytest.raises(ValidationError, match=words):
        WorkflowParams.model_validate(params)


async def test_an_empty_repository_has_nothing_to_measure() -> None:
    """No commit, no run."""
    assert MISSING is (await asked(context())).outcome


def test_the_shas_of_this_file() -> None:
    """The history is what the tests say."""
    assert Sha(HEAD) == AT.head


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("build", "test"), "Name one of its jobs: `build` and `test`."),
        (("build",), "Name its job: `build`."),
        ((), "Run the workflow again"),
    ],
    ids=["several", "one", "none"],
)
async def test_a_job_of_another_name(names: tuple[str, ...], words: str) -> None:
    """What can be named instead is named."""
    jobs = tuple(
        WorkflowJob(id=n, name=name, status="completed", conclusion=Conclusion.SUCCESS, url="")
        for n, name in enumerate(names)
    )
    at = where(run(1, HEAD), logs={8801: ()}, jobs={8801: jobs})
    evidence = await asked(at, number=NUMBER, job="compliance")
    assert words in (evidence.remedy or "")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (started(refused="no"), "somebody with the role write"),
        (started(until=NOW), "has started, or give it longer than `within: 1m`."),
    ],
    ids=["refused", "late"],
)
async def test_what_to_do_where_a_start_came_to_nothing(made: Dispatched, words: str) -> None:
    """Who may start it, or for how long to wait."""
    evidence = await asked(where(dispatched=made), dispatch={"within": "1m"})
    assert words in (evidence.remedy or "")
