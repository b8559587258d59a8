"""Whatever the order in which the world tells us of itself, the end is that of the ordered run.

Each example is the same set of events in an order of its own, drawn from a seed: their deliveries are held back and
mixed, some come twice, and the server is restarted in between. A new kind of event is a row of a table.

Two kinds of tables:
- Of `ALIKE` every order ends alike. A check of the merge commit, its deployment, and a word of confirmation need the
  merge, and are drawn after it; who speaks is a bystander. What a receipt says of a confirmation depends on what is
  known when it comes: it is no assessment, and not compared.
- Of `PEOPLE` people contradict, and the end depends on who did what when. What it must be is said by a model of the
  issue (`tests.journeys.orders_model`): exactly one end where each event is told of at once, and however late it is
  told of, no end but those that the model reaches. Where that is one, the state must be that of the ordered run.

`ORDERS` is how many orders are drawn for each table of `ALIKE`; of `PEOPLE` it is a third of that.
"""

import asyncio
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.orders import (
    End,
    Event,
    broken,
    closed_by_keyword,
    does,
    drawn,
    end_of,
    in_order,
    later,
    made,
    merged,
    mixed,
    released,
    say,
    thumbed,
)
from tests.journeys.orders_model import Rules, end, ends
from tests.journeys.orders_rules import broken_rules
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, staged, write_policy

EXAMPLES = int(os.environ.get("ORDERS", "10"))
LABELS = "labels: {resolved: done, pending: waiting, hold: [on-hold]}\n"
HEAD = f"version: 1\nmode: act\nclaims: off\n{LABELS}"
FILE = "criteria:\n  - {id: later, file: service/later.py}\n"
AT_ONCE = f"{HEAD}{FILE}"
WAITING = f"""{AT_ONCE}  - {{id: ci, check: unit}}
  - {{id: live, deployment: production}}
  - {{id: confirmed, confirmation: {{by: reporter}}}}
"""
DAY = timedelta(hours=25)

COMMON: dict[str, Event] = {
    "ask": Event(act=say("ann", "/assess-resolution"), times=2),
    "chat": Event(act=say("dora", "Any news?")),
    "restart": Event(act=lambda stage: stage.restart(), times=2),
}
EVENTS = {"merge": Event(act=lambda stage: stage.github.control("merge", repo=REPO, pull=2)), **COMMON}
EVIDENCE: dict[str, Event] = {
    "lint": Event(
        act=lambda stage: stage.github.control("check", repo=REPO, name="lint", app="ci", conclusion="success"),
        after="merge",
    ),
    "check": Event(
        act=lambda stage: stage.github.control("check", repo=REPO, name="unit", conclusion="success"), after="merge"
    ),
    "deployment": Event(act=lambda stage: stage.github.control("deployment", repo=REPO), after="merge"),
    "confirm": Event(act=say("carol", "/confirm-fixed"), after="merge"),
}
ALIKE = {"at-once": (AT_ONCE, EVENTS), "waiting": (WAITING, EVENTS | EVIDENCE)}

