"""Which words are the closing statement."""

from datetime import UTC, datetime

import pytest

from bot.assessment.statements import Candidate, Statement, StatementSource, choose, contradicts, states_completion

REPOSITORY = "acme/shop"


def said(day: int, text: str, source: StatementSource = StatementSource.COMMENT) -> Statement:
    at = datetime(2025, 9, day, tzinfo=UTC)
    return Statement(text=text, author="ann", url=f"u{day}", where=f"day {day}", at=at, source=source)


def by_maintainer(day: int, text: str) -> Candidate:
    return Candidate(statement=said(day, text), has_rights=True)


def by_reporter(day: int, text: str) -> Candidate:
    return Candidate(statement=said(day, text), has_rights=False, may_contradict=True)


def by_stranger(day: int, text: str) -> Candidate:
    return Candidate(statement=said(day, text), has_rights=False)


def pull(day: int, text: str = "Adds the tax rules.") -> Candidate:
    return Candidate(statement=said(day, text, StatementSource.PULL), has_rights=True)


FIXED = "Fixed in `a1b2c3d`."


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([by_maintainer(1, FIXED), by_maintainer(2, "Fixed in #12.")], ["day 2"]),
        ([by_maintainer(1, FIXED), by_maintainer(2, "Thanks!")], ["day 1"]),
        ([by_stranger(1, FIXED)], []),
        ([by_reporter(1, FIXED)], []),
        ([by_maintainer(1, FIXED), by_reporter(2, "Still broken for me.")], []),
        ([by_maintainer(1, FIXED), by_stranger(2, "Still broken for me.")], ["day 1"]),
        ([by_maintainer(1, FIXED), by_maintainer(2, "This is not fixed.")], []),
        ([by_reporter(1, "Still broken."), by_maintainer(2, FIXED)], ["day 2"]),
        ([by_maintainer(1, FIXED), by_reporter(2, "Is it still broken?")], ["day 1"]),
        ([pull(1), by_maintainer(2, FIXED), pull(3)], ["day 2", "day 3", "day 1"]),
        ([pull(1), by_reporter(2, "Still happens."), pull(3)], ["day 3"]),
    ],
    ids=[
        "newest completion", "newest that completes", "no rights", "reporter cannot complete", "reporter contradicts",
        "stranger does not", "maintainer contradicts", "completed after", "a question is none", "pulls, newest first",
        "pulls before a contradiction",
    ],
)  # fmt: skip
def test_choose(candidates: list[Candidate], expected: list[str]) -> None:
    """The newest completion by somebody with rights and the pull requests, none older than a contradiction."""
    assert expected == [one.where for one in choose(candidates, repository=REPOSITORY)]


def test_the_command_comes_first_and_stands() -> None:
    """The command comment is always part of the statement, once, even after a contradiction."""
    command = said(3, "/assess-resolution\nFixed in `a1b2c3d`.", StatementSource.COMMAND)
    candidates = [
        by_maintainer(1, FIXED),
        by_reporter(4, "Still broken."),
        Candidate(statement=command, has_rights=True),
    ]
    assert (command,) == choose(candidates, repository=REPOSITORY, command=command)
    assert [one.at.day for one in choose([candidates[0], candidates[2]], repository=REPOSITORY, command=command)] == [
        3,
        1,
    ]


def test_reopening_overtakes() -> None:
    """What was said before somebody reopened the issue no longer stands."""
    reopened = datetime(2025, 9, 2, tzinfo=UTC)
    assert [
        one.where
        for one in choose([by_maintainer(1, FIXED), pull(1), pull(3)], repository=REPOSITORY, reopened_at=reopened)
    ] == ["day 3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FIXED, True), ("Deployed to production.", True), ("Closing as done.", True), ("Not fixed.", False),
        ("Will be fixed in #12.", False), ("> Fixed.", False), ("Is this fixed?", False), ("Thanks!", False),
    ],
)  # fmt: skip
def test_states_completion(text: str, expected: bool) -> None:
    """Completion is stated, not asked, planned, denied or quoted."""
    assert expected is states_completion(text, repository=REPOSITORY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reopening, it crashes again.", True), ("Still broken.", True), ("This was not fixed.", True),
        ("Added regression tests.", False), ("If it is still broken, shout.", False), ("> still broken", False),
        ("No longer happens.", False),
    ],
)  # fmt: skip
def test_contradicts(text: str, expected: bool) -> None:
    """A contradiction is stated, not supposed, asked or quoted."""
    assert expected is contradicts(text, repository=REPOSITORY)


def test_done_in_part_is_no_completion() -> None:
    """Whoever says that it is partly done does not say that it is done."""
    assert not states_completion("This is partially fixed in the worker.", repository="acme/shop")
    assert states_completion("This is fixed in the worker.", repository="acme/shop")
