"""Follow-up tickets after a closing: one issue for each operational criterion that does not hold.

Rules:
1. Filed only where the policy says `follow_ups: file`, and only where we may act; else the answer lists them.
2. A ticket is looked for before it is filed: in our notes, and else among the issues that we wrote at GitHub.
3. What holds has its ticket closed whatever the policy says by then, where we may act. What we remember and this
   assessment does not follow is named, with the reason.
4. Trouble with one ticket stops neither the others nor anything else; it is said in the answer.
"""

from dataclasses import replace

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
from bot.assessment.policy import FollowUpLink, FollowUpMode
from bot.assessment.tickets import Deed, Handled
from bot.assessment.wording import count, listing
from bot.commands.after import After, Part, with_done
from bot.commands.request import AftermathRequest
from bot.commands.ticket_look import Result, Seen, criterion_in, marked, own, packed, result, standing, standing_of
from bot.commands.ticket_notes import keep_number, known_numbers
from bot.commands.tools import bears, mark
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.errors import GitHubError
from bot.github.filed import NewIssue
from bot.github.models import IssueNumber, NodeId


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


def is_owed(request: AftermathRequest, assessment: Assessment) -> bool:
    """Always, where we may remember tickets: that the policy files none any more does not end those that are there."""
    return request.place.repository_id > 0


async def follow_up(after: After) -> Assessment:
    """File, update, close, name; the document with the tickets and what was done."""
    owed = tickets.owed(after.assessment)
    known = msgspec.convert(await after.turn.step("tickets", lambda: _known(after)), Known)
    if _files(after.request):
        results = await _keep_current(after, owed.failing, known)
        left = owed.left
    else:
        results, left = [], 0
    for finding in tickets.holding(after.assessment, known.numbers):
        number = known.numbers[finding.criterion.id]
        if after.request.acting:
            results.append(await _settle(after, finding, number))
        else:
            results.append(await _name(after, finding.criterion.id, number, tickets.ADVISED))
    for criterion, why in tickets.unfollowed(after.assessment, known.numbers, files=_wants_files(after.request)):
        results.append(await _name(after, criterion, known.numbers[criterion], why))
    done = tickets.told(tuple(one.handled for one in results), left)
    there = tuple(one.ticket for one in results if one.ticket is not None)
    return replace(with_done(after.assessment, *done), tickets=there)


def would(request: AftermathRequest, assessment: Assessment) -> str:
    """What would be filed; whether a ticket is there already, nobody has looked."""
    failing = tickets.owed(assessment).failing if _files(request) else ()
    names = listing([f"`{finding.criterion.id}`" for finding in failing])
    return f"{count(len(failing), 'follow-up ticket')} filed or kept current ({names})" if failing else ""


PART = Part(
    name="tickets",
    owed=is_owed,
    do=follow_up,
    would=would,
    # closing what holds is right also where the issue was reopened meanwhile
    quiet=lambda request: not _files(request),
)


def _wants_files(request: AftermathRequest) -> bool:
    return request.wishes.follow_ups.mode is FollowUpMode.FILE


def _files(request: AftermathRequest) -> bool:
    return request.acting and _wants_files(request)


async def _keep_current(after: After, failing: tuple[Finding, ...], known: Known) -> list[Result]:
    """A ticket for each that does not hold."""
    numbers = known.numbers
    if known.unsure is None and any(finding.criterion.id not in numbers for finding in failing):
        await _make_labels(after)
    results: list[Result] = []
    for finding in failing:
        number = numbers.get(finding.criterion.id)
        results.append(await (_file(after, finding, known) if number is None else _revise(after, finding, number)))
    return results


async def _name(after: After, criterion: CriterionId, number: int, why: str) -> Result:
    """A ticket that is left as it is, said if it is open and still ours."""
    look = await after.turn.step(f"ticket {criterion}", lambda: _glance(after, criterion, number, why))
    return result(criterion, msgspec.convert(look, Seen))


