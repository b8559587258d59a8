"""Why somebody may not have what he asks for: the role needed, the role held, and what he can do instead. Pure."""

from collections.abc import Mapping
from typing import assert_never

from bot.assessment import refusals
from bot.assessment.markdown import code
from bot.assessment.openlines import UNCONFIRM
from bot.assessment.policy import Permissions, Role
from bot.assessment.trigger import Flags
from bot.commands.audit_words import Audit
from bot.commands.case import ties_of
from bot.commands.catalog import CommandName
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
)
from bot.commands.pattern_words import Patterns, Promote
from bot.commands.request import CommandRequest
from bot.commands.rights import Deed, may, needed, who
from bot.commands.taking_back import Reopen, Unconfirm
from bot.commands.watch_words import Cancel, Unwatch, Watch

_LOOK = f"{code('/assess-resolution --dry-run')} is open to you: it shows what was asked, and what is missing. "
_READ = "What I last said here shows what was asked. What else you want to know, say in plain words: people read it."
_INSTEAD: Mapping[Deed, str] = {
    Deed.DRY_RUN: "One of them can ask. What you know of the fix, say in plain words: people read it.",
    Deed.EXPLAIN: _READ,
    Deed.STATUS: _READ,
    Deed.PATTERNS: _READ,
    Deed.PROMOTE: "Which pattern should become a profile, say in plain words: one of them can propose it.",
    Deed.WAIVE: "Why it should not decide, say in plain words: one of them can waive it.",
    Deed.WATCH: "What you see of it, say in plain words: people read it, and can reopen the issue.",
    Deed.CANCEL: "Why nothing should wait here, say in plain words: one of them can end it.",
    Deed.AUDIT: f"The same numbers for yourself: {code('python -m bot audit OWNER/REPO')}, with your own token.",
    Deed.REOPEN: "What still fails, say in plain words: people read it, and one of them can reopen it, or stop a"
    " closing that is announced.",
    Deed.UNWAIVE: "Why it should decide again, say in plain words: one of them can take the waiver back.",
}
"""What is left to whoever is denied a deed; whoever may have the issue measured is told of that before."""


def refusal_of(request: CommandRequest, commands: tuple[Command, ...], role: Role | None) -> str | None:
    """Why the asker may not have what he asks for, with what he can do instead: of all commands, or none. Pure."""
    refused = (denial(request, one, role) for one in commands)
    texts = dict.fromkeys(text for text in refused if text is not None)
    if not texts:
        return None
    beside = ("Nothing was run.",) if len(commands) > 1 else ()
    return "\n\n".join((*texts, *beside))


def denial(
    request: CommandRequest, one: Command, role: Role | None, *, permissions: Permissions = Permissions()
) -> str | None:
    """Why one command is not open to the asker, or None. `permissions` is what the policy asks, where it is known."""
    deed, again = deed_of(one), again_of(one)
    if role is not None and isinstance(one, Assess) and one.blocks:
        own = _own_criteria(request, one, role, permissions)
        if own is not None:
            return own
    if may(deed, role=role or Role.NONE, ties=ties_of(request), permissions=permissions):
        return None
    if role is None:
        return refusals.rights_unknown(again)
    login, asked = request.comment.login, needed(deed, permissions)
    if request.is_pull:
        open_to = f"{asked}; also the pull request's author and assignees"
        instead = _instead(Deed.DRY_RUN, may_look=False)
        denial = refusals.Denial(command=again, held=role, needed=asked, open_to=open_to, instead=instead)
        return refusals.denied(login, denial)
    may_look = may(Deed.DRY_RUN, role=role, ties=ties_of(request), permissions=permissions)
    if deed is Deed.CLOSING_RUN or deed is Deed.DRY_RUN:
        return refusals.no_right(login, held=role, needed=asked, is_author=may_look, again=again)
    if deed is Deed.CONFIRM:
        return refusals.may_not_confirm(login, held=role, needed=asked)
    open_to, instead = who(deed, permissions), _instead(deed, may_look=may_look)
    denial = refusals.Denial(command=again, held=role, needed=asked, open_to=open_to, instead=instead)
    return refusals.denied(login, denial)


