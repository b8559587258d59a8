"""Follow-up tickets after a closing: one issue for each operational criterion that does not hold.

Rules:
1. Only where the policy says `follow_ups: file`, and only where we may act; else the answer lists them.
2. A ticket is looked for before it is filed: in our notes, and else among the issues that we wrote at GitHub.
3. Trouble with one ticket stops neither the others nor anything else; it is said in the answer.
"""

from dataclasses import dataclass, replace

import msgspec

from bot.actions.closing import Closing
from bot.actions.comment import Upsert
from bot.actions.labels import FOLLOW_UP, LOOKS
from bot.actions.tickets import Filing, missing
from bot.actions.trouble import answer_or_refusal, before_write
from bot.assessment import tickets
from bot.assessment.document import Assessment, Ticket, TicketState
from bot.assessment.evidence import CriterionId, Finding
from bot.assessment.marker import MarkKind
from bot.assessment.marker import Place as Marked
from bot.assessment.policy import FollowUpLink, FollowUpMode
from bot.assessment.tickets import Deed, Handled, Standing
from bot.assessment.wording import listing
from bot.commands.after import After, Part, with_done
from bot.commands.request import AftermathRequest
from bot.commands.ticket_notes import keep_number, known_numbers
from bot.commands.tools import bears, mark
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.answers import IssueNow
from bot.github.errors import GitHubError
from bot.github.filed import FiledIssue, NewIssue
from bot.github.models import Actor, EventKind, IssueNumber, IssueState, NodeId, TimelineEvent, Unknown


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The tickets of an issue by criterion; `unsure`: GitHub did not show all that may be there."""

    numbers: dict[str, int]
    unsure: str | None = None


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as it was filed; `dropped` are labels that GitHub left out, `unassigned` who is not assigned yet."""

    number: int
    id: int
    url: str
    dropped: tuple[str, ...] = ()
    unassigned: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of a ticket, and done with it. `done` is the deed; `trouble` says what was not."""

    done: Deed = Deed.LEAVE
    number: int
    url: str | None = None
    node_id: str = ""
    open: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One criterion's ticket afterwards; None where there is none."""

    handled: Handled
    ticket: Ticket | None = None


def is_owed(request: AftermathRequest, assessment: Assessment) -> bool:
    """Is there a ticket to file, or may there be one to close?"""
    owed = tickets.owed(assessment)
    return request.acting and request.wishes.follow_ups.mode is FollowUpMode.FILE and bool(owed.failing or owed.holding)


async def follow_up(after: After) -> Assessment:
    """File, update, close; the document with the tickets and what was done."""
    owed = tickets.owed(after.assessment)
    known = msgspec.convert(await after.turn.step("tickets", lambda: _known(after)), Known)
    missing = [finding for finding in owed.failing if finding.criterion.id not in known.numbers]
    if missing and known.unsure is None:
        await _make_labels(after)
    results: list[Result] = []
    for finding in owed.failing:
        number = known.numbers.get(finding.criterion.id)
        results.append(await (_file(after, finding, known) if number is None else _revise(after, finding, number)))
    for finding in owed.holding:
        number = known.numbers.get(finding.criterion.id)
        if number is not None:
            results.append(await _settle(after, finding, number))
    done = tickets.told(tuple(one.handled for one in results), owed.left)
    there = tuple(one.ticket for one in results if one.ticket is not None)
    return replace(with_done(after.assessment, *done), tickets=there)


PART = Part(name="tickets", owed=is_owed, do=follow_up)


async def _known(after: After) -> Json:
    """Where all are in our notes GitHub is not asked."""
    owed = tickets.owed(after.assessment)
    noted = await known_numbers(after.tools.notes, after.place.key, after.tools.clock())
    wanted = [finding.criterion.id for finding in (*owed.failing, *owed.holding)]
    unsure = None
    if any(criterion not in noted for criterion in wanted):
        filed = await answer_or_refusal(after.session.filed_issues(after.place.number))
        if isinstance(filed, GitHubError):
            unsure = str(filed)
        else:
            unsure = None if filed.complete else "there are more issues of mine than I can look through"
            marked = {_criterion(after, one): one.number for one in reversed(filed.issues)}
            noted = {name: number for name, number in marked.items() if name is not None} | noted
    found: Json = msgspec.to_builtins(Known(numbers=noted, unsure=unsure))
    return found


async def _make_labels(after: After) -> None:
    """Labels that are used for the first time get a colour and words; what fails is only reported."""
    look = LOOKS[FOLLOW_UP]
    for index, name in enumerate(after.request.wishes.follow_ups.labels):

        async def make(name: str = name) -> Json:
            refusal = await answer_or_refusal(after.session.create_label(name, look.color, look.description))
            return None if refusal is None else str(refusal)

        trouble = await after.turn.step(f"ticket label {index}", make)
        if trouble is not None:
            after.report("label-not-made", str(trouble))


