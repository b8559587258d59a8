"""Other bots: heard only where the policy trusts them by name, and never talked with."""

import pytest

from bot.simulator.shapes.people import other_app
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, reactions, world, write_policy

TRUSTING = 'version: 1\ntrusted_bots: ["Helper{suffix}"]\n'


@pytest.mark.parametrize("suffix", ["", "[bot]"], ids=["by-slug", "by-login"])
async def test_trusted_bot(on_stage: Staging, shas: Shas, suffix: str) -> None:
    """A bot that the policy trusts is answered as a person is, and its word closes."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, TRUSTING.format(suffix=suffix))
        issue = await stage.command("/assess-resolution", login="helper[bot]")
    assert issue["state"] == "closed"
    assert reactions(issue, issue["comments"][0]["id"]) == {"rocket"}


async def test_a_person_of_that_name(on_stage: Staging, shas: Shas) -> None:
    """Whoever has the name of a trusted bot and writes through an app is not that bot: nothing is done for him."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, TRUSTING.format(suffix=""))
        payload = await stage.late_command("/assess-resolution", login="helper")
        assert payload["comment"]["user"]["type"] == "User"
        payload["comment"]["performed_via_github_app"] = other_app(stage.github.world, "pen")
        await stage.send(payload)
        issue = await stage.issue()
    assert (issue["state"], len(issue["comments"])) == ("open", 1)
    assert reactions(issue, issue["comments"][0]["id"]) == set()


@pytest.mark.parametrize(
    ("policy", "command"),
    [
        pytest.param("", "/assess-resolution", id="untrusted"),
        pytest.param("", "/assess-resolution nightly", id="unknown-profile"),
        pytest.param("version: 1\nwhat: ever\n", "/assess-resolution", id="broken-policy"),
        pytest.param("", "/assess-resolution --dryrun", id="bad-syntax"),
        pytest.param("", "/assess-resolution help", id="help"),
    ],
)
async def test_an_untrusted_bot_is_never_answered(on_stage: Staging, shas: Shas, policy: str, command: str) -> None:
    """No answer and no reaction, whatever is wrong with what it says: two bots that explain themselves never end."""
    async with on_stage(world(shas)) as stage:
        if policy:
            await write_policy(stage, policy)
        await stage.github.comment(REPO, 1, "helper[bot]", command)
        await stage.quiet()
        issue = await stage.issue()
    assert (issue["state"], len(issue["comments"])) == ("open", 1)
    assert reactions(issue, issue["comments"][0]["id"]) == set()


async def test_a_bot_on_a_pull_request(on_stage: Staging, shas: Shas) -> None:
    """Nor is it told that pull requests are not assessed."""
    async with on_stage(world(shas)) as stage:
        await stage.github.comment(REPO, 2, "helper[bot]", "/assess-resolution")
        await stage.quiet()
        state = await stage.github.state()
    assert [len(one["comments"]) for one in state["repositories"][0]["pulls"]] == [1]


async def test_our_own_comment_is_no_command(on_stage: Staging, shas: Shas) -> None:
    """What we say ourselves never sets us off, whatever it looks like."""
    async with on_stage(world(shas)) as stage:
        before = len(await stage.github.exchanges())
        await stage.github.comment(REPO, 1, "resolution[bot]", "/assess-resolution")
        await stage.quiet()
        issue = await stage.issue()
        assert before == len(await stage.github.exchanges())
    assert not answers(issue)[1:]
