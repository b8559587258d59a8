"""All checks of a commit: the first page comes with another answer, further pages are fetched here."""

from bot.assessment.evidence import Sha
from bot.github import parse, wire
from bot.github.faults import Faults
from bot.github.lines import decoded
from bot.github.models import Checks, Unknown
from bot.github.queries import CHECKS_PAGE
from bot.github.scopes import Scope

MORE_PAGES = 9  # with the first page 1,000 checks: GitHub itself stops at 1,000 suites


class _Object(wire.Wire, frozen=True):
    status_check_rollup: wire.WireRollup | None = None


class _Repository(wire.Wire, frozen=True):
    object: _Object | None = None


class _Page(wire.Wire, frozen=True):
    repository: _Repository | None = None


async def all_checks(scope: Scope, sha: Sha, rollup: wire.WireRollup | None, faults: Faults) -> Checks | Unknown:
    """The checks of a commit whose first page is at hand; `faults` count their paths from the rollup.

    No rollup and no fault means that the commit has no checks, which is not the same as green.
    """
    if rollup is None:
        return faults.unknown() if faults.faults else Checks(sha=sha, checks=())
    contexts, complete = _read(rollup)
    page = rollup.contexts.page_info
    for _ in range(MORE_PAGES):
        if not page.has_next_page:
            break
        further = await _page(scope, sha, page.end_cursor)
        if further is None:
            return Checks(sha=sha, checks=parse.checks(contexts), complete=False)
        more, whole = _read(further)
        contexts, complete, page = contexts + more, complete and whole, further.contexts.page_info
    return Checks(sha=sha, checks=parse.checks(contexts), complete=complete and not page.has_next_page)


def _read(rollup: wire.WireRollup) -> tuple[tuple[wire.WireContext, ...], bool]:
    nodes = rollup.contexts.nodes
    contexts = parse.entries(rollup.contexts)
    return contexts, nodes is not None and len(nodes) == len(contexts)


async def _page(scope: Scope, sha: Sha, after: str | None) -> wire.WireRollup | None:
    told = await scope.ask(CHECKS_PAGE, commit=sha, after=after)
    data = decoded(told, _Page)
    if data is None or data.repository is None or data.repository.object is None:
        return None
    return data.repository.object.status_check_rollup
