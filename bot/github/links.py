"""A pull request and the issues that GitHub says it closes."""

from bot.github import parse, wire
from bot.github.answers import PullLinks
from bot.github.lines import decoded
from bot.github.models import IssueNumber, LinkedIssue
from bot.github.queries import LINKS
from bot.github.scopes import Scope

PAGES = 10  # 500 issues closed by one pull request


class _Linked(wire.Wire, frozen=True):
    number: int
    repository: wire.WireRepositoryName


class _Pull(wire.WirePull, frozen=True):
    closing_issues_references: wire.Connection[_Linked] | None = None


class _Branch(wire.Wire, frozen=True):
    name: str


class _Repository(wire.Wire, frozen=True):
    default_branch_ref: _Branch | None = None
    pull_request: _Pull | None = None


class _Links(wire.Wire, frozen=True):
    repository: _Repository | None = None


async def pull_links(scope: Scope, number: int) -> PullLinks:
    """The pull request with all its closing references. Raises `NotFound` where there is none of that number."""
    linked: tuple[LinkedIssue, ...] = ()
    after: str | None = None
    for _ in range(PAGES):
        repository, pull = await _page(scope, number, after)
        references = pull.closing_issues_references
        linked += tuple(
            LinkedIssue(number=IssueNumber(one.number), repository=one.repository.name_with_owner, closes=True)
            for one in parse.entries(references)
        )
        page = references.page_info if references is not None else wire.PageInfo()
        after = page.end_cursor
        if not page.has_next_page:
            break
    branch = repository.default_branch_ref
    return PullLinks(pull=parse.pull(pull), linked=linked, default_branch=branch.name if branch else None)


async def _page(scope: Scope, number: int, after: str | None) -> tuple[_Repository, _Pull]:
    told = await scope.ask(LINKS, number=number, after=after)
    data = decoded(told, _Links)
    repository = data.repository if data is not None else None
    if repository is None or repository.pull_request is None:
        raise told.faults.error(f"{scope.repository.full_name}#{number}")
    withheld = told.faults.under("repository", "pullRequest", "closingIssuesReferences")
    # Leaving an issue out is not safe here: it would never be told that its fix was merged.
    if withheld.faults and repository.pull_request.closing_issues_references is None:
        raise withheld.error(f"the issues that {scope.repository.full_name}#{number} closes")
    return repository, repository.pull_request
