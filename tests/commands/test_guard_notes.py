"""What is remembered of our notes about closings, and which look may still write into one."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.commands.guard_notes import NOTED, Noted, is_overwritten, noted
from bot.commands.tools import NoNotes
from bot.engine import Json, Note

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Remembered(NoNotes):
    """One note as it was kept."""

    def __init__(self, value: Json) -> None:
        self._value = value

    async def live(self, kind: str, place: str, now: datetime) -> tuple[Note, ...]:
        """It alone."""
        return (Note(kind=kind, place=place, name="ann", value=self._value, at=now, until=now + timedelta(days=1)),)


@pytest.mark.parametrize(
    ("value", "node", "first", "last"),
    [
        pytest.param("C", "C", None, None, id="the-oldest"),
        pytest.param({"node": "C", "asking": "r"}, "C", "r", "r", id="older"),
        pytest.param({"node": "C", "asking": "r", "last": "s"}, "C", "r", "s", id="written-again"),
        pytest.param({"node": "", "asking": None, "last": None}, "", None, None, id="put-away"),
    ],
)
async def test_what_is_kept_is_read(value: Json, node: str, first: str | None, last: str | None) -> None:
    """Also what older versions of the bot have kept."""
    assert await noted(Remembered(value), "7/3", NOW) == (Noted(closer="ann", node=node, first=first, last=last),)
    assert NOTED == "guard-note"  # under that name it was kept before


@pytest.mark.parametrize(
    ("node", "last", "overwritten"),
    [("C", "r", False), ("C", "other", True), ("D", "other", False), ("C", None, False)],
    ids=["its-own", "a-newer-closing's", "another-note", "not-known"],
)
def test_whose_text_stands_there(node: str, last: str | None, *, overwritten: bool) -> None:
    """A look writes over nothing but what its own looks have written."""
    said = (Noted(closer="ann", node=node, first="r", last=last),)
    assert is_overwritten(said, "C", "r") == overwritten
