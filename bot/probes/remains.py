"""What is left of a change in a file whose other lines were edited since? Pure.

A change gains lines and loses lines. It is undone where no line that it gained is left and every line that it lost is
back, wherever they stand now; so it is told whatever was edited beside it, and however it was undone: by a merge that
kept the other side, or among other changes. Indentation does not matter, and lines without a word say nothing.
"""

from collections import Counter
from enum import StrEnum


class Remains(StrEnum):
    """What is left."""

    EVERYTHING = "everything"
    SOMETHING = "something"  # or it cannot be told
    NOTHING = "nothing"  # it is undone
    LITTLE = "little"  # at least half of it is undone
    REWRITTEN = "rewritten"  # it only gained lines, and none of them is left: taken out, or written anew


def remains(before: str, after: str, now: str) -> Remains:
    """What is left now of what led from `before` to `after`."""
    was, became, stands = _lines(before), _lines(after), _lines(now)
    gained, lost = became - was, was - became
    if not gained and not lost:
        return Remains.SOMETHING
    if all(stands[line] >= became[line] for line in gained) and all(stands[line] <= became[line] for line in lost):
        return Remains.EVERYTHING
    gone = sum(stands[line] <= was[line] for line in gained)
    back = sum(stands[line] >= was[line] for line in lost)
    if gone == len(gained) and back == len(lost):
        return Remains.NOTHING if lost else Remains.REWRITTEN
    mostly = lost and 2 * back >= len(lost) and 2 * gone >= len(gained)
    return Remains.LITTLE if mostly else Remains.SOMETHING


def _lines(text: str) -> Counter[str]:
    """How often each line stands there that holds a letter or a digit."""
    stripped = (line.strip() for line in text.splitlines())
    return Counter(line for line in stripped if any(map(str.isalnum, line)))
