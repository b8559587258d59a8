"""A line that is added to what we have written."""

import pytest

from bot.assessment.openlines import MAX_BODY
from bot.assessment.regression import LOOKS, ended
from bot.commands.added import instead_of_looks, with_line, without_looks

MARK = "<!-- resolution-bot: v1 … -->"


def test_one_more_line_stands_above_the_mark() -> None:
    """The answer stays, and its mark stays its last line."""
    assert with_line(f"All done.\n\n{MARK}\n", "It broke off.") == f"All done.\n\nIt broke off.\n\n{MARK}"


@pytest.mark.parametrize(
    "body", [f"It broke off.\n\n{MARK}", f"{'x' * (MAX_BODY - 40)}\n\n{MARK}"], ids=["said", "full"]
)
def test_where_nothing_is_added(body: str) -> None:
    """It is said once, and an answer that has no room stays as it is."""
    assert with_line(body, "It broke off.") is None


PROMISE, OVER = f"{LOOKS}I look again in 1 h.", ended("ann")


@pytest.mark.parametrize(
    ("body", "line", "expected"),
    [
        (f"Done.\n\n{PROMISE}\n\nBye.\n\n{MARK}", "No more.", f"Done.\n\nNo more.\n\nBye.\n\n{MARK}"),
        (f"{PROMISE}\n\n{PROMISE}\n\n{MARK}", "No more.", f"No more.\n\n{MARK}"),
        (f"Done.\n\n{PROMISE}\n\n{MARK}", f"{LOOKS}In 3 h.", f"Done.\n\n{LOOKS}In 3 h.\n\n{MARK}"),
        (f"Done.\n\n{PROMISE}\n\n{MARK}", PROMISE, None),
        (f"Done.\n\n{OVER}\n\n{MARK}", PROMISE, f"Done.\n\n{PROMISE}\n\n{MARK}"),
        (f"{OVER}\n\n{PROMISE}\n\n{MARK}", OVER, f"{OVER}\n\n{MARK}"),
        (f"{OVER}\n\n{MARK}", OVER, None),
        (f"Done.\n\n{MARK}", "No more.", f"Done.\n\nNo more.\n\n{MARK}"),
        (f"Done.\n\nNo more.\n\n{MARK}", "No more.", None),
        (f"Done.\n\n{PROMISE}\n\n{MARK}", "x" * MAX_BODY, None),
    ],
    ids=[
        "ended",
        "two",
        "ordered",
        "as-before",
        "ordered-anew",
        "both",
        "over-as-before",
        "none-promised",
        "said",
        "full",
    ],
)
def test_what_is_promised_no_longer(body: str, line: str, expected: str | None) -> None:
    """What is said now stands in the place of the promise, once."""
    assert instead_of_looks(body, line) == expected


def test_without_looks() -> None:
    """Nothing else goes, also where it looks alike."""
    text = f"a\n\n```\n{PROMISE}\n```\n\n{OVER}\n\nb"
    assert without_looks(f"{PROMISE}\n\n{text}") == text
