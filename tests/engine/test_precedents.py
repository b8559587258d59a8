"""Closed issues that are found by what they have in common, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from bot.engine import EngineSettings, Precedent, Precedents, Sought, precedents, retention, schema
from bot.engine.database import Connection, Dialect, Row, Value
from bot.engine.moments import to_ms
from bot.engine.running import _databases
from tests.engine.world import engine

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE, ELSEWHERE = 7, 77
MINE = Sought(repository_id=HERE, issue=1, traits=("label:bug", "file:src/über.py"), words=("Websocket", "größe"))


def precedent(issue: int, *, repository_id: int = HERE, at: datetime = NOON, **more: object) -> Precedent:
    """An issue that has all in common with `MINE`, but for what is said otherwise."""
    made = Precedent(
        repository_id=repository_id,
        issue=issue,
        at=at,
        entry={"title": f"issue {issue}"},
        traits=MINE.traits,
        words=MINE.words,
    )
    return replace(made, **more)  # type: ignore[arg-type]


async def found(kept: Precedents, sought: Sought = MINE) -> list[int]:
    """The numbers of the issues that are found."""
    return [one.issue for one in (await kept.search(sought)).kept]


async def test_found_by_traits_or_words(settings: EngineSettings) -> None:
    """Either is enough; who has neither is not found, nor is the issue itself; the newest come first."""
    async with engine(settings, {}) as running:
        for one in (
            precedent(1),
            precedent(2, words=("other",)),
            precedent(3, traits=("label:other",), at=NOON + HOUR),
            precedent(4, traits=("label:other",), words=("größer",)),
        ):
            assert await running.precedents.keep(one)
        result = await running.precedents.search(MINE)
    assert [(one.issue, one.at, one.entry) for one in result.kept] == [
        (3, NOON + HOUR, {"title": "issue 3"}),
        (2, NOON, {"title": "issue 2"}),
    ]
    assert (result.total, result.traits, result.words) == (
        4,
        {"label:bug": 2, "file:src/über.py": 2},
        {"websocket": 2, "grösse": 2},
    )


async def test_nothing_of_another_repository(settings: EngineSettings) -> None:
    """Neither found nor counted nor listed, though it has everything in common."""
    async with engine(settings, {}) as running:
        for issue in range(1, 4):
            await running.precedents.keep(precedent(issue, repository_id=ELSEWHERE))
        await running.precedents.keep(precedent(9))
        result = await running.precedents.search(MINE)
        assert ([one.issue for one in result.kept], result.total, set(result.words.values())) == ([9], 1, {1})
        assert set(result.traits.values()) == {1}
        assert [one.issue for one in await running.precedents.newest(HERE, 10)] == [9]
        assert await running.precedents.forget(HERE, 2, NOON + HOUR)
        assert await found(running.precedents, replace(MINE, repository_id=ELSEWHERE)) == [3, 2]


async def test_the_newest_word_counts(settings: EngineSettings) -> None:
    """A later closing replaces an earlier one; what was reopened meanwhile is not kept by a job that comes late."""
    async with engine(settings, {}) as running:
        kept = running.precedents
        assert await kept.keep(precedent(2))
        assert not await kept.keep(precedent(2, at=NOON - HOUR, words=("older",)))
        assert await kept.keep(precedent(2, at=NOON + HOUR, entry="newer", words=("newer",)))
        assert [one.entry for one in await kept.newest(HERE, 9)] == ["newer"]
        assert (await kept.search(MINE)).words == {}
        assert await kept.forget(HERE, 2, NOON + 2 * HOUR)
        assert (await kept.search(MINE)).total == 0
        assert not await kept.keep(precedent(2, at=NOON + 2 * HOUR))
        assert not await kept.forget(HERE, 2, NOON)
        assert await kept.newest(HERE, 9) == ()
        assert await kept.keep(precedent(2, at=NOON + 3 * HOUR))
        assert await found(kept) == [2]


class Overtaken:
    """A connection that another process is ahead of by a moment: it says its word just before this one is written."""

    def __init__(self, database: Dialect, ahead: Callable[[Connection], object]) -> None:
        self._mine, self._other = database.connect(), database.connect()
        self._ahead: Callable[[Connection], object] | None = ahead

    def rows(self, sql: str, *params: Value) -> list[Row]:
        """As the connection does, with the other one's word first if this writes."""
        ahead = self._ahead
        if ahead is not None and sql.startswith("insert into precedents "):
            self._ahead = None
            ahead(self._other)
        return self._mine.rows(sql, *params)

    def __getattr__(self, name: str) -> object:
        return getattr(self._mine, name)

    def close(self) -> None:
        """Close both."""
        self._mine.close()
        self._other.close()


@pytest.mark.parametrize("before", [True, False], ids=["known-before", "unknown-before"])
def test_the_newest_word_counts_between_processes(database: Dialect, *, before: bool) -> None:
    """What another process forgets while this one keeps an older closing stays forgotten."""
    db = Overtaken(database, lambda other: precedents._put(other, (HERE, 2), to_ms(NOON + HOUR), None))
    if before:
        precedents._keep(db._other, precedent(2, at=NOON - HOUR), 9)
    kept = precedents._keep(db, precedent(2), 9)  # type: ignore[arg-type]
    found = precedents._search(db._other, MINE)
    db.close()
    assert (kept, found.total, found.traits, found.words) == (False, 0, {}, {})


