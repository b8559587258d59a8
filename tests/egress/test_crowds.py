"""Many names of one host, redirects to it, and many repositories that ask it are one crowd for whoever stands there."""

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.egress.exchange import Postponed, Request
from bot.egress.names import Dns
from bot.egress.pace import Paces
from bot.egress.rules import EgressSettings, Pace
from bot.egress.wayout import Egress
from tests.egress.network import PUBLIC4, StandIn, name_server, raw_server

NOW = timedelta(0)
FEW = Pace(per_second=0.01, burst=3, patience=NOW)
NAMES = {f"{number}.test": [[PUBLIC4]] for number in range(9)} | {"first.test": [[PUBLIC4]]}


async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
    moved = f"302 X\r\nLocation: http:/{path}/" if path != "/" else "200 OK"
    writer.write(f"HTTP/1.1 {moved}\r\nContent-Length: 0\r\n\r\n".encode())


async def refuse(_address: str, _port: int) -> socket.socket:
    raise ConnectionRefusedError


@asynccontextmanager
async def world(**paces: Pace):
    """Ways out to one server that has all names, and one address."""
    async with name_server(NAMES) as names, raw_server(behave) as web:
        yield Egress(
            settings=EgressSettings(**paces),
            resolver=Dns(servers=("127.0.0.1",), port=names),
            on_refused=lambda *_: None,
            dial=StandIn(web),
            dial_socket=refuse,
        )


async def test_another_name_is_not_another_host():
    """A wildcard in DNS gives a name for each question; they count together, whatever asks them."""
    async with world(pace_of_address=FEW) as egress:
        here, there = egress.network(7, "acme/shop"), egress.network(8, "acme/other")
        for number in range(3):
            await here.fetch(Request(url=f"http://{number}.test/"))
        with pytest.raises(Postponed):
            await here.fetch(Request(url="http://4.test/"))
        with pytest.raises(Postponed):
            await here.connect("5.test", 443, within=timedelta(seconds=2))
        assert (await there.fetch(Request(url="http://6.test/"))).status == 200


async def test_redirects_count_where_they_lead():
    """Many hosts that all redirect to one: each hop is a question to it."""
    async with world(pace_of_address=FEW) as egress:
        network = egress.network(7, "acme/shop")
        await network.fetch(Request(url="http://1.test/first.test"))
        with pytest.raises(Postponed):
            await network.fetch(Request(url="http://2.test/first.test"))


async def test_all_repositories_together_are_a_crowd():
    """One person may have any number of them."""
    async with world(pace_of_all=FEW) as egress:
        for number in range(3):
            await egress.network(number, f"acme/{number}").fetch(Request(url=f"http://{number}.test/"))
        with pytest.raises(Postponed):
            await egress.network(9, "acme/nine").fetch(Request(url="http://1.test/"))


async def test_our_own_pace_is_nobodys_slowness():
    """Neither the deadline nor the latency has the wait in it."""
    slow = Pace(per_second=2, burst=1, patience=timedelta(seconds=5))
    async with world(pace_of_address=slow) as egress:
        network, clock = egress.network(7, "acme/shop"), asyncio.get_running_loop().time
        await network.fetch(Request(url="http://1.test/"))
        began = clock()
        answer = await network.fetch(Request(url="http://2.test/", timeout=timedelta(seconds=0.4)))
        assert clock() - began >= 0.4
        assert answer.elapsed < timedelta(seconds=0.4)


async def test_a_subnet_is_one_host():
    """Of IPv6 one host has as many addresses as it likes."""
    paces = Paces(EgressSettings(pace_of_address=FEW), clock=lambda: 0.0)
    for last in range(3):
        await paces.address(7, f"2606:2800:220:1::{last}")
    with pytest.raises(Postponed):
        await paces.address(7, "2606:2800:220:1:ffff::1")
    await paces.address(7, "2606:2800:220:2::1")
