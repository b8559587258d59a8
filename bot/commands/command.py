"""Somebody gave a command in a comment: read it, ask whether he may, and run it or say why not."""

from bot.actions.trouble import answer_or_refusal
from bot.assessment import refusals
from bot.assessment.evidence import CriterionId
from bot.assessment.policy import Role
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.commands.assess import assess
from bot.commands.catalog import CommandName
from bot.commands.grammar import Assess, Confirm, commands_in, merged
from bot.commands.replies import Reply, help_among, react, reply_to, say
from bot.commands.request import CommandRequest, Errand, unpack_command
from bot.commands.rights import RIGHTS, Deed, Tie, may, ties
from bot.commands.run import Run
from bot.commands.saying import Asker
from bot.commands.tools import Tools
from bot.engine import Json, Turn
from bot.github.answers import Reaction
from bot.github.errors import GitHubError
from bot.github.session import Session


async def command(turn: Turn, tools: Tools) -> None:
    """The handler of `command.v1`."""
    request = unpack_command(turn.job.payload)
    session = tools.session(request.place)
    commands = commands_in(request.comment.body)
    asked = merged(commands)
    if request.comment.is_bot and (asked is None or request.is_pull):
        return  # bots are answered with assessments alone: two that explain themselves to each other never end
    if asked is None and {type(one) for one in commands} != {Confirm}:
        await say(turn, tools, session, request, reply_to(commands))
        return
    if request.is_pull:
        await say(turn, tools, session, request, Reply(text=refusals.on_pull_request()))
        return
    role = await role_of(turn, session, request)
    if asked is None:
        await _receive(turn, tools, request, _no_confirmation(request, role))
        return
    refusal = _refusal(request, asked, role)
    if refusal is not None:
        await say(turn, tools, session, request, Reply(text=refusal))
        return
    declined = await assess(command_run(turn, tools, request, asked, role or Role.NONE))
    if isinstance(declined, str):
        await say(turn, tools, session, request, Reply(text=declined))
    elif declined is None and not request.comment.is_bot:
        # There is no issue to answer in any more; the comment itself may still be there.
        await turn.step("react", lambda: react(session, request.comment.node_id, Reaction.CONFUSED))


async def _receive(turn: Turn, tools: Tools, request: CommandRequest, refusal: str | None) -> None:
    """A confirmation is its comment, and whoever waits for it was told when it came: only the receipt is owed."""
    session = tools.session(request.place)
    if refusal is not None:
        await say(turn, tools, session, request, Reply(text=refusal))
        return
    await turn.step("react", lambda: react(session, request.comment.node_id, Reaction.THUMBS_UP))


def _no_confirmation(request: CommandRequest, role: Role | None) -> str | None:
    """Why the word of the one who confirms does not count. Pure."""
    held = ties(request.comment.login, author=request.issue_author, assignees=request.assignees)
    if may(Deed.CONFIRM, role=role or Role.NONE, ties=held):
        return None
    if role is None:
        return refusals.rights_unknown(f"/{CommandName.CONFIRM}")
    return refusals.may_not_confirm(request.comment.login, held=role, needed=RIGHTS[Deed.CONFIRM].role)


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


def _refusal(request: CommandRequest, asked: Assess, role: Role | None) -> str | None:
    """Why the asker may not have what he asks for, with what he can do instead. Pure."""
    again = _trigger(request, asked).flags.command
    if role is None:
        return refusals.rights_unknown(again)
    held = ties(request.comment.login, author=request.issue_author, assignees=request.assignees)
    # A run that cannot close is a look, whatever it is called.
    looks_only = asked.dry_run or asked.no_close or bool(asked.only)
    deed = Deed.DRY_RUN if looks_only else Deed.CLOSING_RUN
    if may(deed, role=role, ties=held):
        return None
    may_look = bool(held & {Tie.AUTHOR, Tie.ASSIGNEE})
    needed = RIGHTS[deed].role
    return refusals.no_right(request.comment.login, held=role, needed=needed, is_author=may_look, again=again)


def _trigger(request: CommandRequest, asked: Assess) -> Trigger:
    return Trigger(
        kind=TriggerKind.COMMAND,
        by=request.comment.login,
        url=request.comment.url,
        flags=Flags(
            dry_run=asked.dry_run,
            no_close=asked.no_close,
            only=tuple(CriterionId(name) for name in asked.only),
            profile=asked.profile,
        ),
    )
