"""An answer that is written anew in the place of one that promised to go on."""

import pytest

from bot.commands.calling_off import rewritten


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("Soon.\n\n<!-- m -->", "Off.\n\n<!-- m -->", id="alone"),
        pytest.param("Soon.\n\nHelp.\n\n<!-- m -->", "Off.\n\nHelp.\n\n<!-- m -->", id="with-more-below"),
        pytest.param("As an older version said it.\n\n<!-- m -->\n", "Off.\n\n<!-- m -->", id="in-other-words"),
        pytest.param("Off.\n\n<!-- m -->", None, id="done-already"),
    ],
)
def test_rewritten(body: str, expected: str | None) -> None:
    """What was said below it stays, and our mark at the end."""
    assert rewritten(body, "Soon.", "Off.") == expected
