"""How much is left of an hour's requests, as GitHub says beside each answer. Pure.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.github.refusals import number

HOURLY = frozenset({"core", "graphql"})
"""The budgets that everything draws on. Others, as the search's, are small ones by the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is left of a resource's `limit` until it starts anew."""

    resource: str
    limit: int
    remaining: int
    until: datetime


def budget_of(headers: Mapping[str, str]) -> Budget | None:
    """What an answer says of its budget; None where it says nothing of an hourly one."""
    resource = headers.get("x-ratelimit-resource", "")
    limit, remaining, reset = (number(headers.get(f"x-ratelimit-{one}")) for one in ("limit", "remaining", "reset"))
    if resource not in HOURLY or limit is None or remaining is None or reset is None:
        return None
    until = datetime.fromtimestamp(min(reset, 10**10), UTC)
    return Budget(resource=resource, limit=limit, remaining=remaining, until=until)


def low_until(budgets: Iterable[Budget], share: float, now: datetime) -> datetime | None:
    """Until when less than this share of a budget is left; None where there is more of all, or nothing is known."""
    low = [one.until for one in budgets if one.until > now and one.remaining < share * one.limit]
    return max(low, default=None)
