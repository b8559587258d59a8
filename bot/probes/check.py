"""Did a check run or commit status succeed on the default branch?

Without a name: is everything green there. The newest result per app and name counts. No CI at all is not a failure,
and nothing that supports a fix either. Just after a merge CI may not have begun: then it is waited for.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import ClassVar

from pydantic import Field, model_validator

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Sha, Wait
from bot.assessment.topics import check_suite
from bot.assessment.watching import Subject
from bot.github.models import Check, Checks, CheckState, Unknown
from bot.github.runs import CheckOutput
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.numbers import PATIENCE, NumberParams, Reading, compare, number_in
from bot.probes.places import at_checks, branch_of, counted, empty_repository, listed, not_told, short
from bot.probes.runs import LONGEST, begins, may_begin, reporters
from bot.scan.matching import OutOfTime

_MOST_NAMED = 10


class CheckParams(Params):
    """Which check, by which app, on which commit."""

    shorthand: ClassVar[str] = "name"
    outside: ClassVar[bool] = False
    subject: ClassVar[Subject] = Subject.BRANCH

    name: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="The check's name: exact, with `*` and `?`, or `~words` for names that hold these words. "
        "Without it: all checks.",
    )
    app: str | None = Field(default=None, max_length=100, description="Only checks by this app (its slug).")
    at: str = Field(
        default="head",
        pattern=r"^(head|[0-9a-f]{7,40})$",
        description="`head` of the default branch, or a commit's sha.",
    )
    number: NumberParams | None = Field(
        default=None, description="A number in the title, summary or text that the check run reports."
    )

    @model_validator(mode="after")
    def _names_who_reports(self) -> "CheckParams":
        if self.number is not None and (self.name is None or self.name.startswith("~") or set(self.name) & set("*?")):
            raise ValueError("`number` needs `name`, the exact name of the check that reports it")
        if self.name is not None and self.name.startswith("~") and not _plain(self.name[1:]):
            raise ValueError("say behind `~` which words the check's name holds, such as `~integration suite`")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(at=self.at, past=self.at == "head")


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, CheckParams)
    expected = _expected(params, context)
    head = context.snapshot.head
    if head is None:
        return empty_repository(context, expected=expected)
    at = head if params.at == "head" or head.startswith(params.at) else Sha(params.at)
    checks = context.snapshot.head_checks if at == head else await context.reader.checks(at)
    if isinstance(checks, Unknown):
        return not_told(checks, expected=expected, source=at_checks(context, at))
    found = _matching(checks, params)
    if not found:
        return await _not_begun(_none_ran(checks, params, at, context), params, at, context)
    answer = _answer(checks, found, params, context)
    if answer.outcome is not Outcome.PASS:
        return answer
    if params.number is not None:
        return await _with_number(answer, question, params.number, at, context)
    return await _with_before(answer, params, context) if question.ask_before else answer


def _expected(params: CheckParams, context: Context) -> str:
    where = branch_of(context) if params.at == "head" else f"`{short(params.at)}`"
    by = f" by {params.app}" if params.app else ""
    if params.name is None:
        return f"all checks{by} on {where} succeed"
    number = f", and `{params.number.pattern}` gives {params.number.words}" if params.number is not None else ""
    return f"check `{params.name.removeprefix('~')}`{by} succeeds on {where}{number}"


def _matching(checks: Checks, params: CheckParams) -> tuple[Check, ...]:
    by_app = (check for check in checks.checks if params.app is None or check.app == params.app)
    return tuple(check for check in by_app if params.name is None or _named(check, params.name))


def _named(check: Check, name: str) -> bool:
    """Does a check go by the wanted name: exactly, by a glob, or by all words after `~`?"""
    called = {check.name, f"{check.workflow} / {check.name}" if check.workflow else check.name}
    if name.startswith("~"):
        words = _plain(name[1:]).split()
        return any(all(word in _plain(one) for word in words) for one in (*called, check.workflow or ""))
    if "*" in name or "?" in name:
        return any(fnmatchcase(one, name.replace("[", "[[]")) for one in called)
    return name in called


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _answer(checks: Checks, found: tuple[Check, ...], params: CheckParams, context: Context) -> Evidence:
    """The worst of the matching checks decides; neutral ones alone prove nothing."""
    expected, source = _expected(params, context), at_checks(context, checks.sha)
    failed = tuple(check for check in found if check.state is CheckState.FAILURE)
    cancelled = tuple(check for check in found if check.state is CheckState.CANCELLED)
    running = tuple(check for check in found if check.state is CheckState.RUNNING)
    passed = tuple(check for check in found if check.state is CheckState.SUCCESS)
    details = tuple(_detail(check) for check in (*failed, *cancelled, *running, *(passed if params.name else ())))[
        :_MOST_NAMED
    ]
    if failed:
        outcome, reason, observed = Outcome.FAIL, Reason.DOES_NOT_HOLD, _failed(failed, found)
    elif not checks.complete:
        outcome, reason = Outcome.ERROR, Reason.NOT_LOOKED_AT
        observed = f"{counted(len(found), 'check')} seen, none failed, but not all checks could be read"
    elif running:
        outcome, reason, observed = Outcome.PENDING, Reason.STILL_RUNNING, f"still running: {_names(running)}"
    elif cancelled:
        outcome, reason = Outcome.MISSING, Reason.NOTHING_TO_MEASURE
        observed = f"cancelled before it ended, so it says nothing: {_names(cancelled)}"
    elif passed:
        outcome, reason, observed = Outcome.PASS, Reason.HOLDS, _passed(passed, found)
    else:
        outcome, reason = Outcome.PASS, Reason.VACUOUS
        observed = f"skipped or neutral only ({_names(found)}): proves little"
    return Evidence(
        outcome=outcome,
        reason=reason,
        expected=expected,
        observed=observed,
        source=source,
        # Everything green says that nothing is broken now; it speaks for the fix only where it was not so before.
        decisive=outcome is not Outcome.PASS or (bool(passed) and params.name is not None),
        details=details,
        remedy=_remedy(outcome),
        waits_for=_end_of(running, checks.sha, context) if outcome is Outcome.PENDING else None,
    )


def _end_of(running: tuple[Check, ...], at: Sha, context: Context) -> Wait:
    return Wait(
        topics=(check_suite(context.snapshot.repository.id, at),),
        what=f"{_names(running)} on `{short(at)}`",
        until=context.now + LONGEST,
    )


def _failed(failed: tuple[Check, ...], found: tuple[Check, ...]) -> str:
    if len(found) == 1:
        return f"{failed[0].state.value} ({failed[0].name})"
    return f"{len(failed)} of {counted(len(found), 'check')} did not succeed: {_names(failed)}"


def _passed(passed: tuple[Check, ...], found: tuple[Check, ...]) -> str:
    if len(found) == 1:
        return "success"
    idle = len(found) - len(passed)
    return f"{counted(len(passed), 'check')} succeeded" + (f", {idle} skipped or neutral" if idle else "")


def _names(checks: tuple[Check, ...]) -> str:
    return listed(tuple(dict.fromkeys(f"`{check.name}`" for check in checks)))


def _detail(check: Check) -> Detail:
    return Detail(text=f"{check.name} ({check.app}): {check.state.value}", url=check.url)


def _none_ran(checks: Checks, params: CheckParams, at: Sha, context: Context) -> Evidence:
    """Nothing to look at: skipped where everything was asked, missing where a name was."""
    where = branch_of(context) if at == context.snapshot.head else f"`{short(at)}`"
    details: tuple[Detail, ...] = ()
    if not checks.complete:
        outcome, reason = Outcome.ERROR, Reason.NOT_LOOKED_AT
        observed = f"not all checks of {where} could be read"
    elif params.name is None:
        outcome, reason, observed = Outcome.SKIPPED, Reason.NOT_APPLICABLE, f"no CI ran on {where}: nothing asked"
    else:
        outcome, reason, observed = Outcome.MISSING, Reason.NOTHING_TO_MEASURE, f"no check of that name ran on {where}"
        details = _near(checks, params.name)
    return Evidence(
        outcome=outcome,
        reason=reason,
        expected=_expected(params, context),
        observed=observed,
        source=at_checks(context, at),
        details=details,
        remedy=f"Let {_wanted(params)} run on {where}." if outcome is Outcome.MISSING else None,
    )


async def _not_begun(answer: Evidence, params: CheckParams, at: Sha, context: Context) -> Evidence:
    """The answer, or that it is waited for: a check that is named, or all of them where there is CI at all."""
    if answer.outcome is Outcome.ERROR or not may_begin(at, context):
        return answer
    if params.name is None and not await _has_ci(params, context):
        return answer
    what = "CI" if params.name is None else f"`{params.name.removeprefix('~')}`"
    topic = check_suite(context.snapshot.repository.id, at)
    return replace(
        answer,
        outcome=Outcome.PENDING,
        reason=Reason.STILL_RUNNING,
        observed=f"no CI ran on {branch_of(context)} yet" if params.name is None else f"{answer.observed} yet",
        remedy=None,
        # The end of waiting is that of a run: what has begun is not given up for having begun late.
        waits_for=Wait(topics=(topic,), what=begins(what, at), until=context.now + LONGEST),
    )


async def _has_ci(params: CheckParams, context: Context) -> bool:
    """Did CI run on the commit before the head?"""
    parents = context.snapshot.history[0].parents
    checks = await context.reader.checks(parents[0]) if parents else None
    return isinstance(checks, Checks) and bool(_matching(checks, params))


def _wanted(params: CheckParams) -> str:
    """A check's name as the remedy says it."""
    name = params.name or ""
    return f"a check whose name holds “{name[1:]}”" if name.startswith("~") else f"the check `{name}`"


