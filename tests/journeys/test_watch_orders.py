"""`/resolution watch`, `unwatch`, `cancel`, and what `status` says of a watch."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, world, write_policy
from tests.journeys.waiting import asked, suite_world
from tests.journeys.watching import GONE, HOUR, POLICY, SOON, later, looks, parked, pushed, watched

PROMISE = "**Next re-checks** · I look again"
UNWATCHED = POLICY.replace("watch: [1h, 1d, 7d]\n", "watch: []\n")


async def test_one_look_of_its_own(on_stage: Staging, shas: Shas) -> None:
    """Without a policy's watch: once after that time, whatever the policy says, and then the last word."""
    async with watched(on_stage, shas, UNWATCHED) as stage:
        none = await parked(stage)
        asked_for = await stage.command("/resolution watch 3h")
        one, status = await parked(stage), await stage.command("/resolution status")
        await later(stage, timedelta(hours=3, minutes=1))
        issue, left = await stage.issue(), await parked(stage)
    assert (none, one, left) == (0, 1, 0)
    assert "👁️ I look again in 3 h, on 20" in answers(asked_for)[-1]
    assert "at 2 criteria that can fall back" in answers(asked_for)[-1]
    assert "**Next re-check** · at " in answers(status)[-1]
    assert "**Next re-checks** · I look again in 3 h, on 20" in answers(asked_for)[0]
    assert "· still holds (2 criteria asked again)." in answers(issue)[0]
    assert PROMISE not in answers(issue)[0]


async def test_it_takes_the_place_of_the_policys(on_stage: Staging, shas: Shas) -> None:
    """Without a time the ladder begins anew, counted from the command; there is one watch."""
    async with watched(on_stage, shas) as stage:
        stage.clock.ahead = timedelta(minutes=50)
        again = await stage.command("/resolution watch")
        one = await parked(stage)
        stage.clock.ahead = HOUR
        await stage.quiet()
        early = len(looks(stage))
        await later(stage, HOUR + timedelta(minutes=50))
    assert "👁️ I look again in 1 h, 24 h and 7 days" in answers(again)[-1]
    assert (one, early, len(looks(stage))) == (1, 0, 1)
    assert answers(again)[0].count(PROMISE) == 1
    assert ", as `@ann` asked on 20" in answers(again)[0]


async def test_unwatch(on_stage: Staging, shas: Shas) -> None:
    """Nothing is looked at any more, and our answer does not keep standing with its promise."""
    async with watched(on_stage, shas) as stage:
        ended = await stage.command("/resolution unwatch")
        left, again = await parked(stage), await stage.command("/resolution unwatch")
    assert left == 0
    assert "⏹️ Ended by `@ann`: no more re-checks (the next would have been at " in answers(ended)[-1]
    assert "**No more re-checks** · `@ann` ended them." in answers(ended)[0]
    assert PROMISE not in answers(ended)[0]
    assert answers(again)[-1].startswith("No re-check is planned here.")


async def test_watched_anew(on_stage: Staging, shas: Shas) -> None:
    """One line says how it stands: what is ordered takes the place of the line that says how it ended, and back."""
    async with watched(on_stage, shas) as stage:
        lines = []
        for order in ("unwatch", "watch 24h", "unwatch"):
            (answer, *_) = answers(await stage.command(f"/resolution {order}"))
            lines.append([line for line in answer.splitlines() if "re-checks**" in line])
    assert [len(found) for found in lines] == [1, 1, 1]
    assert [found[0].startswith(PROMISE) for found in lines] == [False, True, False]


