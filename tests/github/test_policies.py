"""The policy files that hold for a repository, read without an issue."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.github.errors import Forbidden, GitHubError, NotFound, Unavailable
from bot.github.models import Unknown

from .stand_in import StandIn, fault, ok, outcome, session
from .world import shop

PATH = ".github/resolution.yml"
HOME = {"nameWithOwner": "acme/shop", "defaultBranchRef": None, "policy": None, "owner": {"repository": None}}


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_both_files(tmp_path: Path, private: bool) -> None:
    """They are those of a snapshot, each with the commit that it stands at."""
    beside = ({"full_name": "acme/.github", "private": private},)
    async with shop(tmp_path, beside=beside, private=private) as one:
        await one.simulator.control("commit", repo="acme/.github", files={PATH: "version: 1\n"}, author="bob")
        files, snapshot = await one.session.policies(), await one.session.snapshot(3)
    assert files.own is not None
    assert files.own.commit == snapshot.head
    assert replace(files.own, commit=None) == snapshot.policy_file
    assert files.above == snapshot.organisation_file
    assert not isinstance(files.above, Unknown | None)


async def test_an_empty_repository_has_none() -> None:
    """Nor has its organisation."""
    async with session(StandIn().graphql(ok({"repository": HOME}))) as one:
        files = await one.policies()
    assert (files.own, files.above) == (None, None)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ok({"repository": None}, fault("NOT_FOUND", "repository")), NotFound),
        (ok({"repository": HOME}, fault("FORBIDDEN", "repository", "policy")), Forbidden),
        (httpx.Response(502), Unavailable),
    ],
    ids=["no-repository", "withheld", "away"],
)
async def test_what_is_withheld_is_not_absent(answer: Any, error: type[GitHubError]) -> None:
    """It is an error."""
    async with session(StandIn().graphql(answer)) as one:
        assert type(await outcome(one.policies())) is error
