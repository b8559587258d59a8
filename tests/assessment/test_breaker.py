"""How much the bot does by itself, and when it stops."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.breaker import (
    LATE,
    SPACING,
    TRIAL,
    TRIAL_REST,
    Act,
    Limits,
    Pause,
    Tally,
    booked,
    counted,
    counts_from,
    limited,
    next_pause,
    not_now,
    retry_at,
)
from bot.assessment.evidence import Criterion, CriterionId, Evidence, Finding, Outcome, Reason, Source
from bot.assessment.plan import Close, Label, Plan, Reopen, Speak
from bot.assessment.policy import Role
from bot.assessment.trigger import Trigger, TriggerKind

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LIMITS = Limits(share=50, minimum=10, window=10 * MINUTE, pause=15 * MINUTE)
PAUSE = Pause(since=NOON, until=NOON + 15 * MINUTE, tally=Tally(answers=20, errors=11))
CLOSING, OPENING = Plan(actions=(Speak(), Close())), Plan(actions=(Speak(), Reopen()))


@pytest.mark.parametrize(
    ("kind", "by_bot", "plan", "act"),
    [
        (TriggerKind.COMMAND, False, CLOSING, None),
        (TriggerKind.CLI, False, CLOSING, None),
        (TriggerKind.COMMAND, True, CLOSING, Act.CLOSE),
        (TriggerKind.MERGE, False, CLOSING, Act.CLOSE),
        (TriggerKind.TIMER, False, OPENING, Act.REOPEN),
        (TriggerKind.CLOSURE, False, OPENING, Act.REOPEN),
        (TriggerKind.MERGE, False, Plan(actions=(Speak(), Label(add=("done",)))), None),
        (TriggerKind.MERGE, False, Plan(actions=(Speak(),), would=(Close(),)), None),
    ],
)
def test_what_is_limited(kind: TriggerKind, *, by_bot: bool, plan: Plan, act: Act | None) -> None:
    """What it closes and reopens by itself or on a bot's word; no person, no words, no labels, no dry run."""
    assert limited(Trigger(kind=kind), plan, by_bot=by_bot) is act


@pytest.mark.parametrize("plan", [OPENING, Plan(actions=(Speak(),))], ids=["opened", "filed-or-said"])
def test_a_regression_counts_as_a_reopening(plan: Plan) -> None:
    """Whatever is done about it, down to a mere word."""
    assert limited(Trigger(kind=TriggerKind.TIMER, regressed=True), plan, by_bot=False) is Act.REOPEN


def finding(outcome: Outcome, reason: Reason) -> Finding:
    source = Source(url="u", place="p", sha=None, fetched_at=NOON)
    return Finding(
        criterion=Criterion(id=CriterionId("a"), title="A", category="General", kind="http"),
        evidence=Evidence(outcome=outcome, reason=reason, expected="e", observed="o", source=source),
    )


@pytest.mark.parametrize(
    ("outcome", "reason", "tally"),
    [
        (Outcome.PASS, Reason.HOLDS, (1, 0)),
        (Outcome.FAIL, Reason.DOES_NOT_HOLD, (1, 0)),
        (Outcome.FLAKY, Reason.MIXED, (1, 0)),
        (Outcome.PENDING, Reason.STILL_RUNNING, (1, 0)),
        (Outcome.ERROR, Reason.UNAVAILABLE, (1, 1)),
        (Outcome.ERROR, Reason.TIMED_OUT, (1, 1)),
        (Outcome.ERROR, Reason.BUG, (1, 1)),
        (Outcome.ERROR, Reason.FORBIDDEN, (0, 0)),
        (Outcome.ERROR, Reason.NETWORK_POLICY, (1, 1)),
        (Outcome.SKIPPED, Reason.NOT_APPLICABLE, (0, 0)),
        (Outcome.MISCONFIGURED, Reason.BAD_QUESTION, (0, 0)),
        (Outcome.WAIVED, Reason.DOES_NOT_HOLD, (0, 0)),
    ],
)
def test_which_answers_count(outcome: Outcome, reason: Reason, tally: tuple[int, int]) -> None:
    """An outage is what could not be measured and might be later; what was not asked tells nothing."""
    assert counted([finding(outcome, reason)]) == Tally(answers=tally[0], errors=tally[1])


