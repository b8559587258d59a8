"""The logs probe over workflow logs: an error that was printed before the fix, and is not any more."""

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.github.models import Unknown
from bot.probes.contract import Fix
from bot.probes.joblogs import cleaned
from bot.probes.logs import PROBE, LogsParams

from .actions import Actions, log, run
from .world import MemoryReader, Step, ask, context, repo

AT = repo(Step("Start"), Step("Before"), Step("Fix"), Step("Later"))
_, BEFORE, FIX, HEAD = AT.branch
ASKED = {"file": "suite.yml", "absent": "deadlock detected"}
BAD = "ok\nERROR: deadlock detected\nretry\nERROR: deadlock detected, deadlock detected\n"


async def asked(*runs: object, logs: object = None, **params: object) -> Evidence:
    reader = MemoryReader(AT, actions=Actions(runs=runs, logs=logs or {}))
    at = context(AT, reader=reader, fix=Fix(commits=(FIX,), before=BEFORE, paths=()))
    return await ask(PROBE, at, workflow={**ASKED, **params})


NEWEST = {
    "gone": (run(2, HEAD), log("all good\n"), Outcome.PASS, Reason.HOLDS, "0 lines of `suite.yml` #2"),
    "there": (run(2, HEAD), log(BAD), Outcome.FAIL, Reason.DOES_NOT_HOLD, "2 lines of `suite.yml` #2"),
    "there in a failed run": (
        run(2, HEAD, conclusion="failure"),
        log(BAD),
        Outcome.FAIL,
        Reason.DOES_NOT_HOLD,
        "2 lines",
    ),
    "the run failed before": (
        run(2, HEAD, conclusion="failure"),
        log("x"),
        Outcome.MISSING,
        Reason.NOTHING_TO_MEASURE,
        "may not have come so far",
    ),
    "goes on": (run(2, HEAD, conclusion=None), (), Outcome.PENDING, Reason.STILL_RUNNING, "has not ended"),
    "older than the fix": (run(2, BEFORE), log("x"), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "older than the fix"),
    "no such job": (run(2, HEAD), (), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "no log of any job"),
    "too large": (run(2, HEAD), Unknown(reason="> 20 MiB"), Outcome.ERROR, Reason.TOO_LARGE, "> 20 MiB"),
    "cut": (run(2, HEAD), log("x", cut=True), Outcome.ERROR, Reason.NOT_LOOKED_AT, "last 10 MiB"),
    "of a fork": (
        run(2, HEAD, head_repository="mallory/shop"),
        log("x"),
        Outcome.MISSING,
        Reason.NOTHING_TO_MEASURE,
        "never ran on `main`",
    ),
}


@pytest.mark.parametrize("name", NEWEST)
async def test_the_newest_log_with_the_fix(name: str) -> None:
    """Absence counts only in a whole log of a run that came to its end."""
    found, logs, outcome, reason, words = NEWEST[name]
    evidence = await asked(found, logs={8802: logs})
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert words in evidence.observed


PAST = {
    "it stood there": (log(BAD), Reason.HOLDS, "2 lines", True, True),
    "it did not": (log("fine"), Reason.VACUOUS, "0 lines", False, False),
    "expired": (None, Reason.HOLDS, None, False, False),
}


@pytest.mark.parametrize("name", PAST)
async def test_the_log_before_the_fix(name: str) -> None:
    """ "2 lines → 0 lines": what nobody saw there before may never have been printed."""
    logs, reason, before, seen_failing, decisive = PAST[name]
    told = {8802: log("fine"), **({} if logs is None else {8801: logs})}
    evidence = await asked(
        run(1, BEFORE, conclusion="failure" if before == "2 lines" else "success", hours_ago=4), run(2, HEAD), logs=told
    )
    assert (evidence.outcome, evidence.reason) == (Outcome.PASS, reason)
    assert (evidence.before, evidence.seen_failing, evidence.decisive) == (before, seen_failing, decisive)


async def test_the_lines_are_shown() -> None:
    """The first of them, with the run's address."""
    evidence = await asked(run(2, HEAD), logs={8802: log(BAD)})
    assert evidence.details[0].text == "ERROR: deadlock detected"
    assert [(one.name, one.value) for one in evidence.measures] == [("lines", 2)]


async def test_a_log_that_expired() -> None:
    """GitHub keeps logs for 90 days."""
    evidence = await asked(run(2, HEAD))
    assert (evidence.outcome, evidence.remedy) == (Outcome.MISSING, "Run the workflow again.")


@pytest.mark.parametrize(
    ("params", "outcome"),
    [
        pytest.param({"absent": r"dead\w+", "match": "regex"}, Outcome.FAIL, id="expression"),
        pytest.param({"absent": "dead", "match": "word"}, Outcome.PASS, id="word"),
        pytest.param({"absent": ["DEADLOCK"], "ignore_case": True}, Outcome.FAIL, id="any case"),
        pytest.param({"absent": ["x1", "x2", "x3", "x4", "x5"], "match": "regex"}, Outcome.PASS, id="many"),
    ],
)
async def test_patterns(params: dict[str, object], outcome: Outcome) -> None:
    """As in code."""
    assert outcome is (await asked(run(2, HEAD), logs={8802: log(BAD)}, **params)).outcome


async def test_other_workflows() -> None:
    """One that is not there, and an empty repository."""
    assert "no workflow" in (await asked(file="siute.yml")).observed
    assert Outcome.MISSING is (await ask(PROBE, context(), workflow=ASKED)).outcome


def test_logs_are_cleaned() -> None:
    """Times, colours and the repeated commands are the runner's, not the program's."""
    raw = b"\xef\xbb\xbf2025-09-16T11:00:00.1234567Z ##[group]Run x\n2025-09-16T11:00:00.1Z \x1b[36;1mgrep bad\x1b[0m\n"
    assert cleaned(raw + b"2025-09-16T11:00:00.1Z \x1b[31mbad\x1b[0m\r\n") == b"##[group]Run x\nbad\n"


FAULTS = {
    "nobody's": ({}, "whose logs"),
    "a path": ({"workflow": {**ASKED, "file": "a/b.yml"}}, "pattern"),
    "nothing": ({"workflow": {"file": "a.yml"}}, "absent"),
    "a broken pattern": ({"workflow": {**ASKED, "absent": "(", "match": "regex"}}, "RE2"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_questions_are_refused(name: str) -> None:
    """With a sentence that says how to write it."""
    params, words = FAULTS[name]
    with pytest.raises(ValidationError, match=words):
        LogsParams.model_validate(params)
