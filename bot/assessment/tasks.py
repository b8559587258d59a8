"""The task list of a Markdown body: what is ticked, what is not, and which deliverables an item names.

Only real list items count, outside code, quotes and comments, at any depth:
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/about-task-lists
"""

from dataclasses import dataclass, replace

from bot.assessment.prose import Unit, read
from bot.assessment.tokens import Token, TokenKind

_DELIVERABLES = frozenset({TokenKind.PATH, TokenKind.SHA, TokenKind.NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """One box. `heading` is the nearest heading or leading line, `labels` are all above it, outermost first;
    `deliverables` are the paths, commits and numbers that the item names, in order.
    """

    text: str
    checked: bool
    heading: str | None = None
    labels: tuple[str, ...] = ()
    deliverables: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLists:
    """Every box of a text and its headings, in order. `truncated`: its end was not read."""

    items: tuple[TaskItem, ...]
    headings: tuple[str, ...]
    truncated: bool


def tasks_of(text: str, *, repository: str) -> tuple[TaskItem, ...]:
    """Every box in the text, in order. `repository` is `owner/name`."""
    return task_lists_of(text, repository=repository).items


def task_lists_of(text: str, *, repository: str) -> TaskLists:
    """The boxes with the headings of the text. `repository` is `owner/name`."""
    prose = read(text, repository=repository)
    headings = dict.fromkeys(unit.words().strip("*: ") for unit in prose.units if unit.heading and unit.first)
    return TaskLists(items=_items(prose.units), headings=tuple(headings), truncated=prose.truncated)


def _items(units: tuple[Unit, ...]) -> tuple[TaskItem, ...]:
    items: list[TaskItem] = []
    for unit in units:
        if unit.box is None:
            continue
        named = tuple(token for token in unit.shadow.tokens if token.kind in _DELIVERABLES)
        if unit.first or not items:
            heading = unit.labels[-1] if unit.labels else None
            items.append(
                TaskItem(text=unit.words(), checked=unit.box, heading=heading, labels=unit.labels, deliverables=named)
            )
            continue
        last = items[-1]
        items[-1] = replace(last, text=f"{last.text} {unit.words()}", deliverables=(*last.deliverables, *named))
    return tuple(items)
