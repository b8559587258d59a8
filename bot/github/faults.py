"""The `errors` of a GraphQL answer: which part of the data they take away, and what they mean.

GitHub answers 200 with partial data: https://docs.github.com/en/graphql/guides/forming-calls-with-graphql
Each fault is about its own path; whoever reads a part asks for the faults there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.github.errors import Forbidden, GitHubError, NotFound, Refused, Stale, Unavailable
from bot.github.models import Unknown

RATE_LIMITED = "RATE_LIMITED"
WORDS = 200
RESOURCE_LIMITS = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"})

Step = str | int
Path = tuple[Step, ...]

# What the run's token needs for each part, to say what is missing. Source: the permissions that GitHub documents.
_NEEDED: Mapping[Step, str] = {
    "statusCheckRollup": "checks: read and statuses: read",
    "deployments": "deployments: read",
    "closedByPullRequestsReferences": "pull requests: read",
    "pullRequest": "pull requests: read",
    "object": "contents: read",
    "policy": "contents: read",
    "defaultBranchRef": "contents: read",
    "history": "contents: read",
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `errors`, as GitHub sends it."""

    type: str | None = None
    path: tuple[Step, ...] | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The faults of one answer, or of a part of it. `depth` says how many steps of each path lead to the part."""

    faults: tuple[Fault, ...] = ()
    depth: int = 0

    def under(self, *prefix: Step) -> "Faults":
        """The faults at or below a path that counts from here."""
        end = self.depth + len(prefix)
        return Faults(
            faults=tuple(
                fault for fault in self.faults if fault.path is not None and fault.path[self.depth : end] == prefix
            ),
            depth=end,
        )

    def limited(self) -> bool:
        """Is the budget of points used up?"""
        return any(fault.type == RATE_LIMITED for fault in self.faults)

    def too_much(self) -> bool:
        """Was more asked than GitHub computes in one request?"""
        return any(fault.type in RESOURCE_LIMITS for fault in self.faults)

    def error(self, what: str) -> GitHubError:
        """The error to raise where `what` is missing because of these faults."""
        first = next((fault for fault in self.faults if fault.type), None)
        match first.type if first is not None else None:
            case "FORBIDDEN" | "INSUFFICIENT_SCOPES":
                return Forbidden(f"{what}: {self.unknown().reason}", needed=self._needed())
            case "NOT_FOUND":
                return NotFound(f"{what} is absent, or not visible to us")
            case "STALE_DATA":
                return Stale(f"{what}: it has moved on{self._words()}")
            case "UNPROCESSABLE":
                return Refused(f"{what}: GitHub will not do it{self._words()}", 422)
            case _:
                return Unavailable(f"{what}: GitHub could not answer in full{self._words()}")

    def unknown(self) -> Unknown:
        """Why a part is not there, in plain words."""
        if any(fault.type in {"FORBIDDEN", "INSUFFICIENT_SCOPES"} for fault in self.faults):
            needed = self._needed()
            return Unknown(reason=f"a permission is missing ({needed})" if needed else "a permission is missing")
        if self.too_much():
            return Unknown(reason="it is more than GitHub computes in one request")
        return Unknown(reason="GitHub could not tell")

    def _words(self) -> str:
        """GitHub's own words, for the operator: an older Enterprise Server names the field that it lacks."""
        words = next((fault.message for fault in self.faults if fault.message), "")
        return f" ({words[:WORDS]})" if words else ""

    def _needed(self) -> str | None:
        steps = (step for fault in self.faults for step in reversed(fault.path or ()))
        return next((_NEEDED[step] for step in steps if step in _NEEDED), None)
