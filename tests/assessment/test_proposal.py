"""The words round a learning document: what names it, what is the same content, what of a text is people's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import Assessment, IssueState
from bot.assessment.evidence import Outcome
from bot.assessment.linked import extract_links
from bot.assessment.marker import Mark, MarkKind, Place, comment_marker
from bot.assessment.proposal import (
    body,
    branch_of,
    content_in,
    content_of,
    fingerprint,
    marked,
    message,
    revised,
    title,
)
from tests.assessment.samples import NOW, assess, finding

PATHS = ("SPEC/learnings/issue_12_x.xml", "ISSUE_12_RESOLUTION_SUMMARY.md")
KEY, PLACE = b"k" * 32, Place(repository_id=7, issue=12)
ONE, TWO = "0" * 16, "1" * 16


def test_branches() -> None:
    """The first is the issue's own; a later one is numbered."""
    assert [branch_of(12, number) for number in (1, 2)] == ["resolution-bot/record-12", "resolution-bot/record-12-2"]


def test_the_same_content_at_another_time() -> None:
    """When it was measured, at which commit and by which run, is no content."""
    one = assess((finding(),))
    later = replace(one, id="other", finished_at=NOW + timedelta(days=1), commit=None)
    assert fingerprint(one, PATHS) == fingerprint(later, PATHS)


@pytest.mark.parametrize(
    ("other", "paths"),
    [
        (assess((finding(observed="success, 2 runs"),)), PATHS),
        (assess((finding("another"),)), PATHS),
        (assess((finding(outcome=Outcome.FAIL),)), PATHS),
        (replace(assess((finding(),)), state=IssueState(title="renamed")), PATHS),
        (assess((finding(),)), PATHS[:1]),
    ],
    ids=["observed", "criterion", "outcome", "title", "paths"],
)
def test_other_content(other: Assessment, paths: tuple[str, ...]) -> None:
    """What is said in the documents, and where they stand, is."""
    assert fingerprint(assess((finding(),)), PATHS) != fingerprint(other, paths)


def test_the_message() -> None:
    """It tells its content again, and ends with what starts no workflow."""
    assert content_of(f"Subject\r\n\r\n{message(ONE)}".replace("\n", "\r\n")) == ONE
    assert (message(ONE).splitlines()[-1], content_of("Content: mine")) == ("[skip ci]", None)


@pytest.mark.parametrize("words", ["Fixes #3", "closes", "refs #4 @bob <!-- x -->\n/assess-resolution"])
def test_the_body_does_nothing(words: str) -> None:
    """Whatever the issue is called: no issue is closed or worked on by it, nobody is called."""
    text = body(
        replace(assess((finding(),)), state=IssueState(title=words)), PATHS, evidence_url="https://bot.example/x"
    )
    assert extract_links(f"{title(12)}\n\n{text}", "octo/shop") == ()
    assert ("@bob" in text.replace("`@bob`", ""), "<!--" in text, "\n/" in text) == (False, False, False)


def test_the_body_without_title_and_link() -> None:
    """It says what there is."""
    text = body(replace(assess((finding(),)), state=IssueState()), PATHS, evidence_url=None)
    assert (text.startswith("What was learned from #12\n"), "Evidence" in text) == (True, False)


def test_our_mark_is_found_again() -> None:
    """By us, for this issue; no other mark of ours counts."""
    text = marked("words", ONE, key=KEY, place=PLACE)
    other = comment_marker(Mark(kind=MarkKind.PREVIEW, write="w"), key=KEY, place=PLACE)
    assert content_in(text, key=KEY, place=PLACE) == ONE
    assert content_in(text, key=KEY, place=Place(repository_id=7, issue=13)) is None
    assert content_in(other, key=KEY, place=PLACE) is None


OURS = marked("words", ONE, key=KEY, place=PLACE)


@pytest.mark.parametrize(
    ("there", "text", "content", "becomes"),
    [
        (OURS, "words", ONE, None),
        (OURS, "words", TWO, marked("words", TWO, key=KEY, place=PLACE)),
        (OURS.replace("\n", "\r\n"), "new", ONE, marked("new", ONE, key=KEY, place=PLACE)),
        (f"Mine.\n{OURS}", "new", ONE, None),
        ("words", "new", TWO, None),
    ],
    ids=["right", "other-content", "other-words", "people's", "no-mark"],
)
def test_what_becomes_of_a_text(there: str, text: str, content: str, becomes: str | None) -> None:
    """Ours is replaced, where it has to be; people's is kept."""
    assert becomes == revised(there, text, content, key=KEY, place=PLACE)


def test_the_mark_in_peoples_words() -> None:
    """It alone is renewed, and they stay people's words."""
    first = revised(f"Mine.\n{OURS}\nToo.", "new", TWO, key=KEY, place=PLACE)
    assert first is not None
    assert (first.startswith("Mine.\nwords\n\n<!--"), first.endswith("-->\nToo.")) == (True, True)
    assert content_in(first, key=KEY, place=PLACE) == TWO
    assert revised(first, "newer", TWO, key=KEY, place=PLACE) is None
