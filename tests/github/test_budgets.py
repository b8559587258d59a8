"""How much of an hour's requests is left."""

from datetime import timedelta

import httpx
import pytest

from bot.github.budgets import Budget, budget_of, low_until

from .stand_in import NOON, StandIn
from .stand_in import session as shop

ROLE = "/repos/acme/shop/collaborators/alice/permission"
RESET = NOON + timedelta(minutes=40)


def told(remaining: str = "999", resource: str = "core", **more: str) -> dict[str, str]:
    """The headers of an answer."""
    said = {"limit": "5000", "remaining": remaining, "reset": str(int(RESET.timestamp())), "resource": resource} | more
    return {f"x-ratelimit-{name}": text for name, text in said.items()}


@pytest.mark.parametrize(
    ("headers", "remaining"),
    [(told(), 999), (told(resource="search"), None), (told("many"), None), (told(reset=""), None), ({}, None)],
    ids=["core", "another-budget", "no-number", "no-reset", "nothing"],
)
def test_what_an_answer_says(headers: dict[str, str], remaining: int | None) -> None:
    """All of it, of an hourly budget, or nothing."""
    found = budget_of(headers)
    assert (found and found.remaining) == remaining


@pytest.mark.parametrize(
    ("remaining", "minutes", "low"),
    [(999, 0, True), (1_000, 0, False), (0, 39, True), (0, 40, False)],
    ids=["less", "as-much", "not-yet", "begun-anew"],
)
def test_what_is_low(remaining: int, minutes: int, *, low: bool) -> None:
    """Less than the share, until the budget starts anew."""
    one = Budget(resource="core", limit=5_000, remaining=remaining, until=RESET)
    assert low_until([one], 0.2, NOON + timedelta(minutes=minutes)) == (RESET if low else None)


async def test_a_session_knows_it_without_a_request() -> None:
    """By the newest answer to its installation, an unchanged one too; before any answer nothing is known."""
    github = StandIn().on("GET", ROLE, httpx.Response(200, json={"role_name": "read"}, headers=told("2000")))
    async with shop(github) as one:
        before = await one.low_until(0.2)
        await one.role("alice")
        enough = await one.low_until(0.2)
        github.on("GET", ROLE, httpx.Response(200, json={"role_name": "read"}, headers=told("999")))
        await one.role("alice")
        sent = len(github.requests)
        assert (before, enough, await one.low_until(0.2), len(github.requests)) == (None, None, RESET, sent)
