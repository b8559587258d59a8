"""The server under people who send slowly, wrongly, or nothing; over real sockets."""

import asyncio
import signal
import socket
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from bot.web.serving import MAX_HEAD, CannotListen, Limits, Listen, Site, serve
from tests.web.world import SHORT, World, headers, served

ROOT = Path(__file__).parents[2]
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


async def ask(port: int, raw: bytes, *, until_end: bool = True) -> bytes:
    """All that the server says to these bytes; nothing where it just cuts the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer), suppress(ConnectionError):
        writer.write(raw)
        return await (reader.read() if until_end else reader.readuntil(b"\r\n\r\nok\n"))
    return b""


def post(body: bytes) -> bytes:
    """A good delivery as bytes."""
    lines = [b"POST /webhook HTTP/1.1", *(name + b": " + value for name, value in headers(body)), b"", body]
    return b"\r\n".join(lines)


SLOW = {
    "silence": (b"", 0.3),
    "empty lines": (b"\r\n\r\n", 0.3),
    "half a head": (b"GET /healthz HTTP/1.1\r\nHost:", 0.3),
    "half a body": (post(b"x" * 100)[:-50], 0.6),
    "a chunk that never ends": (b"POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 0.6),
    "nothing after an answer": (GET, 0.3),
}


@pytest.mark.parametrize(("raw", "limit"), SLOW.values(), ids=SLOW.keys())
async def test_slow_senders_are_cut(raw: bytes, limit: float) -> None:
    """Whatever they sent so far, and soon after the limit."""
    async with served(World().app()) as port:
        began = time.monotonic()
        await ask(port, raw)
        assert limit * 0.9 <= time.monotonic() - began < limit + 1


async def drip(port: int) -> None:
    """Heads, byte by byte, until the connection is cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer), suppress(ConnectionError):
        for byte in GET * 9:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)  # the point is to be slow
        await reader.read()


async def test_dripping_does_not_help() -> None:
    """The limit is for all of a head, not for each byte."""
    async with served(World().app()) as port:
        began = time.monotonic()
        await drip(port)
        assert time.monotonic() - began < 2


async def test_newcomers_find_a_place() -> None:
    """Silent connections over all places do not shut anybody out."""
    async with served(World().app(), Limits(head=SHORT.request, connections=8)) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
        assert b"200 OK" in await ask(port, GET, until_end=False)
        for _, writer in silent:
            writer.close()


async def test_a_slow_answer_is_nobodys_fault() -> None:
    """The deadlines are for receiving: waiting for the store may take longer."""

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async with served(slow) as port:
        assert b"200 OK" in await ask(port, GET)


WRONG = {
    "binary": b"\x00\x01\x02\r\n\r\n",
    "length beside chunks": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks beside length": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length in hexadecimal": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na",
    "negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "enormous length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "unknown coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "bare line feeds in a value": b"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
    "NUL in a value": b"GET / HTTP/1.1\r\nHost: x\x00y\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "bad chunk size": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("raw", WRONG.values(), ids=WRONG.keys())
async def test_ambiguous_framing_is_refused(raw: bytes) -> None:
    """What two programs could read differently gets no answer but 400."""
    async with served(World().app()) as port:
        said = await ask(port, raw + GET)
    assert said == b"" or said.startswith(b"HTTP/1.1 400")
    assert said.count(b"HTTP/1.1 ") <= 1


ENDLESS = {
    "head": b"GET /healthz HTTP/1.1\r\n" + b"X-A: " + b"a" * (8 * MAX_HEAD),
    "many headers": b"GET /healthz HTTP/1.1\r\n" + b"X-A: a\r\n" * MAX_HEAD,
    "target": b"GET /" + b"a" * (8 * MAX_HEAD),
}


@pytest.mark.parametrize("raw", ENDLESS.values(), ids=ENDLESS.keys())
async def test_heads_are_bounded(raw: bytes) -> None:
    """A head without end is cut, not kept."""
    async with served(World().app()) as port:
        assert b"200 OK" not in await ask(port, raw)


async def test_requests_in_a_row_are_answered_in_order() -> None:
    """Keep-alive and pipelining."""
    async with served(World().app()) as port:
        said = await ask(port, GET * 3)
        assert said.count(b"\r\n\r\nok\n") == 3


async def test_a_refused_body_does_not_break_the_connection() -> None:
    """A refusal comes before the body: what still arrives of a small one is passed over."""
    unsigned = b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    async with served(World().app()) as port:
        said = await ask(port, unsigned + b"123456789" + GET)
        assert said.startswith(b"HTTP/1.1 401")
        assert said.endswith(b"ok\n")


async def test_a_taken_port_is_told() -> None:
    """Which one, and that it is taken."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1 port {port}: Address already in use"):
            await serve(World().app(), Listen(host="127.0.0.1", port=port), on_listening=print)


async def test_a_site_beside_comes_and_goes_with_it() -> None:
    """Each on its own port; none is served where one port is taken."""
    loop, stop, here = asyncio.get_running_loop(), asyncio.Event(), Listen(host="127.0.0.1", port=0)
    first, second = loop.create_future(), loop.create_future()
    beside = Site(app=World().app(), listen=here, on_listening=second.set_result)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(
            serve(World().app(), here, on_listening=first.set_result, stop=stop, limits=SHORT, beside=beside)
        )
        for port in (await first, await second):
            assert b"200 OK" in await ask(port, GET, until_end=False)
        stop.set()
    taken = Listen(host="127.0.0.1", port=first.result())
    with socket.create_server(("127.0.0.1", taken.port)), pytest.raises(CannotListen):
        await serve(World().app(), here, on_listening=print, beside=replace(beside, listen=taken))


PROGRAM = """
import asyncio
from bot.web.serving import Listen, Site, run, serve
async def app(scope, receive, send):
    await asyncio.sleep(0.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"late"})
async def main():
    here = Listen(host="127.0.0.1", port=0)
    beside = Site(app=app, listen=here, on_listening=lambda port: None)
    await serve(app, here, on_listening=lambda port: print(port, flush=True), beside=beside)
    print("closed", flush=True)
run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_a_signal_ends_it_after_what_is_under_way(number: signal.Signals) -> None:
    """The answer is still given, and whoever called `serve` goes on to close his own things."""
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, cwd=ROOT, stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
    )
    assert bot.stdout is not None
    port = int(await bot.stdout.readline())
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        answer = group.create_task(ask(port, GET))
        await asyncio.sleep(0.2)  # the request is under way
        bot.send_signal(number)
    assert answer.result().endswith(b"late")
    assert await bot.communicate() == (b"closed\n", None)
    assert bot.returncode == 0
