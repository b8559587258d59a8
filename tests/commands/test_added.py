"""A line that is added to what we have written."""

import pytest

from bot.assessment.openlines import MAX_BODY
from bot.commands.added import with_line

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
