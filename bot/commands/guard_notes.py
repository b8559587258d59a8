"""Our notes about closings by others, as they are remembered: one a closer and issue, with the looks that wrote it.

Rules:
1. A note that we put out of the way ourselves is not written to again: nobody would see that. Its closer stays somebody
   who was told. What somebody deleted, or hid by hand, stays as he wants it.
2. A look that ends does not write over what a newer closing's look has said there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions.trouble import answer_or_refusal
from bot.commands.tools import NoteStore, Tools
from bot.engine import Json, Note
from bot.github.errors import GitHubError
from bot.github.models import NodeId
from bot.github.session import Session

NOTED = "guard-note"
NOTED_FOR = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A note about a closing by `closer`. `node`: where it stands, empty where we have put it out of the way.

    `first` is the look (its root) that told the closer first, `last` the one that wrote its text; None: from before
    that was kept.
    """

    closer: str
    node: str
    first: str | None
    last: str | None


async def noted(notes: NoteStore, place: str, now: datetime) -> tuple[Noted, ...]:
    """All that we have said about closings of an issue."""
    return tuple(_read(note) for note in await notes.live(NOTED, place, now))


async def remember(notes: NoteStore, place: str, said: Noted, now: datetime) -> None:
    """It is said."""
    value: Json = {"node": said.node, "asking": said.first, "last": said.last}
    await notes.keep(Note(kind=NOTED, place=place, name=said.closer, value=value, at=now, until=now + NOTED_FOR))


async def put_away(tools: Tools, session: Session, place: str, node: str) -> str | None:
    """A note is out of the way now, and is not written to again; why not, where GitHub refuses that."""
    refusal = await answer_or_refusal(session.minimize(NodeId(node)))
    if isinstance(refusal, GitHubError):
        return str(refusal)
    now = tools.clock()
    for one in await noted(tools.notes, place, now):
        if one.node == node:
            await remember(tools.notes, place, replace(one, node=""), now)
    return None


def is_overwritten(said: tuple[Noted, ...], node: str, root: str) -> bool:
    """Does the text of a newer closing's look stand in the note that this look wrote? Pure."""
    return any(one.node == node and one.last not in {None, root} for one in said)


def _read(note: Note) -> Noted:
    value = note.value
    if not isinstance(value, dict):
        return Noted(closer=note.name, node=str(value), first=None, last=None)
    first = value["asking"]
    last = value.get("last", first)
    return Noted(
        closer=note.name,
        node=str(value["node"]),
        first=None if first is None else str(first),
        last=None if last is None else str(last),
    )
