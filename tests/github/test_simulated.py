"""The gateway against the simulator: a real server, a real git repository, GitHub's own contract."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assessment.evidence import Sha
from bot.github.answers import IssueNow, Reaction
from bot.github.contents import Folder, Opaque, OpaqueKind, TextFile
from bot.github.credentials import PersonToken, Secret
from bot.github.errors import Forbidden, GitHubError, Gone, IsPull, Moved, NotFound, Unavailable
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.models import EventKind, IssueState, RepositoryRef, StateReason, Unknown

from .stand_in import Clock, outcome
from .test_queries import CONTRACT
from .test_snapshots import unknown_parts
from .world import PERMISSIONS, Shop, shop

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def walk(one: Shop) -> IssueNow:
    """All that an assessment does, and all else that a session can."""
    session = one.session
    snapshot = await session.snapshot(3)
    assert isinstance(snapshot.issue.comments, tuple)
    command = snapshot.issue.comments[0]
    await session.acknowledge_and_snapshot(command.node_id, 3)
    await session.role("alice")
    await session.pull_view(7)
    reader = session.reader(snapshot)
    await reader.content("HEAD", "fix.py")
    await reader.contains(one.first, Sha(one.second))
    await reader.tree(Sha(one.second))
    posted = await session.comment_create(snapshot.issue.node_id, "working")
    await session.comment_update(posted.node_id, "done")
    await session.minimize(posted.node_id)
    await session.react(command.node_id, Reaction.CONFUSED)
    await session.create_label("done", "00ff00", "measured")
    await session.add_label(3, "done")
    await session.remove_label(3, "bug")
    await session.set_labels(3, ("done", "bug"))
    await session.close_issue(3, ("done",))
    await session.list_own_comments_since(3, LONG_AGO)
    await session.comment_exists(posted.id)
    return await session.finish(command.node_id, Reaction.ROCKET, 3)


async def test_everything_at_once(tmp_path: Path) -> None:
    """The issue is closed as completed, labelled, answered and reacted to, by us."""
    async with shop(tmp_path) as one:
        now = await walk(one)
        state = await one.simulator.state()
    assert (now.state, now.state_reason, now.labels) == (IssueState.CLOSED, StateReason.COMPLETED, ("done",))
    assert isinstance(now.events, tuple)
    assert [(event.kind, event.actor and event.actor.login) for event in now.events] == [
        (EventKind.CLOSED, "resolution")
    ]
    (issue,) = [each for each in state["repositories"][0]["issues"] if each["number"] == 3]
    assert [(each["body"], each["minimized"]) for each in issue["comments"][1:]] == [("done", True)]
    assert {"EYES", "CONFUSED", "ROCKET"} == {each["content"].upper() for each in issue["comments"][0]["reactions"]}


async def test_what_we_send_keeps_to_githubs_contract(tmp_path: Path) -> None:
    """Every request of a walk through all methods, checked against GitHub's own descriptions."""
    if not (CONTRACT / "contract_check.py").exists():
        pytest.skip("GitHub's contract is not at hand; GITHUB_CONTRACT names its folder")
    log = tmp_path / "exchanges.jsonl"
    async with shop(tmp_path) as one:
        await walk(one)
        log.write_text("\n".join(json.dumps(each) for each in await one.simulator.exchanges()), "utf-8")
    command = [sys.executable, str(CONTRACT / "contract_check.py"), str(log)]
    checked = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


async def test_assessing_and_closing_takes_six_requests_and_a_token(tmp_path: Path) -> None:
    """Role, snapshot with 👀, one batch of reads, comment, close, final reaction with the issue read back."""
    async with shop(tmp_path) as one:
        command = (await one.simulator.state())["repositories"][0]["issues"][0]["comments"][0]["node_id"]
        await one.session.role("alice")
        snapshot = await one.session.acknowledge_and_snapshot(command, 3)
        reader = one.session.reader(snapshot)
        async with asyncio.TaskGroup() as group:
            group.create_task(reader.content("HEAD", "fix.py"))
            group.create_task(reader.content(one.first, "fix.py"))
            group.create_task(reader.contains("trunk", Sha(one.second)))
        await one.session.comment_create(snapshot.issue.node_id, "done")
        await one.session.close_issue(3, None)
        now = await one.session.finish(command, Reaction.ROCKET, 3)
    assert IssueState.CLOSED is now.state
    assert len([each for each in one.exchanges if "access_tokens" not in each.path]) == 6


