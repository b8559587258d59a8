"""What people and load balancers may read: health, the evidence behind an assessment, and what this server is.

Read only. Every fault of an evidence link (wrong, ended, unknown) gets the same 404: whether an assessment exists is
nobody's business.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import resources
from typing import Protocol
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.assessment.codec import NotAnAssessment, decode
from bot.assessment.document import Assessment
from bot.assessment.evidence import Finding
from bot.assessment.markdown import clean
from bot.assessment.report_findings import symbol, worst_first
from bot.commands.catalog import RULES, CommandEntry, options
from bot.engine import Health, StoreUnavailable
from bot.signing.attesting import Attestor
from bot.signing.keys import HOW_TO
from bot.web.change import measured, stated
from bot.web.links import is_valid
from bot.web.readiness import READ_LIMIT, Readiness

LONGEST_WAIT = timedelta(minutes=10)  # of a due job, before this server calls itself not ready


class Archive(Protocol):
    """Where finished documents are."""

    async def load(self, id: str) -> bytes | None:  # noqa: A002 - the document's own word
        """The document, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDeps:
    """What the pages need. `commands` are those that exist; without an `attestor` nothing is signed for others."""

    archive: Archive
    healthy: Callable[[], Awaitable[Health]]
    signing_key: bytes = field(repr=False)
    clock: Callable[[], datetime]
    commands: tuple[CommandEntry, ...]
    attestor: Attestor | None = None


def pages(deps: PageDeps) -> ASGIApp:
    """All of it as an application; every answer has the headers that keep a browser from doing anything with it."""
    environment = templates()
    stylesheet = (resources.files("bot.web") / "static" / "style.css").read_bytes()
    readiness = Readiness(deps.healthy)
    routes = [
        Route("/healthz", _alive),
        Route("/readyz", partial(_ready, readiness)),
        Route("/attestation-key.pem", partial(_public_key, deps)),
        Route("/assessments/{id}.intoto.json", partial(_statement, deps)),
        Route("/assessments/{id}.json", partial(_document, deps)),
        Route("/assessments/{id}", partial(_evidence, deps, environment)),
        Route("/static/style.css", partial(_style, stylesheet)),
        Route("/", partial(_index, deps, environment)),
    ]
    # One line of text for every refusal, also for wrong paths and methods.
    return _guarded(Starlette(routes=routes, exception_handlers={HTTPException: _refused}))


