"""A question to the network and its answer, as values; and the one way to ask it.

EgressError
├── Blocked       not reachable from here: refused, unresolvable, nobody listens; one text for all of it
├── Deadline      connected, but the exchange did not end in time
├── BrokenAnswer  connected, but TLS, HTTP or the encoding is broken: the other side must look
└── Unsendable    the question itself is faulty: whoever wrote the URL or the header must look
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


class EgressError(Exception):
    """The answer could not be had. `str()` is one plain sentence that tells nothing about the inner network."""


class Blocked(EgressError):
    """The address is not reachable under this server's network policy (also: it does not resolve, nobody listens)."""


class Deadline(EgressError):
    """The whole exchange did not end in time."""


class BrokenAnswer(EgressError):
    """Somebody answered, but not with HTTP that can be read (TLS, protocol, encoding, redirects without end)."""


class Unsendable(EgressError):
    """The URL, method or a header is one that is never sent, whatever the network. The text says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP question; GET or HEAD."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer; `body` holds at most the guard's limit, `truncated` says that this was not all.

    `elapsed` spans everything from the name lookup to the last byte, redirects included; `url` is the last hop's.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    elapsed: timedelta
    url: str


class Fetch(Protocol):
    """The guarded way out."""

    async def __call__(self, request: Request) -> Response:
        """One answer, after redirects; raises `EgressError`."""
        ...
