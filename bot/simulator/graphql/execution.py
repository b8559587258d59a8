"""From a GraphQL request to GitHub's answer: almost always HTTP 200, errors inside.

Source: https://docs.github.com/graphql/guides/forming-calls-with-graphql
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import isawaitable

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    MiddlewareManager,
    execute,
    validate,
)

from bot.simulator.auth import Actor, Kind
from bot.simulator.graphql.asked import parsed, price
from bot.simulator.graphql.binding import bound_schema
from bot.simulator.graphql.context import Context, Info, forbidden
from bot.simulator.refusals import Refusal
from bot.simulator.rest.call import Answer
from bot.simulator.wire import Json
from bot.simulator.world import World

_CACHED = 256
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A GraphQL request: decoded body, who sent it, and the faults that apply."""

    world: World
    actor: Actor
    body: object
    lag: float = 0.0
    forbidden: frozenset[str] = field(default_factory=frozenset)


async def answer(asked: Asked) -> Answer:
    """The answer to a GraphQL request."""
    if asked.actor.kind is Kind.NOBODY:
        return Answer(status=401, body={"message": "This endpoint requires you to be authenticated.", "status": "401"})
    if asked.actor.kind is Kind.APP:
        return Answer(status=401, body={"message": "Bad credentials", "status": "401"})
    body = asked.body if isinstance(asked.body, dict) else {}
    text, variables = body.get("query"), body.get("variables") or {}
    if not isinstance(text, str) or not isinstance(variables, dict):
        message = "A query attribute must be specified and must be a string."
        return Answer(status=400, body={"message": message, "status": "400"})
    try:
        document = parsed(text)
    except GraphQLError as error:
        return Answer(body={"errors": [_syntax(error)]})
    invalid = faults_of(text)
    if invalid:
        return Answer(body={"errors": [_syntax(error) for error in invalid]})
    return Answer(body=await _executed(asked, document, variables, body.get("operationName")))


@lru_cache(maxsize=_CACHED)
def faults_of(text: str) -> tuple[GraphQLError, ...]:
    """What a document has against the schema; remembered, since validation is slow."""
    return tuple(validate(bound_schema(), parsed(text)))


async def _executed(asked: Asked, document: DocumentNode, variables: Json, name: object) -> Json:
    context = Context(
        world=asked.world,
        actor=asked.actor,
        price=price(document, variables),
        lag=asked.lag,
        forbidden=asked.forbidden,
    )
    result = execute(
        bound_schema(),
        document,
        context_value=context,
        variable_values=variables,
        operation_name=name if isinstance(name, str) else None,
        middleware=MiddlewareManager(_forbid) if asked.forbidden else None,
    )
    done = await result if isawaitable(result) else result
    if not isinstance(done, ExecutionResult):
        raise TypeError("incremental delivery is not GitHub's")
    shape: Json = {"data": done.data} if done.data is not None or _started(done) else {}
    if done.errors:
        shape["errors"] = [_error(each) for each in done.errors]
    return shape


def _started(done: ExecutionResult) -> bool:
    """Whether an error came out of execution (it has a path), not out of bad variables."""
    return any(each.path for each in done.errors or ())


def _forbid(resolver: Callable[..., object], source: object, info: Info, **arguments: object) -> object:
    """The fault ``forbidden:a.b.c``: the field at that path, lists left out, is not to be read."""
    path = ".".join(str(each) for each in info.path.as_list() if isinstance(each, str))
    if path in info.context.forbidden:
        raise forbidden()
    return resolver(source, info, **arguments)


def _error(error: GraphQLError) -> Json:
    original = error.original_error
    extensions = dict(error.extensions or {})
    shape: Json = {}
    kind = extensions.pop("type", None)
    if isinstance(original, Refusal):
        kind = original.kind
    elif original is not None and not isinstance(original, GraphQLError):
        _log.error("a resolver failed at %s", error.path, exc_info=original)
        kind = "INTERNAL"
    if kind:
        shape["type"] = kind
    if error.path:
        shape["path"] = error.path
    if extensions:
        shape["extensions"] = extensions
    shape["locations"] = _locations(error)
    shape["message"] = _message(error, original)
    return shape


def _message(error: GraphQLError, original: Exception | None) -> str:
    if not isinstance(original, Refusal) or not original.errors:
        return error.message
    details = (each.get("message") or each.get("code") for each in original.errors if isinstance(each, dict))
    return ", ".join(str(each) for each in details) or error.message


def _syntax(error: GraphQLError) -> Json:
    return {"message": error.message, "locations": _locations(error), "extensions": {"code": "undefinedField"}}


def _locations(error: GraphQLError) -> list[Json]:
    return [{"line": each.line, "column": each.column} for each in error.locations or ()]
