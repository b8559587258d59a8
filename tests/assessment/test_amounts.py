"""What a change amounts to, in the same words everywhere."""

from dataclasses import replace

import pytest

from bot.assessment import record_lesson
from bot.assessment.amounts import Amount, Amounts, amounts
from bot.assessment.codec import decode, encode
from bot.assessment.document import MARKERS_KEPT, Metrics
from bot.assessment.record_lesson import figures, steps
from bot.assessment.record_room import LADDER
from bot.assessment.record_xml import learning_xml
from bot.assessment.report import render
from bot.assessment.report_page import CAPABILITIES, Page
from bot.assessment.report_sections import measured
from tests.assessment.samples import assess, finding
from tests.assessment.test_record_xml import SCHEMA

UNREAD = Metrics(pull_requests=None, commits=None, breaking=None, complete=False)
NONE = Amount(number=0)
TWO = Amount(number=2)


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        pytest.param(UNREAD, Amounts(), id="nobody-looked"),
        pytest.param(Metrics(), Amounts(pulls=NONE), id="there-is-no-fix"),
        pytest.param(
            Metrics(commits=2, files=2), Amounts(pulls=NONE, commits=TWO, files=TWO, breaking=NONE), id="all-was-read"
        ),
        pytest.param(
            Metrics(pull_requests=(7, 9), commits=2, files=2, complete=False),
            Amounts(pulls=TWO, commits=replace(TWO, least=True), files=TWO, breaking=replace(NONE, least=True)),
            id="a-part-was-read",
        ),
        pytest.param(
            Metrics(pull_requests=(7, 9), breaking=("feat!: x",) * MARKERS_KEPT),
            Amounts(pulls=TWO, breaking=Amount(number=MARKERS_KEPT, least=True)),
            id="more-markers-than-are-kept",
        ),
        pytest.param(replace(UNREAD, commits=2), Amounts(commits=replace(TWO, least=True)), id="markers-unread"),
    ],
)
def test_what_can_be_said(metrics: Metrics, expected: Amounts) -> None:
    """Only what was measured; "at least" only of what is counted in a list that was not read to its end."""
    assert amounts(metrics) == expected


@pytest.mark.parametrize(
    ("amount", "words", "counted"),
    [
        (Amount(number=1_234), "1,234", "1,234 commits"),
        (Amount(number=1, least=True), "at least 1", "at least 1 commit"),
        (NONE, "none", "no commit"),
        (Amount(number=0, least=True), "none in the commits that were read", "no commit in the commits that were read"),
    ],
)
def test_in_words(amount: Amount, words: str, counted: str) -> None:
    """Alone, and with what is counted."""
    assert (amount.words, amount.of("commit")) == (words, counted)


def test_it_runs_there_since_whenever() -> None:
    """Where nobody saw it begin, no moment is told, and that it runs there all the same."""
    page = Page(assessment=assess((finding(),), metrics=Metrics(environment="live")))
    answer = render(page.assessment, evidence_url=None, marker="<!-- mark -->", capabilities=CAPABILITIES)
    assert ", and the fix runs in **live**." in answer
    assert ", and the fix is deployed;" in answer
    assert "The fix runs in live." in record_lesson.summary(page)
    assert any(step.here == "it runs there" for step in steps(page))


def test_nobody_measured_it_nobody_says_it() -> None:
    """Neither the comment nor the record, in either form, nor the document that is kept."""
    page = Page(assessment=assess((finding(),), metrics=UNREAD))
    assert (measured(page), dict(figures(UNREAD))) == ("", {})
    assert not any("pull request" in step.do for step in steps(page))
    document = learning_xml(page, LADDER[0])
    assert list(SCHEMA.iter_errors(document)) == []
    assert '<metrics basis="measured" complete="false" />' in document
    assert decode(encode(page.assessment)).metrics == UNREAD
