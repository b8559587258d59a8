"""The closed issues of a repository: a cheap list of them, and many whole ones in one request.

Rules:
1. GitHub lists issues by their last change, not by their closing. Whoever wants the newest closings reads on until
   nothing further back can have been closed later: a closing is a change, so an issue that was last changed before a
   moment was not closed after it.
2. Whole issues are asked for `AT_ONCE` in a request, which costs four points; where that is more than GitHub computes
   in one request, half of them at a time. Only an issue to which more was done than comes with it costs more requests.

Source: https://docs.github.com/en/graphql/reference/objects#repository
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from bot.github import parse, wire
from bot.github.errors import GitHubError, NotFound, Unavailable
from bot.github.histories import with_whole_history
from bot.github.lines import decoded
from bot.github.models import Issue, IssueNumber, StateReason, Unknown
from bot.github.queries import CLOSED_PAGE, ISSUE_PARTS, Document
from bot.github.scopes import Scope
from bot.github.snapshots import with_all_pulls

T = TypeVar("T")

AT_ONCE = 10
MOST_PAGES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A closed issue as the list shows it. Issues that were closed before there were reasons have none."""

    number: IssueNumber
    title: str
    url: str
    closed_at: datetime
    changed_at: datetime
    reason: StateReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """The newest closings first. `complete` is False where GitHub has more than we read."""

    closures: tuple[Closure, ...]
    complete: bool = True


class _Closed(wire.Wire, frozen=True):
    number: int
    title: str
    url: str
    updated_at: datetime
    closed_at: datetime | None = None
    state_reason: str | None = None


class _List(wire.Wire, frozen=True):
    name_with_owner: str
    issues: wire.Connection[_Closed] | None = None


class _Listed(wire.Wire, frozen=True):
    repository: _List | None = None


async def closures(scope: Scope, since: datetime | None, most: int) -> Closures:
    """The newest `most` issues that were closed as completed since a moment, and those closed otherwise among them."""
    found: list[Closure] = []
    after: str | None = None
    moment = since.strftime("%Y-%m-%dT%H:%M:%SZ") if since is not None else None
    for _ in range(MOST_PAGES):
        told = await scope.ask(CLOSED_PAGE, since=moment, after=after)
        data = decoded(told, _Listed)
        if data is None or data.repository is None:
            raise told.faults.error(f"the repository {scope.repository.full_name}")
        listed = parse.listed(data.repository.issues, told.faults.under("repository"), _closure, "issues")
        if isinstance(listed, Unknown) or data.repository.issues is None:
            raise told.faults.error("the list of closed issues")
        found += listed
        page = data.repository.issues.page_info
        newest = newest_of(found, since=since, most=most)
        if not page.has_next_page or (listed and is_enough(newest, most=most, oldest_change=listed[-1].changed_at)):
            return Closures(closures=newest)
        after = page.end_cursor
    return Closures(closures=newest_of(found, since=since, most=most), complete=False)


def newest_of(found: Sequence[Closure], *, since: datetime | None, most: int) -> tuple[Closure, ...]:
    """The newest closings until `most` of them are such that were completed; each issue once. Pure."""
    each = {one.number: one for one in found if since is None or one.closed_at >= since}
    newest = sorted(each.values(), key=lambda one: (one.closed_at, one.number), reverse=True)
    kept: list[Closure] = []
    completed = 0
    for one in newest:
        completed += is_completed(one.reason)
        if completed > most:
            break
        kept.append(one)
    return tuple(kept)


def is_enough(newest: Sequence[Closure], *, most: int, oldest_change: datetime) -> bool:
    """Can nothing that was changed before `oldest_change` be among the newest `most`? Pure."""
    completed = [one for one in newest if is_completed(one.reason)]
    return len(completed) >= most and completed[-1].closed_at >= oldest_change


def is_completed(reason: StateReason | None) -> bool:
    """Was it closed as completed? Issues closed before there were reasons count as completed."""
    return reason not in {StateReason.NOT_PLANNED, StateReason.DUPLICATE}


def _closure(one: _Closed) -> Closure | None:
    if one.closed_at is None:
        return None
    return Closure(
        number=IssueNumber(one.number),
        title=one.title,
        url=one.url,
        closed_at=one.closed_at,
        changed_at=one.updated_at,
        reason=parse.state_reason(one.state_reason),
    )


async def issues(scope: Scope, numbers: Sequence[int]) -> Mapping[int, Issue | GitHubError]:
    """Whole issues by their numbers, at most `AT_ONCE`; an error in the place of one that cannot be read.

    Raises `GitHubError` where none can be.
    """
    told = await scope.ask(document(len(numbers)), **{f"n{at}": number for at, number in enumerate(numbers)})
    if told.faults.too_much() and len(numbers) > 1:
        middle = len(numbers) // 2
        return {**await issues(scope, numbers[:middle]), **await issues(scope, numbers[middle:])}
    data = decoded(told, dict[str, msgspec.Raw])
    fields = None if data is None else _read(data.get("repository"), dict[str, msgspec.Raw])
    if fields is None:
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    found: dict[int, Issue | GitHubError] = {}
    for at, number in enumerate(numbers):
        faults = told.faults.under("repository", f"i{at}")
        one = _read(fields.get(f"i{at}"), wire.WireIssue)
        if one is None:
            found[number] = faults.error(f"#{number}") if faults.faults else NotFound(f"#{number} is absent")
        else:
            whole = await with_all_pulls(scope, parse.issue(one, faults), one)
            found[number] = await with_whole_history(scope, whole, one)
    return found


def document(count: int) -> Document:
    """Asks for so many issues, `$n0`, `$n1`, …"""
    declared = ", ".join(f"$n{at}: Int!" for at in range(count))
    asked = "\n    ".join(f"i{at}: issue(number: $n{at}) {{ ...IssuePart }}" for at in range(count))
    return Document(
        name="issues",
        text=f"query Issues($owner: String!, $name: String!, {declared}) {{\n"
        f"  repository(owner: $owner, name: $name) {{\n    {asked}\n  }}\n}}\n{ISSUE_PARTS}",
    )


def _read(raw: msgspec.Raw | None, shape: type[T]) -> T | None:
    if raw is None or bytes(raw) == b"null":
        return None
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unavailable("GitHub's answer is not what it should be") from error
