"""Bodies and secrets on their way out: what is sent, and what a redirect takes along."""

import asyncio
from datetime import timedelta

import pytest

from bot.egress.exchange import BrokenAnswer, Request, Unsendable
from bot.egress.grants import Grants, Repositories, Secret
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from bot.egress.wayout import Egress
from tests.egress.network import StandIn, connections, name_server, raw_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
VALUE = "Bearer tok-12345678"
MINE = Repositories(ids=frozenset({7}))
SECRETS = (
    Secret(
        name="api",
        repositories=MINE,
        origins=(("http", "public.test", 80), ("http", "public.test", 8080)),
        header="Authorization",
        value=VALUE,
    ),
    Secret(
        name="theirs", repositories=Repositories(ids=frozenset({8})), origins=(), header="X-Key", value="abcdefgh1234"
    ),
    Secret(name="key", repositories=MINE, origins=(("http", "public.test", 80),), header="X-Key", value="abcdefgh1234"),
)


def moved(status: int, location: str) -> bytes:
    return f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


async def sent(*answers: bytes, **about) -> list[bytes]:
    """The whole questions that a server saw, which answers the n-th with the n-th."""
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        seen.append(head + await reader.readexactly(length))
        writer.write(answers[min(len(seen), len(answers)) - 1])

    about.setdefault("url", "http://public.test/")
    async with name_server() as names, raw_server(behave) as web:
        resolver = Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=0.5))
        egress = Egress(
            settings=EgressSettings(),
            resolver=resolver,
            on_refused=lambda *_: None,
            grants=Grants(secrets=SECRETS),
            dial=StandIn(web),
        )
        await egress.network(7, "acme/shop").fetch(Request(**about))
    return seen


async def test_a_body_is_sent_with_its_type_and_length():
    """What is posted arrives as it was given."""
    (question,) = await sent(OK, method="POST", body=b'{"a":1}', content_type="application/json")
    head, _, body = question.partition(b"\r\n\r\n")
    assert (head.split(b" ")[0], body) == (b"POST", b'{"a":1}')
    assert {b"Content-Type: application/json", b"Content-Length: 7"} <= set(head.split(b"\r\n"))


async def test_a_post_without_a_body_says_so():
    """Its length is 0, and it has no type."""
    (question,) = await sent(OK, method="POST")
    assert b"Content-Length: 0" in question
    assert b"Content-Type" not in question


REDIRECTS = {
    (301, "/there"): b"GET",
    (302, "/there"): b"GET",
    (303, "/there"): b"GET",
    (303, "http://dual.test/"): b"GET",
    (307, "/there"): b"POST",
    (308, "http://public.test/there"): b"POST",
}


@pytest.mark.parametrize(("status", "location"), REDIRECTS, ids=str)
async def test_a_redirected_post_becomes_what_the_standard_says(status, location):
    """301, 302 and 303 become GET without a body; 307 and 308 repeat it."""
    seen = await sent(moved(status, location), OK, method="POST", body=b"x=1", content_type="text/plain")
    method = REDIRECTS[status, location]
    assert seen[1].startswith(method)
    assert seen[1].endswith(b"x=1") is (method == b"POST")
    assert (b"Content-Type: text/plain" in seen[1]) is (method == b"POST")


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", ["http://dual.test/", "http://public.test:8080/"])
async def test_a_body_never_goes_to_another_origin(status, location):
    """A redirect that wants it there is said to be one."""
    with pytest.raises(BrokenAnswer, match=f"{status}.*another origin"):
        await sent(moved(status, location), OK, method="POST", body=b"x=1", content_type="text/plain")


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_redirected_head_stays_one(status):
    """HEAD has nothing to lose."""
    seen = await sent(moved(status, "/there"), OK, method="HEAD")
    assert seen[1].startswith(b"HEAD /there")


async def test_a_secret_is_sent_in_its_own_header():
    """To its own origin, whole, beside what the policy sends."""
    (question,) = await sent(OK, url="http://public.test:8080/", secrets=("api",), headers=(("X-Mine", "1"),))
    assert {b"Authorization: Bearer tok-12345678", b"X-Mine: 1"} <= set(question.split(b"\r\n"))


@pytest.mark.parametrize("location", ["/there", "http://public.test:8080/", "http://dual.test/"])
async def test_a_secret_is_dropped_at_every_redirect(location):
    """Also on the same origin, and on another one that it might go to: a redirect is somebody else's word."""
    first, second = await sent(moved(302, location), OK, secrets=("api", "key"))
    assert b"tok-12345678" in first
    assert b"abcdefgh1234" in first
    assert b"authorization" not in second.lower()
    assert b"x-key" not in second.lower()


UNSENT = {
    "nobody's": ({"secrets": ("none",)}, "there is no secret named 'none' for this repository"),
    "somebody else's": ({"secrets": ("theirs",)}, "there is no secret named 'theirs' for this repository"),
    "another host": (
        {"secrets": ("api",), "url": "http://dual.test/"},
        "the secret 'api' is never sent to http://dual.test",
    ),
    "another scheme": (
        {"secrets": ("api",), "url": "https://public.test/"},
        "the secret 'api' is never sent to https://public.test",
    ),
    "another port": (
        {"secrets": ("key",), "url": "http://public.test:8080/"},
        "the secret 'key' is never sent to http://public.test:8080",
    ),
    "an address of the host": (
        {"secrets": ("api",), "url": "http://93.184.216.34/"},
        "the secret 'api' is never sent to http://93.184.216.34",
    ),
    "its header is taken": (
        {"secrets": ("key",), "headers": (("x-key", "mine"),)},
        "the header X-Key carries the secret 'key': nothing else may be in it",
    ),
}


@pytest.mark.parametrize("name", UNSENT)
async def test_a_secret_that_may_not_go_there_is_not_sent(name):
    """Nothing leaves at all; and of a secret of somebody else's people hear what they hear of none."""
    about, words = UNSENT[name]
    with connections() as seen, pytest.raises(Unsendable) as refused:
        await sent(OK, **about)
    assert (str(refused.value), seen) == (words, [])


def test_a_policy_can_be_checked_before_anything_is_sent():
    """The same words, also for WebSockets, whose origin is that of their handshake."""
    egress = Egress(
        settings=EgressSettings(), resolver=Dns(), on_refused=lambda *_: None, grants=Grants(secrets=SECRETS)
    )
    network = egress.network(7, "acme/shop")
    assert network.secret_fault("api", "http://public.test/any") is None
    assert network.secret_fault("theirs", "http://x.test/") == "there is no secret named 'theirs' for this repository"
    assert network.secret_headers(("api",), "WS://public.test/socket") == (("Authorization", VALUE),)
    assert network.secret_fault("api", "wss://public.test/") == "the secret 'api' is never sent to https://public.test"
    assert egress.network(9, "acme/other").secret_fault("api", "http://public.test/").startswith("there is no secret")
