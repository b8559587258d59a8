"""The organisation's policy: `.github/resolution.yml` in the repository `.github` of the same owner.

Rules:
1. A public one comes along with the snapshot, and costs no request.
2. A private one is not to be seen with a token for another repository. Where the snapshot shows none it is asked for
   with a token of its own, and what comes of that, absence too, is remembered for ten minutes.
3. Absent is only what GitHub says is not there, or does not show to this installation. Where GitHub fails at both ways
   the whole snapshot has failed, and may be asked for again; what it refuses is `Unknown`. Who took either for absent
   would decide without the organisation's rules.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cachetools import TTLCache

from bot.github import parse, wire
from bot.github.errors import Forbidden, NotFound, Unauthorized
from bot.github.faults import Faults
from bot.github.flights import Flights
from bot.github.lines import Line, decoded
from bot.github.models import InstallationId, PolicyFile, Unknown
from bot.github.queries import ORGANISATION

NAME = ".github"
PATH = ".github/resolution.yml"
WHAT = "the organisation's policy"
# All that the token for it may do.
PERMISSIONS = {"contents": "read", "metadata": "read"}

KEPT = timedelta(minutes=10)
OWNERS = 1_000

Found = PolicyFile | Unknown | None
Ask = Callable[[str], Awaitable[Found]]
"""Asks for an owner's file with a token of its own. Raises `GitHubError` where GitHub fails."""

_Key = tuple[InstallationId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """This token does not see the repository: it is private, or there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """GitHub says nothing of it, for these faults."""

    faults: Faults


class _Answer(wire.Wire, frozen=True):
    repository: wire.WireAbove | None = None


class PrivateFiles:
    """What `.github` repositories hold that only a token of their own shows, by installation and owner."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._kept: TTLCache[_Key, tuple[PolicyFile | None]] = TTLCache(
            OWNERS, ttl=KEPT.total_seconds(), timer=lambda: clock().timestamp()
        )
        self._flights: Flights[_Key, tuple[Found]] = Flights()

    async def get(self, line: Line, installation: InstallationId, owner: str) -> Found:
        """The owner's file as the line shows it, or as it was not long ago. Raises `GitHubError` where GitHub fails."""
        key = (installation, owner.lower())
        kept = self._kept.get(key)
        return kept[0] if kept is not None else (await self._flights.share(key, lambda: self._ask(line, key)))[0]

    def forget(self, installation: InstallationId) -> None:
        """The installation is gone or changed: what was seen through it counts no more."""
        for key in [key for key in self._kept if key[0] == installation]:
            del self._kept[key]

    async def _ask(self, line: Line, key: _Key) -> tuple[Found]:
        found = await _asked(line, key[1])
        if not isinstance(found, Unknown):
            self._kept[key] = (found,)
        return (found,)


async def above(full_name: str, told: wire.WireOwner | None, faults: Faults, ask: Ask) -> Found:
    """The file above a repository, from what is told of its owner; `faults` count their paths from the repository.

    Raises `GitHubError` where GitHub fails.
    """
    owner, _, name = full_name.partition("/")
    if name.lower() == NAME:
        return None
    shown = seen(told.repository if told is not None else None, faults.under("owner"))
    if not isinstance(shown, Hidden | Withheld):
        return shown
    elsewhere = await ask(owner)
    return _unknown(shown) if elsewhere is None and isinstance(shown, Withheld) else elsewhere


def seen(repository: wire.WireAbove | None, faults: Faults) -> PolicyFile | Hidden | Withheld | None:
    """What an answer shows of a `.github` repository; `faults` count their paths from what holds it. Pure."""
    below = faults.under("repository")
    if repository is None:
        absent = all(fault.type == "NOT_FOUND" for fault in below.faults)
        return Hidden() if absent else Withheld(faults=below)
    withheld = below.under("policy")
    if repository.policy is None and withheld.faults:
        return Withheld(faults=withheld)
    return parse.organisation_file(repository, PATH)


async def _asked(line: Line, owner: str) -> Found:
    try:
        told = await line.ask(ORGANISATION, {"owner": owner})
    except NotFound:
        return None  # no token is to be had for it: it does not exist, or the App is not installed there
    except (Forbidden, Unauthorized) as error:
        return Unknown(reason=str(error))
    answer = decoded(told, _Answer)
    shown = seen(answer.repository, told.faults) if answer is not None else Withheld(faults=told.faults)
    if isinstance(shown, Withheld):
        return _unknown(shown)
    return None if isinstance(shown, Hidden) else shown


def _unknown(withheld: Withheld) -> Unknown:
    """What GitHub refuses is not known; where it failed, the snapshot has failed."""
    error = withheld.faults.error(WHAT)
    if isinstance(error, Forbidden):
        return withheld.faults.unknown()
    raise error
