"""What is claimed of the guard as a whole: bombs, look-ups that hang, the environment, what nobody shares."""

import asyncio
import gzip
import ssl
import sys
import zlib
from datetime import timedelta
from ipaddress import ip_network

import pytest
import trustme

from bot.egress.exchange import EgressError, RecordKind, Request
from bot.egress.names import Dns
from bot.egress.rules import NOT_REACHABLE, EgressSettings
from bot.egress.wayout import Egress
from tests.egress.lab import granted
from tests.egress.network import name_server, raw_server, says
from tests.egress.processes import lab

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: session=1; Path=/\r\n\r\nok"


def zeros(mebibytes: int) -> bytes:
    """So many mebibytes, compressed without ever being held."""
    squeeze = zlib.compressobj(1, wbits=31)
    return b"".join([*(squeeze.compress(bytes(1 << 20)) for _ in range(mebibytes)), squeeze.flush()])


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
GZIP = b"Content-Encoding: gzip\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
BOMBS: dict[str, tuple[bytes, bytes, float]] = {
    # the answer's beginning, what follows it without end, and the pause before each
    "gzip": (HEAD + GZIP + zeros(256), b"", 0),
    "gzip-twice": (HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(zeros(64)), b"", 0),
    "gzip-in-gzip": (HEAD + GZIP + gzip.compress(zeros(256)), b"", 0),
    "brotli": (HEAD + b"Content-Encoding: br\r\n\r\n", b"\x1b", 0),
    "endless": (HEAD + b"\r\n", b"x" * 65536, 0),
    "interim": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 200, 0),
    "hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0.01),
    "headers": (HEAD, b"X-Filler: " + b"y" * 4000 + b"\r\n", 0),
    "one-header": (HEAD + b"X-Filler: ", b"y" * 65536, 0),
    "folded": (HEAD + b"X-Filler: a\r\n", b" y" * 2000 + b"\r\n", 0),
    "status-line": (b"HTTP/1.1 200 ", b"O" * 65536, 0),
    "chunks": (HEAD + CHUNKED, b"1\r\nx\r\n" * 5000, 0),
    "chunk-extensions": (HEAD + CHUNKED, b"1;" + b"e" * 4000 + b"\r\nx\r\n", 0),
    "one-extension": (HEAD + CHUNKED + b"1;", b"e" * 65536, 0),
    "chunk-size": (HEAD + CHUNKED, b"0" * 65536, 0),
    "trailers": (HEAD + CHUNKED + b"0\r\n", b"X-T: " + b"y" * 4000 + b"\r\n", 0),
    "drip": (HEAD + b"\r\n", b"x", 0.2),
    "header-drip": (HEAD + b"X: ", b"x", 0.2),
    "gzip-drip": (HEAD + GZIP + gzip.compress(b"hello")[:12], b"\x00", 0.2),
    "silence": (b"", b"", 0),
    "redirects": (b"HTTP/1.1 302 X\r\nLocation: /redirects\r\n", b"X-Filler: y\r\n", 0.2),
}


async def bombing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()[1:]
    start, more, pause = BOMBS.get(path, (OK, b"", 0))
    writer.write(start)
    await writer.drain()
    while more or path == "silence":
        writer.write(more)
        await writer.drain()
        await asyncio.sleep(pause if more else 0.2)


async def test_bombs_and_drips_end_in_time_and_in_little_memory():
    """Each ends within its deadline, and all of them together leave less than 64 MB."""
    async with raw_server(bombing) as port:
        told = await lab("bombs", port, *BOMBS)
    assert told["ended"].pop("fine") == "200"
    assert told["growth"] < 64e6
    for name, (ended, seconds) in told["ended"].items():
        assert seconds < 1.5 + 2.0, (name, seconds)
        assert ended.partition(":")[0] in {"200", "BrokenAnswer", "Deadline"}, (name, ended)
    assert {name for name, (ended, _) in told["ended"].items() if ended == "200"} == {
        *("gzip", "gzip-in-gzip", "endless", "chunks")
    }