def _near(checks: Checks, name: str) -> tuple[Detail, ...]:
    """The names that were probably meant, else what ran at all."""
    names = tuple(dict.fromkeys(check.name for check in checks.checks))
    close = get_close_matches(name.strip("~*?"), names, n=3, cutoff=0.6)
    if close:
        return (Detail(text=f"similar names: {', '.join(close)}"),)
    return (Detail(text=f"what ran: {listed(names)}"),) if names else (Detail(text="no check ran at all"),)


async def _with_number(
    answer: Evidence, question: Question, wanted: NumberParams, at: Sha, context: Context
) -> Evidence:
    """The answer with the number that the check reports; where it holds, also with the one before the fix."""
    params = question.params
    assert isinstance(params, CheckParams)
    if (several := reporters(await _outputs(params, at, context))) is not None:
        remedy = "Say whose number counts with `app`."
        return replace(answer, outcome=Outcome.ERROR, reason=Reason.BAD_QUESTION, observed=several, remedy=remedy)
    try:
        reading = await _reading(params, wanted, at, context)
    except OutOfTime:
        late = f"what it reports could not be searched within {PATIENCE.total_seconds():.0f} s"
        return replace(answer, outcome=Outcome.ERROR, reason=Reason.TIMED_OUT, observed=late)
    if reading is None or reading.value is None:
        observed = (
            f"it reports nothing that matches `{wanted.pattern}`" if reading is None else compare(reading, wanted)
        )
        remedy = "Correct the pattern, or let the check report the number."
        missing = replace(answer, outcome=Outcome.MISSING, reason=Reason.NOTHING_TO_MEASURE, remedy=remedy)
        return replace(missing, observed=observed or "")
    answer = replace(answer, measures=reading.measures, details=(Detail(text=f"“{reading.line}”"), *answer.details))
    fault = compare(reading, wanted)
    if fault is not None:
        return replace(answer, outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD, observed=fault)
    answer = replace(answer, observed=f"{reading.words} ({answer.observed})")
    before = context.fix.before if question.ask_before and params.at == "head" else None
    then = await _reading_or_none(params, wanted, before, context)
    if then is None:
        return answer
    if compare(then, wanted) is not None:
        return replace(answer, before=then.words, seen_failing=True)
    observed = f"{answer.observed} (and was so before: proves little)"
    return replace(answer, before=then.words, decisive=False, reason=Reason.VACUOUS, observed=observed)


