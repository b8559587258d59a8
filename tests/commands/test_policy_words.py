"""A policy in words, and what changes from one to another."""

from typing import get_args

import pytest

from bot.assessment.policy_sentences import IN_ONE, sentences
from bot.commands.policy_words import SETTINGS, asked, changed
from bot.config.load import Loaded, load
from bot.config.schema import PolicySection, Section

BASE = "version: 1\ncriteria:\n  - {id: unit, check: unit}\n"
EVERYTHING = """\
mode: act
claims: advise
labels: {hold: [a, b]}
guard: {people: note, bots: reopen}
follow_ups: {mode: file, labels: ops}
record: branch
watch: 1h
deployed: {environment: [a, b], within: 1d}
limits: {seconds: 60, probes: 2}
business_impact: {segment: a, goal: b, revenue: c, value: d}
"""
PROFILE = "profiles: {hotfix: {criteria: []}}\n"


def loaded(text: str) -> Loaded:
    found = load(text, path="p", source="p")
    assert isinstance(found, Loaded), found
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "- `mode` · `advise`: automatic triggers (a merge) only advise; a person's command closes"),
        ("", "**Criteria** (1)\n\n| criterion | asks | scope | |\n|-|-|-|-|\n| `unit` Check unit | `check` |"),
        ("mode: act\n", "- `mode` · `act`: automatic triggers (a merge) may close as well, what the evidence carries"),
        ("claims: off\n", "- `claims` · `off`: claims in closing statements are not looked for"),
        ("permissions: {close: write}\n", "- `permissions.close` · takes **write** or more"),
        ("", "- `close.minimum_confidence` · closing needs a confidence of at least **MEDIUM**"),
        ("close: {max_age: 12h}\n", "- `close.max_age` · evidence older than 12 h is weak"),
        ("on_merge: false\n", "- `on_merge` · By myself I do nothing: a merge is not assessed (`on_merge: false`)"),
        ("trusted_bots: [renovate]\n", "- `trusted_bots` · commands of `renovate` count"),
        ("labels: {resolved: [done, gone]}\n", "- `labels.resolved` · `done` and `gone` are put on with a closing"),
        ("watch: [1h, 1d]\n", "- `watch` · closed issues are looked at again after 1 h and 24 h"),
        ("follow_ups: {labels: ops}\n", "- `follow_ups.labels` · `ops`"),
        ("profiles: {hotfix: {criteria: [{check: x}]}}\n", "**Profile `hotfix`, by name alone** (1)"),
        (
            "profiles: {p: {when: {labels: [a, b], title: 'x*'}, criteria: []}}\n",
            "**Profile `p`, for issues with the label `a` or `b` and a title like `x*`**: none.",
        ),
        (PROFILE, "**Profile `hotfix`, by name alone**: none."),
    ],
)
def test_in_words(text: str, words: str) -> None:
    """Each rule is a sentence, each set of criteria a table."""
    assert words in asked(loaded(BASE + text))


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (BASE, "Nothing that decides changes."),
        (f"{BASE}mode: act\n", "- `mode`: advise → act"),
        (f"{BASE}close: {{max_age: 1d}}\n", "- `close.max_age`: 7 days → 24 h"),
        (f"{BASE}labels: {{resolved: done}}\n", "- `labels.resolved`: none → `done`"),
        (f"{BASE}business_impact: {{goal: x}}\n", "- `business_impact.goal`: none → `x`"),
        (f"{BASE}  - {{id: more, tasks: }}\n", "- criterion added: `more` Tasks more"),
        ("version: 1\ncriteria: []\n", "- criterion removed: `unit` Check unit"),
        (BASE.replace("unit}", "x, title: Check unit}"), "- criterion changed: `unit` Check unit (what it asks)"),
        (
            BASE.replace("unit}", "unit, required: false, weight: 2}"),
            "- criterion changed: `unit` Check unit (no longer required and weight 1 → 2)",
        ),
        (
            BASE.replace("unit}", "unit, scope: operational}"),
            "- criterion changed: `unit` Check unit (scope development → operational)",
        ),
        (BASE + PROFILE, "- profile `hotfix` added"),
    ],
)
def test_changes(new: str, words: str) -> None:
    """One line for each thing that is decided otherwise."""
    assert words == changed(loaded(BASE), loaded(new))


