"""Faults at a terminal: the line, and a mark under the place."""

import io

import pytest
from rich.console import Console

from bot.cli.excerpts import excerpts
from bot.cli.policies import Asked, checked, run_check
from bot.cli.telling import Checked
from bot.config.inherit import File

TEXT = """\
version: 1
criterias: []
close: {minimum_confidence: LOW}
criteria:
  - {id: "日本", title: "日本", requird: true, tasks: }
  - {weight: far too heavy, tasks: }
"""
SHOWN = """\
error: unknown key 'criterias'
  ╭─ p.yml:2:1
2 │ criterias: []
  │ ^^^^^^^^^ did you mean criteria?

error: `id` must be at most 64 lower-case letters, digits, `-`, `_` and `.`
  ╭─ p.yml:5:10
5 │   - {id: "日本", title: "日本", requird: true, tasks: }
  │          ^^^^^^

error: unknown key 'requird'
  ╭─ p.yml:5:29
5 │   - {id: "日本", title: "日本", requird: true, tasks: }
  │                                 ^^^^^^^ did you mean required?

error: `weight` must be a number
  ╭─ p.yml:6:14
6 │   - {weight: far too heavy, tasks: }
  │              ^^^^^^^^^^^^^

✗ p.yml: 4 faults
"""


def looked_over(path: str, data: bytes) -> Checked:
    """A file's check."""
    return checked(File(text=data, path=path, source="s"))


def test_every_fault_shows_its_line() -> None:
    """The mark stands under the place, also behind wide characters."""
    shown = excerpts(looked_over("p.yml", TEXT.encode()), width=100).plain
    assert shown == SHOWN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\n", "✓ p.yml: 5 criteria, mode advise, no faults"),
        ("version: 1\nclose: {minimum_confidence: LOW}\n", "✓ p.yml: 5 criteria, mode advise, no faults, 1 warning\n"),
    ],
)
def test_a_sound_file_is_summed_up(text: str, said: str) -> None:
    """Behind its warnings, if it has some."""
    assert excerpts(looked_over("p.yml", text.encode()), width=80).plain.endswith(said)


def test_a_file_that_cannot_be_read_is_told() -> None:
    """In the same form."""
    assert excerpts(Checked(path="p.yml", unreadable="Is a directory"), width=80).plain == "✗ p.yml: Is a directory"


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("at", [0, 30, 3_000])
def test_a_long_line_is_cut(width: int, at: int) -> None:
    """It keeps to the terminal's width, and the place stays visible."""
    text = f"{{{' ' * at}versoin: 1, pending: {'x' * 3_000}}}"
    lines = excerpts(looked_over("p", f"version: 1\nlabels: {text}\n".encode()), width=width).plain.split("\n")
    [shown, mark] = lines[2:4]
    assert len(shown) <= width
    start = mark.index("^")
    assert shown[start : start + 3] == "ver"


def test_nothing_invisible_is_printed() -> None:
    """What would move the cursor, or turn the text round, shows as a mark."""
    shown = excerpts(looked_over("p\x1b[2J.yml", b"version: 1\nmode: \x1b[31mact\xe2\x80\xae\n"), width=80).plain
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "mode: \ufffd[31mact\ufffd" in shown


def test_a_terminal_gets_them_in_colour() -> None:
    """And a pipe gets plain lines."""
    asked, text = Asked(files=("-",)), b"version: 1\nmod: act\n"
    terminal, pipe = io.StringIO(), io.StringIO()
    codes = {
        run_check(asked, io.BytesIO(text), Console(file=terminal, force_terminal=True, width=80)),
        run_check(asked, io.BytesIO(text), Console(file=pipe)),
    }
    assert codes == {1}
    assert "\x1b[" in terminal.getvalue()
    assert "2 │" in terminal.getvalue()
    assert pipe.getvalue() == "<stdin>:2:1: unknown key 'mod' (did you mean mode?)\n"


def test_a_fault_of_the_organisations_file_shows_its_line() -> None:
    """And behind a sound pair stands what comes from which."""
    own = File(text=b"version: 1\n", path="own.yml", source="s")
    faulty, sound = (
        File(text=text, path="above.yml", source="s") for text in (b"version: 1\nmod: act\n", b"version: 1")
    )
    assert "╭─ above.yml:2:1\n2 │ mod: act\n  │ ^^^" in excerpts(checked(own, faulty), width=80).plain
    assert excerpts(checked(own, sound), width=80).plain.endswith("no faults\n  built in: everything else")
