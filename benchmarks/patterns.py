"""What does naming similar issues cost? A search among many closed issues, beside a whole assessment on this machine.

    python -m benchmarks.patterns [--records 10000] [--searches 50] [--postgres postgresql://…]

Prints the median time of one search through the engine's store, on SQLite and (where a URL of an empty database is
given) on Postgres, and each as a share of the median time from the comment to the closed issue, measured in the same
run over the simulator. Half of the records share the criteria, the label and a word with what is sought; another
repository has as many.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from benchmarks.assessment import closed, server, world
from bot.assessment.likeness import Candidate, Commonness, similar
from bot.assessment.precedent import Held, Likeness, Precedent
from bot.cli import demo_world
from bot.engine import EngineSettings, Precedents, Sought, running_engine
from bot.engine import Precedent as Remembered
from bot.simulator.testing import running

START = datetime(2026, 1, 1, tzinfo=UTC)
HERE, ELSEWHERE = 7, 8
WORDS = tuple(f"word{n}" for n in range(3000))
CRITERIA = ("suite", "domains", "coverage", "deployed")
WARM = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=50)
    parser.add_argument("--postgres")
    asked = parser.parse_args()
    asyncio.run(measure(asked.records, asked.searches, asked.postgres))


async def measure(records: int, searches: int, postgres: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assessment = await assessed(Path(folder))
    print(f"comment to closed    p50 {assessment * 1000:.0f} ms")
    for name, url in (("sqlite", None), ("postgres", postgres)):
        if name == "postgres" and url is None:
            print("postgres             not measured: no --postgres")
            continue
        async with store(url) as precedents:
            began = time.perf_counter()
            await fill(precedents, records)
            kept = (time.perf_counter() - began) / (2 * records)
            times = [await searched(precedents, number) for number in range(searches + WARM)][WARM:]
        share = statistics.median(times) / assessment
        print(
            f"{name:<20} search p50 {statistics.median(times) * 1000:.1f} ms, max {max(times) * 1000:.1f},"
            f" ratio to an assessment {share:.3f}; kept in {kept * 1000:.2f} ms each, {records:,} records"
        )


async def assessed(folder: Path, issues: int = 10) -> float:
    """The median seconds of closing an issue on evidence."""
    git = demo_world.repository(folder / "none", folder)
    done = demo_world.deed(git)
    assert done is not None
    body = f"Created `{done.path}`, fixed in `{done.sha[:9]}`. CI is green.\n\n/assess-resolution"
    async with running(world(git, done, issues + 1)) as github, server(github, folder):
        await closed(github, issues + 1, body)
        return statistics.median([await closed(github, number, body) for number in range(1, issues + 1)])


@asynccontextmanager
async def store(url: str | None) -> AsyncIterator[Precedents]:
    """The engine's own, in an empty place."""
    with tempfile.TemporaryDirectory() as folder:
        settings = EngineSettings(data_dir=Path(folder), database_url=url)
        engine = running_engine(settings, {}, clock=lambda: datetime.now(UTC), on_event=lambda _name, _fields: None)
        async with engine as running_one:
            yield running_one.precedents


async def fill(precedents: Precedents, records: int) -> None:
    """Many at once, which the store commits together."""
    chance = random.Random(1)
    made = [record(scope, issue, chance) for scope in (HERE, ELSEWHERE) for issue in range(1, records + 1)]
    for first in range(0, len(made), 200):
        async with asyncio.TaskGroup() as group:
            for one in made[first : first + 200]:
                group.create_task(precedents.keep(one))


def record(scope: int, issue: int, chance: random.Random) -> Remembered:
    """A closed issue; every other one is like all others."""
    alike = issue % 2 == 0
    at = START + timedelta(minutes=issue)
    precedent = Precedent(
        title=" ".join((*chance.sample(WORDS, 6), *(("timeout",) if alike else ()))),
        closed_at=at,
        criteria=tuple(Held(id=name, title=name, kind="check", category="Tests") for name in CRITERIA if alike),
        labels=("bug",) if alike else (f"label{issue % 50}",),
        paths=tuple(f"src/part{chance.randrange(400)}/file{chance.randrange(20)}.py" for _ in range(5)),
        pulls=(issue,),
    )
    return Remembered(
        repository_id=scope,
        issue=issue,
        at=at,
        entry=msgspec.to_builtins(precedent),
        traits=precedent.likeness.traits,
        words=precedent.likeness.words,
    )


async def searched(precedents: Precedents, number: int) -> float:
    """Seconds of one search and of weighing what it found."""
    likeness = Likeness(
        title=f"timeout {WORDS[number]} {WORDS[number + 100]}",
        criteria=CRITERIA,
        labels=("bug",),
        paths=tuple(f"src/part{number}/file{n}.py" for n in range(10)),
    )
    began = time.perf_counter()
    sought = Sought(repository_id=HERE, issue=0, traits=likeness.traits, words=likeness.words)
    found = await precedents.search(sought)
    common = Commonness(total=found.total, traits=found.traits, words=found.words)
    candidates = [Candidate(issue=one.issue, precedent=msgspec.convert(one.entry, Precedent)) for one in found.kept]
    assert similar(likeness, candidates, common, url="https://github.com/octo/shop")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
