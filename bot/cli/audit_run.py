"""Goes through the issues of an audit, with its state, its progress and its patience."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from rich.console import Console

from bot.app import now
from bot.assessment.audit import Asked as Scope
from bot.assessment.audit import Entry
from bot.cli.audit_order import Order
from bot.cli.audit_progress import Shown, shown
from bot.cli.audit_state import StateFile
from bot.commands.audit import Auditing, Auditor, left_out, not_asked
from bot.commands.one_download import OneDownload
from bot.config.load import Loaded
from bot.github.closures import Closure, Closures, is_completed
from bot.github.errors import GitHubError, RateLimited
from bot.github.models import IssueNumber

T = TypeVar("T")
Wait = Callable[[datetime], Awaitable[None]]

MARGIN = timedelta(seconds=1)  # clocks differ


class Interrupted(Exception):
    """A limit is used up until then, and nobody wants to wait."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"GitHub: the limit is used up; ask again after {until:%H:%M:%S} UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an audit is worked on with: its order, where it stands, and where progress is told."""

    order: Order
    state: StateFile
    err: Console


async def measured(
    desk: Desk, auditing: Auditing, completed: Sequence[Closure], before: tuple[Entry, ...]
) -> list[Entry]:
    """What is known already, and what is found of the rest."""
    known = still_known(before, completed)
    entries = list(known)
    numbers = {one.issue.number for one in known}
    pending = [one for one in completed if one.number not in numbers]
    base = auditing.base
    with shown(desk.err, len(completed)) as view, OneDownload(auditing.instruments.reader, base.head) as trees:
        for entry in known:
            view.found(entry)

        def found(entry: Entry) -> None:
            desk.state.add(entry)
            entries.append(entry)
            view.found(entry)

        try:
            await Auditor(auditing, trees).audit(pending, patience=patience(desk, view), tell=found)
        except (Interrupted, GitHubError) as error:
            view.say(str(error))
    return entries


def still_known(before: tuple[Entry, ...], completed: Sequence[Closure]) -> tuple[Entry, ...]:
    """What was found before of these closings; what was closed again since, or could not be asked, is not known."""
    closed = {one.number: one.closed_at for one in completed}
    newest = {IssueNumber(one.issue.number): one for one in before}
    return tuple(one for number, one in newest.items() if one.asked and closed.get(number) == one.closing.at)


def scope(order: Order, found: Closures, rules: Loaded | None, kinds: frozenset[str] | None = None) -> Scope:
    """What is audited; `kinds` are those of the policy's questions that can be answered, None for all."""
    return Scope(
        repository=order.repository.full_name,
        policy=rules.policy.digest if rules is not None else None,
        policy_source=rules.policy.source if rules is not None else None,
        since=order.since,
        limit=order.asked.limit,
        listed=sum(is_completed(one.reason) for one in found.closures),
        left_out=left_out(found.closures),
        not_asked=not_asked(rules, kinds) if rules is not None else (),
        offline=order.local is not None,
    )


def patience(desk: Desk, view: Shown | None = None) -> Wait:
    """Waits until a limit ends and says so, or stops there."""

    async def wait(until: datetime) -> None:
        if not desk.order.asked.wait:
            raise Interrupted(until)
        (view or Shown(desk.err, None, 0)).waits(until)
        await asyncio.sleep(max((until - now() + MARGIN).total_seconds(), 0))

    return wait


async def patiently(ask: Callable[[], Awaitable[T]], wait: Wait) -> T:
    """The answer, asked again after each limit."""
    while True:
        try:
            return await ask()
        except RateLimited as limited:
            until = limited.retry_at
        await wait(until)
