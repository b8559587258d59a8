"""What we say when we do not assess.

Every refusal says why, and the next step; none tells anybody to do what he has no right to do.

Each function returns Markdown to be posted; what comes from outside is escaped here.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from bot.assessment.markdown import code, fence, line, link, mention, prose
from bot.assessment.policy import Role
from bot.assessment.report_page import CAPABILITIES
from bot.assessment.wording import count, listing, moment

_COMMAND = "/assess-resolution"
_SHOWN = 10
_SHOWN_OF_BLOCK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in the policy file. `line` and `column` count from 1; `suggestion` is what was probably meant."""

    path: str
    line: int
    column: int
    text: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A fault in a command: the line as written, where it lies (`at` counts from 0), and the line that would do.

    `hint` is what to say beside it, a question or not, as it stands.
    """

    line: str
    at: int
    length: int
    text: str
    hint: str | None = None
    corrected: str | None = None


def no_right(
    login: str,
    *,
    held: Role,
    needed: Role,
    is_author: bool,
    again: str = _COMMAND,
) -> str:
    """The asker may not close: the role needed, the role held, and what he can do instead of the command `again`."""
    held_words = f"you hold **{held}**" if held is not Role.NONE else "you hold none"
    text = f"👋 {mention(login)}, closing needs **{needed}** here; {held_words}."
    if not is_author:
        return f"{text} Somebody with **{needed}** can ask with {code(again, 120)}."
    return f"{text} As the reporter or an assignee you can ask with {code(f'{again} --dry-run', 140)}."


def may_not_confirm(login: str, *, held: Role, needed: Role) -> str:
    """The fix is confirmed by the reporter, or by somebody with a role; anybody may say the same in words."""
    held_words = f"you hold **{held}**" if held is not Role.NONE else "you hold none"
    return (
        f"👋 {mention(login)}, confirming is for the reporter and for **{needed}**; {held_words}."
        " If it works for you as well, or if it does not, say so in plain words: people read them."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A command that is not open to whoever gave it: the role held and needed, and whom it is open to, in words.

    `instead` says what he can do himself, in Markdown of ours.
    """

    command: str
    held: Role
    needed: Role
    open_to: str
    instead: str


def denied(login: str, denial: Denial) -> str:
    """Not open to this person: the role needed, the role held, whom it is open to, and what he can do himself."""
    held = f"you hold **{denial.held}**" if denial.held is not Role.NONE else "you hold none"
    text = f"👋 {mention(login)}, {code(denial.command, 120)} needs **{denial.needed}** here; {held}."
    return f"{text} It is open to: {prose(denial.open_to, 200)}. {denial.instead}"


def rights_unknown(command: str = _COMMAND) -> str:
    """GitHub did not tell which role the asker holds."""
    return (
        "😕 GitHub did not tell me which role you hold here, so I did nothing."
        f" That is no refusal: ask again with {code(command, 120)} in a minute."
    )


def bad_syntax(slip: Slip) -> str:
    """A command with a fault: a caret under it, and the line that would do."""
    shown = line(slip.line, 300)
    # `line` joins spaces: what stands before the fault tells where it lies now.
    before = slip.line[: slip.at]
    lead = line(before, 300)
    at = min(len(lead) + (lead != "" and before[-1:].isspace()), len(shown))
    wrong = line(slip.line[slip.at : slip.at + slip.length], 300)
    hint = f" {line(slip.hint, 200)}" if slip.hint else ""
    caret = f"{' ' * at}{'^' * max(1, len(wrong))}{hint}"
    parts = [f"😕 {prose(slip.text, 300)}:", fence(f"{shown}\n{caret}", 1000)]
    if slip.corrected:
        parts.append(f"To copy:\n\n{fence(line(slip.corrected, 300))}")
    else:
        parts.append(f"`{_COMMAND} help` lists what I understand.")
    return "\n\n".join(parts)


def not_there_yet(command: str, capabilities: frozenset[str] = CAPABILITIES) -> str:
    """A command of ours that this version does not have."""
    there = listing([f"`/{name}`" for name in sorted(capabilities - {"help"})])
    return f"😕 {code(command, 60)} is not there yet. What there is: {there}; `{_COMMAND} help` says more."


def too_many(found: int, allowed: int) -> str:
    """More commands in one comment than are taken."""
    return f"😕 {count(found, 'command')} in one comment, I take {allowed} at most. Send them in separate comments."


def unknown_profile(profile: str, known: tuple[str, ...]) -> str:
    """A profile that the policy does not have."""
    if not known:
        return f"😕 There is no profile {code(profile, 60)}: the policy names none here. Ask with `{_COMMAND}` alone."
    return f"😕 There is no profile {code(profile, 60)}. There is {_names(known)}: `{_COMMAND} <profile>`."


