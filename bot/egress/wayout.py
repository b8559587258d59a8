"""The way out of one repository: the guard, with what the operator grants to that repository."""

import asyncio
import ssl
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpcore

from bot.egress.connecting import SocketDial, connect, dial_socket
from bot.egress.exchange import Connection, NamedServer, RecordKind, Records, Request, Response, ServerKind
from bot.egress.grants import Grants
from bot.egress.guard import Guard, public_roots
from bot.egress.names import Resolver
from bot.egress.records import records
from bot.egress.rules import EgressSettings
from bot.egress.way import Refused, Way


@dataclass(slots=True, kw_only=True)
class Egress:
    """Makes the ways out. `tls`, `dial` and `dial_socket` stand in for the public roots and the real network.

    All ways share one bound on what is open at once, and one set of roots: both are made once.
    """

    settings: EgressSettings
    resolver: Resolver
    on_refused: Refused
    grants: Grants = field(default_factory=Grants)
    tls: ssl.SSLContext = field(default_factory=public_roots)
    dial: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)
    dial_socket: SocketDial = dial_socket
    _turn: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._turn = asyncio.Semaphore(self.settings.at_once)

    def network(self, repository_id: int, full_name: str) -> "RepositoryNetwork":
        """The way out as this repository may use it."""
        mine = tuple(one for one in self.grants.allow if one.repositories.covers(repository_id, full_name))
        settings = replace(
            self.settings,
            allow_hosts=(*self.settings.allow_hosts, *(host for one in mine for host in one.hosts)),
            allow_networks=(*self.settings.allow_networks, *(net for one in mine for net in one.networks)),
            ports=(*self.settings.ports, *(port for one in mine for port in one.ports)),
        )
        way = Way(settings=settings, resolver=self.resolver, on_refused=self.on_refused, turn=self._turn)
        return RepositoryNetwork(guard=Guard(way=way, tls=self.tls, dial=self.dial), dial_socket=self.dial_socket)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryNetwork:
    """`bot.egress.exchange.Network` for one repository."""

    guard: Guard
    dial_socket: SocketDial

    @property
    def trust(self) -> ssl.SSLContext:
        """The roots that certificates are checked against."""
        return self.guard.tls

    async def fetch(self, request: Request) -> Response:
        """One HTTP answer, after redirects; raises `EgressError`."""
        return await self.guard.fetch(request)

    async def connect(self, host: str, port: int, *, within: timedelta) -> Connection:
        """A socket to a checked address; see `bot.egress.connecting`."""
        return await connect(self.guard.way, host, port, within=within, dial=self.dial_socket)

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        """What DNS answers; see `bot.egress.records`."""
        return await records(self.guard.way, name, kind, within=within)

    def server(self, name: str) -> NamedServer | None:
        """The operator-named server, or None."""
        del name
        return None

    def servers(self, kind: ServerKind) -> tuple[str, ...]:
        """The names of the servers of a kind that this repository may use."""
        del kind
        return ()

    def secret_fault(self, name: str, url: str) -> str | None:
        """Why a secret may not be sent there."""
        del url
        return f"there is no secret named {name!r} for this repository"

    def scrub(self, text: str) -> str:
        """The text without secrets."""
        return text
