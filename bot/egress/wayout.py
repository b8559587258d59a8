"""The way out of one repository: the guard, with what the operator grants to that repository."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType

import httpcore

from bot.egress.connecting import SocketDial, connect, dial_socket
from bot.egress.exchange import Connection, NamedServer, RecordKind, Records, Request, Response, ServerKind
from bot.egress.grants import Grants, Server, grants_check
from bot.egress.guard import Guard, public_roots
from bot.egress.names import Resolver
from bot.egress.pace import Paces
from bot.egress.records import records
from bot.egress.rules import EgressSettings
from bot.egress.scrubbing import scrubber
from bot.egress.servers import GuardedServer, server_settings, server_vault
from bot.egress.streams import SocketNetwork
from bot.egress.vault import Vault
from bot.egress.way import Refused, Way

SERVER_AT_ONCE = 4
"""Questions that one operator-named server is asked at the same time, from all repositories together."""


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
    dial: httpcore.AsyncNetworkBackend = field(default_factory=SocketNetwork)
    dial_socket: SocketDial = dial_socket
    _turn: asyncio.Semaphore = field(init=False, repr=False)
    _server_turns: Mapping[str, asyncio.Semaphore] = field(init=False, repr=False)
    _paces: Paces = field(init=False, repr=False)
    _scrub: Callable[[str], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        grants_check(self.grants)
        self._turn = asyncio.Semaphore(self.settings.at_once)
        self._server_turns = {one.url: asyncio.Semaphore(SERVER_AT_ONCE) for one in self.grants.servers}
        self._paces = Paces(self.settings)
        self._scrub = scrubber(self._values())

    def network(self, repository_id: int, full_name: str) -> "RepositoryNetwork":
        """The way out as this repository may use it."""
        mine = tuple(one for one in self.grants.allow if one.repositories.covers(repository_id, full_name))
        settings = replace(
            self.settings,
            allow_hosts=(*self.settings.allow_hosts, *(host for one in mine for host in one.hosts)),
            allow_networks=(*self.settings.allow_networks, *(net for one in mine for net in one.networks)),
            ports=(*self.settings.ports, *(port for one in mine for port in one.ports)),
        )
        secrets = tuple(one for one in self.grants.secrets if one.repositories.covers(repository_id, full_name))
        servers = tuple(one for one in self.grants.servers if one.repositories.covers(repository_id, full_name))
        way = Way(
            settings=settings,
            resolver=self.resolver,
            on_refused=self._told,
            turn=self._turn,
            paces=self._paces,
            repository_id=repository_id,
        )
        return RepositoryNetwork(
            guard=Guard(way=way, tls=self.tls, dial=self.dial, vault=Vault(secrets=secrets)),
            dial_socket=self.dial_socket,
            named=MappingProxyType({server.name: self._named(server) for server in reversed(servers)}),
            scrubber=self._scrub,
        )

    def _named(self, server: Server) -> GuardedServer:
        # No paces: the operator has named the server in order to be asked. But a policy's thirty heavy queries must
        # not fall upon it all at once.
        way = Way(
            settings=server_settings(server, self.settings),
            resolver=self.resolver,
            on_refused=self._told,
            turn=self._server_turns[server.url],
        )
        return GuardedServer(
            server=server, guard=Guard(way=way, tls=self.tls, dial=self.dial, vault=server_vault(server))
        )

    def _told(self, host: str, why: str) -> None:
        self.on_refused(self._scrub(host), self._scrub(why))

    def _values(self) -> Iterator[str]:
        yield from (secret.value for secret in self.grants.secrets)
        yield from (server.value for server in self.grants.servers if server.value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryNetwork:
    """`bot.egress.exchange.Network` for one repository."""

    guard: Guard
    dial_socket: SocketDial
    named: Mapping[str, GuardedServer]
    scrubber: Callable[[str], str]

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
        return self.named.get(name)

    def servers(self, kind: ServerKind) -> tuple[str, ...]:
        """The names of the servers of a kind that this repository may use, sorted."""
        return tuple(sorted(name for name, one in self.named.items() if one.kind is kind))

    def secret_fault(self, name: str, url: str) -> str | None:
        """Why a secret may not be sent there."""
        return self.guard.vault.fault(name, url)

    def secret_headers(
        self, names: tuple[str, ...], url: str, given: tuple[tuple[str, str], ...] = ()
    ) -> tuple[tuple[str, str], ...]:
        """The headers that carry secrets there; see `bot.egress.vault`."""
        return self.guard.vault.headers(names, url, given)

    def scrub(self, text: str) -> str:
        """The text without secrets."""
        return self.scrubber(text)
