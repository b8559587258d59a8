"""One repository over one line: what every read and write of a session needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from bot.github.errors import Moved
from bot.github.lines import Body, Line
from bot.github.models import RepositoryRef
from bot.github.queries import Document
from bot.github.transport import Told

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A repository and the way to it. Paths are templates which may use `{owner}` and `{repo}`."""

    line: Line
    repository: RepositoryRef

    async def ask(self, document: Document, **variables: str | int | tuple[str, ...] | None) -> Told:
        """The answer to a GraphQL document that takes `$owner` and `$name`."""
        return await self.line.ask(
            document, {"owner": self.repository.owner, "name": self.repository.name, **variables}
        )

    async def get(self, path: str, shape: type[T], *, follow: bool = True, **url_vars: str | int) -> T:
        """One thing by REST."""
        return await self.line.get(path, self._vars(url_vars), shape, follow=follow)

    async def pages(self, path: str, shape: type[T], **url_vars: str | int) -> tuple[T, ...]:
        """All pages of a list by REST."""
        return await self.line.pages(path, self._vars(url_vars), shape)

    async def download(self, path: str, most: int, **url_vars: str | int) -> bytes | None:
        """What a path of the API points to, at another address; None where it has more than `most` bytes."""
        return await self.line.download(path, self._vars(url_vars), most)

    async def send(self, method: str, path: str, body: Body, shape: type[T], **url_vars: str | int) -> T:
        """One write by REST. A redirect to this same repository, renamed, is followed: nothing was done yet."""
        try:
            return await self.line.send(method, path, self._vars(url_vars), body, shape)
        except Moved as moved:
            if not self._ours(moved.location):
                raise
            location = moved.location
        return await self.line.send(method, location, {}, body, shape)

    async def lacks(self, *permissions: str) -> tuple[str, ...]:
        """Which of these permissions the owner has not granted, as far as a token shows it."""
        await self.line.bearer.token()
        return tuple([one for one in permissions if await self.line.bearer.lacks(one)])

    def _ours(self, location: str) -> bool:
        return bool(self.repository.id) and f"/repositories/{self.repository.id}/" in urlsplit(location).path

    def _vars(self, url_vars: Mapping[str, str | int]) -> dict[str, str]:
        named = {"owner": self.repository.owner, "repo": self.repository.name}
        return named | {name: str(value) for name, value in url_vars.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """One repository with tokens of several strengths: everyday's is the weakest that an assessment can do with.

    The others are asked for by whoever needs them: to start workflows, to report check runs, to write files.
    """

    everyday: Scope
    starting: Scope
    reporting: Scope
    writing: Scope
