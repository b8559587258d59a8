"""GitHub is away, or has shut us out: the answer comes later, or a last word does."""

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, reactions, world, write_policy


async def test_github_is_down_for_a_while(on_stage: Staging, shas: Shas) -> None:
    """An outage that outlasts the first attempt delays the answer, and leaves one."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:503", method="POST", path="/graphql$", times=4)
        issue = await stage.command("/assess-resolution")
        failed = [event for event, _ in stage.events if event == "job-failed"]
    assert failed
    assert (issue["state"], len(answers(issue))) == ("closed", 1)


async def test_a_last_word_when_nothing_helps(on_stage: Staging, shas: Shas) -> None:
    """After the last retry whoever asked is told, with a number that the operator finds in the log."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:503", operation="Acknowledge", times=None)
        await stage.github.fault("status:503", operation="Snapshot", times=None)
        issue = await stage.command("/assess-resolution")
        (dead,) = [fields for event, fields in stage.events if event == "job-dead"]
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert "Something broke on my side" in answer
    assert str(dead["error"]) in answer
    assert reactions(issue, issue["comments"][0]["id"]) == {"confused"}


async def test_a_death_after_the_closing_leaves_the_answer(on_stage: Staging, shas: Shas) -> None:
    """Where all is done but the last reaction, the answer stands: there is no second one, and no apology."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:503", operation="Finish", times=None)
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert answer.startswith("### ✅ Resolved: closed as completed")
    assert "rocket" in reactions(issue, issue["comments"][0]["id"])


async def test_a_death_before_the_closing_takes_the_answer_back(on_stage: Staging, shas: Shas) -> None:
    """A comment that says more than was done becomes the last word; it does not stay beside one."""
    async with on_stage(world(shas, pulls=[])) as stage:
        await stage.command("/assess-resolution")  # another verdict, to be outdated by the next answer
        await stage.github.fault("status:503", operation="minimizeComment", times=None)
        body = f"Fixed in `{shas.fix[:9]}`: created `service/monitoring.py`.\n\n/assess-resolution"
        issue = await stage.command(body)
    ours = [comment["body"] for comment in issue["comments"] if comment["author"] == "resolution[bot]"]
    assert issue["state"] == "open"
    assert "Something broke on my side" in ours[-1]
    assert not any("closed as completed" in text for text in ours)


FILING = """\
version: 1
claims: off
follow_ups: file
criteria:
  - {id: packaged, file: service/monitoring.py}
  - {id: alarm, scope: operational, file: ops/alarm.yml}
"""


async def test_what_was_owed_after_a_closing(on_stage: Staging, shas: Shas) -> None:
    """Where that dies for good, the answer stands with one more line, and the operator is told."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, FILING)
        await stage.github.fault("status:503", method="GET", path="/issues$", times=None)
        issue = await stage.command("/assess-resolution")
        (dead,) = [fields for event, fields in stage.events if event == "aftermath-dead"]
    (answer,) = answers(issue)
    assert (issue["state"], dead["issue"]) == ("closed", 1)
    assert answer.startswith("### ✅ Resolved, with 1 follow-up: closed as completed")
    assert answer.splitlines()[-1].startswith("<!-- resolution-bot: ")
    assert "Something broke on my side after the closing" in answer
    assert f"tell whoever runs me this number: `{dead['error']}`." in answer


async def test_a_dead_merge_has_nobody_to_tell(on_stage: Staging, shas: Shas) -> None:
    """Nobody waits for an automatic assessment, so its death is the operator's alone."""
    pull = {"number": 2, "title": "Later", "body": "Part of #1.", "state": "open", "head": "later", "author": "bob"}
    async with on_stage(world(shas, pulls=[pull])) as stage:
        await stage.github.fault("status:503", operation="Snapshot", times=None)
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.quiet()
        assert "job-dead" in {event for event, _ in stage.events}
        assert not (await stage.issue())["comments"]


async def test_suspended_installation(on_stage: Staging, shas: Shas) -> None:
    """A suspended installation is a matter for the operator's log; nothing is closed and nothing loops."""
    async with on_stage(world(shas)) as stage:
        payload = await stage.late_command("/assess-resolution")
        await stage.github.control("installation", repo=REPO, action="suspend")
        await stage.send(payload)
        issue = await stage.issue()
        seen = {event for event, _ in stage.events}
    assert (issue["state"], len(issue["comments"])) == ("open", 1)
    assert seen & {"no-sight", "reply-refused", "job-dead"}


async def test_archived_repository(on_stage: Staging, shas: Shas) -> None:
    """An archived repository can be looked at and not written to: nothing is closed, and nothing loops."""
    async with on_stage(world(shas)) as stage:
        payload = await stage.late_command("/assess-resolution")
        await stage.github.control("repository", repo=REPO, archived=True)
        await stage.send(payload)
        issue = await stage.issue()
        seen = {event for event, _ in stage.events}
    assert (issue["state"], len(issue["comments"])) == ("open", 1)
    assert "comment-refused" in seen
    assert "job-dead" not in seen


@pytest.mark.parametrize("effect", ["status:403", "status:404", "status:422"])
async def test_the_merge_that_cannot_be_read(on_stage: Staging, shas: Shas, effect: str) -> None:
    """A merged pull request that GitHub does not show leads nowhere, with a line for the operator."""
    pull = {"number": 2, "title": "Later", "body": "Part of #1.", "state": "open", "head": "later", "author": "bob"}
    async with on_stage(world(shas, pulls=[pull])) as stage:
        await stage.github.fault(effect, operation="PullView", times=None)
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.quiet()
        assert "no-links" in {event for event, _ in stage.events}


async def test_rights_that_github_will_not_tell(on_stage: Staging, shas: Shas) -> None:
    """Not knowing somebody's role is said as such; it is no denial, and nothing is closed."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:403", path="/permission$", times=None)
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "did not tell me which role you hold" in answers(issue)[0]


async def test_rights_that_github_will_not_tell_again(on_stage: Staging, shas: Shas) -> None:
    """Where the second asking is refused the issue stays open, and the comment says why."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:403", path="/permission$", nth=2, times=None)
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "the rights could not be asked" in answers(issue)[0]


@pytest.mark.parametrize("effect", ["status:503", "secondary-limit"])
async def test_rights_asked_again_in_trouble(on_stage: Staging, shas: Shas, effect: str) -> None:
    """Trouble that passes delays the closing."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault(effect, path="/permission$", nth=2, times=2 if effect == "status:503" else 1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.until(lambda seen: bool(answers(seen)))
        await stage.idle()
        stage.clock.ahead += type(stage.clock.ahead)(seconds=70)
        issue = await stage.answered(comment)
    assert (issue["state"], len(answers(issue))) == ("closed", 1)
