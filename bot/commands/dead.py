"""A job that broke again and again gets a last word: silence is a defect, and so is a comment that promises too much.

Rules:
1. Where the job had answered already and the issue is closed, that answer is true and final: only the reaction is owed.
2. Where it had answered (or showed progress) and the issue is open, that comment becomes the last word.
3. Where it went on with an answer that waits, that answer becomes the last word, whoever set it off.
4. Else the last word is a comment of its own.
5. An audit's comment becomes its last word; another one may begin.
6. A note about a closing stays, and says in one more line that this broke off. Without one there is nobody to tell.
7. Where something was still owed after a closing, the answer stands, and says in one more line that this broke off. So
   it does where looks had been promised.
"""

from datetime import datetime, timedelta

from bot.assessment import refusals, regression
from bot.commands.aftermath import amend
from bot.commands.again import last_word
from bot.commands.amending import add_line
from bot.commands.audit_job import gave_up
from bot.commands.guard import WRITE as NOTE
from bot.commands.replies import Reply, react, say
from bot.commands.request import (
    AftermathRequest,
    AgainRequest,
    AuditRequest,
    CommandRequest,
    Errand,
    GuardRequest,
    Place,
    WatchRequest,
    unpack,
)
from bot.commands.route import AFTERMATH_JOB, AGAIN_JOB, AUDIT_JOB, COMMAND_JOB, GUARD_JOB, WATCH_JOB
from bot.commands.tools import Tools
from bot.commands.traces import DONE, traces, unread
from bot.commands.watch_end import say_end
from bot.engine import Json, Turn
from bot.github.answers import Reaction
from bot.github.errors import Unavailable
from bot.github.models import NodeId


async def dead(turn: Turn, tools: Tools) -> None:
    """The handler of `dead.v1`: tells whoever gave the command. Automatic triggers have nobody who waits.

    The operator reads of each death in the log (`job-dead`).
    """
    payload = turn.job.payload
    assert isinstance(payload, dict)
    original = payload["job"]
    assert isinstance(original, dict)
    text = refusals.broke(str(payload["error"]))
    match original["kind"]:
        case kind if kind == COMMAND_JOB:
            await _command(turn, tools, original, text)
        case kind if kind == AGAIN_JOB and (guarding := unpack(original["payload"], AgainRequest).guard) is not None:
            errand = unpack(original["payload"], AgainRequest).errand
            await _note(turn, tools, original, guarding.place, str(payload["error"]), errand)
        case kind if kind == AGAIN_JOB:
            await _again(turn, tools, original, text)
        case kind if kind == GUARD_JOB:
            await _note(turn, tools, original, unpack(original["payload"], GuardRequest).place, str(payload["error"]))
        case kind if kind == AUDIT_JOB:
            await gave_up(turn, tools, unpack(original["payload"], AuditRequest), text)
        case kind if kind == AFTERMATH_JOB:
            await _aftermath(turn, tools, unpack(original["payload"], AftermathRequest), str(payload["error"]))
        case kind if kind == WATCH_JOB:
            await _watch(turn, tools, unpack(original["payload"], WatchRequest), str(payload["error"]))
        case _:
            return


async def _command(turn: Turn, tools: Tools, original: dict[str, Json], text: str) -> None:
    request = unpack(original["payload"], CommandRequest)
    if request.comment.is_bot:
        return  # nor do bots wait
    session = tools.session(request.place)
    left = await turn.step("left", lambda: _left(tools, request.place, request.comment.at, str(original["id"])))
    if left == DONE:
        await turn.step("react", lambda: react(session, request.comment.node_id, Reaction.ROCKET))
        return
    existing = NodeId(left) if isinstance(left, str) else None
    await say(turn, tools, session, request, Reply(text=text), existing=existing)


async def _again(turn: Turn, tools: Tools, original: dict[str, Json], text: str) -> None:
    request = unpack(original["payload"], AgainRequest)
    left = await turn.step("left", lambda: _left(tools, request.place, request.errand.begun, str(original["id"])))
    await last_word(turn, tools, request, text, left)


async def _note(
    turn: Turn, tools: Tools, original: dict[str, Json], place: Place, reference: str, errand: Errand | None = None
) -> None:
    line, since, write = refusals.note_broke_off(reference), tools.clock() - _LATELY, f"{original['id']}:{NOTE}"
    if errand is not None and errand.comment:  # asks for a confirmation since an earlier look
        asks, begun = errand.comment, errand.begun - _LATELY
        await turn.step("tell", lambda: add_line(tools, place, asks, None, line, since=begun))
        return
    await turn.step("tell", lambda: add_line(tools, place, None, write, line, since=since))


async def _aftermath(turn: Turn, tools: Tools, request: AftermathRequest, reference: str) -> None:
    place = request.place
    fields: dict[str, Json] = {"repository": place.full_name, "issue": place.number, "error": reference}
    tools.report("aftermath-dead", fields)
    await amend(turn, tools, request)  # what other parts did, and left to this one to tell
    line, since = refusals.broke_off(reference), tools.clock() - _LATELY
    told = await turn.step("tell", lambda: add_line(tools, place, request.comment, request.write, line, since=since))
    if told is not None:
        tools.report("not-amended", fields | {"why": told})


async def _watch(turn: Turn, tools: Tools, request: WatchRequest, reference: str) -> None:
    fields: dict[str, Json] = {"repository": request.place.full_name, "issue": request.place.number, "error": reference}
    tools.report("watch-dead", fields)
    told = await turn.step("tell", lambda: say_end(tools, request, regression.broke_off(reference)))
    if told is not None:
        tools.report("not-amended", fields | {"why": told})


_LATELY = timedelta(days=1)  # an answer that something is owed to was written a short while ago


async def _left(tools: Tools, place: Place, since: datetime, job: str) -> Json:
    """What the job left behind; nothing also where GitHub is silent: the last word is said all the same."""
    try:
        return await traces(tools, place, since, job)
    except Unavailable as error:
        unread(tools, place, error)
        return None
