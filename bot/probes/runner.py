"""Asks many questions at once and answers each with evidence, whatever happens.

Rules:
1. A slow probe, a missing permission, a network that does not answer and a bug of ours each become evidence for
   their own criterion; the others go on.
2. A rate limit is not evidence: it says nothing about the issue, so it leaves this module and the job is parked.
3. Cancellation from outside passes through.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.assessment.evidence import CriterionId, Evidence, Finding, Outcome, Reason
from bot.egress.exchange import Blocked, Deadline, EgressError, Unsendable
from bot.github.errors import Forbidden, GitHubError, RateLimited, Unauthorized
from bot.groups import Group
from bot.probes.contract import Context, Probe, Question
from bot.probes.places import at_head, counted

OnBug = Callable[[Question, Exception], None]
OnAnswer = Callable[[str, Outcome, timedelta], None]
"""Called with the kind of a question, its answer's outcome, and how long it took once it had a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long all questions together may take, and how many heavy ones are asked at the same time."""

    budget: timedelta = timedelta(seconds=300)
    concurrency: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Who wants to know: `on_done`, `on_answer` after each answer, `on_bug` with the exception of a probe that broke.

    What they raise is their own: it ends the run.
    """

    on_done: Callable[[CriterionId], Awaitable[None]] | None = None
    on_bug: OnBug | None = None
    on_answer: OnAnswer | None = None


async def run(
    questions: tuple[Question, ...],
    context: Context,
    probes: Mapping[str, Probe],
    *,
    limits: Limits = Limits(),
    hooks: Hooks = Hooks(),
) -> tuple[Finding, ...]:
    """One finding a question, in the questions' order.

    Raises `RateLimited` (the one with the latest `retry_at`) if any probe met one.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + limits.budget.total_seconds()
    places = asyncio.Semaphore(limits.concurrency)
    limited: list[RateLimited] = []

    async def answer(question: Question) -> Evidence:
        began = clock()
        try:
            async with asyncio.timeout_at(deadline), _place(places, probes.get(question.criterion.kind)):
                began = clock()
                evidence = await _ask(question, context, probes, hooks.on_bug)
        except TimeoutError:
            evidence = _trouble(question, context, Reason.TIMED_OUT, _out_of_time(limits.budget))
        evidence = scrubbed(evidence, context.network.scrub)
        if hooks.on_answer is not None:
            hooks.on_answer(question.criterion.kind, evidence.outcome, timedelta(seconds=clock() - began))
        if hooks.on_done is not None:
            await hooks.on_done(question.criterion.id)
        return evidence

    tasks: list[asyncio.Task[Evidence]] = []
    try:
        async with Group() as group:
            tasks.extend(group.create_task(answer(question)) for question in questions)
    except* RateLimited as errors:
        limited.extend(_leaves(errors))
    if limited:
        raise max(limited, key=lambda error: error.retry_at)
    pairs = zip(questions, tasks, strict=True)
    return tuple(Finding(criterion=question.criterion, evidence=task.result()) for question, task in pairs)


def _place(places: asyncio.Semaphore, probe: Probe | None) -> AbstractAsyncContextManager[None]:
    """Only what is heavy waits for a place: reads of one moment share a request, so none of them may come late."""
    return places if probe is not None and probe.heavy else nullcontext()


async def _ask(question: Question, context: Context, probes: Mapping[str, Probe], on_bug: OnBug | None) -> Evidence:
    """One answer; never raises but `RateLimited`, and cancellation that comes from outside."""
    probe = probes.get(question.criterion.kind)
    if probe is None or not isinstance(question.params, probe.params):
        return _misput(question, context, known=probe is not None)
    try:
        async with asyncio.timeout(probe.limit.total_seconds()):
            return _checked(await probe.ask(question, context))
    except RateLimited:
        raise
    except (GitHubError, EgressError) as error:
        reason, text = _said(error)
        return _trouble(question, context, reason, text)
    except TimeoutError:
        text = f"no answer within {counted(round(probe.limit.total_seconds()), 'second')}"
        return _trouble(question, context, Reason.TIMED_OUT, text)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return _broken(question, context, RuntimeError(f"the probe cancelled itself: {error!r}"), on_bug)
    except Exception as error:  # noqa: BLE001 - a probe's bug must not take the other answers with it; it is reported
        return _broken(question, context, error, on_bug)


def _checked(evidence: Evidence) -> Evidence:
    """A probe's answer, or a `TypeError` for what is none: types are promises, and probes can be anybody's."""
    if not isinstance(evidence, Evidence):
        message = f"the probe answered {type(evidence).__name__} instead of evidence"  # type: ignore[unreachable]
        raise TypeError(message)
    return evidence


def _said(error: GitHubError | EgressError) -> tuple[Reason, str]:
    """The code and the words for trouble that is nobody's bug."""
    match error:
        case Forbidden(needed=needed):
            return Reason.FORBIDDEN, f"cannot read: needs {needed}" if needed else f"cannot read: {error}"
        case Unauthorized():
            return Reason.FORBIDDEN, f"cannot read: {error}"
        case Deadline():
            return Reason.TIMED_OUT, str(error)
        case Blocked():
            return Reason.NETWORK_POLICY, str(error)
        case Unsendable():
            return Reason.BAD_QUESTION, str(error)
        case _:
            return Reason.UNAVAILABLE, str(error) or "the other side did not answer"


def scrubbed(evidence: Evidence, scrub: Callable[[str], str]) -> Evidence:
    """The evidence with every text of it scrubbed: what a server sent back may hold the secret that it was sent."""

    def scrubbed_too(text: str | None) -> str | None:
        return None if text is None else scrub(text)

    waits = evidence.waits_for
    return replace(
        evidence,
        expected=scrub(evidence.expected),
        observed=scrub(evidence.observed),
        source=replace(evidence.source, url=scrub(evidence.source.url), place=scrub(evidence.source.place)),
        before=scrubbed_too(evidence.before),
        details=tuple(replace(one, text=scrub(one.text), url=scrubbed_too(one.url)) for one in evidence.details),
        remedy=scrubbed_too(evidence.remedy),
        waits_for=None if waits is None else replace(waits, what=scrub(waits.what)),
    )


def _misput(question: Question, context: Context, *, known: bool) -> Evidence:
    kind = question.criterion.kind
    wrong = f"the parameters are not those of the probe `{kind}`" if known else f"there is no probe named `{kind}`"
    return _trouble(question, context, Reason.BAD_QUESTION, wrong)


def _broken(question: Question, context: Context, error: Exception, on_bug: OnBug | None) -> Evidence:
    if on_bug is not None:
        on_bug(question, error)
    return _trouble(question, context, Reason.BUG, f"the probe itself broke ({type(error).__name__}); it was reported")


def _trouble(question: Question, context: Context, reason: Reason, observed: str) -> Evidence:
    """Evidence that nothing could be measured, which says nothing about the fix. A bad question is its author's."""
    bad = reason is Reason.BAD_QUESTION
    return Evidence(
        outcome=Outcome.MISCONFIGURED if bad else Outcome.ERROR,
        reason=reason,
        expected=question.criterion.title,
        observed=observed,
        source=at_head(context),
        remedy="Correct the criterion in the policy file." if bad else None,
    )


def _out_of_time(budget: timedelta) -> str:
    return f"not answered before the assessment's {counted(round(budget.total_seconds()), 'second')} were over"


def _leaves(errors: BaseExceptionGroup[RateLimited]) -> list[RateLimited]:
    found: list[RateLimited] = []
    for error in errors.exceptions:
        found.extend(_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return found
