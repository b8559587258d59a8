"""`/resolution audit`: an admin has the closed issues audited, and one comment says what was found."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from bot.simulator.limits import Budget
from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.assessment.golden import same_as_file
from tests.cli.closed_world import Git, build, world
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.stage import REPO, Stage, answers, reactions, write_policy
from tests.journeys.test_kill import START_LIMIT, killed_there, server
from tests.journeys.waiting import home
from tests.recording import record

ASKED = 900
SUMMARY = "### 🔎 Audit: 30.4 % of the closings hold"


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Git:
    return build(tmp_path_factory.mktemp("git") / "service")


def tracked(shas: Git, count: int = 30, **parts: Any) -> dict[str, Any]:
    """Closed issues of all kinds, and zoe, who is an admin."""
    made = world(shas, count)
    (repository,) = made["repositories"]
    repository["collaborators"] |= {"zoe": "admin"}
    repository |= parts
    return made


async def asked(stage: Stage, command: str = "/resolution audit", login: str = "zoe") -> list[str]:
    """Our comments once all is done."""
    return answers(await stage.command(command, issue=ASKED, login=login))


def apart(github: SimulatorHandle) -> dict[int, tuple[Any, ...]]:
    """What must not change of the other issues."""
    return {
        number: (one.state, len(one.comments), len(one.events), one.updated_at)
        for number, one in home(github).issues.items()
        if number != ASKED
    }


async def test_the_summary(on_stage: Staging, tracker: Git) -> None:
    """One comment with the numbers, and nothing is written to any issue that was audited."""
    async with on_stage(tracked(tracker)) as stage:
        before = apart(stage.github)
        issue = await stage.command("/resolution audit", issue=ASKED, login="zoe")
        after, requests = apart(stage.github), len(await stage.github.exchanges())
    (answer,) = answers(issue)
    assert same_as_file(stable(answer), FOLDER / "audit.md")
    assert (after, requests < 40) == (before, True)
    assert reactions(issue, issue["comments"][0]["id"]) == {"+1"}


async def test_only_for_admins(on_stage: Staging, tracker: Git) -> None:
    """Others are told the role, and how they get the same numbers by themselves."""
    async with on_stage(tracked(tracker)) as stage:
        (denied,) = await asked(stage, login="ann")
    assert "`/resolution audit` needs **admin** here; you hold **triage**" in denied
    assert "`python -m bot audit OWNER/REPO`, with your own token" in denied


NOTHING = {
    "an empty tracker": ({"issues": [{"number": ASKED, "title": "Open", "author": "carol"}], "pulls": []}, "", "do."),
    "nothing since then": ({}, " --since=2030-01-01", "Ask with an earlier `--since`, or without one."),
}


@pytest.mark.parametrize(("parts", "more", "words"), NOTHING.values(), ids=NOTHING.keys())
async def test_nothing_to_audit(on_stage: Staging, tracker: Git, parts: dict[str, Any], more: str, words: str) -> None:
    """It is said, and another one may be asked for."""
    async with on_stage(tracked(tracker, **parts)) as stage:
        first = await asked(stage, f"/resolution audit{more}")
        second = await asked(stage, f"/resolution audit{more}")
    assert (len(first), len(second)) == (1, 2)
    assert second[1].startswith("### 🔎 Audit: there is no closed issue to look at")
    assert words in first[0]


async def test_one_at_a_time(on_stage: Staging, tracker: Git) -> None:
    """Whoever asks while one runs is told where its numbers will stand; afterwards the next one may begin."""
    async with on_stage(tracked(tracker)) as stage:
        await stage.github.fault("delay:1", operation="Issues", times=1)
        await stage.github.comment(REPO, ASKED, "zoe", "/resolution audit")
        await stage.applied()
        busy = await asked(stage)
        again = await asked(stage)
    assert len(busy) == 2
    assert "😕 An audit of this repository runs already: [asked for](" in "".join(busy)
    assert sum(one.startswith(SUMMARY) for one in busy) == 1
    assert sum(one.startswith(SUMMARY) for one in again) == 2


async def test_in_several_jobs(on_stage: Staging, tracker: Git) -> None:
    """The comment says how far it is; what is asked for beyond the operator's bound is said, and not done."""
    async with on_stage(tracked(tracker, 70), AUDIT_MAX_ISSUES="60") as stage:
        comment = await stage.github.comment(REPO, ASKED, "zoe", "/resolution audit --limit=90 --since=2020-01-01")
        begun = await stage.until(lambda seen: any("looked at" in one for one in answers(seen)), issue=ASKED)
        issue = await stage.answered(comment, issue=ASKED)
    (progress,), (answer,) = answers(begun), answers(issue)
    assert progress.startswith("### 🔎 Audit: 50 of 60 closed issues looked at\n\n`████████████████░░░░` ")
    assert "60 closed issues of `acme/service` closed since 2020-01-01" in answer
    assert "The newest 60 closings at most, since whoever runs me allows no more." in answer
    assert "python -m bot audit acme/service --since 2020-01-01 --limit 90 --html report.html" in answer


@pytest.mark.parametrize("nth", [3, 5, 7, 9])
async def test_killed_on_the_way(tmp_path: Path, tracker: Git, nth: int) -> None:
    """Killed at any request, it goes on in a new process, with one comment that holds the summary."""
    async with simulator(tracked(tracker)) as github:
        async with server(github, tmp_path) as process:
            await github.fault("delay:0.4", nth=nth, times=1)
            await github.comment(REPO, ASKED, "zoe", "/resolution audit")
            await killed_there(github, process)
        async with server(github, tmp_path), asyncio.timeout(START_LIMIT):
            while not any(SUMMARY in one for one in written(github)):
                await asyncio.sleep(0.05)
        await record(github, f"killed-auditing-{nth}")
    assert len(written(github)) == 1


