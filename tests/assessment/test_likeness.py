"""How much two issues are alike, and which are named."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.likeness import MOST, Candidate, Commonness, closed_by, similar
from bot.assessment.precedent import Held, Likeness, Precedent
from tests.assessment.samples import NOW, REPOSITORY

FEW, MANY = 1, 100
REDIS = Likeness(
    title="Redis times out under load",
    criteria=("suite", "redis"),
    labels=("cache",),
    paths=("src/cache.py", "src/pool.py"),
)


def held(name: str, *, claim: bool = False) -> Held:
    return Held(id=name, title=name, kind="check", category="Tests", claim=claim)


def closed(issue: int = 9, *, at: datetime = NOW, **changes: object) -> Candidate:
    """A closed issue that has nothing in common with `REDIS`, but for what is said otherwise."""
    precedent = Precedent(**{"title": "Something else", "closed_at": at, **changes})  # type: ignore[arg-type]
    return Candidate(issue=issue, precedent=precedent)


def common(total: int = MANY, **counts: int) -> Commonness:
    """Everything is of one issue alone, but for what is said otherwise: `criterion_suite=100`."""
    named = {name.replace("_", ":", 1): number for name, number in counts.items()}
    return Commonness(total=total, traits=named, words=named)


def shared(candidate: Candidate, known: Commonness) -> tuple[str, ...] | None:
    """What the one that is named shares; None where none is named."""
    found = similar(REDIS, (candidate,), known, url=REPOSITORY)
    return found[0].shared if found else None


BOTH = (held("suite"), held("redis"))


@pytest.mark.parametrize(
    ("changes", "known", "expected"),
    [
        pytest.param({}, common(), None, id="nothing"),
        pytest.param({"criteria": BOTH}, common(), ("the criteria `redis` and `suite`",), id="rare-criteria"),
        pytest.param({"criteria": BOTH}, common(criterion_suite=100), None, id="one-of-all"),
        pytest.param({"criteria": BOTH}, common(FEW), None, id="few-closed-tell-nothing-by-criteria"),
        pytest.param({"criteria": BOTH, "built_in": True}, common(), None, id="built-in-criteria"),
        pytest.param({"criteria": (held("suite", claim=True), BOTH[1])}, common(), None, id="claims"),
        pytest.param({"labels": ("Cache",)}, common(), None, id="a-label-alone"),
        pytest.param({"paths": ("src/pool.py",)}, common(), ("the file `src/pool.py`",), id="a-rare-file"),
        pytest.param({"paths": ("src/other.py",)}, common(), None, id="a-folder-alone"),
        pytest.param({"paths": REDIS.paths}, common(FEW), ("the files `src/cache.py` and `src/pool.py`",), id="files"),
        pytest.param({"title": "Redis times out"}, common(FEW), None, id="two-words-of-few"),
        pytest.param({"title": "Redis times and load"}, common(), ("the words load, redis and times",), id="words"),
        pytest.param(
            {"criteria": BOTH, "title": "Redis and suite", "labels": ("cache",), "paths": ("src/x.py",)},
            common(criterion_suite=100),
            ("the criterion `redis`", "the label `cache`", "the folder `src`", "the word redis"),
            id="all-kinds",
        ),
    ],
)
def test_what_is_named(changes: dict[str, object], known: Commonness, expected: tuple[str, ...] | None) -> None:
    """What is rare counts, what all have does not, and a little is not enough."""
    assert expected == shared(closed(**changes), known)


def test_many_are_counted() -> None:
    """Three of a kind are told, the most telling first."""
    paths = tuple(f"src/{name}.py" for name in "abcde")
    mine = Likeness(title="", paths=paths)
    known = Commonness(total=MANY, traits={"file:src/a.py": 9}, words={})
    (found,) = similar(mine, (closed(paths=paths),), known, url=REPOSITORY)
    assert found.shared == ("the files `src/b.py`, `src/c.py`, `src/d.py` and 2 more",)


def test_three_of_the_most_alike() -> None:
    """The more alike first, then the newer, then the higher number; with the address of each."""
    hour = timedelta(hours=1)
    candidates = (
        closed(2, paths=("src/pool.py",)),
        closed(3, paths=("src/pool.py",)),
        closed(4, paths=("src/pool.py",), at=NOW + hour),
        closed(5, paths=REDIS.paths, at=NOW - hour),
    )
    found = similar(REDIS, candidates, common(), url=REPOSITORY)
    assert [(one.issue, one.url) for one in found] == [(n, f"{REPOSITORY}/issues/{n}") for n in (5, 4, 3)]
    assert found == similar(REDIS, reversed(candidates), common(), url=REPOSITORY)
    assert len(found) == MOST


@pytest.mark.parametrize(
    ("changes", "phrases"),
    [
        pytest.param({}, (), id="nothing-known"),
        pytest.param({"pulls": (13,)}, ("pull request #13",), id="pull"),
        pytest.param({"pulls": (13, 14), "commit": "a" * 40}, ("pull requests #13 and #14",), id="pulls"),
        pytest.param({"commit": "a" * 40}, ("what was measured at `aaaaaaa`",), id="commit"),
        pytest.param({"criteria": BOTH}, ("with `suite` and `redis` seen to hold",), id="criteria"),
        pytest.param({"criteria": (held("c", claim=True),)}, ("with 1 claim seen to hold",), id="claim"),
        pytest.param(
            {"criteria": (*BOTH, held("a"), held("b"), held("c", claim=True)), "environment": "production"},
            ("with `suite`, `redis`, `a`, 1 more and 1 claim seen to hold", "deployed to production"),
            id="all",
        ),
    ],
)
def test_what_closed_it(changes: dict[str, object], phrases: tuple[str, ...]) -> None:
    """Pull requests, or else the commit; what held; where it runs."""
    assert phrases == closed_by(closed(**changes).precedent)


@given(total=st.integers(0, 10_000), having=st.integers(0, 10_000), kind=st.sampled_from(("criterion", "file")))
def test_rarity_is_between_nothing_and_one(total: int, having: int, kind: str) -> None:
    """Whatever was counted; and what fewer have is worth no less."""
    known = Commonness(total=total, traits={f"{kind}:a": having, f"{kind}:b": having + 1}, words={})
    assert 0 <= known.rarity(kind, "b") <= known.rarity(kind, "a") <= 1
