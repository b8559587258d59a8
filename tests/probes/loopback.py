"""A way out that leads to servers on loopback: the real guard, with loopback granted to the repository."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from bot.egress.exchange import Network, RecordKind, Records
from bot.egress.grants import Allowance, Grants, Repositories
from bot.egress.names import Unresolved
from bot.egress.rules import EgressSettings
from bot.egress.wayout import Egress
from bot.probes.contract import Context
from tests.probes.world import context

LOOPBACK = ip_network("127.0.0.1/32")


@dataclass(frozen=True)
class Names:
    """A resolver that knows a few names."""

    hosts: Mapping[str, str] = field(default_factory=dict)

    async def addresses(self, host: str) -> tuple[str, ...]:
        if host not in self.hosts:
            raise Unresolved(host)
        return (self.hosts[host],)

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        raise Unresolved(name)


def loopback(*ports: int, hosts: tuple[str, ...] = ("api.test",), **about) -> Network:
    """The way out of the repository acme/shop, to which loopback and these ports are granted."""
    allowed = Allowance(repositories=Repositories(names=frozenset({"acme/shop"})), networks=(LOOPBACK,), ports=ports)
    plain = {
        "settings": EgressSettings(),
        "resolver": Names(dict.fromkeys(hosts, "127.0.0.1")),
        "on_refused": lambda *_: None,
        "grants": Grants(allow=(allowed,)),
        "tls": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    }
    return Egress(**{**plain, **about}).network(7, "acme/shop")


def over(network: Network) -> Context:
    """What a probe gets, with this way out, today."""
    return replace(context(), network=network, now=datetime.now(UTC))
