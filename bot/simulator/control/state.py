"""The whole state, as ``GET /_sim/state`` gives it: all there is, lag or no lag."""

from bot.simulator.clock import stamp, stamp_or_none
from bot.simulator.entities import CheckRun, Comment, Issue, Repository
from bot.simulator.wire import Json
from bot.simulator.world import World


def state(world: World) -> Json:
    """Repositories with their issues and pull requests."""
    return {"repositories": [_repository(each) for each in world.repositories.values()]}


def _repository(one: Repository) -> Json:
    return {
        "full_name": one.full_name,
        "default_branch": one.default_branch,
        "issues": [_issue(each) for each in one.plain_issues()],
        "pulls": [_pull(each) for each in one.pulls()],
        "check_runs": [_check_run(each) for each in one.check_runs],
    }


def _issue(one: Issue) -> Json:
    return {
        "number": one.number,
        "id": one.id,
        "node_id": one.node_id,
        "title": one.title,
        "body": one.body,
        "state": one.state,
        "state_reason": one.state_reason,
        "locked": one.locked,
        "author": one.author.login,
        "closed_by": one.closed_by.login if one.closed_by else None,
        "labels": one.label_names(),
        "assignees": [each.login for each in one.assignees],
        "comments": [_comment(each) for each in one.comments],
        "sub_issues": [_reference(each, one) for each in one.children],
        "blocked_by": [_reference(each, one) for each in one.blocked_by],
    }


def _pull(one: Issue) -> Json:
    pull = one.pull
    shape = _issue(one)
    if pull is None:
        return shape
    return shape | {
        "merged": pull.merged,
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "base": pull.base,
        "head": pull.head,
        "head_sha": pull.head_sha,
        "head_repository": pull.fork or one.repository.full_name,
        "draft": pull.draft,
        "closes": [_reference(each, one) for each in pull.closes],
    }


def _check_run(one: CheckRun) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "app": one.suite.app,
        "sha": one.suite.sha,
        "status": one.status,
        "conclusion": one.conclusion,
        "external_id": one.external_id,
        "details_url": one.details_url,
        "title": one.title,
        "summary": one.summary,
        "text": one.text,
        "annotations": list(one.annotations),
    }


def _comment(one: Comment) -> Json:
    return {
        "id": one.id,
        "node_id": one.node_id,
        "author": one.author.login,
        "body": one.body,
        "minimized": one.minimized is not None,
        "reactions": [{"author": each.author.login, "content": each.content} for each in one.reactions],
        "created_at": stamp(one.created_at),
    }


def _reference(one: Issue, home: Issue) -> object:
    return one.number if one.repository is home.repository else f"{one.repository.full_name}#{one.number}"
