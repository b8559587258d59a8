"""Workflow runs that have to be started before anything can be measured.

Rules:
1. A dry run starts nothing, and neither does the command line's.
2. Starting costs the repository's owner minutes: it takes the role write of whoever asks, more than closing does. After
   a merge, by which somebody has shown that role, it takes a policy that lets me act by myself. A closing shows none: a
   reporter can close his own issue, again and again. Where the issue's text asks for it, whoever wrote that needs the
   role as well.
3. What was started is carried from look to look: nothing is started twice for one asking. Another asking starts its
   own, also a merge that comes back after what it made way for: a merge moves the branch, so that run was of another
   commit.
4. Where none was started, the question is answered with the reason.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from bot.actions.dispatch import Dispatch, Start
from bot.assessment.evidence import CriterionId, Origin
from bot.assessment.policy import Mode, Policy, Role
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.measure import Prepared
from bot.commands.own_criteria import Writer
from bot.commands.request import Started
from bot.commands.rights import Deed, may, needed
from bot.commands.saying import Asker
from bot.commands.tools import Tools
from bot.engine import Refused, Turn, UnknownOutcome
from bot.github.session import Session
from bot.probes.contract import Dispatched

_TAKES = f"starting a workflow takes the role {needed(Deed.START_WORKFLOW)}"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A run to start for a criterion: the workflow's file, the branch, the inputs, how long it may take.

    `refused` says why it is not started.
    """

    criterion: str
    workflow: str
    ref: str
    inputs: dict[str, str]
    patience: timedelta
    refused: str | None = None


def wanted(prepared: Prepared, *, asker: Asker, done: tuple[Started, ...]) -> tuple[Wanted, ...]:
    """The runs that the questions call for and that were not started yet. Pure."""
    asking, snapshot = prepared.asking, prepared.snapshot
    if asking.trigger.flags.dry_run or asking.trigger.kind is TriggerKind.CLI:
        return ()
    known = {one.criterion for one in done}
    refused = _refusal(asking.trigger, prepared.policy, asker)
    if snapshot.default_branch is None or snapshot.head is None:
        refused = "the repository has no default branch to start it on"
    return tuple(
        Wanted(
            criterion=question.criterion.id,
            workflow=run.workflow,
            ref=snapshot.default_branch or "",
            inputs=dict(run.inputs),
            patience=run.patience,
            refused=refused or _borrowed(asking.writer, question.criterion.origin),
        )
        for question in prepared.questions
        if (run := question.params.dispatches) is not None and question.criterion.id not in known
    )


def _refusal(trigger: Trigger, policy: Policy, asker: Asker) -> str | None:
    if trigger.kind is TriggerKind.CLOSURE:
        return "after a closing I start no workflow: somebody with the role write can ask for it"
    if not trigger.is_person:
        if policy.mode is Mode.ACT:
            return None
        return "by myself I start no workflow here: somebody with the role write can ask for it"
    if may(Deed.START_WORKFLOW, role=asker.role, ties=frozenset()):
        return None
    return f"{_TAKES}, and {asker.login} holds {asker.role}"


def _borrowed(writer: Writer | None, origin: Origin) -> str | None:
    """Why the workflow of a criterion from the issue's text is not started: its writer could not start it either."""
    if origin is not Origin.ISSUE or (writer is not None and writer.may(Deed.START_WORKFLOW)):
        return None
    name = "somebody" if writer is None else writer.name
    held = Role.NONE if writer is None or writer.role is None else writer.role
    return f"{_TAKES}, and {name}, who asks for it in the issue's text, holds {held}"


async def start(wants: tuple[Wanted, ...], *, turn: Turn, tools: Tools, session: Session) -> tuple[Started, ...]:
    """Start them, each once, whatever crashes. Raises `bot.engine.Later` at a limit."""
    return tuple([await _start(one, turn, tools, session) for one in wants])


async def _start(one: Wanted, turn: Turn, tools: Tools, session: Session) -> Started:
    if one.refused is not None:
        return _not_started(one, one.refused, tools.clock())
    what = Start(workflow=one.workflow, ref=one.ref, inputs=one.inputs)
    try:
        result = await turn.write(f"dispatch {one.criterion}", Dispatch(session, start=what, clock=tools.clock))
    except Refused as refused:
        return _not_started(one, refused.reason, tools.clock())
    except UnknownOutcome:
        return _not_started(one, "GitHub did not answer, and shows no run that was started", tools.clock())
    assert isinstance(result, dict)
    run, at = result["run"], datetime.fromisoformat(str(result["at"]))
    return Started(
        criterion=one.criterion,
        at=at,
        until=at + one.patience,
        run=run if isinstance(run, int) else None,
        by=by if isinstance(by := result.get("by"), str) else None,
    )


def _not_started(one: Wanted, why: str, now: datetime) -> Started:
    return Started(criterion=one.criterion, at=now, until=now, refused=why)


def dispatched(started: tuple[Started, ...]) -> Mapping[CriterionId, Dispatched]:
    """What was started, as probes know it."""
    return {
        CriterionId(one.criterion): Dispatched(at=one.at, until=one.until, run=one.run, by=one.by, refused=one.refused)
        for one in started
    }
