"""What is learned: derived from the document by rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import Metrics, Ticket, TicketState
from bot.assessment.evidence import NO_CATEGORY, CriterionId, Outcome
from bot.assessment.record_lesson import (
    Trap,
    anti_patterns,
    decided,
    fate,
    figures,
    fit,
    handed_over,
    insights,
    shows_fix,
    steps,
    summary,
)
from bot.assessment.report_page import Page
from tests.assessment.lessons import EXAMPLE
from tests.assessment.samples import (
    NOW,
    Setting,
    assess,
    claim,
    criterion,
    evidence,
    finding,
    flags,
    operational,
    optional,
)
from tests.assessment.scenarios import METRICS, SCENARIOS


def page(*findings, **changes: object) -> Page:
    """An assessment of these, in the making of a record."""
    return Page(assessment=assess(findings, **changes))


def test_what_shows_the_fix_stands_first() -> None:
    """Then what decides, what holds, what is required; what does not apply is no insight."""
    found = page(
        finding("fails", Outcome.FAIL),
        finding("vacuous", decisive=False, seen_failing=False),
        finding("decides", seen_failing=False),
        optional("extra", Outcome.PASS),
        finding("shows"),
        finding("no", Outcome.SKIPPED),
    )
    assert [f.criterion.id for f in insights(found)] == ["shows", "extra", "decides", "vacuous", "fails"]


def test_the_steps_are_those_of_the_closing() -> None:
    """See it fail, bring the fix, what held in the policy's order, the claims, deployment, tickets, labels, closing."""
    said = [step.do.partition(":")[0].partition(",")[0] for step in steps(Page(assessment=EXAMPLE))]
    assert said == [
        "Ask before the fix what has to change",
        "Bring the fix to main by pull request",
        *["See to it that this holds"] * 4,
        "Check what the closing statement claims",
        "Deploy the fix to production",
        "Hand over what is operational as tickets of its own",
        "Set the labels",
        "Close the issue as completed",
    ]


