"""GitHub Actions as frozen values: workflow runs, their jobs and logs, and what check runs report.

Field names follow GitHub's REST API: https://docs.github.com/en/rest/actions/workflow-runs
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.assessment.evidence import Sha


class Conclusion(StrEnum):
    """How a run, a job or a check run ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    ACTION_REQUIRED = "action_required"
    STALE = "stale"
    STARTUP_FAILURE = "startup_failure"
    OTHER = "other"  # a word that GitHub did not have when this was written


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """One run of a workflow, in its newest attempt. `conclusion` is None until it has ended.

    `head_branch` is a name in `head_repository`, which is a fork's for pull requests of strangers: a fork's `main` is
    not ours. `path` is the workflow's file. `actor` is the login of whoever set it off.
    """

    id: int
    run_number: int
    run_attempt: int
    name: str
    path: str
    event: str
    status: str
    conclusion: Conclusion | None
    head_sha: Sha
    head_branch: str | None
    head_repository: str | None
    created_at: datetime
    updated_at: datetime
    url: str
    actor: str | None = None

    @property
    def file(self) -> str:
        """The name of the workflow's file: `suite.yml`."""
        return self.path.partition("@")[0].rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowJob:
    """A job of a run's newest attempt."""

    id: int
    name: str
    status: str
    conclusion: Conclusion | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLog:
    """What a job has printed: its last 10 MiB. `job` is the name as the log's archive spells it.

    Archives spell `build / test (3.11)` without what file names cannot hold, and cut long names.
    """

    job: str
    text: bytes
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutput:
    """What a check run reports beside its conclusion: Markdown, at most 64 kB each."""

    name: str
    app: str
    title: str
    summary: str
    text: str
    url: str | None

    @property
    def words(self) -> str:
        """All of it as one text."""
        return "\n".join(part for part in (self.title, self.summary, self.text) if part)
