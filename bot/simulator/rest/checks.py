"""Check runs, check suites and commit statuses.

Source: https://docs.github.com/rest/checks, /commits/statuses
"""

from bot.simulator.auth import Kind
from bot.simulator.changes import check_writable
from bot.simulator.entities import CheckRun
from bot.simulator.loading.evidence import CONCLUSIONS
from bot.simulator.reading import Place
from bot.simulator.refusals import forbidden, invalid, not_found, unprocessable
from bot.simulator.reporting import NewCheck, finish_check, head_commit, report_check
from bot.simulator.rest.call import Answer, Call, Operation, cut, ok, paged
from bot.simulator.rest.commits import find_commit
from bot.simulator.runs import latest_check_runs, latest_statuses
from bot.simulator.shapes import checks as shapes
from bot.simulator.shapes.people import other_app
from bot.simulator.shapes.repositories import api_url, minimal
from bot.simulator.wire import Json

_REPO = "/repos/{owner}/{repo}"
_COMMIT = _REPO + "/commits/{ref:path}"
_RUN = _REPO + "/check-runs/{check_run_id:int}"
_ANNOTATION_LIMIT = 50
_TEXT_LIMIT = 65_535
_MESSAGE_LIMIT = 64 << 10  # bytes
_LEVELS = ("notice", "warning", "failure")
_COLUMNS = ("start_column", "end_column")


async def list_check_runs(call: Call) -> Answer:
    """The check runs of a commit: the newest of each app and name, or all."""
    sha = (await find_commit(call, call.path["ref"])).oid
    every = [run for run in call.repository.check_runs if run.suite.sha == sha]
    shown = every if call.query.get("filter") == "all" else latest_check_runs(call.repository, sha)
    name, status, app = (call.query.get(key) for key in ("check_name", "status", "app_id"))
    found = [
        run
        for run in reversed(shown)
        if name in (None, run.name) and status in (None, run.status) and app in (None, _app_id(call, run))
    ]
    return paged(call, found, lambda run: shapes.check_run(call.world, run), wrap="check_runs")


async def get_check_run(call: Call) -> Answer:
    """One check run."""
    return ok(shapes.check_run(call.world, _run(call)))


async def create_check_run(call: Call) -> Answer:
    """A new check run of the app."""
    check_writable(call.repository)
    if call.actor.kind is not Kind.INSTALLATION:
        raise forbidden("You must authenticate via a GitHub App.")
    body, output = call.body, _output(call)
    sha = (await find_commit(call, body.text("head_sha"))).oid
    new = NewCheck(
        sha=sha,
        name=body.text("name"),
        app=call.world.app.slug,
        status=body.text("status", "queued"),
        conclusion=_conclusion(call),
        title=output.maybe_text("title"),
        summary=output.maybe_text("summary"),
        text=output.maybe_text("text"),
        details_url=body.maybe_text("details_url"),
        external_id=body.text("external_id", ""),
        annotations=_annotations(call),
    )
    return ok(shapes.check_run(call.world, await report_check(call.world, call.repository, new, call.who)), 201)


async def update_check_run(call: Call) -> Answer:
    """More of a check run of the app, or its end."""
    run, body, output = _run(call), call.body, _output(call)
    if run.suite.app != call.world.app.slug or call.actor.kind is not Kind.INSTALLATION:
        raise forbidden("Invalid app_id `" + call.world.app.slug + "` - check run can only be modified by its creator.")
    run.name = body.text("name", run.name)
    run.status = body.text("status", run.status)
    run.title = output.maybe_text("title") or run.title
    run.summary = output.maybe_text("summary") or run.summary
    run.text = output.maybe_text("text") or run.text
    run.external_id = body.text("external_id", run.external_id)
    run.details_url = body.maybe_text("details_url") or run.details_url
    run.annotations = run.annotations + _annotations(call)
    conclusion = _conclusion(call)
    if body.has("status") and not conclusion:
        run.conclusion = run.completed_at = None
    if conclusion:
        await finish_check(call.world, run, conclusion, call.who)
    return ok(shapes.check_run(call.world, run))


