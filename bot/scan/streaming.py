"""A scan beside the event loop: the bytes arrive here, the work is done in a thread of its own.

A thread is enough: inflating and RE2 release the interpreter's lock, every single call is bounded (two seconds for
the worst pattern and text), and between calls the scanner looks at its clock. Should it ever not come back in time, it
is left to run out alone, and the answer is that the time was used up. Who stops waiting stops the scan as well.
Each scan has its own thread, so that no scan waits in the queue that name look-ups and file reads share.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from bot.scan.archive import Member, MemberKind
from bot.scan.scanner import Budget, Scanner, ScanResult, Search, Stop

FEED_BYTES = 256 << 10
GRACE = timedelta(seconds=5)


async def scan(
    chunks: AsyncIterator[bytes], searches: tuple[Search, ...], budget: Budget, *, grace: timedelta = GRACE
) -> tuple[ScanResult, ...]:
    """What the archive in `chunks` (a gzipped tar) holds of what is searched, one answer a search, in one pass that
    searches while it downloads.

    The patterns of all searches together must be without fault. `grace` is how much longer than its budget it may
    take to come back.
    Raises `ArchiveFault`, `PatternSetFailed`, and whatever the chunks raise.
    """
    loop = asyncio.get_running_loop()
    with _thread() as pool:
        # Hundreds of expressions take a while to compile.
        scanner = await loop.run_in_executor(pool, Scanner, searches, budget, loop.time)
        try:
            async with asyncio.timeout((budget.time + grace).total_seconds()) as limit:
                return await _fed(chunks, scanner, pool)
        except TimeoutError:
            if not limit.expired():
                raise
            return tuple(map(_nothing_seen, searches))
        finally:
            scanner.give_up()


async def scan_texts(texts: Mapping[str, bytes], search: Search, budget: Budget) -> ScanResult:
    """The same for single files by their paths: `paths` of the result are those that were looked at in time.

    Raises `PatternSetFailed`.
    """
    loop = asyncio.get_running_loop()
    scanner = Scanner((search,), budget, loop.time)

    def look() -> ScanResult:
        for path, data in texts.items():
            scanner.look_at(Member(path=path, kind=MemberKind.FILE, size_bytes=len(data), data=data))
            if scanner.stopped:
                break
        return scanner.results()[0]

    with _thread() as pool:
        try:
            return await loop.run_in_executor(pool, look)
        finally:
            scanner.give_up()


@contextmanager
def _thread() -> Iterator[ThreadPoolExecutor]:
    """A thread that is not waited for: waiting would hold up the event loop."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="scan")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


async def _fed(chunks: AsyncIterator[bytes], scanner: Scanner, pool: ThreadPoolExecutor) -> tuple[ScanResult, ...]:
    loop = asyncio.get_running_loop()
    pending: asyncio.Future[None] | None = None
    gathered: list[bytes] = []
    size = 0
    async for chunk in chunks:
        gathered.append(chunk)
        size += len(chunk)
        if size < FEED_BYTES:
            continue
        # One block is searched while the next one arrives, never more: the other side's speed is ours at most.
        if pending:
            await pending
        if scanner.stopped:
            break
        pending = loop.run_in_executor(pool, scanner.feed, b"".join(gathered))
        gathered, size = [], 0
    if pending:
        await pending
    await loop.run_in_executor(pool, scanner.feed, b"".join(gathered))
    return await loop.run_in_executor(pool, scanner.finish)


def _nothing_seen(search: Search) -> ScanResult:
    return ScanResult(
        commit=None,
        paths=frozenset(),
        files_read=0,
        bytes_read=0,
        hits=tuple(() for _ in search.patterns),
        not_read=(),
        stopped=Stop.TIME,
    )
