"""What was done to an issue, from its beginning: closings and reopenings, and labels put on and taken off.

Rules:
1. The newest hundred of either come with the snapshot. Each is read on for itself, backwards: an issue that a bot has
   labelled a thousand times was closed a few times.
2. What is longer than we read is not complete, and says so.

https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
"""

from dataclasses import replace

from bot.github import parse, wire
from bot.github.lines import decoded
from bot.github.models import Issue, TimelineEvent, Unknown
from bot.github.queries import HISTORY_PAGE
from bot.github.scopes import Scope

MORE_PAGES = 9
"""A thousand events of either."""
_CHANGES = ("CLOSED_EVENT", "REOPENED_EVENT")
_LABELS = ("LABELED_EVENT", "UNLABELED_EVENT")


class _Issue(wire.Wire, frozen=True):
    timeline_items: wire.Connection[wire.WireEvent] | None = None


class _Repository(wire.Wire, frozen=True):
    issue: _Issue | None = None


class _Page(wire.Wire, frozen=True):
    repository: _Repository | None = None


async def with_whole_history(scope: Scope, issue: Issue, found: wire.WireIssue) -> Issue:
    """The issue with what was done to it before the first page."""
    if isinstance(issue.history, Unknown) or issue.history_complete:
        return issue
    history, complete = issue.history, True
    for first, kinds in ((found.history, _CHANGES), (found.labelling, _LABELS)):
        page = wire.PageInfo() if first is None else first.page_info
        for _ in range(MORE_PAGES):
            if not page.has_previous_page:
                break
            earlier, page = await _page_before(scope, issue.number, kinds, page.start_cursor)
            if isinstance(earlier, Unknown):
                return replace(issue, history=earlier)
            history = (*earlier, *history)
        complete = complete and not page.has_previous_page
    return replace(issue, history=tuple(sorted(history, key=lambda told: told.at)), history_complete=complete)


async def _page_before(
    scope: Scope, number: int, kinds: tuple[str, ...], before: str | None
) -> tuple[tuple[TimelineEvent, ...] | Unknown, wire.PageInfo]:
    told = await scope.ask(HISTORY_PAGE, number=number, kinds=kinds, before=before)
    data = decoded(told, _Page)
    issue = data.repository.issue if data is not None and data.repository is not None else None
    events = issue.timeline_items if issue is not None else None
    page = events.page_info if events is not None else wire.PageInfo()
    return parse.listed(events, told.faults.under("repository", "issue"), parse.event, "timelineItems"), page
