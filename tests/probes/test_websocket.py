"""The websocket probe against real WebSocket servers, through the real guard."""

import asyncio
import json
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import trustme
from pydantic import ValidationError
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.utils import accept_key

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.grants import Allowance, Grants, Repositories, Secret
from bot.egress.rules import NOT_REACHABLE
from bot.probes.websocket import PROBE
from tests.egress.network import raw_server, says
from tests.probes.loopback import LOOPBACK, loopback, over
from tests.probes.world import ask

FIVE = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]
CA = trustme.CA()


def tells(*messages, close: int | None = None, asked: list[str] | None = None):
    """A server that, once asked, says these (names of events as JSON), and then waits or closes."""

    async def behave(socket):
        if asked is not None:
            asked.append(await socket.recv())
        for one in messages:
            await socket.send(one)
        if close is not None:
            await socket.close(close)
        await socket.wait_closed()

    return behave


def event(name: str, **more) -> str:
    return json.dumps({"type": name, **more})


@asynccontextmanager
async def server(behave, **about):
    async def connected(socket):
        with suppress(ConnectionClosed):
            await behave(socket)

    async with serve(connected, "127.0.0.1", 0, close_timeout=0.1, **about) as made:
        yield made.sockets[0].getsockname()[1]


async def probe(port: int, network=None, scheme="ws", path="/agent", **params) -> Evidence:
    url = f"{scheme}://api.test:{port}{path}"
    return await ask(PROBE, over(network or loopback(port)), **{"url": url, "within": 5, **params})


async def talk(behave, about=None, **params) -> Evidence:
    async with server(behave, **(about or {})) as port:
        return await probe(port, **params)


async def test_the_five_events_in_order():
    """The question is sent, and the five events come in their order, with others in between."""
    asked: list[str] = []
    stream = [event(FIVE[0]), event("token", text="4"), "no JSON", *map(event, FIVE[1:]), event("late")]
    async with server(tells(*stream, asked=asked)) as port:
        evidence = await probe(port, send=[{"type": "ask", "question": "6 × 7?"}], expect=FIVE)
    assert (evidence.outcome, evidence.reason, evidence.decisive) == (Outcome.PASS, Reason.HOLDS, True)
    assert evidence.observed.startswith("5 of 5 events in order in ")
    assert [detail.text.partition(" s: ")[2] for detail in evidence.details][:4] == [
        *("`agent_started`", "`token`", "`no JSON`", "`agent_thinking`")
    ]
    assert [(one.name, one.unit) for one in evidence.measures] == [("events", "events"), ("duration", "s")]
    assert json.loads(asked[0]) == {"type": "ask", "question": "6 × 7?"}
    assert evidence.source.place == f"api.test:{port}"


PASSES = {
    "opens": (tells(), {}),
    "strictly": (tells("a", "b", "c"), {"expect": ["a", "b"], "strict": True}),
    "a value": (tells(event("x", share=0.9)), {"expect": [{"json": "share", "min": 0.5}]}),
    "a text": (tells("it is done"), {"expect": [{"contains": "done"}]}),
    "binary": (tells(event("x").encode()), {"expect": ["x"]}),
    "at another place": (tells('{"event": "x"}'), {"expect": ["x"], "at": "event"}),
    "the same twice": (tells("a", "a"), {"expect": ["a", "a"]}),
    "closed after the last": (tells("a", close=1000), {"expect": ["a"]}),
}


@pytest.mark.parametrize("name", PASSES)
async def test_what_passes(name):
    """Every way to name an event can hold."""
    behave, params = PASSES[name]
    assert (await talk(behave, **params)).outcome is Outcome.PASS


