"""Labels with roles: made on first use, put on and taken off as it stands, and a person's word against us."""

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_merge import open_pull
from tests.journeys.waiting import BAD, GOOD, POLICY, asked, ended, home, suite_world

ROLES = """\
version: 1
claims: off
mode: act
labels: {resolved: verified, pending: being-checked, wrong: wrong-verdict, hold: [keep-open], remove: [bug]}
criteria:
  - file: service/monitoring.py
"""
FAILING = ROLES.replace("monitoring.py", "absent.py")
WAITING = POLICY.replace("claims: off\n", "claims: off\nlabels: {resolved: verified, pending: being-checked}\n")


def looks(stage: Stage) -> dict[str, tuple[str, str]]:
    """The repository's labels: colour and description."""
    return {label.name: (label.color, label.description or "") for label in home(stage.github).labels.values()}


async def made(stage: Stage) -> list[str]:
    """The requests that make labels."""
    exchanges: Any = await stage.github.exchanges()
    return [one["url"] for one in exchanges if one["method"] == "POST" and one["url"].endswith(f"{REPO}/labels")]


async def test_a_closing_makes_its_labels_once(on_stage: Staging, shas: Shas) -> None:
    """With a colour and words of our own, and those by which people disagree; the second time all are there."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, ROLES)
        issue = await stage.command("/assess-resolution")
        first = await made(stage)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        await stage.github.control("label", repo=REPO, issue=1, login="bob", add=[], remove=["verified"])
        again = await stage.command("/assess-resolution")
        seen, second = looks(stage), await made(stage)
    assert [(one["state"], one["labels"]) for one in (issue, again)] == [("closed", ["verified"])] * 2
    assert (len(first), second) == (3, first)
    assert seen["verified"][0] == "0e8a16"
    assert "with this on it, I only advise" in seen["wrong-verdict"][1]
    assert "Keep it open: with this on it, I do not close" in seen["keep-open"][1]
    assert "being-checked" not in seen


async def test_who_cannot_make_labels_can_hold(on_stage: Staging, shas: Shas) -> None:
    """The first closing made the label, so somebody with triage can put it on: the issue stays open then."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, ROLES)
        await stage.command("/assess-resolution")
        assert "keep-open" in looks(stage)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        await stage.github.control("label", repo=REPO, issue=1, login="ann", add=["keep-open"], remove=["verified"])
        issue = await stage.command("/assess-resolution")
    assert (issue["state"], issue["labels"]) == ("open", ["keep-open"])


async def test_a_label_that_somebody_made_meanwhile(on_stage: Staging, shas: Shas) -> None:
    """That it exists already is a success; that it cannot be made stops nothing."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, ROLES)
        await stage.github.fault("apply-then-status:422", method="POST", path="/service/labels$", times=None)
        issue = await stage.command("/assess-resolution")
    assert (issue["state"], issue["labels"]) == ("closed", ["verified"])


@pytest.mark.parametrize(
    ("log", "labels"), [(GOOD, ["bug", "verified"]), (BAD, ["bug"])], ids=["it-holds", "it-does-not"]
)
async def test_pending_while_it_waits(on_stage: Staging, shas: Shas, log: str, labels: list[str]) -> None:
    """Put on while the verdict is pending, off when it is decided either way."""
    async with asked(on_stage, suite_world(shas), WAITING) as (stage, _):
        waiting = await stage.issue()
        await ended(stage, log)
        issue = await stage.issue()
    assert (waiting["labels"], issue["labels"]) == (["bug", "being-checked"], labels)


async def test_resolved_is_taken_back(on_stage: Staging, shas: Shas) -> None:
    """On a reopened issue that does not hold any more, and the answer says so."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, ROLES)
        await stage.command("/assess-resolution")
        await write_policy(stage, FAILING)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        issue = await stage.command("/assess-resolution")
    assert (issue["state"], issue["labels"]) == ("open", [])
    assert "label verified removed" in answers(issue)[-1]


async def test_an_issue_verified_as_closed_is_labelled(on_stage: Staging, shas: Shas) -> None:
    """Somebody else closed it, and it holds."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, ROLES)
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        issue = await stage.command("/assess-resolution")
    assert issue["labels"] == ["verified"]


@pytest.mark.parametrize("marked", [True, False])
async def test_while_it_is_marked_wrong_we_only_advise(on_stage: Staging, shas: Shas, marked: bool) -> None:
    """A merge that would close and label does neither, and says why."""
    async with on_stage(world(shas, pulls=open_pull("Adds `service/later.py`.", [1]))) as stage:
        await write_policy(stage, ROLES.replace("monitoring.py", "later.py"))
        await stage.github.control(
            "label", repo=REPO, issue=1, login="bob", add=["Wrong-Verdict"] if marked else [], remove=[]
        )
        stage.github.world.close_delay = timedelta(seconds=6)
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: bool(answers(seen)) and (marked or seen["state"] == "closed"))
        await stage.idle()
        issue = await stage.issue()
    assert issue["closed_by"] == (None if marked else "resolution[bot]")
    assert issue["labels"] == (["bug", "Wrong-Verdict"] if marked else ["verified"])
    assert ("left open, a label says that I was wrong" in answers(issue)[0].splitlines()[0]) is marked
