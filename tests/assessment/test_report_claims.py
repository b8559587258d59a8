"""Claims in the answer: what was said, what was found, and what had been found before."""

from bot.assessment.document import Assessment
from bot.assessment.evidence import Outcome
from bot.assessment.report import render
from tests.assessment.samples import assess, claim, finding


def said(assessment: Assessment) -> str:
    """The comment."""
    return render(assessment, evidence_url=None, marker="<!-- mark -->")


def test_claims_in_the_same_words_say_which_is_which() -> None:
    """Where one sentence makes several claims, each row says what was asked."""
    words = "created `a.py`, fixed in `abc1234`"
    both = (
        claim(words, Outcome.PASS, expected="`a.py` is there"),
        claim(words, Outcome.PASS, expected="`abc1234` is on `main`"),
    )
    text = said(assess(both))
    assert "asked: `a.py` is there" in text
    assert "asked: `abc1234` is on `main`" in text
    assert "asked:" not in said(assess(both[:1]))


def test_a_claim_that_failed_before_the_fix_shows_both() -> None:
    """What was found before stands beside what is found now, as with any criterion."""
    found = claim("the module is packaged", Outcome.PASS, before="no such file", observed="packaged")
    assert "no such file → packaged" in said(assess((finding(), found)))
