"""The reporter says one thing, and another later: his newest word counts, and a reservation is heard."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_confirming import POLICY, parked, reacted
from tests.journeys.test_making_way import tell, with_merged

LABELS = "labels: {resolved: done, pending: waits}\n"


async def wait_for_carol(stage: Stage, more: str = LABELS) -> None:
    """The answer waits for the reporter's word, and the issue's label says so."""
    await write_policy(stage, POLICY.replace("BY", "reporter") + more)
    await stage.command("/assess-resolution")
    assert "waits" in (await stage.issue())["labels"]


async def says(stage: Stage, body: str, login: str = "carol") -> None:
    """Somebody comments, some seconds after all that went before, and all that follows has happened."""
    stage.clock.ahead += timedelta(seconds=5)
    comment = await stage.github.comment(REPO, 1, login, body)
    if "/" in body:
        await stage.answered(comment)
    await stage.quiet()


@pytest.mark.parametrize("before", ["/resolution unconfirm", "It still fails for me."], ids=["taken-back", "words"])
async def test_the_newest_word_counts(on_stage: Staging, shas: Shas, before: str) -> None:
    """What the same person had said earlier is settled by confirming."""
    async with on_stage(world(shas)) as stage:
        await wait_for_carol(stage)
        await says(stage, before)
        await says(stage, "/confirm-fixed")
        issue = await stage.until(lambda seen: seen["state"] == "closed")
    assert (issue["state_reason"], "done" in issue["labels"], "waits" in issue["labels"]) == ("completed", True, False)


async def test_a_word_that_stands(on_stage: Staging, shas: Shas) -> None:
    """It keeps the issue open; the answer links it, and says who asks again and how. Nothing is on its way then."""
    before = "Wait, I look at it tomorrow."
    async with on_stage(world(shas)) as stage:
        await wait_for_carol(stage)
        await says(stage, before, "ann")
        await says(stage, "/confirm-fixed")
        issue = await stage.until(lambda seen: "Not closed" in answers(seen)[0])
        await stage.quiet()
        issue = await stage.issue()
        (said,) = (one for one in issue["comments"] if one["body"] == before)
        assert (issue["state"], "waits" in issue["labels"]) == ("open", False)
        answer = answers(issue)[0]
        assert "ann has commented since ([the comment](" in answer
        assert f"#issuecomment-{said['id']})): read that; whoever has **triage** asks again with `/assess" in answer
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"


@pytest.mark.parametrize(
    "body",
    ["/confirm-fixed\n\nBut the export is still broken.", "/confirm-fixed but not on Windows"],
    ids=["below", "in-its-line"],
)
async def test_a_reservation(on_stage: Staging, shas: Shas, body: str) -> None:
    """It confirms nothing: a receipt says why, the answer links it and goes on waiting, for a word that closes."""
    async with on_stage(world(shas)) as stage:
        await wait_for_carol(stage)
        await says(stage, body)
        issue = await stage.until(lambda seen: "holding nothing back" in answers(seen)[0])
        (said,) = (one for one in issue["comments"] if one["body"] == body)
        answer, receipt = answers(issue)
        assert (issue["state"], await parked(stage)) == ("open", 1)
        assert f"#issuecomment-{said['id']}" in answer
        assert receipt.startswith("✍️ @carol, that does not count as a confirmation for `confirmed`: you hold")
        assert "I go on waiting. If it is fixed for all that, say so with `/confirm-fixed` alone" in receipt
        await stage.command("/assess-resolution")
        assert (await stage.issue())["state"] == "open"
        await says(stage, "/confirm-fixed")
        await stage.until(lambda seen: seen["state"] == "closed")


async def test_a_reservation_and_a_trigger(on_stage: Staging, shas: Shas) -> None:
    """What was held back before a merge is no confirmation for it either: it waits for one."""
    made = with_merged(world(shas), shas, fixes=True)
    async with on_stage(made) as stage:
        await write_policy(stage, POLICY.replace("BY", "reporter") + "mode: act\n")
        await says(stage, "/confirm-fixed\n\nBut the export is still broken.")
        stage.clock.ahead += timedelta(minutes=5)
        issue = await tell(stage, 2)
        assert (issue["state"], await parked(stage)) == ("open", 1)
    assert "that does not count" in answers(issue)[-1]


@pytest.mark.parametrize(("criteria", "counts"), [(True, True), (False, False)], ids=["asked", "not-asked"])
async def test_on_a_closed_issue(on_stage: Staging, shas: Shas, *, criteria: bool, counts: bool) -> None:
    """Nothing waits there: a few words say so, and what would count it."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "reporter") if criteria else "version: 1\n")
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        await stage.quiet()
        issue = await stage.command("/confirm-fixed", login="carol")
    (receipt,) = answers(issue)
    assert receipt.startswith("✍️ Noted, @carol: this issue is closed already, and nothing here waits for it.")
    assert ("A later assessment counts it for `confirmed`." in receipt) == counts


@pytest.mark.parametrize(
    ("before", "thumb", "nothing"),
    [
        ((), None, True),
        (("/confirm-fixed",), None, False),
        (("/confirm-fixed", "/resolution unconfirm"), None, True),
        ((), "+1", False),
        ((), "-1", True),
    ],
    ids=["never", "confirmed", "taken-back-before", "thumb-up", "thumb-down"],
)
async def test_what_is_there_to_take_back(
    on_stage: Staging, shas: Shas, before: tuple[str, ...], thumb: str | None, *, nothing: bool
) -> None:
    """Whoever has confirmed nothing is told that nothing was taken back."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY.replace("BY", "triage"))
        if thumb is not None:
            await stage.command("/assess-resolution")
            await reacted(stage, thumb, "ann")
        for body in before:
            stage.clock.ahead += timedelta(seconds=5)
            await stage.command(body)
        stage.clock.ahead += timedelta(seconds=5)
        issue = await stage.command("/resolution unconfirm")
    assert ("nothing was taken back" in answers(issue)[-1]) == nothing
    assert ("took back every confirmation" in answers(issue)[-1]) != nothing
