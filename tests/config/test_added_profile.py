"""A profile that is added to a policy's text: nothing else changes, or it is refused."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config.added_profile import NewProfile, is_only_added, spelled, with_profile
from bot.config.known_criteria import known_in
from bot.config.load import Loaded, built_in, load
from bot.config.profiles import When
from tests.config.writing import criteria, policies, written

NAME = "pattern"
PATH = ".github/resolution.yml"
ASKS = "version: 1\n# what we ask\ncriteria:\n  - file: a.py   # the first\n"
PEOPLES = """\
version: 1
profiles:
    infra:
        criteria: [{file: a.py}]  # short
        # still infra's

# about the mode
mode: advise
"""


def loaded(text: str) -> Loaded:
    """A sound policy."""
    found = load(text, path=PATH, source=PATH)
    assert isinstance(found, Loaded)
    return found


def profile_of(text: str, *labels: str) -> NewProfile:
    """A new profile that asks everything that the policy asks itself."""
    before = loaded(text)
    known = known_in(before, {PATH: text})
    own = tuple(one for one in known if one.question in before.questions)
    return NewProfile(name=NAME, criteria=own, when=When(labels=labels) if labels else None)


def added(text: str, *labels: str) -> str | None:
    """The text with the profile, where that is sound."""
    profile = profile_of(text, *labels)
    new = with_profile(text, profile)
    return new if new is not None and is_only_added(loaded(text), load(new, path=PATH, source=PATH), profile) else None


@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(policies(), st.lists(criteria(), min_size=1, max_size=3), st.integers(0, 1 << 32))
def test_nothing_else_changes(policy, asked, seed):
    """Of any policy, however it is written: lines are added and all others stand, or it is refused."""
    text = written({**policy, "criteria": asked}, Random(seed)).lstrip("\n")
    before = load(text, path=PATH, source=PATH)
    if not isinstance(before, Loaded) or before.faults:
        return
    known = {one.question.criterion.id: one for one in known_in(before, {PATH: text})}
    profile = NewProfile(name=NAME, criteria=tuple(known.values()), when=When(labels=("a: #b'",)))
    new = with_profile(text, profile)
    if new is None:
        assert text.startswith("{") or "profiles" in text
        return
    assert is_only_added(before, load(new, path=PATH, source=PATH), profile)
    there = iter(new.splitlines())
    assert all(any(line == one for one in there) for line in text.splitlines())


def test_below_what_people_wrote() -> None:
    """Behind the last profile and its comments, in its layout, before what comes next; label names are quoted."""
    new = added(PEOPLES.replace("mode:", "criteria: [{id: x, file: b.py}]\nmode:"), "needs: #1")
    assert new is not None
    assert new.splitlines()[4:13] == [
        "        # still infra's",
        "    pattern:",
        '      when: {labels: ["needs: #1"]}',
        "      criteria:",
        "        - id: x",
        '          title: "File b.py"',
        "          file: b.py",
        "",
        "# about the mode",
    ]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        pytest.param(ASKS, ASKS + "\nprofiles:\n  pattern:\n", id="at-the-end"),
        pytest.param(ASKS.rstrip("\n"), ASKS + "\nprofiles:\n", id="without-a-last-line-end"),
        pytest.param(ASKS + "\n", ASKS + "\nprofiles:\n", id="a-blank-line"),
        pytest.param(ASKS.replace("\n", "\r\n"), ASKS.replace("\n", "\r\n") + "\r\nprofiles:\r\n", id="crlf"),
        pytest.param(f"\ufeff{ASKS}", f"\ufeff{ASKS}\nprofiles:\n", id="byte-order-mark"),
        pytest.param(
            "  version: 1\n  criteria: [{file: a}]\n", "  version: 1\n  criteria: [{file: a}]\n\n  p", id="in"
        ),
    ],
)
def test_at_the_end(text: str, begins: str) -> None:
    """Where there are no profiles; in the file's own line ends and indentation."""
    assert (added(text) or "").startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{version: 1, criteria: [{file: a}]}\n", id="all-in-braces"),
        pytest.param(f"{ASKS}profiles: {{}}\n", id="empty-braces"),
        pytest.param(f"{ASKS}profiles: {{a: {{criteria: []}}}}\n", id="profiles-in-braces"),
        pytest.param(f"{ASKS}...\n", id="ended"),
        pytest.param(f"{ASKS}profiles:\n  {NAME}:\n    criteria: []\n", id="taken"),
    ],
)
def test_no_place(text: str) -> None:
    """Rather nothing than something else than what is meant."""
    assert added(text) is None


def test_a_new_file() -> None:
    """All else stays built in; the built-in criteria are written as they are asked."""
    before = built_in()
    profile = NewProfile(name=NAME, criteria=known_in(before, {}))
    new = with_profile(None, profile)
    assert new is not None
    assert new.startswith("version: 1\nprofiles:\n  pattern:\n    criteria:\n      - id: pulls\n")
    assert is_only_added(before, load(new, path=PATH, source=PATH), profile)
    assert [one.question for one in profile.criteria] == list(before.questions)


def test_another_meaning_is_seen() -> None:
    """A changed criterion, another `when`, a setting beside it, and what cannot be read."""
    profile, before = profile_of(ASKS, "infra"), loaded(ASKS)
    new = added(ASKS, "infra") or ""
    wrong = (new.replace("a.py", "b.py", 1), new.replace("infra", "web"), f"{new}mode: act\n", f"{new}\t", ASKS)
    assert [is_only_added(before, load(text, path=PATH, source=PATH), profile) for text in (new, *wrong)] == [
        True,
        *[False] * 5,
    ]


def test_long_values_are_broken() -> None:
    """A criterion of many words stands in lines."""
    text = (
        f"version: 1\ncriteria:\n  - code: {{absent: x, include: [{', '.join(f'folder-{n}/**' for n in range(9))}]}}\n"
    )
    lines = spelled(profile_of(text))
    assert max(len(line) for line in lines) < 100
    assert '          - "folder-0/**"' in lines
    assert added(text) is not None