def unknown_criteria(unknown: tuple[str, ...], known: tuple[str, ...], *, again: str = _COMMAND) -> str:
    """`--only` names something that would not be asked here. `again` is the command that was asked, without it."""
    asked = (
        f"What is asked here: {_names(known)}. To ask one of them: {code(f'{again} --only={known[0]}', 200)}."
        if known
        else f"Nothing is asked here by name. Ask with {code(again, 120)} alone."
    )
    return f"😕 `--only` names {_names(unknown)}, which I don't ask here. {asked}"


def only_on_issues() -> str:
    """Asked of a pull request, by whatever way, what has its place on an issue."""
    return (
        f"😕 This is a pull request. In a comment on it I understand `{_COMMAND}`, which says what would still be"
        f" missing once it is merged, and `{_COMMAND} help`. Everything else has its place on the issue."
    )


def ticket_of(parent: int) -> str:
    """Asked on a follow-up ticket of ours: its criterion is measured with the issue that it is left over from."""
    return (
        f"📎 This is a follow-up of #{parent}, and it is measured with that issue: comment `/assess-resolution` on"
        f" #{parent}. I close this one when it is measured as holding. Nothing was measured here."
    )


def no_criteria_on_pulls() -> str:
    """A command on a pull request with criteria below it."""
    return (
        "😕 On a pull request I take no criteria below a command: they belong to one issue, and it may close several."
        f" Nothing was run. Ask with `{_COMMAND}` alone here, or with the block on the issue."
    )


def locked() -> str:
    """Asked on a locked issue."""
    return f"😕 This issue is locked, so I leave it as it is. Unlock it, then ask again with `{_COMMAND}`."


def archived() -> str:
    """Asked in an archived repository."""
    return "😕 This repository is archived: nothing in it can be changed. Unarchive it, then ask again."


def empty_repository() -> str:
    """Nothing was ever pushed."""
    return "😕 This repository has no commit yet, so there is nothing to look at. Push one, then ask again."


def moved(url: str) -> str:
    """The issue was transferred while we looked."""
    return f"😕 This issue has moved: {link('where it is now', url)}. Ask there, if I am installed there."


def policy_broken(
    faults: tuple[Fault, ...], *, commit: str | None = None, again: str = _COMMAND, places: tuple[str, ...] = ()
) -> str:
    """The policy file cannot be used: every fault with its place. `again` is the command that was asked.

    `places` are the addresses of the faults' lines, one each, where they are known.
    """
    at = f" at {code(commit[:7])}" if commit else ""
    shown = zip_longest(faults[:_SHOWN], places[: min(_SHOWN, len(faults))])
    lines = [f"- {_fault(fault, place)}" for fault, place in shown if fault is not None]
    if len(faults) > _SHOWN:
        lines.append(f"- and {len(faults) - _SHOWN} more")
    return "\n".join(
        (
            f"### 🔧 The policy has {count(len(faults), 'fault')}: not closing",
            "",
            f"I decide nothing by a policy that I cannot read{at}:",
            "",
            *lines,
            "",
            f"Correct the file on the default branch, then {code(again, 120)} again.",
        )
    )


def organisation_unread(why: str, *, again: str = _COMMAND) -> str:
    """The organisation's policy could not be read, so nobody knows what it demands."""
    return (
        f"😕 I could not read the organisation's policy ({prose(why, 200)}), and decide nothing without it."
        f" That says nothing about the fix. Ask again in a few minutes with {code(again, 120)}."
    )


def block_broken(faults: tuple[Fault, ...], *, lines: tuple[int, ...], again: str = _COMMAND) -> str:
    """Criteria below a command that cannot be asked as written: every fault with its place.

    A fault's line counts within its block (`path` in words); `lines` are the same lines within the comment.
    """
    shown = tuple(zip(faults, lines, strict=True))[:_SHOWN_OF_BLOCK]
    listed = [f"- {_block_fault(fault, line)}" for fault, line in shown]
    if len(faults) > len(shown):
        listed.append(f"- and {len(faults) - len(shown)} more")
    return "\n".join(
        (
            f"### 🔧 The criteria below your command have {count(len(faults), 'fault')}: nothing was run",
            "",
            *listed,
            "",
            f"Send {code(again, 120)} with the corrected block as a new comment: an edited one is not read again.",
        )
    )


