"""Whether somebody objected to a closing that was announced, asked of GitHub itself, and what is remembered of both.

Rules:
1. What counts is what stands there when it is looked for: new comments, comments edited since, and 👎 on our answer.
2. A comment of nothing but commands that we understand is no objection, nor is a confirmation without a reservation;
   what takes something back or means to stop us is (`/reopen`, `/resolution unconfirm`, `/resolution cancel`). See
   `bot.commands.intake.only_asks`. What was said before the announcement is none if who said it confirmed later.
3. An objection is remembered until somebody with the right asks again: automatic triggers only advise until then.
4. While a closing is announced, automatic triggers leave the issue alone: everything is measured again at the end.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from bot.actions.trouble import answer_or_refusal
from bot.assessment.grace import Grace, Veto, VetoKind
from bot.assessment.policy import Role, at_least
from bot.commands.intake import only_asks
from bot.commands.request import AgainRequest, Announced, AskedIn, Errand, Place, unpack
from bot.commands.route import AGAIN_JOB
from bot.commands.spoken import Words, unopposed
from bot.commands.tools import NoteStore, Tools
from bot.engine import Json, Note, Waiting
from bot.github.errors import GitHubError
from bot.github.models import Issue, IssueNumber, IssueState, NodeId, Said, Vote

MAY_OBJECT = Role.TRIAGE
_VETOED, _ANNOUNCED = "vetoed", "announced"
_LIFE = timedelta(days=3650)
_OVERDUE = timedelta(days=7)  # an announcement that nobody has carried out by then holds nobody up any more


class Hearing(Protocol):
    """What of the gateway it takes to hear objections."""

    async def said_since(self, number: int, since: datetime) -> tuple[Said, ...]:
        """The comments that were written or edited since then."""
        ...

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        """The 👍 and 👎 on a comment."""
        ...

    async def role(self, login: str) -> Role:
        """What an account may do here."""
        ...


async def grace_of(tools: Tools, session: Hearing, place: Place, errand: Errand | None) -> Grace | None:
    """How it stands with the closing that the errand announced; None where it announced none. Remembers a veto.

    Raises `bot.github.errors.GitHubError` where GitHub did not answer.
    """
    announced = None if errand is None else errand.announced
    if errand is None or announced is None:
        return None
    veto = await answer_or_refusal(objection(session, place, errand))
    heard = not isinstance(veto, GitHubError)
    veto = None if isinstance(veto, GitHubError) else veto
    if veto is not None:
        await remember(tools.notes, place.key, veto)
    return Grace(
        until=announced.until,
        announced=announced.at,
        over=tools.clock() >= announced.until,
        veto=veto,
        heard=heard,
    )


async def objection(session: Hearing, place: Place, errand: Errand) -> Veto | None:
    """The first that counts; None where nobody objected, or nothing is announced. Raises `GitHubError`."""
    announced = errand.announced
    if announced is None:
        return None
    said = await session.said_since(IssueNumber(place.number), min(announced.since[0], announced.at))
    votes = [
        vote
        for comment in dict.fromkeys((announced.comment, errand.comment))
        for vote in await session.votes(NodeId(comment))
    ]
    for veto in sorted(_possible(said, votes, announced), key=lambda one: one.at):
        if await _counts(session, veto, announced.reporter):
            return veto
    return None


async def _counts(session: Hearing, veto: Veto, reporter: str | None) -> bool:
    if veto.by is None or (reporter is not None and veto.by.lower() == reporter.lower()):
        return True
    return at_least(await session.role(veto.by), MAY_OBJECT)


def _possible(said: tuple[Said, ...], votes: list[Vote], announced: Announced) -> Iterator[Veto]:
    """What is an objection, if it is by somebody who may object. None counts as older than what it is about.

    What was said while the answer waited was not heard by what announces the closing: it may be meant to stop that,
    unless who said it confirmed the fix afterwards.
    """
    settled = unopposed(_words(one, announced) for one in said)
    for one in said:
        moved = _when(one, announced)
        if moved is None or one.is_bot or only_asks(one.body):
            continue
        early = moved < announced.at.replace(microsecond=0)
        if not (early and one.id in settled):
            kind = VetoKind.BEFORE if early else VetoKind.COMMENT
            yield Veto(kind=kind, at=max(moved, announced.at), by=one.login, url=one.url or None)
    for vote in votes:
        if not vote.up:
            yield Veto(kind=VetoKind.THUMB, at=max(vote.at, announced.at), by=vote.login)


def _words(one: Said, announced: Announced) -> Words:
    own = one.updated_at == one.created_at
    return Words(id=one.id, at=_when(one, announced) or one.created_at, login=one.login, body=one.body, own=own)


def _when(one: Said, announced: Announced) -> datetime | None:
    """When it was said, or edited; None where we had heard it as it is. GitHub's times have whole seconds."""
    if (one.created_at, one.id) > announced.since:
        return one.created_at
    edited = one.updated_at > one.created_at and one.updated_at >= announced.at.replace(microsecond=0)
    return one.updated_at if edited else None


