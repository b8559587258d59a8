"""A GraphQL document as text: parsed once, its operation's names, what it costs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
)

_CACHED = 256
_DEFAULT_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What GitHub would charge: points of the rate limit, and how many nodes may come back."""

    points: int
    nodes: int


@lru_cache(maxsize=_CACHED)
def parsed(text: str) -> DocumentNode:
    """The document of a text; raises GraphQLError where it is none."""
    return parse(text)


@lru_cache(maxsize=_CACHED)
def names_in(body: bytes) -> frozenset[str]:
    """The names of a request's operations and of the fields that they ask for at the top."""
    try:
        asked = json.loads(body)
        document = parsed(asked["query"])
    except (ValueError, TypeError, KeyError, GraphQLError):
        return frozenset()
    names = set()
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        names |= {operation.name.value} if operation.name else set()
        fields = operation.selection_set.selections
        names |= {each.name.value for each in fields if isinstance(each, FieldNode)}
    return frozenset(names)


def price(document: DocumentNode, variables: Mapping[str, object]) -> Price:
    """The cost of a query, by GitHub's formula: every page counts as full.

    Source: https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    """
    meter = _Meter(document, variables)
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            meter.walk(each.selection_set, 1)
    return Price(points=max(1, round(meter.requests / 100)), nodes=meter.nodes)


class _Meter:
    """Counts nodes and requests while walking through selections."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, object]) -> None:
        """Count nothing yet."""
        self.nodes = self.requests = 0
        self._variables = variables
        self._fragments = {
            each.name.value: each.selection_set
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def walk(self, selected: SelectionSetNode | None, times: int) -> None:
        """Count what is selected, asked for ``times`` times."""
        for each in selected.selections if selected else ():
            if isinstance(each, FragmentSpreadNode):
                self.walk(self._fragments.get(each.name.value), times)
            elif isinstance(each, InlineFragmentNode):
                self.walk(each.selection_set, times)
            elif isinstance(each, FieldNode):
                self.walk(each.selection_set, self._page(each, times))

    def _page(self, field: FieldNode, times: int) -> int:
        for argument in field.arguments or ():
            if argument.name.value in ("first", "last"):
                self.requests += times
                times *= self._whole(argument.value)
                self.nodes += times
        return times

    def _whole(self, value: object) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        given = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return given if isinstance(given, int) else _DEFAULT_PAGE
