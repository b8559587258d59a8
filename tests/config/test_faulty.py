"""A criterion with a fault is named, and does not take the others with it."""

import pytest

from bot.assessment.evidence import Scope
from bot.config.load import Loaded, built_in, load


def loaded(text: str) -> Loaded:
    """The policy in the text, whose criteria may have faults."""
    found = load(text, path="p.yml", source="a file")
    assert isinstance(found, Loaded), found
    return found


TEXT = """\
version: 1
criteria:
  - file: README.md
  - {id: domain, title: Domain, required: false, scope: operational, weight: 3, code: {absnt: x}}
  - {id: Not An Id, fille: x}
  - {id: domain, tasks: }
  - just words
"""


def test_the_others_are_asked() -> None:
    """Sound criteria stay questions, whatever stands beside them."""
    assert [one.criterion.id for one in loaded(TEXT).questions] == ["file-readme-md"]


def test_what_can_be_read_is_kept() -> None:
    """Its name, and what makes it matter less; what cannot be read leaves it required and deciding."""
    domain, unnamed, twice, words = (one.criterion for one in loaded(TEXT).faulty)
    assert (domain.id, domain.title, domain.required, domain.scope, domain.weight) == (
        "domain",
        "Domain",
        False,
        Scope.OPERATIONAL,
        3.0,
    )
    assert (unnamed.id, unnamed.title, unnamed.required) == ("line-5", "The criterion on line 5", True)
    assert (twice.id, words.id) == ("line-6", "line-7")


def test_every_fault_is_told_in_order() -> None:
    """Several faults of one criterion, and of all of them."""
    assert [(fault.line, fault.column) for fault in loaded(TEXT).faults] == [(4, 88), (5, 10), (5, 21), (6, 5), (7, 5)]


def test_a_fault_elsewhere_breaks_the_file() -> None:
    """A rule that cannot be read may be the one that matters: then all faults are told, and nothing is decided."""
    broken = load(f"{TEXT}mode: actt\n", path="p.yml", source="a file")
    assert not isinstance(broken, Loaded)
    assert len(broken.faults) == 6


@pytest.mark.parametrize("text", ["version: 1\n", TEXT])
def test_where_a_part_comes_from(text: str) -> None:
    """Every key of the file has its line; what is not there is built in."""
    origins = loaded(text).origins
    assert {key: origin.line for key, origin in origins.items()} == (
        {"version": 1, "criteria": 2} if "criteria" in text else {"version": 1}
    )
    assert not built_in().origins


def test_where_a_field_comes_from() -> None:
    """Fields of sections, and profiles, have their own."""
    text = (
        "version: 1\nclose:\n  max_age: 2d\nprofiles:\n  docs: {criteria: []}\nguard:\n  people: note\nrecord: branch\n"
    )
    origins = loaded(text).origins
    assert {key: origins[key].line for key in origins if "." in key} == {
        "close.max_age": 3,
        "profiles.docs": 5,
        "guard.people": 7,
    }


def test_where_a_criterion_comes_from() -> None:
    """Each has its line, faulty ones too, also where names have dots and two profiles ask the same."""
    text = (
        "version: 1\ncriteria:\n  - {id: a, file: a}\n  - {id: b, fil: x}\n  - tasks:\n"
        "profiles:\n  p:\n    criteria:\n      - {id: q.a, file: a}\n  p.q:\n    criteria: [{id: a, file: a}]\n"
    )
    found = loaded(text)
    asked = [("a", None), ("b", None), ("tasks", None), ("q.a", "p"), ("a", "p.q")]
    assert [origin.line for one in asked if (origin := found.where_asked(*one))] == [3, 4, 5, 9, 11]
    assert (found.where_asked("ci"), built_in().where_asked("ci")) == (None, None)


def test_a_fault_changes_the_digest() -> None:
    """A waiver or a cache by digest must not take the mended criterion for the faulty one."""
    assert loaded(TEXT).policy.digest != loaded(TEXT.replace("absnt", "absent")).policy.digest
