"""What a piece of history proves about reachability, and what it does not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo
from bot.github.reachability import proven


def history(edges: dict[str, str]) -> tuple[CommitInfo, ...]:
    """Commits by one-letter names, each with its parents."""
    return tuple(
        CommitInfo(oid=Sha(oid), message="", committed_at=datetime(2026, 1, 1, tzinfo=UTC), parents=tuple(map(Sha, up)))
        for oid, up in edges.items()
    )


@pytest.mark.parametrize(
    ("edges", "base", "sha", "expected"),
    [
        ({"c": "b", "b": "a", "a": ""}, "c", "a", True),
        ({"c": "b", "b": "a", "a": ""}, "a", "c", False),
        ({"c": "b", "b": "a"}, "c", "a", True),
        ({"c": "b", "b": "a"}, "c", "x", None),
        ({"m": "ab", "a": "r", "b": "r", "r": ""}, "m", "b", True),
        ({"m": "ab", "a": "r", "b": "r", "r": ""}, "a", "b", False),
        ({"m": "abcd", "a": "", "b": "", "c": "", "d": ""}, "m", "e", None),
        ({}, "a", "b", None),
    ],
    ids=["yes", "no", "edge", "beyond", "merge", "other side", "perhaps a fifth parent", "no history"],
)
def test_proofs(edges: dict[str, str], base: str, sha: str, expected: bool | None) -> None:
    """Yes by one path, no only by all of history."""
    assert expected is proven(history(edges), Sha(base), Sha(sha))


@given(
    st.lists(st.lists(st.integers(0, 11), max_size=2), min_size=1, max_size=12), st.integers(0, 11), st.integers(0, 11)
)
def test_a_part_of_history_never_contradicts_the_whole(parents: list[list[int]], kept: int, asked: int) -> None:
    """With fewer commits at hand the answer is the same, or none."""
    edges = {chr(97 + i): "".join(chr(97 + p) for p in up if p < i) for i, up in enumerate(parents)}
    whole = history(edges)
    base, sha = whole[-1].oid, Sha(chr(97 + asked))
    assert proven(whole[-kept:], base, sha) in {None, proven(whole, base, sha)}
