"""Outside writes happen once in effect, whatever the other side answers."""

from datetime import timedelta

import pytest

from bot.engine import EngineSettings, Json, Refused, Turn, UnknownOutcome
from tests.engine.world import LAG, Comment, Events, Outside, engine, job, now, until

CASES = [
    pytest.param([], {"said": "hello"}, 1, 0, id="answered"),
    pytest.param(["lose"], {"found": "hello"}, 1, 1, id="happened without an answer"),
    pytest.param(["late"], {"found": "hello"}, 1, 1, id="happened after the time-out"),
    pytest.param(["drop"], {"said": "hello"}, 2, 2, id="absent twice, then repeated"),
    pytest.param(["drop", "lose"], {"found": "hello"}, 2, 3, id="repeated without an answer"),
    pytest.param(["refuse"], {"said": "hello"}, 2, 0, id="refused until later"),
]


@pytest.mark.parametrize(("faults", "result", "sends", "finds"), CASES)
async def test_once_in_effect(
    settings: EngineSettings, outside: Outside, faults: list[str], result: Json, sends: int, finds: int
) -> None:
    """However the call fails, the outside shows one effect, and the handler gets its result."""

    async def work(turn: Turn) -> None:
        results.append(await turn.write("comment", comment))
        results.append(await turn.write("comment", comment))

    comment = Comment(outside, "hello", *faults)
    results: list[Json] = []
    events = Events()
    async with engine(settings, {"work": work}, events) as running:
        await running.submit(job("a"))
        await until(lambda: len(results) == 2)
    assert outside.all() == ["hello"]
    assert results == [result, result]
    assert (comment.sends, comment.finds) == (sends, finds)
    assert events.seen == []


async def test_a_final_refusal_is_the_handlers(sqlite: EngineSettings, outside: Outside) -> None:
    """A refusal without a time reaches the handler, which may do something else."""

    async def work(turn: Turn) -> None:
        try:
            await turn.write("comment", Comment(outside, "hello", "forbid"))
        except Refused as refusal:
            await turn.write("reaction", Comment(outside, refusal.reason))

    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: outside.all() == ["locked"])


async def test_a_final_refusal_is_kept(settings: EngineSettings, outside: Outside) -> None:
    """A run that goes on after a failure is refused in the same words: what it has told stays true."""

    async def work(turn: Turn) -> None:
        try:
            await turn.write("comment", comment)
        except Refused as refusal:
            told.append((refusal.reason, refusal.retry_at))
        if len(told) == 1:
            raise ValueError("broken")
        outside.happen("end")

    told: list[tuple[str, object]] = []
    comment = Comment(outside, "hello", "forbid")
    async with engine(settings, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: "end" in outside.all())
    assert (told, comment.sends, outside.all()) == ([("locked", None)] * 2, 1, ["end"])


async def test_a_refusal_that_is_not_kept(settings: EngineSettings, outside: Outside) -> None:
    """It is the write's own business: the next run sends it anew."""

    class Passing(Comment):
        async def send(self) -> Json:
            if not told:
                raise Refused(None, "not now", kept=False)
            return await super().send()

    async def work(turn: Turn) -> None:
        try:
            await turn.write("comment", Passing(outside, "hello"))
        except Refused as refusal:
            told.append(refusal.reason)
            raise ValueError("broken") from refusal

    told: list[str] = []
    async with engine(settings, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: outside.all() == ["hello"])
    assert told == ["not now"]


async def test_the_turn_is_held_while_the_outcome_is_unknown(sqlite: EngineSettings, outside: Outside) -> None:
    """Nobody else answers the issue while it is not known whether we already did."""

    async def work(turn: Turn) -> None:
        await turn.write("comment", Comment(outside, turn.job.id, *turn.job.payload))

    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("a", payload=["late"]))
        await running.submit(job("b", payload=[]))
        await until(lambda: len(outside.all()) == 2)
    assert outside.all() == ["a", "b"]


async def test_it_waits_out_the_lag(sqlite: EngineSettings, outside: Outside) -> None:
    """Looking for the mark begins one lag after the call, and the repetition two lags after it."""

    async def work(turn: Turn) -> None:
        await turn.write("comment", Comment(outside, "hello", "drop"))

    begin = now()
    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("a"))
        await until(outside.all)
    assert now() - begin >= 2 * LAG


async def test_never_an_answer(sqlite: EngineSettings, outside: Outside) -> None:
    """A write that never leaves a trace gives up, the job dies in that very run, and the user is told."""

    async def work(turn: Turn) -> None:
        runs.append(turn.job.id)
        await turn.write("comment", comment)

    async def dead(turn: Turn) -> None:
        told.append(turn.job.payload)

    comment = Comment(outside, "hello", *["drop"] * 20)
    told: list[Json] = []
    runs: list[str] = []
    quick = _hasty(sqlite)
    async with engine(quick, {"work": work, "dead.v1": dead}) as running:
        await running.submit(job("a", payload={"issue": 7}))
        await until(lambda: told)
    assert (comment.sends, runs) == (4, ["a"])
    assert told[0]["job"] == {"id": "a", "kind": "work", "key": "r/1", "payload": {"issue": 7}}
    assert UnknownOutcome.__name__ in told[0]["reason"]


def _hasty(settings: EngineSettings) -> EngineSettings:
    return type(settings)(
        data_dir=settings.data_dir,
        lag=timedelta(milliseconds=10),
        retry_delays=(timedelta(milliseconds=5),),
        shortest_pause=timedelta(milliseconds=5),
    )
