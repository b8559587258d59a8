"""Events at GitHub in an order of their own, and how they are told: at once, or held back, mixed and doubled."""

import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.simulator import changes
from bot.simulator.merging import MergeRequest, merge
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world
from tests.journeys.waiting import home, parked

ISSUE = {"number": 1, "title": "monitoring is missing", "body": "Not packaged.", "author": "carol", "labels": ["bug"]}
PULL = {"number": 2, "title": "Later", "body": "Fixes #1.", "base": "main", "head": "later", "author": "bob"}
APART = timedelta(seconds=90)
Act = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens: how, after which other one at the earliest, and how often in one example."""

    act: Act
    after: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How it all ended, as people see it, and what is still to come."""

    state: tuple[str, str | None]
    labels: tuple[str, ...]
    verdicts: tuple[str, ...]
    parked: int


def made(shas: Shas) -> dict[str, Any]:
    """A world before the merge, with what it had before in production."""
    before = [{"sha": shas.head, "environment": "production", "state": "success"}]
    return world(shas, issues=[dict(ISSUE)], pulls=[dict(PULL)], check_runs=[], deployments=before)


def say(login: str, body: str) -> Act:
    """Somebody comments."""
    return lambda stage: stage.github.comment(REPO, 1, login, body)


def does(what: str, login: str, **more: object) -> Act:
    """Somebody does something to the issue."""
    return lambda stage: stage.github.control(what, repo=REPO, issue=1, login=login, **more)


async def merged(stage: Stage) -> None:
    """bob merges; GitHub has yet to close the issue."""
    there = stage.github.world
    await merge(there, home(stage.github).issues[2], MergeRequest(actor=there.account("bob")))


async def closed_by_keyword(stage: Stage) -> None:
    """GitHub closes what the merged pull request says that it fixes."""
    there, issues = stage.github.world, home(stage.github).issues
    changes.close_issue(there, issues[1], there.account("bob"), "completed", issues[2])


async def broken(stage: Stage) -> None:
    """What the pull request had added is gone from the branch again."""
    await stage.github.control("commit", repo=REPO, files={"service/later.py": None}, message="Gone [skip ci]")


async def released(stage: Stage) -> None:
    """bob takes the label off that holds the issue open, where it is on it."""
    if "on-hold" in (await stage.issue())["labels"]:
        await does("label", "bob", remove=["on-hold"])(stage)


async def thumbed(stage: Stage) -> None:
    """carol puts 👎 on what announces the closing, where something does."""
    issue = await stage.issue()
    said = [one for one in issue["comments"] if "will be closed on" in one["body"].partition("\n")[0]]
    if issue["state"] == "open" and said and not said[-1]["minimized"]:
        await stage.github.control("react", repo=REPO, comment_id=said[-1]["id"], login="carol", content="-1")


def later(*pauses: timedelta) -> Act:
    """Time goes by; after each pause that is due is done."""

    async def pass_by(stage: Stage) -> None:
        for pause in pauses:
            stage.clock.ahead += pause
            await stage.rested()

    return pass_by


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


def drawn(chance: random.Random, events: Mapping[str, Event]) -> list[str]:
    """An order of the events in which each comes after the one that it needs."""
    left = [name for name, event in events.items() for _ in range(event.times)]
    order: list[str] = []
    while left:
        ready = [name for name in left if events[name].after in {None, *order}]
        order.append(chance.choice(ready))
        left.remove(order[-1])
    return order


async def in_order(stage: Stage, events: Mapping[str, Event], order: Sequence[str]) -> End:
    """Each is told of at once, and waited for."""
    for name in order:
        stage.clock.ahead += APART
        await events[name].act(stage)
        await stage.rested()
    return await end_of(stage)


async def mixed(stage: Stage, events: Mapping[str, Event], order: Sequence[str], chance: random.Random) -> End:
    """The same at GitHub, told of anyhow."""
    post = Post(stage, chance)
    for name in order:
        stage.clock.ahead += APART
        await post.after(events[name].act)
    await post.flush()
    await stage.rested()
    return await end_of(stage)


async def end_of(stage: Stage) -> End:
    """How things stand."""
    issue = await stage.issue()
    verdicts = [re.search(r"<!-- resolution-bot: .*kind=assessment verdict=([\w-]+)", body) for body in answers(issue)]
    return End(
        state=(issue["state"], issue["state_reason"]),
        labels=tuple(sorted(issue["labels"])),
        verdicts=tuple(one[1] for one in verdicts if one),
        parked=await parked(stage),
    )
