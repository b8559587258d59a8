"""What is found in closing statements as people write them: the table in `closing_statements.txt`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assessment.claims import extract
from bot.assessment.statements import Statement

TABLE = Path(__file__).with_name("closing_statements.txt").read_text(encoding="utf-8")
CASES = [entry.split("\n", 1) for entry in TABLE.split("\n=== ")[1:]]


def found_in(text: str) -> list[str]:
    at = datetime(2025, 9, 1, tzinfo=UTC)
    said = Statement(text=text, author="ann", url="https://x.test/1", where="comment by ann", at=at)
    extraction = extract([said], repository="acme/shop", issue=40)
    return [
        *(f"{claim.kind} {claim.subject}" for claim in extraction.claims),
        *(f"taken back: {taken.rule}" for taken in extraction.taken_back),
        *(f"operational: {title}" for title in extraction.operational),
    ]


@pytest.mark.parametrize("case", CASES, ids=[name for name, _ in CASES])
def test_closing_statement(case: list[str]) -> None:
    """The statement claims exactly what the table says."""
    text, _, expected = case[1].rpartition("\n---")
    assert expected.split("\n")[1:] in ([*found_in(text)], [*found_in(text), ""])
