"""What an answer waited for has happened, or it is time for a look: everything is asked again, by the same recipe.

Rules:
1. It is the same asking: same asker, same flags, same moment of asking. The asker's role is asked again.
2. Whoever is called again and again rests in between; see `bot.commands.waiting`.
3. Our answer promised to go on. Whatever comes of it, that answer does not keep standing with a promise that is broken.
4. A closing that was announced is not measured before it is due, unless somebody has objected to it, or closed the
   issue himself.
5. What was measured until then stays readable: a text in the answer's place has the answer folded below it.
6. A silent GitHub ends nothing: it is tried again (`bot.commands.silence`). Where nothing is due yet, nobody was heard
   to object, and that is all.
"""

from datetime import datetime

from bot.actions.trouble import answer_or_refusal
from bot.assessment import refusals
from bot.assessment.document import Assessment
from bot.assessment.marker import MarkKind, kind_of
from bot.assessment.openlines import MAX_BODY
from bot.commands.assess import assess
from bot.commands.calling_off import unlabel
from bot.commands.command import command_run, role_of
from bot.commands.flags import flags_again
from bot.commands.grace import objection, withdraw
from bot.commands.grammar import commands_in, merged
from bot.commands.guard import guard_run, guarded
from bot.commands.looked import SetAside
from bot.commands.measure import Declined
from bot.commands.merge import linked_run
from bot.commands.replies import Where, post, react
from bot.commands.request import AgainRequest, Errand, Place, unpack
from bot.commands.route import scope_of
from bot.commands.run import Run
from bot.commands.set_aside import end_silently
from bot.commands.silence import silence
from bot.commands.tools import Tools, mark_in, written_by
from bot.commands.traces import DONE, SLACK, traces
from bot.commands.waiting import later_poll
from bot.commands.waiver_end import ended_run
from bot.engine import Json, Later, Turn
from bot.github.answers import Reaction
from bot.github.errors import GitHubError, Unavailable
from bot.github.models import IssueNumber, IssueState

_MARGIN = 2_000  # characters for our mark and what is said around the answer
_FOLDED = "I had waited here, and no longer do: what I had answered until then"


async def again(turn: Turn, tools: Tools) -> None:
    """The handler of `again.v1`."""
    request = unpack(turn.job.payload, AgainRequest)
    rests = request.errand.rests
    if rests is not None and tools.clock() < rests:
        raise Later(rests)
    try:
        await _go_on(turn, tools, request)
    except Unavailable as error:
        await _bear(turn, tools, request, error)


async def _go_on(turn: Turn, tools: Tools, request: AgainRequest) -> None:
    if await _still_announced(turn, tools, request):
        return
    if request.guard is not None:  # nothing was said yet, so nothing is to be taken back
        await guarded(guard_run(turn, tools, request.guard, request.errand), request.guard)
        return
    run = await _run(turn, tools, request)
    if run is None:
        await say_instead(turn, tools, request, refusals.rights_unknown(command_of(request)))
        return
    result = await assess(run)
    if isinstance(result, SetAside):
        await end_silently(turn, tools, request, result)
    elif not isinstance(result, Assessment):
        text = result.text if isinstance(result, Declined) else refusals.nothing_to_wait_for()
        await say_instead(turn, tools, request, text)


async def _bear(turn: Turn, tools: Tools, request: AgainRequest, error: Unavailable) -> None:
    """GitHub was silent: later again, or the last word about it. Raises `Later`, or the error where that is over."""
    errand, place = request.errand, request.place
    since = datetime.fromisoformat(str(await turn.step("silent", lambda: _moment(tools))))
    silent = silence(errand, since=since, now=tools.clock(), has_written=await turn.has_written())
    if silent.is_hopeless or (silent.is_over and request.guard is not None):  # a closer waits for no word
        raise error
    why: dict[str, Json] = {"repository": place.full_name, "issue": place.number, "why": str(error)}
    tools.report("again-unread", why | {"since": since.isoformat(), "end": silent.end.isoformat()})
    if not silent.is_over:
        raise Later(silent.again_at) from error
    try:
        left = await turn.step("left", lambda: traces(tools, place, errand.begun, turn.job.id))
    except Unavailable:
        raise Later(silent.again_at) from error
    text = refusals.waited_in_vain(
        str(error),
        since=since,
        now=silent.now,
        announced=errand.announced is not None,
        again=command_of(request),
    )
    await last_word(turn, tools, request, text, left)


async def _moment(tools: Tools) -> Json:
    return tools.clock().isoformat()


async def last_word(turn: Turn, tools: Tools, request: AgainRequest, text: str, left: Json) -> None:
    """It goes on no more; `left` is what its job left behind (`bot.commands.traces`)."""
    if left != DONE:
        await say_instead(turn, tools, request, text, existing=left if isinstance(left, str) else None)
    elif request.command is not None:
        session, node = tools.session(request.place), request.command.comment.node_id
        await turn.step("react", lambda: react(session, node, Reaction.ROCKET))


