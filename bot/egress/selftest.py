"""Does the guard hold, here, with these library versions? Asked at every start; the server exits where it does not.

Nothing leaves the process: the network is one that only writes down where it was asked to connect to.
"""

import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import httpcore

from bot.egress.exchange import EgressError, Fetch, Request
from bot.egress.guard import fetcher
from bot.egress.rules import EgressSettings, UnsafeEgress

PUBLIC = "93.184.216.34"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"

CASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("http://127.0.0.1/", ()),
    ("http://[::1]/", ()),
    ("http://loopback.example.com/", ()),
    ("http://2130706433/", ()),
    (f"http://{PUBLIC}/", (PUBLIC,)),
)
"""A URL that must not be answered, and the addresses that may be connected to on the way.

The last one redirects to loopback; that its first hop is dialled shows that the others are refused for a reason.
"""


async def self_test(settings: EgressSettings, *, make: Callable[..., Fetch] = fetcher) -> None:
    """Raises `UnsafeEgress` where one of the URLs is answered, or leads to an address that it may not lead to.

    What the operator allows is left out: the machinery is tested, not the allowance. `make` is the guard under test.
    """
    strict = replace(settings, allow_hosts=(), allow_networks=(), ports=(80,))
    for url, may_dial in CASES:
        network = _Recorder()
        fetch = make(
            strict,
            resolver=_Loopback(),
            on_refused=lambda _host, _detail: None,
            tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            dial=network,
        )
        answered = True
        try:
            await fetch(Request(url=url, timeout=timedelta(seconds=5)))
        except EgressError:
            answered = False
        if answered or tuple(network.dialled) != may_dial:
            raise UnsafeEgress(f"{url} was not refused: probes would reach this server's inner network")


class _Loopback:
    async def addresses(self, host: str) -> tuple[str, ...]:
        del host
        return ("127.0.0.1",)


class _Recorder(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self.dialled: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        return httpcore.AsyncMockStream([REDIRECT])

    async def sleep(self, seconds: float) -> None:
        raise UnsafeEgress("nothing is tried twice")
