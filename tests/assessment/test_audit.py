"""What an audit found, and what it amounts to."""

import pytest

from bot.assessment.audit import Closers, Named, Standing, Truth, Way, entry_of, summed, unasked
from bot.assessment.document import Assessment
from bot.assessment.evidence import Finding, Origin, Outcome, Reason
from bot.assessment.verdict import VerdictKind
from tests.assessment.audits import ASKED, HOLDS, HOLDS_NOT, JANUARY, UNCHECKED, audit, closing, entry
from tests.assessment.samples import HEAD, Setting, assess, criterion, evidence, facts, finding

ISSUE = Named(number=12, title="It breaks", url="https://github.com/octo/shop/issues/12")


def found(*findings: Finding, partial: tuple[str, ...] = ()) -> Assessment:
    return assess(findings, Setting(facts=facts(partial=partial)))


def claim(name: str = "claim", outcome: Outcome = Outcome.FAIL, **changes: object) -> Finding:
    return Finding(
        criterion=criterion(name, origin=Origin.CLAIM, quote="Fixed in `85375b9`", **changes),
        evidence=evidence(outcome),
    )


OPEN_BOX = Finding(
    criterion=criterion("tasks", kind="tasks"), evidence=evidence(Outcome.FAIL, reason=Reason.STILL_OPEN)
)


@pytest.mark.parametrize(
    ("findings", "partial", "verdict", "standing", "failing"),
    [
        pytest.param((finding(),), (), "resolved", HOLDS, 0, id="holds"),
        pytest.param((claim(), claim("other")), (), "not-resolved", HOLDS_NOT, 2, id="two claims fail"),
        pytest.param((claim(), finding("ci", Outcome.FAIL)), (), "not-resolved", HOLDS_NOT, 1.5, id="and a criterion"),
        pytest.param((claim(weight=3.0),), (), "not-resolved", HOLDS_NOT, 3, id="a heavy one"),
        pytest.param((finding(), OPEN_BOX), (), "partial", HOLDS_NOT, 0.25, id="openly left"),
        pytest.param((finding(),), ("ann says so",), "partial", HOLDS_NOT, 0.25, id="taken back"),
        pytest.param((OPEN_BOX,), (), "inconclusive", HOLDS_NOT, 0.25, id="nothing but openly left"),
        pytest.param((), ("ann says so",), "inconclusive", HOLDS_NOT, 0.25, id="nothing but taken back"),
        pytest.param(
            (OPEN_BOX, finding("ci", Outcome.ERROR)), (), "inconclusive", UNCHECKED, 0, id="left, and unclear"
        ),
        pytest.param((finding("ci", Outcome.ERROR),), (), "inconclusive", UNCHECKED, 0, id="not measured"),
        pytest.param((finding("ci", Outcome.PENDING),), (), "pending", UNCHECKED, 0, id="on its way"),
        pytest.param((finding("ci", Outcome.MISCONFIGURED),), (), "misconfigured", UNCHECKED, 0, id="faulty"),
        pytest.param((), (), "inconclusive", UNCHECKED, 0, id="nothing asked"),
    ],
)
def test_what_an_assessment_says_of_a_closing(
    findings: tuple[Finding, ...], partial: tuple[str, ...], verdict: str, standing: Standing, failing: float
) -> None:
    """It holds, it does not, or that cannot be checked; and how much fails, by how surely it was said."""
    one = entry_of(found(*findings, partial=partial), ISSUE, closing())
    assert (one.verdict, one.standing, one.failing) == (VerdictKind(verdict), standing, failing)
    assert (one.why is None) is (standing is not UNCHECKED)
    assert (one.commit, one.remains) == (HEAD, partial)


def test_the_reasons_are_the_answers_own_words() -> None:
    """The criteria that carried it, claims with their quote; none where it holds."""
    one = entry_of(found(claim(), finding("other")), ISSUE, closing())
    assert [(r.criterion, r.outcome, r.claimed, r.quote) for r in one.reasons] == [
        ("claim", Outcome.FAIL, True, "Fixed in `85375b9`")
    ]
    assert entry_of(found(finding()), ISSUE, closing()).reasons == ()


