"""A REST request and its answer as values, and the table row that joins a path with a function."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from bot.simulator.accounts import Account
from bot.simulator.auth import Actor
from bot.simulator.entities import Issue, Repository
from bot.simulator.reading import Place
from bot.simulator.refusals import Refusal, not_found
from bot.simulator.world import World

PER_PAGE = 30
PER_PAGE_LIMIT = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: path parameters, query, decoded body, and who sent it.

    ``url`` is the address the client used, without the query; ``lag`` delays what becomes visible.
    """

    world: World
    actor: Actor
    url: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Place
    lag: float = 0.0
    home: Repository | None = None

    @property
    def repository(self) -> Repository:
        """The repository in the path."""
        if self.home is None:
            raise not_found()
        return self.home

    @property
    def who(self) -> Account:
        """The account that acts."""
        return self.actor.who

    def number(self, name: str) -> int:
        """A path parameter that must be a number; anything else is an unknown path."""
        text = self.path[name]
        if not text.isdigit():
            raise not_found()
        return int(text)

    @property
    def issue(self) -> Issue:
        """The issue in the path; raises 404, 410 (deleted) or 301 (transferred)."""
        found = self.repository.issues.get(self.number("number"))
        if found is None:
            raise not_found()
        if not self.repository.has_issues and found.pull is None:
            raise Refusal(410, "Issues are disabled for this repo", "NOT_FOUND")
        if found.deleted:
            raise Refusal(410, "This issue was deleted", "NOT_FOUND")
        if found.transferred_to is not None:
            name, _, number = found.transferred_to.rpartition("#")
            tail = self.url.partition(f"/issues/{found.number}")[2]
            location = f"{self.url.partition('/repos/')[0]}/repos/{name}/issues/{number}{tail}"
            raise Refusal(301, "Moved Permanently", "NOT_FOUND", headers={"Location": location})
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back: JSON, bytes as they are, or nothing."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One REST operation: ``needs`` as in `auth.allowed`; ``jwt`` for those that only an app may ask."""

    method: str
    path: str
    handler: Handler
    needs: str = ""
    role: str = ""
    jwt: bool = False


def ok(body: object, status: int = 200) -> Answer:
    """A plain answer."""
    return Answer(status=status, body=body)


def empty(status: int = 204) -> Answer:
    """An answer without a body."""
    return Answer(status=status)


def paged(call: Call, items: list[T], shape: Callable[[T], object], wrap: str = "") -> Answer:
    """One page of a list with its ``Link`` header; ``wrap`` puts it beside a total count."""
    page, headers = cut(call, items)
    shaped = [shape(each) for each in page]
    body: object = {"total_count": len(items), wrap: shaped} if wrap else shaped
    return Answer(body=body, headers=headers)


def cut(call: Call, items: list[T]) -> tuple[list[T], dict[str, str]]:
    """The page that is asked for, and the ``Link`` header that leads to the others."""
    size = min(max(_whole(call.query.get("per_page"), PER_PAGE), 1), PER_PAGE_LIMIT)
    page = max(_whole(call.query.get("page"), 1), 1)
    last = max(-(-len(items) // size), 1)
    links = []
    if page < last:
        links += [_link(call, page + 1, "next"), _link(call, last, "last")]
    if page > 1:
        links += [_link(call, 1, "first"), _link(call, page - 1, "prev")]
    headers = {"Link": ", ".join(links)} if links else {}
    return items[(page - 1) * size : page * size], headers


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _link(call: Call, page: int, rel: str) -> str:
    query = urlencode({**call.query, "page": str(page)})
    return f'<{call.url}?{query}>; rel="{rel}"'
