"""The organisation's policy over many repositories: alone, below a repository's own, private, broken, unreadable."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_merge import open_pull

ABOVE = "acme/.github"
ASKS = """\
version: 1
claims: off
labels: {resolved: verified, remove: [bug]}
criteria:
  - id: theirs
    title: What the organisation asks
    file: service/monitoring.py
"""
ACTS = "version: 1\nmode: act\n"


@asynccontextmanager
async def below(
    on_stage: Staging, shas: Shas, policy: str | None, *, private: bool = False, **parts: Any
) -> AsyncIterator[Stage]:
    """A repository whose organisation has this policy (None: a `.github` without one)."""
    made = world(shas, private=private, **parts)
    made["repositories"].append({"full_name": ABOVE, "private": private})
    async with on_stage(made) as stage:
        files = {"profile/README.md": "Hello\n"} | ({".github/resolution.yml": policy} if policy is not None else {})
        await stage.github.control("commit", repo=ABOVE, files=files, message="Policy [skip ci]", author="bob")
        yield stage


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_the_organisations_file_alone(on_stage: Staging, shas: Shas, private: bool) -> None:
    """A repository without a file is measured by the organisation's, whether all may see it or not."""
    async with below(on_stage, shas, ASKS, private=private) as stage:
        issue = await stage.command("/assess-resolution")
    assert (issue["state"], issue["labels"]) == ("closed", ["verified"])
    assert "What the organisation asks" in answers(issue)[0]


async def test_an_organisation_without_a_policy(on_stage: Staging, shas: Shas) -> None:
    """Its `.github` holds other things: then all is built in."""
    async with below(on_stage, shas, None, private=True) as stage:
        issue = await stage.command("Fixed in #2.\n\n/assess-resolution")
    assert issue["state"] == "closed"
    assert "CI is green" in answers(issue)[0]


async def test_the_repository_over_the_organisation(on_stage: Staging, shas: Shas) -> None:
    """Its own criteria take the place of the organisation's; of the labels one is of each file."""
    async with below(on_stage, shas, ASKS) as stage:
        await write_policy(stage, "version: 1\nlabels: {remove: []}\ncriteria: [{file: docs/notes.md}]\n")
        issue = await stage.command("/assess-resolution")
    assert (issue["state"], issue["labels"]) == ("closed", ["bug", "verified"])
    assert "What the organisation asks" not in answers(issue)[0]
    assert "docs/notes.md" in answers(issue)[0]


@pytest.mark.parametrize(
    ("policy", "acts"), [(ACTS, False), (f"{ACTS}inherit: {{acting: true}}\n", True)], ids=["not-said", "said"]
)
async def test_acting_is_inherited_where_it_is_said(on_stage: Staging, shas: Shas, policy: str, acts: bool) -> None:
    """A line that stands elsewhere closes nobody's issues, unless it says that it is meant to."""
    pulls = open_pull("Adds `service/later.py`.", [1])
    async with below(on_stage, shas, policy, pulls=pulls, check_runs=[]) as stage:
        stage.github.world.close_delay = timedelta(seconds=6)
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: bool(answers(seen)) and (not acts or seen["state"] == "closed"))
        await stage.idle()
        issue = await stage.issue()
    assert issue["closed_by"] == ("resolution[bot]" if acts else None)
    assert ("ready to be closed by a person" in answers(issue)[0].splitlines()[0]) is not acts


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_a_broken_organisations_file(on_stage: Staging, shas: Shas, private: bool) -> None:
    """The answer names it by its own path and links its line; nothing is decided by it, nor without it."""
    async with below(on_stage, shas, "version: 1\ncriterias: []\n", private=private) as stage:
        issue = await stage.command("/assess-resolution")
        github = stage.github.url
    assert issue["state"] == "open"
    assert "acme/.github: `.github/resolution.yml:2:1`" in answers(issue)[0]
    assert f"{github}/acme/.github/blob/" in answers(issue)[0]
    assert ".github/resolution.yml#L2" in answers(issue)[0]


