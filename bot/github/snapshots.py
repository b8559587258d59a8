"""The snapshot of an issue and its repository, in one request; more only where a list has a second page.

Rules:
1. The request that acknowledges the command brings the snapshot along, so the 👀 costs nothing.
2. What is missing for want of a permission is `Unknown` in its own place. Only without the repository's content
   (policy, history) there is nothing to go by: that is `Forbidden`.
3. An issue that GraphQL does not show is asked for once by REST, which tells deleted, transferred and pull request
   apart.
"""

from dataclasses import dataclass, replace

import msgspec

from bot.assessment.evidence import Sha
from bot.github import organisation, parse, wire
from bot.github.errors import Forbidden, GitHubError, IsPull, NotFound, Unavailable
from bot.github.faults import Faults
from bot.github.histories import with_whole_history
from bot.github.lines import decoded
from bot.github.models import Checks, Deployment, Issue, NodeId, Pull, RepositoryRef, Snapshot, Unknown
from bot.github.organisation import Ask
from bot.github.queries import ACKNOWLEDGE, CLOSING_PAGE, SNAPSHOT
from bot.github.rollups import all_checks
from bot.github.scopes import Scope

MORE_PAGES = 9
DEPLOYMENTS = "deployments"
ISSUE = "/repos/{owner}/{repo}/issues/{number}"


class _Repository(wire.WireRepository, frozen=True):
    issue: wire.WireIssue | None = None


class _Query(wire.Wire, frozen=True):
    repository: _Repository | None = None


class _Issue(wire.WireIssue, frozen=True):
    repository: wire.WireRepository | None = None


class _Subject(wire.Wire, frozen=True):
    issue: _Issue | None = None


class _Reaction(wire.Wire, frozen=True):
    subject: _Subject | None = None


class _Mutation(wire.Wire, frozen=True):
    add_reaction: _Reaction | None = None


class _ClosingIssue(wire.Wire, frozen=True):
    closed_by_pull_requests_references: wire.Connection[wire.WirePull] | None = None


class _ClosingRepository(wire.Wire, frozen=True):
    issue: _ClosingIssue | None = None


class _ClosingPage(wire.Wire, frozen=True):
    repository: _ClosingRepository | None = None


