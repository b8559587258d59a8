"""Waivers: when they count, what they leave as it was, and that they prove nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.assessment.codec import decode, encode
from bot.assessment.evidence import CriterionId, Finding, Outcome, Wait
from bot.assessment.policy import Level
from bot.assessment.report import render
from bot.assessment.verdict import Because, VerdictKind
from bot.assessment.waiver import Excused, Terms, Waiver, WaiverState, excuse
from tests.assessment.samples import NOW, POLICY, REPOSITORY, assess, claim, finding, operational, optional

NEEDING = [Outcome.FAIL, Outcome.ERROR, Outcome.MISSING, Outcome.PENDING, Outcome.FLAKY, Outcome.MISCONFIGURED]


def waiver(name: str = "suite", **changes: object) -> Waiver:
    """mia's exception, which ends in a fortnight."""
    plain = Waiver(
        criterion=CriterionId(name),
        reason="the suite moves to another runner",
        by="mia",
        at=NOW - timedelta(hours=1),
        until=NOW + timedelta(days=14),
        policy=POLICY.digest,
        asks=f"asks-{name}",
        url=f"{REPOSITORY}/issues/12#issuecomment-9",
    )
    return replace(plain, **changes)


BOB = frozenset({"bob"})
MAY = {"mia": True}


def excused(
    *findings: Finding,
    by: tuple[Waiver, ...] = (waiver(),),
    authors: frozenset[str] | None = BOB,
    may: Mapping[str, bool] = MAY,
) -> Excused:
    """The findings under mia's waiver, where bob wrote the fix."""
    asked = {one.criterion.id: f"asks-{one.criterion.id}" for one in findings}
    return excuse(findings, by, terms=Terms(now=NOW, policy=POLICY.digest, asked=asked, entitled=may, authors=authors))


def said(*findings: Finding, **terms: Any) -> str:
    """The whole answer."""
    done = excused(*findings, **terms)
    return render(assess(done.findings, waivers=done.waivers), evidence_url=None, marker="")


@pytest.mark.parametrize("outcome", NEEDING)
def test_what_was_measured_stays(outcome: Outcome) -> None:
    """A waived criterion keeps its evidence; only its outcome decides nothing, and nothing is waited for."""
    wait = Wait(topics=("run:1",), what="a run", until=NOW) if outcome is Outcome.PENDING else None
    measured = finding("suite", outcome, observed="97 of 120", waits_for=wait)
    done = excused(measured, finding("other", outcome))
    assert done.findings[0].evidence == replace(measured.evidence, outcome=Outcome.WAIVED, waits_for=None)
    assert done.findings[1] == finding("other", outcome)
    assert [(one.state, one.measured) for one in done.waivers] == [(WaiverState.COUNTS, outcome)]


@pytest.mark.parametrize(
    ("may", "state", "words"),
    [
        ({"mia": False}, WaiverState.NO_LONGER_MAY, "who may not waive here any more: somebody else has to waive it"),
        ({}, WaiverState.ROLE_UNKNOWN, "since GitHub did not tell whether they may still waive"),
    ],
    ids=["no-longer", "unknown"],
)
def test_by_who_lost_the_role(may: Mapping[str, bool], state: WaiverState, words: str) -> None:
    """An exception does not outlive the right to give it; not knowing is no yes."""
    failing = finding("suite", Outcome.FAIL)
    done = excused(failing, by=(waiver(by="Mia"),), may=may)
    assert (done.findings, [one.state for one in done.waivers]) == ((failing,), [state])
    assert words in said(failing, may=may)


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.SKIPPED])
def test_what_needs_no_waiver(outcome: Outcome) -> None:
    """What holds or does not apply stays as it is, whatever was waived, and the answer does not speak of it."""
    done = excused(finding("suite", outcome))
    assert done.findings == (finding("suite", outcome),)
    assert [one.state for one in done.waivers] == [WaiverState.NOT_NEEDED]
    assert "mia" not in said(finding("suite", outcome), finding("other"))


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"until": NOW}, WaiverState.ENDED, "a waiver by `@mia` ended at 15:00 UTC"),
        (
            {"policy": "0ther"},
            WaiverState.OTHER_POLICY,
            "a waiver by `@mia` no longer counts: it was given under policy `0ther`; waive again",
        ),
        (
            {"asks": "0ther"},
            WaiverState.OTHER_QUESTION,
            "a waiver by `@mia` does not count: it was given for another question of this name; waive again",
        ),
    ],
    ids=["ended", "other-policy", "other-question"],
)
def test_no_longer(changes: dict[str, object], state: WaiverState, words: str) -> None:
    """From its end on, or under other rules, it does not count: the answer says why."""
    given = (waiver(**changes),)
    done = excused(finding("suite", Outcome.FAIL), by=given)
    assert done.findings == (finding("suite", Outcome.FAIL),)
    assert [one.state for one in done.waivers] == [state]
    assert words in said(finding("suite", Outcome.FAIL), by=given)


