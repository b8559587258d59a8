"""An answer that is written anew from its document."""

import pytest

from bot.commands.rewriting import with_lines


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Closed.\n\n| a |\n\nBye.\n\n<!-- m -->", "Closed.\n\n| b |\n\nBye.\n\n<!-- m -->"),
        ("Closed.\n\n| a |\n\nNo more looks.\n\n<!-- m -->", "Closed.\n\n| b |\n\nNo more looks.\n\n<!-- m -->"),
        ("As an older version said it.\n\n<!-- m -->", "As an older version said it.\n\n<!-- m -->"),
    ],
    ids=["as-written", "with-another-line", "in-other-words"],
)
def test_with_lines(body: str, expected: str) -> None:
    """What is different is written, and what was written into the text since stays."""
    assert with_lines(body, "Closed.\n\n| a |\n\nBye.", "Closed.\n\n| b |\n\nBye.") == expected


def test_what_was_cut_elsewhere() -> None:
    """An answer that has no room for what is different stays as it is."""
    assert with_lines("Closed.\n\n| a |", "Closed.\n\n| a |", "Closed.") == "Closed.\n\n| a |"
