"""Which issues a merged pull request speaks of."""

import pytest

from bot.assessment.evidence import Sha
from bot.commands.merge import MOST_CLOSED, MOST_LINKED, linked_issues
from bot.github.answers import LinkedIssue, PullView
from bot.github.models import IssueNumber
from tests.probes.world import pull


def links(body: str, *told: LinkedIssue, base: str = "main", messages: tuple[str, ...] = ()) -> list[tuple[int, bool]]:
    merged = pull(12, body=body, base=base, commit_messages=messages)
    found = linked_issues(PullView(pull=merged, linked=told, default_branch="main", head_sha=Sha("a" * 40)))
    return [(link.number, link.closes) for link in found]


def told(number: int, repository: str = "acme/shop") -> LinkedIssue:
    return LinkedIssue(number=IssueNumber(number), repository=repository, closes=True)


@pytest.mark.parametrize(
    ("body", "linked", "expected"),
    [
        pytest.param("Tidies up, see #4.", (), [], id="a-mention-is-no-link"),
        pytest.param("Fixes #1.", (), [(1, True)], id="keyword"),
        pytest.param("Refs #1.", (), [(1, False)], id="reference"),
        pytest.param("Refs #1. Fixes #1.", (), [(1, True)], id="closing-outweighs"),
        pytest.param("Refs #1.", (told(1),), [(1, True)], id="githubs-word-outweighs"),
        pytest.param("", (told(1, "Acme/Shop"),), [(1, True)], id="names-have-no-case"),
        pytest.param("Fixes acme/other#3.", (told(2, "acme/other"),), [], id="other-repositories"),
        pytest.param("Fixes #12.", (), [], id="itself"),
    ],
)
def test_links(body: str, linked: tuple[LinkedIssue, ...], expected: list[tuple[int, bool]]) -> None:
    """Each issue of this repository once; closing outweighs referring."""
    assert expected == links(body, *linked)


def test_off_the_default_branch_nothing_closes() -> None:
    """GitHub closes only from the default branch: a keyword elsewhere is a reference."""
    assert links("Fixes #1.", base="release") == [(1, False)]


def test_commit_messages_count_and_there_is_an_end() -> None:
    """Keywords in commits link as well; of hundreds that it names those that it closes come first, up to a limit."""
    assert links("", messages=("Fix it\n\nFixes #5",)) == [(5, True)]
    many = links(" ".join(f"Refs #{n}. Fixes #{n + 1}." for n in range(100, 500, 2)))
    assert many[:2] == [(101, True), (103, True)]
    assert [[closing for _, closing in many].count(kind) for kind in (True, False)] == [MOST_CLOSED, MOST_LINKED]
