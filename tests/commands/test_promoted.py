"""A pattern as a profile asks never less than what such issues are asked without it."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.assessment.pattern import Agreed
from bot.assessment.precedent import Held, Precedent
from bot.commands.measure import rules_of
from bot.commands.promoted import Draft, drafted
from bot.config.load import Loaded
from bot.config.profiles import Kind, choose
from bot.github.models import PolicyFile, Snapshot
from bot.github.session import POLICY_PATH
from bot.probes.contract import Question
from tests.assessment.samples import NOW
from tests.probes.world import context, issue

LABELS, TITLES = ("infra", "web"), ("hot: x", "x")
KINDS = tuple(
    Kind(labels=labels, type=kind, title=title)
    for labels, kind, title in product(((), ("infra",), ("web",), LABELS), (None, "Bug"), TITLES)
)
OWN = [
    {"id": "packaged", "file": "a"},
    {"id": "security", "file": "b"},
    {"id": "docs", "file": "d", "required": False},
    {"id": "alarm", "file": "e", "scope": "operational"},
]
IMAGED = ("imaged", "File c")
POLICY = {"criteria": OWN, "profiles": {"image": {"criteria": [{"id": "imaged", "file": "c"}]}}}


def seen(own: dict[str, Any], above: dict[str, Any] | None = None) -> Snapshot:
    """A repository with this policy, over this one of its organisation."""
    file = PolicyFile(path=POLICY_PATH, oid="", size_bytes=0, text=text_of(own))
    org = None if above is None else replace(file, repository="acme/.github", text=text_of(above))
    return replace(context(about=issue()).snapshot, policy_file=file, organisation_file=org)


def text_of(policy: dict[str, Any]) -> str:
    """Its profiles in lines of their own."""
    profiles = policy.get("profiles", {})
    lines = ["version: 1", *(["criteria: " + json.dumps(policy["criteria"])] if "criteria" in policy else [])]
    lines += ["profiles:"] if profiles else []
    lines += [f"  {name}: {json.dumps(one)}" for name, one in profiles.items()]
    return "\n".join(lines) + "\n"


def pattern(
    *criteria: tuple[str, str], labels: tuple[str, ...] = ("infra",), titles: tuple[str, ...] = ("x",)
) -> Agreed:
    """What held of issues with these labels, one for each title."""
    held = tuple(Held(id=name, title=title, kind="file", category="") for name, title in criteria)
    members = tuple(Precedent(title=title, closed_at=NOW, labels=labels, waived=()) for title in titles)
    return Agreed(name="p", criteria=held, issues=((1, ""), (3, "")), label="infra", members=members)


def made(snapshot: Snapshot, what: Agreed) -> tuple[Loaded, Draft | str]:
    """The policy, and what becomes of the pattern over it."""
    rules = rules_of(snapshot)
    assert isinstance(rules, Loaded)
    return rules, drafted(snapshot, rules, what, "new")


def asked(rules: Loaded, kind: Kind) -> tuple[Question, ...]:
    """What an issue of this kind is asked without a name."""
    chosen = choose(rules.profiles, kind)
    return rules.questions if chosen is None else chosen.profile.questions


def required(questions: tuple[Question, ...]) -> set[str]:
    """What must hold, by what is asked."""
    return {repr(one) for one in questions if one.criterion.required}


@st.composite
def lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Criteria of few names, each asked in one of two ways, of any scope."""
    names = draw(st.lists(st.sampled_from("abcdef"), max_size=4, unique=True))
    return [
        {
            "id": name,
            "file": draw(st.sampled_from([name, name, name, "other"])),
            "required": draw(st.sampled_from([True, True, False])) if name in "ab" else True,
            "scope": "operational" if name == "c" else "development",
        }
        for name in names
    ]


@st.composite
def policies(draw: st.DrawFn, *, names: tuple[str, ...] = ("one", "two", "three")) -> dict[str, Any]:
    """A policy with some profiles."""
    profiles = {}
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        when = draw(
            st.sampled_from([{}, {"labels": ["infra"]}, {"labels": ["web"]}, {"type": ["Bug"]}, {"title": ["hot*"]}])
        )
        profiles[name] = {**({"when": when} if when else {}), "criteria": draw(lists())}
    return {"criteria": draw(lists()), "profiles": profiles}


@st.composite
def patterns(draw: st.DrawFn) -> Agreed:
    """Criteria that held of some issues, asked today or not."""
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    titles = draw(st.lists(st.sampled_from(TITLES), min_size=1, max_size=2))
    labels = draw(st.sampled_from([("infra",), LABELS]))
    return pattern(*((name, f"File {name}") for name in names), labels=labels, titles=tuple(titles))


