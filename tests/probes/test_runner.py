"""The runner: whatever happens to one probe is evidence for one criterion."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import CriterionId, Detail, Evidence, Outcome, Reason, Source, Wait
from bot.egress.exchange import Blocked, Deadline, EgressError, Unsendable
from bot.github.errors import Forbidden, GitHubError, RateLimited, Unauthorized, Unavailable
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.places import at_head
from bot.probes.registry import catalogue
from bot.probes.runner import Hooks, Limits, run

from .world import NOW, HttpOnly, context, question

HERE = context()
FINE = Evidence(outcome=Outcome.PASS, reason=Reason.HOLDS, expected="x", observed="y", source=at_head(HERE))
LATER = NOW + timedelta(minutes=5)


@dataclass(frozen=True)
class Plain:
    """A probe that answers, or does what it is told."""

    does: object = FINE
    kind: str = "plain"
    params: type[Params] = Params
    manual: Manual = Manual(question="?", example="", outcomes=())
    limit: timedelta = timedelta(seconds=5)
    slow: bool = False
    heavy: bool = True

    async def ask(self, question: Question, context: Context) -> Evidence:
        if isinstance(self.does, BaseException):
            raise self.does
        if callable(self.does):
            return await self.does()
        return self.does


async def answer(does: object, **limits: timedelta) -> Evidence:
    probe = replace(Plain(), does=does, **limits)
    (finding,) = await run((question(probe),), HERE, {"plain": probe})
    return finding.evidence


TROUBLE = {
    "permission": (Forbidden("no", needed="checks:read"), Reason.FORBIDDEN, "cannot read: needs checks:read"),
    "locked": (Forbidden("it is archived"), Reason.FORBIDDEN, "cannot read: it is archived"),
    "credentials": (Unauthorized("refused"), Reason.FORBIDDEN, "cannot read: refused"),
    "GitHub is down": (Unavailable("GitHub did not answer"), Reason.UNAVAILABLE, "GitHub did not answer"),
    "wordless": (GitHubError(), Reason.UNAVAILABLE, "the other side did not answer"),
    "network policy": (Blocked("not reachable from here"), Reason.NETWORK_POLICY, "not reachable from here"),
    "slow network": (Deadline("no answer in 10 s"), Reason.TIMED_OUT, "no answer in 10 s"),
    "network": (EgressError("cut"), Reason.UNAVAILABLE, "cut"),
    "own timeout": (TimeoutError(), Reason.TIMED_OUT, "no answer within 5 seconds"),
    "bug": (KeyError("secret"), Reason.BUG, "the probe itself broke (KeyError); it was reported"),
    "group": (ExceptionGroup("g", [KeyError()]), Reason.BUG, "the probe itself broke (ExceptionGroup)"),
    "cancels itself": (asyncio.CancelledError(), Reason.BUG, "the probe itself broke"),
    "no evidence": (None, Reason.BUG, "the probe itself broke (TypeError)"),
}


@pytest.mark.parametrize("name", TROUBLE)
async def test_trouble_becomes_an_error_with_its_reason(name):
    """Could not measure is neither yes nor no, and says why without a bug's words."""
    does, reason, words = TROUBLE[name]
    evidence = await answer(does)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, reason)
    assert words in evidence.observed
    assert "secret" not in evidence.observed


async def test_what_is_never_sent_is_a_bad_question():
    """A URL that no network would take is its author's to correct."""
    evidence = await answer(Unsendable("the URL's port must be a plain number"))
    assert (evidence.outcome, evidence.reason) == (Outcome.MISCONFIGURED, Reason.BAD_QUESTION)
    assert (evidence.observed, bool(evidence.remedy)) == ("the URL's port must be a plain number", True)


async def test_a_hanging_probe_is_cut_at_its_limit():
    """The probe's own limit ends it."""
    evidence = await answer(asyncio.Event().wait, limit=timedelta(milliseconds=1))
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TIMED_OUT)


async def test_the_budget_ends_all_that_still_runs_or_waits():
    """Questions that found no place before the deadline are answered, too."""
    probe = Plain(does=asyncio.Event().wait)
    limits = Limits(budget=timedelta(milliseconds=5), concurrency=1)
    findings = await run((question(probe),) * 3, HERE, {"plain": probe}, limits=limits)
    assert {finding.evidence.reason for finding in findings} == {Reason.TIMED_OUT}


CUTS = {
    "its own limit": (Limits(), timedelta(seconds=0.001), "no answer within 0 seconds"),
    "the assessment's time": (
        Limits(budget=timedelta(seconds=0.001)),
        *(timedelta(minutes=25), "not answered before the assessment's 0 seconds were over"),
    ),
}


@pytest.mark.parametrize("name", CUTS)
async def test_what_has_cut_a_probe_is_said(name):
    """Whoever wants to give it more time has to know where."""
    limits, limit, words = CUTS[name]
    probe = Plain(does=asyncio.Event().wait, limit=limit)
    (finding,) = await run((question(probe),), HERE, {"plain": probe}, limits=limits)
    assert finding.evidence.observed == words


@pytest.mark.parametrize("probe", [one for one in catalogue() if one.kind != "command"], ids=lambda one: one.kind)
def test_every_probe_has_its_time(probe):
    """Even where it had to wait for a place. How long a command may take, the operator says in both places."""
    assert probe.limit * 2 <= Limits().budget


