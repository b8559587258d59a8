"""How sure: the weights, the levels, the caps and that each says why."""

from datetime import timedelta

import pytest

from bot.assessment.confidence import credit, level_of, suffices, weigh
from bot.assessment.evidence import Finding, Origin, Outcome
from bot.assessment.facts import Deployed, Facts
from bot.assessment.policy import Level
from tests.assessment.samples import NOW, criterion, evidence, facts, finding, operational, optional, seen


def test_all_hold_is_high() -> None:
    """Full credit everywhere and nothing weak: 100 %, HIGH, no cap."""
    confidence = weigh((finding("a"), finding("b")), facts=facts())
    assert (confidence.percent, confidence.level) == (100, Level.HIGH)
    assert [factor.text for factor in confidence.factors] == ["2 of 2 points over 2 criteria asked"]


def test_weights_and_credit() -> None:
    """The share is weighed, and a sampled pass counts as far as its samples carry."""
    heavy = Finding(criterion=criterion("a", weight=3.0), evidence=evidence())
    confidence = weigh((heavy, finding("b", credit=0.8)), facts=facts())
    assert (confidence.percent, confidence.level) == (95, Level.HIGH)
    assert confidence.factors[1].text == "`b` counts 0.80: as far as its samples carry, at 95 %"


def test_optional_counts_operational_does_not() -> None:
    """A failing optional criterion lowers it; a failing operational one is none of its business."""
    confidence = weigh((finding("a"), optional("b", Outcome.FAIL), operational("c", Outcome.FAIL)), facts=facts())
    assert confidence.percent == 50


def test_skipped_and_waived_were_not_asked() -> None:
    """They stand neither for nor against in the percentage."""
    confidence = weigh((finding("a"), finding("b", Outcome.SKIPPED), finding("c", Outcome.WAIVED)), facts=facts())
    assert confidence.percent == 100


@pytest.mark.parametrize(
    "outcome",
    [Outcome.FAIL, Outcome.ERROR, Outcome.MISSING, Outcome.PENDING, Outcome.FLAKY, Outcome.MISCONFIGURED],
)
def test_no_credit_says_why(outcome: Outcome) -> None:
    """Whatever is no pass counts nothing, and its factor says why."""
    confidence = weigh((finding("a"), finding("b", outcome)), facts=facts())
    assert (confidence.percent, confidence.level) == (50, Level.LOW)
    assert confidence.factors[1].text.startswith("`b` counts 0: ")


def added(name: str, outcome: Outcome = Outcome.PASS, **changes: object) -> Finding:
    """A criterion that the command brings, of great weight."""
    return Finding(criterion=criterion(name, weight=90.0, origin=Origin.COMMENT), evidence=evidence(outcome, **changes))


@pytest.mark.parametrize(
    ("findings", "expected", "said"),
    [
        pytest.param((optional("a", Outcome.FAIL), finding("b"), added("c")), (50, Level.LOW), True, id="outweighs"),
        pytest.param((finding("a", seen_failing=False), added("c")), (100, Level.MEDIUM), True, id="lifts-no-cap"),
        pytest.param((finding("a"), added("c", Outcome.FAIL)), (1, Level.LOW), False, id="lowers-it"),
        pytest.param((finding("a", Outcome.SKIPPED), added("c")), (100, Level.HIGH), False, id="alone"),
        pytest.param((finding("a"), added("c")), (100, Level.HIGH), False, id="as-high"),
    ],
)
def test_criteria_for_one_issue_never_raise_it(
    findings: tuple[Finding, ...], expected: tuple[int, Level], *, said: bool
) -> None:
    """What somebody adds may count against, and never makes up for what the policy asks."""
    confidence = weigh(findings, facts=facts())
    assert expected == (confidence.percent, confidence.level)
    assert said == any("do not raise it" in factor.text for factor in confidence.factors)


def test_nothing_asked_is_low() -> None:
    """No question, no confidence."""
    confidence = weigh((), facts=facts())
    assert (confidence.percent, confidence.level) == (0, Level.LOW)


@pytest.mark.parametrize(
    ("frame", "level", "words"),
    [
        (facts(deployed=Deployed.SEEN), Level.HIGH, None),
        (facts(deployed=Deployed.NOT_SEEN), Level.MEDIUM, "the fix was not seen deployed: MEDIUM at best"),
        (facts(deployed=Deployed.UNKNOWN), Level.MEDIUM, "the deployments could not be read: MEDIUM at best"),
        (facts(commit=None), Level.LOW, "the commit that was looked at is unknown: LOW at best"),
        (
            facts(now=NOW + timedelta(days=9)),
            Level.LOW,
            "the oldest evidence is 9 days old, the policy allows 7 days: LOW at best",
        ),
        (facts(now=NOW + timedelta(days=7)), Level.HIGH, None),
    ],
    ids=["deployed", "not-deployed", "deployments-unknown", "no-commit", "stale", "just-fresh"],
)
def test_caps_of_the_frame(frame: Facts, level: Level, words: str | None) -> None:
    """The weakest link caps the level, leaves the percentage, and is shown."""
    confidence = weigh((finding("a"),), facts=frame)
    assert (100, level) == (confidence.percent, confidence.level)
    assert ([words] if words else []) == [factor.text for factor in confidence.factors if factor.cap]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((finding("a"), finding("b", Outcome.WAIVED)), "`b` waived: MEDIUM at best"),
        ((finding("a", seen_failing=False),), "no criterion was seen failing before the fix: MEDIUM at best"),
    ],
    ids=["waiver", "never-failing"],
)
def test_caps_of_the_evidence(found: tuple[Finding, ...], words: str) -> None:
    """A waiver, or nothing that was ever seen failing, allows MEDIUM at best."""
    confidence = weigh(found, facts=facts())
    assert (Level.MEDIUM, words) == (confidence.level, confidence.factors[-1].text)


def test_stale_operational_evidence_does_not_count() -> None:
    """Only development evidence can be too old."""
    old = operational("tls", Outcome.PASS, source=seen("x"))
    fresh = finding("a", source=seen("`main`"))
    assert Level.HIGH is weigh((fresh, old), facts=facts()).level


@pytest.mark.parametrize(
    ("percent", "level"), [(100, Level.HIGH), (95, Level.HIGH), (94, Level.MEDIUM), (80, Level.MEDIUM), (79, Level.LOW)]
)
def test_levels(percent: int, level: Level) -> None:
    """HIGH from 95, MEDIUM from 80."""
    assert level is level_of(percent)


@pytest.mark.parametrize(("given", "expected"), [(-1.0, 0.0), (0.5, 0.5), (7.0, 1.0)])
def test_credit_stays_between_none_and_all(given: float, expected: float) -> None:
    """No probe can give itself more than full credit."""
    assert expected == credit(finding("a", credit=given))


def test_binary_fractions_do_not_cost_a_percent() -> None:
    """Nineteen twentieths are 95 %."""
    found = tuple(finding(f"c{n}", credit=0.95) for n in range(20))
    assert weigh(found, facts=facts()).percent == 95


def test_suffices() -> None:
    """Levels are ordered."""
    assert suffices(Level.HIGH, Level.MEDIUM)
    assert suffices(Level.MEDIUM, Level.MEDIUM)
    assert not suffices(Level.LOW, Level.MEDIUM)