@pytest.mark.parametrize(
    ("authors", "state", "words"),
    [
        (frozenset({"mia"}), WaiverState.BY_AUTHOR, "who wrote the fix: somebody else has to waive it"),
        (None, WaiverState.AUTHORS_UNKNOWN, "since it could not be read who wrote the fix"),
    ],
    ids=["author", "unknown"],
)
def test_by_who_wrote_the_fix(authors: frozenset[str] | None, state: WaiverState, words: str) -> None:
    """Whoever waives first and writes the fix then waived nothing; nor may one who cannot be told from them."""
    by = (waiver(by="Mia"),)
    done = excused(finding("suite", Outcome.FAIL), by=by, authors=authors)
    assert done.findings == (finding("suite", Outcome.FAIL),)
    assert [one.state for one in done.waivers] == [state]
    assert f"a waiver by `@Mia` does not count, {words}" in said(finding("suite", Outcome.FAIL), by=by, authors=authors)


def test_until_the_last_moment() -> None:
    """It counts while its end is ahead."""
    almost = (waiver(until=NOW + timedelta(microseconds=1)),)
    assert excused(finding("suite", Outcome.FAIL), by=almost).findings[0].evidence.outcome is Outcome.WAIVED


def test_of_what_is_not_asked() -> None:
    """A waiver of what is not asked here is not spoken of."""
    assert excused(finding("other"), by=(waiver("gone"),)) == Excused(findings=(finding("other"),), waivers=())


def test_waivers_alone_resolve_nothing() -> None:
    """However much is waived: without decisive evidence the answer is inconclusive."""
    done = excused(finding("suite", Outcome.FAIL), finding("b", decisive=False))
    assessment = assess(done.findings, waivers=done.waivers)
    assert (assessment.verdict.kind, assessment.verdict.because) == (
        VerdictKind.INCONCLUSIVE,
        Because.NOTHING_DECISIVE,
    )
    assert not assessment.plan.closes
    alone = said(finding("suite", Outcome.FAIL))
    assert alone.startswith("### ❔ Inconclusive: not closing")
    assert "Nothing is left to decide by: what applies is waived, and a waiver proves nothing." in alone


def test_resolved_with_a_waiver() -> None:
    """It caps the confidence, and the answer shows what was measured, who waived it, until when and why."""
    done = excused(finding("suite", Outcome.FAIL, observed="97 of 120", expected="all pass"), finding("fix"))
    assessment = assess(done.findings, waivers=done.waivers)
    assert (assessment.verdict.kind, assessment.confidence.level) == (VerdictKind.RESOLVED, Level.MEDIUM)
    text = render(assessment, evidence_url=None, marker="")
    until = "[2026-12-05 15:00 UTC](https://redirect.github.com/octo/shop/issues/12#issuecomment-9)"
    terms = f"by `@mia` until {until}: the suite moves to another runner"
    assert f"97 of 120; expected: all pass; **waived** {terms} |" in text
    assert f"seen failing before the fix; `suite` is waived {terms}." in text
    assert "`suite` waived: MEDIUM at best" in text
    assert assessment == decode(encode(assessment))


def test_many_waivers() -> None:
    """The justification names three and counts the rest."""
    names = ("a", "b", "c", "d", "e")
    text = said(*(finding(name, Outcome.FAIL) for name in names), finding("fix"), by=tuple(map(waiver, names)))
    assert "another runner and 2 more are waived." in text


def test_claims_are_waived_as_well() -> None:
    """A claim's row says it too."""
    made = claim("created x.py", Outcome.FAIL, observed="no such file", expected="it exists")
    text = said(made, finding("fix"), by=(waiver(made.criterion.id),))
    assert "no such file; expected: it exists; **waived** by `@mia` until" in text


def test_an_operational_one_owes_no_follow_up() -> None:
    """It is said on a line of its own."""
    text = said(operational("suite", Outcome.FAIL, observed="9 days left"), finding("fix"))
    assert text.startswith("### ✅ Resolved: closing")
    assert "**Waived, operational** · suite: 9 days left; **waived** by `@mia` until" in text


def test_what_is_not_required_stays_optional() -> None:
    """Waiving what was not in the way leaves the verdict to the others."""
    done = excused(optional("suite", Outcome.FAIL))
    assert assess(done.findings, waivers=done.waivers).verdict.because is Because.NOTHING_DECISIVE
    assert "There was nothing to measure" in said(optional("suite", Outcome.FAIL))


def test_a_hostile_reason() -> None:
    """Nothing in a reason acts: no mention, no reference, no column of the table."""
    text = said(
        finding("suite", Outcome.FAIL),
        finding("fix"),
        by=(waiver(reason="@octo/all fixes #7 | <b>x</b> [y](https://evil.example)"),),
    )
    assert "`@octo/all` fixes `#7` &#124; &lt;b&gt;x&lt;/b&gt;" in text
    assert "\\[`y](https://evil.example`)" in text
