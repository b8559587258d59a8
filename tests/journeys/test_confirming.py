"""The reporter is asked whether it is fixed, and his word closes the issue, or keeps it open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy

POLICY = """\
version: 1
watch: []
claims: off
criteria:
  - {id: packaged, file: service/monitoring.py}
  - {id: confirmed, title: The reporter confirms it, confirmation: {by: BY, within: 14d}}
"""


@asynccontextmanager
async def asked(on_stage: Staging, shas: Shas, by: str = "reporter") -> AsyncIterator[Stage]:
    """The fix is there, and the answer asks the reporter, carol."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", by))
        await stage.command("/assess-resolution")
        assert await parked(stage) == 1
        yield stage


async def parked(stage: Stage) -> int:
    """How many jobs are parked."""
    return (await stage.parts.engine.healthy()).parked


async def later(stage: Stage, ahead: timedelta) -> None:
    """Time goes by until the next look has ended."""
    looks = len([name for name, _ in stage.events if name in {"parked", "assessed"}])
    stage.clock.ahead = ahead
    while len([name for name, _ in stage.events if name in {"parked", "assessed"}]) == looks:
        await stage.idle()
    await stage.idle()


async def reacted(stage: Stage, content: str, login: str = "carol") -> None:
    """Somebody reacts to our answer; GitHub tells nobody."""
    issue = await stage.issue()
    (answer,) = [one["id"] for one in issue["comments"] if one["author"] == "resolution[bot]"]
    await stage.github.control("react", repo=REPO, comment_id=answer, login=login, content=content)


async def test_the_answer_asks_the_reporter(on_stage: Staging, shas: Shas) -> None:
    """It says whom it waits for, how long, and how to answer."""
    async with asked(on_stage, shas) as stage:
        issue = await stage.issue()
    (waiting,) = answers(issue)
    assert issue["state"] == "open"
    assert "**Waiting for** · carol to confirm the fix (`/confirm-fixed` in a comment or 👍 here, 👎 if" in waiting
    assert "I go on by myself" in waiting


async def test_the_command_closes(on_stage: Staging, shas: Shas) -> None:
    """The reporter's word wakes the assessment, which closes; the receipt is a reaction."""
    async with asked(on_stage, shas) as stage:
        word = await stage.github.comment(REPO, 1, "carol", "Works in 1.2, thanks!\n\n/confirm-fixed")
        await stage.answered(word)
        await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        assert await parked(stage) == 0
        issue = await stage.issue()
    assert issue["state_reason"] == "completed"
    assert reactions(issue, word) == {"eyes", "+1"}
    (answer,) = answers(issue)
    assert "carol commented `/confirm-fixed`" in answer


@pytest.mark.parametrize(
    ("content", "state", "words"),
    [("+1", "closed", "carol reacted with 👍"), ("-1", "open", "carol reacted with 👎")],
    ids=["up", "down"],
)
async def test_a_reaction_is_seen_by_the_slow_look(
    on_stage: Staging, shas: Shas, content: str, state: str, words: str
) -> None:
    """GitHub tells of no reaction: the look after ten minutes finds it."""
    async with asked(on_stage, shas) as stage:
        await reacted(stage, content)
        await later(stage, timedelta(minutes=11))
        issue = await stage.until(lambda seen: words in answers(seen)[0])
        await stage.idle()
        assert (await stage.issue())["state"] == state
    assert len(answers(issue)) == 1


async def test_a_strangers_word_is_refused(on_stage: Staging, shas: Shas) -> None:
    """He is told what he can do; the look that his command sets off finds nothing new."""
    async with asked(on_stage, shas) as stage:
        issue = await stage.command("/confirm-fixed", login="dora")
        assert (issue["state"], await parked(stage)) == ("open", 1)
    waiting, refusal = answers(issue)
    assert "Waiting for" in waiting
    assert "@dora, confirming is for the reporter and for **triage**; you hold **read**" in refusal


async def test_somebody_with_triage_where_the_policy_says_so(on_stage: Staging, shas: Shas) -> None:
    """`by: triage` takes a maintainer's word as well."""
    async with asked(on_stage, shas, by="triage") as stage:
        await stage.command("/confirm-fixed", login="ann")
        issue = await stage.until(lambda seen: seen["state"] == "closed")
    assert issue["state_reason"] == "completed"


