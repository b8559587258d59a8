"""The engine on both databases, and the outside world that it changes."""

from pathlib import Path

import pytest

from bot.engine import EngineSettings
from tests.engine.world import Outside, hurried


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> EngineSettings:
    """A place for the engine, on each database."""
    url = request.getfixturevalue("database_url") if request.param == "postgres" else None
    return hurried(tmp_path / "data", url)


@pytest.fixture
def sqlite(tmp_path: Path) -> EngineSettings:
    """A place on SQLite, for what does not depend on the database."""
    return hurried(tmp_path / "data")


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """An empty outside world."""
    return Outside(tmp_path / "outside")
