"""A waiver is for what was asked when it was given, not for whatever is asked under that name later."""

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, world, write_policy
from tests.journeys.test_own_criteria import FAILS, with_text
from tests.journeys.test_own_criteria import POLICY as PACKAGED
from tests.journeys.test_waivers import PEOPLE, POLICY

PROFILE = """\
profiles:
  prod:
    criteria:
      - {id: packaged, file: service/monitoring.py}
      - {id: documented, title: The runbook names it, file: docs/runbook.md}
"""
OTHER = "a waiver by `@mia` does not count: it was given for another question of this name; waive again"


async def test_another_profile(on_stage: Staging, shas: Shas) -> None:
    """What has the same name in a profile is another criterion; the policy's own stays waived."""
    async with on_stage(world(shas, collaborators=PEOPLE)) as stage:
        await write_policy(stage, f"{POLICY}{PROFILE}")
        await stage.command("/resolution waive documented The manual is rewritten next month.", login="mia")
        issue = await stage.command("/assess-resolution prod")
        assert issue["state"] == "open"
        assert OTHER in answers(issue)[-1]
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"


@pytest.mark.parametrize(
    ("block", "state"),
    [
        pytest.param("- {id: guide, title: There is a guide, file: docs/other.md}", "open", id="something-else"),
        pytest.param("- {id: guide, title: There is a guide, fiel: docs/guide.md}", "open", id="a-fault"),
        pytest.param("# why\n- id: guide\n  title: There is a guide\n  file: docs/guide.md", "closed", id="the-same"),
    ],
)
async def test_an_edited_text(on_stage: Staging, shas: Shas, block: str, state: str) -> None:
    """What the issue's text asks under that name after an edit was not waived, unless it is the same."""
    made = with_text(shas, FAILS, "ann")
    made["repositories"][0]["collaborators"] = PEOPLE
    async with on_stage(made) as stage:
        await write_policy(stage, PACKAGED)
        await stage.command("/resolution waive guide It takes another week.", login="mia")
        text = f"It is not packaged.\n\n```resolution\n{block}\n```\n"
        await stage.github.control("edit", repo=REPO, issue=1, body=text, login="ann")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == state
    assert (OTHER in answers(issue)[-1]) == (state == "open")
