"""`kill -9` once it was told that something is not done: it stays undone, whatever has changed since."""

from pathlib import Path

from tests.journeys.processes import ground, held_up, process
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, world
from tests.journeys.test_kill import CREATED


async def test_an_objection_that_is_gone(tmp_path: Path, shas: Shas) -> None:
    """What was left open for somebody's words stays open, though they are deleted before the job goes on."""
    async with ground(tmp_path, world(shas), name="killed-objection") as on:
        async with process(on):
            await on.github.fault("delay:1", operation="addComment", times=1)
            await on.github.comment(REPO, 1, "ann", CREATED)
            await held_up(on)
            words = await on.github.comment(REPO, 1, "carol", "It still fails here!")
            await on.github.fault("delay:0.4", operation="updateIssueComment", times=1)
            await held_up(on)
        await on.github.control("delete", repo=REPO, comment_id=words, login="carol")
        async with process(on):
            await on.still(parked=0)
        (issue, *_), closed = await on.issues(), on.changes("closed")
    assert (issue["state"], closed) == ("open", [])
    (answer,) = answers(issue)
    assert "carol has commented since" in answer
