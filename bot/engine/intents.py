"""The record of outside writes: what was about to be sent, what came of it, what to do next.

`sent` is committed before the call, so a crash or a time-out always leaves a trace. From there the only ways
on are an answer, or looking for our own mark after the other side's lag, twice, before sending again.
A final refusal is an answer as well: a resumed job is told the same, for it may have told others already.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.engine.contract import Json
from bot.engine.database import Connection
from bot.engine.jobs import CLOCK_SLIP
from bot.engine.moments import from_ms, to_ms

# The other side's clock may be behind ours: look this far before the moment of sending.
LOOK_BACK = timedelta(seconds=60)
CHECKS = 2
SENDS = 4


class State(StrEnum):
    """Where an intent stands."""

    TODO = "todo"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One outside write of one job. `checks` counts the looks that found nothing since `sent_at`.

    `result` is what came of it: the other side's answer, or the reason of a final refusal.
    """

    state: State = State.TODO
    sent_at: datetime
    checks: int = 0
    sends: int = 0
    not_before: datetime | None = None
    result: Json = None


@dataclass(frozen=True, slots=True)
class Send:
    """Record `sent`, then make the call."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Hold the turn until then: the other side may not show the write yet."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """Look for our mark since then."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """It happened; this came of it."""

    result: Json


@dataclass(frozen=True, slots=True)
class Postponed:
    """The other side asked not to be called before then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Denied:
    """The other side refused for good, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Sent several times, never an answer and never a trace."""


Move: TypeAlias = Send | Wait | Look | Finished | Postponed | Denied | Hopeless


def decide(intent: Intent | None, now: datetime, lag: timedelta) -> Move:
    """What to do next about an outside write; None is one that was never begun."""
    if intent is None:
        return Send()
    if intent.state is State.DONE:
        return Finished(intent.result)
    if intent.state is State.REFUSED:
        return Denied(str(intent.result))
    if intent.state is State.TODO:
        early = intent.not_before is not None and now < intent.not_before < now + timedelta(days=1)
        return Postponed(intent.not_before) if early and intent.not_before else Send()
    if intent.checks >= CHECKS:
        return Send() if intent.sends < SENDS else Hopeless()
    due = intent.sent_at + lag * (intent.checks + 1)
    clock_set_back = now < intent.sent_at - CLOCK_SLIP
    if now < due and not clock_set_back:
        return Wait(due)
    return Look(intent.sent_at - LOOK_BACK)


def sent(intent: Intent | None, now: datetime) -> Intent:
    """About to call."""
    sends = 0 if intent is None else intent.sends
    return Intent(state=State.SENT, sent_at=now, sends=sends + 1)


def done(intent: Intent, result: Json) -> Intent:
    """It answered, or our mark was found."""
    return replace(intent, state=State.DONE, result=result)


def refused(intent: Intent, retry_at: datetime | None) -> Intent:
    """It surely did nothing, so this send does not count."""
    return replace(intent, state=State.TODO, sends=intent.sends - 1, not_before=retry_at)


def denied(intent: Intent, reason: str) -> Intent:
    """It was refused for good, which nothing changes any more."""
    return replace(intent, state=State.REFUSED, result=reason)


def not_found(intent: Intent) -> Intent:
    """One more look without a trace."""
    return replace(intent, checks=intent.checks + 1)


def load(db: Connection, job: str, name: str) -> Intent | None:
    """The intent of this name, or None if it was never begun."""
    found = db.rows(
        "select state, sent_at, checks, sends, not_before, result from intents where job = ? and name = ?",
        job,
        name,
    )
    if not found:
        return None
    state, sent_at, checks, sends, not_before, result = found[0]
    return Intent(
        state=State(state),
        sent_at=from_ms(sent_at),
        checks=checks,
        sends=sends,
        not_before=None if not_before is None else from_ms(not_before),
        result=None if result is None else json.loads(result),
    )


def save(db: Connection, job: str, name: str, intent: Intent) -> None:
    """Keep the intent as it stands."""
    db.change(
        "insert into intents (job, name, state, sent_at, checks, sends, not_before, result)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (job, name) do update set state = excluded.state,"
        " sent_at = excluded.sent_at, checks = excluded.checks, sends = excluded.sends,"
        " not_before = excluded.not_before, result = excluded.result",
        job,
        name,
        intent.state.value,
        to_ms(intent.sent_at),
        intent.checks,
        intent.sends,
        None if intent.not_before is None else to_ms(intent.not_before),
        json.dumps(intent.result),
    )


def any_of(db: Connection, job: str) -> bool:
    """Whether the job has begun to change anything."""
    return bool(db.rows("select 1 from intents where job = ? limit 1", job))
