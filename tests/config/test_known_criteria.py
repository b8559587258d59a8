"""Criteria that are remembered by name, found again in what the policy asks today."""

from dataclasses import dataclass

import pytest

from bot.config.known_criteria import again, known_in
from bot.config.load import Loaded, built_in, load

PATH = "p.yml"
TEXT = """\
version: 1
criteria:
  - {id: domain, title: Domains, code: {absent: staging}}
  - file: a.py
  - {id: late, file: [1]}
profiles:
  infra:
    criteria: [{id: domain, title: Others, code: {absent: local}}, {id: up, http: "https://x.example/"}]
  same:
    criteria: [{id: up, http: "https://x.example/"}, {id: two, file: a}]
  other:
    criteria: [{id: two, file: b}]
"""
OURS = {"id": "domain", "title": "Domains", "code": {"absent": "staging"}}
UP = {"id": "up", "title": "Http https://x.example/", "http": "https://x.example/"}


@dataclass(frozen=True, slots=True)
class Held:
    """What is remembered."""

    id: str
    kind: str
    title: str = ""


def found(held: Held, text: str = TEXT, *, built_in: bool = False) -> object:
    """What the policy says of it."""
    loaded = load(text, path=PATH, source=PATH)
    assert isinstance(loaded, Loaded)
    known = again(held, known_in(loaded, {PATH: text}), built_in=built_in)
    return None if known is None else known.said


@pytest.mark.parametrize(
    ("held", "said"),
    [
        pytest.param(Held("domain", "code", "Domains"), OURS, id="title"),
        pytest.param(
            Held("domain", "code", "Others"), OURS | {"title": "Others", "code": {"absent": "local"}}, id="other"
        ),
        pytest.param(Held("domain", "code", "Once"), None, id="two-and-neither"),
        pytest.param(Held("domain", "file", "Domains"), None, id="another-kind"),
        pytest.param(
            Held("file-a-py", "file"), {"id": "file-a-py", "title": "File a.py", "file": "a.py"}, id="made-id"
        ),
        pytest.param(Held("late", "file"), None, id="faulty"),
        pytest.param(Held("up", "http"), UP, id="twice-the-same"),
        pytest.param(Held("two", "file"), None, id="twice-and-not-the-same"),
        pytest.param(Held("ci", "check"), None, id="not-asked-here"),
    ],
)
def test_again(held: Held, said: object) -> None:
    """By id, kind and title; never by guessing."""
    assert found(held) == said


def test_built_in() -> None:
    """As such where no policy asked it, and where the policy has no criteria of its own."""
    ci = {"id": "ci", "title": "CI is green at the head of the default branch", "category": "Tests", "check": None}
    assert found(Held("ci", "check"), built_in=True) == ci
    assert found(Held("ci", "check"), "version: 1\n") == ci
    assert len(known_in(built_in(), {})) == 5


def test_what_another_file_asks_is_not_known() -> None:
    """Only the files that are given are copied from."""
    loaded = load(TEXT, path=PATH, source=PATH)
    assert isinstance(loaded, Loaded)
    assert known_in(loaded, {}) == known_in(loaded, {PATH: "\t"}) == known_in(loaded, {PATH: "[]"}) == ()
