"""The tarball of the head is downloaded once, and whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.assessment.evidence import Sha
from bot.commands.one_download import OneDownload
from bot.github.contents import PathContent, Tree

HEAD, OLD = Sha("a" * 40), Sha("b" * 40)
CHUNKS = [bytes([at]) * 1_000 for at in range(9)]


class Source:
    """Counts its downloads; a download may break in the middle."""

    def __init__(self) -> None:
        self.downloads: list[Sha] = []
        self.breaks = False

    async def tree(self, sha: Sha) -> Tree:
        return Tree(sha=sha, entries=(), truncated=False)

    async def content(self, rev: str, path: str) -> PathContent:
        return None

    @asynccontextmanager
    async def tarball(self, sha: Sha) -> AsyncIterator[AsyncIterator[bytes]]:
        self.downloads.append(sha)
        yield self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        for at, chunk in enumerate(CHUNKS):
            if self.breaks and at == 4:
                raise ConnectionError
            await asyncio.sleep(0)
            yield chunk


async def read(trees: OneDownload, sha: Sha = HEAD, most: int = 99) -> bytes:
    found = bytearray()
    async with trees.tarball(sha) as chunks:
        async for chunk in chunks:
            found += chunk
            if len(found) >= most * 1_000:
                break
    return bytes(found)


async def test_the_head_is_downloaded_once() -> None:
    """However often it is searched, also at the same time; other commits are downloaded as ever."""
    source = Source()
    with OneDownload(source, HEAD) as trees:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read(trees)) for _ in range(4)]
        assert {task.result() for task in tasks} == {b"".join(CHUNKS)}
        assert await read(trees, OLD) == b"".join(CHUNKS)
    assert source.downloads == [HEAD, OLD]


async def test_a_half_of_it_is_not_kept() -> None:
    """One that broke, or that nobody read to its end, is downloaded again."""
    source = Source()
    with OneDownload(source, HEAD) as trees:
        source.breaks = True
        try:
            await read(trees)
        except ConnectionError:
            source.breaks = False
        await read(trees, most=3)
        assert await read(trees) == await read(trees) == b"".join(CHUNKS)
    assert source.downloads == [HEAD] * 3


async def test_all_else_is_asked_as_ever() -> None:
    """Trees and contents."""
    with OneDownload(Source(), HEAD) as trees:
        assert (await trees.tree(OLD)).sha == OLD
        assert await trees.content("HEAD", "x") is None
