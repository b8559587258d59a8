"""Measuring again and again: what so many answers show, and what they do not."""

import asyncio

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.assessment.wilson import lower_bound
from bot.egress.exchange import Blocked, BrokenAnswer, Deadline, EgressError, Postponed, Unanswered
from bot.egress.rules import NOT_REACHABLE
from bot.probes.places import at_head
from bot.probes.sampling import ConfirmParams, Kind, Plan, Taken, confirmed, enough, kind_for, kind_of, patient, sampled
from tests.probes.world import context

HERE = at_head(context())
AS = {
    "+": (Outcome.PASS, Reason.HOLDS, Kind.PASSED, "200 in 80 ms", ""),
    "-": (Outcome.FAIL, Reason.DOES_NOT_HOLD, Kind.FAILED, "503 in 20 ms", "503"),
    "t": (Outcome.ERROR, Reason.TIMED_OUT, Kind.NO_ANSWER, "no answer in time", "no answer in time"),
    "x": (Outcome.ERROR, Reason.NETWORK_POLICY, Kind.NOT_ASKED, NOT_REACHABLE, NOT_REACHABLE),
    "p": (Outcome.ERROR, Reason.TIMED_OUT, Kind.PUT_OFF, "this server paces itself", "this server paces itself"),
    "?": (Outcome.MISCONFIGURED, Reason.BAD_QUESTION, Kind.FAULTY, "port 22 is not asked", "port 22 is not asked"),
}
SECONDS = {"+": 0.08, "-": 0.02}


def taken(letter: str) -> Taken:
    outcome, reason, kind, observed, cause = AS[letter]
    evidence = Evidence(outcome=outcome, reason=reason, expected="GET answers 200", observed=observed, source=HERE)
    return Taken(evidence=evidence, kind=kind, cause=cause, seconds=SECONDS.get(letter))


def script(letters: str):
    """Measurements with these results; how many were made can be read from `left`."""
    left = list(letters)

    async def once() -> Taken:
        return taken(left.pop(0))

    return once, left


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


async def samples(letters: str, percent: float = 100) -> Evidence:
    once, _ = script(letters)
    return await sampled(once, Plan(samples=len(letters), every=1, share=percent / 100), at_once)


SHARES = {
    "all of 40": ("+" * 40, 100, Outcome.PASS, "40 of 40 in 0 s (95 % sure: at least 91 %)"),
    "all of 20, for 99": ("+" * 20, 99, Outcome.PASS, "20 of 20 in 0 s (95 % sure: at least 83 %)"),
    "enough": ("+" * 19 + "-", 95, Outcome.PASS, "19 of 20 in 0 s (95 % sure: at least 76 %)"),
    "not enough": ("+" * 18 + "--", 95, Outcome.FAIL, "18 of 20 in 0 s (95 % sure: at least 69 %)"),
    "one is too many": ("+" * 9 + "-", 100, Outcome.FAIL, "9 of 10 in 0 s (95 % sure: at least 59 %)"),
    "never": ("--", 50, Outcome.FAIL, "0 of 2 in 0 s (95 % sure: at least 0 %)"),
    "no answer is a failure": ("+" * 8 + "tt", 90, Outcome.FAIL, "8 of 10 in 0 s (95 % sure: at least 49 %)"),
    "never an answer": ("tttt", 90, Outcome.FAIL, "0 of 4 in 0 s (95 % sure: at least 0 %)"),
    "exactly": ("+" * 7 + "---", 70, Outcome.PASS, "7 of 10 in 0 s (95 % sure: at least 39 %)"),
    "passes whatever was not asked": ("+" * 9 + "x", 90, Outcome.PASS, "9 of 10 in 0 s (95 % sure: at least 59 %)"),
    "fails whatever was not asked": ("+---x", 90, Outcome.FAIL, "1 of 5 in 0 s (95 % sure: at least 3 %)"),
    "undecided": ("+" * 9 + "x", 99, Outcome.ERROR, "9 of 10 in 0 s (95 % sure: at least 59 %)"),
}


@pytest.mark.parametrize("name", SHARES)
async def test_a_share_is_held_against_the_demand(name):
    """What was seen decides, and what it can carry is said and credited."""
    letters, percent, outcome, words = SHARES[name]
    evidence = await samples(letters, percent)
    assert (evidence.outcome, evidence.observed.partition(";")[0]) == (outcome, words)
    assert evidence.credit == lower_bound(letters.count("+"), len(letters))


REMARKS = {
    "too few to show it": ("+" * 20, 99, "to be sure of 99 % takes 381 samples without a failure"),
    "no number shows everything": ("+" * 20, 100, None),
    "failed anyway": ("-" * 20, 99, None),
    "enough to show it": ("+" * 40, 90, None),
    "not all taken": ("++x", 50, "1 of 3 could not be taken"),
}


