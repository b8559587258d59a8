"""The way out of one repository: the guard, with what the operator grants to that repository."""

import ssl
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpcore
import httpx

from bot.egress.exchange import (
    Blocked,
    Connection,
    Fetch,
    NamedServer,
    RecordKind,
    Records,
    Request,
    Response,
    ServerKind,
)
from bot.egress.grants import Grants
from bot.egress.guard import Refused, fetcher
from bot.egress.names import Resolver
from bot.egress.rules import NOT_REACHABLE, EgressSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """Makes the ways out. `tls` and `dial` stand in for the public roots and the real network."""

    settings: EgressSettings
    resolver: Resolver
    on_refused: Refused
    grants: Grants = field(default_factory=Grants)
    tls: ssl.SSLContext | None = None
    dial: httpcore.AsyncNetworkBackend | None = None

    def network(self, repository_id: int, full_name: str) -> "RepositoryNetwork":
        """The way out as this repository may use it."""
        mine = tuple(one for one in self.grants.allow if one.repositories.covers(repository_id, full_name))
        settings = replace(
            self.settings,
            allow_hosts=(*self.settings.allow_hosts, *(host for one in mine for host in one.hosts)),
            allow_networks=(*self.settings.allow_networks, *(net for one in mine for net in one.networks)),
            ports=(*self.settings.ports, *(port for one in mine for port in one.ports)),
        )
        tls = self.tls or httpx.create_ssl_context(trust_env=False)
        fetch = fetcher(settings, resolver=self.resolver, on_refused=self.on_refused, tls=tls, dial=self.dial)
        return RepositoryNetwork(http=fetch, trust=tls)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryNetwork:
    """`bot.egress.exchange.Network` for one repository."""

    http: Fetch
    trust: ssl.SSLContext

    async def fetch(self, request: Request) -> Response:
        """One HTTP answer, after redirects; raises `EgressError`."""
        return await self.http(request)

    async def connect(self, host: str, port: int, *, within: timedelta) -> Connection:
        """A socket to a checked address; raises `Blocked`."""
        raise Blocked(NOT_REACHABLE)

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        """What DNS answers; raises `Blocked`."""
        raise Blocked(NOT_REACHABLE)

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
