"""Pull requests as REST and webhooks give them."""

from dataclasses import dataclass

from bot.simulator.clock import stamp, stamp_or_none
from bot.simulator.entities import Issue, Pull
from bot.simulator.shapes.people import account, account_or_none, association
from bot.simulator.shapes.repositories import api_url, full, label
from bot.simulator.wire import Json
from bot.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSize:
    """How much a pull request changes; counts are commits, files, lines."""

    commits: int = 0
    files: int = 0
    additions: int = 0
    deletions: int = 0


def simple(world: World, one: Issue, pull: Pull) -> Json:
    """A pull request in lists (``pull-request-simple``)."""
    api = api_url(world, one.repository)
    url = f"{api}/pulls/{one.number}"
    html = f"{world.url}/{one.path}"
    links = _links(api, url, one, pull)
    return {
        "url": url,
        "id": one.id,
        "node_id": one.node_id,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        **links,
        "number": one.number,
        "state": one.state,
        "locked": one.locked,
        "title": one.title,
        "user": account(world, one.author),
        "body": one.body,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": stamp_or_none(one.closed_at),
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": account_or_none(world, one.assignees[0] if one.assignees else None),
        "assignees": [account(world, each) for each in one.assignees],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [label(world, each) for each in one.labels],
        "milestone": None,
        "draft": pull.draft,
        "head": _head(world, one, pull),
        "base": _end(world, one, pull.base, pull.base_sha),
        "_links": {key.removesuffix("_url"): {"href": value} for key, value in links.items()}
        | {"self": {"href": url}, "html": {"href": html}},
        "author_association": association(one.repository, one.author),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def full_pull(world: World, one: Issue, pull: Pull, size: PullSize) -> Json:
    """A pull request by itself (``pull-request``)."""
    return simple(world, one, pull) | {
        "merged": pull.merged,
        "mergeable": None if pull.merged else not conflicts(pull),
        "rebaseable": None,
        "mergeable_state": "unknown" if pull.merged else "dirty" if conflicts(pull) else "clean",
        "merged_by": account_or_none(world, pull.merged_by),
        "comments": len(world.visible(one)),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": size.commits,
        "additions": size.additions,
        "deletions": size.deletions,
        "changed_files": size.files,
    }


def conflicts(pull: Pull) -> bool:
    """Whether the merge was tried and did not go."""
    return pull.trial is not None and pull.trial[2] is None


def _links(api: str, url: str, one: Issue, pull: Pull) -> dict[str, str]:
    return {
        "issue_url": f"{api}/issues/{one.number}",
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{api}/pulls/comments{{/number}}",
        "comments_url": f"{api}/issues/{one.number}/comments",
        "statuses_url": f"{api}/statuses/{pull.head_sha}",
    }


def _head(world: World, one: Issue, pull: Pull) -> Json:
    """Where a pull request comes from: the repository, or somebody's fork."""
    shape = _end(world, one, pull.head, pull.head_sha)
    if pull.fork is None:
        return shape
    login, _, name = pull.fork.partition("/")
    owner = account(world, world.account(login))
    fork: Json = {"id": one.repository.id + 1, "name": name, "full_name": pull.fork, "owner": owner, "fork": True}
    repo = full(world, one.repository) | fork
    return shape | {"label": f"{login}:{pull.head}", "user": owner, "repo": repo}


def _end(world: World, one: Issue, ref: str, sha: str) -> Json:
    owner = one.repository.owner
    return {
        "label": f"{owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": account(world, owner),
        "repo": full(world, one.repository),
    }