async def _still_announced(turn: Turn, tools: Tools, request: AgainRequest) -> bool:
    """Is a closing announced, not due yet, and has nobody ended that? Then it is looked at again later."""
    announced = request.errand.announced
    if announced is None or tools.clock() >= announced.until:
        return False
    await turn.listen(scope_of(request.place.repository_id))  # whoever comments from now on is heard by the next look
    if await turn.step("objected", lambda: _ended_early(tools, request)):
        return False
    await turn.submit(later_poll(request, tools.clock()))
    return True


async def _ended_early(tools: Tools, request: AgainRequest) -> Json:
    """Has somebody closed it himself, or objected? Not being told is neither yet: it is looked for again."""
    session = tools.session(request.place)
    try:
        now = await answer_or_refusal(session.issue_now(IssueNumber(request.place.number)))
        if not isinstance(now, GitHubError) and now.state is IssueState.CLOSED:
            return True
        veto = await answer_or_refusal(objection(session, request.place, request.errand))
    except Unavailable as error:
        place = request.place
        tools.report("again-unread", {"repository": place.full_name, "issue": place.number, "why": str(error)})
        return False
    return veto is not None and not isinstance(veto, GitHubError)


async def _run(turn: Turn, tools: Tools, request: AgainRequest) -> Run | None:
    """The run as it was asked for; None where GitHub would not tell what the asker may do by now."""
    if request.linked is not None:
        return linked_run(turn, tools, request.linked, request.errand)
    if request.waiver_end is not None:
        return ended_run(turn, tools, request.waiver_end, request.errand)
    command = request.command
    assert command is not None
    asked = merged(commands_in(command.comment.body))
    assert asked is not None  # it was one when it was asked
    role = await role_of(turn, tools.session(command.place), command)
    return None if role is None else command_run(turn, tools, command, asked, role, request.errand)


def command_of(request: AgainRequest) -> str:
    """The command that asks the same again, in the same profile."""
    return flags_again(request).command


async def say_instead(
    turn: Turn, tools: Tools, request: AgainRequest, text: str, *, existing: str | None = None
) -> None:
    """Put a text in the place of our answer that waits (or of another one of our comments), which it keeps below.

    Where a newer answer stands there by now it stays: whoever gave the command is told in a comment of its own. What a
    mere look stands beside is none of its business.
    """
    errand, place, instead = request.errand, request.place, existing or request.errand.comment
    before = await turn.step("before", lambda: _answered(tools, request, instead))
    overtaken = isinstance(before, str) and is_newer(before, errand, key=tools.key, place=place)
    if overtaken and request.command is None:
        return
    goes_off = not overtaken and not flags_again(request).looks_only
    if goes_off:
        await withdraw(tools.notes, place.key)
    text = with_answer(text, before) if isinstance(before, str) and not overtaken else text
    await post(
        turn,
        tools,
        Where(place=place, issue_node=errand.issue_node, existing=None if overtaken else instead),
        text,
    )
    if goes_off:
        await turn.step("unlabel", lambda: unlabel(tools, place))
    if request.command is not None:
        node = request.command.comment.node_id
        session = tools.session(place)
        await turn.step("react", lambda: react(session, node, Reaction.CONFUSED))


def is_newer(body: str, errand: Errand, *, key: bytes, place: Place) -> bool:
    """Is a comment of ours no longer that of this asking: was it written over by another job? Pure."""
    found = mark_in(body, key=key, place=place)
    return found is not None and not written_by(found, errand.root)


def with_answer(text: str, before: str) -> str:
    """A text, and below it the answer that it takes the place of; the text alone where both are too much for GitHub.

    Our mark ends a body: that of the answer is left out, for the new text gets one of its own.
    """
    answer = before.rstrip().rpartition("\n")[0].rstrip()
    if kind_of(before) not in {MarkKind.ASSESSMENT, MarkKind.LOOK} or len(text) + len(answer) > MAX_BODY - _MARGIN:
        return text
    return f"{text}\n\n<details><summary>{_FOLDED}</summary>\n\n{answer}\n\n</details>"


async def _answered(tools: Tools, request: AgainRequest, comment: str) -> Json:
    """Our comment's body; None where it cannot be read: the text is said all the same."""
    place = request.place
    try:
        own = await tools.session(place).list_own_comments_since(
            IssueNumber(place.number), request.errand.begun - SLACK
        )
    except GitHubError as error:
        tools.report("answer-unread", {"repository": place.full_name, "issue": place.number, "why": str(error)})
        return None
    return next((one.body for one in own if one.node_id == comment), None)
