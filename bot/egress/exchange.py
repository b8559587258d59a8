"""A question to the network and its answer, as values; and the one way to ask it.

EgressError
├── Blocked       not reachable from here: refused, unresolvable, nobody listens; one text for all of it
│   └── Unanswered   every address is a public one, and the connection was refused: this much may be told apart
├── Deadline      connected, but the exchange did not end in time
│   └── Postponed    never asked: this server paces itself, and it would have been too late
├── BrokenAnswer  connected, but TLS, HTTP or the encoding is broken: the other side must look
└── Unsendable    the question itself is faulty: whoever wrote the URL or the header must look
"""

import socket
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class EgressError(Exception):
    """The answer could not be had. `str()` is one plain sentence that tells nothing about the inner network."""


class Blocked(EgressError):
    """The address is not reachable under this server's network policy (also: it does not resolve, nobody listens)."""


class Unanswered(Blocked):
    """The host refuses the connection, and every address of it is public: nothing inner is told by saying so."""


class Deadline(EgressError):
    """The whole exchange did not end in time."""


class Postponed(Deadline):
    """Not asked, since this server does not ask one host that often: nobody's failure."""


class BrokenAnswer(EgressError):
    """Somebody answered, but not with HTTP that can be read (TLS, protocol, encoding, redirects without end)."""


class Unsendable(EgressError):
    """The URL, method or a header is one that is never sent, whatever the network. The text says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP question: GET, HEAD, or POST with a body.

    `secrets` name operator secrets: each puts its own header on the first hop, where that hop's origin is one of the
    secret's own, and is dropped at every redirect. `credentials` are headers made of what this very origin gave in an
    earlier answer (a session's token; `Authorization` and `Cookie` may stand among them): they go to the first hop
    alone, too. Where `follow` is False, a redirect is the answer.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta = timedelta(seconds=10)
    body: bytes | None = None
    content_type: str | None = None
    secrets: tuple[str, ...] = ()
    credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    follow: bool = True


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
    """The HTTP part of the guarded way out."""

    async def __call__(self, request: Request) -> Response:
        """One answer, after redirects; raises `EgressError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connected TCP socket to a checked address, non-blocking. Whoever asked for it closes it.

    `host` is the name without a trailing dot, for SNI and certificate checks; `elapsed` is the time to connect.
    """

    socket: socket.socket
    host: str
    port: int
    elapsed: timedelta


class RecordKind(StrEnum):
    """The kinds of DNS records that can be asked (RFC 1035, 3596, 8659, 2782)."""

    A = "A"
    AAAA = "AAAA"
    CAA = "CAA"
    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    SRV = "SRV"
    TXT = "TXT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A DNS answer. `values` are in presentation format, sorted; names without a trailing dot, TXT joined and unquoted.

    `exists` is False where the name itself does not exist (NXDOMAIN).
    """

    exists: bool
    values: tuple[str, ...]


class ServerKind(StrEnum):
    """What speaks behind an operator-named server."""

    PROMETHEUS = "prometheus"
    LOKI = "loki"
    SENTRY = "sentry"


class NamedServer(Protocol):
    """A server that the operator has named, for the repositories that he has named. Its address is his own word."""

    @property
    def name(self) -> str:
        """The operator's name for it: all that people are told of where it is."""
        ...

    @property
    def kind(self) -> ServerKind:
        """Which API it speaks."""
        ...

    async def get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Response:
        """GET below the server's URL, with the operator's credentials; no redirects. Raises `EgressError`."""
        ...


class Network(Protocol):
    """The guarded way out, as far as one repository may use it."""

    async def fetch(self, request: Request) -> Response:
        """One HTTP answer, after redirects; raises `EgressError`."""
        ...

    async def connect(self, host: str, port: int, *, within: timedelta) -> Connection:
        """A socket to a checked address; raises `Blocked`, `Unanswered` (a public host accepts none), `Unsendable`."""
        ...

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        """What DNS answers, from the operator's name servers alone.

        Raises `Blocked` (no usable answer, also in time; an answer that leads inside), `BrokenAnswer` (too much of
        it), `Unsendable` (this is no name).
        """
        ...

    def server(self, name: str) -> NamedServer | None:
        """The operator-named server, or None where there is none of that name for this repository."""
        ...

    def servers(self, kind: ServerKind) -> tuple[str, ...]:
        """The names of the servers of a kind that this repository may use."""
        ...

    def secret_fault(self, name: str, url: str) -> str | None:
        """Why a secret may not be sent to a URL from this repository, in plain words; None where it may."""
        ...

    def secret_headers(
        self, names: tuple[str, ...], url: str, given: tuple[tuple[str, str], ...] = ()
    ) -> tuple[tuple[str, str], ...]:
        """The headers that carry secrets to a URL (`ws:` and `wss:` too), for what is no `fetch`; raises `Unsendable`.

        `given` are the headers that are sent besides: none of them may be a secret's.
        """
        ...

    def scrub(self, text: str) -> str:
        """The text without any of the operator's secrets, in whatever spelling."""
        ...

    @property
    def trust(self) -> ssl.SSLContext:
        """The roots that certificates are checked against, with host names checked."""
        ...
