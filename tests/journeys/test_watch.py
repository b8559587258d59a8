"""After a closing: the looks that were promised, on a virtual clock."""

from datetime import timedelta

import pytest

from bot.simulator.payloads import issue_event
from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, world, write_policy
from tests.journeys.test_merge import open_pull
from tests.journeys.test_tickets import tickets
from tests.journeys.waiting import home, labelled_often
from tests.journeys.watching import BACK, DAY, GONE, HOUR, POLICY, SOON, WEEK, later, looks, parked, pushed, watched


async def test_the_ladder_is_promised_and_kept(on_stage: Staging, shas: Shas) -> None:
    """Three looks without a word, and one line after the last."""
    async with watched(on_stage, shas) as stage:
        promised = answers(await stage.issue())
        for ahead in (HOUR, DAY):
            await later(stage, ahead)
        silent = answers(await stage.issue())
        await later(stage, WEEK)
        issue, left = await stage.issue(), await parked(stage)
    assert "**Next re-checks** · I look again in 1 h, 24 h and 7 days, last on 20" in promised[0]
    assert silent == promised
    (last,) = answers(issue)
    assert "· still holds (2 criteria asked again)." in last
    assert (issue["state"], left, len(looks(stage))) == ("closed", 0, 3)


async def test_what_failed_twice_is_reopened(on_stage: Staging, shas: Shas) -> None:
    """Once seen it is measured again; then the issue is open, labelled, and told what came back."""
    async with watched(on_stage, shas) as stage:
        (closing,) = answers(await stage.issue())
        await pushed(stage, GONE)
        await later(stage, HOUR)
        after_one = await stage.issue()
        await later(stage, HOUR + SOON)
        issue, left = await stage.issue(), await parked(stage)
    assert (after_one["state"], answers(after_one)) == ("closed", [closing])
    assert (issue["state"], "regression" in issue["labels"], "done" in issue["labels"], left) == (
        "open",
        True,
        False,
        0,
    )
    first, second = answers(issue)
    assert closing.startswith("### ✅ Resolved: closed as completed")
    assert same_as_file(stable(first), FOLDER / "watch-undone.md")
    assert second.startswith("### 🔁 Came back, and reopened\n\n**The module is packaged** held when this issue was")


async def test_a_long_history_hides_nothing(on_stage: Staging, shas: Shas) -> None:
    """More labels than GitHub tells at once, none of them a hold: it is watched like any other issue."""
    async with watched(on_stage, shas) as stage:
        labelled_often(stage.github, 150)
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue = await stage.issue()
    assert (issue["state"], "regression" in issue["labels"]) == ("open", True)


async def test_a_fix_that_is_reverted(on_stage: Staging, shas: Shas) -> None:
    """A commit that the closing was built on is taken back: that is seen, though it is still in the history."""
    policy = f"version: 1\nmode: act\nclaims: off\nwatch: 1h\ncriteria:\n  - {{id: fix, commit: {shas.fix}}}\n"
    async with watched(on_stage, shas, policy) as stage:
        files = {"service/monitoring.py": None, "service/config.py": 'HOST = "api.staging.example.com"\n'}
        message = f'Revert "Package"\n\nThis reverts commit {shas.fix}.'
        await stage.github.control("commit", repo=REPO, branch="main", files=files, message=message, author="bob")
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue = await stage.issue()
    assert issue["state"] == "open"
    assert "reverted" in answers(issue)[-1]


async def test_what_failed_once_is_no_regression(on_stage: Staging, shas: Shas) -> None:
    """The second look finds it there again: nothing is said, and the ladder goes on."""
    async with watched(on_stage, shas) as stage:
        before = answers(await stage.issue())
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await pushed(stage, BACK)
        await later(stage, HOUR + SOON)
        issue, left = await stage.issue(), await parked(stage)
    assert (issue["state"], answers(issue), left) == ("closed", before, 1)


