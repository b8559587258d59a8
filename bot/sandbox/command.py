"""A command that the operator has named, the bounds that it runs in, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a command may take.

    `memory_bytes` bounds the address space of each process, and what all of them hold of their own together;
    `disk_bytes` is the room in the checkout besides its own files, and the room in `/tmp`: both are memory, too.
    """

    time: timedelta = timedelta(seconds=60)
    memory_bytes: int = 1024 * MEBIBYTE
    processes: int = 64
    disk_bytes: int = 256 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program with its arguments, as a list: no shell reads it.

    `tools` are folders of this machine that it can read besides `/usr`, at the same path; their `bin` is searched for
    programs first.
    """

    name: str
    run: tuple[str, ...]
    bounds: Bounds = Bounds()
    tools: tuple[Path, ...] = ()


class Ended(StrEnum):
    """Why a command has no exit code of its own: a bound was reached, so nothing was measured."""

    TIME = "time"
    OUTPUT = "output"
    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"
    KILLED = "killed"  # by the kernel, or by itself
    NOT_FOUND = "not found"  # no such program in the sandbox
    NOT_PREPARED = "not prepared"  # the sandbox could not be set up


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a command: either its exit code, or why it has none.

    `output` is what it wrote to standard output and standard error, as it came; `cut` says that only the end of it was
    kept.
    """

    exit_code: int | None
    ended: Ended | None
    output: str
    cut: bool
    elapsed: timedelta


class NoSandbox(Exception):
    """There is no sandbox on this machine. The text says why, and what to install or allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RanOver:
    """What came of a command over a tree.

    `named` are the words of the command that are files of the tree: its script, for instance. `left_out` are symbolic
    links that lead outside, and are not in the checkout.
    """

    ran: Ran
    named: tuple[str, ...]
    left_out: tuple[str, ...] = ()
