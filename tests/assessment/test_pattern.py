"""A pattern by its name, and what its issues share."""

from datetime import timedelta

import pytest

from bot.assessment.likeness import Candidate
from bot.assessment.pattern import agreed, excepted, meant, name_of, named, names_in
from bot.assessment.precedent import Held, Precedent
from tests.assessment.samples import NOW, REPOSITORY


def held(name: str, *, claim: bool = False) -> Held:
    """A criterion that held."""
    return Held(id=name, title=name, kind="file", category="Code", claim=claim)


def closed(
    issue: int,
    *criteria: str,
    labels: tuple[str, ...] = (),
    built_in: bool = False,
    waived: tuple[str, ...] | None = (),
) -> Candidate:
    """The issue, closed so many days after the first, on these criteria and a claim."""
    asked = (*(held(name) for name in criteria), held("claim-1", claim=True))
    at = NOW + timedelta(days=issue)
    precedent = Precedent(title="", closed_at=at, criteria=asked, labels=labels, built_in=built_in, waived=waived)
    return Candidate(issue=issue, precedent=precedent)


def test_named_for_its_criteria() -> None:
    """In any order, without claims; told apart where it is cut; nothing where there were only claims."""
    assert name_of((held("unit"), held("claim-1", claim=True), held("domain"))) == "domain+unit"
    assert name_of((held("claim-1", claim=True),)) == ""
    long = [named((*(f"criterion-{n}" for n in range(9)), last)) for last in ("x", "y")]
    assert (len(set(long)), {len(one) for one in long}) == (2, {60})


@pytest.mark.parametrize("text", ["domain+unit", "Unit+DOMAIN", "+unit+domain+unit+"])
def test_meant(text: str) -> None:
    """Whatever order and case somebody writes it in."""
    assert meant(text) == "domain+unit"


def test_names_in() -> None:
    """Those of two issues or more; claims alone are none."""
    known = (closed(1, "b"), closed(2, "a"), closed(3, "b"), closed(4), closed(5), closed(6, "c"), closed(7, "c"))
    assert names_in(known) == ("b", "c")


def test_agreed() -> None:
    """The newest issue first, without its claims; whether it is built in."""
    found = agreed((closed(1, "b", "a"), closed(4, "a", "b"), closed(2, "a")), "a+b", url=REPOSITORY)
    assert found is not None
    assert [one.id for one in found.criteria] == ["a", "b"]
    assert found.issues == ((4, f"{REPOSITORY}/issues/4"), (1, f"{REPOSITORY}/issues/1"))
    assert not found.built_in
    assert [one.closed_at for one in found.members] == [NOW + timedelta(days=n) for n in (4, 1)]
    usual = agreed((closed(1, "a", built_in=True), closed(2, "a", built_in=True)), "a", url=REPOSITORY)
    assert usual is not None
    assert usual.built_in


@pytest.mark.parametrize("waived", [("security",), None], ids=["waived", "not-known"])
def test_an_exception_makes_no_rule(waived: tuple[str, ...] | None) -> None:
    """An issue that was closed with a waiver, or of which that is not known, belongs to no pattern; it is named."""
    known = (closed(1, "a"), closed(2, "a", waived=waived), closed(3, "a", waived=waived), closed(4, "b"))
    assert (names_in(known), agreed(known, "a", url=REPOSITORY), excepted(known, "a")) == ((), None, (3, 2))
    found = agreed((*known, closed(5, "a")), "a", url=REPOSITORY)
    assert found is not None
    assert [number for number, _ in found.issues] == [5, 1]


@pytest.mark.parametrize("name", ["", "a", "x"])
def test_no_pattern(name: str) -> None:
    """One issue makes none, nor do claims."""
    assert agreed((closed(1, "a"), closed(2), closed(3)), name, url=REPOSITORY) is None


@pytest.mark.parametrize(
    ("mine", "others", "label"),
    [
        pytest.param((("Infra", "bug"), ("bug", "infra")), (("bug",), ()), "infra", id="rarer"),
        pytest.param((("bug", "infra"), ("bug",)), (("bug",), ()), None, id="half-of-the-others"),
        pytest.param((("bug", "infra"), ("bug", "infra")), (), None, id="no-others"),
        pytest.param((("a", "b"), ("b", "a")), (("c",), ()), "a", id="of-equals-the-first"),
        pytest.param((("done", "a"), ("done",)), (("c",),), None, id="ours"),
        pytest.param((("a\u202e",), ("a\u202e",)), (("c",),), None, id="not-to-be-seen"),
        pytest.param(((), ("a",)), (("c",),), None, id="not-shared"),
    ],
)
def test_label(mine: tuple[tuple[str, ...], ...], others: tuple[tuple[str, ...], ...], label: str | None) -> None:
    """One that all have and less than half of the others, as the newest writes it; none of the bot's own."""
    known = [closed(n, "a", labels=labels) for n, labels in enumerate(mine)]
    known += [closed(n, "b", labels=labels) for n, labels in enumerate(others, start=9)]
    found = agreed(tuple(known), "a", url=REPOSITORY, without=frozenset({"done"}))
    assert found is not None
    assert found.label == label
