"""The only place where a probe's socket is opened: resolve once, check every answer, connect to what was checked.

The guard hands over the *name*, and asks for TLS on that name afterwards: SNI and the certificate check stay on it,
while the connection goes to an address that was checked and cannot change any more (DNS rebinding).
Source: https://www.encode.io/httpcore/network-backends/
"""

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore

from bot.egress.addresses import refusal_of
from bot.egress.exchange import BrokenAnswer
from bot.egress.names import Resolver, Unresolved
from bot.egress.rules import EgressSettings, Refusal, host_check
from bot.egress.way import Way

MOST_TRIED = 4
DEFAULT_WITHIN = 5.0
HEAD_BYTES = 128 << 10
READ_BYTES = 4 << 10


@dataclass(slots=True, kw_only=True)
class Hop:
    """How far one hop has come. Until `connected`, slowness may be our own network's; then it is the other side's.

    `bytes_left` may still be received; it holds for the head at first, interim answers (1xx) included: each of those
    costs time to parse, and there may be any number of them.
    """

    connected: bool = False
    bytes_left: int = HEAD_BYTES


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """A network of allowed addresses. Whatever cannot be connected to raises `Refusal`, whatever the cause."""

    def __init__(self, way: Way, dial: httpcore.AsyncNetworkBackend, limit: asyncio.Timeout | None = None) -> None:
        """`limit` is the deadline of the whole exchange, `waited` the seconds that were spent on our own pace."""
        self._way = way
        self._settings = way.settings
        self._dial = dial
        self._limit = limit
        self.hop = Hop()
        self.waited = 0.0

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to a checked address of `host`; raises `Refusal`."""
        if port not in self._settings.ports:
            raise Refusal(f"port {port}")
        host_check(host, self._settings)
        within = timeout or DEFAULT_WITHIN
        try:
            async with asyncio.timeout(within) as limit:
                addresses = await checked_addresses(host, self._settings, self._way.resolver)
                limits = (limit, *((self._limit,) if self._limit is not None else ()))
                return await self._first_stream(host, port, addresses, within / len(addresses), limits)
        except TimeoutError as exc:
            raise Refusal(f"{host}:{port} did not answer in time") from exc

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: a probe has no business with this machine's sockets."""
        raise Refusal("a unix socket")

    async def sleep(self, seconds: float) -> None:
        """Waits; httpcore asks for it between attempts."""
        await asyncio.sleep(seconds)

    async def _first_stream(
        self, host: str, port: int, addresses: tuple[str, ...], within: float, limits: tuple[asyncio.Timeout, ...]
    ) -> httpcore.AsyncNetworkStream:
        for address in addresses:
            self.waited += await self._way.paced_at(address, limits)
            try:
                stream = await self._dial.connect_tcp(address, port, timeout=within)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            await self._check_peer(stream)
            self.hop.connected = True
            return MeteredStream(stream, self.hop)
        raise Refusal(f"nobody answers at {host}:{port} ({', '.join(addresses)})")

    async def _check_peer(self, stream: httpcore.AsyncNetworkStream) -> None:
        # The kernel's own word on whom we talk to; a transparent proxy or a bug above would show here.
        try:
            peer = stream.get_extra_info("server_addr")
        except OSError as exc:
            await stream.aclose()
            raise Refusal("the peer left at once") from exc
        refusal = refusal_of(str(peer[0]), self._settings.allow_networks) if peer else None
        if refusal:
            await stream.aclose()
            raise Refusal(f"the peer: {refusal}")


class MeteredStream(httpcore.AsyncNetworkStream):
    """A stream that ends after so many bytes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, hop: Hop) -> None:
        self._stream = stream
        self._hop = hop

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Bytes as they come; raises `BrokenAnswer` where there are too many."""
        # In small pieces: what one read brings is parsed without giving way to anybody. A socket that has always more
        # to read never gives way by itself, and no deadline would come.
        await asyncio.sleep(0)
        data = await self._stream.read(min(max_bytes, READ_BYTES), timeout)
        self._hop.bytes_left -= len(data)
        if self._hop.bytes_left < 0:
            raise BrokenAnswer("the answer does not end")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Sends."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Closes."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """TLS on the name; raises `BrokenAnswer` with what is wrong with the certificate."""
        try:
            inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
            raise BrokenAnswer(f"the TLS handshake failed{_tls_reason(exc)}") from exc
        except asyncio.CancelledError:
            # httpcore closes what failed, but not what was cancelled.
            await self._stream.aclose()
            raise
        return MeteredStream(inner, self._hop)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the connection."""
        return self._stream.get_extra_info(info)


async def checked_addresses(host: str, settings: EgressSettings, resolver: Resolver) -> tuple[str, ...]:
    """Where a host may be connected to: looked up once, and every single answer checked. Raises `Refusal`."""
    found = (host,) if _is_address(host) else await _resolved(host, resolver)
    for address in found:
        if refusal := refusal_of(address, settings.allow_networks):
            raise Refusal(f"{host}: {refusal}")
    return found[:MOST_TRIED]


async def _resolved(host: str, resolver: Resolver) -> tuple[str, ...]:
    try:
        return await resolver.addresses(host)
    except Unresolved as exc:
        raise Refusal(str(exc)) from exc


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _tls_reason(exc: BaseException) -> str:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f": {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return ""
