"""Whatever the order in which the world tells us of itself, the end is that of the ordered run.

Each example is the same set of events in an order of its own, drawn from a seed: their deliveries are held back and
mixed, some come twice, and the server is restarted in between. A new kind of event is a row of `EVENTS`.

What differs by the order with good reason is kept out, and no more than that:
- A check of the merge commit, its deployment, and a word of confirmation need the merge: they are drawn after it. A
  word from before the fix does not count.
- Who speaks is a bystander: a person with a say who speaks after the asking keeps the issue open, before it not.
- What a receipt says of a confirmation depends on what is known when it comes: it is no assessment, and not compared.
- Whether we or GitHub came first to close it, and who had asked last, is told by the answer's words; what is compared
  is the issue's state and reason, its labels, how many of our answers stand, and the verdict of each.
"""

import os
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.waiting import parked

EXAMPLES = int(os.environ.get("ORDERS", "10"))
ISSUE = {"number": 1, "title": "monitoring is missing", "body": "Not packaged.", "author": "carol", "labels": ["bug"]}
PULL = {"number": 2, "title": "Later", "body": "Fixes #1.", "base": "main", "head": "later", "author": "bob"}
LABELS = "labels: {resolved: done, pending: waiting}\n"
AT_ONCE = f"version: 1\nmode: act\nclaims: off\n{LABELS}criteria:\n  - {{id: later, file: service/later.py}}\n"
WAITING = f"""{AT_ONCE}  - {{id: ci, check: unit}}
  - {{id: live, deployment: production}}
  - {{id: confirmed, confirmation: {{by: reporter}}}}
"""
Act = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens: how, after which other one at the earliest, and how often in one example."""

    act: Act
    after: str | None = None
    times: int = 1


def made(shas: Shas) -> dict[str, Any]:
    """A world before the merge, with what it had before in production."""
    before = [{"sha": shas.head, "environment": "production", "state": "success"}]
    return world(shas, issues=[ISSUE], pulls=[PULL], check_runs=[], deployments=before)


def say(login: str, body: str) -> Act:
    """Somebody comments."""
    return lambda stage: stage.github.comment(REPO, 1, login, body)


EVENTS: dict[str, Event] = {
    "merge": Event(act=lambda stage: stage.github.control("merge", repo=REPO, pull=2)),
    "ask": Event(act=say("ann", "/assess-resolution"), times=2),
    "chat": Event(act=say("dora", "Any news?")),
    "restart": Event(act=lambda stage: stage.restart(), times=2),
}
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
POLICIES = {"at-once": (AT_ONCE, EVENTS), "waiting": (WAITING, EVENTS | EVIDENCE)}


@dataclass(slots=True)
class Post:
    """Deliveries between GitHub and us: some are held back, and come in another order, or twice."""

    stage: Stage
    chance: random.Random
    seen: int = 0

    async def after(self, act: Act) -> None:
        """Let something happen; what it emits is sent now, or held back and mixed with what comes then."""
        app = self.stage.github.world.app
        hook = app.webhook_url
        if self.chance.random() < 0.5:
            app.webhook_url = None
        await act(self.stage)
        app.webhook_url = hook
        if self.chance.random() < 0.5:
            await self.flush()

    async def flush(self) -> None:
        """Everything since the last time, each once more or for the first time, mixed."""
        await self.stage.github.settled()
        new = [one.id for one in self.stage.github.deliveries()][self.seen :]
        for number in self.chance.sample(new, len(new)):
            await self.stage.github.control("redeliver", id=number)
        await self.stage.github.settled()
        self.seen = len(self.stage.github.deliveries())


def drawn(chance: random.Random, events: dict[str, Event]) -> list[str]:
    """An order of the events in which each comes after the one that it needs."""
    left = [name for name, event in events.items() for _ in range(event.times)]
    order: list[str] = []
    while left:
        ready = [name for name in left if events[name].after in {None, *order}]
        order.append(chance.choice(ready))
        left.remove(order[-1])
    return order


async def end_of(stage: Stage, policy: str, events: dict[str, Event], order: list[str], seed: int | None) -> Any:
    """The state after all events in this order; without a seed each is waited for, and delivered as it comes."""
    await write_policy(stage, policy)
    chance = random.Random(seed)
    post = Post(stage, chance)
    if seed is not None:
        stage.github.world.close_delay = timedelta(seconds=chance.choice([0, 0.2, 0.4, 0.8]))
    for name in order:
        if seed is None:
            await events[name].act(stage)
            await stage.quiet()
        else:
            await post.after(events[name].act)
    if seed is not None:
        await post.flush()
    await stage.quiet()
    issue = await stage.issue()
    found = [re.findall(r"<!-- resolution-bot: .*verdict=([\w-]+)", body) for body in answers(issue)]
    verdicts = [one for one, body in zip(found, answers(issue), strict=True) if not body.startswith("✍️ Noted")]
    state = (issue["state"], issue["state_reason"])
    return state, sorted(issue["labels"]), verdicts, await parked(stage)


@pytest.mark.parametrize("policy", POLICIES)
async def test_the_ordered_run(on_stage: Staging, shas: Shas, policy: str) -> None:
    """What every order is to end with: closed, labelled, one answer, one watch."""
    text, events = POLICIES[policy]
    order = [name for name, event in events.items() for _ in range(event.times)]
    async with on_stage(made(shas)) as stage:
        assert await end_of(stage, text, events, order, None) == ORDERED


ORDERED = (("closed", "completed"), ["bug", "done"], [["resolved"]], 1)


@pytest.mark.parametrize("seed", range(EXAMPLES))
@pytest.mark.parametrize("policy", POLICIES)
async def test_any_order(on_stage: Staging, shas: Shas, policy: str, seed: int) -> None:
    """The same end, with deliveries held back, mixed and doubled, and restarts in between."""
    text, events = POLICIES[policy]
    order = drawn(random.Random(seed), events)
    async with on_stage(made(shas)) as stage:
        end = await end_of(stage, text, events, order, seed)
    assert end == ORDERED, f"seed {seed}: {' → '.join(order)}"
