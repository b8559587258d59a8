"""A question to the network and its answer, as values; and the one way to ask it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


class EgressError(Exception):
    """The answer could not be had. `str()` is one plain sentence that tells nothing about the inner network."""


class Blocked(EgressError):
    """The address is not reachable under this server's network policy (also: it does not resolve, nobody listens)."""


class Deadline(EgressError):
    """The whole exchange did not end in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP question; GET or HEAD."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer; `body` holds at most the guard's limit, `truncated` says whether that was all."""

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
