"""What do probes cost beside the waiting? Many HTTP probes at once, through the runner and the guard.

    python -m benchmarks.fan_out [--assessments 200] [--rounds 5] [--profile]

A server in a process (and, where there are two, on a core) of its own answers every request after 100 ms. Two things
are measured in one run, each as the median of so many rounds:

1. One assessment of 30 probes: the time over the slowest probe's own. Target: at most 1.3.
2. 200 assessments at once, 6,000 probes under the guard's own cap on connections: the time over that of the
   single-core floor, which is a bare client (asyncio streams, one connection a request, no checks, nothing parsed but
   the status) with the same cap in the same process. Both wait for the same 100 ms as often. Target: at most 2.

The loop is uvloop's, as in the bot's server. Every probe asks a host of its own, so that the guard's pacing of one host
does not count; names resolve in memory.
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import uvloop

from bot.assessment.evidence import Criterion, CriterionId, Outcome
from bot.egress.exchange import RecordKind, Records
from bot.egress.rules import EgressSettings, Pace
from bot.egress.wayout import Egress
from bot.probes.contract import Context, Question
from bot.probes.registry import by_kind
from bot.probes.runner import Limits, run
from tests.probes.world import context

PROBES = 30
DELAY = 0.1
UNPACED = Pace(per_second=1e9, burst=1_000_000_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\nConnection: close\r\n\r\n"
ANSWER = HEAD + b'{"status":"ok"}'
PATIENCE = timedelta(minutes=5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assessments", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="print where the time of the 6,000 goes instead")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())
        return
    _pin(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(asked.assessments, asked.rounds, profiled=asked.profile))


async def serve() -> None:
    """The server: every request's head is answered after the delay, and the connection closed."""
    _pin(1)
    loop = asyncio.get_running_loop()

    class Late(asyncio.Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as TCP has it
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            if data.endswith(b"\r\n\r\n"):
                loop.call_later(DELAY, self.answer)

        def answer(self) -> None:
            self.transport.write(ANSWER)
            self.transport.close()

    server = await loop.create_server(Late, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    """The server's process; gives its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.fan_out", "--serve", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loopback:
    """Names that all lead to the server."""

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Its address."""
        del host
        return ("127.0.0.1",)

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        """None."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one round: seconds on the clock, and of this process's CPU."""

    wall: float
    cpu: float


async def measure(assessments: int, rounds: int, *, profiled: bool) -> None:
    async with server() as port:
        networks = (ip_network("127.0.0.1/32"),)
        egress = Egress(
            # every name leads to one address here, which no pace would let anybody ask so often
            settings=EgressSettings(
                allow_networks=networks, ports=(port,), pace_of_address=UNPACED, pace_of_all=UNPACED
            ),
            resolver=Loopback(),
            on_refused=lambda host, why: print("refused", host, why),
        )
        cap = egress.settings.at_once
        questions = tuple(_question(number, port) for number in range(PROBES))
        await assessed(1, questions, egress)  # warms up
        if profiled:
            await profile(assessments, questions, egress)
            return
        one = [await cost(lambda: assessed(1, questions, egress)) for _ in range(rounds)]
        slowest = [await assessed(1, questions, egress) for _ in range(rounds)]
        many: list[Cost] = []
        floor: list[Cost] = []
        for _ in range(rounds):
            floor.append(await cost(lambda: bare(assessments * PROBES, port, cap)))
            many.append(await cost(lambda: assessed(assessments, questions, egress)))
    total = assessments * PROBES
    ideal = -(-total // cap) * DELAY
    print(f"one assessment       {PROBES} probes of {1000 * DELAY:.0f} ms in {1000 * _wall(one):.0f} ms,", end=" ")
    print(f"{_wall(one) / statistics.median(slowest):.2f} x the slowest probe, {_wall(one) / DELAY:.2f} x the delay")
    print(f"{assessments} at once          {total:,} probes, at most {cap} connections: {ideal:.1f} s of pure waiting")
    for name, costs in (("bare client (floor)", floor), ("runner and guard", many)):
        each = min(one.cpu for one in costs) / total
        print(f"  {name:<19}{_wall(costs):6.2f} s   {1e6 * each:5.0f} us CPU a probe")
    print(f"  over the floor     {_wall(many) / _wall(floor):6.2f} x")


def _wall(costs: list[Cost]) -> float:
    return statistics.median(one.wall for one in costs)


async def cost(action: Callable[[], Awaitable[object]]) -> Cost:
    """What an action costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    await action()
    return Cost(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


async def assessed(assessments: int, questions: tuple[Question, ...], egress: Egress) -> float:
    """So many assessments at once, each of its own repository; gives the slowest probe's seconds."""
    async with asyncio.timeout(PATIENCE.total_seconds()), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                run(questions, _context(egress, number), by_kind(), limits=Limits(budget=PATIENCE, concurrency=PROBES))
            )
            for number in range(assessments)
        ]
    evidence = [finding.evidence for task in tasks for finding in task.result()]
    wrong = next((one for one in evidence if one.outcome is not Outcome.PASS), None)
    assert wrong is None, wrong
    return max(measure.value for one in evidence for measure in one.measures)


async def bare(requests: int, port: int, cap: int) -> None:
    """The floor: so many requests, at most `cap` at once."""
    places = asyncio.Semaphore(cap)

    async def ask() -> None:
        async with places:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: p.public.test\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
        assert answer.split(b" ", 2)[1] == b"200"

    async with asyncio.timeout(PATIENCE.total_seconds()), asyncio.TaskGroup() as group:
        for _ in range(requests):
            group.create_task(ask())


async def profile(assessments: int, questions: tuple[Question, ...], egress: Egress) -> None:
    """Where the time goes."""
    profiler = cProfile.Profile(time.process_time)
    with profiler:
        await assessed(assessments, questions, egress)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(45)


def _question(number: int, port: int) -> Question:
    probe = by_kind()["http"]
    asked = {"url": f"http://p{number}.public.test:{port}/", "json": {"at": "status", "equals": "ok"}, "timeout": 30}
    criterion = Criterion(id=CriterionId(f"c{number}"), title="It answers", category="Any", kind="http")
    return Question(criterion=criterion, params=probe.params.model_validate(asked))


def _context(egress: Egress, number: int) -> Context:
    return replace(context(), network=egress.network(number, f"acme/shop{number}"), now=datetime.now(UTC))


def _pin(core: int) -> None:
    """A core of its own, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core]})


if __name__ == "__main__":
    main()
