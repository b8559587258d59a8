"""What the operator grants to repositories beyond the public internet: inner hosts, named secrets, named servers.

Rules:
1. Everything is bound to repositories, by GitHub's id (which survives renames, and nobody can take over) or by name.
2. A secret is an object with a place to go to; nothing is ever filled into a text. It leaves this process only in its
   own header, to one of its own origins.
"""

from dataclasses import dataclass, field

from bot.egress.addresses import Network
from bot.egress.exchange import ServerKind


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
