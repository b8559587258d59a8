"""Starting a workflow run, once: the one thing that measuring may set off.

Rules:
1. Only a workflow file of the repository itself, on its default branch, and only as the policy there declares it.
2. A start whose outcome is unknown is looked for among our own runs of that workflow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.actions.trouble import as_write
from bot.engine import Json, Refused
from bot.github.errors import Forbidden, GitHubError, NotFound


class WorkflowStarter(Protocol):
    """What this action needs of the gateway."""

    async def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
        """Starts it; the run's id, or None where GitHub does not tell."""
        ...

    async def login(self) -> str:
        """Our own login, by which our runs are known."""
        ...

    async def dispatched_since(self, workflow: str, since: datetime) -> tuple[int, datetime] | None:
        """The first run of the workflow that we started since then, and when."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What to start: a workflow file (`suite.yml`) on a branch, with its declared inputs."""

    workflow: str
    ref: str
    inputs: Mapping[str, str]


class Dispatch:
    """Starts a workflow. The result has `run`, the run's id or null, and `at`, the moment of starting.

    Without the id also `by`, our login: others may start the same workflow in the same moment.
    """

    def __init__(self, starter: WorkflowStarter, *, start: Start, clock: Callable[[], datetime]) -> None:
        self._starter = starter
        self._start = start
        self._clock = clock

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`."""
        start, at = self._start, self._clock()
        with as_write():
            try:
                run = await self._starter.dispatch(start.workflow, start.ref, start.inputs)
            except NotFound as error:
                raise Refused(None, f"there is no workflow {start.workflow} on {start.ref}") from error
            except Forbidden as error:
                # an archived repository is forbidden as well: GitHub's own words say which
                raise Refused(None, f"it takes the permission actions: write ({error})") from error
        begun: dict[str, Json] = {"run": run, "at": at.isoformat()}
        if run is not None:
            return begun
        try:
            return begun | {"by": await self._starter.login()}
        except GitHubError:  # it is started, whoever we are
            return begun

    async def find(self, since: datetime) -> Json | None:
        """The run that we started since then."""
        with as_write():
            found = await self._starter.dispatched_since(self._start.workflow, since)
        return None if found is None else {"run": found[0], "at": found[1].isoformat()}