def test_what_is_openly_left_is_the_reason() -> None:
    """Where nothing decisive was seen, the open box is named, and not what holds beside it."""
    aside = Finding(criterion=criterion("ticked"), evidence=evidence(Outcome.PASS, decisive=False))
    one = entry_of(found(aside, OPEN_BOX), ISSUE, closing())
    assert ([reason.criterion for reason in one.reasons], one.why) == (["tasks"], None)


def test_secrets_stay_behind() -> None:
    """In titles and in what was seen."""
    token = "ghp_" + "a1" * 18
    seen = Finding(criterion=criterion("c"), evidence=evidence(Outcome.FAIL, observed=token))
    one = entry_of(found(seen), Named(number=1, title=token, url=""), closing())
    assert (one.issue.title, one.reasons[0].observed) == ("[secret]", "[secret]")
    assert unasked(one.issue, closing(), token, JANUARY).why == "[secret]"


def test_what_could_not_be_looked_at() -> None:
    """It cannot be checked; whether another time it might be is told."""
    again = unasked(ISSUE, closing(), "GitHub did not answer", JANUARY)
    never = unasked(ISSUE, closing(), "it was reopened", JANUARY, again=False)
    assert (again.standing, again.asked, never.asked) == (UNCHECKED, False, True)


@pytest.mark.parametrize(
    ("standings", "truth"),
    [
        pytest.param([], Truth(holds=0, holds_not=0, unchecked=0), id="none"),
        pytest.param([UNCHECKED] * 3, Truth(holds=0, holds_not=0, unchecked=3), id="none checked"),
        pytest.param(
            [HOLDS] * 3 + [HOLDS_NOT] + [UNCHECKED] * 4,
            Truth(holds=3, holds_not=1, unchecked=4, rate=0.75, low=0.3006, high=0.9544),
            id="three of four",
        ),
    ],
)
def test_the_truth_rate(standings: list[Standing], truth: Truth) -> None:
    """Of those that could be checked, with its 95 % Wilson interval."""
    assert audit(*(entry(at, one) for at, one in enumerate(standings))).truth == truth


def test_months_without_closings_are_there() -> None:
    """From the first closing to the last one, over the turn of the year."""
    made = audit(entry(1, HOLDS, day=-50), entry(2, HOLDS_NOT, day=40), entry(3, HOLDS, day=41))
    months = [(one.month, one.truth.holds, one.truth.holds_not) for one in made.months]
    assert months == [("2025-11", 1, 0), ("2025-12", 0, 0), ("2026-01", 0, 0), ("2026-02", 1, 1)]
    assert (made.months[1].truth.rate, audit().months) == (None, ())


def test_the_worst_ten() -> None:
    """Most failing first; of equals the one closed last; what holds or was not checked is none of them."""
    failing = [entry(at, HOLDS_NOT, day=at, failing=float(at % 3)) for at in range(1, 13)]
    made = audit(*failing, entry(90, HOLDS), entry(91, UNCHECKED))
    assert made.worst == (11, 8, 5, 2, 10, 7, 4, 1, 12, 9)
    assert [one.issue.number for one in made.worst_entries] == list(made.worst)


def test_newest_closing_first_and_the_later_word_counts() -> None:
    """Whatever the order in which they were found."""
    made = audit(entry(1, UNCHECKED, day=0), entry(2, day=5), entry(1, HOLDS, day=0))
    assert [(one.issue.number, one.standing) for one in made.issues] == [(2, HOLDS), (1, HOLDS)]
    assert made.standing(UNCHECKED) == ()


def test_who_closed_is_counted() -> None:
    """People, bots and nobody known; by hand, by a pull request's keyword, by a commit's."""
    ways = (closing(), closing(by="helper", by_bot=True, way=Way.PULL), closing(by=None, way=Way.UNKNOWN))
    made = audit(*(entry(at, closing=one) for at, one in enumerate((*ways, closing(way=Way.COMMIT)))))
    assert made.closers == Closers(people=2, bots=1, unknown=1, by_hand=1, by_pull_request=1, by_commit=1)


def test_a_part_is_known_as_one() -> None:
    """An audit that was interrupted says so; the commits that it measured at are named once."""
    made = audit(entry(1), entry(2), entry(3, commit=None), listed=4)
    assert (made.is_complete, audit(entry()).is_complete, len(made.commits)) == (False, True, 1)
    assert summed((), ASKED, JANUARY).commits == ()
