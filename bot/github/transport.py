"""One HTTP exchange with GitHub: gidgethub over httpx, with every failure named.

gidgethub knows GitHub's URLs, headers, bodies and pages; what it says about limits is too coarse (a 429 is a plain
`BadRequest` there), so answers are judged here, before it sees them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

import gidgethub
import httpx
import msgspec
from gidgethub import abc as gidgethub_abc
from gidgethub import sansio

from bot.github.budgets import budget_of
from bot.github.credentials import Secret
from bot.github.errors import GitHubError, Gone, Moved, NotFound, RateLimited, Unavailable
from bot.github.faults import Fault, Faults
from bot.github.hosts import Host
from bot.github.lanes import EVERYTHING, Kept, Lane
from bot.github.queries import Document
from bot.github.refusals import limited_until, refusal

USER_AGENT = "resolution-bot"
ACCEPT = sansio.accept_format()
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

MOST_MOVES = 3
# What a signed address answers when the thing behind it was deleted.
_ENDED: Mapping[int, type[GitHubError]] = {404: NotFound, 410: Gone}

Variables = Mapping[str, str | int | tuple[str, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that was made, for metrics. `status` is 0 where no answer came; never a header or a token."""

    method: str
    path: str
    status: int
    elapsed: timedelta
    operation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What all exchanges share: the host, the clock, and who wants to know of them."""

    host: Host
    clock: Callable[[], datetime]
    on_exchange: Callable[[Exchange], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A GraphQL answer: `data` is its undecoded JSON (None if null), `faults` are its errors."""

    data: msgspec.Raw | None
    faults: Faults


