"""`check-policy`: faults for terminals and CI."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bot.assessment.refusals import Fault
from bot.config.inherit import File, load_over
from bot.config.lint import Linted, lint, linted
from bot.config.load import Loaded


def run_check(file: Path | None, echo: Callable[[str], None], *, organisation: Path | None = None) -> int:
    """0 for a sound policy, 1 for one with faults, 2 for a file that cannot be read.

    With an organisation's file it is the policy of a repository with `file`, or without one of its own.
    """
    if file is None and organisation is None:
        echo("name a policy file")
        return 2
    try:
        own, above = (None if path is None else _read(path) for path in (file, organisation))
    except OSError as error:
        echo(f"{error.filename}: {error.strerror}")
        return 2
    looked = _looked(own, above)
    shown = file or organisation
    for line in (*told(looked.faults), *told(looked.warnings, "warning: ")):
        echo(line)
    if looked.faults or looked.loaded is None:
        return 1
    count = len(looked.loaded.questions)
    warned = f", {len(looked.warnings)} warned of" if looked.warnings else ""
    mode = looked.loaded.policy.mode
    echo(f"{shown}: {count} {'criterion' if count == 1 else 'criteria'}, mode {mode}, no faults{warned}")
    for line in precedence(looked.loaded) if above is not None else ():
        echo(line)
    return 0


def _read(path: Path) -> File:
    return File(text=path.read_bytes(), path=str(path), source=str(path))


def _looked(own: File | None, above: File | None) -> Linted:
    if above is None:
        assert own is not None  # one of the two is named
        return lint(own.text, path=own.path)
    return linted(load_over(own, above), path=above.path)


def precedence(loaded: Loaded) -> Iterator[str]:
    """Which file each part comes from, the strongest first; single fields where both files give some."""
    files = dict.fromkeys(origin.path for origin in loaded.origins.values())
    for path in files:
        keys = [key for key, origin in loaded.origins.items() if origin.path == path and _is_told(key, loaded)]
        yield f"from {path}: {', '.join(keys)}"
    if loaded.left_out:
        yield f"not inherited, since it acts (see `inherit`): {', '.join(loaded.left_out)}"
    yield "built in: everything else"


def _is_told(key: str, loaded: Loaded) -> bool:
    """A section by its name where it comes from one file, else by its fields."""
    top, _, field = key.partition(".")
    below = {origin.path for name, origin in loaded.origins.items() if name.startswith(f"{top}.")}
    return key != "version" and bool(field) == (len(below) > 1)


def told(faults: Iterable[Fault], what: str = "") -> Iterator[str]:
    """One line a fault: path:line:column, what is wrong, what was probably meant."""
    for fault in faults:
        meant = f" (did you mean {fault.suggestion}?)" if fault.suggestion else ""
        yield f"{fault.path}:{fault.line}:{fault.column}: {what}{fault.text}{meant}"
