"""How far an audit is: a bar at a terminal, a line now and then where it is piped. On standard error, as all that is no
report.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bot.assessment.audit import Entry, Standing

EVERY = 25
_WORDS = {Standing.HOLDS: "hold", Standing.HOLDS_NOT: "do not", Standing.UNCHECKED: "cannot be checked"}


class Shown:
    """What is shown while it goes on."""

    def __init__(self, err: Console, bar: Progress | None, total: int) -> None:
        self._err = err
        self._bar = bar
        self._total = total
        self._task: TaskID | None = None if bar is None else bar.add_task("audit", total=total, found="")
        self._found: Counter[Standing] = Counter()

    def found(self, entry: Entry) -> None:
        """One more issue."""
        self._found[entry.standing] += 1
        done = self._found.total()
        said = ", ".join(f"{self._found[one]} {words}" for one, words in _WORDS.items())
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, found=said)
        elif done % EVERY == 0 or done == self._total:
            self.say(f"{done} of {self._total}: {said}")

    def waits(self, until: datetime) -> None:
        """A limit is used up."""
        self.say(f"GitHub: the limit is used up; it goes on at {until:%H:%M:%S} UTC")

    def say(self, text: str) -> None:
        """One line."""
        self._err.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def shown(err: Console, total: int) -> Iterator[Shown]:
    """Shows what goes on until the block ends."""
    if not err.is_terminal:
        yield Shown(err, None, total)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[found]}"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        yield Shown(err, bar, total)
