"""What is said of somebody else's closing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import ActionKind, Assessment, Done, Ending, IssueState
from bot.assessment.evidence import Outcome, Wait
from bot.assessment.guard_note import asking, correcting, guard_note, heeding, no_longer, speaks
from bot.assessment.policy import GuardMode, GuardPolicy, HoldingMode, Mode, Policy
from bot.assessment.report import LIMIT
from bot.assessment.trigger import Trigger, TriggerKind
from tests.assessment.samples import NOW, OPEN, POLICY, Setting, assess, finding, operational, places

NOTE = replace(POLICY, guard=GuardPolicy(people=GuardMode.NOTE, bots=GuardMode.REOPEN), mode=Mode.ACT)
BY_BOB = Trigger(kind=TriggerKind.CLOSURE, by="bob")
BY_A_BOT = Trigger(kind=TriggerKind.CLOSURE, by="robot[bot]", by_bot=True)
CLOSED = replace(OPEN, open=False, closed_as="completed")
HOLDS, FALLS = (finding("ci"), finding("docs")), (finding("ci"), finding("docs", Outcome.FAIL, remedy="Write them."))
REOPENED = Done(action=ActionKind.REOPEN, ending=Ending.DONE, text="reopened")


def closed(findings: tuple[object, ...], trigger: Trigger = BY_BOB, policy: Policy = NOTE) -> Assessment:
    setting = Setting(trigger=trigger, policy=policy, standing=CLOSED)
    return assess(findings, setting, state=IssueState(open=False, closed_as="completed"))  # type: ignore[arg-type]


def said(assessment: Assessment, url: str | None = "https://bot.example.com/a/1") -> str:
    return guard_note(assessment, evidence_url=url, marker="<!-- mark -->")


def test_one_that_holds_is_one_line() -> None:
    """Who closed it, how much was measured and how sure that is; then what is left to others, if anything is."""
    line, mark = said(closed(HOLDS)).split("\n\n")
    assert line.startswith("✅ Closed by `@bob`, and it holds: 2 of 2 criteria · confidence HIGH (100 %) · `main` at ")
    assert line.endswith(" · [all evidence](https://bot.example.com/a/1)")
    assert mark == "<!-- mark -->"
    assert "all evidence" not in said(closed(HOLDS), None)
    assert "**Out of scope, not blocking**" in said(closed((*HOLDS, operational("dns", Outcome.FAIL))))


def test_one_that_does_not_hold() -> None:
    """What is missing, the evidence folded, and the way to disagree; nobody is called."""
    text = said(closed(FALLS))
    assert text.startswith("### ❌ Closed, but not resolved · 1 of 2 criteria does not hold\n")
    assert "**To settle this** · Write them" in text
    assert "<details><summary>What was found: 2 criteria</summary>" in text
    assert "Leave it closed: I say this once" in text
    assert "@bob" not in text.replace("after the closing by `@bob`", "")


def test_one_that_is_reopened() -> None:
    """The first line says so, and who has the last word."""
    text = said(replace(closed(FALLS, BY_A_BOT), actions=(REOPENED,)))
    assert text.startswith("### ❌ Reopened: not resolved · 1 of 2")
    assert "Whoever closes it again has the last word" in text
    assert "**By myself I only advise here now** · once it holds, whoever has **triage** asks with `/assess" in text
    assert "**Done**" not in text


@pytest.mark.parametrize(("trigger", "author_may"), [(BY_BOB, True), (BY_A_BOT, False)], ids=["closed", "reopened"])
def test_an_author_who_closed_it_himself(trigger: Trigger, *, author_may: bool) -> None:
    """GitHub lets him reopen it, so the note says so; closing it again is another matter."""
    made = closed(FALLS, trigger)
    done = replace(made, actions=(REOPENED,) if made.plan.reopens else ())
    text = guard_note(done, evidence_url=None, marker="", by_author=True)
    assert ("The author, who closed it, and anyone with **triage** can reopen it." in text) is author_may


def test_one_that_could_not_be_reopened() -> None:
    """What was planned and did not come about is not said to be done."""
    refused = replace(REOPENED, ending=Ending.REFUSED, text="not reopened: it was closed anew in the meantime")
    text = said(replace(closed(FALLS, BY_A_BOT), actions=(refused,)))
    assert text.startswith("### ❌ Closed, but not resolved · 1 of 2")
    assert "**Not done** · not reopened: it was closed anew in the meantime" in text
    assert "**Not right?** Anyone with **triage** can reopen it." in text  # nor that nothing else is done: it may be


def test_one_that_is_left_closed() -> None:
    """Where the policy wants it reopened and something stands in the way, that is said."""
    text = said(closed(FALLS, BY_A_BOT, replace(NOTE, mode=Mode.ADVISE)))
    assert "**Left closed** · by myself I only advise here\n" in text
    assert text.count("reopen it") == 1


def test_nobody_is_fought_with() -> None:
    """Whoever was told before and closes it again has it left closed, with its labels, and the note says so."""
    once, again = closed(FALLS, BY_A_BOT), heeding(closed(FALLS, BY_A_BOT), None, answered=False, noted=True)
    assert (once.plan.reopens, again.plan.reopens, speaks(again)) == (True, False, True)
    text = said(again)
    assert text.startswith("### ❌ Closed again, but not resolved · 1 of 2")
    assert "**Left closed** · whoever closed it was told before, so I do not open it again\n" in text
    assert "Leave it closed: I do nothing else. Anyone with **triage** can reopen it." in text
    assert text.count("reopen it") == 1
    assert heeding(closed(HOLDS), None, answered=False, noted=True) == closed(HOLDS)
    assert not speaks(heeding(once, None, answered=True, noted=True))


def test_there_is_room() -> None:
    """Details go first; in the end the title and the link say where everything is."""
    many = tuple(
        finding(f"c{n}", Outcome.FAIL, details=places(*(f"a/{'x' * 90}{i}.py:{i}" for i in range(20))))
        for n in range(60)
    )
    assert len(said(closed(many))) <= LIMIT
    assert "What was found" in said(closed(many))
    least = guard_note(closed(FALLS), evidence_url=None, marker="x" * (LIMIT - 500))
    assert len(least) <= LIMIT
    assert "What was found" not in least


@pytest.mark.parametrize(
    ("trigger", "findings", "same", "left"),
    [
        (BY_BOB, FALLS, True, True),
        (BY_BOB, FALLS, False, False),
        (BY_A_BOT, FALLS, True, False),
        (BY_BOB, HOLDS, True, False),
    ],
)
def test_what_was_decided_knowingly(trigger: Trigger, findings: tuple[object, ...], *, same: bool, left: bool) -> None:
    """A person who had just this answer before him is left alone; a bot, or one who knew less, is not."""
    measured = closed(findings, trigger)
    heeded = heeding(measured, measured.verdict if same else None, answered=False)
    assert speaks(heeded) is not left
    assert (heeded.plan.actions == ()) is left


@pytest.mark.parametrize(("trigger", "speaking"), [(BY_BOB, False), (BY_A_BOT, True)])
def test_what_another_answer_tells(trigger: Trigger, *, speaking: bool) -> None:
    """Only a reopening has to be told beside it."""
    assert speaks(heeding(closed(FALLS, trigger), None, answered=True)) is speaking


LATER = NOW + timedelta(days=14)
WORD = Wait(topics=("confirmed:7:3",), what="carol to confirm the fix (or 👍)", until=LATER, whom="carol")
SUITE = Wait(topics=("workflow:7:suite.yml",), what="the workflow `suite.yml`", until=LATER)
ASKS = (*HOLDS, finding("confirmed", Outcome.PENDING, waits_for=WORD))
RUNS = (*HOLDS, finding("suite", Outcome.PENDING, waits_for=SUITE))


@pytest.mark.parametrize(
    ("findings", "holding", "asks"),
    [
        (ASKS, HoldingMode.NOTE, True),
        (ASKS, HoldingMode.SILENT, False),
        (RUNS, HoldingMode.NOTE, False),
        ((*ASKS, finding("docs", Outcome.FAIL)), HoldingMode.SILENT, True),
    ],
    ids=["asks", "silent", "nobody-to-ask", "does-not-hold-anyway"],
)
def test_who_is_asked(findings: tuple[object, ...], holding: HoldingMode, *, asks: bool) -> None:
    """Whoever has to confirm it, unless the policy wants no word; what only runs is waited for in silence."""
    assert speaks(asking(closed(findings), holding)) is asks


def test_how_somebody_is_asked() -> None:
    """By plain name, with the command, until when; what else is waited for stands there, too."""
    text = said(closed((*ASKS, *RUNS[2:])))
    assert text.startswith(
        "⏳ Closed by `@bob`, and I wait for carol to confirm the fix: `/confirm-fixed` in a comment, until "
    )
    assert "; and for the workflow `suite.yml`, until " in text
    assert "Anyone with **triage** can reopen it" in text
    assert "👍" not in text


def test_the_note_says_what_came_of_it() -> None:
    """It was not confirmed in time, could not be waited for, or is nobody's to tell any more."""
    late = closed((*HOLDS, finding("confirmed", Outcome.MISSING, observed="not confirmed. ")))
    assert not speaks(late)
    assert speaks(correcting(late))
    assert correcting(closed(FALLS)) == closed(FALLS)
    assert "whether it holds could not be told: `confirmed`: not confirmed" in said(late)
    assert "[All evidence](https://bot.example.com/a/1)" in said(late)
    assert "could not be told. I leave it closed" in said(closed(()), None)
    assert "could not be told" in said(closed((*HOLDS, finding("ci2", Outcome.PENDING))))
    assert no_longer("it is open again", "<!-- m -->").endswith("no longer wait: it is open again.\n\n<!-- m -->")