SEEN = "`agent_started`, `agent_thinking`, `tool_executing` and `agent_completed`"
FAILS = {
    "one lacks": (
        tells(*map(event, FIVE[:3]), event(FIVE[4])),
        {"expect": FIVE},
        "3 of 5 events; after `tool_executing` came no `tool_completed` within 0.2 s; seen: " + SEEN,
    ),
    "silence": (tells(), {"expect": ["a"]}, "0 of 1 event; at the beginning came no `a` within 0.2 s; seen: nothing"),
    "out of order": (
        tells("b", "a"),
        {"expect": ["a", "b"]},
        "1 of 2 events; after `a` came no `b` within 0.2 s; seen: `b` and `a`",
    ),
    "strictly": (
        tells("a", "x", "b"),
        {"expect": ["a", "b"], "strict": True},
        "1 of 2 events; after `a` came `x` instead of `b`; seen: `a` and `x`",
    ),
    "closed": (
        tells("a", close=1011),
        {"expect": ["a", "b"], "within": 5},
        "1 of 2 events; after `a` came no `b`: it closed the connection (1011); seen: `a`",
    ),
}


@pytest.mark.parametrize("name", FAILS)
async def test_events_that_do_not_come(name):
    """Where the order broke off is said, and what was seen instead."""
    behave, params, observed = FAILS[name]
    evidence = await talk(behave, **{"within": 0.2, **params})
    assert (evidence.outcome, evidence.reason, evidence.observed) == (Outcome.FAIL, Reason.DOES_NOT_HOLD, observed)


NO_WEBSOCKET = {
    "a page": (says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "404 instead of a WebSocket"),
    "a redirect": (
        says(b"HTTP/1.1 302 Found\r\nLocation: ws://10.0.0.5/\r\nContent-Length: 0\r\n\r\n"),
        "302 instead of a WebSocket",
    ),
    "no HTTP": (says(b"220 mail.test ESMTP\r\n\r\n"), "it answers, but not with HTTP"),
    "another upgrade": (
        says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
        "it answers, but not with the handshake of a WebSocket",
    ),
}


@pytest.mark.parametrize("name", NO_WEBSOCKET)
async def test_what_is_no_websocket_fails(name):
    """Somebody answers, but with something else: that is an answer, and no redirect is followed."""
    behave, observed = NO_WEBSOCKET[name]
    async with raw_server(behave) as port:
        evidence = await probe(port, expect=["a"])
    assert (evidence.outcome, evidence.observed) == (Outcome.FAIL, observed)


async def test_subprotocols():
    """One of those that are asked for must be chosen."""
    chosen = await talk(tells("a"), {"subprotocols": ["v2"]}, expect=["a"], subprotocols=["v1", "v2"])
    none = await talk(tells("a"), expect=["a"], subprotocols=["v1"])
    assert (chosen.outcome, none.outcome, none.observed) == (
        *(Outcome.PASS, Outcome.FAIL),
        "it speaks none of the subprotocols",
    )


def secured(name: str = "api.test", by: trustme.CA = CA) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    by.issue_cert(name).configure_cert(tls)
    return tls


def trust() -> ssl.SSLContext:
    tls = ssl.create_default_context()
    CA.configure_trust(tls)
    return tls


async def test_over_tls():
    """A wss URL is checked for its host's name, and a certificate for another one is told."""
    async with server(tells("a"), ssl=secured()) as port:
        assert (await probe(port, loopback(port, tls=trust()), "wss", expect=["a"])).outcome is Outcome.PASS
    async with server(tells("a"), ssl=secured("other.test")) as port:
        evidence = await probe(port, loopback(port, tls=trust()), "wss", expect=["a"])
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.UNAVAILABLE)
    assert evidence.observed.startswith("the TLS handshake failed: Hostname mismatch")


async def test_what_is_sent():
    """The path, the policy's headers and our name go out; and nothing that would switch compression on."""
    seen: list = []

    async def behave(socket):
        seen.append(socket.request)
        await socket.send("a")

    await talk(behave, path="/a%20b?c=d#e", expect=["a"], headers={"Origin": "https://shop.test", "X-Api": "1"})
    (request,) = seen
    assert (request.path, request.headers["Origin"], request.headers["X-Api"]) == (
        *("/a%20b?c=d", "https://shop.test"),
        "1",
    )
    assert request.headers["User-Agent"] == "resolution-bot"
    assert "Sec-WebSocket-Extensions" not in request.headers


