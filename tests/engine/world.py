"""What the engine's tests share: settings that hurry, and an outside world that is a file."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.engine import (
    Delivery,
    Engine,
    EngineSettings,
    Handler,
    Job,
    Json,
    Refused,
    UnknownOutcome,
    running_engine,
)

LAG = timedelta(milliseconds=150)


def hurried(data_dir: Path, database_url: str | None = None) -> EngineSettings:
    """Settings whose pauses are all short."""
    return EngineSettings(
        data_dir=data_dir,
        database_url=database_url,
        lag=LAG,
        retry_delays=(timedelta(milliseconds=20), timedelta(milliseconds=20)),
        shortest_pause=timedelta(milliseconds=10),
        shutdown_grace=timedelta(seconds=2),
        lease=timedelta(milliseconds=900),
    )


def now() -> datetime:
    """The clock that is handed to the engine."""
    return datetime.now(UTC)


def job(id: str, kind: str = "work", *, key: str = "r/1", payload: Json = None, **more: object) -> Job:  # noqa: A002
    """A job of the kind `work`."""
    return replace(Job(id=id, kind=kind, key=key, payload=payload), **more)  # type: ignore[arg-type]


def delivery(guid: str, work: Job, dedup: str | None = None) -> Delivery:
    """A delivery that asks for this job."""
    return Delivery(guid=guid, dedup=dedup, event="issues", installation=1, job=work, received_at=now())


class Events:
    """What the engine reported."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Mapping[str, Json]]] = []

    def __call__(self, name: str, fields: Mapping[str, Json]) -> None:
        self.seen.append((name, fields))

    def named(self, name: str) -> list[Mapping[str, Json]]:
        """The reports of this name."""
        return [fields for seen, fields in self.seen if seen == name]


def engine(
    settings: EngineSettings, handlers: Mapping[str, Handler], events: Events | None = None
) -> AbstractAsyncContextManager[Engine]:
    """A running engine on the real clock."""
    return running_engine(settings, handlers, clock=now, on_event=events or Events())


async def until(true: Callable[[], object], seconds: float = 8) -> None:
    """Wait until it is true; fails after that many seconds."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


class Outside:
    """The outside world: one line of a file for each thing that happened there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def happen(self, what: str) -> None:
        """Let something happen."""
        with self.path.open("a") as file:
            file.write(f"{what}\n")

    def all(self) -> list[str]:
        """Everything that happened, in order."""
        return self.path.read_text().split() if self.path.exists() else []


class Comment:
    """A write to the outside world that can be told how to fail: the first entries of `faults` in order.

    `refuse` does nothing and says when to come back, `forbid` does nothing for good, `lose` happens but does
    not answer, `drop` neither happens nor answers, `late` happens after a part of the lag without an answer.
    """

    def __init__(self, outside: Outside, what: str, *faults: str) -> None:
        self._outside = outside
        self._what = what
        self._faults = list(faults)
        self.sends = 0
        self.finds = 0

    async def send(self) -> Json:
        """Write, or fail as told."""
        self.sends += 1
        fault = self._faults.pop(0) if self._faults else ""
        if fault == "refuse":
            raise Refused(now() + timedelta(milliseconds=60), "slow down")
        if fault == "forbid":
            raise Refused(None, "locked")
        if fault == "late":
            asyncio.get_running_loop().call_later(LAG.total_seconds() / 2, self._outside.happen, self._what)
        if fault in {"", "lose"}:
            self._outside.happen(self._what)
        if fault:
            raise UnknownOutcome(fault)
        return {"said": self._what}

    async def find(self, since: datetime) -> Json | None:
        """Look for the write."""
        self.finds += 1
        assert now() - since < timedelta(seconds=62)
        return {"found": self._what} if self._what in self._outside.all() else None
