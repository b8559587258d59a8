"""What an operator-named Sentry answers: an issue, its events in a time, a release.

Titles, messages and users are read by nobody here: they hold what is nobody's business on GitHub.

Source: https://docs.sentry.io/api/events/retrieve-an-issue/, https://docs.sentry.io/api/events/list-an-issues-events/,
https://docs.sentry.io/api/releases/retrieve-an-organizations-release/, https://docs.sentry.io/api/pagination/
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

from bot.egress.exchange import BrokenAnswer, NamedServer, Response
from bot.probes.servers import BadQuery, TooMuch, told
from bot.probes.since import Window

T = TypeVar("T")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_NEXT = re.compile(r'rel="next";\s*results="true"')


class Details(msgspec.Struct, frozen=True):
    """In what an issue was resolved, where somebody said so."""

    inRelease: str | None = None  # noqa: N815 - Sentry's own spelling
    inNextRelease: bool = False  # noqa: N815 - Sentry's own spelling


class SentryIssue(msgspec.Struct, frozen=True):
    """A group of events. `status` is `resolved`, `unresolved` or `ignored`; `count` counts all events ever."""

    shortId: str  # noqa: N815 - Sentry's own spelling
    status: str
    count: str
    lastSeen: Moment | None = None  # noqa: N815 - Sentry's own spelling
    statusDetails: Details = Details()  # noqa: N815 - Sentry's own spelling


class Release(msgspec.Struct, frozen=True):
    """A version that was made at some time, and may have been released at another."""

    version: str
    dateCreated: Moment  # noqa: N815 - Sentry's own spelling
    dateReleased: Moment | None = None  # noqa: N815 - Sentry's own spelling

    @property
    def at(self) -> datetime:
        """Since when it is used."""
        return self.dateReleased or self.dateCreated


class _Tag(msgspec.Struct, frozen=True):
    key: str
    value: str | None = None


class Event(msgspec.Struct, frozen=True):
    """One event of an issue."""

    dateCreated: Moment  # noqa: N815 - Sentry's own spelling
    tags: tuple[_Tag, ...] = ()

    @property
    def release(self) -> str | None:
        """The version that it came from, if it says so."""
        return next((tag.value for tag in self.tags if tag.key == "release"), None)


class _Error(msgspec.Struct):
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The newest events of a time, at most a hundred; `more` says that there are others."""

    found: tuple[Event, ...]
    more: bool

    @property
    def words(self) -> str:
        """`no event`, `14 events`, `100 events or more`."""
        count = len(self.found)
        return f"{count} event{'s' * (count > 1)}{' or more' * self.more}" if count else "no event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An organization at a server. Every method raises `EgressError`, `BadQuery` and `TooMuch`."""

    server: NamedServer
    slug: str

    async def issue(self, name: str) -> SentryIssue | None:
        """The issue by its short id (`SHOP-1A`) or number; None where there is none that may be seen."""
        response = await self._get(f"issues/{name}/")
        return None if response.status == 404 else _read(response, SentryIssue, self.server.name)

    async def events(self, name: str, window: Window, environment: str | None) -> Events:
        """An issue's events in a time, in one of Sentry's environments or in all."""
        only = (("environment", environment),) if environment is not None else ()
        times = (("start", _spelled(window.begin)), ("end", _spelled(window.end)))
        response = await self._get(f"issues/{name}/events/", (*times, *only))
        found = _read(response, tuple[Event, ...], self.server.name)
        links = ", ".join(value for key, value in response.headers if key.lower() == "link")
        return Events(found=found, more=_NEXT.search(links) is not None)

    async def release(self, version: str) -> Release | None:
        """The release of that version, or None."""
        response = await self._get(f"releases/{version}/")
        return None if response.status == 404 else _read(response, Release, self.server.name)

    async def _get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Response:
        return await self.server.get(f"/api/0/organizations/{self.slug}/{path}", query)


def _read(response: Response, kind: type[T], name: str) -> T:
    if response.status != 200:
        raise _refused(response, name)
    if response.truncated:
        raise TooMuch("a longer answer than is read here")
    try:
        return msgspec.json.decode(response.body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise BrokenAnswer(f"the server {name} answers, but not as Sentry does") from None


def _refused(response: Response, name: str) -> Exception:
    try:
        text = told(msgspec.json.decode(response.body, type=_Error).detail)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        text = ""
    match response.status:
        case 400:
            return BadQuery(text or "the question is refused")
        case 401 | 403:
            return BrokenAnswer(f"the server {name} refuses this bot's credentials ({response.status})")
        case _:
            return BrokenAnswer(f"the server {name} answers {response.status}: {text or 'no reason given'}")


def _spelled(at: datetime) -> str:
    """As Sentry's documentation writes it: UTC without saying so."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
