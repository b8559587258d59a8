"""The lattice: which outcomes carry which verdict, and that support never hurts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.confidence import LEVELS, weigh
from bot.assessment.evidence import Finding, Outcome, Reason, Scope
from bot.assessment.verdict import CLOSING, RANK, Because, VerdictKind, judge
from tests.assessment.samples import NOW, criterion, evidence, facts, finding, operational, optional

P, F, E, M, N, K, S, W, X = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.ERROR,
    Outcome.MISSING,
    Outcome.PENDING,
    Outcome.FLAKY,
    Outcome.SKIPPED,
    Outcome.WAIVED,
    Outcome.MISCONFIGURED,
)


@pytest.mark.parametrize(
    ("outcomes", "kind", "because"),
    [
        ((P,), VerdictKind.RESOLVED, Because.ALL_HOLD),
        ((P, S, W), VerdictKind.RESOLVED, Because.ALL_HOLD),
        ((P, F, X, E, N), VerdictKind.NOT_RESOLVED, Because.FAILED),
        ((P, X, E, N), VerdictKind.MISCONFIGURED, Because.BAD_QUESTION),
        ((P, E, N), VerdictKind.INCONCLUSIVE, Because.NOT_MEASURED),
        ((P, M), VerdictKind.INCONCLUSIVE, Because.NOT_MEASURED),
        ((P, K), VerdictKind.INCONCLUSIVE, Because.NOT_MEASURED),
        ((P, N), VerdictKind.PENDING, Because.ON_ITS_WAY),
        ((S, W), VerdictKind.INCONCLUSIVE, Because.NOTHING_DECISIVE),
        ((W,), VerdictKind.INCONCLUSIVE, Because.NOTHING_DECISIVE),
        ((), VerdictKind.INCONCLUSIVE, Because.NOTHING_DECISIVE),
    ],
    ids=lambda value: "+".join(value) or "nothing" if isinstance(value, tuple) else str(value),
)
def test_lattice(outcomes: tuple[Outcome, ...], kind: VerdictKind, because: Because) -> None:
    """The worst outcome among the required development criteria decides."""
    found = tuple(finding(f"c{index}", outcome) for index, outcome in enumerate(outcomes))
    verdict = judge(found, facts=facts())
    assert (kind, because) == (verdict.kind, verdict.because)
    assert verdict.closes is (kind in CLOSING)


def test_reasons_are_the_criteria_that_carried_it() -> None:
    """A failing verdict names the failing criteria and no others."""
    verdict = judge((finding("a"), finding("b", F), finding("c", E), finding("d", F)), facts=facts())
    assert verdict.reasons == ("b", "d")


@pytest.mark.parametrize("outcome", [F, E, M, N, K, X])
def test_operational_becomes_follow_up(outcome: Outcome) -> None:
    """An operational criterion that does not hold never blocks; it is followed up."""
    verdict = judge((finding("a"), operational("tls", outcome), operational("dns", P)), facts=facts())
    assert (verdict.kind, verdict.follow_ups) == (VerdictKind.RESOLVED_WITH_FOLLOW_UPS, ("tls",))


@pytest.mark.parametrize("outcome", [S, W, P])
def test_operational_without_follow_up(outcome: Outcome) -> None:
    """What holds, does not apply or is waived is nobody's follow-up."""
    assert VerdictKind.RESOLVED is judge((finding("a"), operational("tls", outcome)), facts=facts()).kind


@pytest.mark.parametrize("outcome", list(Outcome))
def test_optional_never_blocks(outcome: Outcome) -> None:
    """Whatever an optional criterion says, the required ones decide."""
    assert VerdictKind.RESOLVED is judge((finding("a"), optional("b", outcome)), facts=facts()).kind


def test_optional_and_operational_passes_are_not_decisive() -> None:
    """A pass that does not decide cannot carry a resolution alone."""
    verdict = judge((optional("a", P), operational("b", P)), facts=facts())
    assert (verdict.kind, verdict.because) == (VerdictKind.INCONCLUSIVE, Because.NOTHING_DECISIVE)


def test_vacuous_passes_alone_are_inconclusive() -> None:
    """What would hold without the fix proves nothing, and is named as the reason."""
    verdict = judge((finding("a", decisive=False), finding("b", decisive=False)), facts=facts())
    assert (verdict.kind, verdict.because) == (VerdictKind.INCONCLUSIVE, Because.NOTHING_DECISIVE)
    assert verdict.reasons == ("a", "b")


def test_one_decisive_pass_carries_vacuous_ones() -> None:
    """Vacuous passes do no harm beside a decisive one, and are no reason."""
    verdict = judge((finding("a", decisive=False), finding("b")), facts=facts())
    assert (verdict.kind, verdict.reasons) == (VerdictKind.RESOLVED, ("b",))


