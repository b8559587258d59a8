"""The check probe: newest result per name; no CI is neither yes nor no."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Outcome, Reason, Sha
from bot.github.models import Check, Checks, CheckState, Unknown
from bot.github.runs import CheckOutput
from bot.probes.check import PROBE, CheckParams
from bot.probes.contract import Fix

from .actions import Actions
from .world import NOW, MemoryReader, Step, ask, context, repo

AT = repo(Step("Start"), Step("Fix"))
PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR


def check(name: str, state: str, app: str = "github-actions", workflow: str | None = None) -> Check:
    return Check(name=name, app=app, state=CheckState(state), url="https://x", finished_at=None, workflow=workflow)


def checks(*runs: tuple[str, ...], complete: bool = True) -> Checks:
    return Checks(sha=AT.head or Sha(""), checks=tuple(check(*run) for run in runs), complete=complete)


CASES = {
    "all green": ((("a", "success"), ("b", "success")), {}, PASS, Reason.HOLDS, "2 checks succeeded"),
    "one red": ((("a", "success"), ("b", "failure")), {}, FAIL, Reason.DOES_NOT_HOLD, "1 of 2 checks did not"),
    "one runs": ((("a", "success"), ("b", "running")), {}, Outcome.PENDING, Reason.STILL_RUNNING, "`b`"),
    "red beats running": ((("a", "failure"), ("b", "running")), {}, FAIL, Reason.DOES_NOT_HOLD, "`a`"),
    "skipped beside green": ((("a", "success"), ("b", "neutral")), {}, PASS, Reason.HOLDS, "1 skipped or neutral"),
    "skipped alone": ((("a", "neutral"),), {}, PASS, Reason.VACUOUS, "skipped or neutral only"),
    "cancelled": ((("a", "cancelled"),), {}, Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "cancelled before"),
    "no CI": ((), {}, Outcome.SKIPPED, Reason.NOT_APPLICABLE, "no CI ran on `main`"),
    "by name": ((("a", "success"), ("b", "failure")), {"name": "a"}, PASS, Reason.HOLDS, "success"),
    "a name is exact": (
        (("unit", "success"),),
        {"name": "uni"},
        Outcome.MISSING,
        Reason.NOTHING_TO_MEASURE,
        "no check",
    ),
    "by glob": ((("t (1)", "success"), ("t (2)", "failure")), {"name": "t (*)"}, FAIL, Reason.DOES_NOT_HOLD, "t (2)"),
    "brackets are no glob": ((("a1", "failure"), ("a[1]x", "success")), {"name": "a[1]*"}, PASS, Reason.HOLDS, "suc"),
    "by words": ((("Mission_critical tests", "success"),), {"name": "~mission-critical"}, PASS, Reason.HOLDS, "suc"),
    "by workflow's words": (
        (("build", "success", "github-actions", "Mission critical"),),
        {"name": "~mission critical"},
        PASS,
        Reason.HOLDS,
        "success",
    ),
    "by app": (
        (("a", "failure", "circleci"), ("a", "success")),
        {"name": "a", "app": "github-actions"},
        PASS,
        Reason.HOLDS,
        "success",
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_the_worst_of_the_matching_checks_decides(name):
    """Failed before running before cancelled before passed; skipped alone proves nothing."""
    runs, params, outcome, reason, words = CASES[name]
    evidence = await ask(PROBE, context(AT, head_checks=checks(*runs)), **params)
    assert (outcome, reason) == (evidence.outcome, evidence.reason)
    assert words in evidence.observed


DECISIVE = {
    "a named check speaks for itself": ({"name": "a"}, True),
    "everything green alone does not speak for a fix": ({}, False),
}


@pytest.mark.parametrize("name", DECISIVE)
async def test_only_what_was_asked_for_is_decisive(name):
    """CI is green on most days."""
    params, decisive = DECISIVE[name]
    evidence = await ask(PROBE, context(AT, head_checks=checks(("a", "success"))), **params)
    assert decisive is evidence.decisive


INCOMPLETE = {"passing": (("a", "success"), ERROR), "failing": (("a", "failure"), FAIL), "nothing": (None, ERROR)}


@pytest.mark.parametrize("name", INCOMPLETE)
async def test_a_list_cut_short_never_passes(name):
    """What was not read may have failed; what failed has failed."""
    run, outcome = INCOMPLETE[name]
    seen = checks(*filter(None, (run,)), complete=False)
    assert outcome is (await ask(PROBE, context(AT, head_checks=seen))).outcome


async def test_a_missing_permission_is_an_error():
    """Not told is never passed."""
    evidence = await ask(PROBE, context(AT, head_checks=Unknown(reason="needs checks:read")))
    assert (evidence.outcome, evidence.reason) == (ERROR, Reason.FORBIDDEN)


BEFORE = {
    "failure": ("failure", "failure", True),
    "success": ("success", "success", False),
    "running": ("running", "not ended", False),
    "skipped": ("neutral", "skipped", False),
    "cancelled": ("cancelled", "cancelled", False),
}


@pytest.mark.parametrize("name", BEFORE)
async def test_the_state_before_the_fix_is_told(name):
    """ "failure → success" is worth more than success alone."""
    state, words, seen_failing = BEFORE[name]
    before = AT.branch[0]
    reader = MemoryReader(AT, check_runs={before: checks(("a", state))})
    where = context(
        AT,
        reader=reader,
        head_checks=checks(("a", "success")),
        fix=Fix(commits=(AT.branch[1],), before=before, paths=()),
    )
    evidence = await ask(PROBE, where)
    assert (words, seen_failing, seen_failing) == (evidence.before, evidence.seen_failing, evidence.decisive)


async def test_a_commit_of_its_own_can_be_asked():
    """`at` names a commit; then its checks count, not the head's."""
    first = AT.branch[0]
    reader = MemoryReader(AT, check_runs={first: checks(("a", "failure"))})
    where = context(AT, reader=reader, head_checks=checks(("a", "success")))
    assert FAIL is (await ask(PROBE, where, name="a", at=first)).outcome


