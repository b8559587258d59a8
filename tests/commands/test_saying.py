"""Whose words count as the closing statement."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.policy import Role
from bot.commands.request import AskedIn
from bot.commands.saying import Asker, closing_statement, people_said
from bot.github.models import Actor, Comment, EventKind, NodeId, TimelineEvent, Unknown
from tests.probes.world import NOW, context, issue, pull

ROLES = {"bob": Role.WRITE, "max": Role.TRIAGE}
ANN = Asker(login="ann", role=Role.TRIAGE)
NOBODY = Asker(login=None, role=Role.NONE)


def said(login: str, body: str, minute: int, **changes: object) -> Comment:
    plain = Comment(
        node_id=NodeId(f"C_{minute}"),
        id=minute,
        url=f"u{minute}",
        body=body,
        created_at=NOW + timedelta(minutes=minute),
        author=Actor(login=login),
        by_us=False,
        is_minimized=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def command(body: str) -> AskedIn:
    at = NOW + timedelta(minutes=90)
    return AskedIn(id=90, node_id="C_90", url="u90", body=body, login="ann", is_bot=False, at=at)


async def chosen(*comments: Comment, asker: Asker = ANN, asked: AskedIn | None = None, **about: object) -> list[str]:
    """The urls of the statements chosen, and in front of them the logins whose roles were asked."""
    snapshot = context(about=issue(author=Actor(login="carol"), comments=comments, **about)).snapshot
    logins: list[str] = []

    async def role_of(login: str) -> Role:
        logins.append(login)
        return ROLES.get(login, Role.READ)

    speech = people_said(snapshot, command=asked, ours=frozenset({66}))
    found = await closing_statement(speech, snapshot, asker=asker, role_of=role_of)
    return [*logins, *(one.url for one in found)]


DONE = "Fixed in `abc1234`."


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        pytest.param((said("bob", DONE, 1),), ["bob", "u1"], id="somebody-with-a-say"),
        pytest.param((said("eve", DONE, 1),), ["eve"], id="a-passer-by"),
        pytest.param(
            (said("bob", DONE, 1), said("eve", DONE, 2)), ["eve", "bob", "u1"], id="not-hidden-by-a-passer-by"
        ),
        pytest.param((said("ann", DONE, 1),), ["u1"], id="the-asker-is-known"),
        pytest.param((said("bob", "Any news?", 1),), [], id="no-completion"),
        pytest.param((said("bob", DONE, 1), said("max", DONE, 2)), ["max", "u2"], id="the-newest"),
        pytest.param(
            tuple(said(f"p{n}", DONE, n) for n in range(1, 6)), ["p5", "p4", "p3"], id="three-are-asked-at-most"
        ),
        pytest.param((said("bot", DONE, 1, author=Actor(login="x", is_bot=True)),), [], id="a-bot"),
        pytest.param((said("bob", DONE, 1, author=None),), [], id="a-ghost"),
        pytest.param((said("bob", DONE, 1, is_minimized=True),), [], id="folded"),
        pytest.param((said("bob", DONE, 66),), [], id="our-own-answer"),
        pytest.param((said("bob", DONE, 1, by_us=True),), ["bob", "u1"], id="the-tokens-owner"),
        pytest.param((said("bob", DONE, 1), said("carol", "Still broken.", 2)), ["bob"], id="the-reporter-contradicts"),
        pytest.param((said("bob", DONE, 1), said("eve", "Still broken.", 2)), ["bob", "u1"], id="a-passer-by-cannot"),
    ],
)
async def test_whose_words_count(comments: tuple[Comment, ...], expected: list[str]) -> None:
    """Roles are asked only where they decide, and a contradiction overtakes what is older."""
    assert expected == await chosen(*comments)


async def test_the_command_comes_first_and_spares_the_asking() -> None:
    """A command that says what was done needs nobody's role; one that does not is joined by the newest statement."""
    assert await chosen(said("bob", DONE, 1), asked=command(f"{DONE}\n\n/assess-resolution")) == ["u90"]
    assert await chosen(said("bob", DONE, 1), asked=command("/assess-resolution")) == ["bob", "u90", "u1"]
    assert await chosen(said("ann", DONE, 90), asked=command("/assess-resolution")) == ["u90"]


async def test_merged_pull_requests_speak() -> None:
    """Their bodies count, unless they are empty or were overtaken by a reopening."""
    pulls = (pull(12, url="p12"), pull(13, body="  ", url="p13"), pull(14, merged_at=None, url="p14", author=None))
    assert await chosen(asker=NOBODY, closing_pulls=pulls) == ["p12"]
    later = TimelineEvent(kind=EventKind.REOPENED, at=NOW, actor=Actor(login="carol"))
    assert await chosen(asker=NOBODY, closing_pulls=pulls, timeline=(later,)) == []


async def test_what_cannot_be_read_says_nothing() -> None:
    """Unknown comments and history leave the command alone."""
    snapshot = context(about=issue(comments=Unknown(reason="?"), timeline=Unknown(reason="?"))).snapshot
    speech = people_said(snapshot, command=command(DONE), ours=frozenset())

    async def role_of(login: str) -> Role:
        raise AssertionError(login)

    found = await closing_statement(speech, snapshot, asker=ANN, role_of=role_of)
    assert [one.url for one in found] == ["u90"]
