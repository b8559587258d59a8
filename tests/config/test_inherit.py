"""A repository's file over its organisation's: what holds, where it comes from, and what is not handed on."""

from datetime import timedelta

import pytest

from bot.assessment.policy import FollowUpMode, GuardMode, Level, Mode, RecordMode, Role
from bot.assessment.watching import LADDER
from bot.config.inherit import ACTING, File, load_over
from bot.config.load import Broken, Loaded, built_in

OWN, ABOVE = ".github/resolution.yml", "acme/.github: .github/resolution.yml"
ORGANISATION = """\
claims: advise
close: {minimum_confidence: HIGH, max_age: 2d}
labels: {resolved: verified, hold: do-not-close}
permissions: {close: maintain}
limits: {seconds: 60}
business_impact: {segment: Platform, goal: calm}
watch: [1d]
criteria: [{id: theirs, file: a.md}]
profiles:
  hotfix: {criteria: [{id: theirs, file: a.md}]}
  docs: {criteria: [{id: theirs, file: a.md}]}
"""
ACTS = """\
mode: act
guard: {people: note, bots: reopen}
follow_ups: file
record: branch
cross_reference: true
deployed: {environment: production}
watch: [1d]
trusted_bots: [renovate]
"""


def over(own: str | None, above: str | None) -> Loaded | Broken:
    """The policy of both texts; `version: 1` is put before them."""
    files = (
        None if text is None else File(text=f"version: 1\n{text}", path=path, source=path)
        for text, path in ((own, OWN), (above, ABOVE))
    )
    return load_over(*files)


def loaded(own: str | None, above: str | None) -> Loaded:
    found = over(own, above)
    assert isinstance(found, Loaded), found
    return found


def ids(policy: Loaded) -> list[str]:
    return [one.criterion.id for one in policy.questions]


def test_the_organisations_file_alone() -> None:
    """A repository without a file has the organisation's rules, and the answer can say so."""
    policy = loaded(None, ORGANISATION)
    assert (policy.policy.minimum_confidence, policy.policy.labels.resolved, ids(policy)) == (
        Level.HIGH,
        ("verified",),
        ["theirs"],
    )
    assert (policy.policy.source, {origin.path for origin in policy.origins.values()}) == (ABOVE, {ABOVE})


def test_without_any_file_all_is_built_in() -> None:
    """And a repository's file alone is what it always was."""
    assert over(None, None) == built_in()
    assert loaded("mode: act\n", None).policy.mode is Mode.ACT


def test_field_by_field() -> None:
    """In the sections that hold rules of their own, the repository says some and inherits the others."""
    policy = loaded(
        "close: {max_age: 9d}\nlabels: {hold: [], pending: wait}\npermissions: {look: write}\n"
        "limits: {probes: 3}\nbusiness_impact: {goal: growth}\n",
        ORGANISATION,
    ).policy
    assert (policy.minimum_confidence, policy.max_age) == (Level.HIGH, timedelta(days=9))
    assert (policy.labels.resolved, policy.labels.hold, policy.labels.pending) == (("verified",), (), "wait")
    assert (policy.permissions.close, policy.permissions.look) == (Role.MAINTAIN, Role.WRITE)
    assert (policy.limits.budget, policy.limits.concurrency) == (timedelta(seconds=60), 3)
    assert policy.impact is not None
    assert (policy.impact.segment, policy.impact.goal) == ("Platform", "growth")


def test_key_by_key() -> None:
    """Everything else is one rule as a whole: the repository's, or the organisation's."""
    policy = loaded("watch: [2h, 3h]\ncriteria: [{id: ours, file: b.md}]\nclaims: off\n", ORGANISATION)
    assert (policy.policy.watch, ids(policy)) == ((timedelta(hours=2), timedelta(hours=3)), ["ours"])
    assert loaded("mode: advise\n", ORGANISATION).policy.claims == "advise"


def test_profiles_by_name() -> None:
    """One of the repository takes the place of the organisation's with its name, and is looked at first."""
    own = "profiles:\n  ours: {criteria: [{id: o, file: b}]}\n  docs: {criteria: [{id: o, file: b}]}\n"
    profiles = loaded(own, ORGANISATION).profiles
    assert [(one.name, one.questions[0].criterion.id) for one in profiles] == [
        ("ours", "o"),
        ("docs", "o"),
        ("hotfix", "theirs"),
    ]


def test_what_the_organisation_states_can_be_taken_back() -> None:
    """Nothing is a word, too."""
    policy = loaded("business_impact: null\nclose: {after: null}\n", f"{ORGANISATION}mode: advise\n")
    assert policy.policy.impact is None
    assert not [key for key in policy.origins if key.startswith("business_impact.")]


@pytest.mark.parametrize(
    ("key", "path", "line"),
    [
        ("close", OWN, 2),
        ("close.max_age", OWN, 2),
        ("close.minimum_confidence", ABOVE, 3),
        ("labels", ABOVE, 4),
        ("profiles.hotfix", ABOVE, 11),
        ("criteria", ABOVE, 9),
        ("guard", OWN, 3),
    ],
)
def test_where_each_part_comes_from(key: str, path: str, line: int) -> None:
    """The file and the line of every key, and of every field of the sections that are joined."""
    origin = loaded("close: {max_age: 9d}\nguard: note\n", ORGANISATION).origins[key]
    assert (origin.path, origin.line) == (path, line)


def test_a_section_that_is_one_rule_comes_from_one_file() -> None:
    """Where the repository gives it, nothing of the organisation's stands in it any more."""
    origins = loaded("guard: note\n", f"{ORGANISATION}guard: {{people: note}}\n").origins
    assert [key for key in origins if key.startswith("guard")] == ["guard"]


