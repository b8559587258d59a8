"""Issues that were closed on evidence, so that a later one like them can be told of them: found by traits and words.

Rules:
1. Every statement is of one repository, by its id: nothing of one is ever found, counted or weighed for another.
2. Of one issue the newest word counts: what was forgotten later than it was closed is not kept again by a job that
   comes late. What is forgotten leaves its number and moment for a while, and nothing else.
3. Words and traits are data, never a query's syntax: a word is letters, digits and underscores or it is left out.
4. A search costs as much as what is rare: what most have in common is counted, and finds nobody.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.engine.contract import Json
from bot.engine.database import Connection, Row
from bot.engine.moments import from_ms, to_ms
from bot.engine.store import Store

MOST = 10_000
"""Precedents of one repository; the oldest go first."""
MOST_FOUND = 50
"""Found by words, and as many by traits."""
MOST_TRAITS = 160
MOST_WORDS = 24
_LONGEST_TRAIT = 200
_LONGEST_WORD = 40
_LOOKED_THROUGH = 4_000
"""Rows that a search goes through by traits, and as many by words."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """A closed issue, as of `at`; it is found by `traits` and `words`, and `entry` is the use case's own."""

    repository_id: int
    issue: int
    at: datetime
    entry: Json
    traits: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for, in one repository. `issue` itself is never found."""

    repository_id: int
    issue: int
    traits: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One that is kept."""

    issue: int
    at: datetime
    entry: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Those that have something in common, newest first: at most 100. `total` is how many the repository has.

    `traits` and `words` say how many of them have each that was sought; what none has is left out.
    """

    kept: tuple[Kept, ...]
    total: int
    traits: Mapping[str, int]
    words: Mapping[str, int]


class Precedents:
    """Precedents by repository. Every method raises `StoreUnavailable`."""

    def __init__(self, store: Store, most: int = MOST) -> None:
        self._store = store
        self._most = most

    async def keep(self, precedent: Precedent) -> bool:
        """Remember it, in the place of what is known of its issue. False: something newer is."""
        return await self._store.run(lambda db: _keep(db, precedent, self._most))

    async def forget(self, repository_id: int, issue: int, at: datetime) -> bool:
        """It is resolved no longer, as of this moment. False: something newer is known."""
        return await self._store.run(lambda db: _put(db, (repository_id, issue), to_ms(at), None) is not None)

    async def search(self, sought: Sought) -> Found:
        """Those of the repository that have rare traits or words in common with what is sought."""
        return await self._store.run(lambda db: _search(db, sought))

    async def newest(self, repository_id: int, most: int) -> tuple[Kept, ...]:
        """The newest of a repository, newest first."""
        sql = (
            "select issue, at, entry from precedents where repository_id = ? and gone = 0"
            " order by at desc, issue desc limit ?"
        )
        rows = await self._store.run(lambda db: db.rows(sql, repository_id, most))
        return tuple(_kept(row) for row in rows)


def drop_gone(db: Connection, before: int, most: int) -> int:
    """Delete some of the marks of what was forgotten before that moment; how many that were."""
    rows = db.rows("select seq from precedents where gone = 1 and at < ? order by at limit ?", before, most)
    return sum(db.change("delete from precedents where gone = 1 and seq = ?", seq) for (seq,) in rows)


def _keep(db: Connection, precedent: Precedent, most: int) -> bool:
    scope = precedent.repository_id
    seq = _put(db, (scope, precedent.issue), to_ms(precedent.at), json.dumps(precedent.entry))
    if seq is None:
        return False
    for trait in _bare(precedent.traits):
        db.change("insert into precedent_traits (repository_id, trait, precedent) values (?, ?, ?)", scope, trait, seq)
    words = " ".join(plain(precedent.words))
    db.change("insert into precedent_words (rowid, scope, words) values (?, ?, ?)", seq, str(scope), words)
    oldest = (
        "select seq from precedents where repository_id = ? and gone = 0"
        " order by at desc, issue desc limit 100 offset ?"
    )
    for (old,) in db.rows(oldest, scope, most):
        _clear(db, old)
        db.change("delete from precedents where seq = ?", old)
    return True


def _put(db: Connection, place: tuple[int, int], at: int, entry: str | None) -> int | None:
    """The row of an issue as it is from now on, without traits and words; None where something newer is known."""
    # in one statement: another process may say something newer between a look and a write
    rows = db.rows(
        "insert into precedents (repository_id, issue, at, gone, entry) values (?, ?, ?, ?, ?)"
        " on conflict (repository_id, issue) do update"
        " set at = excluded.at, gone = excluded.gone, entry = excluded.entry"
        " where precedents.at < excluded.at or (precedents.at = excluded.at and precedents.gone <= excluded.gone)"
        " returning seq",
        *place,
        at,
        int(entry is None),
        entry or "null",
    )
    if not rows:
        return None
    seq = int(rows[0][0])
    _clear(db, seq)
    return seq


def _clear(db: Connection, seq: int) -> None:
    db.change("delete from precedent_traits where precedent = ?", seq)
    db.change("delete from precedent_words where rowid = ?", seq)


def _search(db: Connection, sought: Sought, *, through: int = _LOOKED_THROUGH) -> Found:
    scope = sought.repository_id
    ((total,),) = db.rows("select count(*) from precedents where repository_id = ? and gone = 0", scope)
    traits, words = _bare(sought.traits), plain(sought.words)
    having = _having(db, scope, traits) if total else {}
    matched = {word: number for word in words if (number := db.matched(scope, word))} if total else {}
    seqs = _by_traits(db, scope, _rare(having, through)) if having else []
    seqs += rarest_first({word: db.matching(scope, word) for word in _rare(matched, through)}, total)[:MOST_FOUND]
    return Found(
        kept=_read(db, sought, tuple(dict.fromkeys(seqs))),
        total=total,
        traits={trait: having[bare] for trait in sought.traits if (bare := _one_bare(trait)) in having},
        words=matched,
    )


def _having(db: Connection, scope: int, traits: tuple[str, ...]) -> dict[str, int]:
    """How many have each trait."""
    # one by one: grouped in one statement they take many times as long
    sql = "select count(*) from precedent_traits where repository_id = ? and trait = ?"
    return {trait: number for trait in traits if (number := db.rows(sql, scope, trait)[0][0])}


def _by_traits(db: Connection, scope: int, traits: tuple[str, ...]) -> list[int]:
    """Those with most of them."""
    if not traits:
        return []
    sql = (
        "select precedent from precedent_traits where repository_id = ? and trait in (…)"
        " group by precedent order by count(*) desc, precedent desc limit ?"
    )
    return [seq for (seq,) in db.rows(_among(sql, traits), scope, *traits, MOST_FOUND)]


def rarest_first(having: Mapping[str, Sequence[int]], total: int) -> list[int]:
    """Rows by the words that they have, each weighed by how few of this repository's `total` have it. Pure.

    Of those that weigh the same the newest row comes first.
    """
    weights: dict[int, float] = {}
    for rows in having.values():
        weight = math.log((total + 1) / len(rows)) if rows else 0.0
        for row in rows:
            weights[row] = weights.get(row, 0.0) + weight
    return sorted(weights, key=lambda row: (-weights[row], -row))


def _rare(counts: Mapping[str, int], left: int) -> tuple[str, ...]:
    """The rarest, as many as can be looked through."""
    taken: list[str] = []
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        left -= counts[name]
        if left < 0:
            break
        taken.append(name)
    return tuple(taken)


def _read(db: Connection, sought: Sought, seqs: tuple[int, ...]) -> tuple[Kept, ...]:
    if not seqs:
        return ()
    # the pluses keep the database from walking through all of the repository instead of taking these few
    sql = (
        "select issue, at, entry from precedents where +repository_id = ? and +gone = 0 and issue <> ?"
        " and seq in (…) order by at desc, issue desc"
    )
    return tuple(_kept(row) for row in db.rows(_among(sql, seqs), sought.repository_id, sought.issue, *seqs))


def _kept(row: Row) -> Kept:
    issue, at, entry = row
    return Kept(issue=issue, at=from_ms(at), entry=json.loads(entry))


def _among(sql: str, values: Sequence[object]) -> str:
    """The statement with as many places as there are values."""
    return sql.replace("…", ", ".join("?" * len(values)))


def plain(words: Iterable[str]) -> tuple[str, ...]:
    """The words as both databases know them, each once; what is no word is left out. Pure."""
    folded = (word.casefold() for word in words if len(word) <= _LONGEST_WORD)
    return tuple(dict.fromkeys(word for word in folded if _WORD.fullmatch(word)))[:MOST_WORDS]


def _bare(traits: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_one_bare, traits)))[:MOST_TRAITS]


def _one_bare(trait: str) -> str:
    """In printable ASCII: databases take neither NUL nor half a character."""
    return ascii(trait[:_LONGEST_TRAIT])
