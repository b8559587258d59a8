"""What is said to whoever reopens, confirms, or takes that back."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from bot.assessment import confirm_answers, reopen_answers
from bot.assessment.history import Hand, Happened, Happening
from bot.assessment.policy import Role

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIL = "eve](https://evil.example) @all\n/assess-resolution\nFixes #1"


def by(login: str | None, hand: Hand = Hand.PERSON, *, by_itself: bool = False) -> Happened:
    return Happened(what=Happening.CLOSED, at=AT, hand=hand, by=login, by_itself=by_itself)


@pytest.mark.parametrize(
    ("closing", "closed_as", "words"),
    [
        (by("bob"), "completed", "was closed by `@bob`. What still fails"),
        (by("bob"), "not_planned", "was closed as not planned by `@bob`. What"),
        (by("Carol"), "completed", "was closed by you. You can reopen it by hand"),
        (by("carol", by_itself=True), "completed", "by a merge or a push of `@carol`. What still fails"),
        (by("stale", Hand.BOT), "completed", "by the bot `@stale`. What"),
        (by(None), "completed", "by somebody whose account is gone. What"),
        (None, "completed", "by somebody else. What"),
    ],
)
def test_who_closed_it(closing: Happened | None, closed_as: str, words: str) -> None:
    """And what the one who asks can do himself."""
    said = reopen_answers.closed_by_another(closing, closed_as=closed_as, login="carol", has_role=False)
    assert words in said
    triage = reopen_answers.closed_by_another(closing, closed_as=closed_as, login="ann", has_role=True)
    assert triage.endswith("You can reopen it by hand, with GitHub's button.")


def test_reopened() -> None:
    """With the reason, where the answer is, and the labels that GitHub left out; or what is wanted of him."""
    said = reopen_answers.reopened(
        "carol", "it fails", answer="https://x.example/1", close_role=Role.WRITE, dropped=("a",)
    )
    assert "> it fails\n" in said
    assert "[My answer](https://x.example/1) says so. By myself I only advise" in said
    assert "**write**" in said
    assert said.endswith("GitHub did not set `a`.")
    bare = reopen_answers.reopened("carol", " ", answer=None, close_role=Role.TRIAGE)
    assert bare.startswith("↩️ @carol reopened this issue through me. What still fails, say in a few words here.")
    assert reopen_answers.as_done("carol", "", url="u").text == "reopened by carol with /reopen"


def test_objected() -> None:
    """To what is announced it is an objection: that is called off, and who can ask again."""
    said = reopen_answers.objected("carol", "it fails", close_role=Role.WRITE)
    assert said.startswith("↩️ @carol objected to the closing that I had announced:\n\n> it fails\n\nIt is called off")
    assert "Whoever has **write** can ask again" in said


def test_replies_that_an_issue_is_open_are_known_again() -> None:
    """They are out of the way once it is closed."""
    words = ("carol", "it fails")
    replies = (
        reopen_answers.reopened(*words, answer=None, close_role=Role.TRIAGE),
        reopen_answers.objected(*words, close_role=Role.TRIAGE),
        reopen_answers.keeps_open(*words, close_role=Role.TRIAGE),
    )
    assert [reopen_answers.is_open_again(one) for one in (*replies, reopen_answers.is_open())] == [True] * 3 + [False]


def test_kept_open() -> None:
    """An answer waits: it is heard, and nothing was announced."""
    said = reopen_answers.keeps_open("carol", "it fails", close_role=Role.WRITE)
    assert said.startswith("↩️ @carol wants this issue kept open:\n\n> it fails\n\nIt is open")
    assert "Whoever has **write** can ask again" in said


SAID: dict[str, Callable[[], str]] = {
    "reopened": lambda: reopen_answers.reopened("carol", EVIL, answer=None, close_role=Role.TRIAGE),
    "objected": lambda: reopen_answers.objected("carol", EVIL, close_role=Role.TRIAGE),
    "kept": lambda: reopen_answers.keeps_open("carol", EVIL, close_role=Role.TRIAGE),
    "closed": lambda: reopen_answers.closed_by_another(by(EVIL), closed_as=EVIL, login="x", has_role=False),
    "unknown": lambda: reopen_answers.closer_unknown(EVIL),
    "not": lambda: reopen_answers.not_reopened(EVIL),
    "next": lambda: confirm_answers.counts_next("carol", (EVIL,), close_role="triage"),
    "late": lambda: confirm_answers.closed_already("carol", (EVIL,)),
    "held": lambda: confirm_answers.held_back("carol", (EVIL,), EVIL, waits=True, closed=True),
    "alone": lambda: confirm_answers.reporters_alone("carol", (EVIL,)),
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_nothing_foreign_acts(said: Callable[[], str]) -> None:
    """No link, mention, reference or command of somebody else's."""
    tokens = MarkdownIt("commonmark").parse(said())
    leaves = [leaf for token in tokens for leaf in token.children or ()]
    shown = "".join(leaf.content for leaf in leaves if leaf.type == "text")
    assert not [foreign for foreign in ("@all", "#1", "\n/") if foreign in shown]
    assert not {"link_open", "html_block", "html_inline"} & {token.type for token in (*tokens, *leaves)}


@pytest.mark.parametrize(
    ("waits", "closed", "words"),
    [
        (True, False, "I go on waiting for a confirmation."),
        (False, False, "`/confirm-fixed` confirms anew."),
        (False, True, "The issue stays closed; `/reopen <why>` opens it again if I closed it."),
    ],
)
def test_taken_back(waits: bool, closed: bool, words: str) -> None:
    """What comes of it, or what can be done."""
    assert confirm_answers.taken_back("carol", waits=waits, closed=closed).endswith(words)


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("closed", [True, False])
def test_held_back(*, waits: bool, closed: bool) -> None:
    """That it does not count, by which words, and what next."""
    said = confirm_answers.held_back("carol", ("confirmed",), "but not here", waits=waits, closed=closed)
    assert said.startswith("✍️ @carol, that does not count as a confirmation for `confirmed`: you hold something back")
    assert '"but not here".' in said
    assert "say so with `/confirm-fixed` alone" in said
    assert ("I go on waiting." in said, "`/reopen <why>`" in said) == (waits, closed)


def test_nothing_to_take_back() -> None:
    """It is not said to be taken back."""
    said = confirm_answers.taken_back("carol", waits=False, closed=False, had=False)
    assert said.endswith("still counts: nothing was taken back. `/confirm-fixed` confirms.")


def test_confirmed_after_the_closing() -> None:
    """What would still count it, if anything does, and what to do if it comes back."""
    assert "counts it for `confirmed`. Should it" in confirm_answers.closed_already("carol", ("confirmed",))
    assert "waits for it. Should it come back, `/reopen <why>`" in confirm_answers.closed_already("carol", ())


def test_the_locked_and_the_open() -> None:
    """Each says why, and what next; so does a confirmation that nothing asks for."""
    assert "Somebody with **write** can unlock it" in reopen_answers.is_locked()
    assert "nothing to reopen" in reopen_answers.is_open()
    assert "no assessment counts it: people read it" in confirm_answers.nothing_asks("carol")
