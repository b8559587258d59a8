"""The breaker: how much the bot does by itself in an hour, and when it stops because too little can be measured. Pure.

Rules:
1. In a repository no window of an hour holds more closings than the operator allows, nor more reopenings. Each takes a
   moment of its own before it is done; whoever comes too late to get one now gets the next that is free.
2. Where more than a share of the answers of an installation's probes say "could not measure", closing and reopening
   pause for all its repositories. What does not hold was measured, and counts as any other answer; what will be refused
   tomorrow as well (a permission is missing, it is too large) is no outage: it does not count at all.
3. After the pause a few answers decide: mostly measured, and it goes on; else it pauses again.
4. It stands before what the bot does by itself. A person who commands is no outage, and is not held back; another bot's
   command is held back, for nobody looks at what it does.
5. Whoever was held back comes again by himself, not all in one moment.
6. Whatever is done about a regression counts as a reopening, also where a new issue is filed or it is only said: an
   outage must not be told on fifty issues either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.assessment.evidence import Finding, Outcome, Reason
from bot.assessment.plan import Plan
from bot.assessment.policy import Role
from bot.assessment.trigger import Trigger
from bot.assessment.wording import moment

LATE = timedelta(minutes=10)
"""How long after its moment something may still be done: everything is measured anew before."""
SPACING = timedelta(hours=1) + LATE
"""Between a moment and the one that frees it: however late each is used, an hour holds no more than the limit."""
TRIAL = 5
"""Answers that decide after a pause."""
TRIAL_REST = timedelta(minutes=1)
"""How long somebody waits who comes when those have not been given yet."""


class Act(StrEnum):
    """What is limited."""

    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator allows. None: no limit, no pause. `share` is in percent, of at least `minimum` answers."""

    closings: int | None = 30
    reopenings: int | None = 5
    share: int | None = 50
    minimum: int = 20
    window: timedelta = timedelta(minutes=10)
    pause: timedelta = timedelta(minutes=15)

    def of(self, act: Act) -> int | None:
        """How many of these a repository may see in an hour."""
        match act:
            case Act.CLOSE:
                return self.closings
            case Act.REOPEN:
                return self.reopenings
            case _:
                assert_never(act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Answers of probes, and how many of them could not measure."""

    answers: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Acting pauses since then, at least until then; what set it off."""

    since: datetime
    until: datetime
    tally: Tally


class Why(StrEnum):
    """What holds back."""

    ERRORS = "errors"
    HOUR = "hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """It is not done now, and tried again at that time."""

    until: datetime
    why: Why


_STANDING = frozenset({Reason.FORBIDDEN, Reason.BAD_QUESTION, Reason.TOO_LARGE, Reason.NOT_LOOKED_AT})
_NO_ANSWER = frozenset({Outcome.SKIPPED, Outcome.MISCONFIGURED, Outcome.WAIVED})


def limited(trigger: Trigger, plan: Plan, *, by_bot: bool) -> Act | None:
    """What the bot is about to do by itself; None where it does nothing, or a person asks for it."""
    if trigger.is_person and not by_bot:
        return None
    if plan.closes:
        return Act.CLOSE
    return Act.REOPEN if plan.reopens or trigger.regressed else None


def counted(findings: Iterable[Finding]) -> Tally:
    """The answers that tell whether the world can be measured."""
    given = [one.evidence for one in findings if _tells(one)]
    return Tally(answers=len(given), errors=sum(one.outcome is Outcome.ERROR for one in given))


def _tells(finding: Finding) -> bool:
    evidence = finding.evidence
    stays = evidence.outcome is Outcome.ERROR and evidence.reason in _STANDING
    return not stays and evidence.outcome not in _NO_ANSWER


def counts_from(pause: Pause | None, now: datetime, limits: Limits) -> datetime:
    """The answers since this moment are looked at: those of the window, or those after the pause."""
    return now - limits.window if pause is None else pause.until


def next_pause(pause: Pause | None, tally: Tally, now: datetime, limits: Limits) -> Pause | None:
    """The pause after these answers, which came since `counts_from`; None where the bot acts."""
    if limits.share is None:
        return None
    many = tally.errors * 100 > limits.share * tally.answers
    if pause is None:
        tripped = many and tally.answers >= limits.minimum
        return Pause(since=now, until=now + limits.pause, tally=tally) if tripped else None
    if now < pause.until or tally.answers < TRIAL:
        return pause
    return Pause(since=pause.since, until=now + limits.pause, tally=tally) if many else None


def retry_at(pause: Pause | None, now: datetime, limits: Limits, *, lot: float) -> datetime | None:
    """When somebody held back by a pause comes again; None where nothing holds him. `lot`, from 0 to 1, is his own."""
    if pause is None or limits.share is None:
        return None
    if now < pause.until:
        return pause.until + limits.pause * lot
    return now + TRIAL_REST * (1 + lot)


def booked(newest: datetime | None, now: datetime) -> datetime:
    """The first moment that is free. `newest` is the limit-th newest of the others' moments, None where they are fewer.

    Fewer than the limit of the others are later than a `SPACING` before the moment that comes out. So of any group of
    moments within a `SPACING`, the one that was booked last has found fewer than the limit of the others.
    """
    return now if newest is None else max(now, newest + SPACING)


def not_now(act: Act, until: datetime, *, close_role: Role, seen_from: datetime) -> str:
    """What the answer says: that it was not done, and that it is tried again. Why is the operator's business."""
    when = f"at {moment(until, seen_from=seen_from)} I measure again and go on by myself"
    match act:
        case Act.CLOSE:
            return f"not for now: {when}; somebody with {close_role} closes it with `/assess-resolution`"
        case Act.REOPEN:
            return f"not reopened for now: {when}"
        case _:
            assert_never(act)
