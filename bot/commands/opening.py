"""Opening an issue again as a step of the recipe: what was closed and does not hold."""

from bot.actions.comment import Upsert
from bot.actions.labels import labels_after
from bot.actions.reopening import Reopening, not_as_judged
from bot.actions.trouble import before_write
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.plan import Label
from bot.commands.holding import HeldBack, give_back, pass_breaker
from bot.commands.run import Looked, Run
from bot.engine import Refused, UnknownOutcome
from bot.github.answers import IssueNow
from bot.github.models import IssueNumber


async def reopen(run: Run, looked: Looked, assessment: Assessment, label: Label, upsert: Upsert) -> tuple[Done, ...]:
    """Open it with its labels in one request; what was done of what was expected.

    Raises `bot.commands.holding.HeldBack`.
    """

    async def ready() -> tuple[str, ...] | None:
        await pass_breaker(run, assessment)
        with before_write(run.tools.clock, "the issue could not be read again"):
            now = await _read(run, upsert)
        assert looked.closed_at is not None  # only what is closed is opened
        objection = not_as_judged(now, closed_at=looked.closed_at)
        if objection is not None:
            await give_back(run, assessment)
            raise Refused(None, objection)
        return labels_after(now, label)

    opening = Reopening(run.session, number=IssueNumber(run.place.number), ready=ready)
    try:
        result = await run.turn.write("reopen", opening)
    except HeldBack:
        raise
    except Refused as refused:
        return (Done(action=ActionKind.REOPEN, ending=Ending.REFUSED, text=f"not reopened: {refused.reason}"),)
    except UnknownOutcome:
        text = "GitHub did not answer when I reopened it, and I cannot tell whether it is open"
        return (Done(action=ActionKind.REOPEN, ending=Ending.UNKNOWN, text=text),)
    assert isinstance(result, dict)
    if result["open"] is not True:
        text = "GitHub took the request and left the issue closed"
        return (Done(action=ActionKind.REOPEN, ending=Ending.REFUSED, text=text),)
    return assessment.actions


async def _read(run: Run, upsert: Upsert) -> IssueNow:
    """The issue as it was when our comment was written, a moment ago; read again where that was another process."""
    if upsert.now is not None:
        now, upsert.now = upsert.now, None
        return now
    return await run.session.issue_now(IssueNumber(run.place.number))
