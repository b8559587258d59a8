"""Tokens: least permissions, one repository, one flight, renewed in time and once when refused."""

import asyncio
import json

import httpx
import pytest

from bot.assessment.policy import Role
from bot.github.auth import RUN_PERMISSIONS
from bot.github.errors import Forbidden, NotFound, Unauthorized, Unavailable
from bot.github.models import InstallationId, RepositoryRef

from .stand_in import INSTALLATION, MINT, SHOP, Clock, StandIn, gateway, outcome, session

ROLE = "/repos/acme/shop/collaborators/alice/permission"
TRIAGE = httpx.Response(200, json={"permission": "read", "role_name": "triage"})
REFUSED = httpx.Response(401, json={"message": "Bad credentials"})


def tokens_sent(github: StandIn, path: str = ROLE) -> list[str]:
    return [one.headers["authorization"].removeprefix("Bearer ") for one in github.sent("GET", path)]


async def test_a_token_is_for_one_repository_with_the_least_permissions() -> None:
    """Minted as the App, by the repository's id."""
    github = StandIn().on("GET", ROLE, TRIAGE)
    async with session(github) as shop:
        assert await shop.role("alice") is Role.TRIAGE
    minting = github.sent("POST", MINT)[0]
    assert json.loads(minting.content) == {"repository_ids": [55], "permissions": dict(RUN_PERMISSIONS)}
    assert minting.headers["authorization"].startswith("Bearer ey")
    assert tokens_sent(github) == ["ghs_1"]


async def test_200_waiters_mint_one_token() -> None:
    """One flight per repository."""
    github = StandIn().on("GET", ROLE, TRIAGE)
    async with session(github) as shop, asyncio.TaskGroup() as group:
        for _ in range(200):
            group.create_task(shop.role("alice"))
    assert (github.minted, len(tokens_sent(github))) == (1, 200)


async def test_a_failed_flight_fails_all_waiters_and_is_not_remembered() -> None:
    """The next one who asks tries again."""
    suspended = httpx.Response(403, json={"message": "This installation has been suspended"})
    github = StandIn().on("GET", ROLE, TRIAGE)
    good = httpx.Response(201, json={"token": "ghs_x", "expires_at": "2026-11-21T13:00:00Z"})
    github.on("POST", MINT, suspended, good)
    async with session(github) as shop:
        async with asyncio.TaskGroup() as group:
            outcomes = [group.create_task(outcome(shop.role("alice"))) for _ in range(5)]
        assert [Forbidden] * 5 == [type(one.result()) for one in outcomes]
        assert await shop.role("alice") is Role.TRIAGE
    assert len(github.sent("POST", MINT)) == 2


@pytest.mark.parametrize(("minutes", "minted"), [(54, 1), (56, 2)])
async def test_a_token_is_renewed_five_minutes_before_its_end(minutes: int, minted: int) -> None:
    """An hour's token lives for 55 minutes here."""
    github, clock = StandIn().on("GET", ROLE, TRIAGE), Clock()
    async with session(github, clock) as shop:
        await shop.role("alice")
        clock.move(minutes=minutes)
        await shop.role("alice")
    assert minted == github.minted


async def test_a_refused_token_is_replaced_once() -> None:
    """401: mint once more and repeat."""
    github = StandIn().on("GET", ROLE, REFUSED, TRIAGE)
    async with session(github) as shop:
        assert await shop.role("alice") is Role.TRIAGE
    assert tokens_sent(github) == ["ghs_1", "ghs_2"]


async def test_a_second_refusal_is_final() -> None:
    """No third token is tried."""
    github = StandIn().on("GET", ROLE, REFUSED)
    async with session(github) as shop:
        with pytest.raises(Unauthorized):
            await shop.role("alice")
    assert tokens_sent(github) == ["ghs_1", "ghs_2"]


async def test_a_persons_token_is_used_as_it_is() -> None:
    """Nothing is minted, and a refusal is final at once."""
    github = StandIn().on("GET", ROLE, TRIAGE, REFUSED)
    async with gateway(github, person=True) as one:
        shop = one.session(None, SHOP)
        await shop.role("alice")
        with pytest.raises(Unauthorized, match="refuses the token") as caught:
            await shop.role("alice")
    assert (github.minted, tokens_sent(github)) == (0, ["ghp_person"] * 2)
    assert "ghp" not in str(caught.value)


