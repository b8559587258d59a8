"""The guarded way out to the network: strangers' URLs, asked so that they cannot hurt us or anybody inside.

One exchange is one connection a hop: no pool, no cookies, no credentials, no proxies from the environment, nothing
that one tenant could leave behind for the next. Redirects are followed here, each hop checked like the first one.
People are told one sentence for everything that happens before a connection stands; the operator is told the rest.
"""

import asyncio
import re
import ssl
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, lru_cache

import h11
import httpcore
import httpx

from bot.egress.exchange import BrokenAnswer, Deadline, Fetch, Request, Response, Unsendable
from bot.egress.names import Resolver
from bot.egress.reading import Answer, read, without
from bot.egress.rules import EgressSettings, Refusal, Target, request_check, target_of
from bot.egress.sockets import GuardedNetwork, Hop
from bot.egress.speaking import BROKEN, speak
from bot.egress.streams import SocketNetwork
from bot.egress.vault import Vault
from bot.egress.way import Refused, Way

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
REPEATING = frozenset({307, 308})
"""Redirects that want the same method and body once more."""

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
    return Guard(way=way, tls=tls or public_roots(), dial=dial or SocketNetwork()).fetch


@cache
def public_roots() -> ssl.SSLContext:
    """Certifi's roots, read once: `SSL_CERT_FILE` in the environment must not decide whom probes trust."""
    roots = httpx.create_ssl_context(trust_env=False)
    roots.set_alpn_protocols(["http/1.1"])
    return roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The HTTP part of one way out. `tls` holds the roots that are trusted, `dial` opens connections to addresses."""

    way: Way
    tls: ssl.SSLContext
    dial: httpcore.AsyncNetworkBackend
    vault: Vault = field(default_factory=Vault)

    async def fetch(self, request: Request) -> Response:
        """One answer, after redirects; raises `EgressError`."""
        request_check(request)
        with self.way.told(_host_of(request.url)):
            target = target_of(request.url, self.way.settings)
        own = self.vault.headers(request.secrets, target.url, (*request.headers, *request.credentials))
        question = _Question(
            target=target,
            method=request.method,
            headers=request.headers,
            secrets=(*request.credentials, *own),
            hidden=tuple(value for _, value in own),
            body=request.body,
            content_type=request.content_type,
            follow=request.follow,
        )
        await self.way.paced(target.host)
        return await self._exchanged(question, min(request.timeout, self.way.settings.longest))

    async def _exchanged(self, question: "_Question", within: timedelta) -> Response:
        # The deadline starts with the turn: waiting behind others is not the other side's slowness.
        async with self.way.turned(question.target.host):
            limit = asyncio.timeout(within.total_seconds())
            network = GuardedNetwork(self.way, self.dial, limit)
            try:
                async with limit:
                    return await self._follow(question, network)
            except TimeoutError:
                if not network.hop.connected:
                    raise Refusal("no connection in time") from None
                raise Deadline(f"no whole answer within {within.total_seconds():g} s") from None

    async def _follow(self, question: "_Question", network: GuardedNetwork) -> Response:
        started = asyncio.get_running_loop().time()
        for _ in range(self.way.settings.max_redirects + 1):
            answer = await self._hop(question, network)
            if question.hidden:
                answer = await asyncio.to_thread(without, answer, question.hidden)
            if answer.location is None:
                elapsed = timedelta(seconds=asyncio.get_running_loop().time() - started - network.waited)
                return Response(
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    truncated=answer.truncated,
                    elapsed=elapsed,
                    url=question.target.url,
                )
            if not self.way.settings.max_redirects:
                raise BrokenAnswer("the answer is a redirect, which is not followed here")
            question = _redirected(question, answer.status, self._next(question.target, answer.location))
            self.way.charge(question.target.host)
        raise BrokenAnswer(f"more than {self.way.settings.max_redirects} redirects")

    def _next(self, target: Target, location: str) -> Target:
        try:
            # With a scheme it is whole, or nothing: `http:///host` is another place to every reader.
            is_whole = "\\" in location or _SCHEME.match(location)
            joined = location if is_whole else str(httpx.URL(target.url).join(location))
            following = target_of(joined, self.way.settings)
        except (httpx.InvalidURL, ValueError, Unsendable) as exc:
            # Where it led is the other side's word, and may be an inner address in an odd spelling: not repeated.
            raise Refusal(f"redirect to {location[:200]!r}: {exc}") from exc
        if target.scheme == "https" and following.scheme == "http":
            raise BrokenAnswer("the answer redirects from https to http, which is not followed")
        return following

    async def _hop(self, question: "_Question", network: GuardedNetwork) -> Answer:
        target, settings = question.target, self.way.settings
        progress = network.hop = Hop()
        request = h11.Request(method=question.method, target=target.path, headers=self._headers(question))
        within = settings.connect_within.total_seconds()
        stream = await network.connect_tcp(target.host, target.port, timeout=within)
        try:
            if target.scheme == "https":
                stream = await stream.start_tls(self.tls, target.host, timeout=within)
            response = await speak(stream, request, question.body)
            # Framing costs bytes as well: a body of one-byte chunks is six times as long.
            progress.bytes_left = 8 * settings.max_body_bytes
            return await read(response, question.method, settings.max_body_bytes, follow=question.follow)
        except BROKEN as exc:
            raise BrokenAnswer("the connection broke, or the answer is not HTTP") from exc
        finally:
            await stream.aclose()

    def _headers(self, question: "_Question") -> list[tuple[bytes, bytes]]:
        contact = f" (+{self.way.settings.contact_url})" if self.way.settings.contact_url else ""
        pairs = {
            "Host": question.target.authority,
            "User-Agent": f"resolution-bot{contact}",
            "Accept": "*/*",
            "Accept-Encoding": "gzip, identity",
            "Connection": "close",
        }
        if question.method == "POST":
            pairs["Content-Length"] = str(len(question.body or b""))
        if question.content_type is not None:
            pairs["Content-Type"] = question.content_type
        given = {name.lower() for name, _ in (*question.headers, *question.secrets)}
        ours = [(name, value) for name, value in pairs.items() if name.lower() not in given]
        theirs = (*question.headers, *question.secrets)
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in (*ours, *theirs)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What one hop is asked. `secrets` are headers of the first hop alone; without `follow` there is no second.

    `hidden` are the values of the operator's secrets among them: no hop's answer is told with one of them in it.
    """

    target: Target
    method: str
    headers: tuple[tuple[str, str], ...]
    secrets: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]
    body: bytes | None
    content_type: str | None
    follow: bool


def _redirected(question: _Question, status: int, target: Target) -> _Question:
    """The question to where a redirect leads (RFC 9110 section 15.4); raises `BrokenAnswer`.

    Secrets are never repeated, on the same origin neither: the operator has named who gets them, and a redirect is
    somebody else's word. Of the headers few go along to another origin, and a body never does.
    """
    is_same = target.origin == question.target.origin
    kept = tuple(pair for pair in question.headers if is_same or pair[0].lower() in KEPT_ACROSS_ORIGINS)
    following = replace(question, target=target, headers=kept, secrets=())
    if question.method != "POST":
        return following
    if status not in REPEATING:
        return replace(following, method="GET", body=None, content_type=None)
    if not is_same:
        raise BrokenAnswer(f"the answer ({status}) wants the body sent on to another origin, which is not done")
    return following


@lru_cache(maxsize=1024)
def _host_of(url: str) -> str:
    try:
        return httpx.URL(url).host
    except (httpx.InvalidURL, ValueError):
        return "?"
