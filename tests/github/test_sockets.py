"""Real sockets that misbehave: cut, slow, endless, redirecting. Nothing but our own errors comes out, in time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from bot.assessment.evidence import Sha
from bot.github.answers import Reaction
from bot.github.credentials import PersonToken, Secret
from bot.github.errors import GitHubError, RateLimited, Unavailable
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.models import NodeId
from bot.github.session import Session

from . import answers
from .stand_in import SHOP, Clock, ok, outcome

Handle = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]

ROLE = b'{"permission": "admin", "role_name": "admin"}'
SNAPSHOT = ok({"repository": answers.repository()}).content


@asynccontextmanager
async def server(handle: Handle) -> AsyncIterator[str]:
    """A raw HTTP server that gives each request's head to `handle`; its URL."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                await handle(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def shop(handle: Handle, seconds: float = 5) -> AsyncIterator[Session]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(server(handle))
        person = PersonToken(token=Secret("t"))
        gateway = Gateway(host(url), person, Clock(), deadline=timedelta(seconds=seconds))
        yield (await stack.enter_async_context(gateway)).session(None, SHOP)


async def cut(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def cut_within(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(ROLE)[:-10])
    await writer.drain()
    writer.close()


async def no_http(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")
    writer.close()


async def silent(_: bytes, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def dripping(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def looping(head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(b"{}", "302 Found", f"location: {head.split()[1].decode()}"))


@pytest.mark.parametrize("handle", [cut, cut_within, no_http, silent, dripping, looping], ids=lambda one: one.__name__)
async def test_a_misbehaving_server_is_unavailable(handle: Handle) -> None:
    """Reads and writes, within the deadline."""
    async with shop(handle, seconds=0.5) as one, asyncio.timeout(5):
        reading, writing = one.role("alice"), one.react(NodeId("IC_1"), Reaction.EYES)
        found = [await outcome(reading), await outcome(writing)]
    assert all(isinstance(error, GitHubError) for error in found)
    assert isinstance(found[0], Unavailable)


async def test_an_idle_connection_that_was_cut_is_no_trouble() -> None:
    """The server closes after each answer without saying so; the next read goes through."""

    async def closing(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(ROLE))
        await writer.drain()
        writer.close()

    async with shop(closing) as one:
        assert [await one.role(f"user{number}") for number in range(5)] == ["admin"] * 5


async def test_a_limit_over_a_real_socket() -> None:
    """429 with `retry-after`."""

    async def limited(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"{}", "429 Too Many Requests", "retry-after: 3"))

    async with shop(limited) as one:
        assert RateLimited is type(await outcome(one.role("alice")))


def tarball(elsewhere: str, heads: list[bytes]) -> Handle:
    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        if b"POST" in head[:5]:
            writer.write(answer(SNAPSHOT))
            return
        writer.write(answer(b"", "302 Found", f"location: {elsewhere}/codeload?token=once"))

    return handle


async def test_a_tarball_is_streamed_from_another_host_without_our_token() -> None:
    """The redirect is followed, the credentials stay, and the bytes are not unpacked."""
    heads: list[bytes] = []

    async def codeload(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-gzip\r\ntransfer-encoding: chunked\r\n\r\n")
        writer.write(b"3\r\n\x1f\x8b\x08\r\n2\r\nxy\r\n0\r\n\r\n")

    async with server(codeload) as elsewhere, shop(tarball(elsewhere, heads)) as one:
        reader = one.reader(await one.snapshot(3))
        async with reader.tarball(Sha("e" * 40)) as chunks:
            assert b"".join([chunk async for chunk in chunks]) == b"\x1f\x8b\x08xy"
    assert b"authorization" in heads[1].lower()
    assert b"authorization" not in heads[2].lower()


async def test_a_tarball_that_breaks_off_is_unavailable() -> None:
    """It must not look like the end of the archive."""

    async def breaking(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await writer.drain()
        writer.close()

    async with server(breaking) as elsewhere, shop(tarball(elsewhere, [])) as one:
        reader = one.reader(await one.snapshot(3))
        with pytest.raises(Unavailable):
            async with reader.tarball(Sha("e" * 40)) as chunks:
                [chunk async for chunk in chunks]


async def test_an_error_of_the_consumer_passes_through() -> None:
    """What the reader of a tarball raises is its own affair."""

    async def codeload(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"abc"))

    async with server(codeload) as elsewhere, shop(tarball(elsewhere, [])) as one:
        reader = one.reader(await one.snapshot(3))
        with pytest.raises(ZeroDivisionError):
            async with reader.tarball(Sha("e" * 40)):
                raise ZeroDivisionError
