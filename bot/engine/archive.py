"""Finished assessment documents, as the bytes that were answered with."""

from datetime import datetime

from bot.engine.database import Connection
from bot.engine.moments import to_ms
from bot.engine.store import Store


class Archive:
    """Documents by id and by issue. Every method raises `StoreUnavailable`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def save(self, id: str, repository: str, issue: int, document: bytes, at: datetime) -> None:  # noqa: A002 - the document's own word
        """Keep a document; a later one with the same id replaces it: what was done becomes known step by step."""

        def unit(db: Connection) -> None:
            db.change(
                "insert into archive (id, repository, issue, document, at) values (?, ?, ?, ?, ?)"
                " on conflict (id) do update set document = excluded.document, at = excluded.at",
                id,
                repository,
                issue,
                document,
                to_ms(at),
            )

        await self._store.run(unit)

    async def load(self, id: str) -> bytes | None:  # noqa: A002 - the document's own word
        """The document with this id."""
        return await self._first("select document from archive where id = ?", id)

    async def latest(self, repository: str, issue: int) -> bytes | None:
        """The newest document about this issue."""
        return await self._first(
            "select document from archive where repository = ? and issue = ? order by at desc, id desc limit 1",
            repository,
            issue,
        )

    async def _first(self, sql: str, *params: str | int) -> bytes | None:
        found = await self._store.run(lambda db: db.rows(sql, *params))
        return bytes(found[0][0]) if found else None
