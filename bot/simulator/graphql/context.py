"""What every resolver is given besides its object: the world, who asks, how to page, how to refuse."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graphql import GraphQLError, GraphQLResolveInfo

from bot.simulator.accounts import Account
from bot.simulator.auth import Actor
from bot.simulator.graphql.asked import Price
from bot.simulator.refusals import NOT_ALLOWED
from bot.simulator.world import World

PAGE_LIMIT = 100
T = TypeVar("T")
Arguments = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One request: its world, who sent it, what it costs, and the lag of what it writes (seconds)."""

    world: World
    actor: Actor
    price: Price
    lag: float = 0.0
    forbidden: frozenset[str] = field(default_factory=frozenset)

    @property
    def who(self) -> Account:
        """The account that acts."""
        return self.actor.who


Info = GraphQLResolveInfo[Context]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list: what it holds, where it starts, and how long the list is."""

    items: tuple[T, ...]
    start: int
    total: int


def refuse(kind: str, message: str) -> GraphQLError:
    """An error with GitHub's ``type``."""
    return GraphQLError(message, extensions={"type": kind})


def forbidden() -> GraphQLError:
    """What GitHub says where a permission is missing."""
    return GraphQLError(NOT_ALLOWED, extensions={"type": "FORBIDDEN", "saml_failure": False})


def cut(info: Info, items: Sequence[T], arguments: Arguments) -> Page[T]:
    """The page that ``first``, ``last``, ``after`` and ``before`` ask for."""
    first, last = arguments.get("first"), arguments.get("last")
    for name, size in (("first", first), ("last", last)):
        if isinstance(size, int) and size > PAGE_LIMIT:
            text = f"Requesting {size} records on the `{info.field_name}` connection exceeds the `{name}` limit"
            raise refuse("EXCESSIVE_PAGINATION", f"{text} of {PAGE_LIMIT} records.")
    if first is None and last is None:
        text = f"You must provide a `first` or `last` value to properly paginate the `{info.field_name}` connection."
        raise refuse("MISSING_PAGINATION_BOUNDARIES", text)
    start, end = 0, len(items)
    if arguments.get("after"):
        start = _position(arguments["after"])
    if arguments.get("before"):
        end = max(_position(arguments["before"]) - 1, 0)
    if isinstance(first, int):
        end = min(end, start + first)
    if isinstance(last, int):
        start = max(start, end - last)
    return Page(items=tuple(items[start:end]), start=start, total=len(items))


def connection(page: Page[T], nodes: Sequence[object] | None = None, **more: object) -> Arguments:
    """A page as a connection; ``nodes`` stand for its items where they differ."""
    shown = page.items if nodes is None else nodes
    cursors = [_cursor(page.start + i + 1) for i in range(len(page.items))]
    return {
        "nodes": list(shown),
        "edges": [{"node": node, "cursor": cursor} for node, cursor in zip(shown, cursors, strict=True)],
        "totalCount": page.total,
        "pageInfo": {
            "hasNextPage": page.start + len(page.items) < page.total,
            "hasPreviousPage": page.start > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        **more,
    }


def listed(info: Info, items: Sequence[object], arguments: Arguments) -> Arguments:
    """A list of nodes as a connection."""
    return connection(cut(info, items, arguments))


def _cursor(position: int) -> str:
    return b64encode(f"cursor:{position}".encode()).decode()


def _position(cursor: object) -> int:
    try:
        return int(b64decode(str(cursor), validate=True).decode().removeprefix("cursor:"))
    except ValueError:
        raise refuse("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None
