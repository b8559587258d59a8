"""Check runs of our own: made, continued, and found again.

GitHub takes 50 annotations in a request, and each further request appends.

https://docs.github.com/en/rest/checks/runs
"""

import msgspec

from bot.github.answers import AppIdentity
from bot.github.errors import Forbidden
from bot.github.lines import Body
from bot.github.reports import Annotation, CheckReport, StandingCheck
from bot.github.scopes import Scope

AT_ONCE = 50
"""Annotations in one request."""
LONGEST_TEXT = 65_535
LONGEST_MESSAGE = 64 << 10
LONGEST_TITLE = 255
CUT = " … (cut)"
_RUNS = "/repos/{owner}/{repo}/check-runs"
_ONE = _RUNS + "/{id}"
_OF_COMMIT = "/repos/{owner}/{repo}/commits/{ref}/check-runs{?check_name,app_id,filter,per_page}"


class _Output(msgspec.Struct, frozen=True):
    title: str | None = None
    summary: str | None = None
    annotations_count: int = 0


class _App(msgspec.Struct, frozen=True):
    id: int


class _Run(msgspec.Struct, frozen=True):
    id: int
    html_url: str | None = None
    external_id: str | None = None
    conclusion: str | None = None
    output: _Output = _Output()
    app: _App | None = None


class _Runs(msgspec.Struct, frozen=True):
    check_runs: tuple[_Run, ...]


async def create_check(scope: Scope, report: CheckReport) -> StandingCheck:
    """A new check run with the first annotations; it ends with the request that brings the last of them.

    Not repeatable. `Forbidden` names `checks: write` where the installation has not granted it.
    """
    body = {"head_sha": report.head_sha, **body_of(report, 0)}
    return await _send(scope, "POST", _RUNS, body)


async def update_check(scope: Scope, check: int, report: CheckReport, sent: int) -> StandingCheck:
    """The check run with another report, of whose annotations `sent` arrived already."""
    return await _send(scope, "PATCH", _ONE, body_of(report, sent), id=check)


async def find_check(scope: Scope, us: AppIdentity, report: CheckReport) -> StandingCheck | None:
    """Our check run with the report's name and external id at its commit; None where there is none.

    https://docs.github.com/en/rest/checks/runs#list-check-runs-for-a-git-reference
    """
    told = await scope.get(
        _OF_COMMIT, _Runs, ref=report.head_sha, check_name=report.name, app_id=us.id, filter="all", per_page=100
    )
    # Anybody may report under any name and any id: the app makes it ours.
    ours = (run for run in told.check_runs if run.external_id == report.external_id and run.app and run.app.id == us.id)
    found = next(ours, None)
    return _standing(found) if found is not None else None


def body_of(report: CheckReport, sent: int) -> dict[str, object]:
    """The next request for a report of whose annotations `sent` arrived already. Pure; within GitHub's limits."""
    batch = report.annotations[sent : sent + AT_ONCE]
    output: dict[str, object] = {
        "title": _cut(report.title, LONGEST_TITLE),
        "summary": _cut(report.summary, LONGEST_TEXT),
        "annotations": [_annotation(one) for one in batch],
    }
    if report.text:
        output["text"] = _cut(report.text, LONGEST_TEXT)
    body: dict[str, object] = {"name": report.name, "external_id": report.external_id, "output": output}
    if report.details_url is not None:
        body["details_url"] = report.details_url
    if report.conclusion is None or sent + len(batch) < len(report.annotations):
        return body | {"status": "in_progress"}
    return body | {"status": "completed", "conclusion": str(report.conclusion)}


def stands(check: StandingCheck, report: CheckReport, sent: int) -> bool:
    """Does the check run say all of the report, of whose annotations `sent` arrived? Pure."""
    return (
        sent >= len(report.annotations)
        and check.conclusion == report.conclusion
        and check.title == _cut(report.title, LONGEST_TITLE)
        and check.summary == _cut(report.summary, LONGEST_TEXT)
    )


async def _send(scope: Scope, method: str, path: str, body: Body, **url_vars: int) -> StandingCheck:
    try:
        return _standing(await scope.send(method, path, body, _Run, **url_vars))
    except Forbidden as forbidden:
        # An archived repository is forbidden as well: GitHub's own words say which.
        needed = "checks: write" if await scope.line.bearer.lacks("checks") else forbidden.needed
        raise Forbidden(f"check runs take the permission checks: write ({forbidden})", needed) from forbidden


def _standing(run: _Run) -> StandingCheck:
    return StandingCheck(
        id=run.id,
        url=run.html_url or "",
        conclusion=run.conclusion,
        title=run.output.title or "",
        summary=run.output.summary or "",
        annotations=run.output.annotations_count,
    )


def _annotation(one: Annotation) -> dict[str, object]:
    end = max(one.end_line or one.line, one.line)
    told: dict[str, object] = {
        "path": one.path,
        "start_line": one.line,
        "end_line": end,
        "annotation_level": str(one.level),
        "message": _cut(one.message, LONGEST_MESSAGE),
    }
    if one.title:
        told["title"] = _cut(one.title, LONGEST_TITLE)
    # GitHub refuses columns over several lines.
    if one.column is not None and end == one.line:
        told |= {"start_column": one.column, "end_column": max(one.end_column or one.column, one.column)}
    return told


def _cut(text: str, most: int) -> str:
    """The text in at most that many bytes of UTF-8: GitHub says characters and counts bytes."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len(CUT.encode())].decode(errors="ignore") + CUT
