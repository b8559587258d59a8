"""Does a command that the operator of the server has named succeed over the repository's files?

It runs in a sandbox without network, over a copy of the tree at the default branch's head. A policy can only name it:
what is run, and how much it may take, is the operator's word. Where it holds, it is also run at the commit before the
fix, so that a check that never failed is not taken for a proof.
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, ClassVar, assert_never

from pydantic import Field

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Sha
from bot.assessment.watching import Subject
from bot.probes.contract import Aim, Commands, Context, Manual, Params, Question
from bot.probes.numbers import NumberParams, compare, number_in
from bot.probes.one_or_more import OrOne
from bot.probes.places import at_head, counted, empty_repository, listed
from bot.sandbox.checkout import TooLarge
from bot.sandbox.command import Command, Ended, NoSandbox, Ran, RanOver
from bot.scan.archive import ArchiveFault
from bot.scan.matching import OutOfTime

MOST_LINES = 20
LONGEST_LINE = 200
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


class CommandParams(Params):
    """Which command, and what must come of it."""

    shorthand: ClassVar[str] = "run"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.BRANCH

    run: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$",
        description="The command's name, as the operator of this server lists it.",
    )
    exit: Annotated[
        tuple[Annotated[int, Field(ge=0, le=255)], ...],
        OrOne(),
        Field(min_length=1, max_length=20, strict=False),
    ] = Field(default=(0,), description="The exit code that is right, or a list of them.")
    number: NumberParams | None = Field(default=None, description="A number in what it prints.")

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom="this app's server, in a sandbox over the files of the repository", at="head", past=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What one run says; `words` are what is compared with another run."""

    outcome: Outcome
    reason: Reason
    observed: str
    words: str
    measures: tuple[Measure, ...] = ()
    remedy: str | None = None


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, CommandParams)
    head = context.snapshot.head
    if head is None:
        return empty_repository(context, expected=_expected(params))
    commands = context.commands
    command = commands.command(params.run) if commands is not None else None
    if commands is None or command is None:
        return _not_listed(params, context)
    try:
        over = await commands.run(command, head, context.reader.tarball(head))
    except (NoSandbox, TooLarge, ArchiveFault) as error:
        return _not_run(error, params, context)
    evidence = _evidence(await _judged(over.ran, command, params), over, params, context)
    before = context.fix.before
    if evidence.outcome is not Outcome.PASS or not question.ask_before or before is None:
        return evidence
    if before == head:
        return _was_so(evidence, "the same")
    return await _with_before(evidence, over, (commands, command, before), params, context)


def _expected(params: CommandParams) -> str:
    codes = listed(tuple(map(str, params.exit)), 20).replace(" and ", " or ")
    text = f"the command `{params.run}` exits with {codes}"
    return text if params.number is None else f"{text}, and the number that it prints is {params.number.words}"


async def _judged(ran: Ran, command: Command, params: CommandParams) -> _Judged:
    if ran.ended is not None:
        return _stopped(ran, ran.ended, command)
    took = f"exit {ran.exit_code} in {ran.elapsed.total_seconds():.1f} s"
    measures = (Measure(name="duration", value=round(ran.elapsed.total_seconds(), 3), unit="s"),)
    exits = ran.exit_code in params.exit
    outcome, reason = (Outcome.PASS, Reason.HOLDS) if exits else (Outcome.FAIL, Reason.DOES_NOT_HOLD)
    plain = _Judged(outcome=outcome, reason=reason, observed=took, words=f"exit {ran.exit_code}", measures=measures)
    return plain if params.number is None else await _with_number(plain, ran, params.number)


async def _with_number(plain: _Judged, ran: Ran, wanted: NumberParams) -> _Judged:
    """The same with the number in the output. Without one, only the exit code says something, and only a no."""
    try:
        reading = await number_in(ran.output, wanted)
    except OutOfTime:
        return replace(
            plain, outcome=Outcome.ERROR, reason=Reason.TIMED_OUT, observed=f"{plain.observed}; its output was not read"
        )
    if reading is None:
        observed = f"{plain.observed}; nothing in its output matches `{wanted.pattern}`"
        if ran.cut:
            observed = f"{plain.observed}; nothing in the end of its long output matches `{wanted.pattern}`"
        if plain.outcome is Outcome.FAIL:
            return replace(plain, observed=observed)
        return replace(plain, outcome=Outcome.MISSING, reason=Reason.NOTHING_TO_MEASURE, observed=observed)
    fault = compare(reading, wanted)
    numbered = replace(
        plain,
        observed=f"{fault or reading.words}; {plain.observed}",
        words=reading.words,
        measures=(*reading.measures, *plain.measures),
    )
    return numbered if fault is None else replace(numbered, outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD)


