"""Answers that are no assessment: help, refusals, faults in a command. One comment and one reaction each."""

from dataclasses import dataclass
from typing import assert_never

from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment import refusals
from bot.assessment.marker import MarkKind
from bot.commands.audit_words import Audit
from bot.commands.catalog import help_markdown
from bot.commands.grammar import (
    MAX_COMMANDS,
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
)
from bot.commands.pattern_words import Patterns, Promote
from bot.commands.request import CommandRequest, Place
from bot.commands.taking_back import Reopen, Unconfirm
from bot.commands.tools import Tools, bears, mark
from bot.commands.watch_words import Cancel, Unwatch, Watch
from bot.engine import Json, Refused, Turn
from bot.github.answers import Reaction
from bot.github.models import IssueNumber, NodeId
from bot.github.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to say, and how to react to the comment that asked."""

    text: str
    reaction: Reaction = Reaction.CONFUSED


def reply_to(commands: tuple[Command, ...], *, on_pull: bool = False) -> Reply:
    """The one answer to commands that lead to no assessment, in an issue or on a pull request. Pure."""
    texts = [text for command in commands if (text := _text(command, on_pull=on_pull)) is not None]
    only_help = all(isinstance(command, Help | Confirm) for command in commands)
    if any(isinstance(command, Assess) for command in commands):
        texts.append("Nothing was run, since one of your commands could not be.")
    return Reply(text="\n\n".join(texts), reaction=Reaction.THUMBS_UP if only_help else Reaction.CONFUSED)


def joined(replies: list[Reply]) -> Reply:
    """The answers to a comment's commands as one; it ends well only if all of them do. Pure."""
    texts = dict.fromkeys(reply.text for reply in replies if reply.text)
    refused = any(reply.reaction is Reaction.CONFUSED for reply in replies)
    return Reply(text="\n\n".join(texts), reaction=Reaction.CONFUSED if refused else Reaction.THUMBS_UP)


def help_among(commands: tuple[Command, ...], *, on_pull: bool = False) -> str:
    """The help, if it was asked for beside an assessment; else nothing."""
    return help_markdown(on_pull=on_pull) if any(isinstance(command, Help) for command in commands) else ""


def _text(command: Command, *, on_pull: bool) -> str | None:
    match command:
        case Assess() | Confirm() | Unconfirm() | Reopen() | Waive() | Unwaive() | Audit():
            return None
        case Explain() | Status() | Patterns() | Promote():
            return None
        case Watch() | Unwatch() | Cancel():
            return None
        case Help():
            return help_markdown(on_pull=on_pull)
        case NotYet(word=word):
            return refusals.not_there_yet(word)
        case TooMany(count=count):
            return refusals.too_many(count, MAX_COMMANDS)
        case BadSyntax():
            return refusals.bad_syntax(
                refusals.Slip(
                    line=command.line,
                    at=command.start,
                    length=command.end - command.start,
                    text=command.message,
                    hint=command.hint,
                    corrected=command.corrected,
                )
            )
        case _:
            assert_never(command)


async def say(
    turn: Turn,
    tools: Tools,
    session: Session,
    request: CommandRequest,
    reply: Reply,
    *,
    existing: NodeId | None = None,
) -> None:
    """Post the reply once (in place of a comment of ours, where one is given), then react."""
    where = Where(place=request.place, issue_node=request.issue_node, existing=existing)
    await post(turn, tools, where, reply.text)
    await turn.step("react", lambda: react(session, request.comment.node_id, reply.reaction))


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The issue to speak in (and its node id), and our comment to speak instead of (node id), if there is one."""

    place: Place
    issue_node: str
    existing: str | None = None


async def post(turn: Turn, tools: Tools, where: Where, text: str) -> None:
    """Say it once. A place where we may not write is reported to the operator."""
    place, write = where.place, f"{turn.job.id}:reply"
    body = f"{text}\n\n{mark(MarkKind.REFUSAL, write, key=tools.key, place=place)}"
    upsert = Upsert(
        tools.session(place),
        issue=(NodeId(where.issue_node), IssueNumber(place.number)),
        existing=NodeId(where.existing) if where.existing is not None else None,
        body=body,
        mine=lambda text: bears(text, write, key=tools.key, place=place),
    )
    try:
        await turn.write("reply", upsert)
    except Refused as refused:
        tools.report("reply-refused", {"repository": place.full_name, "issue": place.number, "why": refused.reason})


async def react(session: Session, comment: str, reaction: Reaction) -> Json:
    """Leave a reaction; GitHub answers a repeated one with the same. A comment that is gone needs none."""
    refusal = await answer_or_refusal(session.react(NodeId(comment), reaction))
    return None if refusal is None else str(refusal)