async def _file(after: After, finding: Finding, known: Known) -> Result:
    criterion = finding.criterion.id
    if known.unsure is not None:
        why = f"no ticket filed for {criterion}, since I cannot tell whether there is one already: {known.unsure}"
        return Result(handled=Handled(deed=Deed.LEAVE, trouble=(why,)))
    wishes = after.request.wishes.follow_ups
    filing = Filing(
        after.session,
        parent=after.place.number,
        new=NewIssue(
            title=tickets.title(finding),
            body=_section(after, finding),
            labels=wishes.labels,
            assignees=wishes.assignees,
        ),
        mine=lambda body: _criterion_in(after, body) == criterion,
    )
    try:
        made = msgspec.convert(await after.turn.write(f"ticket {criterion}", filing), Made)
    except (Refused, UnknownOutcome) as error:
        why = f"no ticket filed for {criterion}: {error}"
        return Result(handled=Handled(deed=Deed.LEAVE, trouble=(why,)))
    trouble = [] if not made.dropped else [f"GitHub left out {listing(made.dropped)} on #{made.number}"]
    if made.unassigned:
        lacking = await after.turn.step(f"ticket assignees {criterion}", lambda: _assign(after, made))
        trouble += [] if lacking is None else [str(lacking)]
    apart = await after.turn.step(f"ticket below {criterion}", lambda: _note_and_link(after, criterion, made))
    if apart is not None:
        trouble.append(f"#{made.number} is no sub-issue and only refers to this one: {apart}")
    return Result(
        handled=Handled(deed=Deed.FILE, number=made.number, trouble=tuple(trouble)),
        ticket=Ticket(criterion=criterion, number=made.number, url=made.url, state=TicketState.OPEN),
    )


async def _assign(after: After, made: Made) -> Json:
    """Put on it whom GitHub lets be assigned: None, or who is missing."""
    assigned = await answer_or_refusal(after.session.add_assignees(made.number, made.unassigned))
    if isinstance(assigned, GitHubError):
        return f"{listing(made.unassigned)} could not be assigned to #{made.number}: {assigned}"
    lacking = missing(made.unassigned, assigned.assignees)
    return f"{listing(lacking)} cannot be assigned to issues here, so #{made.number} is without" if lacking else None


async def _note_and_link(after: After, criterion: CriterionId, made: Made) -> Json:
    """Remember its number, and put it below the issue where the policy wants that: None, or why it is not."""
    await keep_number(after.tools.notes, after.place.key, criterion, made.number, after.tools.clock())
    if after.request.wishes.follow_ups.link is FollowUpLink.REFERENCE:
        return None
    refused = await answer_or_refusal(after.session.add_sub_issue(after.place.number, made.id))
    if not isinstance(refused, GitHubError):
        return None
    # Refused as well where it is there already: this step may run twice.
    above = await answer_or_refusal(after.session.parent_of(made.number))
    return None if above == after.place.number else str(refused)


async def _revise(after: After, finding: Finding, number: int) -> Result:
    """A ticket that is there, and still needed."""
    criterion = finding.criterion.id
    kept = await after.turn.step(f"ticket {criterion}", lambda: _update(after, finding, number))
    return _result(criterion, msgspec.convert(kept, Seen))


async def _update(after: After, finding: Finding, number: int) -> Json:
    filed = await _own(after, finding, number)
    if isinstance(filed, Seen):
        return _packed(filed)
    now = await _standing(after, filed)
    deed = tickets.deed(now, holds=False)
    body = tickets.revised(filed.body, _section(after, finding), key=after.tools.key, place=_marked(after))
    if body is None:
        why = f"#{number} is left as it is: somebody took a part of what I wrote there away"
        return _packed(Seen(number=number, url=filed.url, open=filed.open, trouble=why))
    title = tickets.new_title(filed.title, finding)
    changes = {"body": body}
    changes |= {} if title is None else {"title": title}
    changes |= {"state": "open"} if deed is Deed.REOPEN else {}
    edited = await answer_or_refusal(after.session.edit_issue(number, changes))
    if isinstance(edited, GitHubError):
        why = f"#{number} could not be updated: {edited}"
        return _packed(Seen(number=number, url=filed.url, open=filed.open, trouble=why))
    apart = tickets.kept_apart(number, now, holds=False)
    return _packed(Seen(done=deed, number=number, url=edited.url, open=edited.open, trouble=apart))


async def _settle(after: After, finding: Finding, number: int) -> Result:
    """A ticket whose criterion holds now."""
    criterion = finding.criterion.id
    look = await after.turn.step(f"ticket {criterion}", lambda: _look(after, finding, number))
    seen = msgspec.convert(look, Seen)
    if seen.done is not Deed.CLOSE:
        return _result(criterion, seen)
    try:
        await after.turn.write(f"ticket said {criterion}", _farewell(after, finding, seen))
        closed = await after.turn.write(f"ticket closed {criterion}", _closing(after, number))
    except (Refused, UnknownOutcome) as error:
        trouble = f"#{number} is not closed though it holds now: {error}"
        return _result(criterion, msgspec.structs.replace(seen, done=Deed.LEAVE, trouble=trouble))
    assert isinstance(closed, dict)
    return _result(criterion, msgspec.structs.replace(seen, open=closed["closed"] is not True))


