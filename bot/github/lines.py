"""A line to GitHub: whose token, which lane, how long, and what happens when it breaks.

A read is repeated once where GitHub failed. A write never is: its outcome is unknown then, and whoever ordered it
has to look. A refused token (401) is replaced once for both, since nothing was done.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import msgspec

from bot.github.budgets import low_until
from bot.github.credentials import AppJwt, PersonToken, Secret
from bot.github.errors import RateLimited, Unauthorized, Unavailable
from bot.github.lanes import Lane, Lanes
from bot.github.queries import Document
from bot.github.transport import ACCEPT, Told, Variables, Wire, Wiring, named

T = TypeVar("T")

DEADLINE = timedelta(seconds=20)
STREAM_DEADLINE = timedelta(minutes=2)
PAUSE = timedelta(milliseconds=200)
TURN = timedelta(seconds=5)  # when to try again, if the queue of writes did not move for a whole deadline

APP_LANE = "app"
PERSON_LANE = "person"

Vars = Mapping[str, str]
Body = Mapping[str, object]


class Bearer(Protocol):
    """Where tokens come from, and in which lane their requests run."""

    async def lane(self) -> str:
        """The lane's name."""
        ...

    async def token(self) -> Secret:
        """A token to try."""
        ...

    def reject(self, token: Secret) -> None:
        """GitHub refused this token: make a new one next time. Raises `Unauthorized` where none can be made."""
        ...

    async def lacks(self, permission: str) -> bool:
        """Is it known that the tokens do not carry this permission?"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBearer:
    """A person's token as it is."""

    person: PersonToken

    async def lane(self) -> str:
        """One lane for all of a person's requests."""
        return PERSON_LANE

    async def token(self) -> Secret:
        """The person's token."""
        return self.person.token

    def reject(self, token: Secret) -> None:
        """There is no other token."""
        raise Unauthorized(f"GitHub refuses the token {token}: it is wrong, expired or revoked")

    async def lacks(self, permission: str) -> bool:
        """Nobody tells what a person's token may do."""
        del permission
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppBearer:
    """The App itself, for calls about the App."""

    jwt: AppJwt
    wiring: Wiring

    async def lane(self) -> str:
        """The App's own lane."""
        return APP_LANE

    async def token(self) -> Secret:
        """A JWT."""
        return self.jwt.at(self.wiring.clock())

    def reject(self, token: Secret) -> None:
        """Sign a new one."""
        del token
        self.jwt.forget()

    async def lacks(self, permission: str) -> bool:
        """The App itself has no permissions in repositories, and asks for nothing there."""
        del permission
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Reads and writes with one bearer's tokens. Everything raises `bot.github.errors.GitHubError` and no more."""

    wiring: Wiring
    lanes: Lanes
    bearer: Bearer
    deadline: timedelta = DEADLINE

    async def low_until(self, share: float) -> datetime | None:
        """Until when less than this share of the hour's requests is left, as the answers said so far."""
        async with self.lanes.use(await self.bearer.lane()) as lane:
            return low_until(lane.budgets.values(), share, self.wiring.clock())

    async def ask(self, document: Document, variables: Variables) -> Told:
        """The answer to a GraphQL document."""
        use = self.write if document.writes else self.read
        return await use(lambda wire: wire.ask(document, variables))

    async def get(self, url: str, url_vars: Vars, shape: type[T], *, follow: bool = True) -> T:
        """One thing by REST. With `follow` off, a redirect raises `Moved`."""

        async def fetch(wire: Wire) -> T:
            wire.follow = follow
            with named():
                return msgspec.convert(await wire.getitem(url, url_vars), type=shape)

        return await self.read(fetch)

    async def pages(self, url: str, url_vars: Vars, shape: type[T]) -> tuple[T, ...]:
        """All pages of a list by REST."""

        async def fetch(wire: Wire) -> tuple[T, ...]:
            with named():
                return tuple([msgspec.convert(item, type=shape) async for item in wire.getiter(url, url_vars)])

        return await self.read(fetch)

    async def fetch(self, url: str, url_vars: Vars, *, accept: str = ACCEPT) -> bytes:
        """The bytes of one answer, whole."""
        return await self.read(lambda wire: wire.fetch(url, url_vars, accept))

    async def download(self, url: str, url_vars: Vars, most: int) -> bytes | None:
        """What the API's redirect leads to, fetched without credentials; None where it has more than `most` bytes."""
        return await self.read(lambda wire: wire.download(url, url_vars, most))

    async def send(self, method: str, url: str, url_vars: Vars, body: Body, shape: type[T]) -> T:
        """One write by REST: PATCH, POST, PUT or DELETE."""
        return await self.write(_sending(method, url, url_vars, body, shape))

    async def post_again(self, url: str, url_vars: Vars, body: Body, shape: type[T]) -> T:
        """A POST that does no harm when it is done twice."""
        return await self.read(_sending("POST", url, url_vars, body, shape))

    @asynccontextmanager
    async def stream(
        self, url: str, url_vars: Vars, deadline: timedelta = STREAM_DEADLINE
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of one answer as they come. The deadline covers all of the block."""
        try:
            async with asyncio.timeout(deadline.total_seconds()), self.lanes.use(await self.bearer.lane()) as lane:
                wire = Wire(self.wiring, lane, await self.bearer.token())
                async with wire.stream(url, url_vars) as chunks:
                    yield chunks
        except TimeoutError as error:
            raise _late(deadline) from error

    async def read(self, use: Callable[[Wire], Awaitable[T]]) -> T:
        """Something that may be done twice."""
        try:
            async with asyncio.timeout(self.deadline.total_seconds()), self.lanes.use(await self.bearer.lane()) as lane:
                # A token that cannot be had was asked for twice already: only what follows is repeated here.
                token = await self.bearer.token()
                try:
                    return await self._attempt(lane, token, use)
                except Unavailable:
                    await asyncio.sleep(PAUSE.total_seconds())
                return await self._attempt(lane, await self.bearer.token(), use)
        except TimeoutError as error:
            raise _late(self.deadline) from error

    async def write(self, use: Callable[[Wire], Awaitable[T]]) -> T:
        """Something that must not be done twice. Waits for its turn: GitHub asks for one write at a time."""
        async with self.lanes.use(await self.bearer.lane()) as lane:
            await self._turn(lane)
            try:
                async with asyncio.timeout(self.deadline.total_seconds()):
                    return await self._attempt(lane, await self.bearer.token(), use)
            except TimeoutError as error:
                raise _late(self.deadline) from error
            finally:
                lane.writing.release()

    async def _turn(self, lane: Lane) -> None:
        try:
            async with asyncio.timeout(self.deadline.total_seconds()):
                await lane.writing.acquire()
        except TimeoutError as error:
            raise RateLimited(self.wiring.clock() + TURN, "too many writes are waiting for their turn") from error

    async def _attempt(self, lane: Lane, token: Secret, use: Callable[[Wire], Awaitable[T]]) -> T:
        try:
            return await use(Wire(self.wiring, lane, token))
        except Unauthorized:
            self.bearer.reject(token)
        return await use(Wire(self.wiring, lane, await self.bearer.token()))


def _sending(method: str, url: str, url_vars: Vars, body: Body, shape: type[T]) -> Callable[[Wire], Awaitable[T]]:
    async def act(wire: Wire) -> T:
        with named():
            return msgspec.convert(await wire.send(method, url, url_vars, body), type=shape)

    return act


def decoded(told: Told, shape: type[T]) -> T | None:
    """A GraphQL answer's data in its shape; None if there is none. Raises `Unavailable` for another shape."""
    if told.data is None:
        return None
    try:
        return msgspec.json.decode(told.data, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unavailable("GitHub's answer is not what it should be") from error


def _late(deadline: timedelta) -> Unavailable:
    return Unavailable(f"GitHub did not answer within {deadline.total_seconds():.0f} seconds")
