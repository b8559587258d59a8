"""A named person's exception: given, shown, ended, taken back; and who may not give one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

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
  - {id: documented, title: The manual names it, file: docs/manual.md}
"""
WAIVE = "/resolution waive documented The manual is rewritten next month. --until 7d"
ASKING = "  - {id: confirmed, confirmation: {by: reporter, within: 30d}}\n"
PEOPLE = {"ann": "triage", "bob": "admin", "dora": "read", "mia": "maintain"}


@asynccontextmanager
async def staged(on_stage: Staging, shas: Shas, policy: str = POLICY) -> AsyncIterator[Stage]:
    """bob's fix is merged, the manual is missing, and mia maintains."""
    async with on_stage(world(shas, collaborators=PEOPLE)) as stage:
        await write_policy(stage, policy)
        yield stage


async def parked(stage: Stage) -> int:
    """How many jobs wait for their time."""
    return (await stage.parts.engine.healthy()).parked


async def later(stage: Stage, ahead: timedelta) -> dict[str, Any]:
    """Time goes by until nothing is parked any more; the issue as it is then."""
    stage.clock.ahead = ahead
    stage.github.world.clock = stage.clock
    while await parked(stage):
        await stage.idle()
    await stage.quiet()
    return await stage.issue()


def last_reaction(issue: dict[str, Any]) -> set[str]:
    """The reactions on the newest comment that is not ours."""
    comment = [one["id"] for one in issue["comments"] if one["author"] != "resolution[bot]"][-1]
    return reactions(issue, comment)


async def test_waived_and_resolved(on_stage: Staging, shas: Shas) -> None:
    """What is waived is not in the way: resolved, MEDIUM at best, and the answer shows all of it."""
    async with staged(on_stage, shas) as stage:
        issue = await stage.command(WAIVE, login="mia")
        assert last_reaction(issue) == {"eyes", "+1"}
        issue = await stage.command("/assess-resolution")
    given, answer = answers(issue)
    assert given.startswith("⚪ @mia waived `documented` (The manual names it) until 20")
    assert ": The manual is rewritten next month.\n" in given
    assert "`/resolution unwaive documented` takes it back" in given
    assert issue["state"] == "closed"
    assert answer.startswith("### ✅ Resolved: closed as completed · confidence MEDIUM (100 %)")
    assert "; **waived** by `@mia` until [20" in answer
    assert "`documented` waived: MEDIUM at best" in answer


async def test_waived_and_assessed_in_one_comment(on_stage: Staging, shas: Shas) -> None:
    """The waiver counts at once; one answer says both."""
    async with staged(on_stage, shas) as stage:
        issue = await stage.command(f"{WAIVE}\n\n/assess-resolution", login="mia")
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert "⚪ @mia waived `documented`" in answer


@pytest.mark.parametrize(
    ("login", "command", "words"),
    [
        ("bob", WAIVE, "@bob, you are one of those who wrote the fix"),
        ("ann", WAIVE, "@ann, `/resolution waive documented` needs **maintain** here; you hold **triage**."),
        ("ann", "/resolution unwaive documented", "needs **maintain** here; you hold **triage**."),
        (
            "mia",
            "/resolution waive documentd x",
            "`documentd` is not asked here, so there is nothing to waive. Did you",
        ),
        ("mia", "/resolution unwaive documented", "`documented` is not waived here, so nothing changed. Nothing is"),
        ("mia", "/resolution waive documented", "`waive` needs a reason"),
    ],
    ids=["author-of-the-fix", "triage", "unwaive-triage", "unknown", "not-waived", "no-reason"],
)
async def test_refused(on_stage: Staging, shas: Shas, login: str, command: str, words: str) -> None:
    """Nothing is waived, and the answer says why, and what else can be done."""
    async with staged(on_stage, shas) as stage:
        issue = await stage.command(command, login=login)
        assert await parked(stage) == 0
        assert "confused" in last_reaction(issue)
        (refusal,) = answers(issue)
        assert words in refusal
        issue = await stage.command("/assess-resolution --dry-run")
    assert answers(issue)[-1].startswith("### ❌ Not resolved")


@pytest.mark.parametrize("command", [WAIVE, "/resolution unwaive documented"], ids=["waive", "unwaive"])
@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (f"{POLICY}permissions: {{waive: admin}}\n", "documented` needs **admin** here; you hold **maintain**."),
        ("version: 9\n", "The policy has 1 fault"),
    ],
    ids=["asks-more", "broken"],
)
async def test_the_policy_decides(on_stage: Staging, shas: Shas, command: str, policy: str, words: str) -> None:
    """It may ask for a stronger role than maintain; and nothing is waived by one that cannot be read."""
    async with staged(on_stage, shas, policy) as stage:
        issue = await stage.command(command, login="mia")
    (refusal,) = answers(issue)
    assert words in refusal
    assert "confused" in last_reaction(issue)


