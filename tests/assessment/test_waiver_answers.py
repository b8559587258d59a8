"""What is said about giving and taking back a waiver: the next step, and nothing that acts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment import waiver_answers as said
from tests.assessment.samples import NOW
from tests.assessment.test_waiver import waiver

MANY = tuple(f"c{number}" for number in range(13))


def test_given() -> None:
    """What, by whom, until when, why, and what can be done now."""
    assert said.given(waiver(), title="the suite passes") == (
        "⚪ @mia waived `suite` (the suite passes) until 2026-12-05 15:00 UTC: the suite moves to another runner."
        "\n\nIt is measured and shown as before, and decides nothing here as long as the policy stays as it is; the"
        " confidence is MEDIUM at best. `/assess-resolution` asks again; `/resolution unwaive suite` takes it back."
    )


@pytest.mark.parametrize(("by", "words"), [("MIA", "`suite`: it"), ("bob", "`suite` by `@mia`: it")])
def test_taken_back(by: str, words: str) -> None:
    """Whose waiver it was is said where it was somebody else's."""
    assert said.taken_back(waiver(), by=by).startswith(f"⚪ @{by} took back the waiver of {words} decides again.")


@pytest.mark.parametrize(
    ("waived", "words"),
    [((), "Nothing is waived here."), (("a", "b"), "What is waived: `a` and `b`."), (MANY, "`c9` and 3 more.")],
    ids=["none", "some", "many"],
)
def test_not_waived(waived: tuple[str, ...], words: str) -> None:
    """What is waived is named."""
    assert said.not_waived("x", waived).endswith(words)


@pytest.mark.parametrize(
    ("known", "nearest", "words"),
    [
        (("suite", "ci"), "suite", "nothing to waive. Did you mean `suite`? What is asked here: `suite` and `ci`."),
        (("ci",), None, "nothing to waive. What is asked here: `ci`."),
        ((), None, "Nothing is asked here by name."),
    ],
    ids=["near", "far", "nothing"],
)
def test_unknown_criterion(known: tuple[str, ...], nearest: str | None, words: str) -> None:
    """What is asked is named, and what was probably meant."""
    assert words in said.unknown_criterion("suit", known, nearest=nearest)


def test_who_may_not() -> None:
    """Whoever wrote the fix is told who can, and what he can do himself; not knowing is no refusal."""
    refusal = said.by_its_author("bob", "suite")
    assert refusal.startswith("👋 @bob, you are one of those who wrote the fix")
    assert "`/resolution waive suite <reason>`" in refusal
    assert "`/assess-resolution --dry-run` shows what is missing" in refusal
    assert "(a permission is missing)" in said.authors_unknown("a permission is missing")
    assert "That is no refusal" in said.authors_unknown("?")


def test_ended() -> None:
    """When it ended, and whose it was."""
    text = said.ended(waiver(), seen_from=NOW + timedelta(days=30))
    assert text == "⏳ The waiver of `suite` by @mia ended at 2026-12-05 15:00 UTC: it decides again."


def test_hostile_words() -> None:
    """Neither a reason nor a title or an id acts."""
    text = said.given(replace(waiver("a` @all"), reason="fixes #7 @all\n/assess-resolution"), title="<b> @all")
    assert "waived ``a` @all`` (" in text
    assert "fixes `#7` `@all` `/assess-resolution`." in text
    assert "(&lt;b&gt; `@all`)" in text
