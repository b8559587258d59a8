"""The process dies at every boundary, and the work still happens once."""

import pytest

from bot.engine import EngineSettings
from tests.engine import child
from tests.engine.world import Outside


@pytest.mark.parametrize("point", child.POINTS)
def test_killed_and_resumed(sqlite: EngineSettings, outside: Outside, point: str) -> None:
    """After a kill anywhere the job finishes, no completed step runs again, and each write is there once."""
    assert child.run(sqlite, outside.path, point) == child.KILLED
    assert child.run(sqlite, outside.path, None) == 0
    done = outside.all()
    assert done.count("comment") == 1
    assert done.count("close") == 1
    assert done.count("finished") == 1
    assert ("refused" in done, "label" in done) == (True, False)
    assert done.count("the-first-step") == 1
    assert done.count("the-second-step") == 1
