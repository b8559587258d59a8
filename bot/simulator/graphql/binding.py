"""GitHub's schema joined with our resolvers, and the permission that each field needs."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from bot.simulator.auth import allowed
from bot.simulator.clock import stamp
from bot.simulator.entities import Repository
from bot.simulator.graphql import checks, commits, issues, mutations, reactions, repositories, roots, writing
from bot.simulator.graphql.context import Info, forbidden
from bot.simulator.graphql.nodes import typename

MODULES = (roots, repositories, commits, issues, checks, reactions, mutations, writing)
SCHEMA = Path(__file__).with_name("schema.graphql")
_ISSUES = "issues:read|pull_requests:read"
# field → what it takes to read it; where several stand, all of them
PERMISSIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Repository", "issue"): ("issues:read",),
    ("Repository", "issues"): ("issues:read",),
    ("Repository", "issueOrPullRequest"): (_ISSUES,),
    ("Repository", "labels"): (_ISSUES,),
    ("Repository", "pullRequest"): ("pull_requests:read",),
    ("Repository", "pullRequests"): ("pull_requests:read",),
    ("Repository", "object"): ("contents:read",),
    ("Repository", "ref"): ("contents:read",),
    ("Repository", "refs"): ("contents:read",),
    ("Repository", "releases"): ("contents:read",),
    ("Repository", "latestRelease"): ("contents:read",),
    ("Repository", "deployments"): ("deployments:read",),
    ("Issue", "closedByPullRequestsReferences"): ("pull_requests:read",),
    ("PullRequest", "closingIssuesReferences"): ("issues:read",),
    ("PullRequest", "files"): ("contents:read",),
    ("Commit", "associatedPullRequests"): ("pull_requests:read",),
    ("Commit", "checkSuites"): ("checks:read",),
    ("Commit", "deployments"): ("deployments:read",),
    ("Commit", "status"): ("statuses:read",),
    ("Commit", "statusCheckRollup"): ("checks:read", "statuses:read"),
    ("CheckSuite", "workflowRun"): ("actions:read",),
}
_PLAIN = {"id": "node_id", "databaseId": "id"}
Resolver = Callable[..., object]


@cache
def bound_schema() -> GraphQLSchema:
    """The schema, ready to be executed; built once a process."""
    schema = build_schema(SCHEMA.read_text(), assume_valid=True, no_location=True)
    given: dict[str, dict[str, Resolver]] = {}
    for module in MODULES:
        for name, table in module.RESOLVERS.items():
            given.setdefault(name, {}).update({field: _callable(each) for field, each in table.items()})
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            kind.resolve_type = lambda value, _info, _kind: typename(value)
        elif isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            _bind(kind, given.get(kind.name, {}))
        elif isinstance(kind, GraphQLScalarType) and kind.name in ("DateTime", "GitTimestamp"):
            kind.coerce_output_value = _written
    return schema


def _bind(kind: GraphQLObjectType, given: dict[str, Resolver]) -> None:
    for name, field in kind.fields.items():
        resolver = given.get(name) or _plain(name)
        needs = PERMISSIONS.get((kind.name, name), ())
        field.resolve = _guarded(resolver, needs) if needs else resolver


def _plain(name: str) -> Resolver:
    """The attribute or key of the same name."""
    attribute = _PLAIN.get(name) or re.sub(r"([A-Z])", r"_\1", name).lower()

    def read(source: object, _info: Info, **_arguments: object) -> object:
        return source.get(name) if isinstance(source, dict) else getattr(source, attribute)

    return read


def _written(value: object) -> object:
    return stamp(value) if isinstance(value, datetime) else value


def _guarded(resolver: Resolver, needs: tuple[str, ...]) -> Resolver:
    def read(source: object, info: Info, **arguments: object) -> object | Awaitable[object]:
        home = source if isinstance(source, Repository) else getattr(source, "repository", None)
        context = info.context
        if isinstance(home, Repository) and not all(
            allowed(context.world, context.actor, home, each) for each in needs
        ):
            raise forbidden()
        return resolver(source, info, **arguments)

    return read


def _callable(value: object) -> Resolver:
    if not callable(value):
        raise TypeError(f"{value!r} is no resolver")
    return value
