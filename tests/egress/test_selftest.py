"""The self test passes on the guard as it is, and fails on a guard with a hole."""

import os
import socket
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import urlsplit

import httpcore
import pytest

from bot.egress.exchange import Blocked, Connection, EgressError, Request, Response
from bot.egress.guard import fetcher
from bot.egress.rules import EgressSettings, UnsafeEgress, target_of
from bot.egress.selftest import self_test
from tests.egress.network import PUBLIC4, connections


@pytest.mark.parametrize(
    "settings",
    [EgressSettings(), EgressSettings(allow_networks=(ip_network("127.0.0.0/8"),), ports=(9999,))],
    ids=["defaults", "loopback allowed"],
)
async def test_the_guard_holds(settings):
    """The self test passes whatever the operator allows, and opens no socket."""
    with connections() as seen:
        await self_test(settings)
    assert not seen


def open_door(_settings, *, dial: httpcore.AsyncNetworkBackend, **_others):
    async def fetch(request: Request) -> Response:
        await dial.connect_tcp(request.url, 80)
        return Response(status=200, headers=(), body=b"", truncated=False, elapsed=timedelta(), url=request.url)

    return fetch


def late_refusal(_settings, *, dial: httpcore.AsyncNetworkBackend, **_others):
    async def fetch(request: Request) -> Response:
        await dial.connect_tcp(request.url, 80)
        raise Blocked

    return fetch


def closed_door(_settings, **_others):
    async def fetch(_request: Request) -> Response:
        raise EgressError

    return fetch


def allows_loopback(_settings, **others):
    return fetcher(EgressSettings(allow_networks=(ip_network("127.0.0.0/8"),)), **others)


class Detour(httpcore.AsyncNetworkBackend):
    """A network that goes somewhere else than it was told."""

    def __init__(self, dial: httpcore.AsyncNetworkBackend, where) -> None:
        self.dial = dial
        self.where = where

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        return await self.dial.connect_tcp(await self.where(host), port)


class Harmless:
    """A resolver that makes every name look public."""

    async def addresses(self, _host: str) -> tuple[str, ...]:
        return (PUBLIC4,)


def looks_up_twice(settings, *, dial, resolver, **others):
    """What was checked is not what is connected to: the name is looked up again."""

    async def again(_host: str) -> str:
        return (await resolver.addresses("any"))[0]

    return fetcher(settings, resolver=Harmless(), dial=Detour(dial, again), **others)


def honours_proxies(settings, *, dial, **others):
    """HTTP_PROXY decides where every connection goes."""

    async def proxy(host: str) -> str:
        return urlsplit(os.environ["HTTP_PROXY"]).hostname or host

    return fetcher(settings, dial=Detour(dial, proxy), **others)


def follows_by_itself(settings, *, dial, **_others):
    """The first URL is checked, and then the library follows redirects."""

    async def fetch(request: Request) -> Response:
        try:
            url = target_of(request.url, settings).url
        except Exception as error:
            raise Blocked from error
        async with httpcore.AsyncConnectionPool(network_backend=dial) as pool:
            for _ in range(2):
                answer = await pool.request("GET", url)
                url = dict(answer.headers).get(b"Location", b"").decode()
        raise Blocked

    return fetch


MUTANTS = [open_door, late_refusal, closed_door, allows_loopback, looks_up_twice, honours_proxies, follows_by_itself]


@pytest.mark.parametrize("make", MUTANTS, ids=lambda make: make.__name__)
async def test_a_hole_stops_the_server(make):
    """A guard that answers, that connects before it refuses, or that goes somewhere else is not let out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:3128")
        with pytest.raises(UnsafeEgress, match="was not refused: probes would reach this server's inner network"):
            await self_test(EgressSettings(), make=make)


async def gives_sockets(_way, host, port, *, within, dial) -> Connection:
    with socket.socket() as made:
        return Connection(socket=made, host=host, port=port, elapsed=within)


async def dials_first(_way, host, port, *, within, dial) -> Connection:
    await dial(host, port)
    raise Blocked


async def gives_none(*_args, **_others) -> Connection:
    raise Blocked


@pytest.mark.parametrize("plain", [gives_sockets, dials_first, gives_none], ids=lambda plain: plain.__name__)
async def test_a_hole_for_plain_sockets_stops_the_server(plain):
    """The same for what speaks no HTTP."""
    with pytest.raises(UnsafeEgress, match="a socket to"):
        await self_test(EgressSettings(), plain=plain)
