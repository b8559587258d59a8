"""Who may not is told so once a day; people without a say get the help once a day. Every command has its reaction."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, reactions, world, write_policy

COMMANDS = ("/assess-resolution", "/assess-resolution --dry-run", "/confirm-fixed", "/resolution waive ci x")


async def test_one_denial_a_day(on_stage: Staging, shas: Shas) -> None:
    """Whatever is asked: the second time within 24 hours only the reaction answers, and after that it is said again."""
    async with on_stage(world(shas)) as stage:
        for command in COMMANDS:
            issue = await stage.command(command, login="dora")
            assert reactions(issue, issue["comments"][-1]["id"]) <= {"confused"}
        (denial,) = answers(issue)
        stage.github.world.clock = stage.clock
        stage.clock.ahead = timedelta(hours=23, minutes=59)
        assert len(answers(await stage.command(COMMANDS[0], login="dora"))) == 1
        stage.clock.ahead = timedelta(hours=24, minutes=1)
        issue = await stage.command(COMMANDS[0], login="dora")
    assert answers(issue) == [denial, answers(issue)[1]]
    assert "@dora, closing needs **triage** here; you hold **read**." in answers(issue)[1]
    asked = [one["id"] for one in issue["comments"] if one["author"] == "dora"]
    assert [reactions(issue, one) for one in asked] == [{"confused"}] * 6


async def test_each_person_on_each_issue(on_stage: Staging, shas: Shas) -> None:
    """Somebody else is told, and the same person on another issue."""
    other = {"number": 3, "title": "Another", "body": "x", "author": "carol"}
    made = world(shas)
    made["repositories"][0]["issues"].append(other)
    async with on_stage(made) as stage:
        await stage.command("/assess-resolution", login="dora")
        issue = await stage.command("/assess-resolution", login="emil")
        elsewhere = await stage.command("/assess-resolution", login="dora", issue=3)
    assert [text.split(",")[0] for text in answers(issue)] == ["👋 @dora", "👋 @emil"]
    assert len(answers(elsewhere)) == 1


async def test_a_fault_is_always_answered(on_stage: Staging, shas: Shas) -> None:
    """What cannot be read is no denial, and who could not be asked about is not denied."""
    async with on_stage(world(shas)) as stage:
        await stage.command("/assess-resolution", login="dora")
        issue = await stage.command("/assess-resolution --dryrun", login="dora")
    assert "did you mean --dry-run?" in answers(issue)[1]


@pytest.mark.parametrize(
    ("login", "told"),
    [("stranger", 1), ("dora", 1), ("carol", 3), ("ann", 3)],
    ids=["none", "read", "author", "triage"],
)
async def test_help(on_stage: Staging, shas: Shas, login: str, told: int) -> None:
    """Who has a say, or reported the issue, gets the help as often as he asks; others once, and a reaction then."""
    async with on_stage(world(shas)) as stage:
        for _ in range(3):
            issue = await stage.command("/assess-resolution help", login=login)
    assert [text.splitlines()[0] for text in answers(issue)] == ["### Commands"] * told
    asked = [one["id"] for one in issue["comments"] if one["author"] == login]
    assert [reactions(issue, one) for one in asked] == [{"+1"}] * 3


async def test_the_author_of_the_fix_is_told_once(on_stage: Staging, shas: Shas) -> None:
    """A right that is missing for another reason than the role is a denial as well."""
    async with on_stage(world(shas, collaborators={"bob": "admin"})) as stage:
        await stage.command("/resolution waive ci It is flaky.", login="bob")
        issue = await stage.command("/resolution waive ci It really is.", login="bob")
    (denial,) = answers(issue)
    assert "you are one of those who wrote the fix" in denial
    assert "confused" in reactions(issue, issue["comments"][-1]["id"])


ASKS_BEYOND = "```yaml\n- {id: health, http: 'https://api.example.com/health'}\n```"
ASKS_HERE = "```yaml\n- {id: notes, file: docs/notes.md}\n```"


@pytest.mark.parametrize(
    ("look", "command", "words"),
    [
        pytest.param("maintain", "/assess-resolution --dry-run", "needs **maintain** here", id="the-policy"),
        pytest.param("write", f"/assess-resolution\n{ASKS_HERE}", "need **write** here", id="own-criteria"),
        pytest.param("triage", f"/assess-resolution\n{ASKS_BEYOND}", "ask beyond GitHub", id="beyond-github"),
    ],
)
async def test_what_only_the_policy_or_a_block_denies(
    on_stage: Staging, shas: Shas, look: str, command: str, words: str
) -> None:
    """It is known when the issue is read, and told once as well; a fault is told each time."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, f"version: 1\npermissions: {{look: {look}}}\n")
        for _ in range(3):
            issue = await stage.command(command)
        faulty = await stage.command("/assess-resolution nightly")
    (denial,) = answers(issue)
    assert words in denial
    asked = [one["id"] for one in issue["comments"] if one["author"] == "ann"]
    assert [reactions(issue, one) for one in asked] == [{"eyes", "confused"}] * 3
    assert len(answers(faulty)) == 2


async def test_a_denial_beside_other_answers(on_stage: Staging, shas: Shas) -> None:
    """Several denials in one comment are told together; the second time the rest is still answered."""
    body = "/resolution waive ci It is flaky.\n\n/resolution status\n\n/assess-resolution --dry-run"
    async with on_stage(world(shas, collaborators={"bob": "maintain"})) as stage:
        await write_policy(stage, "version: 1\npermissions: {look: admin}\n")
        first = answers(await stage.command(body, login="bob"))
        second = answers(await stage.command(body, login="bob"))[1]
    assert "needs **admin** here" in first[0]
    assert "you are one of those who wrote the fix" in first[0]
    assert "### 📌" in second
    assert "👋" not in second
