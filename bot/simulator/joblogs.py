"""The logs of workflow runs: packed as GitHub packs them, behind an address that is signed and soon expires.

Whoever has the address needs nothing else, and credentials are refused there, as GitHub's store does it.
Source: https://docs.github.com/rest/actions/workflow-runs#download-workflow-run-logs
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from bot.simulator.clock import parse_stamp, stamp
from bot.simulator.entities import CheckRun, WorkflowRun
from bot.simulator.refusals import Refusal, not_found
from bot.simulator.rest.call import Answer
from bot.simulator.world import World

PREFIX = "/_logs/"
LIFE = timedelta(minutes=1)
_KEPT_NAME = 90
_NOT_IN_NAMES = str.maketrans("", "", '/:<>|*?"\\')


def jobs_of(run: WorkflowRun) -> list[CheckRun]:
    """The check runs that stand for a run's jobs."""
    return [each for each in run.suite.repository.check_runs if each.suite is run.suite]


def job_names(run: WorkflowRun) -> list[str]:
    """The names of a run's jobs: those of its check runs and of its logs, else the workflow's."""
    names = [*(each.name for each in jobs_of(run)), *run.logs]
    return list(dict.fromkeys(names)) or [run.workflow.name]


def location(world: World, run: WorkflowRun) -> str:
    """Where the log can be fetched during the next minute. Raises the Refusal for one that is not there."""
    if run.log_expired:
        raise Refusal(410, "Server Error", "NOT_FOUND")
    if run.status != "completed":
        raise not_found()
    until = stamp(world.clock() + LIFE)
    return f"{world.url}{PREFIX}{run.id}?se={until}&sig={_signature(world, run.id, until)}"


def download(world: World, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """The packed log, for whoever has the whole address and sends no credentials."""
    number = path.removeprefix(PREFIX)
    runs = (run for home in world.repositories.values() for run in home.workflow_runs)
    run = next((each for each in runs if str(each.id) == number), None)
    if run is None:
        return _refused(404, "BlobNotFound")
    if "authorization" in headers:
        return _refused(401, "InvalidAuthenticationInfo")
    until = query.get("se", "")
    if not hmac.compare_digest(query.get("sig", ""), _signature(world, run.id, until)):
        return _refused(403, "AuthenticationFailed")
    if parse_stamp(until) < world.clock():
        return _refused(403, "AuthenticationFailed")
    return Answer(body=packed(run), media_type="application/zip")


def packed(run: WorkflowRun) -> bytes:
    """A file for each job, and the same again in a folder for its steps."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for place, name in enumerate(job_names(run)):
            text = run.logs.get(name, "" if place else run.log)
            spelled = name.translate(_NOT_IN_NAMES)[:_KEPT_NAME]
            archive.writestr(f"{place}_{spelled}.txt", _stamped(text, run.created_at))
            archive.writestr(f"{spelled}/1_Set up job.txt", _stamped(text, run.created_at))
    return made.getvalue()


def _stamped(text: str, at: datetime) -> str:
    begin = f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z "
    return "".join(f"{begin}{line}\n" for line in text.splitlines())


def _signature(world: World, run: int, until: str) -> str:
    return hmac.digest(world.app.webhook_secret.encode(), f"{run} {until}".encode(), "sha256").hex()


def _refused(status: int, code: str) -> Answer:
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code></Error>'.encode()
    return Answer(status=status, body=body, media_type="application/xml")
