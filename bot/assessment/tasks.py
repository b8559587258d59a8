"""The task list of a Markdown body: what is ticked, what is not, and which deliverables an item names.

Only real list items count, outside code, quotes and comments, at any depth:
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/about-task-lists
"""

from dataclasses import dataclass, replace

from bot.assessment.prose import read
from bot.assessment.tokens import Token, TokenKind

_DELIVERABLES = frozenset({TokenKind.PATH, TokenKind.SHA, TokenKind.NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """One box. `heading` is the nearest heading or leading line; `deliverables` are the paths, commits and numbers
    that the item names, in order.
    """

    text: str
    checked: bool
    heading: str | None = None
    deliverables: tuple[Token, ...] = ()


def tasks_of(text: str, *, repository: str) -> tuple[TaskItem, ...]:
    """Every box in the text, in order. `repository` is `owner/name`."""
    items: list[TaskItem] = []
    for unit in read(text, repository=repository).units:
        if unit.box is None:
            continue
        named = tuple(token for token in unit.shadow.tokens if token.kind in _DELIVERABLES)
        if unit.first or not items:
            heading = unit.labels[-1] if unit.labels else None
            items.append(TaskItem(text=unit.words(), checked=unit.box, heading=heading, deliverables=named))
            continue
        last = items[-1]
        items[-1] = replace(last, text=f"{last.text} {unit.words()}", deliverables=(*last.deliverables, *named))
    return tuple(items)