async def test_it_ends(on_stage: Staging, shas: Shas) -> None:
    """At its end the bot looks by itself and says so, once; it does not reopen, and no longer counts the waiver."""
    async with staged(on_stage, shas) as stage:
        await stage.command(f"{WAIVE}\n\n/assess-resolution", login="mia")
        assert await parked(stage) == 1
        issue = await later(stage, timedelta(days=7, minutes=1))
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert answer.startswith("### ❌ Closed, but not resolved")
    assert "⏳ The waiver of `documented` by @mia ended at " in answer
    assert "; a waiver by `@mia` ended at " in answer


async def test_given_twice_in_one_comment(on_stage: Staging, shas: Shas) -> None:
    """The later one stands, and its end is told as well."""
    async with staged(on_stage, shas) as stage:
        await stage.command(f"{WAIVE}\n/resolution waive documented It takes longer. --until 30d", login="mia")
        assert await parked(stage) == 2
        issue = await later(stage, timedelta(days=30, minutes=1))
    assert sum("⏳ The waiver of `documented` by @mia ended at" in one for one in answers(issue)) == 1


async def test_it_ends_where_nothing_can_be_assessed(on_stage: Staging, shas: Shas) -> None:
    """A broken policy does not hide that a waiver has ended."""
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        await write_policy(stage, "version: 9\n")
        issue = await later(stage, timedelta(days=7, minutes=1))
    assert answers(issue)[-1].startswith("⏳ The waiver of `documented` by @mia ended at")
    assert "The policy has 1 fault" in answers(issue)[-1]


async def test_it_ends_while_an_answer_waits(on_stage: Staging, shas: Shas) -> None:
    """The answer that waits goes on with the right of whoever asked; the end is only said."""
    async with staged(on_stage, shas, f"{POLICY}{ASKING}") as stage:
        await stage.command(f"{WAIVE}\n\n/assess-resolution", login="mia")
        assert await parked(stage) == 2
        stage.clock.ahead = timedelta(days=7, minutes=1)
        stage.github.world.clock = stage.clock
        issue = await stage.until(lambda seen: any("❌ Not resolved" in one for one in answers(seen)))
    waiting, ended, _ = (one["body"] for one in issue["comments"] if one["author"] == "resolution[bot]")
    assert "**Waiting for** · carol" in waiting
    assert ended.startswith("⏳ The waiver of `documented` by @mia ended at ")
    assert "decides again. The answer that waits here goes on without it." in ended


async def test_it_ends_while_a_closing_is_looked_at(on_stage: Staging, shas: Shas) -> None:
    """Where somebody's closing waits for a word no answer goes on: the look does, and its note tells the rest."""
    async with staged(on_stage, shas, f"{POLICY}{ASKING}guard: note\n") as stage:
        await stage.command(WAIVE, login="mia")
        stage.github.world.clock = stage.clock
        stage.clock.ahead = timedelta(minutes=5)
        await stage.github.control("close", repo=REPO, issue=1, login="ann")
        await stage.quiet()
        _, asks = answers(await stage.issue())
        stage.clock.ahead = timedelta(days=7, minutes=1)
        issue = await stage.until(lambda seen: len(answers(seen)) == 3 and answers(seen)[1] != asks)
    _, note, ended = answers(issue)
    assert "I wait for carol to confirm the fix" in asks
    assert ended.startswith("⏳ The waiver of `documented` by @mia ended at ")
    assert "decides again. My look at the closing, which waits here, goes on without it." in ended
    assert note.startswith("### ❌ Closed, but not resolved · 1 of 3 criteria does not hold")


