"""`/resolution cancel` takes an announced closing back: nothing goes on saying that it will come."""

from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, write_policy
from tests.journeys.test_grace import DAY, HOUR, POLICY, announced, closings, merged
from tests.journeys.waiting import ISSUE, asked, parked, suite_world
from tests.journeys.waiting import POLICY as WAITING


async def test_an_announced_closing(on_stage: Staging, shas: Shas) -> None:
    """Its answer says so in the first line, its label is gone, and nothing is closed at that time."""
    async with announced(on_stage, shas) as (stage, _):
        said = await stage.command("/resolution cancel")
        left, status = await parked(stage), await stage.command("/resolution status")
        stage.clock.ahead = DAY
        await stage.quiet()
        issue, closed = await stage.issue(), closings(stage)
    assert (left, issue["state"], closed, sorted(issue["labels"])) == (0, "open", 0, ["bug"])
    assert "⏹️ Ended by `@ann`: the closing that was announced for 20" in answers(said)[-1]
    assert "that waited" not in answers(said)[-1]
    assert same_as_file(stable(answers(issue)[0]), FOLDER / "grace-called-off.md")
    assert "will be closed" not in "".join(answers(status))


async def test_what_is_heard_afterwards(on_stage: Staging, shas: Shas) -> None:
    """A merge is left to the announcement, which the operator is told; once that is called off it announces anew."""
    async with announced(on_stage, shas, f"mode: act\n{POLICY}") as (stage, _):
        await merged(stage, 2)
        told = [fields["issue"] for name, fields in stage.events if name == "left-announced"]
        await stage.command("/resolution cancel", login="bob")
        stage.clock.ahead = HOUR
        await merged(stage, 4)
        issue, left = await stage.issue(), await parked(stage)
    assert (told, left, "closing-soon" in issue["labels"]) == ([1], 1, True)
    assert answers(issue)[-1].startswith("### ✅ Resolved: will be closed on")


async def test_closed_by_hand_meanwhile(on_stage: Staging, shas: Shas) -> None:
    """Then it is not said to be open; what was asked below the command stays below the answer."""
    async with on_stage(suite_world(shas)) as stage:
        await write_policy(stage, POLICY)
        await stage.command("/assess-resolution\n/assess-resolution help")
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="not_planned")
        issue = await stage.command("/resolution cancel")
    (answer, *_) = answers(issue)
    assert answer.startswith("### ✅ Resolved: left closed as not planned")
    assert ("Why it stays open" in answer, "| `/assess-resolution" in answer) == (False, True)


async def test_an_answer_that_waits(on_stage: Staging, shas: Shas) -> None:
    """It is written anew as well, its label comes off, and whoever asks how things stand is not told that it waits."""
    policy = f"{WAITING}labels: {{pending: waiting}}\n"
    async with asked(on_stage, suite_world(shas), policy) as (stage, _):
        before = await stage.issue()
        issue = await stage.command("/resolution cancel")
        status = answers(await stage.command("/resolution status"))[-1]
    assert (sorted(before["labels"]), issue["labels"]) == ([*ISSUE["labels"], "waiting"], ISSUE["labels"])
    assert "**Waiting for** · " in answers(before)[0]
    assert same_as_file(stable(answers(issue)[0]), FOLDER / "wait-called-off.md")
    assert "· ⏹️ No longer waited for: left open · 1 of 2 criteria not decided" in status
