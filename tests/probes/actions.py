"""GitHub Actions in memory, and how a probe's reader tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.assessment.evidence import Sha
from bot.github.models import Unknown
from bot.github.runs import CheckOutput, Conclusion, JobLog, WorkflowJob, WorkflowRun


@dataclass(frozen=True)
class Actions:
    """What GitHub Actions and checks tell: runs, their jobs and logs by run, and outputs by commit and name."""

    runs: tuple[WorkflowRun, ...] = ()
    jobs: Mapping[int, tuple[WorkflowJob, ...]] = field(default_factory=dict)
    logs: Mapping[int, tuple[JobLog, ...] | Unknown] = field(default_factory=dict)
    outputs: Mapping[tuple[str, str], tuple[CheckOutput, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MemoryActions:
    """The part of `Reader` that is about workflows and the output of checks; `asked` counts what was read."""

    asked: list[str] = field(default_factory=list)
    actions: Actions = field(default_factory=Actions)

    async def workflow_runs(
        self,
        workflow: str,
        *,
        sha: Sha | None = None,
        branch: str | None = None,
        event: str | None = None,
        since: datetime | None = None,
    ) -> tuple[WorkflowRun, ...] | None:
        self.asked.append("workflow_runs")
        runs = [run for run in self.actions.runs if run.file == workflow]
        return tuple(
            run
            for run in sorted(runs, key=lambda run: run.created_at, reverse=True)
            if sha in (None, run.head_sha)
            and branch in (None, run.head_branch)
            and event in (None, run.event)
            and (since is None or run.created_at >= since)
        ) or (() if workflow in {"suite.yml", *(run.file for run in runs)} else None)

    async def workflow_run(self, run_id: int) -> WorkflowRun | None:
        self.asked.append("workflow_run")
        return next((run for run in self.actions.runs if run.id == run_id), None)

    async def workflow_jobs(self, run_id: int) -> tuple[WorkflowJob, ...]:
        self.asked.append("workflow_jobs")
        return self.actions.jobs.get(run_id, ())

    async def workflow_logs(self, run_id: int, job: str | None = None) -> tuple[JobLog, ...] | Unknown | None:
        self.asked.append("workflow_logs")
        logs = self.actions.logs.get(run_id)
        return tuple(log for log in logs if job in (None, log.job)) if isinstance(logs, tuple) else logs

    async def check_outputs(self, sha: Sha, name: str) -> tuple[CheckOutput, ...]:
        self.asked.append("check_outputs")
        return self.actions.outputs.get((sha, name), ())


def run(number: int, sha: str, *, conclusion: str | None = "success", hours_ago: float = 0.5, **changes: object):
    """A run of `suite.yml` by a push to main; one without a conclusion goes on."""
    at = datetime(2025, 9, 16, 12, tzinfo=UTC) - timedelta(hours=hours_ago)
    plain = WorkflowRun(
        id=8800 + number,
        run_number=number,
        run_attempt=1,
        name="Suite",
        path=".github/workflows/suite.yml",
        event="push",
        status="completed" if conclusion else "in_progress",
        conclusion=Conclusion(conclusion) if conclusion else None,
        head_sha=Sha(sha),
        head_branch="main",
        head_repository="acme/shop",
        created_at=at,
        updated_at=at + timedelta(minutes=5),
        url=f"https://github.example/acme/shop/actions/runs/{8800 + number}",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def log(text: str, job: str = "build", *, cut: bool = False) -> tuple[JobLog, ...]:
    """The log of a run with one job."""
    return (JobLog(job=job, text=text.encode(), cut=cut),)
