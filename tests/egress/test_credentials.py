"""What an origin gave is sent back to it, and a redirect can be the answer."""

import asyncio

import pytest

from bot.egress.exchange import Request, Response, Unsendable
from bot.egress.guard import fetcher
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from tests.egress.network import StandIn, name_server, raw_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GIVEN = (("Authorization", "Bearer tok-1"), ("Cookie", "sid=2"), ("X-Token", "3"))


def moved(location: str) -> bytes:
    return f"HTTP/1.1 302 X\r\nLocation: {location}\r\nContent-Length: 4\r\n\r\nmove".encode()


async def asked(*answers: bytes, **about) -> tuple[Response, list[bytes]]:
    """The answer, and the heads of the questions that a server saw, which answers the n-th with the n-th."""
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answers[len(seen) - 1])

    async with name_server() as names, raw_server(behave) as web:
        resolver = Dns(servers=("127.0.0.1",), port=names)
        fetch = fetcher(EgressSettings(), resolver=resolver, on_refused=lambda *_: None, dial=StandIn(web))
        return await fetch(Request(url="http://public.test/", **about)), seen


async def test_what_an_origin_gave_is_sent_back():
    """Authorization and Cookie, too, which no policy may write."""
    _, (question,) = await asked(OK, credentials=GIVEN)
    assert {b"Authorization: Bearer tok-1", b"Cookie: sid=2", b"X-Token: 3"} <= set(question.split(b"\r\n"))


@pytest.mark.parametrize("location", ["/there", "http://dual.test/"])
async def test_a_redirect_takes_no_credentials_along(location):
    """Not even to the same origin."""
    _, (_, second) = await asked(moved(location), OK, credentials=GIVEN)
    assert not any(name.lower().encode() in second.lower() for name, _ in GIVEN)


async def test_a_redirect_can_be_the_answer():
    """With its headers and its body, and nobody else is asked."""
    response, seen = await asked(moved("http://dual.test/"), follow=False)
    assert (response.status, response.body, len(seen)) == (302, b"move", 1)
    assert dict(response.headers)["Location"] == "http://dual.test/"


UNSENT = {
    "ours": ("Host", "inner.test"),
    "metadata": ("Metadata-Flavor", "Google"),
    "lines": ("Authorization", "Bearer x\r\nHost: inner"),
    "letters": ("Cookie", "sid=é"),
    "too long": ("Authorization", "x" * 9000),
}


@pytest.mark.parametrize("name", UNSENT)
async def test_credentials_are_headers_like_others(name):
    """What was given does not open what is closed, and is not repeated in what is said."""
    with pytest.raises(Unsendable) as caught:
        await asked(OK, credentials=(UNSENT[name],))
    assert UNSENT[name][1] not in str(caught.value)
