"""Every path of a tree, also where GitHub's one listing is cut short."""

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.errors import GitHubError, RateLimited, Unavailable
from bot.github.listing import MOST_REQUESTS

from . import answers
from .stand_in import StandIn, ok, outcome, session

ROOT = "f" * 40
TREES: dict[str, dict[str, str]] = {
    ROOT: {"README.md": "blob", "src": "tree", "docs": "tree", "lib": "commit"},
    "src": {"a.py": "blob", "deep": "tree"},
    "deep": {"b.py": "blob", "c.py": "blob"},
    "docs": {"d.md": "blob"},
}
ALL = {"README.md", "lib", "src/a.py", "src/deep/b.py", "src/deep/c.py", "docs/d.md"}


def entries(sha: str, *, recursive: bool, folder: str = "") -> list[dict[str, str]]:
    told = []
    for name, kind in TREES[sha].items():
        told.append({"path": f"{folder}{name}", "mode": "100644", "type": kind, "sha": name})
        if kind == "tree" and recursive:
            told += entries(name, recursive=True, folder=f"{folder}{name}/")
    return told


def there() -> StandIn:
    return StandIn().graphql(ok({"repository": answers.repository()}))


def github(*, most: int, fault: dict[str, httpx.Response] | None = None) -> StandIn:
    """Lists at most so many entries at once."""

    def answer(request: httpx.Request) -> httpx.Response:
        sha = request.url.path.rpartition("/")[2]
        if fault and sha in fault:
            return fault[sha]
        told = entries(sha, recursive="recursive" in request.url.params)
        return httpx.Response(200, json={"sha": sha, "tree": told[:most], "truncated": len(told) > most})

    return there().on("GET", "/repos/acme/shop/git/trees/.*", answer)


LIMITS = {
    "everything fits": (99, ALL, False, 1),
    "the top does not": (6, ALL, False, 4),
    "the top just so": (4, ALL, False, 4),
    "not even the top alone": (3, {"README.md", "src/a.py"}, True, 2),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_a_cut_listing_is_asked_for_by_folders(name: str) -> None:
    """As deep as needed; a single folder that is too large is told as cut."""
    most, paths, truncated, requests = LIMITS[name]
    stand_in = github(most=most)
    async with session(stand_in) as shop:
        tree = await shop.reader(await shop.snapshot(3)).tree(Sha(ROOT))
    assert ({entry.path for entry in tree.entries}, tree.truncated) == (paths, truncated)
    assert len(stand_in.sent("GET", ".*/git/trees/.*")) == requests


FAULTS = {
    "unavailable": ({"docs": httpx.Response(404)}, GitHubError),
    "no json": ({"src": httpx.Response(200, text="<html>")}, Unavailable),
    "a rate limit before others": (
        {"docs": httpx.Response(404), "src": httpx.Response(429, headers={"retry-after": "60"})},
        RateLimited,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_folder_that_cannot_be_read_is_an_error(name: str) -> None:
    """A tree with a hole is no tree."""
    fault, kind = FAULTS[name]
    async with session(github(most=6, fault=fault)) as shop:
        found = await outcome(shop.reader(await shop.snapshot(3)).tree(Sha(ROOT)))
    assert isinstance(found, kind)


async def test_requests_are_bounded() -> None:
    """A tree of a thousand large folders is told as cut."""
    folders = [{"path": f"f{n}", "mode": "040000", "type": "tree", "sha": f"{n:040}"} for n in range(1000)]
    told = {True: {"tree": [], "truncated": True}, False: {"tree": folders, "truncated": False}}
    stand_in = there().on(
        "GET",
        "/repos/acme/shop/git/trees/.*",
        lambda request: httpx.Response(200, json=told["recursive" in request.url.params]),
    )
    async with session(stand_in) as shop:
        tree = await shop.reader(await shop.snapshot(3)).tree(Sha(ROOT))
    assert tree.truncated
    assert len(stand_in.sent("GET", ".*/git/trees/.*")) == MOST_REQUESTS
