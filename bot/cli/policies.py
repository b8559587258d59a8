"""`check-policy`: faults for terminals and CI."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.config.load import Broken, load


def run_check(file: Path, echo: Callable[[str], None]) -> int:
    """0 for a sound policy, 1 for one with faults, 2 for a file that cannot be read."""
    try:
        text = file.read_bytes()
    except OSError as error:
        echo(f"{file}: {error.strerror}")
        return 2
    loaded = load(text, path=str(file), source=str(file))
    if isinstance(loaded, Broken):
        for line in told(loaded):
            echo(line)
        return 1
    count = len(loaded.questions)
    echo(f"{file}: {count} {'criterion' if count == 1 else 'criteria'}, mode {loaded.policy.mode}, no faults")
    return 0


def told(broken: Broken) -> Iterator[str]:
    """One line a fault: path:line:column, what is wrong, what was probably meant."""
    for fault in broken.faults:
        meant = f" (did you mean {fault.suggestion}?)" if fault.suggestion else ""
        yield f"{fault.path}:{fault.line}:{fault.column}: {fault.text}{meant}"
