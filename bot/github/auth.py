"""Installation tokens: minted for one repository with the least permissions, kept until shortly before their end.

https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from cachetools import TLRUCache, TTLCache

from bot.github.credentials import Secret
from bot.github.errors import NotFound, Refused
from bot.github.flights import Flights
from bot.github.lines import Line
from bot.github.models import InstallationId, RepositoryRef

# What an assessment reads and does. A part whose permission the App was not granted becomes `Unknown`.
RUN_PERMISSIONS: Mapping[str, str] = {
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "deployments": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "read",
    "statuses": "read",
}
# What starting a workflow takes: nearly no assessment does that, so its token stays weaker.
START_PERMISSIONS: Mapping[str, str] = {"actions": "write", "metadata": "read"}
# What a check run of our own takes: policies that are linted in pull requests, and nothing else.
REPORT_PERMISSIONS: Mapping[str, str] = {"checks": "write", "metadata": "read"}
# What it takes to write files: learning documents, where a policy wants them, and nothing else.
WRITE_PERMISSIONS: Mapping[str, str] = {"contents": "write", "metadata": "read", "pull_requests": "write"}
_STRENGTH = ("read", "write", "admin")

RESERVE = timedelta(minutes=5)
LONGEST_LIFE = timedelta(hours=1)
TOKENS = 10_000
INSTALLATIONS = 1_000

Key = tuple[InstallationId, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """A token and its end."""

    secret: Secret
    until: datetime


class _Token(msgspec.Struct, frozen=True):
    token: str
    expires_at: datetime


class _Installation(msgspec.Struct, frozen=True):
    permissions: dict[str, str] = {}


class InstallationTokens:
    """Mints and keeps tokens of one strength: one per repository, and one request for however many ask at once.

    `whole`: without one of the permissions a token is of no use, so no weaker one is asked for.
    """

    def __init__(self, app: Line, permissions: Mapping[str, str] = RUN_PERMISSIONS, *, whole: bool = False) -> None:
        self._app = app
        self._whole = whole
        self._permissions = permissions
        clock = app.wiring.clock
        self._kept: TLRUCache[Key, Minted] = TLRUCache(TOKENS, ttu=_usable_until, timer=lambda: clock().timestamp())
        # Learned when the App lacks a permission; forgotten after an hour, since owners may grant it later.
        self._granted: TTLCache[InstallationId, Mapping[str, str]] = TTLCache(
            INSTALLATIONS, ttl=3600, timer=lambda: clock().timestamp()
        )
        self._flights: Flights[Key, Secret] = Flights()

    async def get(self, installation: InstallationId, repository: RepositoryRef) -> Secret:
        """A token for the repository, valid for at least five more minutes.

        Raises `Forbidden` where the installation is suspended, `NotFound` where it or the repository was taken out.
        """
        key: Key = (installation, repository.id or repository.name)
        minted = self._kept.get(key)
        if minted is not None:
            return minted.secret
        return await self._flights.share(key, lambda: self._mint(key, installation, repository))

    def reject(self, token: Secret) -> None:
        """Forget a token that GitHub refused (it may have been replaced already)."""
        for key in [key for key, minted in self._kept.items() if minted.secret == token]:
            del self._kept[key]

    def forget(self, installation: InstallationId) -> None:
        """The installation is gone, suspended or changed: what was minted and learned for it counts no more."""
        for key in [key for key in self._kept if key[0] == installation]:
            del self._kept[key]
        self._granted.pop(installation, None)

    def lacks(self, installation: InstallationId, permission: str) -> bool:
        """Is it known that this installation was not granted the permission?"""
        return permission not in self._granted.get(installation, self._permissions)

    async def _mint(self, key: Key, installation: InstallationId, repository: RepositoryRef) -> Secret:
        try:
            minted = await self._mint_what_we_may(installation, repository)
        except Refused as refused:
            raise NotFound(f"this app is not installed in {repository.full_name}") from refused
        self._kept[key] = minted
        return minted.secret

    async def _mint_what_we_may(self, installation: InstallationId, repository: RepositoryRef) -> Minted:
        wished = self._granted.get(installation, self._permissions)
        try:
            return await self._post(installation, repository, wished)
        except Refused:
            # 422: the App lacks one of the permissions, or the repository is not in the installation.
            if self._whole:
                raise
            granted = await self._granted_to(installation)
            if granted == wished:
                raise
        minted = await self._post(installation, repository, granted)
        self._granted[installation] = granted
        return minted

    async def _post(
        self, installation: InstallationId, repository: RepositoryRef, permissions: Mapping[str, str]
    ) -> Minted:
        scope = {"repository_ids": [repository.id]} if repository.id else {"repositories": [repository.name]}
        # Minting twice is harmless, so it is a read: repeated once, and not queued behind writes.
        answer = await self._app.post_again(
            "/app/installations/{id}/access_tokens",
            {"id": str(installation)},
            {**scope, "permissions": dict(permissions)},
            _Token,
        )
        ends = answer.expires_at if answer.expires_at.tzinfo else answer.expires_at.replace(tzinfo=UTC)
        return Minted(secret=Secret(answer.token), until=min(ends, self._app.wiring.clock() + LONGEST_LIFE))

    async def _granted_to(self, installation: InstallationId) -> Mapping[str, str]:
        answer = await self._app.get("/app/installations/{id}", {"id": str(installation)}, _Installation)
        wished = self._permissions.items()
        return {name: level for name, level in wished if _covers(answer.permissions.get(name), level)}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationBearer:
    """The App as installed in one repository."""

    tokens: InstallationTokens
    repository: RepositoryRef
    installation: Callable[[], Awaitable[InstallationId]]

    async def lane(self) -> str:
        """One lane per installation."""
        return f"installation {await self.installation()}"

    async def token(self) -> Secret:
        """A token for this repository alone."""
        return await self.tokens.get(await self.installation(), self.repository)

    def reject(self, token: Secret) -> None:
        """Mint a new one."""
        self.tokens.reject(token)

    async def lacks(self, permission: str) -> bool:
        """As far as minting has shown."""
        return self.tokens.lacks(await self.installation(), permission)


def _covers(granted: str | None, level: str) -> bool:
    return granted in _STRENGTH and _STRENGTH.index(granted) >= _STRENGTH.index(level)


def _usable_until(_key: Key, minted: Minted, _now: float) -> float:
    return (minted.until - RESERVE).timestamp()
