"""Somebody gave a command in a comment: read it, ask whether he may, and run it or say why not."""

from dataclasses import replace
from typing import assert_never

from bot.actions.trouble import answer_or_refusal
from bot.assessment import refusals
from bot.assessment.policy import Role
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands import preview
from bot.commands.assess import assess
from bot.commands.audit_start import begin
from bot.commands.audit_words import Audit
from bot.commands.case import Case
from bot.commands.catalog import help_markdown
from bot.commands.confirm import confirm, unconfirm
from bot.commands.denials import refusal_of
from bot.commands.explain import explain
from bot.commands.flags import flags_of
from bot.commands.grammar import (
    Assess,
    BadSyntax,
    Command,
    Confirm,
    Explain,
    Help,
    NotYet,
    Status,
    TooMany,
    Unwaive,
    Waive,
    Word,
    commands_in,
)
from bot.commands.intake import Helping, Nothing, Previewing, Refusing, Running, taken
from bot.commands.measure import Declined
from bot.commands.pattern_words import Patterns, Promote
from bot.commands.patterns import patterns
from bot.commands.precedence import GaveWay
from bot.commands.promote import promote
from bot.commands.reopen import reopen
from bot.commands.replies import Reply, help_among, joined, react, reply_to, say
from bot.commands.request import CommandRequest, Errand, unpack
from bot.commands.run import Run
from bot.commands.saying import Asker
from bot.commands.status import status
from bot.commands.taking_back import Reopen, Unconfirm
from bot.commands.telling import Once, denied, has_a_say, is_first
from bot.commands.tools import Tools
from bot.commands.waive import unwaive, waive
from bot.commands.watch_orders import ordered
from bot.commands.watch_words import Cancel, Unwatch, Watch
from bot.engine import Json, Turn
from bot.github.answers import Reaction
from bot.github.errors import GitHubError
from bot.github.session import Session


async def command(turn: Turn, tools: Tools) -> None:
    """The handler of `command.v1`."""
    request = unpack(turn.job.payload, CommandRequest)
    session = tools.session(request.place)
    match taken(request):
        case Nothing():
            return
        case Refusing(reply=reply):
            await say(turn, tools, session, request, reply)
        case Helping():
            await _help(turn, tools, session, request)
        case Previewing() | Running() as given:
            await _carry_out(turn, tools, request, given)
        case other:
            assert_never(other)


async def _carry_out(turn: Turn, tools: Tools, request: CommandRequest, given: Previewing | Running) -> None:
    """Ask whether he may, and do it or say why not."""
    session = tools.session(request.place)
    role = await role_of(turn, session, request)
    refusal = refusal_of(request, given.commands, role)
    if role is None:
        await say(turn, tools, session, request, Reply(text=refusal or refusals.rights_unknown()))
        return
    case = Case(turn=turn, tools=tools, session=session, request=request, role=role)
    if refusal is not None:
        await _give(case, await denied(case, refusal))
    elif isinstance(given, Previewing):
        instead = await preview.answer(case, given.asked, help_among(commands_in(request.comment.body), on_pull=True))
        if instead is not None:
            await _give(case, instead)
    else:
        await _run(case, given)


async def _run(case: Case, given: Running) -> None:
    """The commands on an issue, in their order; the assessment comes last and is answered first."""
    commands, asked = given.commands, given.asked
    reply = joined([await _answer(replace(case, number=number), one) for number, one in enumerate(commands)])
    if asked is None:
        await _give(case, reply)
        return
    # several that ask for an assessment are one: it has a number of its own
    await _assess(replace(case, number=len(commands)), asked, reply)


async def _answer(case: Case, one: Command) -> Reply:
    """One command's own answer; an assessment has none here."""
    match one:
        case Assess():
            return Reply(text="", reaction=Reaction.THUMBS_UP)
        case Confirm() | Unconfirm() | Reopen():
            return await _take_word(case, one)
        case Explain() | Status() | Patterns():
            return await _tell(case, one)
        case Promote():
            return await promote(case, one)
        case Waive() | Unwaive():
            run = _run_of(case)
            return await (waive(case, run, one) if isinstance(one, Waive) else unwaive(case, run, one))
        case Audit():
            return await begin(case, one)
        case Watch() | Unwatch() | Cancel():
            return await ordered(case, _run_of(case), one)
        case Help() | NotYet() | BadSyntax() | TooMany():
            return reply_to((one,))
        case _:
            assert_never(one)


