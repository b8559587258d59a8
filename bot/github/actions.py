"""Reading GitHub Actions: runs of a workflow, their jobs and logs, and the output of check runs.

GitHub has no endpoint for job summaries (`$GITHUB_STEP_SUMMARY`): what they hold is read from the log, or from the
output of a check run where something reports one.

https://docs.github.com/en/rest/actions/workflow-runs
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from bot.assessment.evidence import Sha
from bot.github.archives import LARGEST_ARCHIVE, unpacked
from bot.github.errors import Gone, NotFound
from bot.github.models import Unknown
from bot.github.remembered import Remembered
from bot.github.runs import CheckOutput, Conclusion, JobLog, WorkflowJob, WorkflowRun
from bot.github.scopes import Scope

_PAGE = 100
_CONCLUSIONS = frozenset(Conclusion)
_ACTIONS = "/repos/{owner}/{repo}/actions"
_RUNS = _ACTIONS + "/workflows/{workflow}/runs{?branch,event,head_sha,created,per_page}"
_CHECK_RUNS = "/repos/{owner}/{repo}/commits/{ref}/check-runs{?check_name,filter,per_page}"


class _Repository(msgspec.Struct, frozen=True):
    full_name: str


class _Account(msgspec.Struct, frozen=True):
    login: str


class _Run(msgspec.Struct, frozen=True):
    id: int
    run_number: int
    path: str
    event: str
    status: str | None
    conclusion: str | None
    head_sha: str
    head_branch: str | None
    created_at: datetime
    updated_at: datetime
    html_url: str
    name: str | None = None
    run_attempt: int = 1
    head_repository: _Repository | None = None
    actor: _Account | None = None


class _Runs(msgspec.Struct, frozen=True):
    workflow_runs: tuple[_Run, ...]


class _Job(msgspec.Struct, frozen=True):
    id: int
    name: str
    status: str
    conclusion: str | None = None
    html_url: str | None = None


class _Jobs(msgspec.Struct, frozen=True):
    jobs: tuple[_Job, ...]


class _App(msgspec.Struct, frozen=True):
    slug: str = ""


class _Output(msgspec.Struct, frozen=True):
    title: str | None = None
    summary: str | None = None
    text: str | None = None


class _CheckRun(msgspec.Struct, frozen=True):
    name: str
    output: _Output
    app: _App | None = None
    html_url: str | None = None


class _CheckRuns(msgspec.Struct, frozen=True):
    check_runs: tuple[_CheckRun, ...]


class ActionsReads:
    """The reads of one assessment; none is made twice."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._runs: Remembered[tuple[tuple[str, str], ...], tuple[WorkflowRun, ...] | None] = Remembered()
        self._run: Remembered[int, WorkflowRun | None] = Remembered()
        self._jobs: Remembered[int, tuple[WorkflowJob, ...]] = Remembered()
        self._archives: Remembered[int, bytes | Unknown | None] = Remembered()
        self._outputs: Remembered[tuple[Sha, str], tuple[CheckOutput, ...]] = Remembered()

    async def runs(self, workflow: str, filters: Mapping[str, str]) -> tuple[WorkflowRun, ...] | None:
        """The newest 100 runs of a workflow file, newest first; None where the repository has no such workflow.

        https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
        """
        key = (("workflow", workflow), *sorted(filters.items()))
        return await self._runs.get(key, lambda: self._list(workflow, filters))

    async def run(self, run_id: int) -> WorkflowRun | None:
        """One run, or None. https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run"""
        return await self._run.get(run_id, lambda: self._get(run_id))

    async def jobs(self, run_id: int) -> tuple[WorkflowJob, ...]:
        """The first 100 jobs of a run's newest attempt.

        https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run
        """
        return await self._jobs.get(run_id, lambda: self._list_jobs(run_id))

    async def logs(self, run_id: int, job: str | None = None) -> tuple[JobLog, ...] | Unknown | None:
        """What the jobs by that name (`*` stands for anything; None: all jobs) printed in a run's newest attempt.

        None where there is no log (any more), `Unknown` where it is too large to be read.
        """
        packed = await self._archives.get(run_id, lambda: self._archive(run_id))
        return await unpacked(packed, job) if isinstance(packed, bytes) else packed

    async def outputs(self, sha: Sha, name: str) -> tuple[CheckOutput, ...]:
        """What the newest check runs of a name at a commit report, one for each app.

        https://docs.github.com/en/rest/checks/runs#list-check-runs-for-a-git-reference
        """
        return await self._outputs.get((sha, name), lambda: self._list_outputs(sha, name))

    async def _list(self, workflow: str, filters: Mapping[str, str]) -> tuple[WorkflowRun, ...] | None:
        try:
            told = await self._scope.get(_RUNS, _Runs, follow=True, workflow=workflow, per_page=_PAGE, **filters)
        except NotFound:
            return None
        return tuple(sorted(map(_run, told.workflow_runs), key=lambda run: (run.created_at, run.id), reverse=True))

    async def _get(self, run_id: int) -> WorkflowRun | None:
        try:
            return _run(await self._scope.get(_ACTIONS + "/runs/{run_id}", _Run, run_id=run_id))
        except NotFound:
            return None

    async def _list_jobs(self, run_id: int) -> tuple[WorkflowJob, ...]:
        path = _ACTIONS + "/runs/{run_id}/jobs{?filter,per_page}"
        told = await self._scope.get(path, _Jobs, run_id=run_id, filter="latest", per_page=_PAGE)
        return tuple(
            WorkflowJob(
                id=job.id,
                name=job.name,
                status=job.status,
                conclusion=_conclusion(job.conclusion),
                url=job.html_url or "",
            )
            for job in told.jobs
        )

    async def _archive(self, run_id: int) -> bytes | Unknown | None:
        """https://docs.github.com/en/rest/actions/workflow-runs#download-workflow-run-logs"""
        try:
            packed = await self._scope.download(_ACTIONS + "/runs/{run_id}/logs", LARGEST_ARCHIVE, run_id=run_id)
        except (NotFound, Gone):
            return None
        if packed is None:
            return Unknown(reason=f"the packed log is larger than {LARGEST_ARCHIVE >> 20} MiB")
        return packed

    async def _list_outputs(self, sha: Sha, name: str) -> tuple[CheckOutput, ...]:
        told = await self._scope.get(_CHECK_RUNS, _CheckRuns, ref=sha, check_name=name, filter="latest", per_page=_PAGE)
        return tuple(
            CheckOutput(
                name=run.name,
                app=run.app.slug if run.app is not None else "",
                title=run.output.title or "",
                summary=run.output.summary or "",
                text=run.output.text or "",
                url=run.html_url,
            )
            for run in told.check_runs
        )


def _run(told: _Run) -> WorkflowRun:
    return WorkflowRun(
        id=told.id,
        run_number=told.run_number,
        run_attempt=told.run_attempt,
        name=told.name or "",
        path=told.path,
        event=told.event,
        status=told.status or "queued",
        conclusion=_conclusion(told.conclusion),
        head_sha=Sha(told.head_sha),
        head_branch=told.head_branch,
        head_repository=told.head_repository.full_name if told.head_repository is not None else None,
        created_at=told.created_at,
        updated_at=told.updated_at,
        url=told.html_url,
        actor=told.actor.login if told.actor is not None else None,
    )


def _conclusion(word: str | None) -> Conclusion | None:
    if word is None:
        return None
    return Conclusion(word) if word in _CONCLUSIONS else Conclusion.OTHER
