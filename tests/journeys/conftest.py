"""Fixtures of the journeys."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.journeys.repository import Shas, build
from tests.journeys.stage import Stage, staged


@pytest.fixture(scope="session")
def shas(tmp_path_factory: pytest.TempPathFactory) -> Shas:
    """The repository; the simulator only reads it."""
    return build(tmp_path_factory.mktemp("git") / "service")


@pytest.fixture
def on_stage(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., AbstractAsyncContextManager[Stage]]:
    """`async with on_stage(world) as stage`."""
    name = request.node.name.replace("/", "_").replace("[", "-").replace("]", "")
    return partial(staged, tmp_path, name=name)


Staging = Callable[..., AbstractAsyncContextManager[Stage]]
Staged = AsyncIterator[Stage]