def no_own_criteria(login: str, *, held: Role, needed: Role, instead: str) -> str:
    """Criteria below a command, by somebody who may not bring any; `instead` is the command that he may give."""
    held_words = f"you hold **{held}**" if held is not Role.NONE else "you hold none"
    return (
        f"👋 {mention(login)}, criteria of your own below a command need **{needed}** here; {held_words}."
        f" Nothing was run. Leave the block out: {code(instead, 140)} measures what the policy asks."
        f" Or propose the criteria in plain words: somebody with **{needed}** can ask with them."
    )


def no_own_outside(login: str, *, held: Role, needed: Role, named: tuple[str, ...], instead: str) -> str:
    """Criteria below a command that ask beyond GitHub, by somebody who could not write them into the policy."""
    return (
        f"👋 {mention(login)}, criteria of your own that ask beyond GitHub ({_names(named)}) need **{needed}** here;"
        f" you hold **{held}**. Nothing was run. Leave them out, or propose them for the policy file."
        f" {code(instead, 140)} measures what the policy asks."
    )


def github_unreachable(what: str, *, retry_at: datetime | None, now: datetime, again: str = _COMMAND) -> str:
    """GitHub did not answer what we needed to know. `what` says in plain words what was asked, `again` the command."""
    when = f"after {moment(retry_at, seen_from=now)}" if retry_at is not None else "in a few minutes"
    return (
        f"😕 GitHub did not answer ({prose(what, 200)}), so I decided nothing."
        f" That says nothing about the fix. Ask again {when} with {code(again, 120)}."
    )


def permission_missing(permission: str, *, purpose: str) -> str:
    """The installation lacks a permission."""
    return (
        f"😕 I lack the permission {code(permission, 60)}, which I need to {prose(purpose, 160)}."
        " An owner of this organisation or account can grant it in the app's settings; then ask again."
    )


def waits_already(look: str) -> str:
    """Somebody who may not close asks while what may close waits; `look` is the command that shows how it stands."""
    return (
        "⏳ An answer that may close the issue waits here already, and goes on by itself. This command may not close it"
        f" and does not take the place of that answer. Ask with {code(look, 140)} how things stand now."
    )


def nothing_to_wait_for() -> str:
    """What was on its way is of no use any more."""
    return (
        "😕 I no longer wait for what was on its way: as things are now, there is nothing to assess here."
        " Ask again when that has changed."
    )


def waited_in_vain(what: str, *, since: datetime, now: datetime, announced: bool = False, again: str = _COMMAND) -> str:
    """What was waited for is over, and GitHub does not answer what it takes to go on; `what` says in what words."""
    off = " The closing that I had announced is called off." if announced else ""
    return (
        f"😕 I could not go on with this: since {moment(since, seen_from=now)} GitHub has not told me what I need"
        f" ({prose(what, 200)}), and the time that I had given it is over.{off} I decided nothing, which says nothing"
        f" about the fix. Ask again with {code(again, 120)}."
    )


def broke(reference: str) -> str:
    """A fault of ours."""
    return (
        "😕 Something broke on my side before I was done. If this issue is still open, ask again; if it stays so, tell"
        f" whoever runs me this number: {code(reference, 60)}."
    )


def broke_off(reference: str) -> str:
    """A fault of ours after a closing: what was to be done then may not all have been done."""
    return (
        "😕 Something broke on my side after the closing: what the policy wants done then may be missing."
        f" `{_COMMAND}` makes up for it; if it stays so, tell whoever runs me this number: {code(reference, 60)}."
    )


def note_broke_off(reference: str) -> str:
    """A fault of ours after a note about somebody's closing: what it says of state and labels may not be so."""
    return (
        "😕 Something broke on my side after this: the issue's state and labels may not be as it says."
        f" `{_COMMAND}` asks anew; if it stays so, tell whoever runs me this number: {code(reference, 60)}."
    )


def _names(names: tuple[str, ...]) -> str:
    shown = [code(name, 60) for name in names[:_SHOWN]]
    return f"{', '.join(shown)} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else listing(shown)


def _fault(fault: Fault, url: str | None) -> str:
    written = f"{fault.path}:{fault.line}:{fault.column}"
    place = link(written, url) if url else code(written, 200)
    return f"{place} {_wrong(fault)}"


def _block_fault(fault: Fault, line: int) -> str:
    path = prose(fault.path, 60)
    return f"line {fault.line}, column {fault.column} of {path} (line {line} of your comment): {_wrong(fault)}"


def _wrong(fault: Fault) -> str:
    meant = f" Did you mean {code(fault.suggestion, 80)}?" if fault.suggestion else ""
    return f"{prose(fault.text.rstrip('.'), 240)}.{meant}"