_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),  # evidence links carry their key
    (b"x-robots-tag", b"noindex"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


def _guarded(app: ASGIApp) -> ASGIApp:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        await app(scope, receive, send_guarded)

    return guarded


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _ready(readiness: Readiness, _: Request) -> Response:
    health = await readiness.health()
    if health is None:
        return JSONResponse({"status": "not ready", "writable": False}, status_code=503)
    waited = health.oldest_waiting or timedelta(0)
    ready = health.writable and waited <= LONGEST_WAIT
    state: Mapping[str, str | bool | int | None] = {
        "status": "ready" if ready else "not ready",
        "writable": health.writable,
        "waiting": health.waiting,
        "parked": health.parked,
        "running": health.running,
        "oldest_waiting_seconds": int(waited.total_seconds()),
        # a pause of acting is none of serving: it is ready all the same
        "paused_installations": health.paused,
        "paused_until": None if health.paused_until is None else health.paused_until.isoformat(timespec="seconds"),
    }
    return JSONResponse(state, status_code=200 if ready else 503)


async def _found(deps: PageDeps, request: Request) -> bytes:
    """The document that a link opens. Raises the one 404 for every fault, 503 where the store cannot be read."""
    assessment = request.path_params["id"]
    asked = request.query_params
    if not is_valid(
        deps.signing_key,
        assessment,
        end=asked.get("exp", ""),
        signature=asked.get("sig", ""),
        now=deps.clock(),
    ):
        raise HTTPException(404)
    try:
        async with asyncio.timeout(READ_LIMIT.total_seconds()):
            document = await deps.archive.load(assessment)
    except (TimeoutError, StoreUnavailable):
        raise HTTPException(503) from None
    if document is None:
        raise HTTPException(404)
    return document


async def _document(deps: PageDeps, request: Request) -> Response:
    return Response(await _found(deps, request), media_type="application/json", headers=_PRIVATE)


_PRIVATE = {"cache-control": "private, no-store"}


async def _public_key(deps: PageDeps, _: Request) -> Response:
    if deps.attestor is None:
        return _unsigned()
    # an hour: long enough for caches, short enough for a new key
    return Response(
        deps.attestor.key.public.pem,
        media_type="application/x-pem-file",
        headers={"cache-control": "public, max-age=3600"},
    )


async def _statement(deps: PageDeps, request: Request) -> Response:
    if deps.attestor is None:
        return _unsigned()
    try:
        envelope = deps.attestor.attest(await _found(deps, request))
    except NotAnAssessment:
        # nothing is signed that this program cannot read
        raise HTTPException(409) from None
    named = {"content-disposition": "attachment"}  # under the last part of its address
    return Response(envelope, media_type="application/json", headers=_PRIVATE | named)


def _unsigned() -> Response:
    return PlainTextResponse(_NO_KEY, status_code=404)


_NO_KEY = f"""\
This server signs no statements: it has no key. Its operator can give it one: {HOW_TO}, ATTESTATION_KEY_PATH names it.
"""


async def _evidence(deps: PageDeps, environment: jinja2.Environment, request: Request) -> Response:
    document = await _found(deps, request)
    json_url = f"{request.url.path}.json?{request.url.query}"
    statement_url = f"{request.url.path}.intoto.json?{request.url.query}" if deps.attestor else ""
    try:
        assessment = decode(document)
    except NotAnAssessment:
        # written by another version of this program: the bytes are still the evidence
        return Response(document, media_type="application/json", headers=_PRIVATE)
    page = environment.get_template("assessment.html").render(
        assessment=assessment,
        groups=_groups(assessment),
        measured=measured(assessment),
        stated=stated(assessment),
        json_url=json_url,
        statement_url=statement_url,
    )
    return HTMLResponse(page, headers=_PRIVATE)


def _groups(assessment: Assessment) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """The findings by category, what stands worst first."""
    found = worst_first(assessment.findings)
    categories = dict.fromkeys(finding.criterion.category for finding in found)
    return tuple(
        (category, tuple(one for one in found if one.criterion.category == category)) for category in categories
    )


async def _style(stylesheet: bytes, _: Request) -> Response:
    return Response(stylesheet, media_type="text/css", headers={"cache-control": "public, max-age=3600"})


async def _index(deps: PageDeps, environment: jinja2.Environment, _: Request) -> Response:
    page = environment.get_template("index.html")
    return HTMLResponse(page.render(commands=deps.commands, options=options(deps.commands), rules=RULES))


_WORDS = {
    404: "There is nothing here. A link to evidence may have ended: ask again in the issue.",
    405: "This can only be read.",
    409: "This was written by another version of this program: it can be read, and is not signed.",
    503: "The store cannot be read just now. Try again in a minute.",
}


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # registered for nothing else
    return PlainTextResponse(
        f"{_WORDS.get(error.status_code, error.detail)}\n", status_code=error.status_code, headers=error.headers
    )


def templates() -> jinja2.Environment:
    """The pages' templates: whatever a value holds, it is text."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )
    environment.filters["web"] = _web_url
    environment.filters["coded"] = _coded
    environment.filters["symbol"] = symbol
    environment.filters["moment"] = lambda at: at.strftime("%Y-%m-%d %H:%M:%S %Z")
    return environment


def _cleaned(value: object) -> object:
    """Text without what hides or redirects, and without secrets; what is markup already has been through this."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _web_url(url: str | None) -> str:
    """The URL if a browser may follow it, else nothing: autoescaping does not know about `javascript:`."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:  # `http://[`: apps may write anything into the address of a check
        return ""


_CODE = re.compile(r"`([^`]+)`")


def _coded(text: str) -> Markup:
    """Plain text whose words between backticks are code, as the answers in issues have them."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(clean(text)))))  # noqa: S704 - escaped just here
