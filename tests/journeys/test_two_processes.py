"""Two server processes on one Postgres: what comes due is done once, and by the other where the one dies over it."""

from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.journeys import guarding, watching
from tests.journeys import test_grace as grace
from tests.journeys.processes import Ground, ground, held_up, kill, process
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, commit_policy, world

NUMBERS = (1, 3, 4, 5)
NAMES = ("one", "two")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What comes due: its policy, when, what we change then, what the last answer says, and how many there are."""

    policy: str
    due: timedelta
    action: str
    begins: str
    texts: int = 1
    event: str = "assessed"


RUNG = Kind(
    policy=watching.POLICY,
    due=watching.HOUR + watching.SOON,
    action="reopened",
    begins="### 🔁 Came back, and reopened",
    texts=2,
    event="regressed",
)
ANNOUNCED = Kind(policy=grace.POLICY, due=grace.DAY, action="closed", begins="### ✅ Resolved: closed as completed")
GUARDED = Kind(
    policy=guarding.policy("{people: note, bots: reopen}", more="mode: act\n"),
    due=guarding.SETTLED,
    action="reopened",
    begins="### ❌ Reopened: not resolved",
)
KINDS = pytest.mark.parametrize("kind", [RUNG, ANNOUNCED, GUARDED], ids=["a-rung", "an-announced-closing", "a-guard"])


@asynccontextmanager
async def waiting(
    folder: Path, shas: Shas, database: str, kind: Kind, *, many: int
) -> AsyncIterator[tuple[Ground, dict[str, Process]]]:
    """So many issues, for each of which something waits for its moment, and two processes that could do it."""
    made = world(shas, issues=[guarding.ISSUE | {"number": number} for number in NUMBERS[:many]])
    limits = {"DATABASE_URL": database, "MAX_CONCURRENT_ASSESSMENTS": "1"}
    name = f"two-processes-{kind.action}-{many}-{kind.texts}"
    async with ground(folder, made, name=name, settling=timedelta(hours=1), **limits) as on, AsyncExitStack() as house:
        await commit_policy(on.github, kind.policy)
        both = {name: await house.enter_async_context(process(on, name)) for name in NAMES}
        for number in NUMBERS[:many]:
            if kind is GUARDED:
                await on.github.control("close", repo=REPO, issue=number, login=guarding.ROBOT)
            else:
                await on.github.comment(REPO, number, "ann", "/assess-resolution")
        await on.until(lambda: _parked(database, kind) == many)
        if kind is RUNG:
            await on.github.control("commit", repo=REPO, files=watching.GONE, message="Remove", author="bob")
            on.clock.set(watching.HOUR)
            await on.heard("watched", many)
            await on.until(lambda: _parked(database, kind) == many)
        yield on, both


def _rows(database: str, sql: str) -> list[Any]:
    with psycopg.connect(database, autocommit=True, options="-c search_path=bot") as connection:
        return connection.execute(sql.encode()).fetchall()


def _parked(database: str, kind: Kind) -> int:
    """How many wait for their moment; a guard's job has not begun."""
    state = "waiting" if kind is GUARDED else "parked"
    ((number,),) = _rows(database, f"select count(*) from jobs where state = '{state}'")
    ((busy,),) = _rows(database, "select count(*) from jobs where state = 'running'")
    return 0 if busy else int(number)


async def over(on: Ground, database: str, kind: Kind, *, many: int) -> list[dict[str, Any]]:
    """All is done, and nothing is left to do; the issues then."""
    await on.heard(kind.event, many * (2 if kind is ANNOUNCED else 1))
    left = "select count(*) from jobs where state <> 'done'"
    await on.until(lambda: _rows(database, left) == [(0,)])
    await on.github.settled()
    return await on.issues()


@KINDS
async def test_done_once(tmp_path: Path, shas: Shas, database_url: str, kind: Kind) -> None:
    """Both take part, for each can do one at a time; and each issue is changed once and told of once."""
    async with waiting(tmp_path, shas, database_url, kind, many=4) as (on, _):
        took = {name: len(on.told(kind.event, name)) for name in NAMES}
        await on.github.fault("delay:1", times=1)
        on.clock.set(kind.due)
        issues = await over(on, database_url, kind, many=4)
        assert all(len(on.told(kind.event, name)) > took[name] for name in NAMES)
        assert sorted(on.changes(kind.action)) == list(NUMBERS)
    said = [answers(one) for one in issues]
    assert [len(texts) for texts in said] == [kind.texts] * 4
    assert all(texts[-1].startswith(kind.begins) for texts in said)


@pytest.mark.parametrize(
    ("kind", "where"),
    [(RUNG, "saying"), (ANNOUNCED, "changing"), (GUARDED, "saying")],
    ids=["a-rung-told", "an-announced-closing-done", "a-guards-note-said"],
)
async def test_the_other_finishes_it(tmp_path: Path, shas: Shas, database_url: str, kind: Kind, where: str) -> None:
    """Who has taken it is killed while it is said, or while the issue is changed: once in effect all the same."""
    async with waiting(tmp_path, shas, database_url, kind, many=1) as (on, both):
        text = {"operation": "updateIssueComment" if kind is ANNOUNCED else "addComment"}
        await on.github.fault("delay:0.6", times=1, **(text if where == "saying" else {"method": "PATCH"}))
        on.clock.set(kind.due)
        await held_up(on)
        ((owner,),) = _rows(database_url, "select owner from jobs where state = 'running'")
        await kill(both.pop(owner.partition("-")[0]))
        (other,) = both
        (issue,) = await over(on, database_url, kind, many=1)
        assert on.changes(kind.action) == [1]
        assert [one["jobs"] for one in on.told("taken-over", other)] == [1]
    assert len(answers(issue)) == kind.texts
    assert answers(issue)[-1].startswith(kind.begins)
