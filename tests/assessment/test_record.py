"""The files of a record: always the same for the same assessment, bounded, and only where they may stand."""

from dataclasses import replace

import pytest

from bot.assessment.document import IssueState, Metrics
from bot.assessment.policy import RecordFormat, RecordPolicy
from bot.assessment.record import documents, headline
from bot.assessment.record_paths import UnsafePath
from bot.assessment.record_room import LADDER, LIMIT
from bot.assessment.record_xml import learning_xml
from bot.assessment.report_page import Page
from tests.assessment.lessons import EXAMPLE, hostile
from tests.assessment.samples import finding
from tests.assessment.scenarios import SCENARIOS

HEAVY = replace(
    EXAMPLE,
    findings=tuple(
        replace(
            one, criterion=replace(one.criterion, title="&" * 400), evidence=replace(one.evidence, observed="|<" * 250)
        )
        for one in (finding(f"c{number}", expected="&" * 500, before="&" * 500) for number in range(200))
    ),
)


@pytest.mark.parametrize("form", RecordFormat)
def test_the_same_assessment_makes_the_same_files(form: RecordFormat) -> None:
    """Two, each ending with one newline and fit for UTF-8."""
    policy = RecordPolicy(format=form)
    files = documents(EXAMPLE, policy)
    assert files == documents(EXAMPLE, policy)
    assert len({file.path for file in files}) == 2
    assert all(file.content.endswith("\n") and not file.content.endswith("\n\n") for file in files)


@pytest.mark.parametrize("form", RecordFormat)
def test_no_file_is_larger_than_the_limit(form: RecordFormat) -> None:
    """Two hundred long criteria: less is told, until it fits, and it says so."""
    assert len(learning_xml(Page(assessment=HEAVY), LADDER[0]).encode()) > LIMIT
    learning, summary = documents(HEAVY, RecordPolicy(format=form))
    assert max(len(learning.content.encode()), len(summary.content.encode())) <= LIMIT
    assert "more insights are left out." in learning.content


@pytest.mark.parametrize("seed", range(20))
def test_the_least_always_fits(seed: int) -> None:
    """With everything hostile and far too much of it."""
    made = hostile(seed)
    much = replace(made, findings=made.findings * 50, out_of_scope=made.out_of_scope * 90, paths=made.paths * 90)
    assert len(learning_xml(Page(assessment=much), LADDER[-1]).encode()) <= LIMIT
    for form in RecordFormat:
        assert all(len(one.content.encode()) <= LIMIT for one in documents(much, RecordPolicy(format=form)))


def test_the_least_fits_what_is_heaviest() -> None:
    """Every text as long as it can be, in the widest spelling."""
    widest = replace(HEAVY, metrics=Metrics(pull_requests=tuple(range(1, 900)), breaking=("&" * 900,) * 90))
    assert len(learning_xml(Page(assessment=widest), LADDER[-1]).encode()) <= LIMIT


def test_both_cannot_stand_in_one_place() -> None:
    """One would take the other's place."""
    policy = RecordPolicy(format=RecordFormat.MARKDOWN, learning="A/{number}.md", summary="a/{number}.md")
    with pytest.raises(UnsafePath, match="cannot both"):
        documents(EXAMPLE, policy)


@pytest.mark.parametrize("template", [".github/{number}.md", "README.md", "../{number}.md"])
def test_a_bad_template_writes_nothing(template: str) -> None:
    """Also where nobody has read the policy file before."""
    with pytest.raises(UnsafePath):
        documents(EXAMPLE, RecordPolicy(summary=template))


def test_the_headline_is_ours_alone() -> None:
    """No title, no reference, no keyword with one: nothing that could act in a commit."""
    titled = replace(EXAMPLE, state=IssueState(title="Fixes #1 [skip ci]\n\nCo-authored-by: x"))
    assert headline(titled) == headline(EXAMPLE) == "Record of issue 1283 (resolved, with follow-ups)"
    assert headline(SCENARIOS["not-resolved-claims"]) == "Record of issue 12 (not resolved)"