async def test_an_error_is_no_failure(on_stage: Staging, shas: Shas) -> None:
    """A failure, then GitHub that cannot be read, then one failure: that is not twice in a row."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await stage.github.fault("status:502", method="POST", path="/graphql$", times=None)
        await later(stage, HOUR + SOON)
        stage.github.simulator.faults.clear()
        await later(stage, HOUR + 2 * SOON)
        after_three = await stage.issue()
        await later(stage, HOUR + 3 * SOON)
        issue = await stage.issue()
    assert (after_three["state"], len(answers(after_three))) == ("closed", 1)
    assert (issue["state"], len(answers(issue))) == ("open", 2)
    assert [len(fields["failing"]) for _, fields in looks(stage)] == [1, 0, 1, 1]


async def test_slept_through_is_made_up_for_once(on_stage: Staging, shas: Shas) -> None:
    """After a week without us there is one look, and the last word."""
    async with watched(on_stage, shas) as stage:
        await later(stage, WEEK)
        issue, left = await stage.issue(), await parked(stage)
    assert (len(looks(stage)), left) == (1, 0)
    assert "· still holds (2 criteria asked again)." in answers(issue)[0]


@pytest.mark.parametrize("how", ["reopened", "closed-anew", "not-planned", "archived"])
async def test_what_ends_it_in_silence(on_stage: Staging, shas: Shas, how: str) -> None:
    """Whatever a person has decided since, be it that nobody told: the answer does not keep its promise."""
    async with watched(on_stage, shas) as stage:
        before = answers(await stage.issue())
        stage.github.world.app.webhook_url = None
        await pushed(stage, GONE)
        if how == "archived":
            home(stage.github).archived = True
        else:
            await stage.github.control("reopen", repo=REPO, issue=1, login="bob")
        if how in {"closed-anew", "not-planned"}:
            reason = "completed" if how == "closed-anew" else "not_planned"
            stage.clock.ahead = timedelta(minutes=5)
            await stage.github.control("close", repo=REPO, issue=1, login="bob", reason=reason)
        await later(stage, HOUR)
        issue, left = await stage.issue(), await parked(stage)
    assert [name for name, _ in looks(stage)] == ["watch-ended"]
    assert (len(answers(issue)), left) == (len(before), 0)
    words = {"archived": "**Next re-checks**", "reopened": "**No more re-checks** · it was reopened."}
    said = words.get(how, "**No more re-checks** · it was closed anew.")
    assert (said in answers(issue)[0], answers(issue)[0].count("re-checks**")) == (True, 1)


async def test_a_reopening_ends_it_at_once(on_stage: Staging, shas: Shas) -> None:
    """Nobody reads for days that the open issue is looked at again; nothing is measured for that."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        await stage.github.control("reopen", repo=REPO, issue=1, login="bob")
        await stage.quiet()
        issue, left = await stage.issue(), await parked(stage)
    assert ([name for name, _ in looks(stage)], left) == (["watch-ended"], 0)
    (answer,) = answers(issue)
    assert "**No more re-checks** · it was reopened." in answer
    assert "I look again" not in answer


async def test_what_wakes_a_watch_for_nothing(on_stage: Staging, shas: Shas) -> None:
    """Told of a reopening that GitHub does not show, it keeps its promise: it looks when it is due, and not before."""
    async with watched(on_stage, shas) as stage:
        before = answers(await stage.issue())
        there = stage.github.world
        issue_event(there, home(stage.github).issues[1], "reopened", there.account("bob"))
        await stage.quiet()
        early, waits = len(looks(stage)), await parked(stage)
        await later(stage, HOUR)
        issue, left = await stage.issue(), await parked(stage)
    assert (early, waits, len(looks(stage)), left) == (0, 1, 1, 1)
    assert answers(issue) == before


async def test_a_reopening_where_nothing_is_watched(on_stage: Staging, shas: Shas) -> None:
    """GitHub is asked for nothing."""
    async with watched(on_stage, shas, POLICY.replace("watch: [1h, 1d, 7d]\n", "watch: []\n")) as stage:
        before = len(await stage.github.exchanges())
        await stage.github.control("reopen", repo=REPO, issue=1, login="bob")
        await stage.quiet()
        assert len(await stage.github.exchanges()) == before


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (POLICY.replace("watch: [1h, 1d, 7d]\n", "watch: []\n"), "the policy asks for no watch any more"),
        (f"{POLICY.partition('criteria')[0]}criteria: [{{id: unit, check: unit}}]\n", "nothing of what held is asked"),
    ],
    ids=["watch-gone", "criteria-gone"],
)
async def test_what_the_policy_ends(on_stage: Staging, shas: Shas, policy: str, why: str) -> None:
    """The answer does not keep standing with its promise: it gets one line."""
    async with watched(on_stage, shas) as stage:
        await write_policy(stage, policy)
        await later(stage, HOUR)
        issue, left = await stage.issue(), await parked(stage)
    assert ([name for name, _ in looks(stage)], left) == (["watch-ended"], 0)
    assert f"**No more re-checks** · {why}" in answers(issue)[0]