class _RestIssue(msgspec.Struct, frozen=True):
    number: int
    pull_request: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The two halves of a snapshot as they arrived, with the faults of each."""

    repository: wire.WireRepository
    issue: wire.WireIssue
    repository_faults: Faults
    issue_faults: Faults
    with_deployments: bool


async def snapshot(scope: Scope, number: int, policy_path: str, above: Ask) -> Snapshot:
    """The issue's snapshot; `above` asks for a private organisation's policy.

    Raises `NotFound` (`IsPull`), `Gone`, `Moved`, `Forbidden` for the issue as a whole.
    """
    asked = not await scope.line.bearer.lacks(DEPLOYMENTS)
    told = await scope.ask(SNAPSHOT, number=number, policy=f"HEAD:{policy_path}", deployments=asked)
    data = decoded(told, _Query)
    if asked and (data is None or data.repository is None) and told.faults.under("repository", DEPLOYMENTS).faults:
        asked = False
        told = await scope.ask(SNAPSHOT, number=number, policy=f"HEAD:{policy_path}", deployments=asked)
        data = decoded(told, _Query)
    if data is None or data.repository is None:
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    faults = told.faults.under("repository", "issue")
    if data.repository.issue is None:
        # By the name of today: GraphQL follows renames, and REST would answer with a redirect.
        renamed = replace(scope, repository=_named(data.repository, scope.repository))
        raise await why_absent(renamed, number, faults)
    found = _Found(
        repository=data.repository,
        issue=data.repository.issue,
        repository_faults=told.faults.under("repository"),
        issue_faults=faults,
        with_deployments=asked,
    )
    return await _join(scope, policy_path, found, above)


async def acknowledge(scope: Scope, comment: NodeId, number: int, policy_path: str, above: Ask) -> Snapshot:
    """React with 👀 to the comment and read the snapshot in the same request.

    The reaction is a courtesy: where it fails, the snapshot is read without it.
    """
    asked = not await scope.line.bearer.lacks(DEPLOYMENTS)
    told = await scope.line.ask(
        ACKNOWLEDGE, {"comment": comment, "policy": f"HEAD:{policy_path}", "deployments": asked}
    )
    data = decoded(told, _Mutation)
    reaction = data.add_reaction if data is not None else None
    issue = reaction.subject.issue if reaction is not None and reaction.subject is not None else None
    # A comment may have moved with its issue to another repository: then it is not what was asked for.
    if (
        issue is None
        or issue.repository is None
        or issue.number != number
        or not _same(scope.repository, issue.repository)
    ):
        return await snapshot(scope, number, policy_path, above)
    faults = told.faults.under("addReaction", "subject", "issue")
    found = _Found(
        repository=issue.repository,
        issue=issue,
        repository_faults=faults.under("repository"),
        issue_faults=faults,
        with_deployments=asked,
    )
    return await _join(scope, policy_path, found, above)


async def why_absent(scope: Scope, number: int, faults: Faults) -> GitHubError:
    """The error for an issue that GraphQL does not show; REST raises `Gone`, `Moved`, `NotFound` by itself."""
    if any(fault.type == "FORBIDDEN" for fault in faults.faults):
        return faults.error(f"{scope.repository.full_name}#{number}")
    issue = await scope.get(ISSUE, _RestIssue, follow=False, number=number)
    if issue.pull_request is not None:
        return IsPull(f"{scope.repository.full_name}#{number} is a pull request")
    return Unavailable(f"{scope.repository.full_name}#{number} is not to be seen everywhere yet")


async def _join(scope: Scope, policy_path: str, found: _Found, above: Ask) -> Snapshot:
    asked, repository = scope.repository, found.repository
    if not _same(asked, repository):
        raise NotFound(f"{asked.full_name} is the name of another repository now")
    _require_contents(found)
    branch = repository.default_branch_ref
    head = branch.target if branch is not None else None
    faults = found.repository_faults
    issue = parse.issue(found.issue, found.issue_faults)
    return Snapshot(
        repository=_named(repository, asked),
        url=repository.url,
        is_private=repository.is_private,
        is_archived=repository.is_archived,
        default_branch=branch.name if branch is not None else None,
        head=Sha(head.oid) if head is not None else None,
        history=tuple(parse.commit(commit) for commit in parse.entries(head.history)) if head is not None else (),
        policy_file=parse.policy_file(repository.policy, policy_path),
        head_checks=await _head_checks(scope, head, faults),
        deployments=_deployments(found),
        issue=await with_whole_history(scope, await with_all_pulls(scope, issue, found.issue), found.issue),
        fetched_at=scope.line.wiring.clock(),
        label_names=parse.label_names(repository.labels, faults),
        organisation_file=await organisation.above(repository.name_with_owner, repository.owner, faults, above),
    )


def _deployments(found: _Found) -> tuple[Deployment, ...] | Unknown:
    if not found.with_deployments:
        return Unknown(reason="a permission is missing (deployments: read)")
    return parse.listed(found.repository.deployments, found.repository_faults, parse.deployment, DEPLOYMENTS)


def _require_contents(found: _Found) -> None:
    """Raise where the policy or the branch is withheld: absent and unreadable must not look alike."""
    repository, faults = found.repository, found.repository_faults
    withheld = faults.under("policy") if repository.policy is None else Faults()
    branch = repository.default_branch_ref
    if branch is None or branch.target is None:
        withheld = Faults(faults=withheld.faults + faults.under("defaultBranchRef").faults)
    if withheld.faults:
        error = withheld.error("the repository's content")
        raise Forbidden(str(error), needed="contents: read") if isinstance(error, Forbidden) else error


async def _head_checks(scope: Scope, head: wire.WireHead | None, faults: Faults) -> Checks | Unknown:
    if head is None:
        return Unknown(reason="the repository has no commit")
    withheld = faults.under("defaultBranchRef", "target", "statusCheckRollup")
    return await all_checks(scope, Sha(head.oid), head.status_check_rollup, withheld)


async def with_all_pulls(scope: Scope, issue: Issue, found: wire.WireIssue) -> Issue:
    """The issue with its closing pull requests beyond the first page."""
    first = found.closed_by_pull_requests_references
    if first is None or isinstance(issue.closing_pulls, Unknown) or not first.page_info.has_next_page:
        return issue
    pulls: tuple[Pull, ...] | Unknown = issue.closing_pulls
    page = first.page_info
    for _ in range(MORE_PAGES):
        if isinstance(pulls, Unknown) or not page.has_next_page:
            break
        further, page = await _closing_page(scope, issue.number, page.end_cursor)
        pulls = further if isinstance(further, Unknown) else pulls + further
    if page.has_next_page:
        pulls = Unknown(reason="there are more closing pull requests than we read")
    return replace(issue, closing_pulls=pulls)


async def _closing_page(
    scope: Scope, number: int, after: str | None
) -> tuple[tuple[Pull, ...] | Unknown, wire.PageInfo]:
    told = await scope.ask(CLOSING_PAGE, number=number, after=after)
    data = decoded(told, _ClosingPage)
    issue = data.repository.issue if data is not None and data.repository is not None else None
    pulls = issue.closed_by_pull_requests_references if issue is not None else None
    faults = told.faults.under("repository", "issue")
    page = pulls.page_info if pulls is not None else wire.PageInfo()
    return parse.listed(pulls, faults, parse.pull, "closedByPullRequestsReferences"), page


def _named(found: wire.WireRepository, asked: RepositoryRef) -> RepositoryRef:
    owner, _, name = found.name_with_owner.partition("/")
    return RepositoryRef(owner=owner, name=name, id=found.database_id or asked.id)


def _same(asked: RepositoryRef, found: wire.WireRepository) -> bool:
    """Is it the repository that was meant? By id where both are known: names can change hands."""
    return not asked.id or not found.database_id or asked.id == found.database_id
