"""The answer's end: what is missing or waited for, who has spoken, and when it is looked at again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import ActionKind, Done, Ending, IssueState
from bot.assessment.evidence import Finding, Outcome, Wait
from bot.assessment.plan import Plan, Reopen, Speak
from bot.assessment.policy import Role
from bot.assessment.trigger import Trigger, TriggerKind
from tests.assessment.samples import (
    NOW,
    Setting,
    assess,
    claim,
    finding,
    flags,
)
from tests.assessment.test_report import closing, said


@pytest.mark.parametrize(
    ("trigger", "waits", "words"),
    [
        (flags(), True, "**Waiting for** · the suite (run 8841), until 16:30 UTC. I go on by myself; "),
        (flags(), False, "wait for `b`; then `/assess-resolution` again"),
        (flags(dry_run=True), True, "wait for `b`; then `/assess-resolution` again"),
        (Trigger(kind=TriggerKind.CLI, by="ann"), True, "wait for `b`; then `/assess-resolution` again"),
    ],
    ids=["goes-on", "nothing-tells", "dry-run", "command-line"],
)
def test_what_is_waited_for(trigger: Trigger, waits: bool, words: str) -> None:
    """Only who goes on by himself says so, with what he waits for and until when."""
    until = NOW.replace(hour=16, minute=30)
    wait = Wait(topics=("run:8841",), what="the suite (run 8841)", until=until) if waits else None
    waiting = assess((finding("a"), finding("b", Outcome.PENDING, waits_for=wait)), Setting(trigger=trigger))
    assert words in said(waiting)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (finding("x", Outcome.FAIL), "`x` must hold: success"),
        (finding("x", Outcome.FAIL, expected=""), "make `x` hold"),
        (finding("x", Outcome.ERROR), "see to it that `x` can be measured"),
        (
            finding("x", Outcome.FLAKY),
            "find out why `x` is not the same each time, or ask it with `confirm` or `samples`; then",
        ),
        (claim("x", Outcome.FLAKY), "is not the same each time; then"),
        (finding("x", Outcome.FLAKY, remedy="Ask oftener."), "Ask oftener; then"),
        (finding("x", Outcome.MISSING), "give `x` something that can be measured"),
        (finding("x", Outcome.PENDING), "wait for `x`"),
        (finding("x", Outcome.MISCONFIGURED), "correct `x` in the policy"),
        (finding("x", Outcome.FAIL, remedy="Do it."), "Do it; then"),
    ],
)
def test_what_is_missing(found: Finding, words: str) -> None:
    """Where a probe names no remedy, the outcome does."""
    assert words in said(assess((finding("a"), found)))


@pytest.mark.parametrize(
    ("outcomes", "title", "summary"),
    [
        ((Outcome.FLAKY,), "gave mixed answers", "One required criterion gave mixed answers: `x0` (success). That"),
        (
            (Outcome.ERROR, Outcome.FLAKY),
            "could not be measured or gave mixed answers",
            "could not be measured: `x0` (success). One required criterion gave mixed answers: `x1` (success). That",
        ),
    ],
    ids=["mixed", "both"],
)
def test_mixed_answers_were_measured(outcomes: tuple[Outcome, ...], title: str, summary: str) -> None:
    """What was measured, but not the same each time, is not said to be unmeasured."""
    found = tuple(finding(f"x{n}", outcome) for n, outcome in enumerate(outcomes))
    lines = said(assess(found)).splitlines()
    assert lines[0].endswith(title)
    assert summary in lines[2]


@pytest.mark.parametrize(("others", "told"), [((), False), ((finding("a"),), True)], ids=["nothing", "something"])
def test_what_was_answered_holds(others: tuple[Finding, ...], *, told: bool) -> None:
    """That is said where something was answered."""
    text = said(assess((*others, finding("b", Outcome.PENDING), finding("c", Outcome.PENDING))))
    assert ("Still on its way" in text, "Everything answered so far holds." in text) == (True, told)


@pytest.mark.parametrize("other", [Outcome.ERROR, Outcome.FAIL], ids=["inconclusive", "not-resolved"])
def test_what_is_not_waited_for(other: Outcome) -> None:
    """Beside what has no verdict to wait for, a run on its way is named, and that nobody waits for it."""
    wait = Wait(topics=("run:1",), what="the suite", until=NOW)
    late = finding("wfd", Outcome.PENDING, observed="`wfd.yml` has not ended", waits_for=wait, remedy="Ask again.")
    words = "I am not waiting for `wfd`: `wfd.yml` has not ended; ask again when that has changed"
    assert words in said(assess((finding("a", other), late)))


def test_a_word_that_is_not_waited_for() -> None:
    """Whoever can confirm is told how, and that more is needed."""
    wait = Wait(topics=("confirmed:7:3",), what="carol to confirm the fix", until=NOW, whom="carol")
    late = finding("confirmed", Outcome.PENDING, observed="not confirmed", waits_for=wait)
    words = (
        "`confirmed` needs a person's word as well: carol comments `/confirm-fixed` once the rest holds;"
        " that alone is not enough"
    )
    assert words in said(assess((finding("a", Outcome.FAIL), late)))


def test_asking_again_keeps_the_profile() -> None:
    """What is suggested asks in the profile of the run, whether it is over or waits."""
    setting = Setting(trigger=flags(profile="one", no_close=True))
    text = said(assess((finding("flap", Outcome.ERROR),), setting))
    assert "then `/assess-resolution one` again (to look at that alone: `/assess-resolution one --only=flap`)" in text
    wait = Wait(topics=("run:1",), what="the suite", until=NOW)
    waiting = said(assess((finding("a"), finding("b", Outcome.PENDING, waits_for=wait)), setting))
    assert "`/assess-resolution one` asks anew" in waiting


def test_the_next_rechecks() -> None:
    """Only where a job has promised them, with the real moments."""
    closed = assess((finding(),), actions=closing(Ending.DONE))
    promised = said(replace(closed, watch=(NOW + timedelta(hours=1), NOW + timedelta(days=7)), finished_at=NOW))
    assert "**Next re-checks** · I look again in 1 h and 7 days, last on 2026-11-28 15:00 UTC, at what" in promised
    assert "re-checks" not in said(closed)
    opened = Done(action=ActionKind.REOPEN, ending=Ending.DONE, text="reopened by carol with /reopen")
    assert "re-checks" not in said(replace(closed, watch=(NOW,), actions=(*closed.actions, opened)))


def test_whose_words_kept_it_open() -> None:
    """The comment is linked, and who asks again is told how; what else forbade it has no comment."""
    (done,) = closing(Ending.REFUSED, "carol has commented since")
    text = said(assess((finding(),), actions=(replace(done, url="https://x.example/1"),)))
    told = (
        "carol has commented since ([the comment](https://x.example/1)): read that; whoever has **triage** asks again"
    )
    assert f"**Not closed** · {told} with `/assess-resolution`." in text
    assert "the comment" not in said(assess((finding(),), actions=(done,)))


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (None, "Anyone with **triage**, and an author who closed it himself, can reopen it."),
        (Ending.DONE, "Whoever closes it again has the last word: then I leave it closed. Anyone with **triage** can"),
        (Ending.REFUSED, "Anyone with **triage**, and an author who closed it himself, can reopen it."),
    ],
    ids=["not-done", "reopened", "put-off"],
)
def test_disagreeing_with_a_reopening(ending: Ending | None, words: str) -> None:
    """What a merge's answer opens again can be closed; what is only put off is not said to be left closed."""
    done = () if ending is None else (Done(action=ActionKind.REOPEN, ending=ending, text="put off"),)
    fallen = assess((finding("a", Outcome.FAIL),), state=IssueState(open=False, closed_as="completed"), actions=done)
    text = said(replace(fallen, plan=Plan(actions=(Speak(), Reopen()))))
    assert f"**Not right?** {words}" in text
    assert "by myself I leave it closed" not in text
    assert ("**By myself I only advise here now**" in text) is (ending is Ending.DONE)
    left = said(replace(fallen, plan=Plan(actions=(Speak(),)), actions=(), close_role=Role.WRITE))
    assert "Anyone with **triage**, and an author who closed it himself, can reopen it; by myself I leave it" in left