@pytest.mark.parametrize("name", REMARKS)
async def test_what_samples_cannot_show_is_said(name):
    """A share over the demand is no proof of it where there are too few samples."""
    letters, percent, remark = REMARKS[name]
    said = (await samples(letters, percent)).observed.split("; ")[1:]
    assert remark in said if remark else not any("sure" in one for one in said)


async def test_latency_is_told_by_its_half_and_its_tail():
    """Of the answers alone, by values that were measured."""
    evidence = await samples("+" * 18 + "--t")
    assert "half of the answers within 80 ms, 95 % within 80 ms" in evidence.observed
    named = {one.name: (one.value, one.unit) for one in evidence.measures}
    assert named["latency"] == named["latency_p95"] == (0.08, "s")
    assert named["samples"] == (21, "samples")
    assert named["availability"] == (pytest.approx(100 * 18 / 21), "%")


async def test_failures_are_told_by_their_cause():
    """The most frequent first."""
    evidence = await samples("+-t-+x")
    assert [one.text for one in evidence.details] == [
        "2 of 6: 503",
        "1 of 6: no answer in time",
        f"1 of 6: {NOT_REACHABLE}",
    ]
    assert evidence.expected == "GET answers 200, in all of 6 samples"


async def test_nothing_asked_is_no_failure():
    """Where our own network refuses every sample, nothing is known."""
    evidence = await samples("xx", 50)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.NETWORK_POLICY)
    assert evidence.observed == f"none of 2 samples could be taken: {NOT_REACHABLE}"


PACED = {
    "all that were taken": ("+" * 34 + "p" * 6, 100, Outcome.PASS, "34 of 34", "6 of 40 were not taken: this server "),
    "not all that were taken": ("+" * 8 + "-p", 95, Outcome.FAIL, "8 of 9", "1 of 10 was not taken: this server paces"),
    "just half": ("++pp", 100, Outcome.PASS, "2 of 2", "2 of 4 were not taken: this server paces itself"),
    "less than half": ("++ppp", 100, Outcome.ERROR, "2 of 5 measurements could be taken", ""),
    "one": ("+p", 100, Outcome.ERROR, "1 of 2 measurements could be taken: this server paces itself", ""),
    "none": ("pp", 100, Outcome.ERROR, "none of 2 measurements could be taken", ""),
}


@pytest.mark.parametrize("name", PACED)
async def test_our_own_pace_spoils_no_share(name):
    """What was taken decides and is credited, where it is at least half and two; the rest is said."""
    letters, percent, outcome, begins, said = PACED[name]
    evidence = await samples(letters, percent)
    assert (evidence.outcome, evidence.observed.startswith(begins)) == (outcome, True)
    assert said in evidence.observed
    if outcome is not Outcome.ERROR:
        taken_at_all = len(letters) - letters.count("p")
        assert evidence.credit == lower_bound(letters.count("+"), taken_at_all)
        assert {one.name: one.value for one in evidence.measures}["samples"] == taken_at_all


@pytest.mark.parametrize(
    ("letters", "seconds", "kind", "unasked"),
    [
        ("pp+-", 60, Kind.PASSED, 1),
        ("ppp+", 6, Kind.PUT_OFF, 1),
        ("p+", 2, Kind.PUT_OFF, 1),
        ("-+", 60, Kind.FAILED, 1),
    ],
    ids=["its turn comes", "too late", "no time at all", "an answer is an answer"],
)
async def test_a_measurement_waits_for_its_turn(letters, seconds, kind, unasked):
    """While there is time it is asked again; only what our own pace put off."""
    once, left = script(letters)
    assert (await patient(once, seconds, at_once)()).kind is kind
    assert len(left) == unasked


async def test_a_faulty_question_is_not_asked_again():
    """It will not become better."""
    once, left = script("?" * 30)
    evidence = await sampled(once, Plan(samples=30, every=1, share=1), at_once)
    assert (evidence.outcome, evidence.observed) == (Outcome.MISCONFIGURED, "port 22 is not asked")
    assert len(left) > 25


async def test_a_hanging_answer_does_not_hold_up_the_next_sample():
    """Samples start at fixed times."""
    first, started = asyncio.Event(), []

    async def once() -> Taken:
        started.append(len(started))
        await first.wait()
        return taken("+")

    async def pause(_seconds: float) -> None:
        await asyncio.sleep(0)
        if len(started) == 2:
            first.set()

    evidence = await sampled(once, Plan(samples=3, every=1, share=1), pause)
    assert evidence.outcome is Outcome.PASS