async def _reading(params: CheckParams, wanted: NumberParams, at: Sha, context: Context) -> Reading | None:
    return await number_in("\n".join(output.words for output in await _outputs(params, at, context)), wanted)


async def _outputs(params: CheckParams, at: Sha, context: Context) -> tuple[CheckOutput, ...]:
    outputs = await context.reader.check_outputs(at, params.name or "")
    return tuple(output for output in outputs if params.app is None or output.app == params.app)


async def _reading_or_none(
    params: CheckParams, wanted: NumberParams, at: Sha | None, context: Context
) -> Reading | None:
    """The number at a commit; None where there is none, or none that can be read."""
    if at is None:
        return None
    try:
        reading = await _reading(params, wanted, at, context)
    except OutOfTime:
        return None
    return reading if reading is not None and reading.value is not None else None


async def _with_before(answer: Evidence, params: CheckParams, context: Context) -> Evidence:
    """The same question at the commit before the fix, if there is one: "failure → success"."""
    before = context.fix.before
    if before is None or params.at != "head":
        return answer
    checks = await context.reader.checks(before)
    found = () if isinstance(checks, Unknown) else _matching(checks, params)
    states = {check.state for check in found}
    if not states:
        return answer
    seen = next(words for state, words in _SEEN_BEFORE if state in states)
    failed_then = CheckState.FAILURE in states and answer.reason is Reason.HOLDS
    return replace(answer, before=seen, decisive=answer.decisive or failed_then, seen_failing=failed_then)


_SEEN_BEFORE = (
    (CheckState.FAILURE, "failure"),
    (CheckState.CANCELLED, "cancelled"),
    (CheckState.RUNNING, "not ended"),
    (CheckState.SUCCESS, "success"),
    (CheckState.NEUTRAL, "skipped"),
)


def _remedy(outcome: Outcome) -> str | None:
    match outcome:
        case Outcome.FAIL:
            return "Make it pass on the default branch, or run it again if it is flaky."
        case Outcome.PENDING:
            return "Ask again when it has ended."
        case _:
            return None


_MANUAL = Manual(
    question="Did the check succeed on the default branch's head?",
    example="- id: suite\n  title: The suite is green\n  check: {name: websocket-events, app: github-actions}\n",
    outcomes=(
        (Outcome.PASS, "The newest result is success; with several, all that were not skipped."),
        (Outcome.FAIL, "One failed or timed out, or the number is not as wanted."),
        (Outcome.PENDING, "One is still running; its end wakes the assessment."),
        (Outcome.MISSING, "No check of that name ran, it was cancelled, or it reports no number."),
        (Outcome.SKIPPED, "No name was given, and no CI ran at all."),
        (Outcome.ERROR, "GitHub does not tell, not all checks could be read, or several apps report a number."),
    ),
)


@dataclass(frozen=True, slots=True)
class CheckProbe:
    """Check runs and commit statuses."""

    kind: str = "check"
    params: type[Params] = CheckParams
    limit: timedelta = timedelta(seconds=20)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one check, or about all."""
        return await _ask(question, context)


PROBE = CheckProbe()
