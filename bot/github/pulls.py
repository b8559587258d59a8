"""A pull request as a whole: its ends, the issues that GitHub says it closes, the files that it touches."""

from bot.assessment.evidence import Sha
from bot.github import parse, wire
from bot.github.answers import LinkedIssue, PullView
from bot.github.lines import decoded
from bot.github.models import IssueNumber, PolicyFile, PullFile
from bot.github.queries import FILE_AT, PULL_VIEW
from bot.github.scopes import Scope

PAGES = 10  # 500 issues closed by one pull request


class _Linked(wire.Wire, frozen=True):
    number: int
    repository: wire.WireRepositoryName


class _Pull(wire.WirePull, frozen=True, kw_only=True):
    head_ref_oid: str
    is_cross_repository: bool = False
    mergeable: str = "UNKNOWN"
    potential_merge_commit: wire.Oid | None = None
    closing_issues_references: wire.Connection[_Linked] | None = None


class _Branch(wire.Wire, frozen=True):
    name: str


class _Repository(wire.Wire, frozen=True):
    default_branch_ref: _Branch | None = None
    pull_request: _Pull | None = None


class _View(wire.Wire, frozen=True):
    repository: _Repository | None = None


class _AtRevision(wire.Wire, frozen=True):
    object: wire.WireObject | None = None


class _At(wire.Wire, frozen=True):
    repository: _AtRevision | None = None


async def pull_view(scope: Scope, number: int) -> PullView:
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
    trial = pull.potential_merge_commit
    return PullView(
        pull=parse.pull(pull),
        linked=linked,
        default_branch=branch.name if branch else None,
        head_sha=Sha(pull.head_ref_oid),
        potential_merge=Sha(trial.oid) if trial is not None else None,
        is_fork=pull.is_cross_repository,
        conflicts=pull.mergeable == "CONFLICTING",
    )


async def touched_files(scope: Scope, number: int) -> tuple[PullFile, ...]:
    """The files that a pull request changes: all pages, of which GitHub gives 3,000 files at most.

    https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
    """
    path = "/repos/{owner}/{repo}/pulls/{number}/files{?per_page}"
    found = await scope.pages(path, wire.WireRestFile, number=number, per_page=100)
    return tuple(parse.rest_file(one) for one in found)


async def file_at(scope: Scope, rev: str, path: str) -> PolicyFile | None:
    """The file at a path of a revision; None where no file is. Its text is None if it is binary or too large."""
    told = await scope.ask(FILE_AT, expression=f"{rev}:{path}")
    data = decoded(told, _At)
    repository = data.repository if data is not None else None
    if repository is None:
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    withheld = told.faults.under("repository", "object")
    if repository.object is None and withheld.faults:
        raise withheld.error(f"the file {path}")
    return parse.policy_file(repository.object, path)


async def _page(scope: Scope, number: int, after: str | None) -> tuple[_Repository, _Pull]:
    told = await scope.ask(PULL_VIEW, number=number, after=after)
    data = decoded(told, _View)
    repository = data.repository if data is not None else None
    if repository is None or repository.pull_request is None:
        raise told.faults.error(f"{scope.repository.full_name}#{number}")
    withheld = told.faults.under("repository", "pullRequest", "closingIssuesReferences")
    # Leaving an issue out is not safe here: it would never be told that its fix was merged.
    if withheld.faults and repository.pull_request.closing_issues_references is None:
        raise withheld.error(f"the issues that {scope.repository.full_name}#{number} closes")
    return repository, repository.pull_request
