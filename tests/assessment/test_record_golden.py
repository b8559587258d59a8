"""Whole records, as files to be read: what a team finds in its repository, to the letter."""

import pytest

from bot.assessment.policy import RecordFormat, RecordPolicy
from bot.assessment.record import RecordFile, documents
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.lessons import EXAMPLE


def files(form: RecordFormat) -> tuple[RecordFile, ...]:
    """The example's files."""
    return documents(EXAMPLE, RecordPolicy(format=form))


@pytest.mark.parametrize("form", RecordFormat)
def test_learning_document(form: RecordFormat) -> None:
    """The learning document is the one in the file, and stands where the policy says."""
    learning, _ = files(form)
    ending = {RecordFormat.XML: "xml", RecordFormat.MARKDOWN: "md"}[form]
    assert learning.path == f"SPEC/learnings/issue_1283_staging_domains_break_tls_and_websockets_groe.{ending}"
    assert same_as_file(learning.content.encode(), FOLDER / f"record-learning.{ending}")


def test_summary() -> None:
    """So is the summary."""
    _, summary = files(RecordFormat.XML)
    assert summary.path == "ISSUE_1283_RESOLUTION_SUMMARY.md"
    assert same_as_file(summary.content.encode(), FOLDER / "record-summary.md")
