"""Somebody closes an issue whose policy asks for the reporter's word: a note asks for it, and later says what came."""

from datetime import timedelta
from typing import Any

from tests.journeys.conftest import Staging
from tests.journeys.guarding import FALLS, HOLDS, ROBOT, close, note, plain_world, policy, reopen, why_left
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, write_policy
from tests.journeys.test_silence import silenced, unread
from tests.journeys.waiting import parked

CONFIRMED = f"{HOLDS}  - {{id: confirmed, title: The reporter confirms it, confirmation: {{within: 14d}}}}\n"
ACT = "mode: act\nwatch: []\n"


async def closed(stage: Stage, guard: str = "reopen") -> dict[str, Any]:
    """ann closes it, and carol's word is waited for."""
    await write_policy(stage, policy(guard, CONFIRMED, ACT))
    issue = await close(stage)
    assert await parked(stage) == 1
    return issue


async def looks_later(stage: Stage, ahead: timedelta = timedelta(minutes=11)) -> None:
    """So much time goes by that what is parked looks again."""
    looks = len(ends(stage))
    stage.clock.ahead += ahead
    while len(ends(stage)) == looks:
        await stage.idle()
    await stage.quiet()


def ends(stage: Stage) -> list[str]:
    """How each look ended."""
    return [name for name, _ in stage.events if name in {"parked", "assessed", "closing-left"}]


async def test_the_note_asks(on_stage: Staging, shas: Shas) -> None:
    """By plain name, until when, and how; the issue stays closed, and looks that find nothing new say nothing."""
    async with on_stage(plain_world(shas)) as stage:
        asks = note(await closed(stage))
        await looks_later(stage)
        assert note(await stage.issue()) == asks
        assert await parked(stage) == 1
    assert asks.startswith(
        "⏳ Closed by `@ann`, and I wait for carol to confirm the fix: `/confirm-fixed` in a comment, "
    )
    assert "until " in asks
    assert "@carol" not in asks


async def test_the_reporter_confirms(on_stage: Staging, shas: Shas) -> None:
    """The note says that it holds then, with the labels of a closing; the receipt is a reaction."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        word = await stage.github.comment(REPO, 1, "carol", "/confirm-fixed")
        await stage.answered(word)
        issue = await stage.until(lambda seen: "and it holds" in note(seen))
        await stage.quiet()
        assert await parked(stage) == 0
        issue = await stage.issue()
    assert (issue["state"], issue["labels"]) == ("closed", ["bug", "done"])
    assert reactions(issue, word) == {"eyes", "+1"}


async def test_the_reporter_holds_something_back(on_stage: Staging, shas: Shas) -> None:
    """That is no confirmation: nothing is said to hold, a receipt says why, and a plain word is waited for."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        word = await stage.github.comment(REPO, 1, "carol", "/confirm-fixed\n\nBut the export is still broken.")
        await stage.answered(word)
        await stage.quiet()
        issue = await stage.issue()
        asks, receipt = answers(issue)
        assert (asks[:20], issue["labels"], await parked(stage)) == ("⏳ Closed by `@ann`, ", ["bug"], 1)
        assert 'you hold something back, as I read "But the export is still broken". I go on waiting.' in receipt
        stage.clock.ahead += timedelta(seconds=5)
        await stage.github.comment(REPO, 1, "carol", "/confirm-fixed")
        issue = await stage.until(lambda seen: "and it holds" in answers(seen)[0])
        await stage.quiet()
        assert (await stage.issue())["labels"] == ["bug", "done"]


async def test_nobody_confirms(on_stage: Staging, shas: Shas) -> None:
    """The same note says that the time is over, and the issue is left as it is."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        stage.github.world.clock = stage.clock
        await looks_later(stage, timedelta(days=14, minutes=1))
        issue = await stage.until(lambda seen: not note(seen).startswith("⏳"))
        await stage.quiet()
        assert await parked(stage) == 0
    assert (issue["state"], issue["labels"]) == ("closed", ["bug"])
    assert note(issue).startswith(
        "❔ Closed by `@ann`, and whether it holds could not be told: `confirmed`: not confirmed"
    )


async def test_where_the_policy_wants_no_word(on_stage: Staging, shas: Shas) -> None:
    """`holding: silent` asks nobody; a word that comes all the same is heard."""
    async with on_stage(plain_world(shas)) as stage:
        assert answers(await closed(stage, "{people: note, holding: silent}")) == []
        await stage.github.comment(REPO, 1, "carol", "/confirm-fixed")
        issue = await stage.until(lambda seen: "done" in seen["labels"])
        await stage.quiet()
    assert answers(issue) == []


async def test_opened_again_meanwhile(on_stage: Staging, shas: Shas) -> None:
    """The note does not keep waiting for what nobody is asked any more: it says so at once."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        await reopen(stage)
        issue = await stage.until(lambda seen: "open again" in note(seen))
        await stage.quiet()
        assert await parked(stage) == 0
    assert note(issue).startswith(
        "ℹ️ I had asked here for a word about a closing, and no longer wait: it is open again."
    )


