"""One exchange: headers, kept answers, limits, hostile answers, repeats, and what is told about it."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.github.answers import Reaction
from bot.github.errors import Forbidden, RateLimited, Unavailable
from bot.github.models import InstallationId, NodeId, RepositoryRef
from bot.github.transport import Exchange

from .stand_in import INSTALLATION, NOON, SHOP, Clock, StandIn, Transport, gateway, ok, session

ROLE = "/repos/acme/shop/collaborators/alice/permission"
ADMIN = {"permission": "admin", "role_name": "admin"}
GOOD = httpx.Response(200, json=ADMIN)
COMMENT = NodeId("IC_1")


async def test_requests_say_who_asks_and_in_which_version() -> None:
    """On every request, REST or GraphQL."""
    github = StandIn().on("GET", ROLE, GOOD).graphql(ok({"addReaction": {}}))
    async with session(github) as shop:
        await shop.role("alice")
        await shop.react(COMMENT, Reaction.ROCKET)
    for request in github.requests:
        assert request.headers["x-github-api-version"] == "2022-11-28"
        assert request.headers["user-agent"] == "resolution-bot"


def with_etag(request: httpx.Request) -> httpx.Response:
    if request.headers.get("if-none-match") == '"v1"':
        return httpx.Response(304)
    return httpx.Response(200, json=ADMIN, headers={"etag": '"v1"'})


async def test_an_unchanged_answer_is_used_again() -> None:
    """The second GET carries the ETag; a 304 counts for nothing against the limit."""
    github, told = StandIn().on("GET", ROLE, with_etag), list[Exchange]()
    async with gateway(github, exchanges=told) as one:
        roles = [await one.session(INSTALLATION, SHOP).role("alice") for _ in range(2)]
    assert roles == ["admin", "admin"]
    assert [exchange.status for exchange in told[1:]] == [200, 304]


async def test_installations_do_not_share_answers() -> None:
    """Another installation asks from scratch."""
    github = StandIn().on("GET", ROLE, with_etag)
    github.on("POST", "/app/installations/.*", github._mint)
    async with gateway(github) as one:
        for number in (9, 10):
            await one.session(InstallationId(number), RepositoryRef(owner="acme", name="shop", id=number)).role("alice")
    assert not [one for one in github.requests if "if-none-match" in one.headers]


@pytest.mark.parametrize(
    "limit",
    [
        httpx.Response(429, headers={"retry-after": "90"}),
        httpx.Response(403, headers={"retry-after": "90"}),
        ok(None, {"type": "RATE_LIMITED", "message": "x"}, retry_after="90"),
        ok(None, {"message": "You have exceeded a secondary rate limit"}, retry_after="90"),
    ],
    ids=["429", "403", "graphql primary", "graphql secondary"],
)
async def test_a_limit_is_named_and_honoured_without_sleeping(limit: httpx.Response) -> None:
    """`RateLimited(retry_at)`; until then nothing is sent for this installation, afterwards it goes on."""
    github, clock = StandIn().graphql(limit, ok({"addReaction": {}})), Clock()
    async with session(github, clock) as shop:
        for _ in range(3):
            with pytest.raises(RateLimited) as caught:
                await shop.react(COMMENT, Reaction.EYES)
            assert NOON + timedelta(seconds=90) == caught.value.retry_at
        assert len(github.sent("POST", "/graphql")) == 1
        clock.move(seconds=91)
        await shop.react(COMMENT, Reaction.EYES)


async def test_a_used_up_budget_stops_its_own_kind_only() -> None:
    """REST's points are spent; GraphQL has its own."""
    reset = str(int(NOON.timestamp()) + 600)
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, "x-ratelimit-resource": "core"}
    github = StandIn().on("GET", ROLE, httpx.Response(403, headers=spent)).graphql(ok({"addReaction": {}}))
    async with session(github) as shop:
        for _ in range(2):
            with pytest.raises(RateLimited):
                await shop.role("alice")
        await shop.react(COMMENT, Reaction.EYES)
    assert len(github.sent("GET", ROLE)) == 1