async def test_two_hundred_hanging_lookups_do_not_hold_up_a_good_one():
    """Less than 0.3 s are added; a busy machine may have one more try."""
    zone = {"good.corp": [["127.0.0.1"]], **{f"silent{number}.test": "SILENT" for number in range(200)}}
    async with name_server(zone) as names, raw_server(says(OK)) as port:
        for last in (False, True):
            told = await lab("lookups", names, port)
            assert told["hung"]
            if last or told["among"] - told["alone"] < 0.3:
                break
    assert told["among"] - told["alone"] < 0.3


async def test_the_environment_changes_nothing(tmp_path):
    """Proxies, other roots and .netrc: the question goes where it went, trusts whom it trusted, and carries nothing."""
    proxied: list[bytes] = []
    seen: list[bytes] = []

    async def noted(to: list[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)

    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login scraper password sesame\n")
    (tmp_path / ".netrc").chmod(0o600)
    async with (
        raw_server(lambda r, w: noted(proxied, r, w)) as proxy,
        raw_server(lambda r, w: noted(seen, r, w)) as plain,
        raw_server(says(OK), server) as tls,
    ):
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        roots = {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "REQUESTS_CA_BUNDLE": str(tmp_path / "ca.pem")}
        about = dict.fromkeys(names, f"http://127.0.0.1:{proxy}") | roots
        told = await lab("environment", plain, tls, HOME=str(tmp_path), NETRC=str(tmp_path / ".netrc"), **about)
    assert (told["plain"], proxied) == ("200", [])
    assert told["tls"] == "BrokenAnswer: the TLS handshake failed: unable to get local issuer certificate"
    assert len(seen) == 1
    assert b"authorization" not in seen[0].lower()


async def test_nothing_of_one_question_is_in_the_next():
    """Neither cookies nor credentials, and each has a connection of its own."""
    seen: list[tuple[bytes, object]] = []

    async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n"), writer.get_extra_info("peername")))
        writer.write(OK)
        await reader.read()

    async with raw_server(noted) as port:
        network = granted(port)
        url = f"http://127.0.0.1:{port}/"
        await network.fetch(Request(url=url, headers=(("X-Key", "first"),), credentials=(("Cookie", "a=b"),)))
        await network.fetch(Request(url=url))
    assert b"a=b" in seen[0][0]
    assert not {b"cookie", b"x-key", b"first", b"session"} & set(seen[1][0].lower().replace(b":", b" ").split())
    assert seen[0][1] != seen[1][1]


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def test_what_is_not_reachable_has_one_text_byte_by_byte():
    """A closed port, an open inner one, a name that is not there and one that does not answer: nobody can tell."""
    async with raw_server(says()) as closed:
        pass
    told: set[str] = set()
    async with raw_server(silence) as listening, name_server({"silent.test": "SILENT"}) as names:
        settings = EgressSettings(allow_networks=(ip_network("127.0.0.2/32"),), ports=(closed, listening))
        resolver = Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=0.3))
        network = Egress(settings=settings, resolver=resolver, on_refused=lambda *_: None).network(7, "acme/shop")
        within = timedelta(seconds=0.5)
        for host, port in (
            *(("127.0.0.2", closed), ("127.0.0.1", closed), ("127.0.0.1", listening)),
            *(("gone.test", listening), ("silent.test", listening), ("vault.corp", listening)),
        ):
            url = f"http://{host}:{port}/"
            for question in (
                network.fetch(Request(url=url, timeout=within)),
                network.connect(host, port, within=within),
            ):
                with pytest.raises(EgressError) as refused:
                    await question
                told.add(repr(refused.value))
        for name in ("silent.test", "vault.corp"):
            with pytest.raises(EgressError) as refused:
                await network.records(name, RecordKind.A, within=within)
            told.add(repr(refused.value))
    assert told == {f"Blocked({NOT_REACHABLE!r})"}


async def test_githubs_client_knows_nothing_of_the_guard():
    """It has its own resolver and pool: strangers' names cannot hold it up. Read from what it imports."""
    code = "import sys, bot.github.gateway; print(sorted(name for name in sys.modules if name.startswith('bot.')))"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out = (await child.communicate())[0].decode()
    assert "bot.github.gateway" in out
    assert "bot.egress" not in out
