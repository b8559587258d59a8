"""Opening an issue again under the breaker: at its moment, counted once, and not at all where something forbids it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.actions.comment import Upsert
from bot.assessment.breaker import SPACING, Hold, Limits, Why
from bot.assessment.document import Ending
from bot.assessment.plan import Label, Plan, Reopen
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.breaker import Breaker
from bot.commands.holding import HeldBack, without_change
from bot.commands.looked import Looked
from bot.commands.opening import reopen
from bot.commands.request import Place
from bot.commands.run import Run
from bot.commands.saying import Asker
from bot.engine import Engine, Turn
from bot.github.answers import IssueNow
from tests.actions.test_reopening import LATER, OPENED, SHUT, SHUT_AT, Writer
from tests.assessment.samples import assess, finding
from tests.engine.world import engine, hurried, job, until

REGRESSED = replace(
    assess((finding(),)),
    trigger=Trigger(kind=TriggerKind.TIMER, regressed=True),
    plan=Plan(actions=(Reopen(),)),
)
LIMITS = Limits(reopenings=1)


def run(turn: Turn, counts: Engine, session: object, after: timedelta = timedelta(0)) -> Run:
    """A run of the recipe, so much later."""
    breaker = Breaker(counts=counts.counts, limits=LIMITS, report=lambda _event, _fields: None)
    tools: Any = SimpleNamespace(breaker=breaker, notes=counts.notes, clock=lambda: LATER + after)
    place = Place(installation=9, repository_id=7, owner="acme", name="shop", number=1)
    who = Asker(login=None, role=REGRESSED.close_role)
    return Run(turn=turn, tools=tools, session=session, place=place, trigger=REGRESSED.trigger, asker=who)  # type: ignore[arg-type]


async def opened(folder: Path, issues: Mapping[str, tuple[IssueNow, timedelta]]) -> tuple[list[Any], list[int]]:
    """What came of jobs that open issues, one after another, and how often each called GitHub."""
    ends: list[Any] = []
    writers = {name: Writer(now=issue) for name, (issue, _) in issues.items()}

    async def work(turn: Turn) -> None:
        asked = run(turn, running, writers[turn.job.id], issues[turn.job.id][1])
        seen = Upsert(asked.session, issue=None, existing=None, body="", mine=lambda _: True)  # type: ignore[arg-type]
        looked = Looked(closed_at=SHUT_AT)
        try:
            ends.append(await reopen(asked, looked, REGRESSED, Label(), seen))
        except HeldBack as held:
            ends.append(without_change(asked, REGRESSED, held.hold).actions)

    async with engine(hurried(folder), {"work": work}) as running:
        for number, name in enumerate(issues, 1):
            await running.submit(job(name, key=name))
            await until(lambda number=number: len(ends) == number)  # type: ignore[misc]
    return ends, [len(writer.opened) for writer in writers.values()]


NOW = timedelta(0)


async def test_the_second_is_held_back(tmp_path: Path) -> None:
    """GitHub is not called for it, and what is said in its place is true; a job of the next hour goes again."""
    ends, calls = await opened(tmp_path, {"a": (SHUT, NOW), "b": (SHUT, NOW), "c": (SHUT, 3 * SPACING)})
    assert calls == [1, 0, 1]
    ((done,),) = ends[1:2]
    assert (done.ending, done.text) == (
        Ending.REFUSED,
        "not reopened for now: at 14:10 UTC I measure again and go on by myself",
    )


async def test_it_stays_so_for_its_run(tmp_path: Path) -> None:
    """What resumes when its moment is over has told otherwise by then: the run that was left behind does it."""
    held: list[Hold] = []
    writer = Writer(now=SHUT)

    async def work(turn: Turn) -> None:
        for after in (NOW, 3 * SPACING) if turn.job.id == "b" else (NOW,):
            asked = run(turn, running, writer, after)
            seen = Upsert(asked.session, issue=None, existing=None, body="", mine=lambda _: True)  # type: ignore[arg-type]
            try:
                await reopen(asked, Looked(closed_at=SHUT_AT), REGRESSED, Label(), seen)
            except HeldBack as one:
                held.append(one.hold)

    async with engine(hurried(tmp_path), {"work": work}) as running:
        await running.submit(job("a", key="a"))
        await until(lambda: len(writer.opened) == 1)
        await running.submit(job("b", key="b"))
        await until(lambda: len(held) == 2)
    assert held == [Hold(until=LATER + SPACING, why=Why.HOUR)] * 2
    assert len(writer.opened) == 1


@pytest.mark.parametrize("forbidden", [OPENED, replace(SHUT, locked=True)], ids=["open-already", "locked"])
async def test_what_is_forbidden_does_not_count(tmp_path: Path, forbidden: IssueNow) -> None:
    """The moment of one that must not be opened any more is the next one's."""
    _, calls = await opened(tmp_path, {"a": (forbidden, NOW), "b": (SHUT, NOW)})
    assert calls == [0, 1]


def test_the_document_is_changed_in_nothing_else() -> None:
    """What was judged stays as it was judged."""
    hold = Hold(until=LATER + SPACING, why=Why.ERRORS)
    held = without_change(run(None, SimpleNamespace(counts=None, notes=None), None), REGRESSED, hold)  # type: ignore[arg-type]
    assert replace(held, actions=()) == REGRESSED
