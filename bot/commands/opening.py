"""Opening an issue again as a step of the recipe: what was closed and does not hold."""

from bot.actions.comment import Upsert
from bot.actions.labels import labels_after
from bot.actions.reopening import Reopening, not_as_judged
from bot.assessment.document import ActionKind, Assessment, Done
from bot.assessment.plan import Label
from bot.commands.holding import give_back, pass_breaker
from bot.commands.looked import Looked
from bot.commands.run import Run
from bot.commands.state_change import Change, changed, look_again
from bot.engine import Refused
from bot.github.models import IssueNumber

_CHANGE = Change(
    action=ActionKind.REOPEN,
    name="reopen",
    wanted="open",
    refused="not reopened: {}",
    unknown="GitHub did not answer when I reopened it, and I cannot tell whether it is open",
    ignored="GitHub took the request and left the issue closed",
)


async def reopen(run: Run, looked: Looked, assessment: Assessment, label: Label, upsert: Upsert) -> tuple[Done, ...]:
    """Open it with its labels in one request; what was done of what was expected.

    Raises `bot.commands.holding.HeldBack`.
    """

    async def ready() -> tuple[str, ...] | None:
        await pass_breaker(run, assessment)
        now = await look_again(run, upsert)
        assert looked.closed_at is not None  # only what is closed is opened
        objection = not_as_judged(now, closed_at=looked.closed_at)
        if objection is not None:
            await give_back(run, assessment)
            raise Refused(None, objection)
        return labels_after(now, label)

    opening = Reopening(run.session, number=IssueNumber(run.place.number), ready=ready)
    return await changed(run, assessment, _CHANGE, opening)
