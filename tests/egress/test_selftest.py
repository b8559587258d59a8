"""The self test passes on the guard as it is, and fails on a guard with a hole."""

from datetime import timedelta
from ipaddress import ip_network

import httpcore
import pytest

from bot.egress.exchange import Blocked, EgressError, Request, Response
from bot.egress.guard import fetcher
from bot.egress.rules import EgressSettings, UnsafeEgress
from bot.egress.selftest import self_test
from tests.egress.network import connections


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


@pytest.mark.parametrize("make", [open_door, late_refusal, closed_door, allows_loopback])
async def test_a_hole_stops_the_server(make):
    """A guard that answers, that connects before it refuses, or that refuses everything is not let out."""
    with pytest.raises(UnsafeEgress):
        await self_test(EgressSettings(), make=make)
