"""Labels as steps of the recipe: those that are missing are made first, then the issue gets its set."""

from dataclasses import dataclass

from bot.actions.comment import Upsert
from bot.actions.labels import LOOKS, labels_after, to_make
from bot.actions.trouble import answer_or_refusal
from bot.assessment.plan import Label
from bot.commands.looked import Looked
from bot.commands.run import Run
from bot.engine import Json
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The labels that a plan changes, and whether it closes."""

    label: Label
    closes: bool


async def make_missing(run: Run, looked: Looked, change: Change, upsert: Upsert) -> None:
    """Make the labels that are used for the first time. What fails is only reported: GitHub makes a grey one then."""
    for number, name in enumerate(to_make(looked.unmade, change.label, closes=change.closes)):
        use = looked.unmade[name]
        trouble = await run.turn.step(f"make label {number}", lambda name=name, use=use: _make(run, name, use))  # type: ignore[misc]
        upsert.now = None  # what was read before this is no last look any more
        if trouble is not None:
            run.report("label-not-made", str(trouble))


async def _make(run: Run, name: str, use: str) -> Json:
    look = LOOKS[use]
    refusal = await answer_or_refusal(run.session.create_label(name, look.color, look.description))
    return None if refusal is None else str(refusal)


async def set_labels(run: Run, label: Label, upsert: Upsert) -> str | None:
    """Labels alone, without a closing: None, or why they were not set."""
    trouble = await run.turn.step("label", lambda: _set(run, label, upsert))
    return None if trouble is None else str(trouble)


async def _set(run: Run, label: Label, upsert: Upsert) -> Json:
    number = IssueNumber(run.place.number)
    now = upsert.now if upsert.now is not None else await answer_or_refusal(run.session.issue_now(number))
    if isinstance(now, GitHubError):
        return f"the labels could not be read: {now}"
    if isinstance(now.labels, Unknown):
        return "the labels could not be read, so none was changed"
    wanted = labels_after(now, label)
    if wanted is None:
        return None
    got = await answer_or_refusal(run.session.set_labels(number, wanted))
    if isinstance(got, GitHubError):
        return f"the labels could not be set: {got}"
    missing = {name.casefold() for name in label.add} - {name.casefold() for name in got}
    return f"GitHub did not set the labels {', '.join(sorted(missing))}" if missing else None
