"""A pull request: what its issues would still lack once it is merged, on command and at every push."""

from typing import Any

import pytest

from bot.simulator.reporting import finish_check
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy

POLICY = """\
version: 1
preview: true
criteria:
  - id: old-host
    title: The old host is gone
    code: {absent: api.example.com}
  - id: live
    title: The service answers
    http: https://api.example.com/health
"""
QUIET = POLICY.replace("preview: true\n", "")
BRINGS = {"service/config.py": 'HOST = "api.acme.example"\n'}
LEAVES = {"service/other.py": "OTHER = 1\n"}


def two_issues(shas: Shas) -> dict[str, Any]:
    """The world with a second issue, whose box is open, and no pull request."""
    made = world(shas, pulls=[])
    (first,) = made["repositories"][0]["issues"]
    second = {"number": 3, "title": "the port is wrong", "body": "- [ ] choose one\n", "author": "carol"}
    made["repositories"][0]["issues"] = [{**first, "body": "The host is wrong."}, second]
    return made


async def propose(stage: Stage, body: str, files: dict[str, str], **more: Any) -> int:
    """A pull request by bob; its number."""
    more = {"login": "bob", "title": "Change the host", "head": "topic"} | more
    made = await stage.github.control("pull", repo=REPO, body=body, files=files, **more)
    await stage.quiet()
    return int(made["number"])


async def previews(stage: Stage) -> list[dict[str, Any]]:
    """Our check runs, oldest first, when all is quiet."""
    await stage.quiet()
    state: Any = await stage.github.state()
    return [one for one in state["repositories"][0]["check_runs"] if one["name"] == "resolution preview"]


async def asked(stage: Stage, number: int, login: str = "ann") -> tuple[str, set[str]]:
    """What the command on the pull request is answered with, and how it ends."""
    comment = await stage.github.comment(REPO, number, login, "/assess-resolution")
    seen = await stage.answered(comment, issue=number)
    return answers(seen)[-1], reactions(seen, comment)


async def ended_well(stage: Stage, number: int) -> None:
    """A check that runs ends well."""
    repository = stage.github.world.repository(REPO)
    (check,) = [one for one in repository.check_runs if one.id == number]
    await finish_check(stage.github.world, check, "success", repository.owner)


async def untouched(stage: Stage, *numbers: int) -> bool:
    """Are the issues as they were: open, without a word or a label of ours?"""
    seen = [await stage.issue(number) for number in numbers]
    return all(one["state"] == "open" and not one["comments"] for one in seen)


async def test_everything_is_brought(on_stage: Staging, shas: Shas) -> None:
    """What was there and is gone then, what only comes after the merge; and nothing is done to the issue."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, QUIET)
        number = await propose(stage, "Fixes #1", BRINGS)
        text, ended = await asked(stage, number)
        assert await untouched(stage, 1)
    assert text.startswith("### ✅ Once this is merged, `#1` would be resolved, as far as can be told before\n")
    assert "**This pull request brings**\n\n- The old host is gone: 1 file → 0 files" in text
    assert "**Only after the merge** · The service answers" in text
    assert ended == {"eyes", "+1"}


async def test_a_pattern_is_left(on_stage: Staging, shas: Shas) -> None:
    """What is left is named with its place, and so are the keyword that would close it and what to write instead."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, QUIET)
        number = await propose(stage, "This fixes #1", LEAVES)
        text, ended = await asked(stage, number)
    assert text.startswith("### ❌ Once this is merged, `#1` would not be resolved\n")
    assert "- `fixes #1` in the description would close `#1`, unresolved: write `Refs #1` instead" in text
    assert "- The old host is gone · `old-host`: 1 occurrence in 1 file. Remove it" in text
    assert "\n  - [`service/config.py:1`" in text
    assert ended == {"eyes", "-1"}


async def test_two_issues_of_which_one_holds(on_stage: Staging, shas: Shas) -> None:
    """Without a policy file: the open box is missing for one, and the other would be resolved."""
    async with on_stage(two_issues(shas)) as stage:
        number = await propose(stage, "Fixes #1 and fixes #3.", BRINGS)
        text, ended = await asked(stage, number)
        assert await untouched(stage, 1, 3)
    assert text.startswith("### ❌ Once this is merged, `#3` would not be resolved; `#1` would be resolved\n")
    assert '1 of 1 box open: "choose one". Do them and tick them' in text
    assert "`fixes #3` in the description would close `#3`, unresolved" in text
    assert ended == {"eyes", "-1"}