def with_secret(port: int, origin_port: int | None = None):
    mine = Repositories(names=frozenset({"acme/shop"}))
    secret = Secret(
        name="agent",
        repositories=mine,
        origins=(("http", "api.test", origin_port or port),),
        header="Authorization",
        value="Bearer s3cret-s3cret",
    )
    allowed = Allowance(repositories=mine, networks=(LOOPBACK,), ports=(port,))
    return loopback(port, grants=Grants(allow=(allowed,), secrets=(secret,)))


async def test_an_operators_secret():
    """It goes to its own origin in its own header; anywhere else nothing is sent at all."""
    seen: list[str | None] = []

    async def behave(socket):
        seen.append(socket.request.headers.get("Authorization"))
        await socket.send("a")

    async with server(behave) as port:
        evidence = await probe(port, with_secret(port), expect=["a"], secret="agent")
        refused = await probe(port, with_secret(port, 443), expect=["a"], secret="agent")
    assert (evidence.outcome, seen) == (Outcome.PASS, ["Bearer s3cret-s3cret"])
    assert (refused.outcome, refused.reason) == (Outcome.MISCONFIGURED, Reason.BAD_QUESTION)
    assert "s3cret" not in repr(evidence) + repr(refused)


@pytest.mark.parametrize("guess", [{"json": "echo", "matches": "^Bearer s3c"}, {"contains": "s3cret-"}], ids=str)
async def test_no_condition_tells_what_a_secret_is(guess):
    """A server that sends it back answers no question about it: guesses would find it out letter by letter."""

    async def behave(socket):
        await socket.send(json.dumps({"echo": socket.request.headers.get("Authorization")}))
        await socket.close()

    async with server(behave) as port:
        evidence = await probe(port, with_secret(port), expect=[guess], secret="agent")
    assert evidence.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("url", "outcome", "observed"),
    [
        ("ws://vault.corp/", Outcome.ERROR, NOT_REACHABLE),
        ("wss://gone.test/", Outcome.ERROR, NOT_REACHABLE),
        (
            "ws://api.test:22/",
            Outcome.MISCONFIGURED,
            "port 22 is not asked from here; these are: 80, 443, 8080, 8443",
        ),
    ],
    ids=["inner", "no such name", "port"],
)
async def test_what_is_not_reached(url, outcome, observed):
    """What this server may not ask is no failure of the host."""
    evidence = await ask(PROBE, over(loopback()), url=url)
    assert (evidence.outcome, evidence.observed) == (outcome, observed)


