"""A waiver of two days never becomes a profile that asks less for good."""

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, write_policy
from tests.journeys.test_promoting import ours, said, some

OWN = """\
version: 1
claims: off
criteria:
  - {id: packaged, title: The module is packaged, file: service/monitoring.py}
  - {id: security, title: A security review is there, file: docs/review.md}
  - {id: alarm, title: Alarms are on, scope: operational, file: ops/alarm.yml}
profiles:
  image:
    criteria: [{id: imaged, title: It is in the image, file: service/monitoring.py}]
"""
WAIVE = "/resolution waive security The reviewer is on holiday --until=2d"


async def test_an_exception_is_no_pattern(on_stage: Staging, shas: Shas) -> None:
    """Issues that were closed with a waiver are listed as such, and are proposed as nothing."""
    async with on_stage(some(shas)) as stage:
        await write_policy(stage, OWN)
        for number in (1, 3):
            await stage.command(WAIVE, issue=number, login="mia")
            assert (await stage.command("/assess-resolution", issue=number))["state"] == "closed"
        listed = await said(stage, "/resolution patterns")
        refused = await said(stage, "/resolution promote packaged infra")
        assert ours(stage.github) == []
    assert "| `packaged` | 2 (2 with a waiver) |" in listed
    assert "<pattern>" not in listed
    assert (
        "`packaged` is no pattern that I propose: an exception makes no rule, and `#3` and `#1` were closed" in refused
    )


async def test_what_was_not_asked_of_the_pattern_is_asked_on(on_stage: Staging, shas: Shas) -> None:
    """Issues closed by a smaller profile: with the one that is proposed such an issue needs its review as before."""
    async with on_stage(some(shas)) as stage:
        await write_policy(stage, OWN)
        for number in (1, 3):
            await stage.command("/assess-resolution image", issue=number)
        await write_policy(stage, OWN.replace("id: imaged", "id: other"))
        await stage.command("/assess-resolution image", issue=4)
        await write_policy(stage, OWN)
        told = await said(stage, "/resolution promote imaged infra")
        (one,) = ours(stage.github)
        await stage.github.control("merge", repo=REPO, pull=one.number, login="mia")
        await stage.github.control("reopen", repo=REPO, issue=3, login="carol")
        await stage.quiet()
        issue = await stage.command("/assess-resolution", issue=3)
        answer = answers(issue)[-1]
    assert "| `security` | A security review is there | `file` | required | required |" in told
    assert "infra" in answer
    assert (issue["state"], "A security review is there" in answer, "Alarms are on" in answer) == ("open", True, True)
