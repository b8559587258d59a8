"""The real network: plain sockets and TLS on them, and what is left when they break."""

import asyncio
import ssl
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import httpcore
import pytest

from bot.egress.exchange import BrokenAnswer, Deadline, Request, Response
from bot.egress.guard import fetcher
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from bot.egress.streams import SocketNetwork
from tests.egress.network import name_server, raw_server, says
from tests.egress.test_tls import certified, server_side

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3


async def asked(behave, *, tls: ssl.SSLContext | None = None, server_tls=None, **about) -> Response:
    """One exchange over a socket of its own, with a server on an address that is allowed."""
    async with name_server({"here.test": [["127.0.0.1"]]}) as names, raw_server(behave, server_tls) as port:
        settings = EgressSettings(allow_networks=(ip_network("127.0.0.1/32"),), ports=(port,))
        resolver = Dns(servers=("127.0.0.1",), port=names)
        fetch = fetcher(settings, resolver=resolver, on_refused=lambda *_: None, tls=tls)
        scheme = "https" if server_tls else "http"
        return await fetch(Request(url=f"{scheme}://here.test:{port}/", **about))


ANSWERS = {
    "plain": (says(OK), b"ok"),
    "hinted at first": (says(EARLY, OK), b"ok"),
    "in pieces": (says(OK[:10], OK[10:30], OK[30:]), b"ok"),
    "in chunks": (
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n"),
        b"ok",
    ),
    "to the end": (says(b"HTTP/1.0 200 OK\r\n\r\nok"), b"ok"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_answers_in_every_framing(name):
    """As HTTP allows."""
    behave, body = ANSWERS[name]
    assert (await asked(behave)).body == body


BREAKS = {
    "nothing": says(),
    "half a head": says(OK[:10]),
    "half a body": says(OK[:-1]),
    "another protocol": says(b"220 mail.example.com ESMTP\r\n"),
    "switched": says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    "two lengths": says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_what_is_no_answer_is_said_to_be_none(name):
    """Nothing is guessed from half an answer."""
    with pytest.raises(BrokenAnswer, match="the connection broke, or the answer is not HTTP"):
        await asked(BREAKS[name])


async def test_tls_over_a_socket(tmp_path: Path):
    """On the name; a long answer comes whole."""
    seen: list[str | None] = []
    file = certified(tmp_path, "here.test")
    body = b"x" * 300_000
    behave = says(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n", body)
    trusted = ssl.create_default_context(cafile=file)
    response = await asked(behave, tls=trusted, server_tls=server_side(file, seen), timeout=timedelta(seconds=20))
    assert (response.body, seen) == (body, ["here.test"])


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path):
    """What is wrong with it is said."""
    file = certified(tmp_path, "here.test")
    with pytest.raises(BrokenAnswer, match=r"the TLS handshake failed: self-signed certificate"):
        await asked(says(OK), tls=ssl.create_default_context(), server_tls=server_side(file, []))


async def test_a_handshake_that_hangs_ends():
    """With the deadline, and the socket is closed: the other side sees the end."""
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        gone.set()

    async with raw_server(silent) as port:
        settings = EgressSettings(allow_networks=(ip_network("127.0.0.1/32"),), ports=(port,))
        fetch = fetcher(settings, resolver=Dns(), on_refused=lambda *_: None)
        with pytest.raises(Deadline):
            await fetch(Request(url=f"https://127.0.0.1:{port}/", timeout=timedelta(seconds=2)))
        async with asyncio.timeout(10):
            await gone.wait()


async def test_a_closed_port_is_an_error_of_the_network():
    """As httpcore names it."""
    async with raw_server(says()) as port:
        pass
    with pytest.raises(httpcore.ConnectError):
        await SocketNetwork().connect_tcp("127.0.0.1", port, timeout=5)
