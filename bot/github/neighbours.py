"""Another issue of the repository: is it open, may one comment there, and whose is it?

https://docs.github.com/en/rest/issues/issues#get-an-issue
"""

from dataclasses import dataclass

import msgspec

from bot.github.answers import AppIdentity
from bot.github.models import IssueNumber, NodeId
from bot.github.scopes import Scope
from bot.github.writes import ISSUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An issue or pull request; `by_us`: this app wrote it."""

    number: IssueNumber
    node_id: NodeId
    open: bool
    locked: bool
    is_pull: bool
    by_us: bool


class _User(msgspec.Struct, frozen=True):
    login: str


class _Issue(msgspec.Struct, frozen=True):
    number: int
    node_id: str
    state: str
    locked: bool = False
    user: _User | None = None
    pull_request: dict[str, object] | None = None


async def neighbour(scope: Scope, us: AppIdentity, number: int) -> Neighbour:
    """The issue by its number. Raises `NotFound`, `Gone`, and `Moved` where it lives elsewhere now."""
    one = await scope.get(ISSUE, _Issue, follow=False, number=number)
    return Neighbour(
        number=IssueNumber(one.number),
        node_id=NodeId(one.node_id),
        open=one.state == "open",
        locked=one.locked,
        is_pull=one.pull_request is not None,
        by_us=one.user is not None and one.user.login == us.login,
    )
