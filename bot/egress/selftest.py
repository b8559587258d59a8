"""Does the guard hold, here, with these library versions? Asked at every start; the server exits where it does not.

Nothing leaves the process: the network is one that only writes down where it was asked to connect to.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import httpcore

from bot.egress.connecting import connect
from bot.egress.exchange import Connection, EgressError, Fetch, RecordKind, Records, Request
from bot.egress.guard import fetcher
from bot.egress.rules import EgressSettings, LeakyGuard
from bot.egress.way import Way

PUBLIC = "93.184.216.34"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
WITHIN = timedelta(seconds=5)

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

HOSTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("127.0.0.1", ()),
    ("::1", ()),
    ("loopback.example.com", ()),
    ("localhost", ()),
    (PUBLIC, (PUBLIC,)),
)
"""A host that no socket may be had to, likewise: of the public one the connection is refused by who stands there."""


async def self_test(
    settings: EgressSettings,
    *,
    make: Callable[..., Fetch] = fetcher,
    plain: Callable[..., Awaitable[Connection]] = connect,
) -> None:
    """Raises `LeakyGuard` where one of them is answered, or leads to an address that it may not lead to.

    What the operator allows is left out: the machinery is tested, not the allowance. `make` and `plain` are the guard
    under test.
    """
    strict = replace(settings, allow_hosts=(), allow_networks=(), ports=(80,))
    for url, may_dial in CASES:
        network = _Recorder()
        fetch = make(
            strict,
            resolver=_Loopback(),
            on_refused=_nobody_hears,
            tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            dial=network,
        )
        answered = await _comes_back(fetch(Request(url=url, timeout=WITHIN)))
        _judge(url, answered=answered, dialled=network.dialled, may_dial=may_dial)
    way = Way(settings=strict, resolver=_Loopback(), on_refused=_nobody_hears, turn=asyncio.Semaphore())
    for host, may_dial in HOSTS:
        network = _Recorder()
        answered = await _comes_back(plain(way, host, 80, within=WITHIN, dial=network.dial_socket))
        _judge(f"a socket to {host}", answered=answered, dialled=network.dialled, may_dial=may_dial)


async def _comes_back(question: Awaitable[object]) -> bool:
    try:
        await question
    except (EgressError, OSError):
        return False
    return True


def _judge(what: str, *, answered: bool, dialled: list[str], may_dial: tuple[str, ...]) -> None:
    if answered or tuple(dialled) != may_dial:
        raise LeakyGuard(f"{what} was not refused: probes would reach this server's inner network")


def _nobody_hears(_host: str, _detail: str) -> None:
    """A refusal here is no news."""


class _Loopback:
    async def addresses(self, host: str) -> tuple[str, ...]:
        del host
        return ("127.0.0.1",)

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        del name, kind, within
        return Records(exists=True, values=("127.0.0.1",))


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

    async def dial_socket(self, address: str, port: int) -> socket.socket:
        del port
        self.dialled.append(address)
        raise ConnectionRefusedError

    async def sleep(self, seconds: float) -> None:
        raise LeakyGuard("nothing is tried twice")
