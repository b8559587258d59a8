"""Which closing a record tells of, and where its files stood."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.assessment.document import ActionKind, Assessment, Done, Ending, Metrics
from bot.commands.record_notes import MOST_PATHS, Kept, keep_record, kept_record, moved_from, tells_of, with_written
from bot.engine import Notes, schema
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from tests.assessment.samples import NOW, assess, finding

KEPT = Kept(paths=("a.md",), closed_at=NOW.isoformat())
CLOSED = Done(action=ActionKind.CLOSE, ending=Ending.DONE, text="closed as completed")


def verified(**changes: object) -> Assessment:
    """An assessment of what was closed then."""
    return replace(assess((finding(),)), **{"metrics": Metrics(closed_at=NOW), "actions": ()} | changes)


@pytest.mark.parametrize(
    ("kept", "changes", "stands"),
    [
        (KEPT, {}, True),
        (KEPT, {"metrics": None}, True),
        (Kept(), {}, True),
        (None, {}, False),
        (KEPT, {"metrics": Metrics(closed_at=NOW + timedelta(hours=1))}, False),
        (KEPT, {"actions": (CLOSED,)}, False),
    ],
    ids=["this-closing", "unknown", "unknown-then", "none", "a-later-one", "closed-by-this"],
)
def test_a_record_of_this_closing_stands(kept: Kept | None, changes: dict[str, object], stands: bool) -> None:
    """An assessment that only verifies leaves it; each closing has its own."""
    assert tells_of(kept, verified(**changes)) is stands


async def test_it_is_remembered(tmp_path: Path) -> None:
    """With all paths that were ever written, the newest last, and not without end."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 5000)
    schema.create(dialect)
    notes = Notes(Store(dialect, 10))
    assert await kept_record(notes, "7/12", NOW) is None
    written = with_written(KEPT, ("b.md", "a.md"), verified())
    await keep_record(notes, "7/12", written, NOW)
    assert await kept_record(notes, "7/12", NOW) == Kept(paths=("b.md", "a.md"), closed_at=NOW.isoformat())
    assert (moved_from(written, ("a.md",)), moved_from(None, ("a.md",))) == (("b.md",), ())
    many = with_written(None, tuple(f"{number}.md" for number in range(30)), verified())
    assert (len(many.paths), many.paths[-1]) == (MOST_PATHS, "29.md")
