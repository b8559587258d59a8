"""What we report about a commit as a check run, as frozen values.

https://docs.github.com/en/rest/checks/runs#create-a-check-run
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.evidence import Sha


class ReportEnd(StrEnum):
    """The conclusions that we give."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"


class Level(StrEnum):
    """How bad an annotation's matter is."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Words on lines of a file. Columns are shown only where it begins and ends on one line."""

    path: str
    line: int
    message: str
    level: Level
    title: str = ""
    end_line: int | None = None  # None: the same line
    column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A check run as it shall be. Without a conclusion it is in progress.

    `external_id` is ours alone and names the work behind the report: by it the check run is found again.
    """

    name: str
    head_sha: Sha
    conclusion: ReportEnd | None
    title: str
    summary: str
    external_id: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    details_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingCheck:
    """Our check run as GitHub has it; `annotations` counts those that arrived."""

    id: int
    url: str
    conclusion: str | None
    title: str
    summary: str
    annotations: int
