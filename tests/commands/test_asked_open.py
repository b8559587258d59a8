"""Which of our reopenings a person had asked for."""

from datetime import timedelta
from pathlib import Path

from bot.assessment.history import Asked
from bot.commands.asked_open import asked_open, remember
from bot.engine import Notes, schema
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from tests.assessment.samples import NOW


async def test_who_had_asked(tmp_path: Path) -> None:
    """For each closing that was undone, at that issue alone, and for years."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 5000)
    schema.create(dialect)
    store = Store(dialect, 10)
    notes = Notes(store)
    first, second = Asked(closed_at=NOW, by="carol"), Asked(closed_at=NOW + timedelta(days=1), by="ann")
    for one in (first, second, first):
        await remember(notes, "7/1", one, NOW)
    assert await asked_open(notes, "7/1", NOW + timedelta(days=2000)) == (first, second)
    assert await asked_open(notes, "7/2", NOW) == ()
    store.close()