async def test_a_faulty_criterion_of_the_organisation(on_stage: Staging, shas: Shas) -> None:
    """It is misconfigured, and its line is linked where it stands."""
    async with below(on_stage, shas, ASKS + "  - {id: odd, weight: 0, file: a}\n") as stage:
        issue = await stage.command("/assess-resolution")
        github = stage.github.url
    assert issue["state"] == "open"
    assert answers(issue)[0].startswith("### 🔧 Misconfigured")
    assert f"{github}/acme/.github/blob/" in answers(issue)[0]


async def test_an_organisations_file_that_is_withheld(on_stage: Staging, shas: Shas) -> None:
    """That is no absent one: nothing is decided, and the next asking is answered."""
    async with below(on_stage, shas, ASKS, private=True) as stage:
        await stage.github.fault("forbidden:repository", operation="OrganisationPolicy", times=1)
        issue = await stage.command("/assess-resolution")
        again = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "I could not read the organisation's policy" in answers(issue)[0]
    assert again["state"] == "closed"


async def test_an_outage_while_it_is_read(on_stage: Staging, shas: Shas) -> None:
    """It is tried again as everything else is, and nothing is decided without it."""
    async with below(on_stage, shas, ASKS, private=True) as stage:
        await stage.github.fault("status:502", operation="OrganisationPolicy", times=2)
        issue = await stage.command("/assess-resolution")
    assert (issue["state"], issue["labels"]) == ("closed", ["verified"])


async def test_a_limit_while_it_is_read_is_waited_for(on_stage: Staging, shas: Shas) -> None:
    """As any limit: the answer comes later, and by the whole policy."""
    async with below(on_stage, shas, ASKS, private=True) as stage:
        await stage.github.fault("secondary-limit", operation="OrganisationPolicy", times=1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.applied()
        await stage.idle()
        assert not answers(await stage.issue())
        stage.clock.ahead = timedelta(seconds=70)
        issue = await stage.answered(comment)
    assert (issue["state"], issue["labels"]) == ("closed", ["verified"])


async def test_a_repository_hands_nothing_on(on_stage: Staging, shas: Shas) -> None:
    """`inherit` in its own file is a fault that says where the key belongs."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\ninherit: {acting: true}\n")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "`inherit` is for the organisation's policy" in answers(issue)[0]


async def test_where_each_part_comes_from(on_stage: Staging, shas: Shas) -> None:
    """`/resolution explain` links each part, and a criterion, to the line of the file that gave it, here or above."""
    async with below(on_stage, shas, ASKS) as stage:
        await write_policy(stage, "version: 1\nclaims: off\n")
        answer = answers(await stage.command("/resolution explain policy"))[0]
        criterion = answers(await stage.command("/resolution explain theirs"))[-1]
    rows = {row.split("|")[1].strip(): row for row in answer.splitlines() if row.startswith("| `")}
    assert "/acme/.github/blob/" in rows["`criteria`"]
    assert "/acme/service/blob/" in rows["`claims`"]
    assert "built in" in rows["`limits`"]
    (line,) = (one for one in criterion.splitlines() if one.startswith("**From** · "))
    assert "/acme/.github/blob/" in line
    assert line.endswith(".github/resolution.yml#L5)")


@pytest.mark.parametrize("repository", [ABOVE, REPO], ids=["its-own-pulls", "below"])
async def test_a_preview_that_the_organisation_wants(on_stage: Staging, shas: Shas, repository: str) -> None:
    """In its own repository too, where the file says what it hands on; a pull request without a link is told so."""
    async with below(on_stage, shas, "version: 1\npreview: true\ninherit: {acting: true}\n") as stage:
        pull = {"login": "bob", "title": "Tidy up", "head": "topic", "body": "", "files": {"later.py": "LATER = 1\n"}}
        await stage.github.control("pull", repo=repository, **pull)
        await stage.quiet()
        state: Any = await stage.github.state()
    runs = {one["full_name"]: [run["name"] for run in one["check_runs"]] for one in state["repositories"]}
    assert "resolution preview" in runs[repository]