async def _tell(case: Case, one: Explain | Status | Patterns) -> Reply:
    """The answer of a command that only tells."""
    match one:
        case Explain():
            return await explain(case, one)
        case Status():
            return await status(case, one)
        case Patterns():
            return await patterns(case, one)
        case _:
            assert_never(one)


async def _take_word(case: Case, one: Word) -> Reply:
    """Somebody says whether it is fixed."""
    match one:
        case Confirm():
            return await confirm(case, _run_of(case), one)
        case Unconfirm():
            return await unconfirm(case, _run_of(case), one)
        case Reopen():
            return await reopen(case, one)
        case _:
            assert_never(one)


async def _help(turn: Turn, tools: Tools, session: Session, request: CommandRequest) -> None:
    """The commands; to people without a say here once a day. Their role is only asked from the second time on."""
    case = Case(turn=turn, tools=tools, session=session, request=request, role=Role.NONE)
    text = help_markdown(on_pull=request.is_pull)
    if not await is_first(case, Once.HELP):
        role = await role_of(turn, session, request)
        # not knowing is no reason for silence
        text = text if role is None or has_a_say(replace(case, role=role)) else ""
    await _give(case, Reply(text=text, reaction=Reaction.THUMBS_UP))


def _run_of(case: Case) -> Run:
    """A run that only reads, for what has to know what would be asked."""
    return command_run(case.turn, case.tools, case.request, Assess(), case.role)


async def _give(case: Case, reply: Reply) -> None:
    """The answer to commands without an assessment. A confirmation is its comment: only the receipt is owed."""
    if reply.text:
        await say(case.turn, case.tools, case.session, case.request, reply)
        return
    await case.turn.step("react", lambda: react(case.session, case.request.comment.node_id, reply.reaction))


async def _assess(case: Case, asked: Assess, beside: Reply) -> None:
    """The assessment, with the answers to the comment's other commands below it."""
    turn, tools, session, request = case.turn, case.tools, case.session, case.request
    run = command_run(turn, tools, request, asked, case.role)
    declined = await assess(replace(run, extra=beside.text))
    if isinstance(declined, Declined):
        instead = await denied(case, declined.text) if declined.no_right else Reply(text=declined.text)
        await _give(case, joined([instead, beside]))
    elif isinstance(declined, GaveWay):
        # A bot asked, and what waits answers it: it needs no words.
        await turn.step("react", lambda: react(session, request.comment.node_id, Reaction.THUMBS_UP))
    elif declined is None and not request.comment.is_bot:
        # There is no issue to answer in any more; the comment itself may still be there.
        await turn.step("react", lambda: react(session, request.comment.node_id, Reaction.CONFUSED))


def command_run(
    turn: Turn, tools: Tools, request: CommandRequest, asked: Assess, role: Role, errand: Errand | None = None
) -> Run:
    """The run that a command asks for; with an `errand`, one that goes on with it."""
    return Run(
        turn=turn,
        tools=tools,
        session=tools.session(request.place),
        place=request.place,
        trigger=_trigger(request, asked),
        asker=Asker(login=request.comment.login, role=role),
        since=(request.comment.at, request.comment.id),
        command=request.comment,
        reporter=request.issue_author,
        extra=help_among(commands_in(request.comment.body)),
        by_bot=request.comment.is_bot,
        request=request,
        errand=errand,
        blocks=asked.blocks,
    )


async def role_of(turn: Turn, session: Session, request: CommandRequest) -> Role | None:
    """The asker's role; None where GitHub would not tell. A bot is trusted by the policy, not by a role."""
    if request.comment.is_bot:
        return Role.TRIAGE
    kept = await turn.step("role", lambda: _ask_role(session, request.comment.login))
    return None if kept is None else Role(str(kept))


async def _ask_role(session: Session, login: str) -> Json:
    role = await answer_or_refusal(session.role(login))
    return None if isinstance(role, GitHubError) else role.value


def _trigger(request: CommandRequest, asked: Assess) -> Trigger:
    return Trigger(
        kind=TriggerKind.COMMAND,
        by=request.comment.login,
        url=request.comment.url,
        by_bot=request.comment.is_bot,
        flags=flags_of(asked),
    )
