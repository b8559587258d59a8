"""Reads of one moment as one GraphQL request: whoever asks within two milliseconds shares it.

The first asker waits, sends for all, and hands the answers out; nothing runs in the background. Where it is cancelled
before the answers are there, another asker takes over.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import msgspec

from bot.github.errors import GitHubError, Unavailable
from bot.github.faults import Faults, Path
from bot.github.lines import Line, decoded
from bot.github.models import RepositoryRef
from bot.github.queries import Document

V = TypeVar("V")
S = TypeVar("S")

WINDOW = timedelta(milliseconds=2)
MOST_WINDOWS = 5
LAST_TURNS = 4  # of the loop: a question may be a few awaits away when its neighbours are asked
MOST = 40  # questions in one request: some hundred nodes each

ALIAS = "§"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of a question, with its GraphQL type."""

    name: str
    type: str
    value: str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one question: the undecoded fields that it selected, and their faults."""

    fields: Mapping[str, msgspec.Raw]
    faults: Faults
    prefix: Path

    def value(self, name: str, shape: type[S]) -> S | None:
        """A selected field; None where it is absent. Raises `GitHubError` where GitHub could not tell."""
        raw = self.fields.get(self._alias(name))
        if raw is not None and bytes(raw) != b"null":
            try:
                return msgspec.json.decode(raw, type=shape)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise Unavailable("GitHub's answer is not what it should be") from error
        faults = self.within(name)
        if all(fault.type == "NOT_FOUND" for fault in faults.faults):
            return None
        raise faults.error("what was asked")

    def within(self, name: str, *path: str | int) -> Faults:
        """The faults at or below a path of a selected field."""
        return self.faults.under(*self.prefix[:-1], self._alias(name), *path)

    def _alias(self, name: str) -> str:
        return f"{self.prefix[-1]}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[V]):
    """One thing to read. In `selection`, `§` stands for the question's own alias: `§: field(x: $§name) { … }`.

    `elsewhere`: the selection stands beside the repository, not in it.
    """

    selection: str
    variables: tuple[Variable, ...]
    fragments: tuple[str, ...]
    read: Callable[[Reply], V]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entry:
    """A question that waits, without the type of its answer."""

    selection: str
    variables: tuple[Variable, ...]
    fragments: tuple[str, ...]
    elsewhere: bool
    settle: Callable[[Reply], None]
    fail: Callable[[GitHubError], None]
    again: Callable[[], None]


class Batch:
    """Gathers questions about one repository."""

    def __init__(self, line: Line, repository: RepositoryRef) -> None:
        self._line = line
        self._repository = repository
        self._pending: list[_Entry] = []

    async def ask(self, question: Question[V]) -> V:
        """The answer; the request is shared with whoever asks at the same moment."""
        while True:
            landed: asyncio.Future[tuple[V] | None] = asyncio.get_running_loop().create_future()
            self._pending.append(_entry(question, landed))
            if len(self._pending) == 1:
                await self._lead()
            answer = await landed
            if answer is not None:
                return answer[0]

    async def _lead(self) -> None:
        entries = self._pending
        try:
            await self._gather(entries)
            self._pending = []
            for start in range(0, len(entries), MOST):
                await self._send(entries[start : start + MOST])
        except GitHubError as error:
            for entry in entries:
                entry.fail(error)
        except BaseException:
            if self._pending is entries:
                self._pending = []
            for entry in entries:
                entry.again()
            raise

    async def _gather(self, entries: Sequence[_Entry]) -> None:
        """Keep the window open while questions still arrive: on a busy machine time runs on between two turns of the
        loop, and whoever asked at the same moment would be late.
        """
        for _ in range(MOST_WINDOWS):
            known = len(entries)
            await asyncio.sleep(WINDOW.total_seconds())
            for _ in range(LAST_TURNS):
                await asyncio.sleep(0)
            if len(entries) == known:
                return

    async def _send(self, entries: Sequence[_Entry]) -> None:
        named = {f"a{index}": entry for index, entry in enumerate(entries)}
        told = await self._line.ask(_document(named), self._variables(named))
        if told.faults.too_much() and len(entries) > 1:
            middle = len(entries) // 2
            await self._send(entries[:middle])
            await self._send(entries[middle:])
            return
        data = decoded(told, dict[str, msgspec.Raw])
        if data is None:
            raise told.faults.error(f"the repository {self._repository.full_name}")
        here = _fields(data.get("repository"))
        if here is None and any(not entry.elsewhere for entry in entries):
            raise told.faults.error(f"the repository {self._repository.full_name}")
        for alias, entry in named.items():
            if entry.elsewhere:
                entry.settle(Reply(fields=data, faults=told.faults, prefix=(alias,)))
            else:
                entry.settle(Reply(fields=here or {}, faults=told.faults, prefix=("repository", alias)))

    def _variables(self, named: Mapping[str, _Entry]) -> dict[str, str | int | None]:
        values: dict[str, str | int | None] = {"owner": self._repository.owner, "name": self._repository.name}
        for alias, entry in named.items():
            values |= {f"{alias}{variable.name}": variable.value for variable in entry.variables}
        return values


def _entry(question: Question[V], landed: "asyncio.Future[tuple[V] | None]") -> _Entry:
    def settle(reply: Reply) -> None:
        if landed.done():
            return
        try:
            landed.set_result((question.read(reply),))
        except GitHubError as error:
            landed.set_exception(error)

    def fail(error: GitHubError) -> None:
        if not landed.done():
            landed.set_exception(error)

    def again() -> None:
        if not landed.done():
            landed.set_result(None)

    return _Entry(
        selection=question.selection,
        variables=question.variables,
        fragments=question.fragments,
        elsewhere=question.elsewhere,
        settle=settle,
        fail=fail,
        again=again,
    )


def _document(named: Mapping[str, _Entry]) -> Document:
    declared = ["$owner: String!", "$name: String!"]
    inside: list[str] = []
    beside: list[str] = []
    fragments: dict[str, None] = {}
    for alias, entry in named.items():
        declared += [f"${alias}{variable.name}: {variable.type}" for variable in entry.variables]
        (beside if entry.elsewhere else inside).append(entry.selection.replace(ALIAS, alias))
        fragments |= dict.fromkeys(entry.fragments)
    body = "\n    ".join(["__typename", *inside])
    text = f"query Reads({', '.join(declared)}) {{\n  repository(owner: $owner, name: $name) {{\n    {body}\n  }}\n"
    text += "".join(f"  {selection}\n" for selection in beside) + "}\n" + "\n".join(fragments)
    return Document(name="reads", text=text)


def _fields(raw: msgspec.Raw | None) -> dict[str, msgspec.Raw] | None:
    if raw is None or bytes(raw) == b"null":
        return None
    try:
        return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError as error:
        raise Unavailable("GitHub's answer is not what it should be") from error