async def test_the_others_go_on_and_the_order_stays():
    """One broken and one hanging probe take nothing from the third, and answers stand in the questions' order."""
    probes = {
        "bad": Plain(kind="bad", does=ValueError()),
        "slow": Plain(kind="slow", does=asyncio.Event().wait, limit=timedelta(milliseconds=1)),
        "good": Plain(kind="good"),
    }
    findings = await run(tuple(question(probe) for probe in probes.values()), HERE, probes)
    assert [one.evidence.outcome for one in findings] == [Outcome.ERROR, Outcome.ERROR, Outcome.PASS]
    assert [one.criterion.kind for one in findings] == ["bad", "slow", "good"]


async def test_no_more_run_at_once_than_allowed():
    """Concurrency is bounded by a number, not by luck."""
    running, most = 0, 0

    async def count() -> Evidence:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0)
        running -= 1
        return FINE

    probe = Plain(does=count)
    await run((question(probe),) * 20, HERE, {"plain": probe}, limits=Limits(concurrency=3))
    assert most == 3


async def test_light_questions_are_all_asked_in_one_moment():
    """Reads of one moment share a request, so nothing light waits for a place."""
    running, most = 0, 0

    async def count() -> Evidence:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0)
        running -= 1
        return FINE

    probe = Plain(does=count, heavy=False)
    await run((question(probe),) * 20, HERE, {"plain": probe}, limits=Limits(concurrency=3))
    assert most == 20


async def test_a_rate_limit_parks_the_whole_run():
    """The latest of several limits leaves the runner as itself."""
    probes = {
        "soon": Plain(kind="soon", does=RateLimited(NOW)),
        "late": Plain(kind="late", does=RateLimited(LATER)),
        "good": Plain(kind="good"),
    }
    with pytest.raises(RateLimited) as caught:
        await run(tuple(question(probe) for probe in probes.values()), HERE, probes)
    assert caught.value.retry_at in {NOW, LATER}


async def test_cancellation_from_outside_passes_through():
    """Whoever stops the run is obeyed."""
    probe = Plain(does=asyncio.Event().wait)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await run((question(probe),), HERE, {"plain": probe})


async def test_every_answer_is_announced_and_every_bug_reported():
    """Progress sees each criterion once; the operator sees the exception itself."""
    done: list[CriterionId] = []
    bugs: list[Exception] = []

    async def on_done(criterion: CriterionId) -> None:
        done.append(criterion)

    hooks = Hooks(on_done=on_done, on_bug=lambda _, error: bugs.append(error))
    probes = {"bad": Plain(kind="bad", does=ValueError("boom")), "good": Plain(kind="good")}
    await run(tuple(question(probe) for probe in probes.values()), HERE, probes, hooks=hooks)
    assert (len(done), [str(bug) for bug in bugs]) == (2, ["boom"])


class OtherParams(Params):
    """What another probe takes."""


@pytest.mark.parametrize(
    ("probes", "words"),
    [({}, "there is no probe named `plain`"), ({"plain": Plain(params=OtherParams)}, "not those of the probe")],
    ids=["unknown kind", "wrong parameters"],
)
async def test_a_question_nobody_can_answer_is_misconfigured(probes, words):
    """That is the policy's fault, not the world's."""
    (finding,) = await run((question(Plain()),), HERE, probes)
    assert (finding.evidence.outcome, finding.evidence.reason) == (Outcome.MISCONFIGURED, Reason.BAD_QUESTION)
    assert words in finding.evidence.observed


async def test_nothing_asked_nothing_answered():
    """No question, no finding."""
    assert await run((), HERE, {}) == ()


class Scrubbing(HttpOnly):
    def scrub(self, text: str) -> str:
        return text.replace("hunter2", "[secret]")


async def test_no_text_of_any_evidence_holds_a_secret():
    """Whatever a probe makes of what a server sent back, the operator's secrets are taken out of it."""
    said = "it sent hunter2 back"
    echoed = Evidence(
        outcome=Outcome.PENDING,
        reason=Reason.HOLDS,
        expected=said,
        observed=said,
        source=Source(url=said, place=said, sha=None, fetched_at=NOW),
        before=said,
        details=(Detail(text=said, url=said), Detail(text=said)),
        remedy=said,
        waits_for=Wait(topics=(), what=said, until=NOW),
    )
    for does in (echoed, EgressError(said), Blocked(said)):
        probe = replace(Plain(), does=does)
        (finding,) = await run((question(probe),), replace(HERE, network=Scrubbing()), {"plain": probe})
        assert "hunter2" not in repr(finding.evidence)
        assert "it sent [secret] back" in repr(finding.evidence)


async def test_whoever_counts_hears_of_every_answer():
    """Kind, outcome and time; also of what was cut or broke. The wait for a place is not the probe's time."""
    heard = []

    async def hang() -> Evidence:
        await asyncio.sleep(0.05)
        return FINE

    probes = {"fine": replace(Plain(), kind="fine", does=hang), "broken": replace(Plain(), kind="broken", does=None)}
    asked = tuple(question(probe) for probe in (*[probes["fine"]] * 3, probes["broken"]))
    hooks = Hooks(on_answer=lambda kind, outcome, took: heard.append((kind, outcome, took)))
    clock = asyncio.get_running_loop().time
    began = clock()
    await run(asked, HERE, probes, limits=Limits(concurrency=1), hooks=hooks)
    assert [(kind, outcome) for kind, outcome, _ in heard] == [("fine", "pass")] * 3 + [("broken", "error")]
    assert 0.1 < sum(took.total_seconds() for _, _, took in heard) <= clock() - began
