"""How much memory a process and all its descendants hold of their own. Source: proc(5)."""

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def held_bytes(root: int) -> int:
    """The private memory of a process and its descendants, in bytes; 0 where it is gone.

    What a fork shares with its parent counts twice. Every process of the machine is looked at, since not every kernel
    lists children: some 10 µs each.
    """
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (parent := _parent(folder)) is not None:
            parents[int(folder.name)] = parent
    return sum(_private(pid) for pid in parents if _descends(pid, root, parents))


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


def _private(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_bytes().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE
