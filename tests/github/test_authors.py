"""Who wrote a commit, co-authors included."""

from typing import Any

import pytest

from bot.github.models import Authors

from . import answers
from .test_reader import OTHER, Repository, reading


def told(*logins: str | None, total: int | None = None) -> dict[str, Any]:
    """A commit by these accounts, as GitHub tells it; None for an address that belongs to none."""
    nodes = [{"user": None if login is None else {"login": login}} for login in logins]
    return answers.commit(OTHER) | {"authors": {"totalCount": total or len(nodes), "nodes": nodes}}


@pytest.mark.parametrize(
    ("answer", "logins", "complete"),
    [
        pytest.param(told("bob", None, "dora"), ("bob", "dora"), True, id="all"),
        pytest.param(told("bob", total=21), ("bob",), False, id="more"),
    ],
)
async def test_authors(answer: dict[str, Any], logins: tuple[str, ...], complete: bool) -> None:
    """The accounts that the addresses belong to, asked once, and whether these are all."""
    repository = Repository({OTHER: answer, OTHER[:9]: answer})
    async with reading(repository) as reader:
        for sha in (OTHER, OTHER.upper(), OTHER[:9]):
            found = await reader.authors(sha)
            assert isinstance(found, Authors)
            assert (found.commit.oid, found.logins, found.complete) == (OTHER, logins, complete)
    assert len(repository.batches) == 2


async def test_no_such_commit() -> None:
    """What is no sha is not asked; what a branch of that name leads to is something else."""
    repository = Repository({"feed123": told("bob")})
    async with reading(repository) as reader:
        assert await reader.authors("main") is None
        assert repository.batches == []
        assert await reader.authors("feed123") is None
        assert await reader.authors("f" * 40) is None
