"""Pull requests: listed, opened, read, changed.

Source: https://docs.github.com/rest/pulls
"""

from bot.simulator.changes import close_issue, edit_issue, reopen_issue
from bot.simulator.entities import Issue, Pull
from bot.simulator.linked import pulls_with_commit
from bot.simulator.payloads import pull_event
from bot.simulator.pulled import pull_commits, pull_diff, pull_files, pull_size, try_merge
from bot.simulator.pulling import NewPull, open_pull
from bot.simulator.refusals import invalid, not_found
from bot.simulator.rest.call import Answer, Call, Operation, empty, ok, paged
from bot.simulator.rest.commits import diff_answer, find_commit, wants_diff
from bot.simulator.shapes import commits as commit_shapes
from bot.simulator.shapes import pulls as shapes
from bot.simulator.wire import Json

_REPO = "/repos/{owner}/{repo}"
_ONE = _REPO + "/pulls/{number:int}"


async def list_pulls(call: Call) -> Answer:
    """The pull requests, newest first, by state, base and head (``owner:branch``)."""
    state, base = call.query.get("state", "open"), call.query.get("base")
    head = call.query.get("head", "")
    found = [
        one
        for one in reversed(call.repository.pulls())
        if one.pull
        and state in ("all", one.state)
        and base in (None, one.pull.base)
        and head in ("", _head(one, one.pull))
    ]
    return paged(call, found, lambda one: _simple(call, one))


async def create_pull(call: Call) -> Answer:
    """A new pull request."""
    new = NewPull(
        title=call.body.text("title"),
        head=call.body.text("head").rpartition(":")[2],
        base=call.body.text("base"),
        body=call.body.text("body", ""),
        draft=call.body.flag("draft"),
    )
    made = await open_pull(call.world, call.repository, call.who, new)
    return ok(await _full(call, made), 201)


async def get_pull(call: Call) -> Answer:
    """One pull request, or its diff."""
    one, _pulled = _pull(call)
    if wants_diff(call):
        return diff_answer(await pull_diff(one))
    return ok(await _full(call, one))


async def update_pull(call: Call) -> Answer:
    """Title, body and state."""
    one, pull = _pull(call)
    state = call.body.maybe_text("state")
    if state not in (None, "open", "closed"):
        raise invalid("PullRequest", "state", "invalid")
    edit_issue(call.world, one, call.who, call.body.maybe_text("title"), call.body.maybe_text("body"))
    pull.base = call.body.text("base", pull.base)
    if state == "closed" and one.state == "open":
        close_issue(call.world, one, call.who)
        pull_event(call.world, one, "closed", call.who, await pull_size(one))
    if state == "open" and not pull.merged:
        reopen_issue(call.world, one, call.who)
    return ok(await _full(call, one))


async def list_pull_commits(call: Call) -> Answer:
    """The commits, oldest first."""
    found = list(await pull_commits(_pull(call)[0]))
    return paged(call, found, lambda each: commit_shapes.commit(call.world, call.repository, each))


async def list_pull_files(call: Call) -> Answer:
    """The changed files."""
    one, pull = _pull(call)
    found = list(await pull_files(one))
    return paged(call, found, lambda each: commit_shapes.change(call.world, call.repository, pull.head_sha, each))


async def is_merged(call: Call) -> Answer:
    """204 where it was merged, 404 where not."""
    if not _pull(call)[1].merged:
        raise not_found()
    return empty()


async def list_commit_pulls(call: Call) -> Answer:
    """The pull requests that brought a commit."""
    commit = await find_commit(call, call.path["sha"])
    found = await pulls_with_commit(call.repository, commit.oid)
    merged = [one for one in found if one.pull and one.pull.merged]
    return paged(call, merged or found, lambda one: _simple(call, one))


def _head(one: Issue, pull: Pull) -> str:
    """Where it comes from, as lists are filtered by it: an account and a branch."""
    return f"{(pull.fork or one.repository.full_name).partition('/')[0]}:{pull.head}"


def _pull(call: Call) -> tuple[Issue, Pull]:
    one = call.issue
    if one.pull is None:
        raise not_found()
    return one, one.pull


def _simple(call: Call, one: Issue) -> Json:
    return shapes.simple(call.world, one, one.pull) if one.pull else {}


async def _full(call: Call, one: Issue) -> Json:
    await try_merge(call.world, one)
    return shapes.full_pull(call.world, one, one.pull, await pull_size(one)) if one.pull else {}


_READ = "pull_requests:read"
_WRITE = "pull_requests:write"
OPERATIONS = (
    Operation(method="GET", path=_REPO + "/pulls", handler=list_pulls, needs=_READ),
    Operation(method="POST", path=_REPO + "/pulls", handler=create_pull, needs=_WRITE, role="read"),
    Operation(method="GET", path=_ONE, handler=get_pull, needs=_READ),
    Operation(method="PATCH", path=_ONE, handler=update_pull, needs=_WRITE),
    Operation(method="GET", path=_ONE + "/commits", handler=list_pull_commits, needs=_READ),
    Operation(method="GET", path=_ONE + "/files", handler=list_pull_files, needs=_READ),
    Operation(method="GET", path=_ONE + "/merge", handler=is_merged, needs=_READ),
    Operation(method="GET", path=_REPO + "/commits/{sha}/pulls", handler=list_commit_pulls, needs=_READ),
)