async def test_a_second_closing_takes_its_place(on_stage: Staging, shas: Shas) -> None:
    """Asked again, it is watched from then on: one watch, one promise."""
    async with watched(on_stage, shas) as stage:
        stage.clock.ahead = timedelta(minutes=30)
        await stage.command("/assess-resolution")
        one = await parked(stage)
        await later(stage, HOUR + timedelta(minutes=30))
    assert (one, [fields["look"] for _, fields in looks(stage)]) == (1, [0])


async def test_in_advise_mode_it_is_only_said(on_stage: Staging, shas: Shas) -> None:
    """One comment, no label, no opening."""
    async with watched(on_stage, shas, POLICY.replace("mode: act", "mode: advise")) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue, left = await stage.issue(), await parked(stage)
    assert (issue["state"], "regression" in issue["labels"], left) == ("closed", False, 0)
    first, second = answers(issue)
    assert "**No longer holds** · 20" in first
    assert second.startswith("### 🔁 No longer holds")
    ways = "the reporter or anyone with triage can comment `/reopen`"
    assert f"**Not reopened by me** · by myself I only advise here: {ways}." in second


LONG = POLICY.replace("[1h, 1d, 7d]", "[20d]")
LATE = timedelta(days=20, minutes=1)


@pytest.mark.parametrize("locked", [False, True], ids=["old", "locked"])
async def test_old_or_locked_is_filed_anew(on_stage: Staging, shas: Shas, locked: bool) -> None:
    """One new issue that refers to it; the old one stays closed, and our answer leads there."""
    async with watched(on_stage, shas, POLICY if locked else LONG) as stage:
        await pushed(stage, GONE)
        home(stage.github).issues[1].locked = locked
        await later(stage, HOUR if locked else LATE)
        await later(stage, (HOUR if locked else LATE) + SOON)
        issue, (new,) = await stage.issue(), tickets(stage.github)
    assert (issue["state"], "regression" in issue["labels"], len(answers(issue))) == ("closed", False, 1)
    assert (new.title, [one.name for one in new.labels]) == (
        "Came back since #1: The module is packaged",
        ["regression"],
    )
    assert new.body.startswith("#1 was closed, and what held then does not hold any more. It ")
    assert "**Came back, filed anew** · 20" in answers(issue)[0]


async def test_reopened_after_it_was_filed_anew(on_stage: Staging, shas: Shas) -> None:
    """The answer, which says that it is open again, still leads to the new issue."""
    async with watched(on_stage, shas, LONG) as stage:
        await pushed(stage, GONE)
        await later(stage, LATE)
        await later(stage, LATE + SOON)
        issue = await stage.command("/reopen it fails here", login="carol")
    assert answers(issue)[0].startswith("### ↩️ Reopened: it had been closed as completed")
    assert answers(issue)[0].count("**Came back, filed anew** · 20") == 1


async def test_a_person_who_closes_again_has_the_last_word(on_stage: Staging, shas: Shas) -> None:
    """After our opening: nothing is watched there any more, though somebody asks for an assessment."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        await pushed(stage, BACK)
        await stage.command("/assess-resolution")
        left, refused = await parked(stage), await stage.command("/resolution watch 24h")
    assert left == 0
    assert "bob closed it again after I had reopened it, so I watch nothing here." in answers(refused)[-1]


async def test_a_look_that_dies_for_good(on_stage: Staging, shas: Shas) -> None:
    """What it had promised does not keep standing: the answer says so, and the operator is told."""
    async with watched(on_stage, shas) as stage:
        await stage.github.fault("status:503", method="GET", path="/issues/1/comments$", times=None)
        stage.clock.ahead = WEEK
        await stage.heard("watch-dead", 1)
        stage.github.simulator.faults.clear()
        await stage.quiet()
        (answer,) = answers(await stage.issue())
        status = answers(await stage.command("/resolution status"))[-1]
    assert "**No more re-checks** · they broke off (reference `" in answer
    assert "**No more re-checks** · they broke off (reference `" in status


async def test_after_a_merge(on_stage: Staging, shas: Shas) -> None:
    """What it closed by itself is watched as well."""
    async with on_stage(world(shas, pulls=open_pull("Adds `service/later.py`.", [1]))) as stage:
        await write_policy(stage, POLICY.replace("monitoring.py", "later.py"))
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: any("re-checks" in text for text in answers(seen)))
        await stage.quiet()
        await pushed(stage, {"service/later.py": None})
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue = await stage.issue()
    assert (issue["state"], "regression" in issue["labels"]) == ("open", True)


async def test_the_explanation(on_stage: Staging, shas: Shas) -> None:
    """As people read it, from the first line to the last."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        _, explanation = answers(await stage.issue())
    assert same_as_file(stable(explanation.partition("<sub>")[0]), FOLDER / "watch-reopened.md")
