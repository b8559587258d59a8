"""What the operator opens: a real server on an allowed address, and settings that would open too much."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from bot.egress.exchange import Blocked, Request
from bot.egress.guard import fetcher
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings, UnsafeEgress
from tests.egress.network import connections, name_server

LOOPBACK = ip_network("127.0.0.1/32")


@asynccontextmanager
async def real_server() -> AsyncIterator[int]:
    """uvicorn on loopback; gives its port."""
    routes = [
        Route("/health", lambda _request: JSONResponse({"status": "ok"})),
        Route("/moved", lambda _request: RedirectResponse("/health")),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical", lifespan="off"))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True


@pytest.mark.parametrize("path", ["/health", "/moved"])
async def test_an_allowed_address_is_asked(path):
    """With the operator's leave, a real server on loopback answers, through a redirect as well."""
    async with real_server() as port:
        settings = EgressSettings(allow_networks=(LOOPBACK,), ports=(port,))
        fetch = fetcher(settings, resolver=Dns(), on_refused=lambda *_: None)
        with connections() as seen:
            response = await fetch(Request(url=f"http://127.0.0.1:{port}{path}"))
    assert (response.status, response.body) == (200, b'{"status":"ok"}')
    assert set(seen) == {("127.0.0.1", port)}


@pytest.mark.parametrize("networks", [(), (LOOPBACK,)], ids=["name alone", "name and network"])
async def test_an_allowed_name_needs_its_network_as_well(networks):
    """A name that the operator allows opens no address by itself: whoever owns the zone could point it anywhere."""
    async with real_server() as port, name_server({"status.corp": [["127.0.0.1"]]}) as names:
        settings = EgressSettings(allow_hosts=("Status.corp",), allow_networks=networks, ports=(port,))
        fetch = fetcher(settings, resolver=Dns(servers=("127.0.0.1",), port=names), on_refused=lambda *_: None)
        request = Request(url=f"http://status.corp:{port}/health")
        if networks:
            assert (await fetch(request)).status == 200
        else:
            with pytest.raises(Blocked):
                await fetch(request)


@pytest.mark.parametrize(
    "network",
    [
        *("64:ff9b::/96", "64:ff9b::a00:0/104", "2002::/16", "2001::/32", "::ffff:0:0/96", "::/0", "0.0.0.0/0"),
        *("169.254.169.254/32", "168.63.129.16/32", "224.0.0.0/4", "fe80::/10"),
    ],
)
def test_some_networks_cannot_be_allowed(network):
    """Translation prefixes, metadata services and everything at once: the server does not start with these."""
    with pytest.raises(UnsafeEgress):
        EgressSettings(allow_networks=(ip_network(network),))


@pytest.mark.parametrize("faulty", [{"ports": (0,)}, {"ports": (65536,)}, {"contact_url": "x\r\nY: z"}], ids=str)
def test_senseless_settings_are_refused(faulty):
    """Ports are ports, and the contact URL is one line of a header."""
    with pytest.raises(UnsafeEgress):
        EgressSettings(**faulty)


async def test_metadata_stays_closed_inside_an_allowed_network():
    """Allowing a wide private network does not open the metadata service in it."""
    settings = EgressSettings(allow_networks=(ip_network("100.64.0.0/10"), ip_network("fd00::/8")))
    fetch = fetcher(settings, resolver=Dns(), on_refused=lambda *_: None)
    for url in (
        "http://100.100.100.200/",
        "http://[fd00:ec2::254]/",
        "http://[fd00:ec2::23]/",
        "http://[fd20:ce::254]/",
    ):
        with connections() as seen, pytest.raises(Blocked):
            await fetch(Request(url=url))
        assert not seen
