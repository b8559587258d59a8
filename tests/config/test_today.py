"""What issues are asked today, by the policy and its profiles."""

import pytest

from bot.config.inherit import File, load_over
from bot.config.known_criteria import known_in
from bot.config.load import Loaded, load
from bot.config.profiles import Kind
from bot.config.today import as_written, asking_all, chosen_behind, today_of

PATH = "p.yml"
TEXT = """\
version: 1
criteria: [{id: a, file: a}, {id: b, file: b, required: false}, {id: c, file: c, scope: operational}]
profiles:
  bugs:
    when: {labels: [infra], type: [Bug]}
    criteria: [{id: d, file: d}, {id: a, file: a}]
  other:
    when: {labels: [web]}
    criteria: [{id: a, file: else}]
  named:
    criteria: [{id: a, file: a}, {id: e, file: e}]
"""
PLAIN, INFRA, WEB = Kind(), Kind(labels=("infra",)), Kind(labels=("web", "infra"))


def loaded(text: str = TEXT) -> Loaded:
    """A sound policy."""
    found = load(text, path=PATH, source=PATH)
    assert isinstance(found, Loaded)
    return found


@pytest.mark.parametrize(
    ("kinds", "own", "profiles", "ids", "twice"),
    [
        pytest.param((), True, (), "abc", (), id="none-known"),
        pytest.param((PLAIN,), True, (), "abc", (), id="own"),
        pytest.param((INFRA,), True, ("bugs",), "dabc", (), id="perhaps-a-bug"),
        pytest.param((WEB,), False, ("bugs", "other"), "da", ("a",), id="in-two-ways"),
        pytest.param((Kind(labels=("Web",)),), False, ("other",), "a", (), id="a-profile"),
        pytest.param((PLAIN, INFRA), True, ("bugs",), "abcd", (), id="several"),
    ],
)
def test_today(kinds: tuple[Kind, ...], own: bool, profiles: tuple[str, ...], ids: str, twice: tuple[str, ...]) -> None:
    """All that may be asked, in every scope; a type is not known, so that it may fit."""
    today = today_of(loaded(), kinds)
    found = "".join(one.criterion.id for one in today.questions)
    assert (today.own, today.profiles, found, today.twice) == (own, profiles, ids, twice)


def test_what_all_are_asked() -> None:
    """In every set of them."""
    assert today_of(loaded(), (INFRA,)).always(loaded()) == {"a"}
    assert today_of(loaded(), ()).always(loaded()) == {"a", "b", "c"}


def test_as_written() -> None:
    """As the repository's own file says it; what another file asks is none."""
    questions = today_of(loaded(), ()).questions
    written = as_written(questions, known_in(loaded(), {PATH: TEXT}))
    assert written["c"] is not None
    assert written["c"].said == {"id": "c", "title": "File c", "file": "c", "scope": "operational"}
    assert as_written(questions, known_in(loaded(), {})) == {"a": None, "b": None, "c": None}


def test_asking_all() -> None:
    """The first profile that has every question, as it is asked."""
    rules = loaded()
    own, named = rules.questions, rules.profile("named")
    assert named is not None
    assert asking_all(rules, named.questions) == named
    assert asking_all(rules, own[:1]) == rules.profile("bugs")
    assert asking_all(rules, own) is None


@pytest.mark.parametrize(("when", "behind"), [("", False), ("when: {labels: [infra]}, ", True)])
def test_chosen_behind(when: str, behind: bool) -> None:
    """An organisation's profiles stand behind the repository's; only those with a `when` are chosen."""
    above = f"version: 1\nprofiles: {{above: {{{when}criteria: [{{file: a}}]}}}}\n"
    rules = load_over(File(text=TEXT, path=PATH, source=PATH), File(text=above, path="org", source="org"))
    assert isinstance(rules, Loaded)
    assert chosen_behind(rules, PATH) == behind
    assert not chosen_behind(loaded(), PATH)