def look_denial(request: CommandRequest, flags: Flags, role: Role, permissions: Permissions) -> str | None:
    """Why the policy does not let the asker have an issue measured, or None. Whoever may close may look. Pure."""
    ties, closing = ties_of(request), not (flags.looks_only or flags.no_close)
    if may(Deed.DRY_RUN, role=role, ties=ties, permissions=permissions):
        return None
    if closing and may(Deed.CLOSING_RUN, role=role, ties=ties, permissions=permissions):
        return None
    denied = refusals.Denial(
        command=flags.command if closing else f"{flags.command} --dry-run",
        held=role,
        needed=needed(Deed.DRY_RUN, permissions),
        open_to=who(Deed.DRY_RUN, permissions),
        instead=_instead(Deed.DRY_RUN, may_look=False),
    )
    return refusals.denied(request.comment.login, denied)


def _instead(deed: Deed, *, may_look: bool) -> str:
    """What somebody can do himself, who may not do this."""
    return f"{_LOOK if may_look else ''}{_INSTEAD[deed]}"


def _own_criteria(request: CommandRequest, one: Assess, role: Role, permissions: Permissions) -> str | None:
    """Why somebody who may ask here may not bring criteria of his own; None where he may, or may not even ask."""
    ties = ties_of(request)
    may_look = may(Deed.DRY_RUN, role=role, ties=ties, permissions=permissions)
    if not may_look or may(Deed.OWN_CRITERIA, role=role, ties=ties, permissions=permissions):
        return None
    instead = f"{again_of(one)} --dry-run"
    need = needed(Deed.OWN_CRITERIA, permissions)
    return refusals.no_own_criteria(request.comment.login, held=role, needed=need, instead=instead)


def deed_of(one: Command) -> Deed:
    """What a command asks for. A run that cannot close is a look, whatever it is called."""
    match one:
        case Assess(dry_run=dry_run, no_close=no_close, only=only):
            return Deed.DRY_RUN if dry_run or no_close or only else Deed.CLOSING_RUN
        case Explain() | Status() | Patterns():
            return _telling(one)[0]
        case Promote() | Watch() | Unwatch():
            return Deed.PROMOTE if isinstance(one, Promote) else Deed.WATCH
        case Waive() | Unwaive():
            return Deed.WAIVE if isinstance(one, Waive) else Deed.UNWAIVE
        case Audit() | Cancel():
            return Deed.AUDIT if isinstance(one, Audit) else Deed.CANCEL
        case Confirm() | Unconfirm():
            return Deed.CONFIRM
        case Reopen():
            return Deed.REOPEN
        case Help() | NotYet() | BadSyntax() | TooMany():
            return Deed.HELP
        case _:
            assert_never(one)


def again_of(one: Command) -> str:
    """The command as one would give it again, in short."""
    match one:
        case Assess(profile=profile):
            return Flags(profile=profile).command
        case Explain() | Status() | Patterns():
            return f"/{CommandName.RESOLUTION} {_telling(one)[1]}"
        case Promote(pattern=pattern):
            return f"/{CommandName.RESOLUTION} promote {pattern}"
        case Audit() | Watch() | Unwatch() | Cancel():
            return f"/{CommandName.RESOLUTION} {type(one).__name__.lower()}"
        case Waive(criterion=criterion):
            return f"/{CommandName.RESOLUTION} waive {criterion}"
        case Unwaive(criterion=criterion):
            return f"/{CommandName.RESOLUTION} unwaive {criterion}"
        case Confirm() | Unconfirm() | Reopen():
            return f"/{_saying(one)}"
        case Help() | NotYet() | BadSyntax() | TooMany():
            return f"/{CommandName.ASSESS} help"
        case _:
            assert_never(one)


def _telling(one: Explain | Status | Patterns) -> tuple[Deed, str]:
    """What a command that only tells asks for, and its words behind the slash word."""
    match one:
        case Explain():
            return Deed.EXPLAIN, "explain"
        case Status():
            return Deed.STATUS, "status"
        case Patterns(words=words):
            return Deed.PATTERNS, f"patterns {words}".rstrip()
        case _:
            assert_never(one)


def _saying(one: Word) -> str:
    """The words behind the slash, where somebody says whether it is fixed."""
    match one:
        case Confirm():
            return CommandName.CONFIRM
        case Unconfirm():
            return UNCONFIRM
        case Reopen():
            return CommandName.REOPEN
        case _:
            assert_never(one)