@pytest.mark.parametrize(
    ("answers", "errors", "pauses"),
    [(10, 6, True), (10, 5, False), (9, 9, False), (1000, 501, True), (1000, 500, False), (0, 0, False)],
)
def test_a_pause_begins(answers: int, errors: int, *, pauses: bool) -> None:
    """Above the share, and not before there are enough answers to speak of one."""
    tally = Tally(answers=answers, errors=errors)
    expected = Pause(since=NOON, until=NOON + 15 * MINUTE, tally=tally) if pauses else None
    assert next_pause(None, tally, NOON, LIMITS) == expected
    assert next_pause(None, tally, NOON, Limits(share=None)) is None


@pytest.mark.parametrize(
    ("after", "answers", "errors", "until"),
    [
        pytest.param(14 * MINUTE, 50, 0, 15 * MINUTE, id="too-early"),
        pytest.param(16 * MINUTE, TRIAL - 1, 0, 15 * MINUTE, id="too-few"),
        pytest.param(16 * MINUTE, TRIAL, 2, None, id="measured-again"),
        pytest.param(16 * MINUTE, TRIAL, 3, 31 * MINUTE, id="still-out"),
    ],
)
def test_how_a_pause_ends(after: timedelta, answers: int, errors: int, until: timedelta | None) -> None:
    """Not before its time; then a few answers decide. One that goes on has begun when it began."""
    found = next_pause(PAUSE, Tally(answers=answers, errors=errors), NOON + after, LIMITS)
    assert (None if found is None else (found.since, found.until - NOON)) == (None if until is None else (NOON, until))


def test_which_answers_decide() -> None:
    """Those of the window; after a pause only those that came after it."""
    assert counts_from(None, NOON, LIMITS) == NOON - 10 * MINUTE
    assert counts_from(PAUSE, NOON, LIMITS) == PAUSE.until


@pytest.mark.parametrize("lot", [0.0, 0.5, 1.0])
def test_who_waits_comes_again(lot: float) -> None:
    """Spread over as long as the pause was; on trial soon, and not in one moment either. Off means off."""
    assert retry_at(PAUSE, NOON + MINUTE, LIMITS, lot=lot) == PAUSE.until + lot * LIMITS.pause
    assert retry_at(PAUSE, PAUSE.until, LIMITS, lot=lot) == PAUSE.until + TRIAL_REST * (1 + lot)
    assert retry_at(None, NOON, LIMITS, lot=lot) is None
    assert retry_at(PAUSE, NOON, Limits(share=None), lot=lot) is None


@given(
    limit=st.integers(1, 5),
    asked=st.lists(st.tuples(st.integers(-90, 90), st.integers(0, 10)), min_size=1, max_size=40),
)
def test_never_more_than_the_limit(limit: int, asked: list[tuple[int, int]]) -> None:
    """In any order of asking, on clocks that disagree, and however late each is done: no hour holds more."""
    moments: list[datetime] = []
    for minutes, _ in asked:
        newest = sorted(moments, reverse=True)
        moments.append(booked(newest[limit - 1] if len(newest) >= limit else None, NOON + minutes * MINUTE))
    done = sorted(at + late * MINUTE for at, (_, late) in zip(moments, asked, strict=True))
    # between the first and the last of any group that is one too large lies an hour at least
    assert all(after - before >= HOUR for before, after in zip(done, done[limit:], strict=False))


def test_a_moment_that_is_free() -> None:
    """Now, where there is room; else when the oldest that counts is over."""
    assert booked(None, NOON) == NOON
    assert booked(NOON - SPACING, NOON) == NOON
    assert booked(NOON - MINUTE, NOON) == NOON - MINUTE + SPACING
    assert SPACING - LATE == HOUR


@pytest.mark.parametrize(("act", "limit"), [(Act.CLOSE, 30), (Act.REOPEN, 5)])
def test_limits(act: Act, limit: int) -> None:
    """Closings and reopenings are counted apart; what reopens is kept shorter."""
    assert Limits().of(act) == limit


WHEN = "at 15:04 UTC I measure again and go on by myself"


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (Act.CLOSE, f"not for now: {WHEN}; somebody with triage closes it with `/assess-resolution`"),
        (Act.REOPEN, f"not reopened for now: {WHEN}"),
    ],
)
def test_what_is_said(act: Act, text: str) -> None:
    """That it was not done and when it is tried again; not why."""
    until = NOON.replace(hour=15, minute=4)
    assert not_now(act, until, close_role=Role.TRIAGE, seen_from=NOON) == text
