"""Keeps the tarball of one commit as long as an audit goes on: every page of issues searches the tree of the head."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from bot.assessment.evidence import Sha
from bot.github.contents import PathContent, Tree
from bot.probes.trees import TreeSource

MOST_KEPT_BYTES = 2 << 30
_CHUNK_BYTES = 1 << 18


class OneDownload:
    """A tree's source whose tarball of `head` is downloaded once, into a file without a name. Use it as a context."""

    def __init__(self, source: TreeSource, head: Sha | None) -> None:
        self._source = source
        self._head = head
        self._file = TemporaryFile()  # noqa: SIM115 - closed by `__exit__`
        self._length: int | None = None  # once it is whole
        self._first = asyncio.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    async def tree(self, sha: Sha) -> Tree:
        """Every path at a commit."""
        return await self._source.tree(sha)

    async def content(self, rev: str, path: str) -> PathContent:
        """What stands at the path."""
        return await self._source.content(rev, path)

    def tarball(self, sha: Sha) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The repository at a commit as a gzipped tarball, streamed."""
        return self._kept(sha) if sha == self._head else self._source.tarball(sha)

    @asynccontextmanager
    async def _kept(self, sha: Sha) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._first:
            if self._length is None:
                async with self._source.tarball(sha) as chunks:
                    yield self._keeping(chunks)
                return
        yield self._again(self._length)

    async def _keeping(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The stream as it comes; kept if it comes to its end and is not too large."""
        length = 0
        async for chunk in chunks:
            if length + len(chunk) <= MOST_KEPT_BYTES:
                await asyncio.to_thread(self._write, length, chunk)
            length += len(chunk)
            yield chunk
        if length <= MOST_KEPT_BYTES:
            self._length = length

    async def _again(self, length: int) -> AsyncIterator[bytes]:
        at = 0
        while at < length:
            chunk = await asyncio.to_thread(self._read, at)
            at += len(chunk)
            yield chunk

    def _write(self, at: int, chunk: bytes) -> None:
        os.pwrite(self._file.fileno(), chunk, at)

    def _read(self, at: int) -> bytes:
        # By its place: several passes may read at the same time.
        return os.pread(self._file.fileno(), _CHUNK_BYTES, at)
