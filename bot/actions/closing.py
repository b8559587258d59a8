"""Closing an issue as completed: the last look before it, the one call, and what GitHub says afterwards.

Rules:
1. Closed only while it is open, unlocked and not held, and while nobody with a say has spoken since it was asked for,
   and no person has reopened it. The look shows the newest comments alone: where older ones may be newer than the
   asking, all since then are read.
2. Labels and state go in one request.
3. GitHub drops labels silently where we may not set them, so the answer is read back and compared.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.actions.labels import dropped
from bot.actions.trouble import as_write
from bot.assessment.policy import LabelPolicy
from bot.engine import Json
from bot.github.answers import IssueNow, StateAnswer
from bot.github.models import Comment, EventKind, IssueNumber, IssueState, Said, StateReason, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Somebody who commented since it was asked for, and the first of these comments (its address)."""

    login: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """The issue just before closing. `spoken` are people who commented since it was asked for, each once."""

    objection: str | None
    spoken: tuple[Spoken, ...] = ()


def hides_some(now: IssueNow, since: tuple[datetime, int]) -> bool:
    """May there be comments since then which the look does not show? Pure."""
    if isinstance(now.comments, Unknown) or len(now.comments) >= now.comment_total:
        return False
    return all((one.created_at, one.id) > since for one in now.comments)


def last_look(
    now: IssueNow,
    *,
    labels: LabelPolicy,
    since: tuple[datetime, int],
    settled: frozenset[int] = frozenset(),
    beyond: tuple[Said, ...] = (),
) -> LastLook:
    """Does anything forbid the closing that was still right a moment ago? Pure.

    `since` is when it was asked for: the moment, and the asking comment's id for those of the same second (GitHub's
    times have whole seconds). `settled` are ids of comments that are no word against it, such as commands, which get
    answers of their own, or what its writer has settled by a confirmation. `beyond` are comments of others that the
    look may not show. Whether those who spoke have a say must be asked by the caller.
    """
    objection = _objection(now, labels)
    if objection is not None:
        return LastLook(objection=objection)
    if isinstance(now.comments, Unknown):
        return LastLook(objection="its newest comments could not be read")
    reopened = _reopened_since(now, since[0])
    if reopened is not None:
        return LastLook(objection=reopened)
    shown = (
        Spoken(login=comment.author.login, url=comment.url)
        for comment in now.comments
        if comment.author is not None and _counts(comment, since, settled)
    )
    more = (
        Spoken(login=one.login, url=one.url)
        for one in beyond
        if one.login is not None and not one.is_bot and (one.created_at, one.id) > since and one.id not in settled
    )
    first: dict[str, Spoken] = {}
    for one in (*more, *shown):
        first.setdefault(one.login, one)
    return LastLook(objection=None, spoken=tuple(first.values()))


def _counts(comment: Comment, since: tuple[datetime, int], settled: frozenset[int]) -> bool:
    by_person = comment.author is not None and not comment.author.is_bot and not comment.by_us
    return by_person and (comment.created_at, comment.id) > since and comment.id not in settled


def _reopened_since(now: IssueNow, since: datetime) -> str | None:
    """A person who opened it again after it was asked for wants it open, though he said nothing."""
    events = () if isinstance(now.events, Unknown) else now.events
    for one in events:
        person = one.actor is None or not one.actor.is_bot
        if one.kind is EventKind.REOPENED and person and one.at > since:
            return f"{'somebody' if one.actor is None else one.actor.login} reopened it in the meantime"
    return None


def _objection(now: IssueNow, labels: LabelPolicy) -> str | None:
    if now.state is not IssueState.OPEN:
        return "it was closed in the meantime"
    if now.locked:
        return "it was locked in the meantime"
    if isinstance(now.labels, Unknown):
        return "its labels could not be read"
    held = {name.casefold() for name in now.labels} & {name.casefold() for name in labels.hold}
    if held:
        return f"the label {min(held)} was put on it in the meantime"
    return None


class IssueWriter(Protocol):
    """What this action needs of the gateway."""

    async def close_issue(self, number: IssueNumber, labels: tuple[str, ...] | None) -> StateAnswer:
        """Closes as completed, and sets the labels where some are given."""
        ...

    async def issue_now(self, number: IssueNumber) -> IssueNow:
        """The issue read again."""
        ...

    async def login(self) -> str:
        """Our own login in REST."""
        ...


@dataclass(frozen=True, slots=True)
class Closing:
    """The last look and the one call that closes.

    `ready` looks and answers with the whole set of labels to leave behind (None: leave them alone). It raises `Refused`
    where the issue must not be closed any more. It belongs to the call, so that a resumed job looks again.
    """

    writer: IssueWriter
    number: IssueNumber = field(kw_only=True)
    ready: Callable[[], Awaitable[tuple[str, ...] | None]] = field(kw_only=True)

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`."""
        labels = await self.ready()
        with as_write():
            answer = await self.writer.close_issue(self.number, labels)
        return {
            "closed": _completed(answer.state, answer.state_reason),
            "dropped": dropped(labels or (), answer.labels),
        }

    async def find(self, since: datetime) -> Json | None:
        """Have we closed it as completed since then? Another's closing is none of ours: the next look says so."""
        with as_write():
            now, us = await self.writer.issue_now(self.number), await self.writer.login()
        if not _completed(now.state, now.state_reason) or now.closed_at is None or now.closed_at < since:
            return None
        return {"closed": True, "dropped": []} if _closed_by(now, us) else None


def _closed_by(now: IssueNow, us: str) -> bool:
    """Is its last closing ours? Where nobody tells whose it is, it is: we have sent one."""
    if isinstance(now.events, Unknown):
        return True
    closings = [one for one in now.events if one.kind is EventKind.CLOSED]
    closer = max(closings, key=lambda one: one.at).actor if closings else None
    return closer is not None and closer.is_account(us)


def _completed(state: IssueState, reason: StateReason | None) -> bool:
    return state is IssueState.CLOSED and reason is StateReason.COMPLETED


def ended(now: IssueNow) -> str | None:
    """After the closing: None if it is closed as completed, else what happened instead, in plain words."""
    if _completed(now.state, now.state_reason):
        return None
    if now.state is IssueState.CLOSED:
        reason = "no reason" if now.state_reason is None else now.state_reason.value.lower().replace("_", " ")
        return f"it is closed, but as {reason}{_by(now, EventKind.CLOSED)}"
    return f"it is open{_by(now, EventKind.REOPENED)}"


def _by(now: IssueNow, kind: EventKind) -> str:
    if isinstance(now.events, Unknown):
        return ""
    actors = [event.actor.login for event in now.events if event.kind is kind and event.actor is not None]
    return f" (by {actors[-1]})" if actors else ""