async def test_a_word_for_which_the_policy_asks_more(on_stage: Staging, shas: Shas) -> None:
    """`permissions: {confirm: …}` asks a stronger role than triage of everybody but the reporter."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, f"{POLICY.replace('BY', 'triage')}permissions: {{confirm: write}}\n")
        await stage.command("/assess-resolution")
        await stage.command("/confirm-fixed", login="ann")
        await stage.idle()
        assert (await stage.issue())["state"] == "open"
        await stage.command("/confirm-fixed", login="bob")
        issue = await stage.until(lambda seen: seen["state"] == "closed")
    assert issue["state_reason"] == "completed"


async def test_a_word_that_nobody_waits_for_counts_at_the_next_assessment(on_stage: Staging, shas: Shas) -> None:
    """Confirmed first, assessed then: the receipt says so, and nobody is asked."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "reporter"))
        issue = await stage.command("/confirm-fixed", login="carol")
        (receipt,) = answers(issue)
        assert receipt.startswith("✍️ Noted, @carol: the next assessment here counts it for `confirmed`.")
        issue = await stage.command("/assess-resolution")
        assert await parked(stage) == 0
    assert issue["state"] == "closed"


@pytest.mark.parametrize(
    ("policy", "login", "words"),
    [
        ("version: 1\n", "carol", "the policy has no criterion `confirmation` here, so no assessment counts it"),
        (
            POLICY.replace("BY", "reporter"),
            "ann",
            "`confirmed` asks the reporter's word alone, so yours decides nothing",
        ),
        (POLICY.replace("BY", "triage"), "ann", "the next assessment here counts it for `confirmed`"),
    ],
    ids=["nothing-asks", "the-reporter-alone", "nothing-waits"],
)
async def test_a_receipt_says_what_counts(on_stage: Staging, shas: Shas, policy: str, login: str, words: str) -> None:
    """Where nothing takes the word up at once, a few words say whether anything will."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, policy)
        issue = await stage.command("/confirm-fixed", login=login)
    (receipt,) = answers(issue)
    assert words in receipt


async def test_confirmed_and_assessed_at_once(on_stage: Staging, shas: Shas) -> None:
    """The assessment of the same comment counts the word, so nothing is said of it."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "triage"))
        issue = await stage.command("/confirm-fixed\n\n/assess-resolution")
    (answer,) = answers(issue)
    assert (issue["state"], "✍️" in answer) == ("closed", False)


async def test_a_confirmation_taken_back(on_stage: Staging, shas: Shas) -> None:
    """The next assessment asks for one again, and goes on waiting; a later word counts."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "reporter"))
        await stage.command("/confirm-fixed", login="carol")
        stage.clock.ahead += timedelta(minutes=5)
        issue = await stage.command("/resolution unconfirm", login="carol")
        assert "@carol took back every confirmation of theirs here" in answers(issue)[-1]
        issue = await stage.command("/assess-resolution")
        assert (issue["state"], await parked(stage)) == ("open", 1)
        assert "and took it back: that does not count" in answers(issue)[-1]
        stage.clock.ahead += timedelta(minutes=1)
        await stage.github.comment(REPO, 1, "carol", "/confirm-fixed")
        await stage.until(lambda seen: seen["state"] == "closed")


@pytest.mark.parametrize("closes", [True, False], ids=["closed", "left-open"])
async def test_taking_back_what_has_counted(on_stage: Staging, shas: Shas, closes: bool) -> None:
    """The answer that counted it says so, and so does the status; the issue stays as it is."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "reporter"))
        await stage.command("/confirm-fixed", login="carol")
        before = await stage.command(f"/assess-resolution{'' if closes else ' --no-close'}")
        stage.clock.ahead += timedelta(minutes=5)
        after = await stage.command("/resolution unconfirm", login="carol")
        status = answers(await stage.command("/resolution status"))[-1]
    assert before["state"] == after["state"] == ("closed" if closes else "open")
    assert "took it back" not in "".join(answers(before))
    (answer,) = [one for one in answers(after) if one.startswith("### ✅ Resolved")]
    assert "carol commented `/confirm-fixed` at " in answer
    assert [", and took it back at " in one for one in (answer, status)] == [True, True]


