"""What every use case works with, joined in `app.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from bot.assessment.marker import Mark, MarkKind, Place, comment_marker, read_marker
from bot.assessment.verdict import VerdictKind
from bot.commands.breaker import Breaker
from bot.commands.request import Place as IssuePlace
from bot.egress.exchange import Network
from bot.engine import Found, Job, Json, Kept, Note, Precedent, Sought, Waiting
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

    async def load(self, id: str) -> bytes | None:  # noqa: A002
        """The document with this id."""
        ...

    async def latest(self, repository: str, issue: int) -> bytes | None:
        """The newest document about this issue."""
        ...


class NoteStore(Protocol):
    """What is remembered for a time; see `bot.engine.Notes`."""

    async def keep(self, note: Note) -> None:
        """Remember it, in the place of an earlier one of its name."""
        ...

    async def first(self, note: Note) -> bool:
        """Remember it unless one of its name counts already; yes again for the same value."""
        ...

    async def read(self, kind: str, place: str, name: str, now: datetime) -> Note | None:
        """The note of this name, if it counts now."""
        ...

    async def live(self, kind: str, place: str, now: datetime) -> tuple[Note, ...]:
        """The notes of this kind at this place that count now, by name."""
        ...

    async def remove(self, kind: str, place: str, name: str) -> bool:
        """Forget it. False: there was none."""
        ...


class NoNotes:
    """Where nothing is remembered: on the command line, which ends with its answer."""

    async def keep(self, note: Note) -> None:
        """Forget it."""

    async def first(self, note: Note) -> bool:
        """Everything is new."""
        return True

    async def read(self, kind: str, place: str, name: str, now: datetime) -> Note | None:
        """Nothing."""
        return None

    async def live(self, kind: str, place: str, now: datetime) -> tuple[Note, ...]:
        """Nothing."""
        return ()

    async def remove(self, kind: str, place: str, name: str) -> bool:
        """There was none."""
        return False


NOTHING_KEPT = NoNotes()


class Book(Protocol):
    """Says what waits; see `bot.engine.Engine.waiting`."""

    async def waiting(self, key: str) -> tuple[Waiting, ...]:
        """What waits for this key, in the order of submission."""
        ...


class NoBook:
    """Where nothing waits: on the command line."""

    async def waiting(self, key: str) -> tuple[Waiting, ...]:
        """Nothing."""
        return ()


NOTHING_WAITS = NoBook()


class PrecedentStore(Protocol):
    """The issues that were closed on evidence; see `bot.engine.Precedents`."""

    async def keep(self, precedent: Precedent) -> bool:
        """Remember it. False: something newer is known of its issue."""
        ...

    async def forget(self, repository_id: int, issue: int, at: datetime) -> bool:
        """It is resolved no longer, as of this moment."""
        ...

    async def search(self, sought: Sought) -> Found:
        """Those of the repository that have something in common with what is sought."""
        ...

    async def newest(self, repository_id: int, most: int) -> tuple[Kept, ...]:
        """The newest of a repository, newest first."""
        ...


class NoPrecedents:
    """Where no issue is remembered: on the command line."""

    async def keep(self, precedent: Precedent) -> bool:
        """Forget it."""
        return False

    async def forget(self, repository_id: int, issue: int, at: datetime) -> bool:
        """There was none."""
        return False

    async def search(self, sought: Sought) -> Found:
        """None."""
        return Found(kept=(), total=0, traits={}, words={})

    async def newest(self, repository_id: int, most: int) -> tuple[Kept, ...]:
        """None."""
        return ()


NO_PRECEDENTS = NoPrecedents()


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
    notes: NoteStore = NOTHING_KEPT
    book: Book = NOTHING_WAITS
    precedents: PrecedentStore = NO_PRECEDENTS
    commands: ListedCommands | None = None
    seen: Memory | None = None  # of trees, by earlier assessments
    on_answer: OnAnswer | None = None  # of a probe
    audit_limit: int = 500  # closed issues of one audit
    breaker: Breaker | None = None  # of what is done by itself

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


def written_by(found: Mark, root: str) -> bool:
    """Was it written by this job, or by one that went on with it?"""
    job = found.write.rpartition(":")[0]
    return job == root or job.startswith(f"{root}+")


def mark_in(body: str, *, key: bytes, place: IssuePlace) -> Mark | None:
    """The mark of a text of ours, if it was made for this place."""
    return read_marker(body, key=key, place=_marked(place))


def kind_in(body: str, *, key: bytes, place: IssuePlace) -> MarkKind | None:
    """What a text of ours is, by a mark that was made for this place."""
    found = mark_in(body, key=key, place=place)
    return None if found is None else found.kind


def _marked(place: IssuePlace) -> Place:
    return Place(repository_id=place.repository_id, issue=place.number)