def test_changes_of_profiles() -> None:
    """What they ask is compared like the policy's own criteria."""
    told = changed(loaded(BASE + PROFILE), loaded(BASE + PROFILE.replace("[]", "[{tasks: }]")))
    assert told == "- profile `hotfix`: criterion added: `tasks` Tasks tasks"
    assert changed(loaded(BASE + PROFILE), loaded(BASE)) == "- profile `hotfix` removed"


def test_the_order_of_profiles_decides() -> None:
    """And so does whom one is for."""
    told = ["profiles: {a: {criteria: []}, b: {criteria: []}}\n", "profiles: {b: {criteria: []}, a: {criteria: []}}\n"]
    assert changed(*(loaded(BASE + text) for text in told)) == "- the order of the profiles"
    fitting = PROFILE.replace("{criteria", "{when: {labels: [x]}, criteria")
    assert changed(loaded(BASE + PROFILE), loaded(BASE + fitting)) == "- profile `hotfix`: which issues it is for"


def test_a_criterion_that_cannot_be_asked_is_shown() -> None:
    """With what could be read of it."""
    told = asked(loaded("version: 1\ncriteria: [{id: odd, title: Odd, fil: x, required: false}]\n"))
    assert "| `odd` Odd | cannot be asked as written | development | not required |" in told


def names(section: type[Section], prefix: str = "") -> set[str]:
    """The settings of a section, as they are called in the file."""
    found: set[str] = set()
    for name, field in section.model_fields.items():
        inner = next((one for one in (field.annotation, *get_args(field.annotation)) if _is_section(one)), None)
        found |= names(inner, f"{prefix}{name}.") if inner else {f"{prefix}{name}"}
    return found


def _is_section(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, Section)


@pytest.mark.parametrize("key", sorted(IN_ONE | {"mode", "claims", "watch", "labels.hold", "follow_ups.labels"}))
def test_the_words_are_those_of_the_explanation(key: str) -> None:
    """A rule that is not as usual is told once, in the sentence that `/resolution explain policy` has for it too."""
    policy = loaded(BASE + EVERYTHING)
    lines = [one for one in asked(policy).splitlines() if one.startswith("- ")]
    said = dict(sentences(policy.policy))
    section = key.partition(".")[0]
    about = [one for one in lines if one.startswith((f"- `{key}` ", f"- `{section}` "))]
    expected = said.get(key) or said[section]
    assert f"- `{key if key in said else section}` · {expected}" in about
    assert len(about) == 1 + (key == "follow_ups.labels")


def test_no_setting_is_missing() -> None:
    """What a policy can say is what a change of it can be told of."""
    assert names(PolicySection) - {"version", "inherit.acting"} == set(SETTINGS)


def test_what_an_organisation_hands_on() -> None:
    """It decides nothing in its own repository, and much in all others."""
    texts = ("version: 1\n", "version: 1\ninherit: {acting: true}\n")
    old, new = (load(text, path="p", source="s", organisation=True) for text in texts)
    assert isinstance(old, Loaded)
    assert isinstance(new, Loaded)
    assert changed(old, new) == "- `inherit.acting`: false → true"
    assert "every repository of the owner inherits what acts" in asked(new)
    assert "inherit" not in asked(old)


def test_what_is_written_in_a_policy_cannot_act() -> None:
    """Titles are a stranger's words."""
    told = asked(loaded("version: 1\ncriteria:\n  - {tasks: , title: 'Fixes #1 | @ann <b> [x](http://y)'}\n"))
    assert "Fixes `#1` &#124; `@ann` &lt;b&gt; \\[`x](http://y`) |" in told


def test_a_faulty_criterion_is_a_change() -> None:
    """It keeps issues open: who adds one is told so, and who mends one."""
    faulty = loaded("version: 1\ncriteria: [{id: odd, title: Odd, fil: x}]\n")
    sound = loaded("version: 1\ncriteria: []\n")
    assert changed(sound, faulty) == "- criterion that cannot be asked: `odd` Odd"
    assert "no longer among those that cannot be asked: `odd` Odd" in changed(faulty, sound)
