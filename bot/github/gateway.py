"""The one way to GitHub: owns the connections, the tokens and what is remembered of answers."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx
import msgspec
from cachetools import LRUCache

from bot.github import organisation
from bot.github.answers import AppIdentity
from bot.github.auth import (
    REPORT_PERMISSIONS,
    START_PERMISSIONS,
    WRITE_PERMISSIONS,
    InstallationBearer,
    InstallationTokens,
)
from bot.github.credentials import AppJwt, Credentials, PersonToken
from bot.github.errors import Unavailable
from bot.github.flights import Flights
from bot.github.hosts import Host
from bot.github.lanes import Lanes
from bot.github.lines import DEADLINE, AppBearer, Bearer, Line, PersonBearer, decoded
from bot.github.models import InstallationId, RepositoryRef
from bot.github.queries import VIEWER
from bot.github.scopes import Scope, Scopes
from bot.github.session import Session
from bot.github.transport import Exchange, Wiring

Known = Callable[[], Awaitable[InstallationId]]
"""Tells the installation, where need be by asking."""


class _App(msgspec.Struct, frozen=True):
    id: int
    slug: str


class _Installation(msgspec.Struct, frozen=True):
    id: int


class _User(msgspec.Struct, frozen=True):
    login: str


class _Viewer(msgspec.Struct, frozen=True):
    viewer: _User


class Gateway:
    """GitHub, as this App or as one person. Use it as `async with Gateway(…) as gateway`."""

    def __init__(
        self,
        host: Host,
        credentials: Credentials,
        clock: Callable[[], datetime],
        *,
        on_exchange: Callable[[Exchange], None] = lambda _: None,
        transport: httpx.AsyncBaseTransport | None = None,
        deadline: timedelta = DEADLINE,
    ) -> None:
        self._deadline = deadline
        self._wiring = Wiring(host=host, clock=clock, on_exchange=on_exchange)
        self._lanes = Lanes(transport)
        self._installations: LRUCache[str, InstallationId] = LRUCache(1_000)
        self._identity: AppIdentity | None = None
        self._flights: Flights[str, AppIdentity] = Flights()
        self._tokens: InstallationTokens | None = None
        self._start_tokens: InstallationTokens | None = None
        self._report_tokens: InstallationTokens | None = None
        self._write_tokens: InstallationTokens | None = None
        self._organisation_tokens: InstallationTokens | None = None
        self._organisations = organisation.PrivateFiles(clock)
        if isinstance(credentials, PersonToken):
            self._own = self._line(PersonBearer(person=credentials))
            return
        self._own = self._line(AppBearer(jwt=AppJwt(credentials), wiring=self._wiring))
        self._tokens = InstallationTokens(self._own)
        self._start_tokens = InstallationTokens(self._own, START_PERMISSIONS)
        self._report_tokens = InstallationTokens(self._own, REPORT_PERMISSIONS)
        self._write_tokens = InstallationTokens(self._own, WRITE_PERMISSIONS)
        self._organisation_tokens = InstallationTokens(self._own, organisation.PERMISSIONS, whole=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._lanes.aclose()

    def session(self, installation: InstallationId | None, repository: RepositoryRef) -> Session:
        """What may be done in one repository.

        As an App without an `installation`, it is looked up at the first request. A person needs none.
        """

        async def known() -> InstallationId:
            return installation or await self.installation_of(repository.owner, repository.name)

        everyday, starting, reporting, writing = (
            Scope(line=self._line(self._bearer(tokens, known, repository)), repository=repository)
            for tokens in self._strengths
        )
        scopes = Scopes(everyday=everyday, starting=starting, reporting=reporting, writing=writing)
        return Session(scopes, self.app, self._above(known))

    def forget(self, installation: InstallationId) -> None:
        """An installation was deleted, suspended, or granted other permissions: drop its tokens."""
        for tokens in (*self._strengths, self._organisation_tokens):
            if tokens is not None:
                tokens.forget(installation)
        self._organisations.forget(installation)
        for full_name in [name for name, known in self._installations.items() if known == installation]:
            del self._installations[full_name]

    async def app(self) -> AppIdentity:
        """Who we are (asked once). As a person: id 0, and the person's login."""
        if self._identity is None:
            self._identity = await self._flights.share("app", self._who)
        return self._identity

    async def installation_of(self, owner: str, name: str) -> InstallationId:
        """The installation that covers a repository; `NotFound` where this App is not installed there.

        https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app
        """
        full_name = f"{owner}/{name}".lower()
        if full_name not in self._installations:
            told = await self._own.get(
                "/repos/{owner}/{repo}/installation", {"owner": owner, "repo": name}, _Installation
            )
            self._installations[full_name] = InstallationId(told.id)
        return self._installations[full_name]

    @property
    def _strengths(self) -> tuple[InstallationTokens | None, ...]:
        return self._tokens, self._start_tokens, self._report_tokens, self._write_tokens

    def _bearer(self, tokens: InstallationTokens | None, known: Known, repository: RepositoryRef) -> Bearer:
        if tokens is None:
            return self._own.bearer
        return InstallationBearer(tokens=tokens, repository=repository, installation=known)

    def _above(self, known: Known) -> organisation.Ask:
        """Asks for an organisation's private policy. A person's token shows all that it ever will at once."""

        async def ask(owner: str) -> organisation.Found:
            if self._organisation_tokens is None:
                return None
            repository = RepositoryRef(owner=owner, name=organisation.NAME)
            line = self._line(self._bearer(self._organisation_tokens, known, repository))
            return await self._organisations.get(line, await known(), owner)

        return ask

    def _line(self, bearer: Bearer) -> Line:
        return Line(wiring=self._wiring, lanes=self._lanes, bearer=bearer, deadline=self._deadline)

    async def _who(self) -> AppIdentity:
        if self._tokens is not None:
            app = await self._own.get("/app", {}, _App)
            return AppIdentity(id=app.id, slug=app.slug, login=f"{app.slug}[bot]")
        told = decoded(await self._own.ask(VIEWER, {}), _Viewer)
        if told is None:
            raise Unavailable("GitHub did not say whose token this is")
        return AppIdentity(id=0, slug=told.viewer.login, login=told.viewer.login)