async def test_a_near_name_is_offered():
    """A check that did not run may be spelled otherwise."""
    where = context(AT, head_checks=checks(("websocket-events", "success")))
    evidence = await ask(PROBE, where, name="websockets-events")
    assert evidence.details[0].text == "similar names: websocket-events"


async def test_an_empty_repository_has_nothing_to_measure():
    """No commit, no check."""
    assert Outcome.MISSING is (await ask(PROBE, context())).outcome


N = {"pattern": "([0-9]+) passed", "min": 90}


@pytest.mark.parametrize(
    "params",
    [
        {"name": ""},
        {"at": "main"},
        {"at": "HEAD~1"},
        {"nam": "a"},
        {"name": 3},
        {"number": N},
        {"number": N, "name": "a*"},
        {"number": N, "name": "~a"},
        {"name": "~"},
        {"name": "~ -"},
    ],
)
def test_senseless_parameters_are_refused(params):
    """A typo is a fault in the policy, not a check that never ran."""
    with pytest.raises(ValidationError):
        CheckParams.model_validate(params)


async def test_a_running_check_is_waited_for():
    """The end of its suite wakes the assessment."""
    evidence = await ask(PROBE, context(AT, head_checks=checks(("a", "running"))))
    assert evidence.waits_for is not None
    assert evidence.waits_for.topics == (f"check_suite:7:{AT.head}",)
    assert (evidence.waits_for.what, evidence.waits_for.until) == (f"`a` on `{AT.head[:7]}`", NOW + timedelta(hours=6))