async def list_check_suites(call: Call) -> Answer:
    """The check suites of a commit."""
    sha = (await find_commit(call, call.path["ref"])).oid
    found = [suite for suite in call.repository.check_suites if suite.sha == sha]
    head = await head_commit(call.repository, sha)
    more: Json = {"head_commit": head, "repository": minimal(call.world, call.repository)}
    return paged(call, found, lambda suite: shapes.check_suite(call.world, suite) | more, wrap="check_suites")


async def get_combined_status(call: Call) -> Answer:
    """The newest status of each context together; ``pending`` also where there is none at all."""
    sha = (await find_commit(call, call.path["ref"])).oid
    found = latest_statuses(call.repository, sha)
    words = {"failure" if each.state == "error" else each.state for each in found}
    state = next((word for word in ("failure", "pending", "success") if word in words), "pending")
    page, headers = cut(call, found)
    url = f"{api_url(call.world, call.repository)}/commits/{sha}"
    body: Json = {
        "state": state,
        "statuses": [shapes.status(call.world, each) for each in page],
        "sha": sha,
        "total_count": len(found),
        "repository": minimal(call.world, call.repository),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return Answer(body=body, headers=headers)


async def list_statuses(call: Call) -> Answer:
    """All statuses of a commit, newest first."""
    sha = (await find_commit(call, call.path["ref"])).oid
    found = [each for each in reversed(call.repository.statuses) if each.sha == sha]
    return paged(call, found, lambda each: shapes.status(call.world, each))


def _run(call: Call) -> CheckRun:
    number = call.number("check_run_id")
    found = next((run for run in call.repository.check_runs if run.id == number), None)
    if found is None:
        raise not_found()
    return found


def _app_id(call: Call, run: CheckRun) -> str:
    return str(other_app(call.world, run.suite.app)["id"])


def _conclusion(call: Call) -> str | None:
    found = call.body.maybe_text("conclusion")
    if found not in (None, *CONCLUSIONS):
        raise invalid("CheckRun", "conclusion", "invalid")
    if found is None and call.body.maybe_text("status") == "completed":
        raise invalid("CheckRun", "conclusion", "missing_field")
    return found


def _output(call: Call) -> Place:
    output = call.body.place("output")
    for name in ("summary", "text"):
        if len(output.text(name, "").encode()) > _TEXT_LIMIT:
            raise unprocessable(f"Invalid request.\n\nOnly {_TEXT_LIMIT} characters are allowed for {name}.")
    if call.body.has("output") and not output.has("summary"):
        raise unprocessable('Invalid request.\n\n"summary" wasn\'t supplied.')
    return output


def _annotations(call: Call) -> list[Json]:
    """What is to be shown on lines; columns only where it begins and ends on one."""
    found = call.body.place("output").places("annotations")
    if len(found) > _ANNOTATION_LIMIT:
        raise unprocessable(f"Invalid request.\n\nNo more than {_ANNOTATION_LIMIT} annotations are allowed.")
    for one in found:
        start, end = one.number("start_line"), one.number("end_line")
        across = start != end and any(one.has(name) for name in _COLUMNS)
        message = len(one.text("message").encode())
        if not one.text("path") or start < 1 or end < start or across or not 0 < message <= _MESSAGE_LIMIT:
            raise invalid("CheckAnnotation", "annotations", "invalid")
        if one.text("annotation_level") not in _LEVELS:
            raise invalid("CheckAnnotation", "annotation_level", "invalid")
    return [dict(one.value) for one in found]


OPERATIONS = (
    Operation(method="GET", path=_COMMIT + "/check-runs", handler=list_check_runs, needs="checks:read"),
    Operation(method="GET", path=_COMMIT + "/check-suites", handler=list_check_suites, needs="checks:read"),
    Operation(method="GET", path=_COMMIT + "/status", handler=get_combined_status, needs="statuses:read"),
    Operation(method="GET", path=_COMMIT + "/statuses", handler=list_statuses, needs="statuses:read"),
    Operation(method="GET", path=_RUN, handler=get_check_run, needs="checks:read"),
    Operation(method="POST", path=_REPO + "/check-runs", handler=create_check_run, needs="checks:write"),
    Operation(method="PATCH", path=_RUN, handler=update_check_run, needs="checks:write"),
)