def _stopped(ran: Ran, ended: Ended, command: Command) -> _Judged:
    """A command without an exit code of its own could not measure anything."""
    bounds = command.bounds
    reason, remedy = Reason.TOO_LARGE, "Ask the operator of this server for wider bounds, or make it take less."
    match ended:
        case Ended.TIME:
            reason = Reason.TIMED_OUT
            observed = f"it met its bound of {counted(round(bounds.time.total_seconds()), 'second')}"
        case Ended.OUTPUT:
            observed = "ended, since it printed more than 16 MiB"
        case Ended.MEMORY:
            observed = f"it met its bound of {bounds.memory_bytes >> 20:,} MiB of memory"
        case Ended.PROCESSES:
            observed = f"it met its bound of {bounds.processes:,} processes"
        case Ended.DISK:
            observed = f"it met its bound of {bounds.disk_bytes >> 20:,} MiB of files"
        case Ended.KILLED:
            reason, observed, remedy = Reason.UNAVAILABLE, "it was killed from outside, or killed itself", _OUTPUT
        case Ended.NOT_FOUND:
            reason, observed = Reason.NOT_FOUND, f"`{command.run[0]}` cannot be run in the sandbox"
            remedy = "Ask the operator of this server to install it, or to list the folder that holds it under `tools`."
        case Ended.NOT_PREPARED:
            reason, observed, remedy = Reason.UNAVAILABLE, "the sandbox could not be set up", _OPERATOR
        case _:
            assert_never(ended)
    return _Judged(outcome=Outcome.ERROR, reason=reason, observed=observed, words="could not be run", remedy=remedy)


_OUTPUT = "Look at what it printed."
_OPERATOR = "Tell the operator of this server."


def _evidence(judged: _Judged, over: RanOver, params: CommandParams, context: Context) -> Evidence:
    return Evidence(
        outcome=judged.outcome,
        reason=judged.reason,
        expected=_expected(params),
        observed=judged.observed,
        source=at_head(context, f"command `{params.run}`"),
        details=(*_left_out(over), *_last_lines(over.ran)),
        measures=judged.measures,
        remedy=judged.remedy,
    )


def _left_out(over: RanOver) -> tuple[Detail, ...]:
    if not over.left_out:
        return ()
    return (Detail(text=f"not in the checkout: links that lead outside ({listed(over.left_out, 3)})"),)


def _last_lines(ran: Ran) -> tuple[Detail, ...]:
    """The end of the output, without what only a terminal understands."""
    lines = (_CONTROL.sub("", line).rstrip() for line in ran.output.splitlines()[-3 * MOST_LINES :])
    told = tuple(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines if line)
    return tuple(Detail(text=line) for line in told[-MOST_LINES:])


def _was_so(evidence: Evidence, words: str) -> Evidence:
    """What held before the fix as well proves little."""
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before=words, decisive=False, reason=Reason.VACUOUS, observed=observed)


async def _with_before(
    evidence: Evidence,
    after: RanOver,
    at: tuple[Commands, Command, Sha],
    params: CommandParams,
    context: Context,
) -> Evidence:
    """The same command at the commit before the fix. One whose script was not there yet did not fail: it was not."""
    commands, command, before = at
    try:
        over = await commands.run(command, before, context.reader.tarball(before))
    except (NoSandbox, TooLarge, ArchiveFault):
        return evidence
    missing = tuple(word for word in after.named if word not in over.named)
    if missing:
        return replace(evidence, before=f"{listed(tuple(f'`{word}`' for word in missing), 3)} was not there yet")
    judged = await _judged(over.ran, command, params)
    match judged.outcome:
        case Outcome.PASS:
            return _was_so(evidence, judged.words)
        case Outcome.FAIL:
            return replace(evidence, before=judged.words, seen_failing=True)
        case Outcome.MISSING:
            return replace(evidence, before="no number")
        case _:
            return replace(evidence, before=judged.words)


def _not_listed(params: CommandParams, context: Context) -> Evidence:
    names = context.commands.names if context.commands is not None else ()
    others = f"; it lists {listed(tuple(f'`{name}`' for name in names), 10)}" if names else ""
    return Evidence(
        outcome=Outcome.MISCONFIGURED,
        reason=Reason.BAD_QUESTION,
        expected=_expected(params),
        observed=f"this server lists no command `{params.run}` for this repository{others}",
        source=at_head(context),
        remedy="Ask the operator of this server to list it, or correct its name in the policy file.",
    )


def _not_run(error: NoSandbox | TooLarge | ArchiveFault, params: CommandParams, context: Context) -> Evidence:
    reason, remedy = Reason.UNAVAILABLE, None
    observed = str(error)
    match error:
        case NoSandbox():
            observed = "there is no sandbox on this server, so no command is run"
            remedy = f"The operator of this server can change that: {error}."
        case TooLarge():
            reason = Reason.TOO_LARGE
        case ArchiveFault():
            pass
        case _:
            assert_never(error)
    return Evidence(
        outcome=Outcome.ERROR,
        reason=reason,
        expected=_expected(params),
        observed=observed,
        source=at_head(context),
        remedy=remedy,
    )


@dataclass(frozen=True, slots=True)
class CommandProbe:
    """An operator-named command over the tree."""

    kind: str = "command"
    params: type[Params] = CommandParams
    limit: timedelta = timedelta(minutes=25)
    slow: bool = True
    heavy: bool = True
    manual: Manual = Manual(
        question="Does a command that the operator of the server has named succeed over the repository's files?",
        example=(
            "- id: compliance\n  title: The architecture rules are kept\n"
            '  command: {run: compliance, number: {pattern: "compliance: ([0-9.]+)%", min: 98}}\n'
        ),
        outcomes=(
            (Outcome.PASS, "It exits as wanted, and the number that it prints is as wanted."),
            (Outcome.FAIL, "It exits with another code, or prints another number."),
            (
                Outcome.ERROR,
                "It could not be run to its end: no sandbox on the server, or a bound was met (time, memory…).",
            ),
            (Outcome.MISSING, "It exits as wanted, but prints no such number; or the repository is empty."),
            (Outcome.MISCONFIGURED, "The operator of the server has not listed it for this repository."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence that a command gives."""
        return await _ask(question, context)


PROBE = CommandProbe()