async def test_the_answer_stays_one_comment(on_stage: Staging, shas: Shas) -> None:
    """Asked again after a push, the same comment says what is so now."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, QUIET)
        number = await propose(stage, "Fixes #1", LEAVES)
        first, _ = await asked(stage, number)
        await stage.github.control("commit", repo=REPO, pull=number, files=BRINGS, author="bob")
        second, _ = await asked(stage, number)
        seen = await stage.issue(number)
    assert (first[:5], second[:5]) == ("### ❌", "### ✅")
    assert answers(seen) == [second]


async def test_references_close_nothing(on_stage: Staging, shas: Shas) -> None:
    """An issue that is only referred to is told all the same, without a warning."""
    async with on_stage(two_issues(shas)) as stage:
        text, ended = await asked(stage, await propose(stage, "Refs #3", LEAVES))
    assert "`#3` the port is wrong" in text
    assert "(referred to, not closed)" in text
    assert "would close" not in text
    assert ended == {"eyes", "-1"}


@pytest.mark.parametrize(
    ("body", "more", "words"),
    [
        pytest.param("Tidies up", {}, "No issue is linked to this pull request", id="no-link"),
        pytest.param("Fixes #1", {"base": "release"}, "merging it closes nothing, and `main` stays", id="elsewhere"),
    ],
)
async def test_what_closes_nothing(on_stage: Staging, shas: Shas, body: str, more: dict[str, str], words: str) -> None:
    """Nothing linked, or another branch: said, with what to do."""
    made = two_issues(shas)
    made["repositories"][0]["branches"] = {"release": shas.fix}
    async with on_stage(made) as stage:
        text, _ = await asked(stage, await propose(stage, body, BRINGS, **more))
        assert await untouched(stage, 1)
    assert words in text


async def test_a_conflict(on_stage: Staging, shas: Shas) -> None:
    """What cannot be merged is not measured."""
    async with on_stage(two_issues(shas)) as stage:
        number = await propose(stage, "Fixes #1", BRINGS)
        await stage.github.control("commit", repo=REPO, files={"service/config.py": "HOST = None\n"}, author="bob")
        text, ended = await asked(stage, number)
    assert text.startswith("### ❔ This pull request is in conflict with `main`: nothing was measured\n")
    assert ended == {"eyes", "confused"}


async def test_merged_already(on_stage: Staging, shas: Shas) -> None:
    """It is the issue that is to be asked then."""
    async with on_stage(world(shas)) as stage:
        text, ended = await asked(stage, 2)
    assert "ask on the issue itself (`#1`) with `/assess-resolution`" in text
    assert ended == {"eyes", "confused"}


async def test_rights(on_stage: Staging, shas: Shas) -> None:
    """The pull request's author may ask; who has neither a role nor a part in it may not."""
    async with on_stage(two_issues(shas)) as stage:
        number = await propose(stage, "Fixes #1", BRINGS, login="carol")
        denied, ended = await asked(stage, number, "dora")
        text, _ = await asked(stage, number, "carol")
    assert "`/assess-resolution` needs **triage** here; you hold **read**" in denied
    assert "also the pull request's author and assignees" in denied
    assert ended == {"confused"}
    assert text.startswith("### ✅")


async def test_a_policy_may_ask_a_stronger_role(on_stage: Staging, shas: Shas) -> None:
    """`look` counts here as on an issue: nothing is told, once in words and then by the reaction; the author may."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, f"{QUIET}permissions: {{look: maintain}}\n")
        number = await propose(stage, "Fixes #1", BRINGS, login="carol")
        denied, ended = await asked(stage, number)
        again, _ = await asked(stage, number)
        seen = await stage.issue(number)
        text, _ = await asked(stage, number, "carol")
    assert "`/assess-resolution` needs **maintain** here; you hold **triage**" in denied
    assert "open to: maintain; also the pull request's author and assignees" in denied
    assert (ended, answers(seen)) == ({"eyes", "confused"}, [denied])
    assert (again, text[:5]) == (denied, "### ✅")


async def test_other_commands(on_stage: Staging, shas: Shas) -> None:
    """They are told where their place is."""
    async with on_stage(two_issues(shas)) as stage:
        number = await propose(stage, "Fixes #1", BRINGS)
        seen = await stage.command("/confirm-fixed", issue=number)
    assert "In a comment on it I understand `/assess-resolution`, which says" in answers(seen)[-1]


async def test_a_fork(on_stage: Staging, shas: Shas) -> None:
    """Its policy is not obeyed, its code is looked at, and its head gets the check run."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, POLICY)
        files = BRINGS | {".github/resolution.yml": "version: 1\ncriteria: []\n"}
        number = await propose(stage, "Fixes #1", files, head_repository="mallory/service", login="mallory")
        (run,) = await previews(stage)
        seen = await stage.issue(number)
    assert (run["sha"], run["conclusion"]) == (seen["head_sha"], "success")
    assert "The old host is gone: 1 file → 0 files" in run["summary"]
    assert not seen["comments"]


