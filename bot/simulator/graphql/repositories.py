"""Resolvers of Repository, refs and releases."""

import re
from collections.abc import Callable
from datetime import datetime

from graphql import GraphQLError

from bot.simulator.entities import ROLES, Deployment, Issue, Label, Repository
from bot.simulator.git.history import Comparison, commits_between, compare, ordered_refs
from bot.simulator.graphql.context import Arguments, Info, connection, cut, listed, refuse
from bot.simulator.graphql.nodes import (
    CommitNode,
    GitNode,
    RefNode,
    ReleaseNode,
    commit_node,
    git_node,
)
from bot.simulator.ids import object_node_id

_REF_NAME = re.compile(r"^refs/(?!.*(\.\.|@\{))[^\s~^:?*\[\\]+$")
_PREFIXES = ("refs/heads/", "refs/tags/")


def repository_issue(repository: Repository, _: Info, number: int) -> Issue:
    """The issue of a number."""
    found = repository.issues.get(number)
    gone = found is None or found.deleted or found.transferred_to or not repository.has_issues
    if found is None or gone or found.pull:
        raise refuse("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return found


def repository_pull(repository: Repository, _: Info, number: int) -> Issue:
    """The pull request of a number."""
    found = repository.issues.get(number)
    if found is None or not found.pull or found.deleted:
        raise refuse("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return found


def repository_either(repository: Repository, _: Info, number: int) -> Issue:
    """The issue or pull request of a number."""
    found = repository.issues.get(number)
    if found is None or found.deleted or found.transferred_to:
        text = f"Could not resolve to an issue or pull request with the number of {number}."
        raise refuse("NOT_FOUND", text)
    return found


def repository_issues(repository: Repository, info: Info, **arguments: object) -> Arguments:
    """The issues of some states, touched since a moment, in the order that is asked for; else by number."""
    found = _touched_since(_of_state(repository.plain_issues(), arguments), arguments.get("filterBy"))
    order = arguments.get("orderBy")
    key = _ORDERS.get(str(order.get("field"))) if isinstance(order, dict) else None
    if isinstance(order, dict) and key is not None:
        found = sorted(found, key=key, reverse=order.get("direction") == "DESC")
    return listed(info, found, arguments)


def repository_pulls(repository: Repository, info: Info, **arguments: object) -> Arguments:
    """The pull requests, by number, of some states."""
    found = _of_state(repository.pulls(), arguments)
    head, base = arguments.get("headRefName"), arguments.get("baseRefName")
    found = [i for i in found if i.pull and head in (None, i.pull.head) and base in (None, i.pull.base)]
    return listed(info, found, arguments)


async def repository_object(
    repository: Repository, _: Info, expression: str | None = None, oid: str | None = None
) -> GitNode | None:
    """The git object of a rev-parse expression or a hash; null where there is none."""
    asked = oid or expression or ""
    path = asked.partition(":")[2]
    return git_node(repository, await repository.git.lookup(asked), path.strip("/"))


async def repository_default_branch(repository: Repository, _: Info) -> RefNode | None:
    """The default branch; null in an empty repository."""
    return await _ref(repository, f"refs/heads/{repository.default_branch}")


async def repository_ref(repository: Repository, _: Info, qualifiedName: str) -> RefNode | None:  # noqa: N803
    """A branch or a tag, by its full or its short name."""
    names = [qualifiedName] if qualifiedName.startswith("refs/") else [p + qualifiedName for p in _PREFIXES]
    found = [await _ref(repository, name) for name in names]
    return next((each for each in found if each), None)


async def repository_refs(
    repository: Repository,
    info: Info,
    refPrefix: str,  # noqa: N803  GitHub's argument name
    query: str | None = None,
    **arguments: object,
) -> Arguments:
    """The refs under a prefix."""
    found = [
        RefNode(repository=repository, full_name=name, oid=oid)
        for name, oid in await ordered_refs(repository.git, refPrefix, arguments.get("orderBy"))
        if not query or query.lower() in name.lower()
    ]
    return listed(info, found, arguments)


def repository_releases(repository: Repository, info: Info, **arguments: object) -> Arguments:
    """The releases, newest first."""
    return listed(info, _releases(repository), arguments)


def repository_latest_release(repository: Repository, _: Info) -> ReleaseNode | None:
    """The newest release that is neither draft nor pre-release."""
    whole = (r for r in _releases(repository) if not r.release.draft and not r.release.prerelease)
    return next(whole, None)


def repository_release(repository: Repository, _: Info, tagName: str) -> ReleaseNode | None:  # noqa: N803
    """The release of a tag."""
    return next((each for each in _releases(repository) if each.release.tag == tagName), None)


def repository_collaborators(repository: Repository, info: Info, **arguments: object) -> Arguments:
    """Those who hold a role, with it."""
    wanted = str(arguments.get("login") or arguments.get("query") or "").lower()
    world = info.context.world
    logins = [repository.owner.login.lower(), *repository.collaborators]
    found = [world.account(login) for login in dict.fromkeys(logins) if wanted in ("", login)]
    found = [each for each in found if repository.role_of(each.login) != "none"]
    shaped = connection(cut(info, found, arguments))
    edges = shaped["edges"]
    for edge, who in zip(edges if isinstance(edges, list) else [], found, strict=False):
        edge["permission"] = repository.role_of(who.login).upper()
    return shaped


def repository_labels(repository: Repository, info: Info, **arguments: object) -> Arguments:
    """The labels."""
    return listed(info, list(repository.labels.values()), arguments)


def repository_label(repository: Repository, _: Info, name: str) -> Label | None:
    """The label of a name."""
    return repository.labels.get(name.lower())


def repository_deployments(repository: Repository, info: Info, **arguments: object) -> Arguments:
    """The deployments, newest first where the order says so."""
    return listed(info, ordered_deployments(repository.deployments, arguments), arguments)


def ordered_deployments(every: list[Deployment], arguments: Arguments) -> list[Deployment]:
    """Deployments of some environments, in the order that is asked for."""
    wanted, order = arguments.get("environments"), arguments.get("orderBy")
    found = [d for d in every if not isinstance(wanted, list) or d.environment in wanted]
    newest_first = isinstance(order, dict) and order.get("direction") == "DESC"
    return sorted(found, key=lambda d: (d.created_at, d.id), reverse=newest_first)


def repository_permission(repository: Repository, info: Info) -> str | None:
    """What the asker may do."""
    role = repository.role_of(info.context.who.login)
    return role.upper() if role in ROLES[1:] else None


async def ref_target(ref: RefNode, _: Info) -> GitNode | None:
    """What a ref points at; an annotated tag stays a tag."""
    return git_node(ref.repository, await ref.repository.git.lookup(ref.oid))


async def ref_compare(ref: RefNode, _: Info, headRef: str) -> Arguments | None:  # noqa: N803
    """How ``headRef`` (a branch, a tag or a hash) stands to this ref."""
    git = ref.repository.git
    head, base = await git.resolve(headRef), await git.resolve(ref.oid)
    found = await compare(git, base, head) if head and base else None
    if found is None:
        raise refuse("NOT_FOUND", f"Could not resolve to a Ref with the name '{headRef}'.")
    return {
        "status": found.status.upper(),
        "aheadBy": found.ahead,
        "behindBy": found.behind,
        "id": object_node_id("CMP", ref.repository.id, found.head),
        "comparison": found,
        "ref": ref,
    }


async def comparison_end(value: Arguments, info: Info) -> CommitNode | None:
    """The base or the head of a comparison."""
    found, ref = _comparison(value)
    return await commit_node(ref.repository, found.base if info.field_name == "baseTarget" else found.head)


async def comparison_commits(value: Arguments, info: Info, **arguments: object) -> Arguments:
    """What the head has and the base has not."""
    found, ref = _comparison(value)
    every = await commits_between(ref.repository.git, found.base, found.head)
    return listed(info, [CommitNode(repository=ref.repository, commit=each) for each in every], arguments)


def ref_pulls(ref: RefNode, info: Info, **arguments: object) -> Arguments:
    """The pull requests that come from a branch."""
    name = ref.full_name.removeprefix("refs/heads/")
    found = [i for i in ref.repository.pulls() if i.pull and i.pull.head == name and i.pull.fork is None]
    return listed(info, _of_state(found, arguments), arguments)


async def release_tag(node: ReleaseNode, _: Info) -> RefNode | None:
    """The tag of a release, while it is there."""
    return await _ref(node.repository, f"refs/tags/{node.release.tag}")


async def release_commit(node: ReleaseNode, _: Info) -> CommitNode | None:
    """The commit that was released."""
    return await commit_node(node.repository, f"refs/tags/{node.release.tag}")


def _comparison(value: Arguments) -> tuple[Comparison, RefNode]:
    found, ref = value["comparison"], value["ref"]
    if not isinstance(found, Comparison) or not isinstance(ref, RefNode):
        raise GraphQLError("no comparison")
    return found, ref


_ORDERS: dict[str, Callable[[Issue], tuple[datetime | int, int]]] = {
    "CREATED_AT": lambda issue: (issue.created_at, issue.id),
    "UPDATED_AT": lambda issue: (issue.updated_at, issue.id),
    "COMMENTS": lambda issue: (len(issue.comments), issue.id),
}


def _touched_since(every: list[Issue], wanted: object) -> list[Issue]:
    since = wanted.get("since") if isinstance(wanted, dict) else None
    if since is None:
        return every
    moment = since if isinstance(since, datetime) else datetime.fromisoformat(str(since))
    return [issue for issue in every if issue.updated_at >= moment]


def _of_state(every: list[Issue], arguments: Arguments) -> list[Issue]:
    wanted = arguments.get("states")
    return [i for i in every if not isinstance(wanted, list) or state_of(i) in wanted]


def state_of(issue: Issue) -> str:
    """The state in GraphQL's words."""
    if issue.pull and issue.pull.merged:
        return "MERGED"
    return issue.state.upper()


async def _ref(repository: Repository, name: str) -> RefNode | None:
    if not _REF_NAME.match(name):
        return None  # rev-parse would read more into it than a name
    raw = await repository.git.lookup(name)
    return RefNode(repository=repository, full_name=name, oid=raw.oid) if raw else None


def _releases(repository: Repository) -> list[ReleaseNode]:
    newest_first = sorted(repository.releases, key=lambda each: each.created_at, reverse=True)
    return [ReleaseNode(repository=repository, release=each) for each in newest_first]


RESOLVERS: dict[str, dict[str, object]] = {
    "Repository": {
        "collaborators": repository_collaborators,
        "defaultBranchRef": repository_default_branch,
        "deployments": repository_deployments,
        "description": lambda _repository, _info: None,
        "hasIssuesEnabled": lambda repository, _info: repository.has_issues,
        "homepageUrl": lambda _repository, _info: None,
        "isArchived": lambda repository, _info: repository.archived,
        "isDisabled": lambda _repository, _info: False,
        "isEmpty": lambda repository, _info: is_empty(repository),
        "isFork": lambda _repository, _info: False,
        "isPrivate": lambda repository, _info: repository.private,
        "issue": repository_issue,
        "issueOrPullRequest": repository_either,
        "issues": repository_issues,
        "label": repository_label,
        "labels": repository_labels,
        "latestRelease": repository_latest_release,
        "nameWithOwner": lambda repository, _info: repository.full_name,
        "object": repository_object,
        "pullRequest": repository_pull,
        "pullRequests": repository_pulls,
        "ref": repository_ref,
        "refs": repository_refs,
        "release": repository_release,
        "releases": repository_releases,
        "resourcePath": lambda repository, _info: f"/{repository.full_name}",
        "updatedAt": lambda repository, _info: repository.created_at,
        "url": lambda repository, info: f"{info.context.world.url}/{repository.full_name}",
        "viewerPermission": repository_permission,
        "visibility": lambda repository, _info: "PRIVATE" if repository.private else "PUBLIC",
    },
    "Ref": {
        "associatedPullRequests": ref_pulls,
        "compare": ref_compare,
        "id": lambda ref, _info: object_node_id("REF", ref.repository.id, ref.full_name),
        "name": lambda ref, _info: ref.full_name.split("/", 2)[2],
        "prefix": lambda ref, _info: "/".join(ref.full_name.split("/", 2)[:2]) + "/",
        "target": ref_target,
    },
    "Comparison": {
        "baseTarget": comparison_end,
        "headTarget": comparison_end,
        "commits": comparison_commits,
    },
    "Release": {
        "createdAt": lambda node, _info: node.release.created_at,
        "databaseId": lambda node, _info: node.release.id,
        "isDraft": lambda node, _info: node.release.draft,
        "isLatest": lambda node, info: repository_latest_release(node.repository, info) == node,
        "isPrerelease": lambda node, _info: node.release.prerelease,
        "name": lambda node, _info: node.release.name,
        "publishedAt": lambda node, _info: None if node.release.draft else node.release.created_at,
        "tag": release_tag,
        "tagCommit": release_commit,
        "tagName": lambda node, _info: node.release.tag,
        "url": lambda node, info: (
            f"{info.context.world.url}/{node.repository.full_name}/releases/tag/{node.release.tag}"
        ),
    },
}


async def is_empty(repository: Repository) -> bool:
    """Whether there is no commit on the default branch."""
    return await repository.git.resolve("HEAD") is None
