"""What the operator grants to repositories beyond the public internet: inner hosts, named secrets, named servers.

Rules:
1. Everything is bound to repositories, by GitHub's id (which survives renames, and nobody can take over) or by name.
2. A secret is an object with a place to go to; nothing is ever filled into a text. It leaves this process only in its
   own header, to one of its own origins.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.egress.addresses import Network, exactly
from bot.egress.exchange import ServerKind, Unsendable
from bot.egress.rules import OUR_HEADERS, EgressSettings, Refusal, UnsafeEgress, host_check, origin_of
from bot.egress.scrubbing import LEAST_SECRET

MOST_VALUE = 4096

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}\Z")
_VALUE = re.compile(rf"[\x21-\x7e](?:[\x20-\x7e]{{0,{MOST_VALUE - 2}}}[\x21-\x7e])?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """For which repositories something is: ids, names (`owner/name`), and owners (`owner/*`); or every one."""

    ids: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    every: bool = False

    def covers(self, repository_id: int, full_name: str) -> bool:
        """Is this one of them? Names have no case."""
        lower = full_name.lower()
        return (
            self.every
            or repository_id in self.ids
            or lower in self.names
            or f"{lower.partition('/')[0]}/*" in self.names
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Hosts and networks that probes of these repositories may reach although they are not public, and more ports."""

    repositories: Repositories
    hosts: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A named secret: the header that carries it, whole (`Bearer …` included), and the origins it may go to.

    An origin is a scheme, a host and a port (RFC 6454): `("https", "api.example.com", 443)`.
    """

    name: str
    repositories: Repositories
    origins: tuple[tuple[str, str, int], ...]
    header: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that probes may ask by its name alone. `networks` are where its host may lead, if that is not public."""

    name: str
    kind: ServerKind
    url: str
    repositories: Repositories
    networks: tuple[Network, ...] = ()
    header: str | None = None
    value: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """All that the operator grants. Empty by default."""

    allow: tuple[Allowance, ...] = ()
    secrets: tuple[Secret, ...] = ()
    servers: tuple[Server, ...] = ()


def grants_check(grants: Grants) -> None:
    """Raises `UnsafeEgress` for grants that would open the guard, or that could not be kept secret. Names no values."""
    for allowance in grants.allow:
        EgressSettings(allow_hosts=allowance.hosts, allow_networks=allowance.networks, ports=allowance.ports)
    for secret in grants.secrets:
        _check_credential(f"the secret {secret.name!r}", secret.header, secret.value)
    for server in grants.servers:
        _check_server(server)


def _check_server(server: Server) -> None:
    who = f"the server {server.name!r}"
    parts = urlsplit(server.url)
    if parts.query or parts.fragment or "?" in server.url or "#" in server.url:
        raise UnsafeEgress(f"{who}: its URL has a query or a fragment")
    try:
        _, host, port = origin_of(server.url)
        networks = (*server.networks, *exactly(host))
        host_check(host, EgressSettings(allow_hosts=(host,), allow_networks=networks, ports=(port,)))
    except (Unsendable, Refusal, UnsafeEgress) as exc:
        raise UnsafeEgress(f"{who}: {exc}") from exc
    if (server.header is None) != (server.value is None):
        raise UnsafeEgress(f"{who}: a header and its value go together")
    if server.header is not None and server.value is not None:
        _check_credential(who, server.header, server.value)


def _check_credential(who: str, header: str, value: str) -> None:
    if not _TOKEN.match(header) or header.lower() in OUR_HEADERS:
        raise UnsafeEgress(f"{who}: {header!r} is no header that can carry it")
    if not _VALUE.match(value):
        raise UnsafeEgress(f"{who}: its value must be at most {MOST_VALUE:,} printable ASCII characters, in one line")
    scheme, blank, token = value.partition(" ")
    if len(token if blank else scheme) < LEAST_SECRET:
        raise UnsafeEgress(
            f"{who}: its value is shorter than {LEAST_SECRET} characters, so it could not be kept secret"
        )