async def reopened_unheard(stage: Stage) -> None:
    """carol opens it again, and GitHub's word of it is lost."""
    hook, stage.github.world.app.webhook_url = stage.github.world.app.webhook_url, None
    await reopen(stage)
    stage.github.world.app.webhook_url = hook


async def test_closed_anew_by_who_is_not_guarded(on_stage: Staging, shas: Shas) -> None:
    """Nobody else writes into the note: it says itself that it waits no longer."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage, "{people: note, bots: off}")
        await reopened_unheard(stage)
        await close(stage, ROBOT)
        await looks_later(stage)
        assert await parked(stage) == 0
        issue = await stage.issue()
    assert note(issue).startswith(
        "ℹ️ I had asked here for a word about a closing, and no longer wait: it was closed anew."
    )


async def test_closed_anew_and_told(on_stage: Staging, shas: Shas) -> None:
    """What the newer closing's look has written into the note stays."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage, "note")
        await reopened_unheard(stage)
        await write_policy(stage, policy("note", FALLS, ACT))
        told = note(await close(stage))
        await looks_later(stage)
        assert (why_left(stage), await parked(stage)) == (["it was closed anew"], 0)
        assert told == note(await stage.issue())
    assert told.startswith("### ❌ Closed, but not resolved")


async def test_somebody_has_it_assessed(on_stage: Staging, shas: Shas) -> None:
    """The answer of whoever may close takes the note's place."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        issue = await stage.command("/assess-resolution")
        assert await parked(stage) == 1
    assert note(issue).startswith("### ⏳ Closed, but not decided yet")
    assert [one["minimized"] for one in issue["comments"] if one["author"] == "resolution[bot]"] == [True, False]


async def test_closed_again_after_the_note_made_way(on_stage: Staging, shas: Shas) -> None:
    """A note that is out of the way is seen by nobody: who closes it again is told by another one."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage, "note")
        await stage.command("/assess-resolution")
        await stage.command("/resolution cancel")
        await reopen(stage)
        await write_policy(stage, policy("note", FALLS, ACT))
        issue = await close(stage)
    hidden, *_, shown = [one for one in issue["comments"] if one["author"] == "resolution[bot]"]
    assert (hidden["minimized"], hidden["body"].startswith("⏳ Closed by `@ann`")) == (True, True)
    assert (shown["minimized"], shown["body"].startswith("### ❌ Closed")) == (False, True)


async def test_making_way_while_github_is_silent(on_stage: Staging, shas: Shas) -> None:
    """A look that breaks off between the two leaves no note that asks for ever."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        await stage.github.fault("status:503", operation="minimizeComment", times=1)
        issue = await stage.command("/assess-resolution")
        assert await parked(stage) == 1
    assert note(issue).startswith("### ⏳ Closed, but not decided yet")


async def test_called_off(on_stage: Staging, shas: Shas) -> None:
    """Whoever ends the waiting is named in the note."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        issue = await stage.command("/resolution cancel")
        assert await parked(stage) == 0
    assert "**No longer waited for** · `@ann` ended it" in answers(issue)[0]
    assert answers(issue)[1].startswith("⏹️ Ended by `@ann`: no more looks at whether this closing holds. ")


async def test_called_off_in_silence(on_stage: Staging, shas: Shas) -> None:
    """Where no note asks, no answer is said to have waited."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage, "{people: note, holding: silent}")
        issue = await stage.command("/resolution cancel")
        again = await stage.command("/resolution cancel")
        assert await parked(stage) == 0
    assert answers(issue)[0].startswith("⏹️ Ended by `@ann`: no more looks at whether this closing holds. ")
    assert answers(again)[1].startswith("Nothing waits here")


async def test_a_death_while_it_waits(on_stage: Staging, shas: Shas) -> None:
    """The note does not keep a promise that broke off, and says so."""
    async with on_stage(plain_world(shas)) as stage:
        await closed(stage)
        await silenced(stage)
        await unread(stage, 1, timedelta(days=14, hours=1))
        stage.clock.ahead += timedelta(hours=3)
        await stage.heard("job-dead", 1)
        await stage.quiet()
        issue = await stage.issue()
    assert "Something broke on my side after this" in note(issue)
