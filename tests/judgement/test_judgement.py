"""Does the product close what holds, and refuse what does not?"""

import pytest

from tests.judgement import cases_commits, cases_files, cases_patterns, cases_pulls, cases_state, cases_words
from tests.judgement.court import Case, Court

TABLES = (cases_commits, cases_pulls, cases_files, cases_patterns, cases_words, cases_state)
CASES: tuple[tuple[str, Case], ...] = tuple(
    (table.__name__.rpartition("cases_")[2], case) for table in TABLES for case in table.CASES
)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[f"{where}: {case.name}" for where, case in CASES])
async def test_judgement(case: Case, court: Court) -> None:
    """The verdict, the issue's state, the words and the number of requests are as the case says."""
    await court.try_(case)