async def test_cancel_ends_an_answer_that_waits(on_stage: Staging, shas: Shas) -> None:
    """It does not go on, and says so itself."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        waiting = await parked(stage)
        ended = await stage.command("/resolution cancel")
        left, again = await parked(stage), await stage.command("/resolution cancel")
    assert (waiting, left) == (1, 0)
    assert "1 answer that waited goes on no more. `/assess-resolution` asks anew." in answers(ended)[-1]
    assert ": ann ended it; `/assess-resolution` asks anew." in answers(ended)[0]
    assert answers(again)[-1].startswith("Nothing waits here")


async def test_cancel_ends_a_watch(on_stage: Staging, shas: Shas) -> None:
    """And says so, in the answer that promised it."""
    async with watched(on_stage, shas) as stage:
        ended = await stage.command("/resolution cancel")
        left = await parked(stage)
    assert (left, "no more re-checks" in answers(ended)[-1]) == (0, True)


async def test_reopen_ends_a_watch(on_stage: Staging, shas: Shas) -> None:
    """Whoever has it opened again knows better: nothing is looked at, and what fails then is no news."""
    async with watched(on_stage, shas) as stage:
        before = await parked(stage)
        said = answers(await stage.command("/reopen it fails here", login="carol"))
        left = await parked(stage)
        await pushed(stage, GONE)
        stage.clock.ahead = HOUR
        await stage.quiet()
        issue = await stage.issue()
    assert (before, left, looks(stage)) == (1, 0, [])
    assert PROMISE not in said[0]
    assert (issue["state"], answers(issue)) == ("open", said)


async def test_reopen_after_an_order(on_stage: Staging, shas: Shas) -> None:
    """What was promised below the answer does not stand there either."""
    async with watched(on_stage, shas, UNWATCHED) as stage:
        await stage.command("/resolution watch 24h")
        said = answers(await stage.command("/reopen it fails here", login="carol"))
    assert [PROMISE in one for one in said] == [False, False]


@pytest.mark.parametrize("command", ["watch 24h", "unwatch", "cancel"])
async def test_who_may_not(on_stage: Staging, shas: Shas, command: str) -> None:
    """The issue's author may not, and is told what he can do."""
    async with watched(on_stage, shas) as stage:
        denied = await stage.command(f"/resolution {command}", login="carol")
        left = await parked(stage)
    assert left == 1
    assert "needs **triage** here; you hold **read**" in answers(denied)[-1]


async def test_what_cannot_be_watched(on_stage: Staging, shas: Shas) -> None:
    """An open issue, and one that was not closed on evidence."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, UNWATCHED)
        still_open = answers(await stage.command("/resolution watch"))[-1]
        await stage.github.control("close", repo="acme/service", issue=1, login="bob", reason="completed")
        unproven = answers(await stage.command("/resolution watch"))[-1]
    assert still_open.startswith("This issue is open, so there is nothing to watch")
    assert unproven.startswith("This issue was not closed on evidence of mine")


async def test_what_is_settled_is_not_watched(on_stage: Staging, shas: Shas) -> None:
    """A merge stays a merge: there is nothing to look at again."""
    policy = (
        "version: 1\nclaims: off\nwatch: 1h\ncriteria: [{id: pulls, title: Merged, pull: {number: 2, state: merged}}]\n"
    )
    async with watched(on_stage, shas, policy) as stage:
        left, answer = await parked(stage), await stage.command("/resolution watch")
    assert (left, "re-checks" in answers(answer)[0]) == (0, False)
    assert answers(answer)[-1].startswith("Nothing of what held here can fall back")


async def test_status_names_how_a_watch_ended(on_stage: Staging, shas: Shas) -> None:
    """Ended by somebody; not where another one is on, nor where the issue is open again."""
    async with watched(on_stage, shas) as stage:
        await stage.command("/resolution unwatch")
        ended = answers(await stage.command("/resolution status"))[-1]
        await stage.command("/resolution watch 3h")
        again = answers(await stage.command("/resolution status"))[-1]
        await stage.command("/resolution unwatch")
        await stage.github.control("reopen", repo="acme/service", issue=1, login="bob")
        opened = answers(await stage.command("/resolution status"))[-1]
    assert "**No more re-checks** · `@ann` ended them." in ended
    assert ["No more re-checks" in one for one in (again, opened)] == [False, False]


async def test_status_names_what_is_in_doubt(on_stage: Staging, shas: Shas) -> None:
    """Between the two looks."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        status = await stage.command("/resolution status")
        await later(stage, HOUR + SOON)
    assert "; it measures `packaged` again, which failed in the look before" in answers(status)[-1]


@pytest.mark.parametrize(
    "then",
    ["/resolution unwatch", "/resolution cancel", "/resolution watch 2h", "/reopen it fails", "came-back", "seen"],
)
async def test_the_reply_to_an_order(on_stage: Staging, shas: Shas, then: str) -> None:
    """It is folded away when what it promised is over, however that is; another order's promise stands."""
    async with watched(on_stage, shas, UNWATCHED) as stage:
        before = answers(await stage.command("/resolution watch 1h"))
        if then == "came-back":
            await pushed(stage, GONE)
        for ahead in {"came-back": (HOUR, HOUR + SOON), "seen": (HOUR,)}.get(then, ()):
            await later(stage, ahead)
        if then.startswith("/"):
            await stage.command(then)
        after = answers(await stage.issue())
    promises = [sum(one.startswith("👁️ I look again in ") for one in said) for said in (before, after)]
    assert promises == [1, "watch 2h" in then]
    assert not any("in 1 h, on 20" in one for one in after)
