"""`check-policy`: faults for terminals and CI."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bot.assessment.refusals import Fault
from bot.config.lint import lint


def run_check(file: Path, echo: Callable[[str], None]) -> int:
    """0 for a sound policy, 1 for one with faults, 2 for a file that cannot be read."""
    try:
        text = file.read_bytes()
    except OSError as error:
        echo(f"{file}: {error.strerror}")
        return 2
    linted = lint(text, path=str(file))
    for line in (*told(linted.faults), *told(linted.warnings, "warning: ")):
        echo(line)
    if linted.faults or linted.loaded is None:
        return 1
    count = len(linted.loaded.questions)
    warned = f", {len(linted.warnings)} warned of" if linted.warnings else ""
    mode = linted.loaded.policy.mode
    echo(f"{file}: {count} {'criterion' if count == 1 else 'criteria'}, mode {mode}, no faults{warned}")
    return 0


def told(faults: Iterable[Fault], what: str = "") -> Iterator[str]:
    """One line a fault: path:line:column, what is wrong, what was probably meant."""
    for fault in faults:
        meant = f" (did you mean {fault.suggestion}?)" if fault.suggestion else ""
        yield f"{fault.path}:{fault.line}:{fault.column}: {what}{fault.text}{meant}"