async def remember(notes: NoteStore, key: str, veto: Veto) -> None:
    """Somebody objected. Raises `StoreUnavailable`."""
    value: Json = {"kind": veto.kind.value, "by": veto.by, "url": veto.url}
    await notes.keep(Note(kind=_VETOED, place=key, name="", value=value, at=veto.at, until=veto.at + _LIFE))


async def vetoed(notes: NoteStore, key: str, now: datetime) -> Veto | None:
    """The last objection at the issue with this key. Raises `StoreUnavailable`."""
    note = await notes.read(_VETOED, key, "", now)
    if note is None or not isinstance(note.value, dict):
        return None
    by, url = note.value["by"], note.value.get("url")  # what earlier versions kept has no address
    return Veto(
        kind=VetoKind(str(note.value["kind"])),
        at=note.at,
        by=None if by is None else str(by),
        url=None if url is None else str(url),
    )


async def object_by(
    notes: NoteStore, key: str, waiting: Iterable[Waiting], command: AskedIn, now: datetime
) -> tuple[str, ...] | None:
    """Does a command of somebody who may object count against a closing that is announced? None: none is, or was then.

    Else the jobs (ids), of those that wait at the issue, that were to carry it out: they are to look at once. Which of
    us comes first does not matter: what has heard the comment already has remembered it. Remembers the objection.
    Raises `StoreUnavailable`.
    """
    again = {one.id: unpack(one.payload, AgainRequest).errand for one in waiting if one.kind == AGAIN_JOB}
    announced = {job: errand.announced for job, errand in again.items() if errand.announced is not None}
    if not announced:
        said = await vetoed(notes, key, now)
        heard = said is not None and said.by is not None and said.by.lower() == command.login.lower()
        return () if said is not None and heard and said.at >= command.at else None
    at = max(command.at, *(one.at for one in announced.values()))
    await remember(notes, key, Veto(kind=VetoKind.COMMENT, at=at, by=command.login))
    return tuple(announced)


async def is_announced(tools: Tools, place: Place, issue: Issue) -> bool:
    """Is the closing of an open issue announced and not done yet? Raises `StoreUnavailable`."""
    if issue.state is not IssueState.OPEN:
        return False
    return await tools.notes.read(_ANNOUNCED, place.key, "", tools.clock()) is not None


async def announce(notes: NoteStore, key: str, announced: Announced) -> None:
    """A closing is announced. Raises `StoreUnavailable`."""
    until = announced.until + _OVERDUE
    await notes.keep(Note(kind=_ANNOUNCED, place=key, name="", value=None, at=announced.at, until=until))


async def withdraw(notes: NoteStore, key: str) -> None:
    """None is any more: it was done, or came to something else. Raises `StoreUnavailable`."""
    await notes.remove(_ANNOUNCED, key, "")
