"""Which time it is that somebody is told something: decided once for each job."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.assessment.policy import Role
from bot.commands.case import Case
from bot.commands.request import AskedIn, CommandRequest, Place
from bot.commands.telling import Once, denied, has_a_say, is_first
from bot.engine import Json, Notes, schema
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from tests.probes.world import NOW


class Forgetful:
    """A turn that crashes after each step, before its result is kept."""

    def __init__(self, job: str) -> None:
        self.job = SimpleNamespace(id=job)

    async def step(self, name: str, run: Callable[[], Awaitable[Json]]) -> Json:
        """Run it anew."""
        return await run()


@pytest.fixture
async def store(tmp_path: Path) -> Iterator[Store]:
    """A database of our own."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 5000)
    schema.create(dialect)
    opened = Store(dialect, 10)
    yield opened
    opened.close()


def case(
    store: Store, job: str, *, login: str = "dora", role: Role = Role.READ, later: timedelta | None = None
) -> Case:
    """A command of dora's."""
    comment = AskedIn(id=1, node_id="C", url="", body="", login=login, is_bot=False, at=NOW)
    place = Place(installation=1, repository_id=7, owner="acme", name="shop", number=1278)
    request = CommandRequest(
        place=place, comment=comment, issue_node="I", issue_author="carol", assignees=("emil",), is_pull=False
    )
    tools = SimpleNamespace(notes=Notes(store), clock=lambda: NOW + (later or timedelta(0)))
    return Case(turn=Forgetful(job), tools=tools, session=None, request=request, role=role)  # type: ignore[arg-type]


async def test_a_resumed_job_decides_the_same(store: Store) -> None:
    """However often it crashes before its decision is kept; another job on the same day is told no each time."""
    assert [await is_first(case(store, "1"), Once.DENIAL) for _ in range(3)] == [True] * 3
    assert [await is_first(case(store, "2"), Once.DENIAL) for _ in range(2)] == [False] * 2


async def test_a_day(store: Store) -> None:
    """Logins have no case, help is counted apart from denials, and after a day it begins anew."""
    assert (await denied(case(store, "1"), "no")).text == "no"
    assert (await denied(case(store, "2", login="Dora"), "no")).text == ""
    assert await is_first(case(store, "3"), Once.HELP)
    almost, after = timedelta(hours=23, minutes=59), timedelta(hours=24)
    assert not await is_first(case(store, "4", later=almost), Once.DENIAL)
    assert await is_first(case(store, "5", later=after), Once.DENIAL)


@pytest.mark.parametrize(
    ("login", "role", "has"),
    [
        ("dora", Role.NONE, False),
        ("dora", Role.READ, False),
        ("dora", Role.TRIAGE, True),
        ("Carol", Role.NONE, True),
        ("emil", Role.READ, True),
    ],
    ids=["nobody", "read", "triage", "author", "assignee"],
)
async def test_who_has_a_say(store: Store, login: str, role: Role, *, has: bool) -> None:
    """A role from triage on, or a tie to the issue."""
    assert has_a_say(case(store, "1", login=login, role=role)) is has