async def test_taking_back_after_a_watch(on_stage: Staging, shas: Shas) -> None:
    """The answer does not promise looks again that somebody has ended."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "reporter").replace("watch: []", "watch: 1h"))
        await stage.command("/confirm-fixed", login="carol")
        await stage.command("/assess-resolution")
        await stage.command("/resolution unwatch")
        issue = await stage.command("/resolution unconfirm", login="carol")
    (answer,) = [one for one in answers(issue) if one.startswith("### ✅ Resolved")]
    assert ("and took it back at " in answer, "Next re-checks" in answer, "No more re-checks" in answer) == (
        True,
        False,
        True,
    )


async def test_taking_back_while_it_waits(on_stage: Staging, shas: Shas) -> None:
    """It goes on waiting, and says so; a stranger has nothing to take back."""
    async with asked(on_stage, shas) as stage:
        issue = await stage.command("/resolution unconfirm", login="carol")
        assert "I go on waiting for a confirmation." in answers(issue)[-1]
        issue = await stage.command("/resolution unconfirm", login="dora")
        assert (issue["state"], await parked(stage)) == ("open", 1)
        assert [name for name, _ in stage.events].count("unconfirmed") == 1
    assert "confirming is for the reporter and for **triage**" in answers(issue)[-1]


async def test_the_operator_is_told_of_each_word(on_stage: Staging, shas: Shas) -> None:
    """Who confirmed or took it back, where and in which comment is a line of the log; a refused word leaves none."""
    async with asked(on_stage, shas) as stage:
        said = []
        for login, words in (
            ("carol", "/resolution unconfirm"),
            ("dora", "/resolution unconfirm"),
            ("dora", "/confirm-fixed"),
            ("carol", "It works.\n\n/confirm-fixed"),
        ):
            said.append(await stage.github.comment(REPO, 1, login, words))
            await stage.answered(said[-1])
        told = [(name, fields) for name, fields in stage.events if name in {"confirmed", "unconfirmed"}]
    who = {"repository": REPO, "issue": 1, "by": "carol"}
    assert told == [("unconfirmed", who | {"comment": said[0]}), ("confirmed", who | {"comment": said[3]})]


async def test_reopening_takes_it_back(on_stage: Staging, shas: Shas) -> None:
    """Whoever confirmed and has it reopened is asked anew."""
    async with asked(on_stage, shas) as stage:
        await stage.github.comment(REPO, 1, "carol", "/confirm-fixed")
        await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        stage.clock.ahead += timedelta(hours=1)
        await stage.command("/reopen it is back", login="carol")
        stage.clock.ahead += timedelta(minutes=5)
        issue = await stage.command("/assess-resolution")
        assert await parked(stage) == 1
    assert issue["state"] == "open"
    assert "carol to confirm the fix" in answers(issue)[-1]


async def test_no_word_in_time(on_stage: Staging, shas: Shas) -> None:
    """After a fortnight nothing is waited for any more, and the answer says who can still do what."""
    async with asked(on_stage, shas) as stage:
        stage.github.world.clock = stage.clock
        stage.clock.ahead = timedelta(days=14, minutes=1)
        issue = await stage.until(lambda seen: "Waiting for" not in answers(seen)[0])
        await stage.idle()
        assert await parked(stage) == 0
    assert issue["state"] == "open"
    assert "carol says whether it is fixed: `/confirm-fixed` in a comment" in answers(issue)[0]


async def test_a_policy_may_ask_more_of_a_word(on_stage: Staging, shas: Shas) -> None:
    """Whose confirmation the policy does not count is told so, not thanked; the reporter's counts as before."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\npermissions: {confirm: maintain}\n")
        issue = await stage.command("/confirm-fixed")
        comment = await stage.github.comment(REPO, 1, "carol", "/confirm-fixed")
        thanked = await stage.answered(comment)
    (answer,) = answers(issue)
    assert "confirming is for the reporter and for **maintain**; you hold **triage**" in answer
    assert reactions(thanked, comment) & {"+1", "confused"} == {"+1"}