def written(github: SimulatorHandle) -> list[str]:
    """Our comments where it was asked for."""
    return [one.body for one in home(github).issues[ASKED].comments if one.author.login == "resolution[bot]"]


async def test_people_do_not_wait_behind_it(on_stage: Staging, tracker: Git) -> None:
    """With a fifth of the hour's requests left it says until when it waits, leaves them to people, and goes on then."""
    async with on_stage(tracked(tracker)) as stage:
        world = stage.github.world
        payer = Budget(key=f"installation {stage.github.installation_id(REPO)}", hourly=5_000)
        for _ in range(4_010):
            world.limits.spend(payer, "graphql", world.clock())
        await stage.github.comment(REPO, ASKED, "zoe", "/resolution audit")
        waiting = await stage.until(lambda seen: any("⏳" in one for one in answers(seen)), issue=ASKED)
        await stage.idle()
        stage.clock.ahead = timedelta(minutes=70)
        await stage.quiet()
        first, *_ = answers(await stage.issue(ASKED))
    assert "0 of 28" in answers(waiting)[0]
    assert "GitHub's limit is used up but for what I leave to people: I go on at" in answers(waiting)[0]
    assert first.startswith(SUMMARY)


async def test_a_limit_on_the_way(on_stage: Staging, tracker: Git) -> None:
    """It is said until when the limit lasts; then the audit goes on by itself, with what it had found before."""
    async with on_stage(tracked(tracker)) as stage:
        await stage.github.fault("secondary-limit", operation="Issues", nth=2, times=1)
        await stage.github.comment(REPO, ASKED, "zoe", "/resolution audit")
        await stage.applied()
        await stage.idle()
        stage.clock.ahead = timedelta(minutes=3)
        await stage.quiet()
        (answer,) = answers(await stage.issue(ASKED))
    assert answer.startswith(SUMMARY)


async def test_a_right_that_is_missing(on_stage: Staging, tracker: Git) -> None:
    """Where closed issues may not be listed, it is said which permission is missing."""
    async with on_stage(tracked(tracker)) as stage:
        await stage.github.fault("forbidden:repository.issues", operation="ClosedIssues", times=None)
        (answer,) = await asked(stage)
    assert answer.startswith("😕 I may not list the closed issues here (the repository acme/service: a permission is")
    assert "It takes the permission `issues`, which an owner" in answer


async def test_github_is_silent(on_stage: Staging, tracker: Git) -> None:
    """It tries again later, and says so; when GitHub speaks again it goes on."""
    async with on_stage(tracked(tracker)) as stage:
        await stage.github.fault("status:502", operation="Snapshot", nth=2, times=None)
        await stage.github.comment(REPO, ASKED, "zoe", "/resolution audit")
        seen = await stage.until(lambda seen: any("does not answer" in one for one in answers(seen)), issue=ASKED)
        await stage.github.control("faults", rules=[])
        await stage.idle()  # the next job is submitted by then
        stage.clock.ahead = timedelta(minutes=2)
        await stage.until(lambda seen: any(one.startswith(SUMMARY) for one in answers(seen)), issue=ASKED)
    (waiting,) = answers(seen)
    assert "⏳ GitHub does not answer: I go on at " in waiting


async def test_the_policy_is_changed_on_the_way(on_stage: Staging, tracker: Git) -> None:
    """What was found by the old one is told as such."""
    async with on_stage(tracked(tracker, 70)) as stage:
        comment = await stage.github.comment(REPO, ASKED, "zoe", "/resolution audit")
        await stage.until(lambda seen: any("50 of" in one for one in answers(seen)), issue=ASKED)
        await write_policy(stage, "version: 1\nclaims: off\n")
        (answer,) = answers(await stage.answered(comment, issue=ASKED))
    assert "⚠️ **Not all was looked at**: 50 of " in answer
    assert "The policy was changed meanwhile" in answer


async def test_a_broken_policy(on_stage: Staging, tracker: Git) -> None:
    """By none that cannot be read."""
    async with on_stage(tracked(tracker)) as stage:
        await write_policy(stage, "version: 9\n")
        (answer,) = await asked(stage)
    assert answer.startswith("### 🔧 The policy has 1 fault")


async def test_it_dies_for_good(on_stage: Staging, tracker: Git) -> None:
    """The comment becomes the last word, and another audit may begin."""
    async with on_stage(tracked(tracker)) as stage:
        await stage.github.fault("status:503", operation="ClosedIssues", times=None)
        (answer,) = await asked(stage)
        await stage.github.control("faults", rules=[])
        again = await asked(stage)
    assert "Something broke on my side" in answer
    assert again[-1].startswith(SUMMARY)


HOSTILE = "@bob fixes #1 | **x** [a](https://evil.example) <!-- \u202e"


async def test_hostile_titles(on_stage: Staging, tracker: Git) -> None:
    """They call nobody, refer to nothing and link nowhere."""
    made = tracked(tracker)
    for one in made["repositories"][0]["issues"]:
        one["title"] = HOSTILE
    async with on_stage(made) as stage:
        before = apart(stage.github)
        (answer,) = await asked(stage)
        assert apart(stage.github) == before
    assert answer.count("`@bob` fixes `#1`") == 10
    assert "\u202e" not in answer
    leaves = [leaf for token in MarkdownIt("commonmark").parse(answer) for leaf in token.children or ()]
    assert not [leaf for leaf in leaves if leaf.type in {"link_open", "image"}]