@pytest.mark.parametrize(("share", "samples"), [(0.5, 4), (0.9, 35), (0.95, 73), (0.99, 381), (0.999, 3838), (1, None)])
def test_how_many_samples_show_a_share(share, samples):
    """The least number whose lower bound reaches it."""
    assert enough(share) == samples
    if samples is not None:
        assert lower_bound(samples, samples) >= share > lower_bound(samples - 1, samples - 1)


CONFIRMED = {
    "at once": ("+++--", Outcome.PASS, 2, "3 times in a row; 200 in 80 ms"),
    "never": ("-----", Outcome.FAIL, 0, "5 times in a row: 503 in 20 ms"),
    "not at first": ("-++++", Outcome.FLAKY, 0, "4 of 5 passed: failed, passed, passed, passed, passed; failed with "),
    "not always": ("+-+++", Outcome.FLAKY, 0, "4 of 5 passed: passed, failed, passed, passed, passed; failed with 503"),
    "not at last": ("++-++", Outcome.FLAKY, 0, "4 of 5 passed: passed, passed, failed, passed, passed"),
    "came and went": ("++t++", Outcome.FLAKY, 0, "4 of 5 passed: passed, passed, no answer, passed, passed; not answe"),
    "no network in between": ("++x++", Outcome.FLAKY, 0, "4 of 5 passed: passed, passed, not measured, passed, passed"),
    "wrong or nothing": ("t-t-t", Outcome.FAIL, 0, "no answer, failed, no answer, failed, no answer; 503 in 20 ms"),
    "never an answer": ("ttttt", Outcome.ERROR, 0, "5 times in a row: no answer in time"),
    "not reachable": ("xxxxx", Outcome.ERROR, 0, f"5 times in a row: {NOT_REACHABLE}"),
    "our own pace in between": ("+p++-", Outcome.PASS, 1, "3 times in a row; 200 in 80 ms; 1 of 5 was not taken: this"),
    "mixed, and our own pace": ("+pp-+", Outcome.FLAKY, 0, "2 of 3 passed: passed, failed, passed; failed with 503"),
    "failed, and our own pace": ("-ppp-", Outcome.FAIL, 0, "2 times in a row: 503 in 20 ms; 3 of 5 were not taken"),
    "too few for our own pace": ("+ppp+", Outcome.ERROR, 0, "2 of 5 measurements could be taken: this server paces "),
    "one fail, and our own pace": ("-pppp", Outcome.ERROR, 0, "1 of 5 measurements could be taken: this server paces"),
    "nothing but our own pace": ("ppppp", Outcome.ERROR, 0, "none of 5 measurements could be taken: this server pace"),
    "faulty": ("+?+++", Outcome.MISCONFIGURED, 3, "port 22 is not asked"),
}


@pytest.mark.parametrize("name", CONFIRMED)
async def test_what_holds_only_sometimes_is_flaky(name):
    """Passes in a row settle it; after anything else all measurements are made, and a mix is said as it came."""
    letters, outcome, unasked, words = CONFIRMED[name]
    once, left = script(letters)
    evidence = await confirmed(once, ConfirmParams(), at_once)
    assert (evidence.outcome, len(left)) == (outcome, unasked)
    assert words in evidence.observed
    assert (evidence.reason is Reason.MIXED) == (outcome is Outcome.FLAKY)


async def test_a_confirmation_waits_between_measurements():
    """So many seconds as it says, and not before the first."""
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    once, _ = script("++++")
    evidence = await confirmed(once, ConfirmParams(passes=4, of=4, interval=7), pause)
    assert (waited, evidence.expected) == ([7, 7, 7], "GET answers 200, 4 times in a row")


@pytest.mark.parametrize("wrong", [{"passes": 4, "of": 3}, {"passes": 1}, {"of": 11}, {"interval": 0}], ids=str)
def test_confirmations_that_cannot_be_are_refused(wrong):
    """More passes than measurements, no confirmation at all, too many, too fast."""
    with pytest.raises(ValidationError):
        ConfirmParams(**wrong)


WHOSE = {
    "hangs": (Deadline("x"), Kind.NO_ANSWER),
    "breaks": (BrokenAnswer("x"), Kind.NO_ANSWER),
    "accepts none": (Unanswered("x"), Kind.NO_ANSWER),
    "asked too often": (Postponed("x"), Kind.PUT_OFF),
    "refused here": (Blocked("x"), Kind.NOT_ASKED),
    "anything else": (EgressError("x"), Kind.NOT_ASKED),
}


@pytest.mark.parametrize("name", WHOSE)
def test_whose_failure_a_missing_answer_is(name):
    """Theirs where they were reached, nobody's otherwise."""
    error, kind = WHOSE[name]
    assert kind_of(error) is kind


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_counts_as_something(outcome):
    """Only a pass is a pass."""
    assert (kind_for(outcome) is Kind.PASSED) == (outcome is Outcome.PASS)