async def test_an_app_without_a_permission_gets_a_token_with_the_others() -> None:
    """A 422 on minting: ask what was granted, mint that, and remember it for the installation."""
    granted = {"issues": "write", "contents": "write", "metadata": "read", "administration": "write"}
    lacking = httpx.Response(422, json={"message": "The permissions requested are not granted to this installation."})
    token = httpx.Response(201, json={"token": "ghs_x", "expires_at": "2026-11-21T13:00:00Z"})
    github = StandIn().on("GET", "/repos/.*/permission", TRIAGE).on("POST", MINT, lacking, token)
    github.on("GET", "/app/installations/9", httpx.Response(200, json={"permissions": granted}))
    async with gateway(github) as one:
        await one.session(INSTALLATION, SHOP).role("alice")
        await one.session(INSTALLATION, RepositoryRef(owner="acme", name="other", id=56)).role("alice")
    asked = [json.loads(one.content)["permissions"] for one in github.sent("POST", MINT)]
    assert asked[1:] == [{"contents": "read", "issues": "write", "metadata": "read"}] * 2


async def test_a_repository_that_was_taken_out_is_not_found() -> None:
    """A 422 although all permissions are there."""
    gone = httpx.Response(422, json={"message": "There is at least one repository that does not exist"})
    github = StandIn().on("POST", MINT, gone)
    github.on("GET", "/app/installations/9", httpx.Response(200, json={"permissions": dict(RUN_PERMISSIONS)}))
    async with session(github) as shop:
        with pytest.raises(NotFound, match="not installed in acme/shop"):
            await shop.snapshot(3)


async def test_an_unknown_installation_is_looked_up_once() -> None:
    """For the command line: by the App, from the repository's name."""
    github = StandIn().on("GET", ROLE, TRIAGE)
    github.on("GET", "/repos/acme/shop/installation", httpx.Response(200, json={"id": 9}))
    async with gateway(github) as one:
        for _ in range(2):
            await one.session(None, RepositoryRef(owner="acme", name="shop")).role("alice")
        assert InstallationId(9) == await one.installation_of("Acme", "Shop")
    assert len(github.sent("GET", ".*/installation")) == 1
    assert json.loads(github.sent("POST", MINT)[0].content)["repositories"] == ["shop"]


async def test_a_cancelled_minter_hands_over() -> None:
    """Where the first asker gives up, the next one mints."""
    github = StandIn().on("GET", ROLE, TRIAGE)
    async with gateway(github) as one, asyncio.TaskGroup() as group:
        first = group.create_task(one.session(INSTALLATION, SHOP).role("alice"))
        second = group.create_task(one.session(INSTALLATION, SHOP).role("alice"))
        await asyncio.sleep(0)
        first.cancel()
        assert await second is Role.TRIAGE
    assert github.minted == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(201, json={"token": 5}),
        httpx.Response(201, json={}),
        httpx.Response(201, text="<html>"),
        httpx.Response(201),
    ],
    ids=["wrong type", "empty", "html", "nothing"],
)
async def test_a_senseless_token_is_no_token(answer: httpx.Response) -> None:
    """Then GitHub is not available."""
    github = StandIn().on("POST", MINT, answer)
    async with session(github) as shop:
        with pytest.raises(Unavailable):
            await shop.role("alice")


async def test_a_forgotten_installation_gets_a_new_token() -> None:
    """After it was deleted, suspended or granted something else."""
    github = StandIn().on("GET", ROLE, TRIAGE)
    async with gateway(github) as one:
        for _ in range(2):
            await one.session(INSTALLATION, SHOP).role("alice")
            one.forget(INSTALLATION)
    assert github.minted == 2


async def test_who_we_are() -> None:
    """An app is its slug with `[bot]`; a person is the token's owner. Each is asked once."""
    github = StandIn().on("GET", "/app", httpx.Response(200, json={"id": 7, "slug": "resolution"}))
    github.graphql(httpx.Response(200, json={"data": {"viewer": {"login": "carol"}}}))
    async with gateway(github) as app, gateway(github, person=True) as person:
        logins = [(await one.app()).login for one in (app, person, app, person)]
    assert logins == ["resolution[bot]", "carol"] * 2
    assert len(github.requests) == 2
