"""The guarded way out against servers, names and answers that misbehave."""

import asyncio
import gzip
import os
from datetime import timedelta
from ipaddress import ip_network

import httpcore
import pytest

from bot.egress.exchange import Blocked, BrokenAnswer, Deadline, EgressError, Request, Response, Unsendable
from bot.egress.guard import fetcher, public_roots
from bot.egress.names import Dns
from bot.egress.rules import NOT_REACHABLE, EgressSettings
from bot.egress.sockets import Hop, MeteredStream
from tests.egress.network import PUBLIC4, PUBLIC6, StandIn, connections, name_server, raw_server, says

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
DEFAULTS = EgressSettings()
SHORT = timedelta(seconds=0.6)


async def ask(behave, url="http://public.test/", *, tls=None, server_tls=None, settings=DEFAULTS, **about):
    """One exchange with a server that behaves so, standing in for the public internet."""
    about.setdefault("timeout", timedelta(seconds=5))
    async with name_server() as names, raw_server(behave, server_tls) as web:
        fetch = fetcher(
            settings,
            resolver=Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=0.5)),
            on_refused=lambda _host, _detail: None,
            tls=tls,
            dial=StandIn(web),
        )
        return await fetch(Request(url=url, **about))


def gzipped(body: bytes, extra: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(body, 6) + extra


async def forever(_reader, writer, chunk=b"x" * 65536, pause=0.0):
    while not writer.is_closing():
        writer.write(chunk)
        await writer.drain()
        await asyncio.sleep(pause)


async def dripping(reader, writer):
    await forever(reader, writer, b"x", 0.05)


async def interim(reader, writer):
    await forever(reader, writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 500)


async def headers(reader, writer):
    await forever(reader, writer, b"X-Filler: " + b"y" * 4000 + b"\r\n")


UNENDING = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
ANSWERS = {
    "plain": (says(OK), (b"ok", False)),
    "longer than is read": (says(UNENDING, then=forever), (b"x" * (1 << 20), True)),
    "gzip": (says(gzipped(b"hello")), (b"hello", False)),
    "gzip bomb": (says(gzipped(bytes(64 << 20))), (bytes(1 << 20), True)),
    "gzip with a tail": (says(gzipped(b"hello", b"more")), (b"hello", True)),
    "no content": (says(b"HTTP/1.1 204 No Content\r\n\r\n"), (b"", False)),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_answers_are_read_up_to_a_limit(name):
    """A body comes whole, or cut at the limit and marked so."""
    behave, (body, truncated) = ANSWERS[name]
    response = await ask(behave)
    assert (body, truncated) == (response.body, response.truncated)


BROKEN = {
    "a head of too many lines": (says(b"HTTP/1.1 200 OK\r\n" + b"a:b\r\n" * 8000 + b"\r\n"), BrokenAnswer),
    "no HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), BrokenAnswer),
    "closed without a word": (says(), BrokenAnswer),
    "closed in the middle": (says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfew"), BrokenAnswer),
    "headers without end": (says(b"HTTP/1.1 200 OK\r\n", then=headers), BrokenAnswer),
    "interim answers without end": (says(then=interim), BrokenAnswer),
    "brotli": (says(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nxx"), BrokenAnswer),
    "stacked encodings": (says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\nxx"), BrokenAnswer),
    "gzip that is none": (says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain"), BrokenAnswer),
    "gzip cut off": (says(gzipped(os.urandom(4000))[:-2000]), BrokenAnswer),
    "silence": (says(then=lambda *_: asyncio.sleep(5)), Deadline),
    "a drip of a body": (says(UNENDING, then=dripping), Deadline),
    "a drip of a header": (says(b"HTTP/1.1 200 OK\r\nX: ", then=dripping), Deadline),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_cannot_be_read_ends_in_time(name):
    """Broken and endless answers end in an error that says which, within the deadline."""
    behave, error = BROKEN[name]
    started = asyncio.get_running_loop().time()
    with pytest.raises(error):
        await ask(behave, timeout=timedelta(seconds=2) if error is BrokenAnswer else SHORT)
    assert asyncio.get_running_loop().time() - started < 3


UNREACHABLE = {
    "loopback": "http://127.0.0.1/",
    "private, listening or not": "http://10.0.0.5/",
    "a private name": "http://private.test/",
    "a name that is not there": "http://gone.test/",
    "a name server that fails": "http://broken.test/",
    "a name server that is silent": "http://silent.test/",
    "an internal name": "http://vault.corp/",
    "a redirect to inside": "http://public.test/",
    "a redirect to an odd spelling": "http://public.test/odd",
    "a redirect to no URL at all": "http://public.test/none",
    "a name on the operator's list": "http://denied.test/",
    "an address on it": "http://93.184.216.34/",
    "an IPv6 address on it": f"http://[{PUBLIC6}]/",
    "the same in another spelling": "http://[2606:2800:0220:0001:0248:1893:25C8:1946]/",
    "and in a third": "http://[2606:2800:220:1:248:1893:37.200.25.70]/",
}


@pytest.mark.parametrize("name", UNREACHABLE)
async def test_people_are_told_one_text_for_all_that_is_not_reachable(name):
    """Refused, unresolvable and unreachable cannot be told apart from outside."""

    async def inwards(reader, writer):
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        where = {b"/odd": b"http://0x7f.1/", b"/none": b"x:y://\x80]"}.get(path, b"http://10.0.0.5/")
        writer.write(b"HTTP/1.1 302 X\r\nLocation: %s\r\n\r\n" % where)

    with pytest.raises(Blocked) as refused:
        await ask(inwards, UNREACHABLE[name], settings=EgressSettings(deny_hosts=("Denied.test.", PUBLIC4, PUBLIC6)))
    assert str(refused.value) == NOT_REACHABLE
    assert refused.value.__cause__ is None


async def test_a_port_where_nobody_listens_reads_like_a_refusal():
    """Closed ports on an allowed address have the same text, and the operator is told what happened."""
    told = []
    async with raw_server(says()) as port:
        pass
    settings = EgressSettings(allow_networks=(ip_network("127.0.0.1/32"),), ports=(port,))
    fetch = fetcher(settings, resolver=Dns(), on_refused=lambda host, detail: told.append((host, detail)))
    with pytest.raises(Blocked, match=NOT_REACHABLE):
        await fetch(Request(url=f"http://127.0.0.1:{port}/"))
    assert told == [("127.0.0.1", f"nobody answers at 127.0.0.1:{port} (127.0.0.1)")]


async def test_a_name_is_looked_up_once_for_a_connection():
    """A name that changes its address after the check is connected to at the address that was checked."""
    async with name_server() as names, raw_server(says(OK)) as web:
        network = StandIn(web)
        resolver = Dns(servers=("127.0.0.1",), port=names)
        fetch = fetcher(EgressSettings(), resolver=resolver, on_refused=lambda *_: None, dial=network)
        assert (await fetch(Request(url="http://rebinding.test/"))).status == 200
        with pytest.raises(Blocked):
            await fetch(Request(url="http://rebinding.test/"))
        assert network.dialled == [PUBLIC4]


async def heads(reader, writer, seen: list[bytes], answer: bytes):
    seen.append(await reader.readuntil(b"\r\n\r\n"))
    writer.write(answer if len(seen) == 1 else OK)


@pytest.mark.parametrize(
    ("location", "kept"),
    [("/there", True), ("http://dual.test/", False), ("http://public.test:8080/", False)],
    ids=["same origin", "another host", "another port"],
)
async def test_headers_stay_with_the_origin_that_they_were_meant_for(location, kept):
    """On a change of origin nothing but `accept` goes along, and no cookie is ever sent."""
    seen: list[bytes] = []
    moved = f"HTTP/1.1 302 X\r\nSet-Cookie: a=b\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    given = (("X-Api-Key", "s3cret"), ("Accept", "application/json"))
    response = await ask(lambda r, w: heads(r, w, seen, moved), headers=given)
    assert response.status == 200
    assert (b"s3cret" in seen[1]) is kept
    assert b"application/json" in seen[1]
    assert b"cookie" not in b"".join(seen).lower()


async def test_the_question_says_who_asks():
    """Host, contact and encodings are the guard's own; nothing else is added."""
    seen: list[bytes] = []
    settings = EgressSettings(contact_url="https://bot.example.com/about")
    await ask(lambda r, w: heads(r, w, seen, OK), "http://public.test:8080/a?b=c#d", settings=settings)
    lines = seen[0].decode().splitlines()
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert set(lines[1:-1]) == {
        "Host: public.test:8080",
        "User-Agent: resolution-bot (+https://bot.example.com/about)",
        "Accept: */*",
        "Accept-Encoding: gzip, identity",
        "Connection: close",
    }


async def test_head_has_no_body():
    """A HEAD question is sent as one, and its answer's length is not waited for."""
    response = await ask(says(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), method="HEAD")
    assert (response.status, response.body) == (200, b"")


async def test_proxies_from_the_environment_are_not_used(tmp_path):
    """HTTP_PROXY and its kin would lead every probe to an inner address."""
    proxied: list[bytes] = []
    async with raw_server(lambda r, w: heads(r, w, proxied, OK)) as proxy:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
                patch.setenv(name, f"http://127.0.0.1:{proxy}")
            patch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
            public_roots.cache_clear()
            response = await ask(says(OK))
    assert (response.status, proxied) == (200, [])


UNSENDABLE = {
    "method": {"method": "DELETE"},
    "a body with GET": {"body": b"x", "content_type": "text/plain"},
    "a body of an odd type": {"method": "POST", "body": b"x", "content_type": "text/html"},
    "a body of no type": {"method": "POST", "body": b"x"},
    "a type of no body": {"method": "POST", "content_type": "text/plain"},
    "a long body": {"method": "POST", "body": bytes((16 << 10) + 1), "content_type": "text/plain"},
    "the body's type as a header": {"method": "POST", "headers": (("Content-Type", "text/html"),)},
    "a secret that is not there": {"secrets": ("api",)},
    "host": {"headers": (("Host", "inner"),)},
    "metadata": {"headers": (("Metadata-Flavor", "Google"),)},
    "token": {"headers": (("X-aws-ec2-metadata-token", "x"),)},
    "credentials": {"headers": (("Authorization", "Bearer x"),)},
    "line break": {"headers": (("X-A", "b\r\nX-C: d"),)},
    "space in the name": {"headers": (("X A", "b"),)},
    "a blank before the value": {"headers": (("X-A", " b"),)},
    "a blank after it": {"headers": (("X-A", "b "),)},
    "not ASCII": {"headers": (("X-A", "ü"),)},
    "hop by hop": {"headers": (("Transfer-Encoding", "chunked"),)},
    "too many": {"headers": tuple((f"X-{n}", "") for n in range(21))},
}


@pytest.mark.parametrize("name", UNSENDABLE)
async def test_questions_that_are_never_sent(name):
    """Methods and headers that act, or that open inner doors, are refused with the reason before anything is sent."""
    with connections() as seen, pytest.raises(Unsendable):
        await ask(says(OK), **UNSENDABLE[name])
    assert not seen


async def test_many_silent_names_do_not_hold_up_another():
    """Forty look-ups that hang do not delay the one that is answered: no thread is waited for."""
    async with name_server() as names, raw_server(says(OK)) as web:
        resolver = Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=1))
        fetch = fetcher(EgressSettings(), resolver=resolver, on_refused=lambda *_: None, dial=StandIn(web))

        async def one(url: str) -> Response | EgressError:
            try:
                return await fetch(Request(url=url))
            except EgressError as error:
                return error

        async with asyncio.TaskGroup() as group:
            hanging = [group.create_task(one("http://silent.test/")) for _ in range(40)]
            good = await one("http://public.test/")
            assert not any(task.done() for task in hanging)
        assert isinstance(good, Response)
        assert good.elapsed < timedelta(seconds=0.5)


async def test_waiting_for_a_turn_is_not_the_other_sides_slowness():
    """The deadline of a question starts with its turn: a queue of slow ones ends no answer early."""

    async def slow(reader, writer):
        await asyncio.sleep(0.3)
        await says(OK)(reader, writer)

    async with name_server() as names, raw_server(slow) as web:
        resolver = Dns(servers=("127.0.0.1",), port=names)
        fetch = fetcher(EgressSettings(at_once=1), resolver=resolver, on_refused=lambda *_: None, dial=StandIn(web))
        async with asyncio.TaskGroup() as group:
            request = Request(url="http://public.test/", timeout=timedelta(seconds=0.5))
            tasks = [group.create_task(fetch(request)) for _ in range(3)]
    assert [task.result().status for task in tasks] == [200, 200, 200]


async def test_the_peer_is_checked_once_more():
    """A connection that ended up at an inner address after all is closed before a byte is sent."""
    reached: list[bytes] = []
    async with name_server() as names, raw_server(lambda r, w: heads(r, w, reached, OK)) as web:
        resolver = Dns(servers=("127.0.0.1",), port=names)
        network = StandIn(web, honest=True)
        fetch = fetcher(EgressSettings(), resolver=resolver, on_refused=lambda *_: None, dial=network)
        with pytest.raises(Blocked):
            await fetch(Request(url="http://public.test/"))
    assert (network.dialled, reached) == ([PUBLIC4], [])


async def test_a_server_that_always_has_more_leaves_turns_to_others():
    """Whoever else is ready goes on between two pieces of an answer that never lets anybody wait."""
    turns, done = 0, asyncio.Event()

    async def others():
        nonlocal turns
        while not done.is_set():
            turns += 1
            await asyncio.sleep(0)

    stream = MeteredStream(httpcore.AsyncMockStream([b"x" * 1000] * 50), Hop())
    async with asyncio.TaskGroup() as group:
        group.create_task(others())
        for _ in range(50):
            await stream.read(4096)
        done.set()
    assert turns >= 50