async def test_repeated_secondary_limits_wait_longer() -> None:
    """A minute, then two, where GitHub does not say how long; a success starts anew."""
    github, clock = (
        StandIn().on("GET", ROLE, httpx.Response(429), httpx.Response(429), GOOD, httpx.Response(429)),
        Clock(),
    )
    waits = []
    async with session(github, clock) as shop:
        for _ in range(4):
            try:
                await shop.role("alice")
            except RateLimited as limited:
                waits.append((limited.retry_at - clock.now).total_seconds())
                clock.now = limited.retry_at
    assert waits == [60, 120, 60]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>unicorn</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b'{"data": {"addRea', headers={"content-type": "application/json"}),
        httpx.Response(200, content=b"\xff\xfe\x00", headers={"content-type": "application/json"}),
        httpx.Response(200, content=b"", headers={"content-type": "application/json"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"data": []}),
        httpx.Response(200, json={"data": {"addReaction": 5}}),
        httpx.Response(200, json={"errors": [{"message": "Something went wrong"}]}),
        httpx.Response(502, text="<html>"),
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
    ],
    ids=[
        "html",
        "truncated",
        "binary",
        "empty",
        "list",
        "data list",
        "wrong type",
        "internal error",
        "502",
        "reset",
        "timeout",
    ],
)
async def test_hostile_answers_are_unavailability(answer: httpx.Response | Exception) -> None:
    """Nothing but `Unavailable` comes out, and a write is not sent twice."""
    github = StandIn().graphql(answer)
    async with session(github) as shop:
        with pytest.raises(Unavailable) as caught:
            await shop.react(COMMENT, Reaction.EYES)
    assert caught.value.sent
    assert len(github.sent("POST", "/graphql")) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"5", b'"x"', b"{", b'{"role_name": 5}'],
)
async def test_hostile_answers_by_rest(body: bytes) -> None:
    """The same for REST, where a read is repeated once."""
    github = StandIn().on("GET", ROLE, httpx.Response(200, content=body, headers={"content-type": "application/json"}))
    async with session(github) as shop:
        with pytest.raises(Unavailable):
            await shop.role("alice")
    assert len(github.sent("GET", ROLE)) == 2


async def test_a_write_that_never_left_says_so() -> None:
    """Nobody listened: nothing can have happened."""
    github = StandIn().graphql(httpx.ConnectError("refused"))
    async with session(github) as shop:
        with pytest.raises(Unavailable) as caught:
            await shop.react(COMMENT, Reaction.EYES)
    assert not caught.value.sent


@pytest.mark.parametrize("trouble", [httpx.Response(502), httpx.ReadError("reset")], ids=["502", "reset"])
async def test_a_read_is_repeated_once(trouble: httpx.Response | Exception) -> None:
    """Servers restart, and idle connections are cut."""
    github = StandIn().on("GET", ROLE, trouble, GOOD)
    async with session(github) as shop:
        assert await shop.role("alice") == "admin"


async def test_writes_go_one_at_a_time() -> None:
    """As GitHub asks for, within an installation."""
    transport = Transport(StandIn().graphql(ok({"addReaction": {}})))
    async with gateway(transport) as one, asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(one.session(INSTALLATION, SHOP).react(COMMENT, Reaction.EYES))
    assert transport.most == 1


async def test_what_is_told_holds_no_secret() -> None:
    """Method, path, status, time and the document's name: no header, no query, no token."""
    told: list[Exchange] = []
    github = StandIn().graphql(ok({"addReaction": {}})).on("GET", ROLE, httpx.ReadError("x"), GOOD)
    async with gateway(github, exchanges=told) as one:
        await one.session(INSTALLATION, SHOP).react(COMMENT, Reaction.EYES)
        await one.session(INSTALLATION, SHOP).role("alice")
    assert [f"{one.method} {one.status} {one.operation}" for one in told] == [
        "POST 201 None",
        "POST 200 react",
        "GET 0 None",
        "GET 200 None",
    ]
    assert "ghs_" not in repr(told)


async def test_a_redirected_read_is_followed_without_our_token() -> None:
    """A renamed repository answers 301; to another host our credentials do not travel."""
    github = StandIn().on("GET", ROLE, httpx.Response(301, headers={"location": "https://elsewhere.test/x"}))
    github.on("GET", "/x", GOOD)
    async with session(github) as shop:
        assert await shop.role("alice") == "admin"
    assert "authorization" not in github.sent("GET", "/x")[0].headers


async def test_errors_hold_no_token() -> None:
    """Neither the message nor the chain of causes prints one."""
    github = StandIn().on("GET", ROLE, httpx.Response(403, json={"message": "Resource not accessible"}))
    async with session(github) as shop:
        with pytest.raises(Forbidden) as caught:
            await shop.role("alice")
    assert "ghs_" not in f"{caught.value!r} {caught.getrepr(showlocals=False)}"


async def test_a_page_on_another_host_is_not_asked_for() -> None:
    """Our token goes to one host only, whatever a header says."""
    evil = {"link": '<https://evil.test/repos?page=2>; rel="next"'}
    github = StandIn().on("GET", "/repos/acme/shop/issues/3/comments", httpx.Response(200, json=[], headers=evil))
    github.on("GET", "/app", httpx.Response(200, json={"id": 7, "slug": "resolution"}))
    async with session(github) as shop:
        with pytest.raises(Unavailable):
            await shop.list_own_comments_since(3, NOON)
    assert not [one for one in github.requests if one.url.host == "evil.test"]