REPORTED = {
    "enough": ("98 passed of 100", None, PASS, Reason.HOLDS, "98 (success)", None, False),
    "too few": ("12 passed of 100", None, FAIL, Reason.DOES_NOT_HOLD, "12 is less than 90", None, False),
    "better": ("98 passed of 100", "60 passed", PASS, Reason.HOLDS, "98 (success)", "60", True),
    "as before": ("98 passed of 100", "97 passed", PASS, Reason.VACUOUS, "proves little", "97", False),
    "not told": ("all good", None, Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "reports nothing", None, False),
    "unclear": ("1,298 passed", None, Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "is no number", None, False),
}


@pytest.mark.parametrize("name", REPORTED)
async def test_a_number_that_the_check_reports(name):
    """Compared, and compared with what was reported before the fix."""
    now, then, outcome, reason, words, before, seen_failing = REPORTED[name]
    told = {AT.branch[1]: now, AT.branch[0]: then}
    outputs = {(sha, "a"): (output(text), output("1 passed", app="other")) for sha, text in told.items() if text}
    where = context(
        AT,
        reader=MemoryReader(AT, actions=Actions(outputs=outputs)),
        head_checks=checks(("a", "success")),
        fix=Fix(commits=(AT.branch[1],), before=AT.branch[0], paths=()),
    )
    params = {"name": "a", "app": "github-actions", "number": {"pattern": "([0-9]+) passed", "min": 90}}
    evidence = await ask(PROBE, where, **params)
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert words in evidence.observed
    assert (evidence.before, evidence.seen_failing) == (before, seen_failing)


async def test_a_number_of_several_apps_is_nobodys():
    """Any app may report a check of any name: which one counts must be said."""
    outputs = {(AT.head, "a"): (output("99 passed", app="mallory"), output("12 passed"))}
    where = context(AT, reader=MemoryReader(AT, actions=Actions(outputs=outputs)), head_checks=checks(("a", "success")))
    evidence = await ask(PROBE, where, name="a", number={"pattern": "([0-9]+) passed", "min": 90})
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.BAD_QUESTION)
    assert "`github-actions` and `mallory` report a check of that name" in evidence.observed


def output(title: str, app: str = "github-actions") -> CheckOutput:
    return CheckOutput(name="a", app=app, title=title, summary="", text="", url=None)


NEW = repo(Step("Start"), Step("Merge"), last=NOW - timedelta(minutes=3))
QUIET = repo(Step("Start"), Step("Record [Skip CI]"), last=NOW - timedelta(minutes=3))
RAN = {NEW.branch[0]: replace(checks(("unit", "success")), sha=NEW.branch[0])}
BEGINS = {
    "a named one": (NEW, (), {"name": "unit"}, {}, Outcome.PENDING),
    "beside others": (NEW, (("lint", "success"),), {"name": "unit"}, {}, Outcome.PENDING),
    "any, where there is CI": (NEW, (), {}, RAN, Outcome.PENDING),
    "any, where there never was": (NEW, (), {}, {}, Outcome.SKIPPED),
    "on an older head": (AT, (), {"name": "unit"}, {}, Outcome.MISSING),
    "where none is wanted": (QUIET, (), {"name": "unit"}, {}, Outcome.MISSING),
    "by an app that has none": (NEW, (), {"app": "circleci"}, RAN, Outcome.SKIPPED),
}


@pytest.mark.parametrize("name", BEGINS)
async def test_just_after_a_merge_ci_may_not_have_begun(name):
    """It is waited for, for as long as a run may take; ten minutes later there is nothing to wait for."""
    at, runs, params, before, outcome = BEGINS[name]
    found = replace(checks(*runs), sha=at.head)
    evidence = await ask(PROBE, context(at, head_checks=found, reader=MemoryReader(at, check_runs=before)), **params)
    assert evidence.outcome is outcome
    if outcome is Outcome.PENDING:
        assert evidence.waits_for is not None
        assert evidence.waits_for.topics == (f"check_suite:7:{at.head}",)
        assert evidence.waits_for.until == NOW + timedelta(hours=6)
