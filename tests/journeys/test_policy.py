"""The repository's own policy, sound and broken."""

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, reactions, world, write_policy

SOUND = """\
version: 1
claims: off
labels: {add: [development-complete], remove: [bug], hold: [do-not-close]}
criteria:
  - id: packaged
    title: The module is packaged
    file: service/monitoring.py
  - id: migrated
    title: The staging host is gone
    code: {absent: "api.staging.example.com", include: ["service/**"]}
"""


async def test_policy_decides(on_stage: Staging, shas: Shas) -> None:
    """Criteria of the file are asked, labels are changed as it says, and the tree is searched."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert (issue["state"], issue["labels"]) == ("closed", ["development-complete"])
    assert "The staging host is gone" in answer
    assert "label development-complete added" in answer


async def test_broken_policy(on_stage: Staging, shas: Shas) -> None:
    """A broken policy is answered with path, line, column and what was meant; nothing is closed."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\ncriterias:\n  - file: README.md\n")
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert ".github/resolution.yml:2:1" in answer
    assert "criteria" in answer
    assert "confused" in reactions(issue, issue["comments"][0]["id"])


async def test_hold_label(on_stage: Staging, shas: Shas) -> None:
    """A hold label keeps an issue open, whatever the evidence."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, SOUND)
        await stage.github.control("label", repo=REPO, issue=1, login="bob", add=["do-not-close"], remove=[])
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "a label holds it" in answers(issue)[0].splitlines()[0]


@pytest.mark.parametrize("profile", ["nightly"])
async def test_unknown_profile(on_stage: Staging, shas: Shas, profile: str) -> None:
    """A profile that the policy does not have is refused by name."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command(f"/assess-resolution {profile}")
    assert issue["state"] == "open"
    assert "nightly" in answers(issue)[0]


async def test_unknown_criterion(on_stage: Staging, shas: Shas) -> None:
    """`--only` with an id that is not asked names those that are."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution --only=cii")
    assert "`ci`" in answers(issue)[0]