SHORT = {
    "a commit": ({}, ["Bring the fix to main", "See to it that this holds: “ci”", "Close"]),
    "no branch": ({"branch": None}, ["Bring the fix to the default branch", "See to it", "Close"]),
    "nothing known": ({"commit": None, "metrics": Metrics()}, ["See to it", "Close"]),
    "not merged yet": (
        {"metrics": Metrics(pull_requests=(1,), files=2)},
        ["Bring the fix to main by pull request", "See to it", "Close"],
    ),
    "deployed somewhere": (
        {"metrics": Metrics(deployed_at=NOW)},
        ["Bring the fix", "See to it", "Deploy the fix to production", "Close"],
    ),
    "deployed since whenever": (
        {"metrics": Metrics(environment="live")},
        ["Bring the fix", "See to it", "Deploy the fix to live", "Close"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SHORT.values(), ids=SHORT.keys())
def test_steps_need_something_to_tell(changes: dict[str, object], expected: list[str]) -> None:
    """What is not known makes no step."""
    found = steps(page(finding("ci", seen_failing=False), **changes))
    assert len(found) == len(expected)
    assert all(step.do.startswith(words) for step, words in zip(found, expected, strict=True))


def test_what_was_not_resolved_has_no_pattern() -> None:
    """Nobody is told to do again what did not work."""
    assert steps(page(finding("ci", Outcome.FAIL))) == ()


ENDINGS = {
    "resolved": "resolved, and closed as completed.",
    "resolved-dry-run": "resolved, but not closed: it was a dry run.",
    "resolved-already-closed": "resolved, and closed already.",
    "resolved-held": "resolved, but left open.",
    "resolved-close-refused": "resolved, but not closed: `@carol` has spoken meanwhile: read it, then ask again.",
    "not-resolved-claims": "not resolved, and left open.",
    "not-resolved-though-closed": "not resolved, but closed already.",
    "pending": "not decided yet, and left open.",
}


@pytest.mark.parametrize(("name", "expected"), ENDINGS.items())
def test_the_summary_tells_the_ending(name: str, expected: str) -> None:
    """First of all what became of the issue."""
    assert summary(Page(assessment=SCENARIOS[name]))[0].removeprefix("Issue 12 of octo/shop was ") == expected


def test_the_summary_counts() -> None:
    """What holds, what was seen failing, what is left."""
    assert summary(page(finding("a")))[1:] == (
        "The one required criterion holds on main at d4e5f6a.",
        "It was seen failing before the fix.",
    )
    some = page(finding("a"), finding("b", Outcome.FAIL), finding("c"), operational("d", Outcome.FAIL), commit=None)
    assert summary(some)[1] == "2 of 3 required criteria hold on main."
    assert summary(page(finding("a", Outcome.FAIL), finding("b")))[1].startswith("1 of 2 required criteria holds on")
    assert summary(page())[1:] == ("Nothing that decides was measured.",)
    assert summary(Page(assessment=SCENARIOS["partial"]))[-1].startswith("Still open: the statement itself says")
    assert "The fix runs in production since 2026-11-21 14:02 UTC." in summary(Page(assessment=EXAMPLE))


def test_what_was_no_proof_is_told() -> None:
    """Claims first, then exceptions, then what proves little."""
    found = anti_patterns(Page(assessment=EXAMPLE))
    assert [one.trap for one in found] == [Trap.CLAIM, Trap.UNCHECKED, Trap.WAIVER, Trap.VACUOUS]
    assert found[2].text.startswith("“coverage of the changed files” was waived by mia until 2026-12-05 15:00 UTC")
    quiet = page(
        finding("a", seen_failing=False), claim("b", Outcome.PASS), finding("c", Outcome.ERROR, seen_failing=False)
    )
    assert anti_patterns(quiet) == ()


def test_the_pattern_fits_what_is_like_it() -> None:
    """Labels, folders with most files first, and what was seen failing; else what decides."""
    fits = fit(Page(assessment=EXAMPLE))
    assert (fits.labels, fits.folders) == (("infrastructure", "bug"), (("shared", 2), (".", 1), ("deploy/staging", 1)))
    assert (fits.kinds, fits.categories[0], fits.similar) == (("check",), "Domain migration", EXAMPLE.similar)
    asked = replace(criterion("x", category=NO_CATEGORY), kind="code")
    weak = page(replace(finding("x", seen_failing=False), criterion=asked), finding("y", Outcome.FAIL))
    assert (fit(weak).kinds, fit(weak).categories) == (("code",), ())


def test_what_is_left_to_others_has_its_ticket() -> None:
    """If it has one."""
    numbers = [one.ticket and one.ticket.number for one in handed_over(Page(assessment=EXAMPLE))]
    assert numbers == [1301, None]


def test_what_the_fault_looked_like() -> None:
    """What did not hold before and does now; what is missing still was not the fault, and is no anti-pattern either."""
    still = replace(operational("alarm", Outcome.MISSING), evidence=evidence(Outcome.MISSING, before="not there"))
    gone = replace(finding("domain"), evidence=evidence(before="2,309 files"))
    found = page(gone, still, replace(gone, evidence=evidence(before=None)))
    assert [(one.criterion, one.text.partition("”")[2]) for one in fit(found).symptoms] == [
        ("domain", " did not hold before the fix: 2,309 files")
    ]
    assert anti_patterns(found) == ()
    assert [shows_fix(one) for one in (gone, still)] == [True, False]


@pytest.mark.parametrize("outcome", Outcome)
def test_only_an_answer_decides(outcome: Outcome) -> None:
    """What could not be asked or measured decides nothing."""
    assert decided(finding("a", outcome)) is (outcome in {Outcome.PASS, Outcome.FAIL})


def test_a_closed_ticket_was_handed_over() -> None:
    """What it was for holds by now; it stays out of scope, with its ticket."""
    ticket = Ticket(criterion=CriterionId("alarm"), number=3, url="https://x", state=TicketState.CLOSED)
    (one,) = handed_over(page(finding("a"), operational("alarm", Outcome.PASS), tickets=(ticket,)))
    assert (one.finding.criterion.id, one.ticket) == ("alarm", ticket)


def test_every_measured_number_is_there() -> None:
    """With times and spans, as far as they are known; at least, where only a part was shown."""
    told = dict(figures(replace(METRICS, opened_at=NOW - timedelta(days=9), closed_at=NOW, complete=False)))
    assert (told["Commits"], told["Files changed"]) == ("at least 7", "816 (+2,104 −1,987)")
    assert told["Breaking-change markers"] == "none in the commits that were read"
    assert told["From opening to closing"] == "9 days"
    assert told["From first commit to deployment"] == "19 h"
    assert dict(figures(Metrics(deployed_at=NOW))) == {
        "Pull requests": "none",
        "Deployed": "2026-11-21 15:00 UTC",
    }
    back = dict(figures(Metrics(files=3, first_deployed_at=NOW - timedelta(days=1), deployed_at=NOW)))
    assert (back["Files changed"], back["First deployed"]) == ("3", "2026-11-20 15:00 UTC")
    many = dict(figures(Metrics(pull_requests=tuple(range(1, 9)), breaking=("feat!: x",))))
    assert many["Pull requests"] == "8: #1, #2, #3, #4, #5 and #6 and 2 more"
    assert many["Breaking-change markers"] == "1: “feat!: x”"


def test_a_refused_closing_says_why() -> None:
    """And a dry run that it was one."""
    assert fate(Page(assessment=assess((finding(),), Setting(trigger=flags(dry_run=True))))) == (
        "not closed: it was a dry run"
    )


def test_a_claim_is_named_by_its_words() -> None:
    """A criterion by its title, and by its id where it has none."""
    untitled = replace(finding("bare"), criterion=criterion("bare", title=""), evidence=evidence(before="no"))
    assert fit(page(untitled)).symptoms[0].text == "“bare” did not hold before the fix: no"
