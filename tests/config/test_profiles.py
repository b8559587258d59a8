"""Profiles: which one is chosen for an issue, and why."""

import pytest

from bot.config.load import Loaded, load
from bot.config.profiles import Kind, choose

TEXT = """\
version: 1
profiles:
  by-name: {criteria: [tasks: ]}
  urgent: {when: {labels: [hotfix, Incident], type: Bug}, criteria: [check: unit]}
  infra: {when: {title: ["infra*", "*network*down"]}, criteria: [check: infra]}
  rest: {when: {type: [Bug, Task]}, criteria: []}
"""
CASES = {
    "everything that is named must fit": (Kind(labels=("hotfix",), type="bug"), "urgent", "label hotfix, type Bug"),
    "one of a list is enough": (Kind(labels=("x", "INCIDENT"), type="Bug"), "urgent", "label Incident, type Bug"),
    "the first that fits wins": (Kind(type="Bug", title="Infrastructure"), "infra", "title infra*"),
    "a title with two parts": (Kind(title="The network is DOWN"), "infra", "title *network*down"),
    "a part does not count twice": (Kind(title="networkdow"), None, None),
    "the label alone is too little": (Kind(labels=("hotfix",)), None, None),
    "a type without labels": (Kind(type="task"), "rest", "type Task"),
    "nothing fits": (Kind(labels=("bug",), title="A bug"), None, None),
}


@pytest.mark.parametrize(("issue", "name", "because"), CASES.values(), ids=CASES.keys())
def test_the_first_that_fits_is_chosen(issue: Kind, name: str | None, because: str | None) -> None:
    """By labels, issue type and title; a profile without `when` waits to be asked for."""
    loaded = load(TEXT, path="p", source="s")
    assert isinstance(loaded, Loaded)
    chosen = choose(loaded.profiles, issue)
    assert (name, because) == ((chosen.profile.name, chosen.because) if chosen else (None, None))


@pytest.mark.parametrize(
    ("glob", "title", "fits"),
    [
        ("*", "", True),
        ("", "", True),
        ("a", "ab", False),
        ("a*", "a", True),
        ("a*a", "a", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c", False),
        ("*a**b*", "xaybz", True),
        ("ab*bc", "abc", False),
    ],
)
def test_a_title_fits_as_a_whole(glob: str, title: str, *, fits: bool) -> None:
    """A star is anything, everything else is itself; what one part took is no other's."""
    text = f"version: 1\nprofiles: {{p: {{when: {{title: ['{glob or '*'}']}}, criteria: []}}}}\n"
    loaded = load(text, path="p", source="s")
    assert isinstance(loaded, Loaded)
    assert fits == (choose(loaded.profiles, Kind(title=title)) is not None)