async def test_contents_of_a_real_repository(tmp_path: Path) -> None:
    """Text, folder, link, submodule, binary, LFS pointer, nothing; now and before."""
    async with shop(tmp_path) as one:
        reader = one.session.reader(await one.session.snapshot(3))
        async with asyncio.TaskGroup() as group:
            paths = ("fix.py", "docs", "link", "lib", "bin", "big", "nope", "")
            tasks = [group.create_task(reader.content("HEAD", path)) for path in paths]
            before = group.create_task(reader.content(f"{one.second}^1", "fix.py"))
    found = [task.result() for task in tasks]
    assert isinstance(found[0], TextFile)
    assert (found[0].text, before.result()) == ("fixed = True\n", None)
    assert found[1] == Folder(path="docs", names=("a.md",))
    kinds = [OpaqueKind.SYMLINK, OpaqueKind.SUBMODULE, OpaqueKind.BINARY, OpaqueKind.LFS_POINTER]
    assert kinds == [each.kind for each in found[2:6] if isinstance(each, Opaque)]
    assert found[6] is None
    assert isinstance(found[7], Folder)


async def test_commits_of_a_real_repository(tmp_path: Path) -> None:
    """By sha, prefix and name; reachability both ways; the last change of a path; the tarball."""
    async with shop(tmp_path) as one:
        reader = one.session.reader(await one.session.snapshot(3))
        found = [await reader.commit(rev) for rev in (one.first, one.first[:8], "trunk", "f" * 40, "f" * 8)]
        assert [one.first, one.first, one.second, None, None] == [each and each.oid for each in found]
        assert await reader.contains("trunk", Sha(one.first))
        assert not await reader.contains(one.first, Sha(one.second))
        assert not await reader.contains("trunk", Sha("f" * 40))
        change = await reader.last_change("docs/a.md")
        assert change is not None
        assert (one.first, "first") == (change.oid, change.message.strip())
        async with reader.tarball(Sha(one.second)) as chunks:
            assert b"".join([chunk async for chunk in chunks]).startswith(b"\x1f\x8b")


@pytest.mark.parametrize(
    ("missing", "parts"),
    [
        ("checks", {"head_checks"}),
        ("deployments", {"deployments"}),
        ("pull_requests", {"closing_pulls"}),
    ],
)
async def test_an_app_that_was_not_granted_everything(tmp_path: Path, missing: str, parts: set[str]) -> None:
    """The token is minted with the rest, and exactly the part that depends on it is unknown."""
    granted = {name: "write" if name == "issues" else "read" for name in PERMISSIONS if name != missing}
    async with shop(tmp_path, granted) as one:
        snapshot = await one.session.snapshot(3)
        asked = len(one.exchanges)
        await one.session.snapshot(3)
    assert parts == unknown_parts(snapshot)
    assert len(one.exchanges) == asked + 1
    part = getattr(snapshot, next(iter(parts)), None) or snapshot.issue.closing_pulls
    assert isinstance(part, Unknown)
    assert "permission" in part.reason


async def test_deployments_that_one_repository_withholds(tmp_path: Path) -> None:
    """The token has the permission, and GitHub withholds them all the same."""
    granted = {name: "write" if name == "issues" else "read" for name in PERMISSIONS if name != "deployments"}
    async with shop(tmp_path, permissions=granted) as one:
        assert {"deployments"} == unknown_parts(await one.session.snapshot(3))


