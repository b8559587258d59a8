"""Scans beside the event loop: it stays free, and time limits hold."""

import asyncio
import random
from datetime import timedelta

import pytest

from bot.scan.archive import ArchiveFault
from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Budget, Search, Stop
from bot.scan.streaming import scan
from tests.scan.repos import chunks, crafted

OLD = (Search(patterns=(Pattern(text="old"),)),)


async def test_a_stream_is_searched_as_it_comes():
    """Small chunks and large ones give the same answer."""
    data = crafted(*((f"f{number}.py", b"old\n" * number) for number in range(40)))
    answers = [await scan(chunks(data, step), OLD, Budget()) for step in (1000, 1 << 20)]
    assert answers[0] == answers[1]
    assert len(answers[0][0].hits[0]) == 39


async def test_the_loop_stays_free_while_patterns_are_matched():
    """An expensive pattern over megabytes of text does not hold up anybody else."""
    costly = (Search(patterns=(Pattern(text="[ab]*a[ab]{190}c", match=Match.REGEX),)),)
    chance = random.Random(1)
    data = crafted(*((name, bytes(chance.choices(b"ab", k=30_000))) for name in ("a.py", "b.py")))
    ticks = 0

    async def watch() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    watcher = asyncio.ensure_future(watch())
    (result,) = await scan(chunks(data), costly, Budget())
    watcher.cancel()
    assert result.files_read == 2
    assert ticks > 10


async def test_time_runs_out_while_the_download_stalls():
    """A download that stops halfway ends with the time, not with us waiting."""

    async def stalling():
        yield crafted(("a.py", b"old"))[:20]
        await asyncio.sleep(60)

    budget = Budget(time=timedelta(seconds=0.1))
    (result,) = await scan(stalling(), OLD, budget, grace=timedelta(seconds=0.1))
    assert result.stopped is Stop.TIME


async def test_time_runs_out_inside_a_file():
    """The worst pattern over the worst text is stopped between two pieces of it."""
    data = crafted(("a.py", bytes(random.Random(1).choices(b"ab", k=400_000))))
    costly = (Search(patterns=(Pattern(text="[ab]*a[ab]{30}c", match=Match.REGEX),)),)
    started = asyncio.get_running_loop().time()
    (result,) = await scan(chunks(data), costly, Budget(time=timedelta(seconds=0.2)))
    assert result.stopped is Stop.TIME
    assert asyncio.get_running_loop().time() - started < 8


async def test_faults_come_out():
    """A broken archive is a fault for the caller; a broken stream is the stream's own error."""
    with pytest.raises(ArchiveFault):
        await scan(chunks(b"no gzip" * 100), OLD, Budget())

    async def breaking():
        yield crafted(("a.py", b"old"))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await scan(breaking(), OLD, Budget())


async def test_a_stopped_scan_stops_the_download():
    """Once a budget has run out, no more is asked for."""
    served = 0

    async def endless():
        nonlocal served
        data = crafted(*((f"{n}.py", bytes(range(1, 256)) * 40) for n in range(200)))
        while True:
            served += 1
            yield data[:300_000] if served == 1 else bytes(300_000)

    (result,) = await scan(endless(), OLD, Budget(files=5))
    assert result.stopped is Stop.FILES
    assert served < 5
