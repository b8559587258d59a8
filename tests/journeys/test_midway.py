"""The world moves while an assessment is under way: progress is shown, and whatever changes is seen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy

SLOW = """\
version: 1
criteria:
  - id: packaged
    file: service/monitoring.py
  - id: migrated
    code: {{absent: "api.staging.example.com", include: ["service/**"]}}
  - id: healthy
    http: http://127.0.0.1:{port}/health
  - id: ready
    http: http://127.0.0.1:{port}/ready
"""
Act = Callable[[Stage], Awaitable[object]]


@asynccontextmanager
async def slow_service(*pauses: float) -> AsyncIterator[int]:
    """A service whose n-th answer takes the n-th pause (seconds); its port."""
    waits = iter(pauses)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(next(waits, 0))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def under_way(issue: dict[str, Any]) -> bool:
    return any("kind=progress" in body for body in answers(issue))


async def test_progress_becomes_the_answer(on_stage: Staging, shas: Shas) -> None:
    """Where a probe takes its time one comment shows how far it is, and is edited into the answer."""
    async with slow_service(2.1, 2.6) as port, on_stage(world(shas), PROBE_PORTS=str(port)) as stage:
        await write_policy(stage, SLOW.format(port=port))
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        first = answers(await stage.until(under_way))[0]
        issue = await stage.answered(comment)
        edits = [str(one) for one in await stage.github.exchanges() if "updateIssueComment" in str(one)]
    (answer,) = answers(issue)
    assert "kind=assessment" in answer
    assert first != answer
    assert any("kind=progress" in edit for edit in edits)
    assert len(issue["comments"]) == 2


async def test_an_earlier_answer_is_not_overwritten_by_progress(on_stage: Staging, shas: Shas) -> None:
    """What we said before stands until there is something new to say."""
    async with slow_service(0, 0, 0.3, 0.3) as port, on_stage(world(shas), PROBE_PORTS=str(port)) as stage:
        await write_policy(stage, SLOW.format(port=port))
        earlier = answers(await stage.command("/assess-resolution --dry-run"))
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution --dry-run")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        during = answers(await stage.issue())
        issue = await stage.answered(comment)
    assert earlier == during
    assert len(answers(issue)) == 1


async def hold(stage: Stage) -> object:
    return await stage.github.control("label", repo=REPO, issue=1, login="bob", add=["do-not-close"], remove=[])


async def close(stage: Stage) -> object:
    return await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="not_planned")


async def lock(stage: Stage) -> object:
    return await stage.github.control("lock", repo=REPO, issue=1, locked=True)


async def command(stage: Stage) -> object:
    return await stage.github.comment(REPO, 1, "bob", "/assess-resolution help")


async def chatter(stage: Stage) -> object:
    return await stage.github.comment(REPO, 1, "passer-by", "Any news?")


@pytest.mark.parametrize(
    ("act", "state", "said"),
    [
        pytest.param(hold, "open", "the label do-not-close was put on it in the meantime", id="held"),
        pytest.param(close, "closed", "left closed as not planned", id="closed-by-a-person"),
        pytest.param(command, "closed", "closed as completed", id="another-command"),
        pytest.param(chatter, "closed", "closed as completed", id="somebody-without-a-say"),
    ],
)
async def test_what_happens_before_the_closing(on_stage: Staging, shas: Shas, act: Act, state: str, said: str) -> None:
    """The last look sees what changed since the first, and the answer says how it stands then."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\nlabels: {hold: [do-not-close]}\n")
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.github.fault("delay:0.6", operation="addComment")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        await act(stage)
        issue = await stage.answered(comment)
    assert issue["state"] == state
    assert any(said in answer for answer in answers(issue)), answers(issue)
    assert issue["state_reason"] == ("not_planned" if act is close else "completed" if state == "closed" else None)


async def test_locked_before_the_closing(on_stage: Staging, shas: Shas) -> None:
    """In a conversation that was locked we may not speak, and do not close in silence."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("delay:0.6", operation="addComment")
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        await stage.github.control("lock", repo=REPO, issue=1, locked=True)
        issue = await stage.answered(comment)
        assert any(event == "comment-refused" for event, _ in stage.events)
    assert (issue["state"], answers(issue)) == ("open", [])
    assert reactions(issue, comment) == {"eyes", "confused"}


async def test_a_deleted_comment_is_written_anew(on_stage: Staging, shas: Shas) -> None:
    """Whoever deletes our comment gets a new one at the next asking, and no edit of nothing."""
    async with on_stage(world(shas, pulls=[])) as stage:
        issue = await stage.command("/assess-resolution")
        ours = next(one for one in issue["comments"] if one["author"] == "resolution[bot]")
        await stage.github.control("delete", repo=REPO, comment_id=ours["id"])
        issue = await stage.command("/assess-resolution")
    assert len(answers(issue)) == 1


async def test_our_comment_deleted_while_we_measure(on_stage: Staging, shas: Shas) -> None:
    """An edit that finds nothing to edit becomes a new comment."""
    async with slow_service(0, 0, 0.5, 0.5) as port, on_stage(world(shas), PROBE_PORTS=str(port)) as stage:
        await write_policy(stage, SLOW.format(port=port))
        issue = await stage.command("/assess-resolution --dry-run")
        ours = next(one for one in issue["comments"] if one["author"] == "resolution[bot]")
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution --dry-run")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        await stage.github.control("delete", repo=REPO, comment_id=ours["id"])
        issue = await stage.answered(comment)
    (answer,) = [one for one in issue["comments"] if one["author"] == "resolution[bot]"]
    assert answer["id"] != ours["id"]


async def test_a_token_that_ends_midway(on_stage: Staging, shas: Shas) -> None:
    """A token that GitHub no longer takes is minted anew, and the answer comes."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("unauthorized", operation="addComment", times=1)
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    assert len(answers(issue)) == 1


async def test_a_token_that_was_revoked(on_stage: Staging, shas: Shas) -> None:
    """A cached token that GitHub has forgotten costs a retry, and no answer."""
    async with on_stage(world(shas)) as stage:
        await stage.command("/assess-resolution --dry-run")
        stage.github.world.tokens.clear()
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