def test_where_a_criterion_comes_from() -> None:
    """By its own line, in whichever file its list is taken from."""
    below = loaded("profiles: {ours: {criteria: [{id: o, file: b}]}}\n", ORGANISATION)
    found = [below.where_asked("theirs"), below.where_asked("theirs", "hotfix"), below.where_asked("o", "ours")]
    assert [(one.path, one.line) for one in found if one] == [(ABOVE, 9), (ABOVE, 11), (OWN, 2)]
    replaced = loaded("criteria: [{id: ours, file: b}]\n", ORGANISATION)
    assert (replaced.where_asked("theirs"), replaced.where_asked("ours") is None) == (None, False)


def test_what_acts_is_not_handed_on() -> None:
    """Unless the organisation's file says so: else it is as built in, and named."""
    policy = loaded(None, ACTS)
    assert (policy.policy.mode, policy.policy.guard.bots, policy.policy.guard.people) == (
        Mode.ADVISE,
        GuardMode.OFF,
        GuardMode.OFF,
    )
    assert (policy.policy.follow_ups.mode, policy.policy.record.mode) == (FollowUpMode.LIST, RecordMode.OFF)
    assert (policy.policy.cross_reference, policy.policy.watch, policy.policy.trusted_bots) == (False, (), ())
    assert policy.policy.deployed is None
    assert (policy.left_out, set(policy.origins)) == (tuple(ACTING), {"version"} & set(policy.origins))


def test_what_acts_is_handed_on_where_it_says_so() -> None:
    """All of it; and a repository can still say otherwise."""
    policy = loaded("record: off\n", f"{ACTS}inherit: {{acting: true}}\n")
    assert (policy.policy.mode, policy.policy.guard.bots, policy.policy.follow_ups.mode) == (
        Mode.ACT,
        GuardMode.REOPEN,
        FollowUpMode.FILE,
    )
    assert (policy.policy.watch, policy.policy.trusted_bots) == ((timedelta(days=1),), ("renovate",))
    assert (policy.policy.record.mode, policy.policy.cross_reference, policy.left_out) == (RecordMode.OFF, True, ())


@pytest.mark.parametrize(
    "text",
    [
        "mode: advise\n",
        "guard: note\n",
        "record: off\n",
        "follow_ups: list\n",
        "watch: []\n",
        "deployed: null\n",
        "trusted_bots: []\n",
    ],
)
def test_what_does_not_act_is_handed_on(text: str) -> None:
    """A word is no deed."""
    policy = loaded(None, text)
    assert (policy.left_out, set(policy.origins)) == ((), {text.partition(":")[0]})


def test_a_repository_may_act_by_its_own_word() -> None:
    """What it says itself was not left out."""
    policy = loaded("mode: act\n", ACTS)
    assert (policy.policy.mode, "mode" in policy.left_out) == (Mode.ACT, False)


def test_a_broken_file_breaks_the_policy() -> None:
    """Whichever it is; with both, all faults of both, each with its own path."""
    faults = [
        [(fault.path, fault.line) for fault in found.faults]
        for found in (over("mode: actt\n", "m: 1\n"), over(None, "m: 1\n"), over("", "m: 1\n"), over("m: 1\n", ""))
        if isinstance(found, Broken)
    ]
    assert faults == [[(OWN, 2), (ABOVE, 2)], [(ABOVE, 2)], [(ABOVE, 2)], [(OWN, 2)]]


@pytest.mark.parametrize("text", ["inherit: {acting: true}\n", "inherit: {}\n"])
def test_a_repository_hands_nothing_on(text: str) -> None:
    """The key means nothing there: that is said, with where it belongs."""
    found = over(text, None)
    assert isinstance(found, Broken)
    assert "`inherit` is for the organisation's policy, in its repository `.github`" in found.faults[0].text


def test_a_faulty_criterion_of_the_organisation() -> None:
    """It is named with its path, where the repository has no criteria of its own."""
    faulty = "criteria: [{id: x, weight: 0, file: a}]\n"
    assert [fault.path for fault in loaded(None, faulty).faults] == [ABOVE]
    assert not loaded("criteria: []\n", faulty).faults


def test_the_digest_tells_what_holds() -> None:
    """Not where it is written: a rule that moves up to the organisation stays the same rule."""
    assert loaded("claims: off\n", None).policy.digest == loaded(None, "claims: off\n").policy.digest
    assert loaded(None, ACTS).policy.digest == built_in().policy.digest


ASKS = "criteria: [{id: ours, file: a.md}]\n"
PROFILE = "profiles: {hotfix: {criteria: [{id: ours, file: a.md}]}}\n"
HANDED_ON = f"{ASKS}inherit: {{acting: true}}\n"


@pytest.mark.parametrize(
    ("own", "above", "ladder"),
    [
        pytest.param(ASKS, None, LADDER, id="what-is-asked-is-asked-again"),
        pytest.param(f"watch: []\n{ASKS}", None, (), id="unless-it-says-never"),
        pytest.param("mode: act\n", None, (), id="nothing-of-its-own"),
        pytest.param(PROFILE, None, (), id="only-a-profile"),
        pytest.param(None, ASKS, (), id="the-organisation-asks"),
        pytest.param("mode: act\n", HANDED_ON, LADDER, id="the-organisation-hands-it-on"),
        pytest.param(ASKS, "watch: [1d]\n", LADDER, id="what-was-not-handed-on"),
        pytest.param(None, f"watch: []\n{HANDED_ON}", (), id="the-organisation-says-never"),
    ],
)
def test_when_it_is_looked_at_again(own: str | None, above: str | None, ladder: tuple[timedelta, ...]) -> None:
    """Where people ask something themselves, it is by default; where only the organisation does, if it may act."""
    assert loaded(own, above).policy.watch == ladder
