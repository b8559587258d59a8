"""A pull request was opened or pushed to: where it changes the policy, a check run says what is wrong with that.

Rules:
1. A pull request that leaves the policy alone is left alone: nothing is written.
2. The policy is read at the head that the event was about, in a fork's pull request as well, and is never obeyed.
3. Only the newest push is looked at.
4. It is looked at over the organisation's policy, as it would hold.
"""

from enum import StrEnum
from typing import assert_never

import msgspec

from bot.actions.check_run import Report
from bot.actions.trouble import answer_or_refusal
from bot.assessment.evidence import Sha
from bot.commands.lint_report import Above, Change, PolicyText, report_of
from bot.commands.request import PushRequest, unpack
from bot.commands.tools import Tools
from bot.commands.unaskable import shown_path
from bot.engine import Json, Refused, Turn
from bot.github.answers import PullView
from bot.github.errors import GitHubError
from bot.github.models import PolicyFile, PullFile, Unknown
from bot.github.organisation import NAME as ORGANISATION
from bot.github.session import POLICY_PATH, Session


async def lint(turn: Turn, tools: Tools) -> None:
    """The policy's part of `pull.v1`."""
    request = unpack(turn.job.payload, PushRequest)
    session = tools.session(request.place)
    kept = await turn.step("policy", lambda: _read(session, request, tools))
    if kept is None:
        return
    change = msgspec.convert(kept, Change)
    report = report_of(change, Sha(request.head), f"policy:{request.place.number}:{request.head}")
    try:
        await turn.write("report", Report(session, report))
    except Refused as refused:
        _tell(tools, "no-report", request, refused.reason)


async def _read(session: Session, request: PushRequest, tools: Tools) -> Json:
    """What the pull request makes of the policy; None where it leaves it alone, or where that cannot be read."""
    told = await answer_or_refusal(_change(session, request))
    if isinstance(told, GitHubError):
        _tell(tools, "no-lint", request, str(told))
        return None
    packed: Json = msgspec.to_builtins(told)
    return packed


async def _change(session: Session, request: PushRequest) -> Change | None:
    view = await session.pull_view(request.place.number)
    files = await _files(session, view)
    tells = told_by(view, files, request.head)
    if tells is Tells.ALONE:
        return None
    head = await session.file_at(request.head, POLICY_PATH)
    standing = await session.policies()
    listed = await session.file_at(view.head_sha, POLICY_PATH) if tells is Tells.ANOTHER_PUSH else None
    if not is_touched(tells, head, now=standing.own, listed=listed):
        return None
    return Change(
        path=POLICY_PATH,
        head=_told(head),
        now=_told(standing.own),
        base=view.pull.base,
        default_branch=view.default_branch or view.pull.base,
        organisation=session.repository.name.lower() == ORGANISATION,
        above=_above(standing.above),
    )


class Tells(StrEnum):
    """What the list of a pull request's files tells of the policy: it is left alone, or touched, or that has to be
    seen in its content, since not all is listed or GitHub lists another push yet.
    """

    ALONE = "alone"
    TOUCHED = "touched"
    NOT_ALL = "not-all"
    ANOTHER_PUSH = "another-push"


def told_by(view: PullView, files: tuple[PullFile, ...] | None, head: str) -> Tells:
    """What the list tells of the push with this head; None: GitHub lists not all. Pure."""
    if not view.is_open:
        return Tells.ALONE
    if files is None:
        return Tells.NOT_ALL
    if touches(files):
        return Tells.TOUCHED
    return Tells.ALONE if view.head_sha == head else Tells.ANOTHER_PUSH


def is_touched(tells: Tells, head: PolicyFile | None, *, now: PolicyFile | None, listed: PolicyFile | None) -> bool:
    """Does the push change the policy, by what is told and what was read? Pure.

    `now` is the policy of the default branch, `listed` that of the push which GitHub lists.
    """
    match tells:
        case Tells.ALONE:
            return False
        case Tells.TOUCHED:
            return True
        case Tells.NOT_ALL:
            return _oid(head) != _oid(now)
        case Tells.ANOTHER_PUSH:
            return _oid(head) != _oid(listed)
        case _:
            assert_never(tells)


async def _files(session: Session, view: PullView) -> tuple[PullFile, ...] | None:
    """The files that it changes, with the old paths of those that were renamed; None where GitHub lists not all."""
    pull = view.pull
    if len(pull.files) == pull.changed_files and not any(file.change == "RENAMED" for file in pull.files):
        return pull.files
    listed = await session.touched_files(pull.number)
    return listed if len(listed) >= pull.changed_files else None


def touches(files: tuple[PullFile, ...]) -> bool:
    """Is the policy among them, by its new path or its old one? Pure."""
    return any(POLICY_PATH in {file.path, file.previous} for file in files)


def _oid(file: PolicyFile | None) -> str | None:
    return file.oid if file is not None else None


def _told(file: PolicyFile | None) -> PolicyText | None:
    return PolicyText(text=file.text) if file is not None else None


def _above(file: PolicyFile | Unknown | None) -> Above | None:
    match file:
        case None:
            return None
        case Unknown():
            return Above(path="", unread=file.reason)
        case PolicyFile():
            return Above(path=shown_path(file), text=file.text)
        case _:
            assert_never(file)


def _tell(tools: Tools, event: str, request: PushRequest, why: str) -> None:
    place = request.place
    tools.report(event, {"repository": place.full_name, "pull": place.number, "why": why})