@settings(max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(policies(), st.none() | policies(names=("one", "four")), patterns())
def test_never_less(own, above, what):
    """Whatever an issue is: with the new profile it is asked all that it was, also where it names the profile."""
    snapshot = seen(own, above)
    rules, draft = made(snapshot, what)
    if not isinstance(draft, Draft):
        return
    after = rules_of(replace(snapshot, policy_file=replace(snapshot.policy_file, text=draft.text)))
    new = after.profile("new")
    for kind in KINDS:
        assert required(asked(rules, kind)) <= required(asked(after, kind))
        assert all(one in asked(after, kind) for one in asked(rules, kind))
    for kind in (Kind(labels=one.labels, title=one.title, type=t) for one in what.members for t in (None, "Bug")):
        assert required(asked(rules, kind)) <= required(new.questions)
        assert all(one in new.questions for one in asked(rules, kind))
    assert [one.id for one in (*draft.what.today, *draft.what.more)] == [one.criterion.id for one in new.questions]


@pytest.mark.parametrize("what", [pattern(IMAGED), pattern(IMAGED, ("packaged", "File a"))], ids=["alone", "with-own"])
def test_all_of_today_and_more(what: Agreed) -> None:
    """What the pattern does not have, since it was waived, optional or operational, is asked as it is today."""
    _, draft = made(seen(POLICY), what)
    assert isinstance(draft, Draft)
    assert [one.id for one in draft.what.today] == ["packaged", "security", "docs", "alarm"]
    assert [one.id for one in draft.what.more] == ["imaged"]
    added = draft.text.removeprefix(text_of(POLICY))
    assert "when: {labels: [infra]}" in added
    assert "required: false" in added
    assert "scope: operational" in added


IN_IMAGE = {"image": {"when": {"labels": ["infra"]}, "criteria": [{"id": "imaged", "file": "c"}]}}
EXTRA = {"criteria": [{"id": "extra", "file": "x"}]}
ALL = {"criteria": [*OWN, {"id": "imaged", "file": "c"}]}
ABOVE = {"criteria": OWN, "profiles": {}}


@pytest.mark.parametrize(
    ("policy", "above", "what", "words"),
    [
        pytest.param(
            POLICY, None, pattern(("packaged", "File a")), "the policy's own criteria today, and", id="nothing"
        ),
        pytest.param(
            {**POLICY, "profiles": IN_IMAGE}, None, pattern(IMAGED), "profile `image` today, and", id="chosen"
        ),
        pytest.param({**POLICY, "profiles": {"all": ALL}}, None, pattern(IMAGED), "labels: [", id="a-when-is-lacking"),
        pytest.param(
            {
                **POLICY,
                "profiles": {
                    "one": {**EXTRA, "when": {"type": ["Bug"]}},
                    "all": {"when": {"labels": ["web"]}, "criteria": [*ALL["criteria"], *EXTRA["criteria"]]},
                },
            },
            None,
            pattern(IMAGED),
            "`all` asks all of this already",
            id="there",
        ),
        pytest.param(
            {
                **POLICY,
                "profiles": {
                    "bug": {"when": {"type": ["Bug"]}, "criteria": [{"id": "docs", "file": "x"}]},
                    **POLICY["profiles"],
                },
            },
            None,
            pattern(IMAGED),
            "are asked `docs` in two ways today",
            id="two-ways",
        ),
        pytest.param(
            {"profiles": POLICY["profiles"]}, ABOVE, pattern(IMAGED), "by the organisation's policy", id="not-to-copy"
        ),
    ],
)
def test_nothing_is_proposed(policy: dict[str, Any], above: dict[str, Any] | None, what: Agreed, words: str) -> None:
    """Where nothing is gained, or what is asked today cannot be kept; and why."""
    assert words in str(made(seen(policy, above), what)[1])


@pytest.mark.parametrize(
    ("own", "above", "label"),
    [
        pytest.param({}, {"x": {**EXTRA, "when": {"labels": ["web"]}}}, None, id="an-organisations-may-be-chosen"),
        pytest.param({}, {"x": EXTRA}, "infra", id="an-organisations-has-no-when"),
        pytest.param({"x": {**EXTRA, "when": {"labels": ["infra"]}}}, {}, None, id="all-are-asked-another"),
        pytest.param({"x": {**EXTRA, "when": {"labels": ["infra"], "type": ["Bug"]}}}, {}, "infra", id="some-may-be"),
    ],
)
def test_when(own: dict[str, Any], above: dict[str, Any], label: str | None) -> None:
    """It is chosen by its label only where it replaces nothing but the policy's own criteria."""
    policy = {**POLICY, "profiles": {**own, **POLICY["profiles"]}}
    _, draft = made(seen(policy, {"profiles": above}), pattern(IMAGED))
    assert isinstance(draft, Draft)
    assert draft.what.label == label
