"""A checked file at a terminal: every fault with the line that it stands in, and a mark under the place."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from bot.assessment.refusals import Fault
from bot.cli.telling import Checked, visible

_WORD = re.compile(r"""[^\s,:\[\]{}'"]+(?: +[^\s,:\[\]{}'"#]+)*|'[^']*'?|"[^"]*"?""")
_ROOM = 16  # so much of a line stays visible before and behind a place, where the line is too long
_MORE = "…"


def excerpts(one: Checked, *, width: int) -> Text:
    """The faults, the warnings, and the file in a line; for a terminal of that width."""
    told = [*_found(one, "error", "red", width), *_found(one, "warning", "yellow", width)]
    last = Text()
    last.append("✓ " if one.is_usable and one.linted is not None else "✗ ", style=_colour(one))
    last.append(visible(one.path), style="bold").append(f": {visible(one.summary)}")
    for part in one.parts:
        last.append(f"\n  {visible(part)}")
    return Text("\n\n").join([*told, last]).append("\n" if told else "")


def _colour(one: Checked) -> str:
    if one.linted is None or one.linted.faults:
        return "bold red"
    return "bold yellow" if one.linted.warnings else "bold green"


def _found(one: Checked, level: str, colour: str, width: int) -> Iterator[Text]:
    if one.linted is None:
        return
    all_of_them = (*one.linted.faults, *one.linted.warnings)
    margin = max((len(str(fault.line)) for fault in all_of_them), default=1)
    for fault in one.linted.faults if level == "error" else one.linted.warnings:
        told = Text()
        told.append(level, style=f"bold {colour}").append(f": {visible(fault.text)}\n", style="bold")
        place = f"{visible(fault.path)}:{fault.line}:{fault.column}"
        told.append(f"{' ' * margin} ╭─ ", style="blue").append(place)
        yield told.append_text(_line(one, fault, margin, colour, width))


def _line(one: Checked, fault: Fault, margin: int, colour: str, width: int) -> Text:
    """The line with its number, the mark, and what was probably meant; without the line where the file has no such."""
    told = Text()
    lines = one.texts.get(fault.path, ())
    if fault.line > len(lines):
        return told
    before, marked, behind = _cut(lines[fault.line - 1], fault.column, width - margin - 4)
    told.append(f"\n{fault.line:>{margin}} │ ", style="blue").append(before + marked + behind)
    told.append(f"\n{' ' * margin} │ ", style="blue").append(" " * cell_len(before))
    told.append("^" * max(1, cell_len(marked)), style=f"bold {colour}")
    if fault.suggestion:
        told.append(f" did you mean {visible(fault.suggestion)}?", style=colour)
    return told


def _cut(line: str, column: int, room: int) -> tuple[str, str, str]:
    """What stands before, at and behind a place, no wider than `room`; `…` where the line goes on."""
    text = visible(line.replace("\t", " "))
    before, rest = text[: column - 1], text[column - 1 :]
    word = _WORD.match(rest)
    marked = rest[: word.end()] if word else rest[:1]
    behind = rest[len(marked) :]
    if cell_len(text) <= room:
        return before, marked, behind
    ahead = min(_ROOM, room // 3)
    if cell_len(before) > room - _ROOM:
        before = _MORE + before[-ahead:]
    marked = _shortened(marked, room - cell_len(before))
    return before, marked, _shortened(behind, room - cell_len(before) - cell_len(marked))


def _shortened(text: str, room: int) -> str:
    if room <= 0:
        return ""
    kept = Text(text)
    kept.truncate(room, overflow="ellipsis")
    return kept.plain
