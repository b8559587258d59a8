"""The waivers of an issue survive a restart, one a criterion, and are spoken of for a while after their end."""

from datetime import timedelta
from pathlib import Path

from bot.commands.waivers import SPOKEN_OF, forget, keep, waiver_of, waivers_of
from bot.engine import Notes, schema
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from tests.assessment.samples import NOW
from tests.assessment.test_waiver import waiver


async def test_kept(tmp_path: Path) -> None:
    """What is read is what was given."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 5000)
    schema.create(dialect)
    for _ in range(2):
        store = Store(dialect, 10)
        notes = Notes(store)
        await keep(notes, "7/12", waiver("b", reason="another"))
        await keep(notes, "7/12", waiver("b"))
        await keep(notes, "7/12", waiver("a"))
        assert await waivers_of(notes, "7/12", NOW) == (waiver("a"), waiver("b"))
        assert await waivers_of(notes, "7/13", NOW) == ()
        spoken_of = waiver().until + SPOKEN_OF - timedelta(seconds=1)
        assert await waiver_of(notes, "7/12", "b", spoken_of) == waiver("b")
        assert await waiver_of(notes, "7/12", "b", spoken_of + timedelta(seconds=1)) is None
        await forget(notes, "7/12", "b")
        assert await waiver_of(notes, "7/12", "b", NOW) is None
        store.close()
