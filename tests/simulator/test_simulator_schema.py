"""The cut schema and the resolvers fit each other."""

import re

import pytest
from graphql import GraphQLObjectType

from bot.simulator.accounts import Account
from bot.simulator.entities import Issue, TimelineEvent
from bot.simulator.graphql import nodes
from bot.simulator.graphql.binding import MODULES, bound_schema

PLAIN = {"id": "node_id", "databaseId": "id"}
CLASSES: dict[str, type] = {name: kind for kind, name in nodes._NAMES.items()}
CLASSES |= dict.fromkeys(nodes._EVENTS.values(), TimelineEvent)
CLASSES |= {"Issue": Issue, "PullRequest": Issue, "User": Account, "Bot": Account, "Organization": Account}
CLASSES |= {"GitActor": nodes.SignatureNode, "TreeEntry": nodes.EntryNode}
RESOLVED = {(name, field) for module in MODULES for name, table in module.RESOLVERS.items() for field in table}


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_field_can_be_read(name: str) -> None:
    """Each field of the cut schema has a resolver, or an attribute of its name to read."""
    kind = bound_schema().type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    plain = {each for each in kind.fields if (name, each) not in RESOLVED}
    slots = set(dir(CLASSES[name]))
    assert {each for each in plain if attribute(each) not in slots} == set()


def test_no_resolver_is_left_over() -> None:
    """Each resolver is for a type and a field name that the cut schema has (tables may be shared)."""
    types = bound_schema().type_map
    fields = {field for kind in types.values() for field in getattr(kind, "fields", {})}
    assert {(name, field) for name, field in RESOLVED if name not in types or field not in fields} == set()


def attribute(field: str) -> str:
    """The attribute that a field without resolver reads."""
    return PLAIN.get(field) or re.sub(r"([A-Z])", r"_\1", field).lower()
