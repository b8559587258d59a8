"""The log of a workflow run as GitHub packs it: a zip with `0_build.txt` for each job, and a folder of its steps.

Rules:
1. The archive comes from a stranger's workflow: its size, the number of its entries and what they unpack to are
   bounded, and nothing is written to disk.
2. Of each job the last 10 MiB are kept: programs print their result last.
3. File names cannot hold what job names can, and are cut: names are compared by their letters and digits.
"""

import asyncio
import re
import zlib
from collections import deque
from collections.abc import Iterator
from fnmatch import fnmatchcase
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from bot.github.errors import Unavailable
from bot.github.models import Unknown
from bot.github.runs import JobLog

LARGEST_ARCHIVE = 20 << 20
LARGEST_LOG = 10 << 20
MOST_KEPT = 64 << 20
MOST_UNPACKED = 512 << 20
MOST_ENTRIES = 20_000
_PIECE = 1 << 18
_JOB = re.compile(r"-?\d{1,9}_(?P<job>.+)\.txt")
_STEP = re.compile(r"(?P<job>[^/]+)/(?P<place>\d{1,9})_.+\.txt")
_CUT_FROM = 60  # letters and digits: shorter names are never cut


class _TooLarge(Exception):
    """More than is kept or unpacked; the text says of what."""


async def unpacked(packed: bytes, job: str | None) -> tuple[JobLog, ...] | Unknown:
    """The logs of the jobs by that name (`*` stands for anything; None: of all), in the archive's order.

    `Unknown` where they are too large. Raises `Unavailable` for what is no such archive.
    """
    return await asyncio.to_thread(_unpacked, packed, job)


def goes_by(spelled: str, job: str) -> bool:
    """Can a name as the archive spells it stand for a job's name (with `*` for anything)?"""
    told, wanted = _letters(spelled), _letters(job)
    return fnmatchcase(told, wanted) or (len(told) >= _CUT_FROM and wanted.startswith(told))


def _unpacked(packed: bytes, job: str | None) -> tuple[JobLog, ...] | Unknown:
    try:
        with ZipFile(BytesIO(packed)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                return Unknown(reason=f"the log has more than {MOST_ENTRIES:,} parts")
            return _read(archive, _by_job(entries), job)
    except _TooLarge as error:
        return Unknown(reason=str(error))
    # RuntimeError: encrypted; NotImplementedError: an unknown method; the others: broken.
    except (BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unavailable("GitHub's archive of the log is broken") from error


def _by_job(entries: list[ZipInfo]) -> dict[str, list[ZipInfo]]:
    """The parts of each job's log: one file, or where there is none, those of its steps in their order."""
    whole = {match["job"]: [entry] for entry in entries if (match := _JOB.fullmatch(entry.filename))}
    if whole:
        return whole
    steps: dict[str, list[tuple[int, ZipInfo]]] = {}
    for entry in entries:
        if match := _STEP.fullmatch(entry.filename):
            steps.setdefault(match["job"], []).append((int(match["place"]), entry))
    return {job: [entry for _, entry in sorted(parts, key=lambda part: part[0])] for job, parts in steps.items()}


def _read(archive: ZipFile, jobs: dict[str, list[ZipInfo]], job: str | None) -> tuple[JobLog, ...]:
    logs: list[JobLog] = []
    read = kept = 0
    for spelled, entries in jobs.items():
        if job is not None and not goes_by(spelled, job):
            continue
        pieces: deque[bytes] = deque()
        size = 0
        for piece in _pieces(archive, entries):
            pieces.append(piece)
            size, read = size + len(piece), read + len(piece)
            if read > MOST_UNPACKED:
                raise _TooLarge(f"the log is larger than {MOST_UNPACKED >> 20} MiB")
            while size - len(pieces[0]) >= LARGEST_LOG:
                size -= len(pieces.popleft())
        text = b"".join(pieces)
        kept += min(size, LARGEST_LOG)
        if kept > MOST_KEPT:
            raise _TooLarge(f"the jobs' logs together are larger than {MOST_KEPT >> 20} MiB: name one `job`")
        logs.append(JobLog(job=spelled, text=text[-LARGEST_LOG:], cut=_size(entries) > LARGEST_LOG))
    return tuple(logs)


def _pieces(archive: ZipFile, entries: list[ZipInfo]) -> Iterator[bytes]:
    for entry in entries:
        with archive.open(entry) as file:
            while piece := file.read(_PIECE):
                yield piece


def _size(entries: list[ZipInfo]) -> int:
    return sum(entry.file_size for entry in entries)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum() or letter == "*")
