"""One database connection of ours, SQLite or Postgres, behind the few calls that the engine needs.

Statements are written once with `?` placeholders; what differs between the two dialects is here and in
`schema`. A connection belongs to one thread.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import psycopg

Value: TypeAlias = int | str | bytes | None
# The driver's edge: each query's caller knows its columns.
Row: TypeAlias = tuple[Any, ...]


# Full text, with the words as they are: the one tokenizer of SQLite that takes every letter beyond ASCII for one
# (https://www.sqlite.org/fts5.html#ascii_tokenizer), and Postgres' vectors without a parser before them.
_FTS5 = """create virtual table if not exists precedent_words using fts5(
    scope, words, tokenize = "ascii tokenchars '_'"
)"""
_TSVECTOR = """create table if not exists precedent_words (
    rowid bigint primary key,
    scope bigint not null,
    words tsvector not null
);
create index if not exists precedent_words_scope on precedent_words (scope);
create index if not exists precedent_words_words on precedent_words using gin (words)"""


class DatabaseTrouble(Exception):
    """The driver failed. `lost` says that the connection is of no more use."""

    def __init__(self, cause: Exception, *, lost: bool) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.lost = lost


class Connection(Protocol):
    """A connection inside or outside a transaction. Every method raises `DatabaseTrouble`."""

    def rows(self, sql: str, *params: Value) -> list[Row]:
        """Run one statement and return its rows."""
        ...

    def change(self, sql: str, *params: Value) -> int:
        """Run one statement and return how many rows it changed."""
        ...

    def begin(self) -> None:
        """Begin a transaction that may write."""
        ...

    def commit(self) -> None:
        """Commit durably: on the disk when this returns."""
        ...

    def rollback(self) -> None:
        """Give the transaction up; never raises."""
        ...

    def exclusive(self) -> None:
        """Keep other processes out of claims until the transaction ends."""
        ...

    def matching(self, scope: int, word: str) -> list[int]:
        """The rows of `precedent_words` in this scope that have the word, in no order.

        Words are letters, digits and underscores in lower case: nothing else is looked for. Neither database's own rank
        is asked for: one weighs a word by all scopes' rows, the other weighs none.
        """
        ...

    def matched(self, scope: int, word: str) -> int:
        """How many rows those are."""
        ...

    def close(self) -> None:
        """Close; never raises."""
        ...


class Dialect(Protocol):
    """A place to connect to."""

    def connect(self) -> Connection:
        """Open a connection; raises `DatabaseTrouble`."""
        ...

    def spelled(self, ddl: str) -> str:
        """The schema's own words in this dialect."""
        ...


class SqliteDialect:
    """A file, with a write-ahead log and a full sync at each commit."""

    def __init__(self, path: Path, busy_ms: int) -> None:
        self._path = path
        self._busy_ms = busy_ms

    def connect(self) -> Connection:
        """Open the file; raises `DatabaseTrouble`."""
        return SqliteConnection(self._path, self._busy_ms)

    def spelled(self, ddl: str) -> str:
        """SQLite's spelling of the schema."""
        return (
            ddl.replace("{serial}", "integer primary key autoincrement")
            .replace("{bytes}", "blob")
            .replace("{setup}", "")
            .replace("{words}", _FTS5)
        )


class SqliteConnection:
    """`Connection` over the standard library's driver."""

    def __init__(self, path: Path, busy_ms: int) -> None:
        try:
            self._raw = sqlite3.connect(path, timeout=busy_ms / 1000, isolation_level=None)
            self._raw.execute("pragma journal_mode=wal")
            self._raw.execute("pragma synchronous=full")
        except sqlite3.Error as error:
            raise DatabaseTrouble(error, lost=True) from error

    def rows(self, sql: str, *params: Value) -> list[Row]:
        """Run one statement and return its rows."""
        try:
            return self._raw.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise DatabaseTrouble(error, lost=False) from error

    def change(self, sql: str, *params: Value) -> int:
        """Run one statement and return how many rows it changed."""
        try:
            return self._raw.execute(sql, params).rowcount
        except sqlite3.Error as error:
            raise DatabaseTrouble(error, lost=False) from error

    def begin(self) -> None:
        """Take the write lock at once, so that nothing fails halfway for want of it."""
        self.rows("begin immediate")

    def commit(self) -> None:
        """Commit durably."""
        self.rows("commit")

    def rollback(self) -> None:
        """Give the transaction up; never raises."""
        with suppress(sqlite3.Error):
            if self._raw.in_transaction:
                self._raw.execute("rollback")

    def exclusive(self) -> None:
        """Nothing to do: the data directory's lock keeps other processes out."""

    def matching(self, scope: int, word: str) -> list[int]:
        """By FTS5."""
        sql = "select rowid from precedent_words where precedent_words match ?"
        return [row for (row,) in self.rows(sql, _fts5(scope, word))]

    def matched(self, scope: int, word: str) -> int:
        """By FTS5."""
        sql = "select count(*) from precedent_words where precedent_words match ?"
        return int(self.rows(sql, _fts5(scope, word))[0][0])

    def close(self) -> None:
        """Close; never raises."""
        with suppress(sqlite3.Error):
            self._raw.close()


class PostgresDialect:
    """A server, by URL; our tables are in the schema `bot`."""

    # Any constant: it names the one lock that claims take.
    CLAIMS = 7_206_113

    def __init__(self, url: str, busy_ms: int) -> None:
        self._url = url
        self._busy_ms = busy_ms

    def connect(self) -> Connection:
        """Connect; raises `DatabaseTrouble`."""
        return PostgresConnection(self._url, self._busy_ms)

    def spelled(self, ddl: str) -> str:
        """Postgres' spelling of the schema."""
        return (
            ddl.replace("{serial}", "bigint generated always as identity primary key")
            .replace("{bytes}", "bytea")
            .replace("{setup}", f"select pg_advisory_xact_lock({self.CLAIMS}); create schema if not exists bot;")
            .replace("{words}", _TSVECTOR)
        )


class PostgresConnection:
    """`Connection` over psycopg."""

    def __init__(self, url: str, busy_ms: int) -> None:
        options = f"-c search_path=bot -c statement_timeout={busy_ms} -c synchronous_commit=on"
        try:
            self._raw = psycopg.connect(url, autocommit=True, connect_timeout=max(2, busy_ms // 1000), options=options)
        except psycopg.Error as error:
            raise DatabaseTrouble(error, lost=True) from error

    def _trouble(self, error: psycopg.Error) -> DatabaseTrouble:
        return DatabaseTrouble(error, lost=self._raw.closed or self._raw.broken)

    def rows(self, sql: str, *params: Value) -> list[Row]:
        """Run one statement and return its rows."""
        try:
            cursor = self._raw.execute(sql.replace("?", "%s").encode(), params or None)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise self._trouble(error) from error

    def change(self, sql: str, *params: Value) -> int:
        """Run one statement and return how many rows it changed."""
        try:
            return self._raw.execute(sql.replace("?", "%s").encode(), params or None).rowcount
        except psycopg.Error as error:
            raise self._trouble(error) from error

    def begin(self) -> None:
        """Begin a transaction."""
        self.rows("begin")

    def commit(self) -> None:
        """Commit durably."""
        self.rows("commit")

    def rollback(self) -> None:
        """Give the transaction up; never raises."""
        with suppress(psycopg.Error):
            self._raw.rollback()

    def exclusive(self) -> None:
        """One claim at a time over all processes, until the transaction ends."""
        self.rows(f"select pg_advisory_xact_lock({PostgresDialect.CLAIMS})")

    def matching(self, scope: int, word: str) -> list[int]:
        """By text search."""
        sql = "select rowid from precedent_words where scope = ? and words @@ ?::tsquery"
        return [row for (row,) in self.rows(sql, scope, _quoted(word, "'"))]

    def matched(self, scope: int, word: str) -> int:
        """By text search."""
        sql = "select count(*) from precedent_words where scope = ? and words @@ ?::tsquery"
        return int(self.rows(sql, scope, _quoted(word, "'"))[0][0])

    def close(self) -> None:
        """Close; never raises."""
        with suppress(psycopg.Error):
            self._raw.close()


def _fts5(scope: int, word: str) -> str:
    return f'scope : "{scope}" AND words : {_quoted(word, chr(34))}'


def _quoted(word: str, mark: str) -> str:
    """As a string of a query's language: nothing in it is its syntax, whoever hands it in."""
    return f"{mark}{word.translate(_NO_SYNTAX)}{mark}"


_NO_SYNTAX = dict.fromkeys(map(ord, "\0'\"\\"), "_")
