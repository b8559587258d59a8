"""What every use case works with, joined in `app.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from bot.assessment.marker import Mark, MarkKind, Place, comment_marker, read_marker
from bot.assessment.verdict import VerdictKind
from bot.commands.request import Place as IssuePlace
from bot.egress.exchange import Network
from bot.engine import Job, Json
from bot.github.gateway import Gateway
from bot.github.models import InstallationId, RepositoryRef
from bot.github.session import Session
from bot.probes.contract import Commands
from bot.probes.runner import Limits, OnAnswer
from bot.probes.trees import Memory

Report = Callable[[str, Mapping[str, Json]], None]


class DocumentStore(Protocol):
    """Where finished documents are kept."""

    async def save(self, id: str, repository: str, issue: int, document: bytes, at: datetime) -> None:  # noqa: A002
        """Keep a document; a later one with the same id replaces it."""
        ...


class WaysOut(Protocol):
    """Makes the guarded way out of a repository."""

    def network(self, repository_id: int, full_name: str) -> Network:
        """The way out as this repository may use it."""
        ...


class ListedCommands(Protocol):
    """The commands that the operator has named."""

    def of(self, repository_id: int, full_name: str) -> Commands:
        """Those of one repository."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The joined parts. `key` signs our marks, `evidence_url` makes a link that expires."""

    gateway: Gateway
    archive: DocumentStore
    clock: Callable[[], datetime]
    key: bytes = field(repr=False)
    egress: WaysOut
    limits: Limits
    evidence_url: Callable[[str, datetime], str | None]
    report: Report
    commands: ListedCommands | None = None
    seen: Memory | None = None  # of trees, by earlier assessments
    on_answer: OnAnswer | None = None  # of a probe

    def commands_of(self, repository: RepositoryRef) -> Commands | None:
        """The operator's commands for one repository; None where he has named none at all."""
        return None if self.commands is None else self.commands.of(repository.id, repository.full_name)

    def session(self, place: IssuePlace) -> Session:
        """GitHub, as far as this issue's repository goes."""
        repository = RepositoryRef(owner=place.owner, name=place.name, id=place.repository_id)
        return self.gateway.session(InstallationId(place.installation) if place.installation else None, repository)


def assessment_id(job: Job, key: bytes) -> str:
    """The id of a job's assessment: the same after every resume, and not to be guessed from outside."""
    return blake2b(job.id.encode(), key=key[:64], digest_size=12).hexdigest()


def mark(
    kind: MarkKind, write: str, *, key: bytes, place: IssuePlace, about: tuple[VerdictKind, str] | None = None
) -> str:
    """Our hidden mark for this issue; `about` is the verdict and the assessment's id."""
    verdict, assessment = about or (None, None)
    return comment_marker(
        Mark(kind=kind, write=write, verdict=verdict, assessment=assessment), key=key, place=_marked(place)
    )


def bears(body: str, write: str, *, key: bytes, place: IssuePlace) -> bool:
    """Does the text carry the mark of this very write?"""
    found = read_marker(body, key=key, place=_marked(place))
    return found is not None and found.write == write


def _marked(place: IssuePlace) -> Place:
    return Place(repository_id=place.repository_id, issue=place.number)