TOO_MUCH = {
    "endless messages": (tells(*[event("token")] * 1_001), "more than 1,000 messages"),
    "a giant frame": (tells("x" * 65_537), "a message of more than 64 KiB"),
    "giant fragments": (tells(["x" * 40_000, "x" * 40_000]), "a message of more than 64 KiB"),
    "endless bytes": (tells(*["x" * 60_000] * 20), "more than 1 MiB"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_more_than_is_read(name):
    """What floods is given up, and proves nothing: the event may come behind it."""
    behave, words = TOO_MUCH[name]
    evidence = await talk(behave, expect=["done"])
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TOO_LARGE)
    assert f"came no `done`, but {words}, and more is not read" in evidence.observed
    assert len(evidence.details) <= 51


UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


def raw(*frames: bytes, then=None):
    """A server that upgrades properly and then sends these bytes."""

    async def behave(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key"))
        writer.write(UPGRADED + f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n".encode())
        for frame in frames:
            writer.write(frame)
            await writer.drain()
        await (then(writer) if then else reader.read())

    return behave


async def drips(writer):
    while True:
        writer.write(b"\x81")
        await asyncio.sleep(0.05)
        writer.write(b"\x01a")
        await writer.drain()


async def cut(writer):
    writer.transport.abort()


HOSTILE = {
    "ping flood": (raw(b"\x89\x00" * 20_000), Outcome.ERROR, "more than 10,000 frames"),
    "masked frames": (raw(b"\x81\x81\x00\x00\x00\x00a"), Outcome.FAIL, "it broke the WebSocket protocol"),
    "reserved bits": (raw(b"\xc1\x01a"), Outcome.FAIL, "it broke the WebSocket protocol"),
    "endless continuation": (raw(b"\x01\x01a" + b"\x00\x01a" * 20_000), Outcome.ERROR, "more than 10,000 frames"),
    "no text after all": (raw(b"\x81\x02\xff\xfe"), Outcome.FAIL, "within 0.3 s"),
    "half a frame": (raw(b"\x81\x7e"), Outcome.FAIL, "within 0.3 s"),
    "slow drip": (raw(then=drips), Outcome.FAIL, "within 0.3 s"),
    "endless head": (says(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 400), Outcome.FAIL, "not with HTTP"),
    "giant head": (says(b"HTTP/1.1 200 " + b"a" * 1_100_000), Outcome.FAIL, "it answers, but not with"),
    "giant page": (says(b"HTTP/1.1 500 No\r\n\r\n" + b"a" * 1_100_000), Outcome.FAIL, "answer does not end"),
    "cut": (raw(b"\x81\x01a", then=cut), Outcome.FAIL, "the connection broke"),
    "an empty close": (raw(b"\x88\x00"), Outcome.FAIL, "it closed the connection (1005)"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_servers(name):
    """Whatever a server sends ends in time, as evidence."""
    behave, outcome, words = HOSTILE[name]
    async with raw_server(behave) as port:
        evidence = await probe(port, expect=["done"], within=0.3)
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


async def test_a_handshake_that_never_comes():
    """A server that accepts and says nothing costs the time for opening, and no more."""
    async with raw_server(lambda reader, _writer: reader.read()) as port:
        quick = replace(PROBE, open_within=timedelta(seconds=0.1))
        evidence = await ask(quick, over(loopback(port)), url=f"ws://api.test:{port}/")
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TIMED_OUT)
    assert evidence.observed == "connected, but no WebSocket within 0.1 s"


async def test_a_connection_that_breaks_before_it_is_open():
    """That says nothing about the events."""
    async with raw_server(says(b"HTTP/1.1 10")) as port:
        evidence = await probe(port)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.UNAVAILABLE)
    assert evidence.observed == "the connection broke before the WebSocket was open"


async def test_what_was_asked_is_said():
    """The expectation names every event and the conditions."""
    evidence = await talk(tells("a", "b"), expect=["a", {"json": "b", "equals": 1}], strict=True, within=0.2)
    assert evidence.expected == "`a` and a message with `b` is `1`, in this order, and no others, within 0.2 s"
    assert (await talk(tells())).expected == "the WebSocket opens"


FAULTY = {
    "no WebSocket": ({"url": "https://api.test/"}, "must begin with ws:// or wss://"),
    "no URL": ({"url": "wss"}, "must begin with ws:// or wss://"),
    "no host": ({"url": "wss:///x"}, "must begin with"),
    "metadata": ({"url": "ws://169.254.169.254/"}, "never asked"),
    "user": ({"url": "ws://me:secret@api.test/"}, "user name"),
    "nothing filled in": ({"url": "wss://api.test/${TOKEN}"}, "percent-encoded"),
    "header": ({"headers": {"Sec-WebSocket-Key": "x"}}, "never sent from a policy"),
    "secret header": ({"headers": {"Authorization": "Bearer x"}}, "never sent from a policy"),
    "host header": ({"headers": {"Host": "inner"}}, "written by this server itself"),
    "too much to say": ({"send": ["x" * 9_000, "y" * 9_000]}, "more than 16 KiB"),
    "too often": ({"send": ["x"] * 11}, "at most 10"),
    "strictly nothing": ({"strict": True}, "`strict` needs events"),
    "an empty event": ({"expect": [""]}, "at least 1 character"),
    "a place": ({"expect": ["a"], "at": "$..a"}, "cannot read"),
    "too long": ({"within": 61}, "less than or equal to 60"),
    "subprotocol": ({"subprotocols": ["a b"]}, "match pattern"),
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read, and how to write it right."""
    params, words = FAULTY[name]
    with pytest.raises(ValidationError, match=words):
        await ask(PROBE, over(loopback()), **{"url": "wss://api.test/", **params})
