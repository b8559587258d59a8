"""One ticket as it is now: is it there, is it ours, whose doing is it that it is open or closed."""

from dataclasses import dataclass

import msgspec

from bot.actions.trouble import answer_or_refusal
from bot.assessment import tickets
from bot.assessment.document import Ticket, TicketState
from bot.assessment.evidence import CriterionId
from bot.assessment.marker import Place as Marked
from bot.assessment.tickets import Deed, Handled, Standing
from bot.commands.after import After
from bot.commands.ticket_notes import keep_number
from bot.engine import Json
from bot.github.answers import IssueNow
from bot.github.errors import GitHubError
from bot.github.filed import FiledIssue
from bot.github.models import Actor, EventKind, IssueState, TimelineEvent, Unknown


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


async def own(after: After, criterion: str, number: int) -> FiledIssue | Seen:
    """The ticket, if it is still there and ours; else why not."""
    filed = await answer_or_refusal(after.session.filed_issue(number))
    if isinstance(filed, GitHubError):
        why = f"#{number} cannot be read, and none is filed in its place: {filed}"
        return Seen(number=number, trouble=why)
    if filed is None or criterion_in(after, filed.body) != criterion:
        return Seen(number=number, trouble=f"#{number} does not bear my mark any more, so it is left as it is")
    await keep_number(after.tools.notes, after.place.key, criterion, number, after.tools.clock())
    return filed


async def standing(after: After, filed: FiledIssue) -> Standing:
    """How it stands, as far as GitHub tells."""
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


def result(criterion: CriterionId, seen: Seen) -> Result:
    """What was found and done, for the answer and the document. Pure."""
    trouble = () if seen.trouble is None else (seen.trouble,)
    handled = Handled(deed=seen.done, number=seen.number, trouble=trouble)
    if seen.url is None:
        return Result(handled=handled)
    state = TicketState.OPEN if seen.open else TicketState.CLOSED
    return Result(handled=handled, ticket=Ticket(criterion=criterion, number=seen.number, url=seen.url, state=state))


def criterion_in(after: After, body: str) -> str | None:
    """The criterion whose ticket a text of ours is, for this issue."""
    return tickets.criterion_of(body, key=after.tools.key, place=marked(after))


def marked(after: After) -> Marked:
    """Where the marks of its tickets are valid."""
    return Marked(repository_id=after.place.repository_id, issue=after.place.number)


def packed(seen: Seen) -> Json:
    """As a step's result."""
    plain: Json = msgspec.to_builtins(seen)
    return plain
