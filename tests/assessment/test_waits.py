"""What a pending answer waits for, and that it does not wait longer than it said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import CriterionId, Evidence, Finding, Outcome, Reason, Wait
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import judge
from bot.assessment.waits import as_promised, awaited
from tests.assessment.samples import BY_ANN, FACTS, NOW, criterion, evidence, finding, flags, operational, optional

HOUR = timedelta(hours=1)
RUN = Wait(topics=("run:1",), what="run 1", until=NOW + HOUR)
ENDLESS = Wait(topics=("run:1",), what="run 1", until=NOW + 9 * HOUR)
ON_ITS_WAY = finding("suite", Outcome.PENDING, waits_for=RUN)


@pytest.mark.parametrize(
    ("found", "trigger", "names"),
    [
        pytest.param((finding(), ON_ITS_WAY), BY_ANN, ["suite"], id="on-its-way"),
        pytest.param((finding(), ON_ITS_WAY), Trigger(kind=TriggerKind.MERGE, pull=7), ["suite"], id="after-a-merge"),
        pytest.param((finding(), ON_ITS_WAY), flags(no_close=True), ["suite"], id="even-if-it-will-not-close"),
        pytest.param((ON_ITS_WAY, finding("b", Outcome.PENDING)), BY_ANN, ["suite"], id="only-what-something-tells-of"),
        pytest.param((finding("b", Outcome.PENDING),), BY_ANN, [], id="nothing-tells"),
        pytest.param((ON_ITS_WAY, finding("b", Outcome.FAIL)), BY_ANN, [], id="fails-anyway"),
        pytest.param((ON_ITS_WAY, finding("b", Outcome.ERROR)), BY_ANN, [], id="not-measured-anyway"),
        pytest.param((finding(), optional("b", Outcome.PENDING, waits_for=RUN)), BY_ANN, [], id="optional"),
        pytest.param((finding(), operational("b", Outcome.PENDING, waits_for=RUN)), BY_ANN, [], id="operational"),
        pytest.param((finding(), ON_ITS_WAY), flags(dry_run=True), [], id="a-dry-run"),
        pytest.param((finding(), ON_ITS_WAY), Trigger(kind=TriggerKind.CLI, by="ann"), [], id="the-command-line"),
    ],
)
def test_what_is_awaited(found: tuple[Finding, ...], trigger: Trigger, names: list[str]) -> None:
    """What alone stands between here and a verdict, if something will tell of it and somebody is there to hear."""
    assert [one.criterion for one in awaited(judge(found, facts=FACTS), found, trigger)] == names


@pytest.mark.parametrize(
    ("wait", "promised", "until"),
    [
        pytest.param(RUN, None, RUN.until, id="first-look"),
        pytest.param(ENDLESS, NOW + HOUR, NOW + HOUR, id="not-longer-than-promised"),
        pytest.param(RUN, NOW + 2 * HOUR, RUN.until, id="shorter-by-now"),
    ],
)
def test_what_was_promised_holds(wait: Wait, promised: object, until: object) -> None:
    """A later look does not move the end of the waiting."""
    held = promise(evidence(Outcome.PENDING, waits_for=wait), promised)
    assert held == evidence(Outcome.PENDING, waits_for=replace(wait, until=until))


def test_in_vain() -> None:
    """What did not come in time could not be measured, and the answer says for how long it was waited for."""
    late = promise(evidence(Outcome.PENDING, waits_for=ENDLESS, observed="runs since 10:00 UTC"), NOW)
    assert (late.outcome, late.reason, late.waits_for) == (Outcome.ERROR, Reason.TIMED_OUT, None)
    assert late.observed == f"waited for run 1 until {NOW:%H:%M} UTC, in vain: runs since 10:00 UTC"


def test_what_ended_is_left_alone() -> None:
    """A promise is about waiting alone."""
    assert promise(evidence(), NOW - HOUR) == evidence()


def promise(found: Evidence, until: object) -> Evidence:
    promised = {} if until is None else {CriterionId("ci"): until}
    (held,) = as_promised((Finding(criterion=criterion(), evidence=found),), promised=promised, now=NOW)  # type: ignore[arg-type]
    return held.evidence
