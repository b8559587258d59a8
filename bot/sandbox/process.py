"""A process outside of our own, with what it writes, and the certain end of all that it starts.

bwrap binds itself to its parent's life only when its sandbox stands, so that one which is killed while it is being set
up may leave an orphan. Every process of ours bears a mark in its command line, by which such orphans are found; the end
of a sandbox's first process, which bears it, ends all others in it (pid_namespaces(7)).
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

PATIENCE = timedelta(seconds=5)
_PAUSE = timedelta(milliseconds=5)


@dataclass(frozen=True, slots=True)
class Spawned:
    """A process that runs, and the reading end of its standard output and standard error."""

    _process: subprocess.Popen[bytes]
    _output: int

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; negative for a signal, None while it runs."""
        return self._process.poll()

    async def read(self, most: int) -> bytes:
        """The next piece of what it writes; nothing where no more comes."""
        await asyncio.sleep(0)  # somebody who writes without end must not keep all others waiting
        while True:
            try:
                return os.read(self._output, most)
            except BlockingIOError:
                await _readable(self._output)

    async def ended(self) -> None:
        """Waits for its end."""
        descriptor = os.pidfd_open(self.pid)
        try:
            await _readable(descriptor)
        finally:
            os.close(descriptor)


@asynccontextmanager
async def spawned(line: tuple[str, ...], mark: str) -> AsyncIterator[Spawned]:
    """The process of a command line that holds a mark; in the end, nothing that bears it is left."""
    # Not by asyncio: a cancellation in the middle of a start would leave a process or a pipe that nobody knows.
    output, write = os.pipe()
    try:
        os.set_blocking(output, False)
        process = _start(line, write)
        try:
            yield Spawned(process, output)
        finally:
            # Shielded: the thread goes on even if nobody waits for it any more.
            await asyncio.shield(asyncio.to_thread(_end, process, mark.encode()))
    finally:
        os.close(output)


async def _readable(descriptor: int) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


def _start(line: tuple[str, ...], output: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(output)


def _end(process: subprocess.Popen[bytes], mark: bytes) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    late = time.monotonic() + PATIENCE.total_seconds()
    while (orphans := _bearing(mark)) and time.monotonic() < late:
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE.total_seconds())


def _bearing(mark: bytes) -> tuple[int, ...]:
    """The processes of this machine whose command line holds a mark; those that have ended have none."""
    return tuple(
        int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal() and mark in _line_of(folder)
    )


def _line_of(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:  # it has ended since
        return b""
