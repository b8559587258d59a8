"""Who says what with a reaction, over the simulated GitHub."""

from pathlib import Path

from bot.assessment.policy import Role
from bot.github.answers import Reaction
from bot.github.models import NodeId

from .world import Shop, shop


async def react(one: Shop, comment: int, login: str, content: str) -> None:
    await one.simulator.control("react", repo="acme/shop", comment_id=comment, login=login, content=content)


async def test_thumbs_of_people(tmp_path: Path) -> None:
    """Up and down with their times, oldest first; neither other reactions nor those of bots."""
    async with shop(tmp_path) as one:
        snapshot = await one.session.snapshot(3)
        assert isinstance(snapshot.issue.comments, tuple)
        (comment,) = snapshot.issue.comments
        await one.session.react(comment.node_id, Reaction.THUMBS_UP)
        for login, content in (("bob", "-1"), ("alice", "+1"), ("bob", "heart")):
            await react(one, comment.id, login, content)
        reader = one.session.reader(snapshot)
        found = await reader.votes(comment.node_id)
        requests = len(one.exchanges)
        assert await reader.votes(comment.node_id) == found
        assert len(one.exchanges) == requests
        assert await one.session.votes(comment.node_id) == found
    assert {(vote.login, vote.up) for vote in found} == {("bob", False), ("alice", True)}
    assert [vote.at for vote in found] == sorted(vote.at for vote in found)


async def test_a_comment_that_is_gone_has_none(tmp_path: Path) -> None:
    """Nothing is there to react to."""
    async with shop(tmp_path) as one:
        snapshot = await one.session.snapshot(3)
        assert isinstance(snapshot.issue.comments, tuple)
        (comment,) = snapshot.issue.comments
        await one.simulator.control("delete", repo="acme/shop", comment_id=comment.id, login="bob")
        assert await one.session.reader(snapshot).votes(NodeId(comment.node_id)) == ()


async def test_roles_and_editors(tmp_path: Path) -> None:
    """What somebody may do here, asked once; and who edited a comment last."""
    async with shop(tmp_path) as one:
        plain = await one.session.snapshot(3)
        assert isinstance(plain.issue.comments, tuple)
        (comment,) = plain.issue.comments
        assert comment.editor is None
        await one.simulator.control("edit", repo="acme/shop", comment_id=comment.id, login="bob", body="changed")
        snapshot = await one.session.snapshot(3)
        assert isinstance(snapshot.issue.comments, tuple)
        editor = snapshot.issue.comments[0].editor
        reader = one.session.reader(snapshot)
        requests = len(one.exchanges)
        roles = [await reader.role(login) for login in ("alice", "Alice", "nobody")]
        assert len(one.exchanges) == requests + 2
    assert editor is not None
    assert editor.login == "bob"
    assert roles == [Role.TRIAGE, Role.TRIAGE, Role.NONE]
