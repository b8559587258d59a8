"""Names to addresses, without threads: `getaddrinfo` fills the executor that everybody shares.

Names are absolute (no search domains), asked once for both families with one deadline; a family that fails makes the
name unresolvable, since the other family's answer would be a half-checked one.
Source: https://dnspython.readthedocs.io/en/stable/async-resolver-class.html
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

MOST_ADDRESSES = 32


class Unresolved(Exception):
    """The name has no usable addresses. The text is for the operator."""


class Resolver(Protocol):
    """Names to addresses."""

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Every address of a host name, IPv6 first; raises `Unresolved`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """A resolver over the operator's name servers (those of the system where `servers` is empty)."""

    servers: tuple[str, ...] = ()
    port: int = 53
    within: timedelta = timedelta(seconds=3)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Every address of a host name, IPv6 first; raises `Unresolved`."""
        try:
            async with asyncio.timeout(self.within.total_seconds()), asyncio.TaskGroup() as group:
                six = group.create_task(self._ask(host, dns.rdatatype.AAAA))
                four = group.create_task(self._ask(host, dns.rdatatype.A))
        except* (dns.exception.DNSException, OSError, TimeoutError) as exc:
            raise Unresolved(f"{host}: {type(exc.exceptions[0]).__name__}") from exc
        found = (*six.result(), *four.result())
        if not found:
            raise Unresolved(f"{host} has no address")
        if len(found) > MOST_ADDRESSES:
            raise Unresolved(f"{host} has more than {MOST_ADDRESSES} addresses")
        return tuple(dict.fromkeys(found))

    async def _ask(self, host: str, kind: dns.rdatatype.RdataType) -> Sequence[str]:
        resolver = self._resolver()
        try:
            answer = await resolver.resolve(dns.name.from_text(f"{host}."), kind, search=False)
        except dns.resolver.NoAnswer:
            return ()
        return [record.address for record in answer]

    def _resolver(self) -> dns.asyncresolver.Resolver:
        # Made anew each time: /etc/resolv.conf may change under a server that runs for months.
        resolver = dns.asyncresolver.Resolver(configure=not self.servers)
        if self.servers:
            resolver.nameservers = list(self.servers)
            resolver.port = self.port
        resolver.lifetime = self.within.total_seconds()
        resolver.timeout = self.within.total_seconds() / 2
        resolver.retry_servfail = False
        resolver.cache = None
        return resolver
