"""The HTTP side: one ASGI application that does what GitHub's front does for every request.

Order: control requests go straight through; for the API come faults, User-Agent, API version,
credentials, the operation itself, rate-limit headers, conditional requests, and the record.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.simulator import joblogs, limits
from bot.simulator.auth import NOBODY, Actor, authenticate
from bot.simulator.clock import stamp
from bot.simulator.control import table as control
from bot.simulator.exchanges import Exchange
from bot.simulator.faults import Asked, Effect
from bot.simulator.graphql import execution
from bot.simulator.graphql.asked import names_in
from bot.simulator.pages import page
from bot.simulator.reading import place
from bot.simulator.refusals import Refusal, not_found
from bot.simulator.rest import table as rest
from bot.simulator.rest.call import Answer, Call
from bot.simulator.rest.contents import archive
from bot.simulator.runtime import Simulator
from bot.simulator.wire import Json

API_VERSIONS = ("2022-11-28", "2026-03-10")
_BODY_LIMIT = 40 * 1024 * 1024
_CODELOAD = "/_codeload/"
_KEPT_BYTES = 4000
_GRAPHQL = "/graphql"
_NO_AGENT = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, read whole; ``prefix`` is what GitHub Enterprise puts before each path."""

    method: str
    path: str
    prefix: str
    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An answer, or a connection that is cut (``answer`` None), and who asked."""

    answer: Answer | None
    actor: Actor = NOBODY


def create_app(simulator: Simulator, cut: Callable[[Scope], None]) -> ASGIApp:
    """The application; ``cut`` aborts the connection of a request."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        sent = await _body(receive)
        if sent is None:
            return  # whoever asked is gone before the whole question was there: nothing has arrived
        request = _request(scope, sent)
        if request.path.startswith(control.PREFIX):
            await _send(send, await _control(simulator, request), {})
            return
        if request.path.startswith(joblogs.PREFIX):
            log = joblogs.download(simulator.world, request.path, request.query, request.headers)
            await _send(send, log, {})
            return
        if request.path.startswith(_CODELOAD):
            await _send(send, await _codeload(simulator, request), {})
            return
        shown = page(simulator.world, request.path) if request.method == "GET" else None
        if shown is not None:
            await _send(send, shown, {})
            return
        outcome = await _api(simulator, request)
        answer = _conditional(request, outcome.answer) if outcome.answer else None
        headers = _headers(simulator, request, replace(outcome, answer=answer))
        simulator.exchanges.add(_exchange(request, answer, headers))
        if answer is None:
            cut(scope)
            await asyncio.sleep(0)  # let the transport notice, else uvicorn complains of no answer
            return
        await _send(send, answer, headers)

    return app


async def _api(sim: Simulator, request: Request) -> Outcome:
    """What the API does with a request, faults included."""
    named = sim.faults.rules and request.path == _GRAPHQL
    names = names_in(request.body) if named else frozenset[str]()
    effects = {e.name: e for e in sim.faults.take(Asked(method=request.method, path=request.path, names=names))}
    if "delay" in effects:
        await asyncio.sleep(effects["delay"].seconds)
    if "reset-before" in effects:
        return Outcome(answer=None)
    early = next((made for e in effects.values() if (made := _instead(sim, request, e))), None)
    if early is not None:
        return Outcome(answer=early)
    outcome = await _answered(sim, request, effects)
    if "reset-after" in effects:
        return Outcome(answer=None, actor=outcome.actor)
    if "apply-then-500" in effects:
        return replace(outcome, answer=_server_error(500))
    if "apply-then-status" in effects:
        return replace(outcome, answer=_server_error(int(effects["apply-then-status"].argument)))
    return outcome


async def _answered(sim: Simulator, request: Request, effects: Mapping[str, Effect]) -> Outcome:
    try:
        actor = authenticate(sim.world, request.headers.get("authorization", ""))
        _check_headers(request)
        body = _decoded(request)
    except Refusal as refusal:
        return Outcome(answer=rest.refused(refusal))
    lag = effects["lag"].seconds if "lag" in effects else 0.0
    if request.path == _GRAPHQL:
        asked = execution.Asked(
            world=sim.world,
            actor=actor,
            body=body,
            lag=lag,
            forbidden=frozenset({effects["forbidden"].argument} if "forbidden" in effects else ()),
        )
        return Outcome(answer=await execution.answer(asked), actor=actor)
    call = Call(
        world=sim.world,
        actor=actor,
        url=f"{sim.world.url}{request.prefix}{request.path}",
        path={},
        query=request.query,
        headers=request.headers,
        body=place(body, ""),
        lag=lag,
    )
    return Outcome(answer=await rest.answer(call, request.method, request.path), actor=actor)


def _instead(sim: Simulator, request: Request, effect: Effect) -> Answer | None:
    """The answer that a fault gives in place of the operation's own."""
    if effect.name == "status":
        return _server_error(int(effect.argument))
    if effect.name == "unauthorized":
        return rest.refused(Refusal(401, "Bad credentials"))
    if effect.name == "secondary-limit":
        text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return rest.refused(Refusal(403, text, headers={"Retry-After": f"{effect.seconds:.0f}"}))
    if effect.name != "primary-limit":
        return None
    text = "API rate limit exceeded for installation."
    reset = int(sim.world.clock().timestamp() + effect.seconds)
    headers = limits.headers({"limit": 5000, "used": 5000, "remaining": 0, "reset": reset}, "core")
    if request.path == _GRAPHQL:
        errors: Json = {"errors": [{"type": "RATE_LIMITED", "message": text}]}
        return Answer(body=errors, headers=headers | {"x-ratelimit-resource": "graphql"})
    return rest.refused(Refusal(403, text, headers=headers))