async def _look(after: After, finding: Finding, number: int) -> Json:
    filed = await _own(after, finding, number)
    if isinstance(filed, Seen):
        return _packed(filed)
    now = await _standing(after, filed)
    return _packed(
        Seen(
            done=tickets.deed(now, holds=True),
            number=number,
            url=filed.url,
            node_id=filed.node_id,
            open=now.open,
            trouble=tickets.kept_apart(number, now, holds=True),
        )
    )


def _farewell(after: After, finding: Finding, seen: Seen) -> Upsert:
    """The comment on the ticket that says what was measured."""
    criterion, place = finding.criterion.id, msgspec.structs.replace(after.place, number=seen.number)
    write = f"{after.turn.job.id}:ticket said {criterion}"
    marker = mark(MarkKind.TICKET, write, key=after.tools.key, place=place)
    return Upsert(
        after.session,
        issue=(NodeId(seen.node_id), IssueNumber(seen.number)),
        existing=None,
        body=tickets.farewell(after.assessment, finding, evidence_url=_evidence(after), marker=marker),
        mine=lambda text: bears(text, write, key=after.tools.key, place=place),
    )


def _closing(after: After, number: int) -> Closing:
    """The closing, with a last look at whether a person has reopened it meanwhile."""

    async def ready() -> None:
        with before_write(after.tools.clock, "the ticket could not be read again"):
            now = standing_of(await after.session.issue_now(number), await after.session.login())
        apart = tickets.kept_apart(number, now, holds=True)
        if apart is not None:
            raise Refused(None, apart)

    return Closing(after.session, number=IssueNumber(number), ready=ready)


async def _own(after: After, finding: Finding, number: int) -> FiledIssue | Seen:
    """The ticket, if it is still there and ours; else why not."""
    filed = await answer_or_refusal(after.session.filed_issue(number))
    if isinstance(filed, GitHubError):
        why = f"#{number} cannot be read, and none is filed in its place: {filed}"
        return Seen(number=number, trouble=why)
    if filed is None or _criterion(after, filed) != finding.criterion.id:
        return Seen(number=number, trouble=f"#{number} does not bear my mark any more, so it is left as it is")
    await keep_number(after.tools.notes, after.place.key, finding.criterion.id, number, after.tools.clock())
    return filed


async def _standing(after: After, filed: FiledIssue) -> Standing:
    now = await answer_or_refusal(after.session.issue_now(filed.number))
    if isinstance(now, GitHubError):
        return Standing(open=filed.open, history_known=False)
    return standing_of(now, await after.session.login())


def standing_of(now: IssueNow, us: str) -> Standing:
    """How a ticket stands; `us` is our login. Pure."""
    is_open = now.state is IssueState.OPEN
    if isinstance(now.events, Unknown):
        return Standing(open=is_open, history_known=False)
    events = tuple(sorted(now.events, key=lambda one: one.at))
    closings = tuple(one for one in events if one.kind is EventKind.CLOSED)
    closer = closings[-1].actor if closings else None
    return Standing(
        open=is_open,
        ours=_is_us(closer, us),
        closed_by=None if closer is None else closer.login,
        reopened_by=_against_us(events, us) if is_open else None,
    )


def _against_us(events: tuple[TimelineEvent, ...], us: str) -> str | None:
    """The person who reopened what we had closed. Who reopens what he or another closed says nothing about us."""
    shut, person = False, None
    for event in events:
        actor = event.actor
        if _is_us(actor, us) and event.kind in {EventKind.CLOSED, EventKind.REOPENED}:
            shut, person = event.kind is EventKind.CLOSED, None
        elif event.kind is EventKind.REOPENED and shut and actor is not None and not actor.is_bot:
            person = actor.login
    return person


def _is_us(actor: Actor | None, us: str) -> bool:
    return actor is not None and actor.is_bot and actor.login == us.removesuffix("[bot]")


def _result(criterion: CriterionId, seen: Seen) -> Result:
    """Pure."""
    trouble = () if seen.trouble is None else (seen.trouble,)
    handled = Handled(deed=seen.done, number=seen.number, trouble=trouble)
    if seen.url is None:
        return Result(handled=handled)
    state = TicketState.OPEN if seen.open else TicketState.CLOSED
    return Result(handled=handled, ticket=Ticket(criterion=criterion, number=seen.number, url=seen.url, state=state))


def _section(after: After, finding: Finding) -> str:
    marker = tickets.mark(after.assessment, finding, key=after.tools.key, place=_marked(after))
    return tickets.section(after.assessment, finding, evidence_url=_evidence(after), marker=marker)


def _evidence(after: After) -> str | None:
    return after.tools.evidence_url(after.assessment.id, after.assessment.finished_at)


def _criterion(after: After, filed: FiledIssue) -> str | None:
    return _criterion_in(after, filed.body)


def _criterion_in(after: After, body: str) -> str | None:
    return tickets.criterion_of(body, key=after.tools.key, place=_marked(after))


def _marked(after: After) -> Marked:
    return Marked(repository_id=after.place.repository_id, issue=after.place.number)


def _packed(seen: Seen) -> Json:
    packed: Json = msgspec.to_builtins(seen)
    return packed
