"""Every document that we send is valid against GitHub's schema, costs one point, and asks for bounded lists."""

import gzip
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLSchema, build_schema, extend_schema, parse, validate
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    OperationDefinitionNode,
)

from bot.github.branches import COMPARE, changes_of, view_of
from bot.github.commits import commit_of
from bot.github.queries import ALL

from .test_reader import OTHER, Repository, reading, ten_reads

BESIDE = Path(__file__).parents[3] / "shared" / "github"
CONTRACT = Path(os.environ.get("GITHUB_CONTRACT", BESIDE))


@cache
def schema() -> GraphQLSchema:
    """GitHub's own schema, where it is at hand."""
    if not (CONTRACT / "schema.graphql.gz").exists():
        pytest.skip("GitHub's schema is not at hand; GITHUB_CONTRACT names its folder")
    whole = build_schema(gzip.decompress((CONTRACT / "schema.graphql.gz").read_bytes()).decode(), assume_valid=True)
    return extend_schema(whole, parse((CONTRACT / "additions.graphql").read_text("utf-8")), assume_valid=True)


def cost(document: DocumentNode) -> tuple[int, int]:
    """Nodes and points, as GitHub's documentation counts them."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    nodes = requests = 0

    def walk(selections: Any, times: int) -> None:
        nonlocal nodes, requests
        for one in selections.selections if selections else ():
            if isinstance(one, FragmentSpreadNode):
                walk(fragments[one.name.value].selection_set, times)
                continue
            page = times
            for argument in (one.arguments or ()) if isinstance(one, FieldNode) else ():
                if argument.name.value in {"first", "last"} and isinstance(argument.value, IntValueNode):
                    requests += times
                    page = times * int(argument.value.value)
                    nodes += page
            walk(one.selection_set, page)

    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            walk(one.selection_set, 1)
    return nodes, max(1, round(requests / 100))


WRITTEN = (view_of(3, default=True), view_of(3, default=False), changes_of(2), COMPARE, commit_of(2), commit_of(1, 2))
"""Those that are put together for so many paths."""


@pytest.mark.parametrize("document", [*ALL, *WRITTEN], ids=lambda one: one.name)
def test_documents_are_valid_and_cost_one_point(document: Any) -> None:
    """Against the whole schema, with far fewer nodes than GitHub allows."""
    parsed = parse(document.text)
    assert not validate(schema(), parsed)
    nodes, points = cost(parsed)
    assert (points, nodes < 10_000) == (1, True)


@pytest.mark.parametrize("document", [*ALL, *WRITTEN], ids=lambda one: one.name)
def test_mutations_are_writes_unless_they_may_be_repeated(document: Any) -> None:
    """Reacting with 👀 twice is once, so acknowledging is repeated like a read."""
    assert document.writes is (document.text.startswith("mutation") and document.name != "acknowledge")


async def test_batched_reads_are_valid_and_cost_one_point() -> None:
    """The document that is put together at run time."""
    repository = Repository()
    async with reading(repository) as reader:
        await ten_reads(reader)
        await reader.issue(5, "other/place")
        await reader.authors(OTHER)
        await reader.background(OTHER)
        await reader.touches("a.py")
        await reader.releases()
        await reader.tags()
    for batch in repository.batches:
        parsed = parse(batch["query"])
        assert not validate(schema(), parsed)
        assert cost(parsed)[1] == 1
