"""A whole server process to kill, or to have beside another one: its clock stands in a file, and so does what it tells.

`python -m tests.journeys.child NAME FOLDER SETTLING`, with the server's settings in the environment. It prints a port.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Seams, log_to_stderr, now, running
from bot.engine import EngineSettings, Json
from bot.settings import from_env
from bot.web.serving import Listen, run, serve


@dataclass(frozen=True, slots=True)
class FileClock:
    """The real time, and as many seconds ahead of it as the file says."""

    path: Path

    def __call__(self) -> datetime:
        """The time, for everybody with this file."""
        return now() + timedelta(seconds=float(self.path.read_text()))

    def set(self, ahead: timedelta) -> None:
        """From now on it is so much ahead."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()))
        fresh.replace(self.path)


def telling(path: Path) -> Callable[[str, Mapping[str, Json]], None]:
    """One line of a file for each event."""

    def tell(event: str, fields: Mapping[str, Json]) -> None:
        with path.open("a") as file:
            file.write(f"{json.dumps([event, dict(fields)])}\n")

    return tell


async def main(name: str, folder: Path, settling: timedelta) -> None:
    """Serve until killed. A dead neighbour is found soon, and so is what the clock has made due."""

    def paced(settings: EngineSettings) -> EngineSettings:
        return replace(
            settings, executor_id=name, poll_interval=timedelta(milliseconds=100), lease=timedelta(seconds=1.5)
        )

    seams = Seams(
        clock=FileClock(folder / "clock"), settling=settling, paced=paced, on_event=telling(folder / f"{name}.events")
    )
    async with running(from_env(os.environ), seams) as parts:
        listen = Listen(host="127.0.0.1", port=0)
        await serve(parts.web, listen, on_listening=lambda port: print(port, flush=True))  # noqa: T201 - read by the test


if __name__ == "__main__":
    log_to_stderr("INFO")
    run(main(sys.argv[1], Path(sys.argv[2]), timedelta(seconds=float(sys.argv[3]))))