async def test_every_push_has_its_check_run(on_stage: Staging, shas: Shas) -> None:
    """Neutral while something is missing, a success on the push that brings it; never a failure, and no comment."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, POLICY)
        number = await propose(stage, "Fixes #1", LEAVES)
        (first,) = await previews(stage)
        pushed = await stage.github.control("commit", repo=REPO, pull=number, files=BRINGS, author="bob")
        _, second = await previews(stage)
        seen = await stage.issue(number)
        assert await untouched(stage, 1)
    assert (first["conclusion"], first["title"]) == ("neutral", "Once this is merged, #1 would not be resolved")
    assert "`Fixes #1` in the description would close `#1`, unresolved" in first["summary"]
    assert (second["sha"], second["conclusion"]) == (pushed["sha"], "success")
    assert not seen["comments"]


async def test_edited_words(on_stage: Staging, shas: Shas) -> None:
    """Once the keyword is gone, the same check run of the same head says so; an edit of the title alone as well."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, POLICY)
        number = await propose(stage, "Fixes #1", LEAVES)
        (before,) = await previews(stage)
        await stage.github.control("edit", repo=REPO, issue=number, login="bob", body="Refs #1")
        (after,) = await previews(stage)
    assert (before["id"], before["conclusion"]) == (after["id"], "neutral")
    assert after["conclusion"] == "success"
    assert "would close" not in after["summary"]


async def test_checks_that_run_are_waited_for(on_stage: Staging, shas: Shas) -> None:
    """A push comes before its checks end: their end corrects the check run, and ours among them do not count."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, POLICY.replace("code: {absent: api.example.com}", "check: unit"))
        number = await propose(stage, "Refs #1", BRINGS)
        head = (await stage.issue(number))["head_sha"]
        running = await stage.github.control("check", repo=REPO, name="unit", sha=head)
        await stage.github.control("edit", repo=REPO, issue=number, login="bob", body="Fixes #1")
        (waiting,) = await previews(stage)
        await ended_well(stage, running["id"])
        (after,) = await previews(stage)
    assert (waiting["conclusion"], waiting["title"]) == ("neutral", "Once this is merged, #1 cannot be judged yet")
    assert (after["id"], after["conclusion"]) == (waiting["id"], "success")


async def test_without_the_policy_nothing_is_written(on_stage: Staging, shas: Shas) -> None:
    """A push is only read."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, QUIET)
        number = await propose(stage, "Fixes #1", LEAVES)
        await stage.github.control("edit", repo=REPO, issue=number, login="bob", body="Refs #1")
        assert await previews(stage) == []
        sent = await stage.github.exchanges()
        seen = await stage.issue(number)
    assert not [one for one in sent if "mutation" in str(one) or str(one["url"]).endswith("/check-runs")]
    assert not seen["comments"]


async def test_an_edit_costs_one_small_read(on_stage: Staging, shas: Shas) -> None:
    """Where no preview is wanted, neither the pull request nor its issues are read for it."""
    async with on_stage(two_issues(shas)) as stage:
        await write_policy(stage, QUIET)
        number = await propose(stage, "Fixes #1 and fixes #3.", LEAVES)
        before = len(await stage.github.exchanges())
        await stage.github.control("edit", repo=REPO, issue=number, login="bob", body="Refs #1")
        await stage.quiet()
        sent = (await stage.github.exchanges())[before:]
    (only,) = [str(one["request_body"]["query"]) for one in sent]
    assert only.startswith("query Policies(")


@pytest.mark.parametrize(("giver", "author", "counts"), [("mia", "bob", True), ("mia", "mia", False)])
async def test_waived(on_stage: Staging, shas: Shas, giver: str, author: str, counts: bool) -> None:
    """What is waived stays named, with who, why and until when; a waiver by the author of the fix is none."""
    made = two_issues(shas)
    made["repositories"][0]["collaborators"] = {"ann": "triage", "bob": "write", "mia": "maintain"}
    async with on_stage(made) as stage:
        await write_policy(stage, QUIET)
        await stage.command("/resolution waive live It moves next week.", login=giver)
        number = await propose(stage, "Fixes #1.", BRINGS, login=author, author=author)
        answer, _ = await asked(stage, number)
    assert "**Only after the merge** · The service answers" in answer
    assert ("- The service answers: by `@mia` until [20" in answer) == counts
    assert ("as far as can be told before" in answer) == (not counts)
