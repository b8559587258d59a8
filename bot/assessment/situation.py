"""How an issue stands, in words: the last assessment, what is waited for and until when, what holds it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.assessment.document import BUILT_IN, ActionKind, Assessment, Ending, IssueState, Ticket, TicketState
from bot.assessment.evidence import Finding
from bot.assessment.explanation import Spot
from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.markdown import code, link, name, prose
from bot.assessment.policy import Role
from bot.assessment.report_findings import symbol, worst_first
from bot.assessment.report_page import Page
from bot.assessment.report_sections import listed
from bot.assessment.report_title import title
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.assessment.waiver import Waiver
from bot.assessment.wording import after_merges, brief, count, dated, listing, moment, short

_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaits:
    """What an answer waits for, in plain words, and until when."""

    what: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A workflow run that was started for a criterion: where it is seen, and when that was; or why there is none."""

    criterion: str
    at: datetime
    run: Spot | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An answer that goes on by itself: what it waits for, when it is looked at at the latest, what was started.

    One that waits for nothing was put off until then. `closes` is when it closes the issue, where that is announced.
    """

    awaits: tuple[Awaits, ...]
    next_look: datetime
    begun: tuple[Begun, ...] = ()
    closes: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A watch after a closing: its next look, the last one that is planned, and what failed in the one before."""

    next_look: datetime
    last_look: datetime
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How things stand. `holds` are the labels on the issue that keep it open, None where that could not be told.

    `queued` are commands and merges that wait for their turn. `waivers` are also those that ended a while ago.
    `policy` is the digest of the rules, None where nothing can be assessed by them as they are. `against` is what a
    person did that has me only advise here, `close_role` may settle that. `watch_ended` is the line (Markdown of ours)
    that says how the last watch ended.
    """

    now: datetime
    state: IssueState
    locked: bool = False
    holds: tuple[str, ...] | None = ()
    last: Assessment | None = None
    evidence_url: str | None = None
    parked: tuple[Parked, ...] = ()
    queued: int = 0
    waivers: tuple[Waiver, ...] = ()
    policy: str | None = None
    rechecks: tuple[Recheck, ...] = ()
    against: Contradiction | None = None
    close_role: Role = Role.TRIAGE
    watch_ended: str | None = None


def status(told: Situation) -> str:
    """The whole answer."""
    parts = (
        f"### 📌 {_state(told)}{_and(told)}",
        _broken(told),
        _held(told),
        _against(told),
        _last(told),
        _left_over(told.last),
        _recorded(told.last),
        *(_waiting(parked, told) for parked in told.parked),
        _begun(told),
        *(_recheck(one, told.now) for one in told.rechecks),
        told.watch_ended or "",
        _queued(told),
        listed("Waivers", tuple(_waiver(one, told) for one in told.waivers)),
        _again(told),
    )
    return "\n\n".join(part for part in parts if part)


def _and(told: Situation) -> str:
    """What is on its way, in the first line."""
    if any(one.closes is not None for one in told.parked):
        return ", its closing is announced, and a label holds it" if told.holds else ", and its closing is announced"
    if any(one.awaits for one in told.parked):
        return ", and I wait for something"
    return ", and I measure it again" if told.parked else ""


def _state(told: Situation) -> str:
    state = told.state
    locked = ", and locked" if told.locked else ""
    if state.open:
        return f"This issue is open{locked}"
    by = f" by {name(state.closed_by)}" if state.closed_by is not None else ""
    return f"This issue is closed as {prose((state.closed_as or 'completed').replace('_', ' '), 40)}{by}{locked}"


def _broken(told: Situation) -> str:
    if told.policy is not None:
        return ""
    return "🔧 The policy cannot be used as it is, so nothing is assessed: `/resolution explain` names its faults."


def _held(told: Situation) -> str:
    if told.holds is None:
        return "Whether a label holds it open could not be read."
    if not told.holds:
        return ""
    names = listing([code(label, 60) for label in told.holds])
    labels, hold, them = ("label", "holds", "it") if len(told.holds) == 1 else ("labels", "hold", "them")
    by = told.against.by if told.against is not None and len(told.holds) == 1 and _is_hold(told) else None
    whose = "" if by is None else f", which {prose(by, 60)} put on it,"
    off = f"somebody with **{Role.TRIAGE}** takes {them} off"
    then = "and asks" if told.close_role is Role.TRIAGE else f"then somebody with **{told.close_role}** asks"
    return f"**Held** · the {labels} {names}{whose} {hold} it open: {off}, {then} with `/assess-resolution`."


def _is_hold(told: Situation) -> bool:
    """Is what a person did that he put on a label which is on it still?"""
    said = told.against
    if said is None or said.kind is not ContradictionKind.HELD:
        return False
    return said.label.casefold() in {label.casefold() for label in told.holds or ()}


def _against(told: Situation) -> str:
    """Why I only advise here by myself, and who may settle it. A label that is on it still is told as such."""
    said = told.against
    if said is None or _is_hold(told):
        return ""
    why = prose(said.text, 300)
    if said.for_good:
        return f"**I leave this to people** · {why}."
    settled = f"Somebody with **{told.close_role}** settles that with `/assess-resolution`."
    return f"**By myself I only advise here** · {why}. {settled}"


def _last(told: Situation) -> str:
    """The newest assessment: its first line, when and for whom, and what carried it."""
    last = told.last
    if last is None:
        return "**Last assessment** · none yet, or it is too long ago to be kept."
    page = Page(assessment=last)
    by = "the built-in policy" if last.policy.source == BUILT_IN else f"policy {code(brief(last.policy.digest), 40)}"
    about = (
        moment(last.finished_at, seen_from=told.now),
        _commit(last),
        _asker(last.trigger),
        by,
        link("all evidence", told.evidence_url) if told.evidence_url else "",
    )
    carried = worst_first(page.carrying)
    lines = [
        f"- {symbol(one)} {prose(one.criterion.title, 120)} · {code(one.criterion.id, 80)}:"
        f" {prose(one.evidence.observed, 200)}"
        for one in carried[:_SHOWN]
    ]
    more = [f"- and {len(carried) - _SHOWN} more"] if len(carried) > _SHOWN else []
    head = f"**Last assessment** · {title(page).removeprefix('### ')} ({', '.join(part for part in about if part)})"
    return "\n".join((head, "", *lines, *more)).rstrip()


def _left_over(last: Assessment | None) -> str:
    """What the newest assessment left to others, each with its ticket as it stood then."""
    if last is None:
        return ""
    tickets = {ticket.criterion: ticket for ticket in last.tickets}
    left = (one for one in last.findings if one.criterion.id in last.verdict.follow_ups)
    return listed("Left over", tuple(_follow_up(one, tickets.get(one.criterion.id)) for one in left))


def _follow_up(finding: Finding, ticket: Ticket | None) -> str:
    said = f"{prose(finding.criterion.title, 120)} · {code(finding.criterion.id, 80)}"
    if ticket is None:
        return f"{said}: no ticket"
    closed = " (closed)" if ticket.state is TicketState.CLOSED else ""
    return f"{said} → #{ticket.number}{closed}"


def _recorded(last: Assessment | None) -> str:
    """Where the learning document is, if one was written or is there already."""
    done = () if last is None else last.actions
    there = (one for one in done if one.action is ActionKind.RECORD and one.ending in {Ending.DONE, Ending.UNCHANGED})
    return listed("Record", tuple(link(one.text, one.url) if one.url else prose(one.text, 200) for one in there))


def _commit(last: Assessment) -> str:
    if last.commit is None:
        return ""
    return (
        f"at {code(last.branch, 60)} @ {code(short(last.commit))}" if last.branch else f"at {code(short(last.commit))}"
    )


def _asker(trigger: Trigger) -> str:
    match trigger:
        case Trigger(kind=TriggerKind.COMMAND, by=str() as login):
            return f"asked by {name(login)}"
        case Trigger(kind=TriggerKind.MERGE, pull=int()):
            return after_merges(trigger.pulls)
        case Trigger(kind=TriggerKind.CLOSURE, by=login):
            return f"after the closing by {name(login)}"
        case _:
            return ""


def _waiting(parked: Parked, told: Situation) -> str:
    """Each thing with its end, and then the next look. What is put off waits for its moment alone."""
    now = told.now
    if not parked.awaits and parked.closes is None:
        when = "in a moment" if parked.next_look <= now else f"at {moment(parked.next_look, seen_from=now)}"
        return f"**Put off** · {when} I measure again and go on by myself."
    look = "due" if parked.next_look <= now else f"at {moment(parked.next_look, seen_from=now)} at the latest"
    awaits = tuple(f"{prose(one.what, 240)}, until {moment(one.until, seen_from=now)}" for one in parked.awaits)
    text = f"{listed('Waiting for', awaits)}\n\n" if awaits else ""
    if parked.closes is not None:
        closing = _closing(parked.closes, held=bool(told.holds))
        text += f"**Closing announced** · {closing}; my answer says how to stop it.\n\n"
    return f"{text}I go on by myself: the next look is {look}, sooner where GitHub tells of it."


def _closing(at: datetime, *, held: bool) -> str:
    """What an announced closing comes to; a label that holds it is stronger."""
    if held:
        return (
            f"for {dated(at)}. I close nothing while a label holds it: if that is off by then, nobody objects before,"
            " and it still holds then, I close it"
        )
    return f"I close this on {dated(at)}, unless somebody objects before, or it does not hold any more then"


def _recheck(one: Recheck, now: datetime) -> str:
    """When a closed issue is looked at again, and what fell in the last look."""
    look = "due" if one.next_look <= now else f"at {moment(one.next_look, seen_from=now)}"
    last = "" if one.next_look >= one.last_look else f", the last at {moment(one.last_look, seen_from=now)}"
    failed = listing([code(name, 80) for name in one.suspects])
    again = f"; it measures {failed} again, which failed in the look before" if failed else ""
    return f"**Next re-check** · {look}{last}{again}. `/resolution unwatch` ends it."


def _begun(told: Situation) -> str:
    begun = [one for parked in told.parked for one in parked.begun]
    return listed("Workflow runs started for it", tuple(_run(one, told.now) for one in begun))


def _run(one: Begun, now: datetime) -> str:
    if one.refused is not None:
        return f"{code(one.criterion, 80)}: none, {prose(one.refused, 200)}"
    run = "a run whose number GitHub did not tell" if one.run is None else link(one.run.text, one.run.url)
    return f"{code(one.criterion, 80)}: {run}, {moment(one.at, seen_from=now)}"


def _queued(told: Situation) -> str:
    if not told.queued:
        return ""
    verb = "waits for its turn" if told.queued == 1 else "wait for their turn"
    return f"{count(told.queued, 'command or merge', 'commands or merges')} {verb}."


def _waiver(one: Waiver, told: Situation) -> str:
    """Who lets what not decide, why, and until when; or why it does not count any more."""
    end = moment(one.until, seen_from=told.now)
    if told.now >= one.until:
        until = f"ended at {end}"
    elif told.policy is not None and one.policy != told.policy:
        until = "does not count, the policy has changed since"
    else:
        until = f"until {end}"
    return f"{code(one.criterion, 80)} by {link(one.by, one.url)}, {until}: {prose(one.reason, 300)}"


def _again(told: Situation) -> str:
    flags = told.last.trigger.flags if told.last is not None else Flags()
    command = flags.command
    return (
        f"To ask anew: {code(command, 120)} by somebody with **{told.close_role}**,"
        f" {code(f'{command} --dry-run', 140)} by the author or an assignee;"
        " what would be asked: `/resolution explain`."
    )
