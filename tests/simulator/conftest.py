"""A project on disk, a simulator over it, and a client with an installation token."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle, running
from tests.simulator.projects import REPO, make_project, world_over


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("projects") / "shop")


@pytest.fixture
async def sim(project: Path) -> AsyncIterator[SimulatorHandle]:
    async with running(world_over(project)) as handle:
        yield handle


@pytest.fixture
async def api(sim: SimulatorHandle) -> AsyncIterator[httpx.AsyncClient]:
    async with sim.api(sim.token(REPO)) as client:
        yield client
