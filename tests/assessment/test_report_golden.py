"""Whole comments, as files to be read: what a maintainer sees, to the letter."""

import pytest

from bot.assessment.report import LIMIT, render
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.scenarios import SCENARIOS

EVIDENCE = "https://resolution.example/assessments/a-7f3c?sig=0f1e"
MARK = "<!-- resolution-bot: v1 -->"


@pytest.mark.parametrize("name", SCENARIOS)
def test_comment(name: str) -> None:
    """The comment is the one in the file."""
    text = render(SCENARIOS[name], evidence_url=EVIDENCE, marker=MARK)
    assert same_as_file(text.encode(), FOLDER / f"{name}.md")


@pytest.mark.parametrize("name", SCENARIOS)
def test_first_line_and_length(name: str) -> None:
    """The first line is the heading with verdict and action; the last is the mark; it fits."""
    lines = render(SCENARIOS[name], evidence_url=EVIDENCE, marker=MARK).splitlines()
    assert lines[0].startswith("### ")
    assert (lines[-1], sum(map(len, lines)) + len(lines) <= LIMIT) == (MARK, True)