def _server_error(status: int) -> Answer:
    if status < 500:
        return rest.refused(Refusal(status, "Simulated fault"))
    return Answer(status=status, body={"message": "Server Error", "documentation_url": rest.DOCUMENTATION})


def _check_headers(request: Request) -> None:
    if not request.headers.get("user-agent"):
        raise Refusal(403, _NO_AGENT)
    version = request.headers.get("x-github-api-version", API_VERSIONS[0])
    if version not in API_VERSIONS and request.path != _GRAPHQL:
        raise Refusal(400, f"'{version}' is not a supported API version")


def _decoded(request: Request) -> object:
    if not request.body:
        return {}
    if len(request.body) > _BODY_LIMIT:
        raise Refusal(413, "Payload too large")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise Refusal(400, "Body should be a JSON object")
    return body


async def _control(sim: Simulator, request: Request) -> Answer:
    try:
        body = json.loads(request.body) if request.body else None
    except ValueError as error:
        return Answer(status=400, body={"message": f"not JSON: {error}", "status": "400"})
    return await control.answer(sim, request.method, request.path, body)


async def _codeload(sim: Simulator, request: Request) -> Answer:
    owner, name, kind, sha = (request.path.removeprefix(_CODELOAD).split("/") + [""] * 4)[:4]
    home = sim.world.repository(f"{owner}/{name}")
    commit = await home.git.resolve(sha) if home else None
    if commit is None:
        return rest.refused(not_found())
    nothing = place({}, "")
    call = Call(
        world=sim.world,
        actor=NOBODY,
        url=sim.world.url,
        path={"kind": kind, "sha": commit},
        query={},
        headers=request.headers,
        body=nothing,
        home=home,
    )
    return await archive(call)


def _headers(sim: Simulator, request: Request, outcome: Outcome) -> dict[str, str]:
    """The headers that GitHub puts on every answer of the API."""
    resource = "graphql" if request.path == _GRAPHQL else "core"
    now = sim.world.clock()
    free = request.path == "/rate_limit" or (outcome.answer is not None and outcome.answer.status == 304)
    count = sim.world.limits.state if free else sim.world.limits.spend
    version = request.headers.get("x-github-api-version", API_VERSIONS[0])
    headers = {
        "date": now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "server": "github.com",
        "x-github-media-type": "github.v3; format=json",
        "x-github-api-version-selected": version,
        "x-github-request-id": f"{sim.world.ids.take():X}:{stamp(now)}",
        **limits.headers(count(outcome.actor.budget, resource, now), resource),
    }
    given = outcome.answer.headers if outcome.answer else {}
    return headers | {name.lower(): value for name, value in given.items()}


def _conditional(request: Request, answer: Answer) -> Answer:
    """The answer with its body as bytes; 304 where the client has it already."""
    data = _bytes(answer.body)
    answer = replace(answer, body=data)
    if request.method != "GET" or answer.status != 200 or data is None:
        return answer
    tag = f'W/"{hashlib.sha256(data).hexdigest()}"'
    marked = {**answer.headers, "etag": tag, "cache-control": "private, max-age=60, s-maxage=60"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag.removeprefix("W/") in known:
        return Answer(status=304, headers=marked)
    return replace(answer, headers=marked)


def _bytes(body: object) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _exchange(request: Request, answer: Answer | None, headers: Mapping[str, str]) -> Exchange:
    body = answer.body if answer else None
    return Exchange(
        method=request.method,
        target=request.target,
        request_headers=request.headers,
        request_body=request.body,
        status=answer.status if answer else None,
        response_headers=headers if answer else {},
        response_body=_worth_keeping(answer, body) if answer and isinstance(body, bytes) else b"",
    )


def _worth_keeping(answer: Answer, body: bytes) -> bytes:
    """JSON whole, since it is checked; of anything else the beginning."""
    return body if "json" in answer.media_type else body[:_KEPT_BYTES]


async def _body(receive: Receive) -> bytes | None:
    """The request's body, cut just over the limit; None where the connection ended before it was whole."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= _BODY_LIMIT + 1:
            parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _request(scope: Scope, body: bytes) -> Request:
    path, prefix = scope["path"], ""
    if path.startswith("/api/v3/"):
        path, prefix = path.removeprefix("/api/v3"), "/api/v3"
    if path == "/api/graphql":
        path, prefix = _GRAPHQL, "/api"
    raw = scope["raw_path"].decode("ascii", "replace").removeprefix(prefix)
    query = scope["query_string"].decode("ascii", "replace")
    return Request(
        method=scope["method"],
        path=path,
        prefix=prefix,
        target=raw + (f"?{query}" if query else ""),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


async def _send(send: Send, answer: Answer, headers: Mapping[str, str]) -> None:
    data = _bytes(answer.body) or b""
    every = dict(headers) | {name.lower(): value for name, value in answer.headers.items()}
    if data:
        every["content-type"] = answer.media_type
    if answer.status not in (204, 304):
        every["content-length"] = str(len(data))
    listed = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in every.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": listed})
    await send({"type": "http.response.body", "body": data})
