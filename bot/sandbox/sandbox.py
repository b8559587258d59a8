"""Runs commands in bubblewrap, each alone with a copy of its checkout, and always ends all that they started.

Rules:
1. Nothing runs without the sandbox: where it does not work there is none, and `NoSandbox` says why.
2. A command that was stopped by its bounds has no exit code: it says nothing about the code that it looked at.
3. The end of the sandbox's first process ends every process in it, in whatever session or group (pid_namespaces(7)).
"""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.bubblewrap import OUTSIDE_UID, Programs, arguments
from bot.sandbox.checkout import Checkout, checkout
from bot.sandbox.command import Bounds, Command, Ended, NoSandbox, Ran
from bot.sandbox.memory import held_bytes
from bot.sandbox.process import Spawned, spawned

AT_ONCE = 2
MOST_KEPT = 256 << 10
MOST_WRITTEN = 16 << 20
LOOK_EVERY = timedelta(milliseconds=100)
TRIAL = Command(name="trial", run=("true",), bounds=Bounds(time=timedelta(seconds=10)))
_PIECE = 64 << 10
_LAST_LINES = 20
INSTALL = "install bubblewrap (Debian, Ubuntu: `apt install bubblewrap`)"
ALLOW = "unprivileged user namespaces must be allowed (the default seccomp profile of Docker forbids them)"

# What programs say when they meet a bound that only refuses them more -> which one it was.
_WORDS = (
    (Ended.DISK, ("No space left on device", "File too large", "Disk quota exceeded")),
    (Ended.PROCESSES, ("Resource temporarily unavailable", "can't start new thread", "Cannot fork")),
    (Ended.MEMORY, ("MemoryError", "Cannot allocate memory", "bad_alloc", "ut of memory", "emory exhausted")),
)
_SIGNALS = {
    signal.SIGXCPU: Ended.TIME,
    signal.SIGXFSZ: Ended.DISK,
    signal.SIGKILL: Ended.KILLED,
}


class Sandbox:
    """A sandbox that works on this machine; `started` makes one."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._places = asyncio.Semaphore(AT_ONCE)

    @property
    def reader(self) -> int | None:
        """Who must be able to read a checkout, where that is not the server itself."""
        return OUTSIDE_UID if self._programs.setpriv is not None else None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator["Turn"]:
        """The right to run a command. Two have it at once, and others wait, best before they lay anything out."""
        async with self._places:
            yield Turn(self._programs)

    async def run(self, command: Command, files: Checkout) -> Ran:
        """Run a command over a checkout that is laid out already; see `Turn.run`."""
        async with self.turn() as turn:
            return await turn.run(command, files)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to run a command now."""

    _programs: Programs

    async def run(self, command: Command, files: Checkout) -> Ran:
        """Run a command over a copy of a checkout; not longer than its time."""
        token = secrets.token_hex(16)
        return await _run(arguments(command, files.ground, self._programs, token), command.bounds, token)


async def started(find: Callable[[str], str | None] = shutil.which) -> Sandbox:
    """A sandbox, tried out on this machine with a command that does nothing. Raises `NoSandbox`.

    `find` tells where a program is.
    """
    programs = _programs(find)
    sandbox = Sandbox(programs)
    try:
        async with checkout(owner=sandbox.reader) as files:
            ran = await sandbox.run(TRIAL, files)
    except OSError as error:
        raise NoSandbox(f"bubblewrap cannot be tried out: {error}") from error
    if ran.exit_code != 0:
        said = " ".join(ran.output.split())[-200:] or "no word"
        raise NoSandbox(f"bubblewrap does not work here ({said}): {ALLOW}")
    return sandbox


def _programs(find: Callable[[str], str | None]) -> Programs:
    bwrap, setpriv = find("bwrap"), find("setpriv")
    if bwrap is None:
        raise NoSandbox(f"bubblewrap is not here: {INSTALL}")
    if os.geteuid() != 0:
        return Programs(bwrap=bwrap, setpriv=None)
    if setpriv is None:
        raise NoSandbox("the server runs as root, and setpriv, which drops that, is not here: install util-linux")
    return Programs(bwrap=bwrap, setpriv=setpriv)


class _Output:
    """The end of what was written, and how much it was. The token's line is no part of it."""

    def __init__(self, token: str) -> None:
        self._token = f"{token}\n".encode()
        self._kept = bytearray()
        self._began = False
        self.written = 0
        self.cut = False

    @property
    def is_prepared(self) -> bool:
        """Did the sandbox get as far as the command?"""
        return self._began

    def take(self, piece: bytes) -> None:
        self._kept += piece
        self.written += len(piece)
        if not self._began and self._kept.startswith(self._token):
            self._began = True
            del self._kept[: len(self._token)]
        if len(self._kept) > MOST_KEPT:
            self.cut = True
            del self._kept[:-MOST_KEPT]

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")


async def _run(line: tuple[str, ...], bounds: Bounds, token: str) -> Ran:
    loop = asyncio.get_running_loop()
    begun, output, ended = loop.time(), _Output(token), None
    async with spawned(line, token) as process:
        try:
            async with asyncio.timeout(bounds.time.total_seconds()):
                ended = await _followed(process, output, bounds.memory_bytes)
        except TimeoutError:
            ended = Ended.TIME
    elapsed = timedelta(seconds=loop.time() - begun)
    ended = ended or _ended_of(process.exit_code or 0, output)
    return Ran(
        exit_code=process.exit_code if ended is None else None,
        ended=ended,
        output=output.text,
        cut=output.cut,
        elapsed=elapsed,
    )


async def _followed(process: Spawned, output: _Output, memory_bytes: int) -> Ended | None:
    """Reads until the end, and looks now and then how much memory is held. Why it must be ended, or None."""
    loop = asyncio.get_running_loop()
    look_at = loop.time() + LOOK_EVERY.total_seconds()
    while not await _has_ended(process, output, look_at):
        if output.written > MOST_WRITTEN:
            return Ended.OUTPUT
        if loop.time() < look_at:
            continue
        if await asyncio.to_thread(held_bytes, process.pid, enough=memory_bytes) > memory_bytes:
            return Ended.MEMORY
        look_at = loop.time() + LOOK_EVERY.total_seconds()
    return None


async def _has_ended(process: Spawned, output: _Output, until: float) -> bool:
    """Waits for the next piece, or for the process where no more comes: it may have closed its output, and go on."""
    try:
        async with asyncio.timeout_at(until):
            piece = await process.read(_PIECE)
            if piece:
                output.take(piece)
            else:
                await process.ended()
            return not piece
    except TimeoutError:
        return False


def _ended_of(code: int, output: _Output) -> Ended | None:
    """Which bound made a command end as it did; None where its exit code is its own word."""
    if not output.is_prepared:
        return Ended.NOT_PREPARED
    if code < 0 or code - 128 in _SIGNALS:
        return _SIGNALS.get(signal.Signals(abs(code) % 128), Ended.KILLED)
    if code == 0:
        return None
    last = "\n".join(output.text.splitlines()[-_LAST_LINES:])
    if code in {126, 127} and "prlimit: failed to execute" in last:
        return Ended.NOT_FOUND
    return next((ended for ended, words in _WORDS if any(word in last for word in words)), None)
