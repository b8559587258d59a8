"""What stays below an answer that is written anew."""

from datetime import UTC, datetime

import pytest

from bot.assessment.regression import pointer
from bot.assessment.watching import Response
from bot.commands.below import below

MARK = "<!-- m -->"
FOOTER = "<sub>asked by @ann</sub>"
FILED = pointer(Response.FILE, at=datetime(2026, 11, 20, tzinfo=UTC), url="https://github.test/1")


@pytest.mark.parametrize(
    ("body", "footer", "expected"),
    [
        (f"Closed.\n\n{FOOTER}\n\n{MARK}\n", FOOTER, MARK),
        (f"Closed.\n\n{FOOTER}\n\nHelp.\n\n{MARK}", FOOTER, f"Help.\n\n{MARK}"),
        (f"Closed.\n\n{FILED}\n\nBye.\n\n{FOOTER}\n\n{MARK}", FOOTER, f"{FILED}\n\n{MARK}"),
        (f"Closed.\n\n{FOOTER}\n\n{FILED}\n\n{MARK}", FOOTER, f"{FILED}\n\n{MARK}"),
        (f"Closed.\n\n{FILED}\n\n{FOOTER}\n\n{MARK}", None, f"{FILED}\n\n{MARK}"),
        (f"Closed.\n\n```\n{FILED}\n```\n\n{FOOTER}\n\n{MARK}", "another", MARK),
    ],
    ids=["alone", "more", "pointer", "pointer-below", "unknown", "quoted"],
)
def test_below(body: str, footer: str | None, expected: str) -> None:
    """What was asked for, what was found since, and our mark."""
    assert below(body, footer) == expected
