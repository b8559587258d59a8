"""What a server sends back of an operator's secret is gone before anybody can hold a condition against it."""

import asyncio
import gzip
import json
from base64 import b64encode
from urllib.parse import quote

import pytest

from bot.egress.exchange import Request, Response
from bot.egress.grants import Grants, Repositories, Secret
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from bot.egress.wayout import Egress
from tests.egress.network import StandIn, name_server, raw_server

TOKEN = "tok-7Qv9Zp2LmN4RtW8y"
VALUE = f"Bearer {TOKEN}"
KEY = Secret(
    name="key",
    repositories=Repositories(every=True),
    origins=(("http", "public.test", 80),),
    header="Authorization",
    value=VALUE,
)


async def echoed(*answers: bytes, **about) -> tuple[Response, list[bytes]]:
    """What the guard makes of these answers, one a hop, and the questions that the server saw."""
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answers[len(seen) - 1])

    async with name_server() as names, raw_server(behave) as web:
        egress = Egress(
            settings=EgressSettings(),
            resolver=Dns(servers=("127.0.0.1",), port=names),
            on_refused=lambda *_: None,
            grants=Grants(secrets=(KEY,)),
            dial=StandIn(web),
        )
        network = egress.network(7, "acme/shop")
        return await network.fetch(Request(**{"url": "http://public.test/", "secrets": ("key",), **about})), seen


def says(body: bytes, *headers: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *headers, f"Content-Length: {len(body)}"))
    return f"{head}\r\n".encode() + body


ECHOES = {
    "as it is": says(f'{{"headers": {{"authorization": "{VALUE}"}}}}'.encode()),
    "as a key": says(json.dumps({TOKEN: 1}).encode()),
    "in base64": says(b64encode(f"user:{TOKEN}".encode())),
    "percent-encoded twice": says(quote("".join(f"%{ord(char):02X}" for char in TOKEN)).encode()),
    "in a header": says(b"ok", f"X-Echo: {VALUE}"),
    "in a header's name": says(b"ok", f"X-{TOKEN}: 1"),
    "compressed": says(gzip.compress(TOKEN.encode()), "Content-Encoding: gzip"),
    "beside bytes that are no text": says(b"\xff\xfe" + TOKEN.encode() + b"\x00\x80"),
}


@pytest.mark.parametrize("name", ECHOES)
async def test_an_answer_is_told_without_the_secret(name):
    """Wherever it stands: a policy's conditions would find it out letter by letter."""
    response, (question,) = await echoed(ECHOES[name])
    assert VALUE.encode() in question
    told = repr((response.headers, response.body)).lower()
    assert "[secret]" in told
    assert TOKEN.lower() not in told


async def test_what_is_no_secret_stays():
    """The rest of the answer is byte by byte as it came, and so is an answer to a question without a secret."""
    (response, _), (other, _) = (
        await echoed(says(b"\xff" + TOKEN.encode() + b"!")),
        await echoed(says(TOKEN.encode()), secrets=()),
    )
    assert (response.body, other.body) == (b"\xff[secret]!", TOKEN.encode())


@pytest.mark.parametrize("where", ["http://dual.test", "http://public.test"])
async def test_a_redirect_does_not_carry_it_away(where):
    """Neither in its URL, nor is it told where the second answer still knows it."""
    moved = f"HTTP/1.1 302 X\r\nLocation: {where}/?key={TOKEN}\r\nContent-Length: 0\r\n\r\n".encode()
    response, seen = await echoed(moved, says(TOKEN.encode()))
    assert len(seen) == 2
    assert TOKEN.encode() not in seen[1]
    assert TOKEN not in repr(response)
