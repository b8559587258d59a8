"""How much memory a process and all its descendants hold. Source: proc(5)."""

import os
import re
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SHARES = re.compile(rb"^Pss_(?:Anon|Shmem): +(\d+) kB$", re.MULTILINE)


def held_bytes(root: int, *, enough: int = 0) -> int:
    """The memory that a process and its descendants hold: their own, and what they share; 0 where they are gone.

    Files that are mapped do not count, unless they are memory themselves. In bytes; exact where it is more than
    `enough`, which takes longer, and otherwise no less than it is. Every process of the machine is looked at, since
    not every kernel lists children: some 10 µs each.
    """
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (parent := _parent(folder)) is not None:
            parents[int(folder.name)] = parent
    family = tuple(pid for pid in parents if _descends(pid, root, parents))
    resident = sum(map(_resident, family))
    return resident if resident <= enough else sum(map(_held, family))


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    seen = 0
    while pid != root:
        pid, seen = parents.get(pid, 0), seen + 1
        if pid == 0 or seen > len(parents):
            return False
    return True


def _parent(folder: Path) -> int | None:
    try:
        line = (folder / "stat").read_bytes()
    except OSError:  # it has ended since
        return None
    return int(line.rpartition(b")")[2].split()[1])  # the name before may hold anything


def _resident(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_bytes().split()
    except OSError:
        return 0
    return int(fields[1]) * _PAGE


def _held(pid: int) -> int:
    """Its share of all that is no file; all that is resident where the kernel does not tell, or may not."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
    except OSError:
        return _resident(pid)
    return sum(int(kibibytes) << 10 for kibibytes in _SHARES.findall(text))