async def test_the_oldest_go_first(settings: EngineSettings) -> None:
    """A repository keeps so many and no more; others are not touched."""
    async with engine(settings, {}) as running:
        kept = Precedents(running.inbox._store, most=3)
        await kept.keep(precedent(5, repository_id=ELSEWHERE, at=NOON - HOUR))
        for issue in range(2, 8):
            await kept.keep(precedent(issue, at=NOON + issue * HOUR))
        assert await found(kept) == [7, 6, 5]
        assert (await kept.search(MINE)).traits["label:bug"] == 3
        assert await found(kept, replace(MINE, repository_id=ELSEWHERE)) == [5]


async def test_what_is_common_finds_nobody(settings: EngineSettings) -> None:
    """It is counted, and those with something rare in common are found all the same."""
    async with engine(settings, {}) as running:
        kept, store = running.precedents, running.inbox._store
        for issue in range(2, 60):
            await kept.keep(precedent(issue, traits=("label:bug",), words=("Websocket",)))
        await kept.keep(precedent(99, traits=("label:bug", "rare"), words=("Websocket", "größe"), at=NOON - HOUR))
        sought = replace(MINE, traits=("label:bug", "rare"))
        few = await store.run(lambda db: precedents._search(db, sought, through=20))
    assert [one.issue for one in few.kept] == [99]
    assert (few.traits, few.words) == ({"label:bug": 59, "rare": 1}, {"websocket": 59, "grösse": 1})


async def test_another_repository_weighs_nothing(settings: EngineSettings) -> None:
    """What is found, and before what, is as it is without the other one, however common a word is there."""
    sought = replace(MINE, traits=(), words=("alpha", "beta"))
    async with engine(settings, {}) as running:
        store = running.inbox._store
        await store.run(lambda db: [_kept_with(db, HERE, n, ("alpha", "beta")[n % 2]) for n in range(2, 122)])
        alone = await running.precedents.search(sought)
        await store.run(lambda db: [_kept_with(db, ELSEWHERE, n, "beta") for n in range(2, 301)])
        assert await running.precedents.search(sought) == alone
    assert [one.issue for one in alone.kept] == list(range(121, 71, -1))


async def test_the_rarer_word_finds_first(settings: EngineSettings) -> None:
    """An old one with a rare word is found before many young ones with a common one, on either database."""
    async with engine(settings, {}) as running:
        store = running.inbox._store
        await store.run(lambda db: [_kept_with(db, HERE, n, "common" if n > 2 else "rare") for n in range(2, 80)])
        result = await running.precedents.search(replace(MINE, traits=(), words=("common", "rare")))
    assert [one.issue for one in result.kept][-2:] == [31, 2]


def _kept_with(db: Connection, repository_id: int, issue: int, word: str) -> bool:
    return precedents._keep(db, precedent(issue, repository_id=repository_id, traits=(), words=(word,)), 9_999)


async def test_marks_go_after_a_while(settings: EngineSettings) -> None:
    """What was forgotten leaves a mark as long as jobs are kept; what is kept stays."""
    async with engine(settings, {}) as running:
        await running.precedents.keep(precedent(2))
        await running.precedents.forget(HERE, 3, NOON)
        keeper = retention.Retention(timedelta(days=1), running.inbox._store, running._tools.keeper)
        assert await keeper.prune(NOON + 24 * HOUR) == 0
        assert await keeper.prune(NOON + 25 * HOUR) == 1
        assert await running.precedents.keep(precedent(3, at=NOON - HOUR))
        assert await found(running.precedents) == [2, 3]


SYNTAX = (
    '"',
    "'",
    "\\",
    "NEAR(a b)",
    "a OR b",
    "a AND NOT b",
    "scope",
    f'scope : "{ELSEWHERE}"',
    f"{ELSEWHERE}",
    "words : *",
    "^a*",
    "a & !b",
    "a <-> b | c:*",
    "%s ? %",
    "\0",
    "a\0b",
    "\ud800",
    "x" * 60_000,
    "'); drop table precedents; --",
    "ŉ İ ß",
)


@pytest.mark.parametrize("text", SYNTAX, ids=ascii)
async def test_no_text_is_syntax(settings: EngineSettings, text: str) -> None:
    """It is kept, sought and listed as what it is, and finds nothing of another repository."""
    async with engine(settings, {}) as running:
        await running.precedents.keep(precedent(2, repository_id=ELSEWHERE, words=(str(ELSEWHERE), "scope", "a")))
        hostile = precedent(3, traits=(text,), words=(text, *text.split()), entry={"title": text})
        assert await running.precedents.keep(hostile)
        assert [one.entry for one in await running.precedents.newest(HERE, 5)] == [{"title": text}]
        result = await running.precedents.search(replace(MINE, traits=(text,), words=hostile.words))
    assert [one.issue for one in result.kept] == [3]
    assert (result.total, result.traits) == (1, {text: 1})


@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=30), max_size=5))
def test_no_search_raises_or_crosses(database: Dialect, texts: list[str]) -> None:
    """Whatever is sought and kept, on either database."""
    sought = replace(MINE, traits=tuple(texts), words=tuple(texts))
    connection = database.connect()
    connection.begin()
    precedents._keep(connection, precedent(2, repository_id=ELSEWHERE, traits=sought.traits, words=sought.words), 9)
    alone = precedents._search(connection, sought)
    precedents._keep(connection, precedent(3, traits=sought.traits, words=sought.words), 9)
    both = precedents._search(connection, sought)
    connection.rollback()
    connection.close()
    assert (alone.kept, alone.total) == ((), 0)
    assert [one.issue for one in both.kept] == ([3] if texts else [])
    assert set(both.traits.values()) | set(both.words.values()) <= {1}


@pytest.fixture
def database(settings: EngineSettings) -> Dialect:
    """A database with our tables."""
    settings.data_dir.mkdir(exist_ok=True)
    dialect, _ = _databases(settings)
    schema.create(dialect)
    return dialect