DISPUTED: dict[str, Event] = {
    **COMMON,
    "merge": Event(act=merged),
    "keyword": Event(act=closed_by_keyword, after="merge"),
    "close": Event(act=does("close", "bob", reason="completed")),
    "reopen": Event(act=does("reopen", "carol")),
    "hold": Event(act=does("label", "bob", add=["on-hold"])),
    "release": Event(act=released, after="hold"),
    "speak": Event(act=say("bob", "I would like to look at it first.")),
    "object": Event(act=say("carol", "This still fails for me, please keep it open."), after="merge"),
    "/reopen": Event(act=say("carol", "/reopen")),
}
SPOKEN: dict[str, Event] = {
    "merge": DISPUTED["merge"],
    "object": DISPUTED["object"],
    "chat": Event(act=say("dora", "Any news?"), times=3),
}
SHUT = {"robot": Event(act=does("close", "stale[bot]", reason="completed"), times=2)}
OBJECTED = {
    "thumb": Event(act=thumbed, after="ask"),
    "cancel": Event(act=say("bob", "/resolution cancel"), after="ask"),
    "later": Event(act=later(DAY), times=2),
}
LOOKS = (timedelta(hours=2), timedelta(minutes=30))  # a look that fails is repeated 20 minutes later
BROKEN = {
    "break": Event(act=broken, after="merge"),
    "later": Event(act=later(*LOOKS), times=2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A policy, what happens under it, what the model knows of it, and what time does at the end."""

    policy: str
    events: Mapping[str, Event]
    rules: Rules
    tail: tuple[timedelta, ...] = ()


def without(*names: str) -> dict[str, Event]:
    """What people dispute about, but for some."""
    return {name: event for name, event in DISPUTED.items() if name not in names}


PEOPLE = {
    "disputed": Table(policy=f"{HEAD}watch: []\n{FILE}", events=DISPUTED, rules=Rules()),
    "spoken": Table(policy=f"{HEAD}watch: []\n{FILE}", events=SPOKEN, rules=Rules()),
    "advised": Table(
        policy=f"{HEAD}watch: []\nguard: note\n{FILE}".replace("act", "advise"),
        events=DISPUTED,
        rules=Rules(acts=False),
    ),
    "guarded": Table(
        policy=f"{HEAD}watch: []\nguard: {{people: note, bots: reopen}}\n{FILE}",
        events=without("speak", "object", "release", "chat") | SHUT,
        rules=Rules(robots=True),
    ),
    "announced": Table(
        policy=f"{HEAD}watch: []\nclose: {{after: 24h}}\n{FILE}",
        events=without("/reopen", "release") | OBJECTED,
        rules=Rules(grace=True),
        tail=(DAY, DAY),
    ),
    "watched": Table(
        policy=f"{HEAD}watch: [1h]\n{FILE}",
        events=without("speak", "object", "/reopen") | BROKEN,
        rules=Rules(watched=True),
        tail=LOOKS,
    ),
}


@pytest.mark.parametrize("policy", ALIKE)
async def test_the_ordered_run(on_stage: Staging, shas: Shas, policy: str) -> None:
    """What every order is to end with: closed, labelled, one answer, one watch."""
    text, events = ALIKE[policy]
    order = [name for name, event in events.items() for _ in range(event.times)]
    async with on_stage(made(shas)) as stage:
        await write_policy(stage, text)
        assert await in_order(stage, events, order) == ORDERED


ORDERED = End(state=("closed", "completed"), labels=("bug", "done"), verdicts=("resolved",), parked=1)


@pytest.mark.parametrize("seed", range(EXAMPLES))
@pytest.mark.parametrize("policy", ALIKE)
async def test_any_order(on_stage: Staging, shas: Shas, policy: str, seed: int) -> None:
    """The same end, with deliveries held back, mixed and doubled, and restarts in between."""
    text, events = ALIKE[policy]
    order, chance = drawn(random.Random(seed), events), random.Random(seed)
    async with on_stage(made(shas)) as stage:
        await write_policy(stage, text)
        stage.github.world.close_delay = timedelta(seconds=chance.choice([0, 0.2, 0.4, 0.8]))
        ended, broken = await mixed(stage, events, order, chance), broken_rules(stage)
    assert (ended, broken) == (ORDERED, []), f"seed {seed}: {' → '.join(order)}"


@pytest.mark.parametrize("seed", range(max(1, EXAMPLES // 3)))
@pytest.mark.parametrize("name", PEOPLE)
def test_people_disagree(tmp_path: Path, shas: Shas, name: str, seed: int) -> None:
    """Told of at once it ends as the model says; told of anyhow, in no other way than the model knows."""
    table = PEOPLE[name]
    order = drawn(random.Random(seed), table.events)
    said = f"seed {seed}: {' → '.join(order)}"
    whole = [*order, *("later" for _ in table.tail)]
    allowed = ends(whole, table.rules)
    at_once, broken = asyncio.run(played(tmp_path / "at-once", shas, table, order, None))
    assert (at_once.state[0], broken) == (end(whole, table.rules), []), said
    anyhow, broken = asyncio.run(played(tmp_path / "anyhow", shas, table, order, random.Random(seed)))
    assert broken == [], said
    assert anyhow.state[0] in allowed, said
    assert len(allowed) > 1 or anyhow.state == at_once.state, said


async def played(
    folder: Path, shas: Shas, table: Table, order: list[str], chance: random.Random | None
) -> tuple[End, list[str]]:
    """How it ends once all that waits has come to its own, and the rules that were broken; by chance, or at once."""
    folder.mkdir()
    async with staged(folder, made(shas), name=folder.name, settling=0.1) as stage:
        await write_policy(stage, table.policy)
        if chance is None:
            await in_order(stage, table.events, order)
        else:
            await mixed(stage, table.events, order, chance)
        await later(*table.tail)(stage)
        return await end_of(stage), broken_rules(stage)
