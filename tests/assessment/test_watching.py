"""When a closed issue is looked at again, and what makes a regression."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.evidence import CriterionId, Outcome, Scope
from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.plan import Plan
from bot.assessment.watching import (
    LADDER,
    MOST_TRIES,
    YOUNG,
    Look,
    Regressed,
    Response,
    Soon,
    Subject,
    There,
    Through,
    has_fix,
    look_at,
    may_fall,
    moments,
    next_moment,
    over,
    response,
    step,
)
from bot.assessment.withholding import Standing, Withheld, WithheldReason
from tests.assessment.samples import finding

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
A, B = CriterionId("a"), CriterionId("b")
HERE = There(branch=True, service=True)


@pytest.mark.parametrize(
    ("subject", "there", "expected"),
    [
        (Subject.BRANCH, There(branch=True, service=False), True),
        (Subject.SERVICE, There(branch=True, service=False), False),
        (Subject.SERVICE, There(branch=True, service=None), None),
        (Subject.ITSELF, There(branch=False, service=False), True),
        (Subject.SETTLED, HERE, None),
    ],
)
def test_what_must_contain_the_fix(subject: Subject, there: There, expected: bool | None) -> None:
    """That of which the question tells; where the fix itself is asked for, nothing."""
    assert has_fix(subject, there) is expected


@pytest.mark.parametrize(
    ("outcome", "there", "expected"),
    [
        (Outcome.FAIL, HERE, Look(failing=frozenset({A}))),
        (Outcome.FAIL, There(branch=False, service=None), Look(elsewhere=frozenset({A}))),
        (Outcome.FAIL, There(branch=None, service=None), Look(unsure=frozenset({A}))),
        *((one, HERE, Look(unsure=frozenset({A}))) for one in (Outcome.ERROR, Outcome.MISSING, Outcome.FLAKY)),
        *((one, HERE, Look()) for one in (Outcome.PASS, Outcome.WAIVED, Outcome.SKIPPED)),
    ],
)
def test_what_a_look_saw(outcome: Outcome, there: There, expected: Look) -> None:
    """A failure counts where the fix is; an error is none, and what is not watched does not count at all."""
    findings = (finding("a", outcome), finding("other", Outcome.FAIL))
    assert look_at(findings, {A: Subject.BRANCH}, there) == expected


def test_what_may_fall() -> None:
    """What held and had to: not what is operational, optional, or did not hold at the closing."""
    held = finding("a", Outcome.PASS)
    operational = replace(held, criterion=replace(held.criterion, scope=Scope.OPERATIONAL))
    optional = replace(held, criterion=replace(held.criterion, required=False))
    waived = finding("a", Outcome.WAIVED)
    assert [may_fall(one) for one in (held, operational, optional, waived)] == [True, False, False, False]


@pytest.mark.parametrize(
    ("look", "suspects", "tries", "expected"),
    [
        (Look(), {A}, 1, Through()),
        (Look(failing=frozenset({A})), set(), 0, Soon()),
        (Look(failing=frozenset({A, B})), {A}, 1, Regressed(criteria=frozenset({A}))),
        (Look(failing=frozenset({B})), {A}, 1, Soon()),
        (Look(unsure=frozenset({A})), {A}, 1, Soon()),
        (Look(unsure=frozenset({A})), set(), MOST_TRIES, Through()),
        (Look(failing=frozenset({A})), set(), MOST_TRIES, Soon()),
        (Look(failing=frozenset({A})), set(), MOST_TRIES + 1, Through()),
        (Look(elsewhere=frozenset({A})), {A}, 1, Through()),
    ],
)
def test_what_follows(look: Look, suspects: set[CriterionId], tries: int, expected: object) -> None:
    """Twice is a regression; once, and what could not be measured, is looked at again, a few times."""
    assert step(look, suspects=frozenset(suspects), tries=tries) == expected


seen = st.sets(st.sampled_from((A, B))).flatmap(
    lambda failing: st.builds(
        Look,
        failing=st.just(frozenset(failing)),
        unsure=st.frozensets(st.sampled_from((A, B))).map(lambda unsure: unsure - failing),
    )
)


@given(st.lists(seen, max_size=40))
def test_never_a_regression_without_two_failures_in_a_row(looks: list[Look]) -> None:
    """Whatever the looks see, in whatever order: the same criterion failed in this look and in the one before."""
    suspects, tries, before = frozenset[CriterionId](), 0, Look()
    for look in looks:
        following = step(look, suspects=suspects, tries=tries)
        if isinstance(following, Regressed):
            assert following.criteria
            assert following.criteria <= look.failing & before.failing
            return
        soon = isinstance(following, Soon)
        assert tries <= MOST_TRIES + 1
        suspects, tries, before = (look.failing, tries + 1, look) if soon else (frozenset(), 0, look)


def test_moments() -> None:
    """Counted from the closing, each once, in their order; what was slept through is made up for once."""
    ladder = moments(NOW, (*reversed(LADDER), LADDER[0]))
    assert ladder == tuple(NOW + pause for pause in LADDER)
    assert next_moment(ladder, NOW) == ladder[0]
    assert next_moment(ladder, NOW + timedelta(days=6)) == ladder[2]
    assert next_moment(ladder, ladder[2]) is None


CLOSED = Standing(open=False, closed_as="completed")
SAID = Contradiction(kind=ContradictionKind.REOPENED, at=NOW, by="ann")


@pytest.mark.parametrize(
    ("standing", "closed_at", "wanted", "why"),
    [
        (CLOSED, NOW, True, None),
        (replace(CLOSED, archived=True), NOW, True, "the repository is archived"),
        (replace(CLOSED, open=True), None, True, "it was reopened"),
        (replace(CLOSED, closed_as="duplicate"), NOW, True, "it was closed anew"),
        (CLOSED, NOW + timedelta(hours=1), True, "it was closed anew"),
        (replace(CLOSED, contradiction=SAID), NOW, True, "a person contradicted"),
        (CLOSED, NOW, False, "the policy asks for no watch any more"),
    ],
)
def test_when_it_is_over(standing: Standing, closed_at: datetime | None, wanted: bool, why: str | None) -> None:
    """Whatever a person has done to it ends the watch."""
    assert over(standing, closed_at=closed_at, by=NOW, wanted=wanted) == why


def withheld(*reasons: WithheldReason) -> Plan:
    return Plan(actions=(), withheld=tuple(Withheld(reason=one, text="") for one in reasons))


@pytest.mark.parametrize(
    ("plan", "age", "expected"),
    [
        (withheld(), YOUNG, Response.REOPEN),
        (withheld(), YOUNG + timedelta(seconds=1), Response.FILE),
        (withheld(WithheldReason.LOCKED), timedelta(0), Response.FILE),
        (withheld(WithheldReason.ADVISE), timedelta(0), Response.SAY),
        (withheld(WithheldReason.LOCKED, WithheldReason.ADVISE), YOUNG * 2, Response.SAY),
    ],
)
def test_what_is_done(plan: Plan, age: timedelta, expected: Response) -> None:
    """Opened while young, filed anew when old or locked, and only said where nothing may be done."""
    assert response(plan, closed_at=NOW - age, now=NOW) is expected
