"""A corpus of URLs: none of the bad ones leads to a connection that it should not make, all of the good ones work."""

import asyncio
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from bot.egress.exchange import EgressError, Request
from bot.egress.guard import fetcher
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from tests.egress.network import StandIn, connections, name_server, raw_server


def corpus() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("urls.txt").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(verdict, url.encode("latin-1", "backslashreplace").decode("unicode_escape")) for verdict, url, _ in rows]


CORPUS = corpus()
DENY = [url for verdict, url in CORPUS if verdict == "deny"]
ALLOW = [url for verdict, url in CORPUS if verdict == "allow"]


async def public(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """`/to?URL` redirects there, `/again` to itself, anything else is fine."""
    target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
    writer.write(b"HTTP/1.1 ")
    location = target.partition(b"?")[2].replace(b"%5C", b"\\") if target.startswith(b"/to?") else b""
    location = b"/again" if target == b"/again" else location
    if location:
        writer.write(b"302 Found\r\nLocation: " + location + b"\r\n")
    else:
        writer.write(b"200 OK\r\nRefresh: 0; url=http://127.0.0.1/\r\n")
    writer.write(b"Content-Length: 2\r\n\r\nok")
    await writer.drain()


async def ask(url: str) -> tuple[int | None, StandIn, list[tuple[str, int]], set[int]]:
    """The status or None, where the guard dialled, every socket's target, and the ports that are ours."""
    async with name_server() as names, raw_server(public) as web:
        network = StandIn(web)
        resolver = Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=0.3))
        fetch = fetcher(EgressSettings(), resolver=resolver, on_refused=lambda _host, _detail: None, dial=network)
        with connections() as seen:
            try:
                status = (await fetch(Request(url=url, timeout=timedelta(seconds=3)))).status
            except EgressError:
                status = None
        return status, network, seen, {names, web}


@pytest.mark.parametrize("url", DENY, ids=ascii)
async def test_a_refused_url_is_never_answered_and_never_dialled(url):
    """Whatever the spelling, the name or the redirect: no connection to an inner address, and no answer."""
    status, network, seen, ours = await ask(url)
    assert status is None
    assert all(ip_address(address).is_global for address in network.dialled)
    assert {port for _, port in seen} <= ours
    assert network.dialled == [] or "/to?" in url or "/again" in url


@pytest.mark.parametrize("url", ALLOW, ids=ascii)
async def test_a_public_url_is_answered(url):
    """The guard lets ordinary URLs through, odd as they may look."""
    status, network, _, _ = await ask(url)
    assert status == 200
    assert network.dialled


def test_the_corpus_is_large_enough():
    """The corpus covers what it should, and nothing is listed twice."""
    assert len(DENY) >= 140
    assert len(ALLOW) >= 18
    assert len(set(CORPUS)) == len(CORPUS)
