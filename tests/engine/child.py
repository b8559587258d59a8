"""A whole process to kill: it runs the engine until the work is done, or until it dies at a named point."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

from bot.engine import Engine, EngineSettings, Json, Refused, Turn
from tests.engine.world import Comment, Outside, delivery, engine, job, until

# Each names a boundary; the process dies when it gets there.
BEFORE = "after sent, before the call"
AFTER = "after the call, before done"
POINTS = [
    "after the inbox",
    "in the handler",
    "in the-first-step",
    "between the steps",
    "in the-second-step",
    "before the write",
    BEFORE,
    AFTER,
    "after the write",
    "after the refusal",
    "in the second write",
    "at the end",
]
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.engine.child"])


class Mortal(Comment):
    """A comment that may die before and after it was made."""

    def __init__(self, outside: Outside, what: str, at: Callable[[str], None], before: str, after: str) -> None:
        super().__init__(outside, what)
        self._at = at
        self._before = before
        self._after = after

    async def send(self) -> Json:
        """Write, between two points to die at."""
        self._at(self._before)
        answer = await super().send()
        self._at(self._after)
        return answer


class Fickle(Comment):
    """A write that is refused for good when it is tried first, and would be taken after that."""

    async def send(self) -> Json:
        """Write, unless nobody has objected yet."""
        if "objection" in self._outside.all():
            return await super().send()
        self._outside.happen("objection")
        raise Refused(None, "refused")


async def _assess(turn: Turn, outside: Outside, at: Callable[[str], None]) -> None:
    async def step(name: str) -> Json:
        at(f"in {name}")
        outside.happen(name)
        return name

    at("in the handler")
    await turn.step("read", lambda: step("the-first-step"))
    at("between the steps")
    await turn.step("probe", lambda: step("the-second-step"))
    at("before the write")
    await turn.write("comment", Mortal(outside, "comment", at, BEFORE, AFTER))
    at("after the write")
    try:
        await turn.write("label", Fickle(outside, "label"))
    except Refused as refusal:
        outside.happen(refusal.reason)
    at("after the refusal")
    await turn.write("close", Mortal(outside, "close", at, "", "in the second write"))
    at("at the end")


def live(settings: EngineSettings, path: Path, point: str | None, sign: int = signal.SIGKILL) -> None:
    """Run in a process of its own: take the delivery, and die at the point or finish the job."""
    outside = Outside(path)

    def at(here: str) -> None:
        if here == point:
            os.kill(os.getpid(), sign)

    async def work(turn: Turn) -> None:
        await _assess(turn, outside, at)
        outside.happen("finished")

    async def main() -> None:
        async with engine(settings, {"work": work}) as running:
            await _deliver(running)
            at("after the inbox")
            await until(lambda: "finished" in outside.all())

    asyncio.run(main())


async def _deliver(running: Engine) -> None:
    await running.inbox.put(delivery("g1", job("a"), "command-1"))


def run(settings: EngineSettings, path: Path, point: str | None) -> int:
    """Run such a process to its end; its exit code, negative for a signal."""
    process = CONTEXT.Process(target=live, args=(settings, path, point))
    process.start()
    process.join(20)
    if process.is_alive():
        process.kill()
        process.join()
        raise AssertionError(f"it did not end: {path.read_text()}")
    assert process.exitcode is not None
    return process.exitcode


KILLED = -signal.SIGKILL