async def _glance(after: After, criterion: CriterionId, number: int, why: str) -> Json:
    filed = await own(after, criterion, number)
    if isinstance(filed, Seen) or not filed.open:
        return packed(Seen(number=number))
    return packed(Seen(number=number, url=filed.url, open=True, trouble=f"#{number} stays open: {why}"))


async def _known(after: After) -> Json:
    """Where all are in our notes GitHub is not asked, nor where none is to be filed."""
    owed = tickets.owed(after.assessment)
    noted = await known_numbers(after.tools.notes, after.place.key, after.tools.clock())
    asked = (*owed.failing, *owed.holding) if _files(after.request) else ()
    wanted = [finding.criterion.id for finding in asked]
    unsure = None
    if any(criterion not in noted for criterion in wanted):
        filed = await answer_or_refusal(after.session.filed_issues(after.place.number))
        if isinstance(filed, GitHubError):
            unsure = str(filed)
        else:
            unsure = None if filed.complete else "there are more issues of mine than I can look through"
            found = {criterion_in(after, one.body): one.number for one in reversed(filed.issues)}
            noted = {name: number for name, number in found.items() if name is not None} | noted
    plain: Json = msgspec.to_builtins(Known(numbers=noted, unsure=unsure))
    return plain


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
        mine=lambda body: criterion_in(after, body) == criterion,
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
    return result(criterion, msgspec.convert(kept, Seen))


async def _update(after: After, finding: Finding, number: int) -> Json:
    filed = await own(after, finding.criterion.id, number)
    if isinstance(filed, Seen):
        return packed(filed)
    now = await standing(after, filed)
    deed = tickets.deed(now, holds=False)
    body = tickets.revised(filed.body, _section(after, finding), key=after.tools.key, place=marked(after))
    if body is None:
        why = f"#{number} is left as it is: somebody took a part of what I wrote there away"
        return packed(Seen(number=number, url=filed.url, open=filed.open, trouble=why))
    title = tickets.new_title(filed.title, finding)
    changes = {"body": body}
    changes |= {} if title is None else {"title": title}
    changes |= {"state": "open"} if deed is Deed.REOPEN else {}
    edited = await answer_or_refusal(after.session.edit_issue(number, changes))
    if isinstance(edited, GitHubError):
        why = f"#{number} could not be updated: {edited}"
        return packed(Seen(number=number, url=filed.url, open=filed.open, trouble=why))
    apart = tickets.kept_apart(number, now, holds=False)
    return packed(Seen(done=deed, number=number, url=edited.url, open=edited.open, trouble=apart))


async def _settle(after: After, finding: Finding, number: int) -> Result:
    """A ticket whose criterion holds now."""
    criterion = finding.criterion.id
    look = await after.turn.step(f"ticket {criterion}", lambda: _look(after, finding, number))
    seen = msgspec.convert(look, Seen)
    if seen.done is not Deed.CLOSE:
        return result(criterion, seen)
    try:
        await after.turn.write(f"ticket said {criterion}", _farewell(after, finding, seen))
        closed = await after.turn.write(f"ticket closed {criterion}", _closing(after, number))
    except (Refused, UnknownOutcome) as error:
        trouble = f"#{number} is not closed though it holds now: {error}"
        return result(criterion, msgspec.structs.replace(seen, done=Deed.LEAVE, trouble=trouble))
    assert isinstance(closed, dict)
    return result(criterion, msgspec.structs.replace(seen, open=closed["closed"] is not True))


async def _look(after: After, finding: Finding, number: int) -> Json:
    filed = await own(after, finding.criterion.id, number)
    if isinstance(filed, Seen):
        return packed(filed)
    now = await standing(after, filed)
    return packed(
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


def _section(after: After, finding: Finding) -> str:
    marker = tickets.mark(after.assessment, finding, key=after.tools.key, place=marked(after))
    return tickets.section(after.assessment, finding, evidence_url=_evidence(after), marker=marker)


def _evidence(after: After) -> str | None:
    return after.tools.evidence_url(after.assessment.id, after.assessment.finished_at)
