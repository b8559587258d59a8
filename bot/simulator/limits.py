"""Rate limits, counted for each asker and resource, as the headers tell them.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Who pays for a request, and how many he has in an hour."""

    key: str
    hourly: int


class Limits:
    """What each asker has used of each resource in the present hour."""

    def __init__(self) -> None:
        """Nothing was used yet."""
        self._used: dict[tuple[str, str], tuple[int, int]] = {}

    def spend(self, budget: Budget, resource: str, now: datetime) -> dict[str, int]:
        """Count one request; the answer is as of `state`."""
        used, reset = self._current(budget, resource, now)
        self._used[budget.key, resource] = (used + 1, reset)
        return self.state(budget, resource, now)

    def state(self, budget: Budget, resource: str, now: datetime) -> dict[str, int]:
        """Limit, used, remaining, and when it starts anew (epoch seconds)."""
        used, reset = self._current(budget, resource, now)
        return {"limit": budget.hourly, "used": used, "remaining": max(budget.hourly - used, 0), "reset": reset}

    def _current(self, budget: Budget, resource: str, now: datetime) -> tuple[int, int]:
        used, reset = self._used.get((budget.key, resource), (0, 0))
        if reset <= now.timestamp():
            return 0, int((now + _HOUR).timestamp())
        return used, reset


def headers(state: dict[str, int], resource: str) -> dict[str, str]:
    """The headers that tell the limit."""
    names = ("limit", "remaining", "used", "reset")
    return {f"x-ratelimit-{name}": str(state[name]) for name in names} | {"x-ratelimit-resource": resource}
