"""The occurrences of a pattern in one file: by line, and by what the line is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.scan.kinds import FileKind, comment_marks, is_comment

LINES_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHits:
    """A pattern's occurrences in one file. `lines` are the first ones, from 1; `count` is "at least" if `capped`."""

    path: str
    kind: FileKind
    count: int
    lines: tuple[int, ...]
    capped: bool = False


def hits_of(path: str, text: bytes, offsets: Iterator[int], kind: FileKind, limit: int) -> Iterator[FileHits]:
    """The occurrences in one file of a kind: those in comment lines, and the others. Nothing for no offsets."""
    tallies: dict[FileKind, _Tally] = {}
    marks = comment_marks(path) if kind in {FileKind.CODE, FileKind.CONFIGURATION} else ()
    line, seen, total = 1, 0, 0
    for offset in offsets:
        line += text.count(b"\n", seen, offset)
        seen, total = offset, total + 1
        in_comment = bool(marks) and is_comment(text, offset, marks)
        tallies.setdefault(FileKind.COMMENTS if in_comment else kind, _Tally()).add(line)
        if total == limit:
            break
    if total == limit and kind not in tallies:
        # Not all were looked at: one of the rest may stand in code, and a doubt never hides an occurrence.
        tallies[kind] = _Tally(count=1, lines=[line])
    for tallied, tally in tallies.items():
        yield FileHits(path=path, kind=tallied, count=tally.count, lines=tuple(tally.lines), capped=total == limit)


@dataclass(slots=True, kw_only=True)
class _Tally:
    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.lines) < LINES_KEPT and line not in self.lines[-1:]:
            self.lines.append(line)
