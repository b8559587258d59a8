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
import dns.rdata
import dns.rdatatype
import dns.rdtypes.txtbase
import dns.resolver

from bot.egress.exchange import RecordKind, Records
from bot.groups import Group

MOST_ADDRESSES = 32
_NAMES_LAST = frozenset({RecordKind.CNAME, RecordKind.MX, RecordKind.NS, RecordKind.SRV})


class Unresolved(Exception):
    """The name has no usable addresses. The text is for the operator."""


class Resolver(Protocol):
    """Names to addresses."""

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Every address of a host name, IPv6 first; raises `Unresolved`."""
        ...

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        """What is answered to one question; raises `Unresolved` where nothing is, also in time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """A resolver over the operator's name servers (those of the system where `servers` is empty)."""

    servers: tuple[str, ...] = ()
    port: int = 53
    within: timedelta = timedelta(seconds=3)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Every address of a host name, IPv6 first; raises `Unresolved`."""
        async with Group() as group:
            six = group.create_task(self._ask(host, dns.rdatatype.AAAA))
            four = group.create_task(self._ask(host, dns.rdatatype.A))
        found: list[str] = []
        for answer in (six.result(), four.result()):
            if isinstance(answer, Exception):
                raise Unresolved(f"{host}: {type(answer).__name__}") from answer
            found += answer
        if not found:
            raise Unresolved(f"{host} has no address")
        if len(found) > MOST_ADDRESSES:
            raise Unresolved(f"{host} has more than {MOST_ADDRESSES} addresses")
        return tuple(dict.fromkeys(found))

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        """What the name servers answer to one question, unjudged; raises `Unresolved`.

        A name that is an alias exists, also where what it stands for does not (RFC 2308 section 2.1 says NXDOMAIN).
        """
        asked = dns.name.from_text(f"{name}.")
        try:
            async with asyncio.timeout(within.total_seconds()):
                answer = await self._resolver(within).resolve(asked, kind.value, search=False)
        except dns.resolver.NoAnswer:
            return Records(exists=True, values=())
        except dns.resolver.NXDOMAIN as exc:
            response = exc.kwargs["responses"].get(asked)
            return Records(exists=bool(response and response.answer), values=())
        except (dns.exception.DNSException, OSError, TimeoutError) as exc:
            raise Unresolved(f"{name} {kind}: {type(exc).__name__}") from exc
        return Records(exists=True, values=tuple(sorted({_presented(record, kind) for record in answer})))

    async def _ask(self, host: str, kind: dns.rdatatype.RdataType) -> Sequence[str] | Exception:
        # As a value, since a group of tasks would wrap it.
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                answer = await self._resolver(self.within).resolve(dns.name.from_text(f"{host}."), kind, search=False)
        except dns.resolver.NoAnswer:
            return ()
        except (dns.exception.DNSException, OSError, TimeoutError) as error:
            return error
        return [record.address for record in answer]

    def _resolver(self, within: timedelta) -> dns.asyncresolver.Resolver:
        # Made anew each time: /etc/resolv.conf may change under a server that runs for months.
        resolver = dns.asyncresolver.Resolver(configure=not self.servers)
        if self.servers:
            resolver.nameservers = list(self.servers)
            resolver.port = self.port
        resolver.lifetime = within.total_seconds()
        resolver.timeout = min(within, self.within).total_seconds() / 2
        resolver.retry_servfail = False
        resolver.cache = None
        return resolver


def _presented(record: dns.rdata.Rdata, kind: RecordKind) -> str:
    """A record as people write it: texts joined and unquoted, names in lower case and without the last dot."""
    if isinstance(record, dns.rdtypes.txtbase.TXTBase):
        return b"".join(record.strings).decode("utf-8", "backslashreplace")
    text = record.to_text()
    if kind not in _NAMES_LAST:
        return text
    text = text.lower()
    return text if text == "." or text.endswith(" .") else text.removesuffix(".")