async def test_without_contents_there_is_nothing_to_go_by(tmp_path: Path) -> None:
    """An unreadable policy is not an absent one."""
    granted = {name: "write" if name == "issues" else "read" for name in PERMISSIONS if name != "contents"}
    async with shop(tmp_path, permissions=granted) as one:
        assert Forbidden is type(await outcome(one.session.snapshot(3)))


@pytest.mark.parametrize(
    ("number", "issue", "error"),
    [
        (7, {}, IsPull),
        (99, {}, NotFound),
        (8, {"number": 8, "deleted": True}, Gone),
        (8, {"number": 8, "transferred_to": "acme/other#1"}, Moved),
    ],
    ids=["pull request", "absent", "deleted", "transferred"],
)
async def test_issues_that_are_none(
    tmp_path: Path, number: int, issue: dict[str, object], error: type[GitHubError]
) -> None:
    """Each with its own error, for reading and for reading again."""
    issues = [{"title": "x", **issue}] if issue else []
    async with shop(tmp_path, issues=issues, pulls=[{"number": 7, "title": "p"}]) as one:
        found = [await outcome(one.session.snapshot(number)), await outcome(one.session.issue_now(number))]
    assert [error, error] == [type(each) for each in found]


async def test_a_locked_issue_refuses_nobody_with_rights_but_says_so(tmp_path: Path) -> None:
    """Locked is told; a deleted comment is not found."""
    async with shop(tmp_path) as one:
        await one.simulator.control("lock", repo="acme/shop", issue=3, login="bob", locked=True)
        now = await one.session.issue_now(3)
        missing = await outcome(one.session.comment_update(now.node_id, "x"))
    assert now.locked
    assert isinstance(missing, GitHubError)


async def test_an_applied_write_whose_answer_is_lost_is_found_by_reading_back(tmp_path: Path) -> None:
    """`Unavailable`, and our comment stands."""
    async with shop(tmp_path) as one:
        snapshot = await one.session.snapshot(3)
        await one.simulator.fault("reset-after", operation="CreateComment", times=1)
        lost = await outcome(one.session.comment_create(snapshot.issue.node_id, "marker"))
        found = await one.session.list_own_comments_since(3, LONG_AGO)
    assert Unavailable is type(lost)
    assert [comment.body for comment in found] == ["marker"]


async def test_more_than_100_checks(tmp_path: Path) -> None:
    """All pages are read."""
    async with shop(tmp_path) as one:
        for number in range(120):
            await one.simulator.control(
                "check", repo="acme/shop", sha=one.second, name=f"c{number}", conclusion="success", app="ci"
            )
        snapshot = await one.session.snapshot(3)
    assert not isinstance(snapshot.head_checks, Unknown)
    assert (len(snapshot.head_checks.checks), snapshot.head_checks.complete) == (121, True)


async def test_a_persons_token_reads_the_same(tmp_path: Path) -> None:
    """For the command line: nothing is minted."""
    async with shop(tmp_path) as one:
        person = PersonToken(token=Secret("ghp_carol"))
        async with Gateway(host(one.simulator.url), person, Clock()) as gateway:
            snapshot = await gateway.session(None, RepositoryRef(owner="acme", name="shop")).snapshot(3)
            us = await gateway.app()
    assert (us.login, snapshot.issue.title) == ("carol", "It breaks")
    assert not one.exchanges


async def test_an_enterprise_server(tmp_path: Path) -> None:
    """REST below /api/v3, GraphQL beside it."""
    async with shop(tmp_path) as one:
        person = PersonToken(token=Secret("ghp_carol"))
        async with Gateway(host(f"{one.simulator.url}/api/v3"), person, Clock()) as gateway:
            session = gateway.session(None, RepositoryRef(owner="acme", name="shop"))
            snapshot = await session.snapshot(3)
            tree = await session.reader(snapshot).tree(Sha(one.second))
    assert "fix.py" in [entry.path for entry in tree.entries]