@pytest.mark.parametrize(
    ("kind", "reason", "expected"),
    [
        ("tasks", Reason.STILL_OPEN, VerdictKind.PARTIAL),
        ("issue", Reason.STILL_OPEN, VerdictKind.NOT_RESOLVED),
        ("tasks", Reason.DOES_NOT_HOLD, VerdictKind.NOT_RESOLVED),
        ("claim", Reason.TAKEN_BACK, VerdictKind.PARTIAL),
    ],
)
def test_openly_left_work_is_partial(kind: str, reason: Reason, expected: VerdictKind) -> None:
    """An unticked box, or a statement that takes itself back, is open work and no broken claim."""
    left = Finding(criterion=criterion("left", kind=kind), evidence=evidence(F, reason=reason))
    assert expected is judge((finding("a"), left), facts=facts()).kind


def test_partial_sentences_make_partial() -> None:
    """What the statement itself leaves open stands in the verdict, and does not close."""
    verdict = judge((finding("a"),), facts=facts(partial=("2 of 7 task list items are open",)))
    assert VerdictKind.PARTIAL is verdict.kind
    assert verdict.remains == ("2 of 7 task list items are open",)


def test_open_work_does_not_hide_a_failure() -> None:
    """A failure beside open work is a failure, and only the failure is the reason."""
    left = Finding(criterion=criterion("left", kind="tasks"), evidence=evidence(F, reason=Reason.STILL_OPEN))
    verdict = judge((left, finding("b", F)), facts=facts())
    assert (verdict.kind, verdict.reasons) == (VerdictKind.NOT_RESOLVED, ("b",))


_EVIDENCE = st.builds(
    evidence,
    st.sampled_from(Outcome),
    decisive=st.booleans(),
    seen_failing=st.booleans(),
    credit=st.floats(0, 1),
    reason=st.sampled_from([Reason.HOLDS, Reason.TAKEN_BACK, Reason.STILL_OPEN]),
)
_FINDING = st.builds(
    lambda answer, **parts: Finding(criterion=criterion(**parts), evidence=answer),
    _EVIDENCE,
    name=st.uuids().map(str),
    kind=st.sampled_from(["check", "tasks"]),
    scope=st.sampled_from(Scope),
    required=st.booleans(),
    weight=st.floats(0.1, 10),
)
_FINDINGS = st.lists(_FINDING, min_size=1, max_size=8).map(tuple)
_SENTENCES = st.lists(st.just("something is left"), max_size=2).map(tuple)


@given(_FINDINGS, _SENTENCES, st.data())
def test_support_never_hurts(found: tuple[Finding, ...], left: tuple[str, ...], data: st.DataObject) -> None:
    """A fresh decisive pass in place of any evidence lowers neither the verdict, nor the percentage, nor the level."""
    index = data.draw(st.integers(0, len(found) - 1))
    answer = found[index].evidence
    better = replace(answer, outcome=P, decisive=True, credit=1.0, source=replace(answer.source, fetched_at=NOW))
    supported = (*found[:index], replace(found[index], evidence=better), *found[index + 1 :])
    frame = facts(partial=left)
    before, after = judge(found, facts=frame), judge(supported, facts=frame)
    assert RANK.index(after.kind) >= RANK.index(before.kind)
    low, high = weigh(found, facts=frame), weigh(supported, facts=frame)
    assert (high.percent, LEVELS.index(high.level)) >= (low.percent, LEVELS.index(low.level))
    assert LEVELS.index(high.level) >= LEVELS.index(low.level)


@given(_FINDINGS, st.data())
def test_more_credit_never_hurts(found: tuple[Finding, ...], data: st.DataObject) -> None:
    """Raising what a pass is worth, or dropping a sentence about open work, lowers nothing."""
    index = data.draw(st.integers(0, len(found) - 1))
    answer = found[index].evidence
    better = replace(answer, credit=data.draw(st.floats(answer.credit, 1)))
    supported = (*found[:index], replace(found[index], evidence=better), *found[index + 1 :])
    before, after = judge(found, facts=facts(partial=("left",))), judge(supported, facts=facts())
    assert RANK.index(after.kind) >= RANK.index(before.kind)
    assert weigh(supported, facts=facts()).percent >= weigh(found, facts=facts()).percent


@given(_FINDINGS, _SENTENCES)
def test_only_decisive_evidence_closes(found: tuple[Finding, ...], left: tuple[str, ...]) -> None:
    """A closing verdict has a required decisive pass, no required doubt, and nothing openly left."""
    verdict = judge(found, facts=facts(partial=left))
    deciding = [f.evidence for f in found if f.criterion.required and f.criterion.scope is Scope.DEVELOPMENT]
    if verdict.closes:
        assert any(answer.outcome is P and answer.decisive for answer in deciding)
        assert {answer.outcome for answer in deciding} <= {P, S, W}
        assert not left
