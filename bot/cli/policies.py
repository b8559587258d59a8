"""`check-policy`: reads policy files, and says of each what is wrong with it, for terminals, CI and programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, assert_never

from rich.console import Console

from bot.cli.excerpts import excerpts
from bot.cli.telling import Checked, annotations, as_json, told, visible
from bot.config.inherit import File, load_over
from bot.config.lint import lint, linted
from bot.config.load import Loaded
from bot.probes.strict_yaml import OURS

SOUND, FAULTY, UNREAD = 0, 1, 2
STDIN = "-"


class Form(StrEnum):
    """How it is said: in lines (with the places shown, where somebody looks on), as one document, to GitHub Actions."""

    LINES = "lines"
    JSON = "json"
    GITHUB = "github"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line's arguments. With `strict` a warning counts like a fault; `path` names standard input.

    With an organisation's file each is the policy of a repository with that file, or without one of its own.
    """

    files: tuple[str, ...]
    organisation: str | None = None
    form: Form = Form.LINES
    strict: bool = False
    path: str = "<stdin>"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    path: str
    why: str


def run_check(asked: Asked, stdin: BinaryIO, out: Console) -> int:
    """0 where all files are sound, 1 where one has faults, 2 where one cannot be read."""
    if not asked.files and asked.organisation is None:
        out.file.write("name a policy file\n")
        return UNREAD
    every = _all(asked, stdin)
    if asked.form is Form.LINES and out.is_terminal:
        for one in every:
            out.print(excerpts(one, width=out.width), soft_wrap=True)
    else:
        for line in _lines(every, asked.form):
            out.file.write(f"{line}\n")
    return max(_code(one, strict=asked.strict) for one in every)


def checked(own: File | None, above: File | None = None) -> Checked:
    """What there is to say about a file, or about one over an organisation's."""
    files = tuple(file for file in (own, above) if file is not None)
    if above is not None:
        looked = linted(load_over(own, above), path=above.path)
    else:
        assert own is not None  # one of the two is named
        looked = lint(own.text, path=own.path)
    parts = tuple(precedence(looked.loaded)) if above is not None and looked.loaded and not looked.faults else ()
    return Checked(path=files[0].path, linted=looked, texts={file.path: _split(file) for file in files}, parts=parts)


def precedence(loaded: Loaded) -> Iterator[str]:
    """Which file each part comes from, the strongest first; single fields where both files give some."""
    files = dict.fromkeys(origin.path for origin in loaded.origins.values())
    for path in files:
        keys = [key for key, origin in loaded.origins.items() if origin.path == path and _is_told(key, loaded)]
        if keys:
            yield f"from {path}: {', '.join(keys)}"
    if loaded.left_out:
        yield f"not inherited, since it acts (see `inherit`): {', '.join(loaded.left_out)}"
    yield "built in: everything else"


def _is_told(key: str, loaded: Loaded) -> bool:
    """A section by its name where it comes from one file, else by its fields."""
    top, _, field = key.partition(".")
    below = {origin.path for name, origin in loaded.origins.items() if name.startswith(f"{top}.")}
    return key != "version" and bool(field) == (len(below) > 1)


def _all(asked: Asked, stdin: BinaryIO) -> tuple[Checked, ...]:
    above = None if asked.organisation is None else _opened(asked.organisation, asked.path, stdin)
    if isinstance(above, _Unread):
        return (Checked(path=above.path, unreadable=above.why),)
    if not asked.files:
        return (checked(None, above),)
    own = (_opened(name, asked.path, stdin) for name in asked.files)
    return tuple(
        Checked(path=one.path, unreadable=one.why) if isinstance(one, _Unread) else checked(one, above) for one in own
    )


def _opened(name: str, called: str, stdin: BinaryIO) -> File | _Unread:
    # One byte more than is taken tells that a file is too large, be it endless.
    most = OURS.bytes + 1
    if name == STDIN:
        return File(text=stdin.read(most), path=called, source=called)
    try:
        with Path(name).open("rb") as file:
            return File(text=file.read(most), path=name, source=name)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        return _Unread(path=name, why=why or "this is no path")


def _split(file: File) -> tuple[str, ...]:
    text = file.text.decode("utf-8", "replace") if isinstance(file.text, bytes) else file.text
    return tuple((text or "").splitlines())


def _code(one: Checked, *, strict: bool) -> int:
    if one.linted is None:
        return UNREAD
    return FAULTY if one.linted.faults or (strict and one.linted.warnings) else SOUND


def _lines(every: tuple[Checked, ...], form: Form) -> Iterator[str]:
    match form:
        case Form.JSON:
            yield as_json(every)
        case Form.GITHUB:
            for one in every:
                yield from annotations(one)
        case Form.LINES:
            for one in every:
                yield from _plainly(one)
        case _:
            assert_never(form)


def _plainly(one: Checked) -> Iterator[str]:
    """A line for each fault and warning; a file without faults is summed up."""
    if one.linted is not None:
        yield from told(one.linted.faults)
        yield from told(one.linted.warnings, "warning: ")
    if one.is_usable:
        yield f"{visible(one.path)}: {one.summary}"
    yield from map(visible, one.parts)