class _Envelope(msgspec.Struct, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: tuple[Fault, ...] = ()


class Wire(gidgethub_abc.GitHubAPI):
    """gidgethub's client for one request (or one list of pages) with one token, in one installation's lane.

    All methods raise `bot.github.errors.GitHubError`, and nothing else for what GitHub or the network does.
    """

    def __init__(self, wiring: Wiring, lane: Lane, token: Secret) -> None:
        super().__init__(USER_AGENT, base_url=wiring.host.rest)
        self._wiring = wiring
        self._lane = lane
        self._token = token
        self._operation: str | None = None
        self.follow = True  # redirects of reads; switched off by whoever must see them

    async def ask(self, document: Document, variables: Variables) -> Told:
        """Send a GraphQL document."""
        self._operation = document.name
        body = msgspec.json.encode({"query": document.text, "variables": variables})
        headers = sansio.create_headers(USER_AGENT, accept="application/json")
        headers["content-type"] = "application/json; charset=utf-8"
        _, answered, content = await self._request("POST", self._wiring.host.graphql, headers, body)
        try:
            envelope = msgspec.json.decode(content, type=_Envelope)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unavailable("GitHub's answer is no proper JSON") from error
        told = Told(
            data=envelope.data if bytes(envelope.data) != b"null" else None,
            faults=Faults(faults=envelope.errors),
        )
        # Without data, a `retry-after` beside errors is how a secondary limit shows on a 200.
        if told.faults.limited() or (told.data is None and told.faults.faults and "retry-after" in answered):
            raise self._limited("graphql", answered)
        return told

    async def send(self, method: str, url: str, url_vars: Mapping[str, str], body: Mapping[str, object]) -> object:
        """A REST write; the decoded answer, None for an empty one."""
        content = msgspec.json.encode(body) if body else b""
        headers = sansio.create_headers(USER_AGENT)
        if content:
            headers["content-type"] = "application/json; charset=utf-8"
        full = sansio.format_url(url, url_vars, base_url=self.base_url)
        data, _, _ = sansio.decipher_response(*await self._request(method, full, headers, content))
        return data

    async def fetch(self, url: str, url_vars: Mapping[str, str], accept: str = ACCEPT) -> bytes:
        """The bytes of a GET, for answers that are too large to go through gidgethub's decoder."""
        headers = sansio.create_headers(USER_AGENT, accept=accept)
        _, _, content = await self._request("GET", sansio.format_url(url, url_vars, base_url=self.base_url), headers)
        return content

    @asynccontextmanager
    async def stream(self, url: str, url_vars: Mapping[str, str]) -> AsyncIterator[AsyncIterator[bytes]]:
        """The raw bytes of a GET as they come. httpx drops our credentials where a redirect leaves the host."""
        full = sansio.format_url(url, url_vars, base_url=self.base_url)
        headers = sansio.create_headers(USER_AGENT, accept=ACCEPT) | self._authorization(full)
        headers["accept-encoding"] = "identity"
        self._lane.check(_resource(full), self._wiring.clock())
        request = self._lane.client.build_request("GET", full, headers=headers)
        started = monotonic()
        try:
            response = await self._lane.client.send(request, stream=True, follow_redirects=True)
        except httpx.HTTPError as error:
            self._tell("GET", full, 0, started)
            raise _broken(error) from error
        try:
            self._tell_all(response, started)
            if not response.is_success:
                body = await _read(response)
                self._judge(response.status_code, response.headers, body, _resource(full))
            yield _chunks(response)
        finally:
            await response.aclose()

    async def download(self, url: str, url_vars: Mapping[str, str], most: int) -> bytes | None:
        """What a GET's redirect leads to, None where it has more than `most` bytes. The signed address is told nobody
        and gets no credentials, wherever it is. Raises `Unavailable` where GitHub does not redirect.
        """
        headers, full = sansio.create_headers(USER_AGENT), sansio.format_url(url, url_vars, base_url=self.base_url)
        self.follow = False
        for _ in range(MOST_MOVES):
            try:
                await self._request("GET", full, headers)
            except Moved as moved:
                full = moved.location
            else:
                raise Unavailable("GitHub's answer is not what it should be")
            # A renamed repository has another address in the API; that is one more question, not the thing itself.
            if not full.startswith((f"{self.base_url}/repositories/", f"{self.base_url}/repos/")):
                return await self._unsigned(full, most)
        raise Unavailable("GitHub redirects in circles")

    async def _unsigned(self, url: str, most: int) -> bytes | None:
        headers = {"user-agent": USER_AGENT, "accept-encoding": "identity"}
        started, body = monotonic(), bytearray()
        try:
            request = self._lane.client.build_request("GET", url, headers=headers)
            response = await self._lane.client.send(request, stream=True, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _broken(error) from error
        try:
            self._tell("GET", url, response.status_code, started)
            if not response.is_success:
                raise _ENDED.get(response.status_code, Unavailable)(f"the download answered {response.status_code}")
            async for chunk in _chunks(response):
                body += chunk
                if len(body) > most:
                    return None
        finally:
            await response.aclose()
        return bytes(body)

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """gidgethub's one primitive."""
        resource = "graphql" if url == self._wiring.host.graphql else _resource(url)
        self._lane.check(resource, self._wiring.clock())
        sent = dict(headers) | self._authorization(url)
        # The path may be encoded, so httpx must take the URL as it is. One kept answer per URL and form.
        key = (url, sent.get("accept", ""))
        kept = self._lane.kept.get(key) if method == "GET" and self.follow else None
        if kept is not None:
            sent["if-none-match"] = kept.etag
        started = monotonic()
        try:
            response = await self._lane.client.request(
                method, url, headers=sent, content=body, follow_redirects=method == "GET" and self.follow
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._tell(method, url, 0, started)
            raise _broken(error) from error
        except asyncio.CancelledError:
            self._tell(method, url, 0, started)
            raise
        self._tell_all(response, started)
        budget = budget_of(response.headers)
        if budget is not None:
            self._lane.budgets[budget.resource] = budget
        if response.status_code == 304 and kept is not None:
            return 200, kept.headers, kept.body
        answered = dict(response.headers)
        self._judge(response.status_code, answered, response.content, resource)
        if method == "GET" and "etag" in answered and not response.history:
            self._keep(key, Kept(answered["etag"], answered, response.content))
        return response.status_code, answered, response.content

    def _keep(self, key: tuple[str, str], kept: Kept) -> None:
        if len(kept.body) <= self._lane.kept.maxsize / 8:
            self._lane.kept[key] = kept

    def _authorization(self, url: str) -> dict[str, str]:
        if not self._wiring.host.owns(url):
            raise Unavailable("GitHub pointed to another host", sent=False)
        return {"authorization": f"Bearer {self._token.value}"}

    def _judge(self, status: int, headers: Mapping[str, str], body: bytes, resource: str) -> None:
        error = refusal(status, headers, body, self._wiring.clock(), self._lane.strikes)
        if isinstance(error, RateLimited):
            raise self._limited(resource, headers)
        if error is not None:
            raise error
        self._lane.strikes = 0

    def _limited(self, resource: str, headers: Mapping[str, str]) -> RateLimited:
        until = limited_until(headers, self._wiring.clock(), self._lane.strikes)
        primary = headers.get("x-ratelimit-remaining") == "0" and "retry-after" not in headers
        self._lane.limits[headers.get("x-ratelimit-resource", resource) if primary else EVERYTHING] = until
        self._lane.strikes += 0 if primary else 1
        return RateLimited(until)

    def _tell_all(self, response: httpx.Response, started: float) -> None:
        for one in (*response.history, response):
            self._tell(one.request.method, str(one.request.url), one.status_code, started)

    def _tell(self, method: str, url: str, status: int, started: float) -> None:
        self._wiring.on_exchange(
            Exchange(
                method=method,
                path=urlsplit(url).path,
                status=status,
                elapsed=timedelta(seconds=monotonic() - started),
                operation=self._operation,
            )
        )

    async def sleep(self, seconds: float) -> None:
        """gidgethub never waits for us: limits are raised, and whoever owns the work parks it."""
        raise NotImplementedError


@contextmanager
def named() -> Iterator[None]:
    """Translate what gidgethub and msgspec raise over an answer that passed for a success."""
    try:
        yield
    # A TypeError is what iterating over a page that is no list gives.
    except (gidgethub.GitHubException, msgspec.MsgspecError, ValueError, LookupError, TypeError) as error:
        raise Unavailable("GitHub's answer is not what it should be") from error


async def _chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx.HTTPError as error:
        raise _broken(error) from error


async def _read(response: httpx.Response) -> bytes:
    try:
        return await response.aread()
    except httpx.HTTPError as error:
        raise _broken(error) from error


def _broken(error: Exception) -> Unavailable:
    unsent = isinstance(error, _UNSENT)
    kind = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "cut the connection"
    return Unavailable("GitHub could not be reached" if unsent else f"GitHub {kind}", sent=not unsent)


def _resource(url: str) -> str:
    return "search" if "/search/" in urlsplit(url).path else "core"