async def test_its_end_may_leave_an_answer_that_waits(on_stage: Staging, shas: Shas) -> None:
    """What was waived is waited for from then on; the answer goes on by itself, and only advises."""
    policy = "version: 1\nclaims: off\ncriteria:\n  - file: service/monitoring.py\n  - {id: word, confirmation: {}}\n"
    async with staged(on_stage, shas, policy) as stage:
        await stage.command("/resolution waive word She is on leave.", login="mia")
        stage.clock.ahead = timedelta(days=14, minutes=1)
        stage.github.world.clock = stage.clock
        issue = await stage.until(lambda seen: "**Waiting for** · carol" in answers(seen)[-1])
        assert "⏳ The waiver of `word` by @mia ended at" in answers(issue)[-1]
        await stage.command("/confirm-fixed", login="carol")
        issue = await stage.until(lambda seen: "ready to be closed by a person" in answers(seen)[-1])
    assert issue["state"] == "open"
    assert "⏳ The waiver of `word` by @mia ended at" in answers(issue)[-1]


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("/resolution unwaive documented", 1),
        ("/resolution waive documented It takes longer. --until 30d", 2),
    ],
    ids=["taken-back", "given-anew"],
)
async def test_nothing_is_said_of_another_waiver(on_stage: Staging, shas: Shas, command: str, left: int) -> None:
    """A waiver that was taken back, or given anew, does not end when the old one would have."""
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        before = answers(await stage.command(command, login="mia"))
        assert await parked(stage) == left
        stage.clock.ahead = timedelta(days=8)
        while await parked(stage) == left:
            await stage.idle()
        await stage.quiet()
        assert answers(await stage.issue()) == before


async def test_taken_back(on_stage: Staging, shas: Shas) -> None:
    """It decides again."""
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        issue = await stage.command("/resolution unwaive documented", login="bob")
        assert last_reaction(issue) == {"eyes", "+1"}
        assert "@bob took back the waiver of `documented` by `@mia`: it decides again" in answers(issue)[-1]
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "mia" not in answers(issue)[-1]


async def test_another_policy(on_stage: Staging, shas: Shas) -> None:
    """Under changed rules it no longer counts, and the answer says so."""
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        await write_policy(stage, f"{POLICY}  - {{id: noted, file: docs/notes.md}}\n")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "a waiver by `@mia` no longer counts: it was given under policy `" in answers(issue)[-1]


@pytest.mark.parametrize("login", ["mia", "erin"], ids=["co-author", "author"])
async def test_who_wrote_the_commit_that_is_named(on_stage: Staging, shas: Shas, login: str) -> None:
    """Of a commit that no pull request brought, whoever wrote it may not waive, be it under another address."""
    made = world(shas, pulls=[], collaborators={**PEOPLE, "erin": "maintain"})
    async with on_stage(made) as stage:
        await write_policy(stage, POLICY.replace("claims: off\n", ""))
        message = "Package it\n\nCo-authored-by: mia <mia@home.example>"
        pushed = await stage.github.control(
            "commit", repo=REPO, branch="side", files={"x.py": "1"}, message=message, author="erin"
        )
        await stage.github.comment(REPO, 1, "ann", f"Fixed in `{pushed['sha'][:9]}`.")
        issue = await stage.command(WAIVE, login=login)
    (refusal,) = answers(issue)
    assert refusal.startswith(f"👋 @{login}, you are one of those who wrote the fix")


async def test_by_who_lost_the_role(on_stage: Staging, shas: Shas) -> None:
    """Whoever may not waive any more leaves no exception behind; with the role back it counts again."""
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        await stage.github.control("role", repo=REPO, login="mia", role="write")
        issue = await stage.command("/assess-resolution")
        assert issue["state"] == "open"
        assert "a waiver by `@mia` does not count, who may not waive here any more" in answers(issue)[-1]
        await stage.github.control("role", repo=REPO, login="mia", role="admin")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"


async def test_delivered_twice(on_stage: Staging, shas: Shas) -> None:
    """A comment is one command, and its waiver one."""
    async with staged(on_stage, shas) as stage:
        before = answers(await stage.command(WAIVE, login="mia"))
        (delivery,) = [one for one in stage.github.deliveries("issue_comment") if one.emission.action == "created"][:1]
        await stage.send(delivery.emission.payload)
        assert (answers(await stage.issue()), await parked(stage)) == (before, 1)


async def test_a_closed_issue_that_still_holds(on_stage: Staging, shas: Shas) -> None:
    """Where it holds by now, the look at the end says that."""
    async with staged(on_stage, shas) as stage:
        await stage.command(f"{WAIVE}\n\n/assess-resolution", login="mia")
        await stage.github.control(
            "commit", repo=REPO, branch="main", files={"docs/manual.md": "x"}, message="Manual", author="bob"
        )
        issue = await later(stage, timedelta(days=7, minutes=1))
    assert answers(issue)[-1].startswith("### ✅ Resolved: already closed, verified")
    assert "⏳ The waiver of `documented` by @mia ended at" in answers(issue)[-1]
