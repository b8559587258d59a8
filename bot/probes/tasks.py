"""Is the issue's task list done?

A ticked box is somebody's word, so a complete list supports a fix without proving it. An open box may be forgotten:
it does not count as open work if every thing it names (a file, a commit, an issue) is measurably there.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Source
from bot.assessment.tasks import TaskItem, task_lists_of
from bot.assessment.tokens import Token, TokenKind
from bot.github.models import IssueState, PullState, StateReason
from bot.probes.asking import both, together
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.past import past_of
from bot.probes.paths import Nowhere, Place, find
from bot.probes.places import at_issue, counted, listed, short

_MOST_LISTED = 20
_MOST_MEASURED = 30
_SHOWN = 60
_REMOVES = re.compile(r"\b(?:remov\w*|delet\w*|drop\w*|get rid|purg\w*|eliminat\w*)\b", re.IGNORECASE)


class TasksParams(Params):
    """Which of the issue's task lists."""

    shorthand: ClassVar[str] = "heading"
    outside: ClassVar[bool] = False

    heading: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Only the boxes below this heading, smaller headings and nested lists included.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An open box; `there` says in words how all that it names was found, None where something was not."""

    item: TaskItem
    there: str | None


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, TasksParams)
    repository = context.snapshot.repository.full_name
    lists = task_lists_of(context.snapshot.issue.body, repository=repository)
    items, expected = lists.items, "all boxes are ticked"
    if params.heading is not None:
        items = tuple(item for item in items if _below(item, params.heading))
        expected = f"all boxes below `{params.heading}` are ticked"
    source = at_issue(context, "this issue's description")
    unticked = tuple(item for item in items if not item.checked)
    if lists.truncated and not unticked:
        return _unread(len(items), expected, source)
    if not items:
        return _no_list(params.heading, lists.headings, expected, source)
    if not unticked:
        observed = f"all {counted(len(items), 'box', 'boxes')} ticked" if len(items) > 1 else "the one box is ticked"
        return Evidence(
            outcome=Outcome.PASS,
            reason=Reason.HOLDS,
            expected=expected,
            observed=observed,
            source=source,
            decisive=False,  # whoever may edit the issue may tick a box
        )
    return _judged(await _measured(unticked, context), len(items), expected, source)


def _below(item: TaskItem, heading: str) -> bool:
    """Is it anywhere below the heading, also below a smaller one or nested in a list?"""
    return any(_same(label, heading) for label in item.labels)


def _same(label: str, heading: str) -> bool:
    return label.strip("# :*").casefold() == heading.strip("# :*").casefold()


def _no_list(heading: str | None, headings: tuple[str, ...], expected: str, source: Source) -> Evidence:
    if heading is None:
        return Evidence(
            outcome=Outcome.SKIPPED,
            reason=Reason.NOT_APPLICABLE,
            expected=expected,
            observed="no task list",
            source=source,
        )
    there = any(_same(one, heading) for one in headings)
    known = f"there are {listed(tuple(f'`{_cut(one)}`' for one in headings), limit=8)}" if headings else "there is none"
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=expected,
        observed=f"no task list below `{heading}`" if there else f"no heading `{heading}`: {known}",
        source=source,
        remedy=f"Put the boxes below `{heading}`, or correct the heading in the policy.",
    )


def _unread(ticked: int, expected: str, source: Source) -> Evidence:
    """An open box may stand where nobody has read."""
    seen = f"{counted(ticked, 'ticked box', 'ticked boxes')} read" if ticked else "no box read"
    return Evidence(
        outcome=Outcome.ERROR,
        reason=Reason.NOT_LOOKED_AT,
        expected=expected,
        observed=f"the description is so long that its end was not read; {seen}",
        source=source,
        remedy="Shorten the description, or put the task list at its top.",
    )


def _judged(found: tuple[_Open, ...], total: int, expected: str, source: Source) -> Evidence:
    """Open boxes are open work, unless all that every one of them names is there."""
    left = tuple(one for one in found if one.there is None)
    delivered = tuple(one for one in found if one.there is not None)
    details = tuple(Detail(text=f"open: {_shown(one.item)}") for one in left[:_MOST_LISTED])
    details += tuple(Detail(text=f"open, but {one.there}: {_shown(one.item)}") for one in delivered[:_MOST_LISTED])
    if left:
        named = listed(tuple(f'"{_shown(one.item)}"' for one in left), limit=3)
        return Evidence(
            outcome=Outcome.FAIL,
            reason=Reason.STILL_OPEN,
            expected=expected,
            observed=f"{len(left)} of {counted(total, 'box', 'boxes')} open: {named}",
            source=source,
            details=details,
            remedy="Do them and tick them, or take them off this issue.",
        )
    what = listed(tuple(one.there for one in delivered if one.there), limit=3)
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.HOLDS,
        expected=expected,
        observed=f"{len(delivered)} of {counted(total, 'box', 'boxes')} not ticked, but what they name is done: {what}",
        source=source,
        details=details,
    )


def _shown(item: TaskItem) -> str:
    return _cut(item.text)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


async def _measured(items: tuple[TaskItem, ...], context: Context) -> tuple[_Open, ...]:
    """Each open box with what became of the things it names. With very many, boxes are taken as they stand."""
    if len(items) > _MOST_MEASURED or not all(item.deliverables for item in items):
        return tuple(_Open(item=item, there=None) for item in items)
    return await together(_measure(item, context) for item in items)


async def _measure(item: TaskItem, context: Context) -> _Open:
    removes = bool(_REMOVES.search(item.text))
    said = await together(_delivered(token, context, removes=removes) for token in item.deliverables[:_MOST_LISTED])
    words = tuple(one for one in said if one)
    return _Open(item=item, there=listed(words) if len(words) == len(said) else None)


async def _delivered(token: Token, context: Context, *, removes: bool) -> str | None:
    """How the thing that a token names was found done, in words; None where it was not."""
    match token.kind:
        case TokenKind.PATH:
            return await _path_done(token.value, context, removes=removes)
        case TokenKind.SHA:
            return await _commit_done(token.value, context)
        case TokenKind.NUMBER:
            return await _number_done(int(token.value), context)
        case _:
            return None


async def _path_done(path: str, context: Context, *, removes: bool) -> str | None:
    """A file that is new since the fix, or gone if the box speaks of removing. What was so before is no delivery."""
    found = await find(context, path)
    if removes:
        gone = isinstance(found, Nowhere) and found.removed_by is not None
        return f"`{path}` is gone" if gone else None
    if not isinstance(found, Place):
        return None
    past = await past_of(context, found.path)
    return None if past.known and past.content is not None else f"`{path}` is there"


async def _commit_done(sha: str, context: Context) -> str | None:
    head = context.snapshot.head
    commit = await context.reader.commit(sha)
    if head is None or commit is None or not await context.reader.contains(head, commit.oid):
        return None
    return f"`{short(commit.oid)}` is on the branch"


async def _number_done(number: int, context: Context) -> str | None:
    issue, pull = await both(context.reader.issue(number), context.reader.pull(number))
    if pull is not None:
        return f"#{number} is merged" if pull.state is PullState.MERGED else None
    done = issue is not None and issue.state is IssueState.CLOSED
    if issue is None or not done or issue.state_reason not in {None, StateReason.COMPLETED}:
        return None
    return f"#{number} is closed"


_MANUAL = Manual(
    question="Is the issue's task list done?",
    example="- id: acceptance\n  title: The acceptance criteria are ticked\n  tasks: {heading: Acceptance criteria}\n",
    outcomes=(
        (Outcome.PASS, "Every box is ticked, or what every open one names is measurably there."),
        (Outcome.FAIL, "Boxes are open."),
        (Outcome.SKIPPED, "The issue has no task list."),
        (Outcome.MISSING, "There is no task list below the heading that was named, or no such heading."),
        (Outcome.ERROR, "The description is too long to be read to its end."),
    ),
)


@dataclass(frozen=True, slots=True)
class TasksProbe:
    """The issue's task list."""

    kind: str = "tasks"
    params: type[Params] = TasksParams
    limit: timedelta = timedelta(seconds=20)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about the boxes."""
        return await _ask(question, context)


PROBE = TasksProbe()
