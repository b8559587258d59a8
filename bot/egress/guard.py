"""The guarded way out to the network: strangers' URLs, asked so that they cannot hurt us or anybody inside.

One exchange is one connection a hop: no pool, no cookies, no credentials, no proxies from the environment, nothing
that one tenant could leave behind for the next. Redirects are followed here, each hop checked like the first one.
People are told one sentence for everything that happens before a connection stands; the operator is told the rest.
"""

import asyncio
import ssl
import zlib
from dataclasses import dataclass
from datetime import timedelta

import httpcore
import httpx

from bot.egress.exchange import BrokenAnswer, Deadline, Fetch, Request, Response, Unsendable
from bot.egress.names import Resolver
from bot.egress.rules import (
    MAX_HEADERS,
    METHODS,
    EgressSettings,
    Refusal,
    Target,
    header_fault,
    target_of,
)
from bot.egress.sockets import GuardedNetwork, Hop
from bot.egress.way import Refused, Way

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT_ACROSS_ORIGINS = frozenset({"accept", "accept-language"})


def fetcher(
    settings: EgressSettings,
    *,
    resolver: Resolver,
    on_refused: Refused,
    tls: ssl.SSLContext | None = None,
    dial: httpcore.AsyncNetworkBackend | None = None,
) -> Fetch:
    """The way out under these settings. `tls` and `dial` stand in for the public roots and the real network."""
    turn = asyncio.Semaphore(settings.at_once)
    way = Way(settings=settings, resolver=resolver, on_refused=on_refused, turn=turn)
    return Guard(way=way, tls=tls or public_roots(), dial=dial or httpcore.AnyIOBackend()).fetch


def public_roots() -> ssl.SSLContext:
    """Certifi's roots: `SSL_CERT_FILE` in the environment must not decide whom probes trust."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The HTTP part of one way out. `tls` holds the roots that are trusted, `dial` opens connections to addresses."""

    way: Way
    tls: ssl.SSLContext
    dial: httpcore.AsyncNetworkBackend

    async def fetch(self, request: Request) -> Response:
        """One answer, after redirects; raises `EgressError`."""
        _check_request(request)
        settings = self.way.settings
        network = GuardedNetwork(settings, self.way.resolver, self.dial)
        within = min(request.timeout, settings.longest).total_seconds()
        # The deadline starts with the turn: waiting behind others is not the other side's slowness.
        async with self.way.turned(_host_of(request.url)):
            try:
                async with asyncio.timeout(within):
                    return await self._follow(request, network)
            except TimeoutError:
                if not network.hop.connected:
                    raise Refusal("no connection in time") from None
                raise Deadline(f"no whole answer within {within:g} s") from None

    async def _follow(self, request: Request, network: GuardedNetwork) -> Response:
        started = asyncio.get_running_loop().time()
        target = target_of(request.url, self.way.settings)
        headers = request.headers
        for _ in range(self.way.settings.max_redirects + 1):
            answer = await self._hop(_Question(target=target, method=request.method, headers=headers), network)
            if answer.location is None:
                elapsed = timedelta(seconds=asyncio.get_running_loop().time() - started)
                return Response(
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    truncated=answer.truncated,
                    elapsed=elapsed,
                    url=target.url,
                )
            following = self._redirected(target, answer.location)
            if following.origin != target.origin:
                headers = tuple(pair for pair in headers if pair[0].lower() in KEPT_ACROSS_ORIGINS)
            target = following
        raise BrokenAnswer(f"more than {self.way.settings.max_redirects} redirects")

    def _redirected(self, target: Target, location: str) -> Target:
        try:
            joined = str(httpx.URL(target.url).join(location)) if "\\" not in location else location
            following = target_of(joined, self.way.settings)
        except (httpx.InvalidURL, Unsendable) as exc:
            # Where it led is the other side's word, and may be an inner address in an odd spelling: not repeated.
            raise Refusal(f"redirect to {location[:200]!r}: {exc}") from exc
        if target.scheme == "https" and following.scheme == "http":
            raise BrokenAnswer("the answer redirects from https to http, which is not followed")
        return following

    async def _hop(self, question: "_Question", network: GuardedNetwork) -> "_Answer":
        target = question.target
        progress = network.hop = Hop()
        origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
        connection = httpcore.AsyncHTTPConnection(
            origin=origin, ssl_context=self.tls, network_backend=network, keepalive_expiry=0
        )
        request = httpcore.Request(
            method=question.method,
            url=httpcore.URL(
                scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path
            ),
            headers=self._headers(question),
            extensions={"timeout": {"connect": self.way.settings.connect_within.total_seconds()}},
        )
        try:
            async with connection:
                response = await connection.handle_async_request(request)
                # Framing costs bytes as well: a body of one-byte chunks is six times as long.
                progress.bytes_left = 8 * self.way.settings.max_body_bytes
                return await _read(response, question.method, self.way.settings.max_body_bytes)
        except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException) as exc:
            raise BrokenAnswer("the connection broke, or the answer is not HTTP") from exc

    def _headers(self, question: "_Question") -> list[tuple[bytes, bytes]]:
        contact = f" (+{self.way.settings.contact_url})" if self.way.settings.contact_url else ""
        pairs = {
            "Host": question.target.authority,
            "User-Agent": f"resolution-bot{contact}",
            "Accept": "*/*",
            "Accept-Encoding": "gzip, identity",
            "Connection": "close",
        }
        given = {name.lower() for name, _ in question.headers}
        ours = [(name, value) for name, value in pairs.items() if name.lower() not in given]
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in (*ours, *question.headers)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    target: Target
    method: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    location: str | None


def _check_request(request: Request) -> None:
    if request.method not in METHODS:
        raise Unsendable(f"only {' and '.join(METHODS)} are asked")
    if len(request.headers) > MAX_HEADERS:
        raise Unsendable(f"more than {MAX_HEADERS} headers")
    for name, value in request.headers:
        if fault := header_fault(name, value):
            raise Unsendable(fault)


async def _read(response: httpcore.Response, method: str, limit: int) -> _Answer:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
    location = _header(headers, "location") if response.status in REDIRECTS else None
    body, truncated = b"", False
    if location is None and method != "HEAD":
        body, truncated = await _body(response, _header(headers, "content-encoding") or "identity", limit)
    return _Answer(status=response.status, headers=headers, body=body, truncated=truncated, location=location)


async def _body(response: httpcore.Response, encoding: str, limit: int) -> tuple[bytes, bool]:
    inflater = _inflater(encoding)
    received, out = 0, bytearray()
    async for chunk in response.aiter_stream():
        received += len(chunk)
        out += _inflated(inflater, chunk, limit + 1 - len(out)) if inflater else chunk
        if received > limit or len(out) > limit:
            return bytes(out[:limit]), True
    if inflater and received and not inflater.eof:
        raise BrokenAnswer("the answer's gzip encoding ends early")
    return bytes(out), bool(inflater and inflater.unused_data)


def _inflater(encoding: str) -> "zlib._Decompress | None":
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(31)
        case other:
            raise BrokenAnswer(f"the answer came in the encoding {other[:20]!r}, which was not asked for")


def _inflated(inflater: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    # Bounded by the output: a megabyte of gzip may hold a gigabyte. `most` is never 0, which would mean "no bound";
    # what the bound leaves over is dropped, since the caller stops there.
    try:
        return inflater.decompress(chunk, most)
    except zlib.error as exc:
        raise BrokenAnswer("the answer's gzip encoding is broken") from exc


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


def _host_of(url: str) -> str:
    try:
        return httpx.URL(url).host
    except (httpx.InvalidURL, ValueError):
        return "?"
