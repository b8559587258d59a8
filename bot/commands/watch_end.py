"""A watch has ended, or another one has taken its place: nothing is left standing that promises its looks.

Rules:
1. The line that promised them goes from our answer; in its place stands how it ended, or what is promised now.
2. Where a person had ordered it, our reply to that is folded away.
3. How it ended is remembered until another watch begins, for whoever asks how things stand.
"""

from datetime import datetime, timedelta

from bot.commands.added import instead_of_looks
from bot.commands.amending import say_at
from bot.commands.outlived import fold_promise
from bot.commands.request import WatchRequest
from bot.commands.tools import NoteStore, Tools
from bot.engine import Json, Note

KIND = "watch-ended"
LIFE = timedelta(days=3650)


async def say_end(tools: Tools, request: WatchRequest, line: str) -> Json:
    """The watch has ended, as the line (Markdown of ours) says: None, or why the answer does not say so.

    Raises `StoreUnavailable`.
    """
    await remember_end(tools, request, line)
    trouble = await fold_promise(tools, request)
    return await say_looks(tools, request, line) or trouble


async def remember_end(tools: Tools, request: WatchRequest, line: str) -> None:
    """How the watch has ended, for whoever asks how things stand. Raises `StoreUnavailable`."""
    now = tools.clock()
    await tools.notes.keep(Note(kind=KIND, place=request.place.key, name="", value=line, at=now, until=now + LIFE))


async def say_looks(tools: Tools, request: WatchRequest, line: str) -> Json:
    """The answer says this, and not when the looks were that it had promised: None, or why it does not."""
    return await say_at(tools, request, lambda body: instead_of_looks(body, line))


async def end_of_watch(notes: NoteStore, key: str, now: datetime) -> str | None:
    """How the last watch of the issue with this key ended, in Markdown; None: none has. Raises `StoreUnavailable`."""
    note = await notes.read(KIND, key, "", now)
    return None if note is None else str(note.value)


async def forget_end(notes: NoteStore, key: str) -> None:
    """Another watch begins, or what was watched is over. Raises `StoreUnavailable`."""
    await notes.remove(KIND, key, "")
