"""One look at a closed issue: what can fall back is measured, silently, and what follows from it is kept.

Rules:
1. It is only measured: nobody is told, no workflow is started, nothing is written.
2. Where the issue is not watched any more, nothing is measured; nor before the look is due.
3. Where GitHub or the policy cannot be read, nothing is known of any criterion: that is no failure.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot.actions.labels import unmade
from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec, topics
from bot.assessment.document import Assessment
from bot.assessment.evidence import CriterionId, Outcome
from bot.assessment.plan import plan
from bot.assessment.policy import Role
from bot.assessment.regression import Sighting, sighting
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.assessment.watching import Look, Regressed, Step, Subject, There, look_at, over, step
from bot.assessment.withholding import Standing
from bot.commands.entitled import with_people
from bot.commands.looked import Looked
from bot.commands.measure import Prepared
from bot.commands.request import WatchRequest, pack
from bot.commands.route import WATCH_JOB
from bot.commands.run import Run, Sight
from bot.commands.saying import Asker
from bot.commands.standing import standing_of
from bot.commands.tools import Tools
from bot.commands.watchable import narrowed, whether_there
from bot.engine import Job, Json, Turn
from bot.github.errors import GitHubError, Unavailable
from bot.probes.contract import Context

SLACK = timedelta(minutes=1)
"""Between GitHub's clock and ours."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a look leaves. `over`: the issue is not watched any more, and why; `said`: our answer can say so.

    `document` is the assessment, None where nothing could be measured; `failing`, `unsure` and `elsewhere` are as in
    `bot.assessment.watching.Look`, by criterion, and `asked` is all that was asked. `regressed` failed twice: then the
    document's plan says what is done about it. `closed_at` is the closing that was looked at, `labels` go on an issue
    that is filed anew.
    """

    at: datetime
    over: str | None = None
    closed_at: datetime | None = None
    locked: bool = False
    document: str | None = None
    asked: tuple[str, ...] = ()
    failing: tuple[Sighting, ...] = ()
    unsure: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    regressed: tuple[str, ...] = ()
    unmade: dict[str, str] = {}
    labels: tuple[str, ...] = ()
    said: bool = False

    @property
    def assessment(self) -> Assessment | None:
        """What was measured."""
        return None if self.document is None else codec.decode(self.document.encode())

    @property
    def well(self) -> bool:
        """Does all hold that is watched?"""
        return self.over is None and not (self.failing or self.unsure or self.elsewhere)

    @property
    def looked(self) -> Looked:
        """The same as the steps know it that open an issue again."""
        return Looked(closed_at=self.closed_at, unmade=self.unmade)

    def step(self, request: WatchRequest) -> Step:
        """What follows."""
        if self.regressed:
            return Regressed(criteria=frozenset(CriterionId(name) for name in self.regressed))
        return follows(self, request)


def follows(seen: Seen, request: WatchRequest) -> Step:
    """What follows from a look, with the one right before it. Pure."""
    look = Look(
        failing=frozenset(CriterionId(one.criterion) for one in seen.failing),
        unsure=frozenset(CriterionId(name) for name in seen.unsure),
    )
    suspects = frozenset(CriterionId(one.criterion) for one in request.suspects)
    return step(look, suspects=suspects, tries=request.tries)


def watch_run(turn: Turn, tools: Tools, request: WatchRequest) -> Run:
    """The run of a look: nobody asks, and nothing is said."""
    return Run(
        turn=turn,
        tools=tools,
        session=tools.session(request.place),
        place=request.place,
        trigger=Trigger(kind=TriggerKind.TIMER, flags=Flags(profile=request.profile)),
        asker=Asker(login=None, role=Role.NONE),
        silent=True,
        root=request.root,
    )


def job_of(request: WatchRequest, now: datetime) -> Job:
    """The job of a look, parked until it is due, or somebody opens the issue again. Pure."""
    place = request.place
    return Job(
        id=f"{request.root}+{request.look}",
        kind=WATCH_JOB,
        key=place.key,
        payload=pack(request),
        delay=max(request.due - now, timedelta(0)),
        topics=(topics.watch(place.repository_id, place.number),),
    )


async def look(run: Run, request: WatchRequest, *, early: bool) -> Json:
    """Measure what is watched; what was seen, as `Seen`. Before it is due (`early`) it only asks whether it is over.

    Raises `bot.engine.Later` at a limit.
    """
    sight = Sight(run)
    try:
        few = _watched(run, request, await sight.prepared())
        if isinstance(few, Seen):
            seen = few
        else:
            seen = _unread(run, request) if early else await _asked(run, request, sight, few)
    except Unavailable as error:
        run.report("watch-unread", str(error))
        seen = _unread(run, request)
    packed: Json = msgspec.to_builtins(seen)
    return packed


def _watched(run: Run, request: WatchRequest, prepared: Prepared | Looked) -> Prepared | Seen:
    """What is asked again; or that nothing is, and why. Pure but for the clock."""
    if isinstance(prepared, Looked):
        if prepared.nowhere is not None and prepared.declined is None:
            return Seen(at=run.tools.clock(), over=prepared.nowhere)
        return _unread(run, request)
    standing, closed_at = standing_in(prepared), prepared.snapshot.issue.closed_at
    if not standing.history_known:
        return _unread(run, request)
    wanted = request.asked or bool(prepared.policy.watch)
    ended = over(standing, closed_at=closed_at, by=request.by + SLACK, wanted=wanted)
    few = narrowed(prepared, request.watchable, request.held)
    if ended is None and not few.questions:
        ended = "nothing of what held is asked any more"
    return few if ended is None else Seen(at=run.tools.clock(), over=ended, said=not standing.archived)


async def _asked(run: Run, request: WatchRequest, sight: Sight, few: Prepared) -> Seen:
    entitled = await answer_or_refusal(with_people(few, run.session))
    if isinstance(entitled, GitHubError):
        return _unread(run, request)
    return await _judged(run, request, sight, entitled)


async def _judged(run: Run, request: WatchRequest, sight: Sight, prepared: Prepared) -> Seen:
    assessment = await sight.measured(prepared)
    there = await _there(run, request, prepared, assessment)
    subjects = {CriterionId(name): Subject(told) for name, told in request.watchable.subjects.items()}
    found = look_at(assessment.findings, subjects, there)
    seen = Seen(
        at=run.tools.clock(),
        closed_at=prepared.snapshot.issue.closed_at,
        locked=prepared.snapshot.issue.locked,
        asked=tuple(one.criterion.id for one in assessment.findings),
        failing=tuple(sighting(one) for one in assessment.findings if one.criterion.id in found.failing),
        unsure=tuple(sorted(found.unsure)),
        elsewhere=tuple(sorted(found.elsewhere)),
        unmade=unmade(prepared.policy.labels, prepared.snapshot.label_names),
        labels=() if prepared.policy.labels.regression is None else (prepared.policy.labels.regression,),
    )
    following = follows(seen, request)
    if isinstance(following, Regressed):
        assessment = _regressed(assessment, prepared)
        seen = msgspec.structs.replace(seen, regressed=tuple(sorted(following.criteria)))
    return msgspec.structs.replace(seen, document=codec.encode(assessment).decode())


def _regressed(assessment: Assessment, prepared: Prepared) -> Assessment:
    """The same measurement, with the plan that two failures ask for. Pure."""
    trigger = replace(assessment.trigger, regressed=True)
    planned = plan(
        assessment.verdict,
        assessment.confidence,
        trigger=trigger,
        policy=prepared.policy,
        standing=standing_in(prepared),
    )
    return replace(assessment, trigger=trigger, plan=planned)


def standing_in(prepared: Prepared) -> Standing:
    """How the issue stands, for nobody in particular. Pure."""
    asking = prepared.asking
    known = replace(asking.known, hold=prepared.policy.labels.hold)
    return standing_of(prepared.snapshot, role=asking.role, key=asking.key, known=known)


async def _there(run: Run, request: WatchRequest, prepared: Prepared, assessment: Assessment) -> There:
    """Is the fix there? Asked only where something fails."""
    if all(one.evidence.outcome is not Outcome.FAIL for one in assessment.findings):
        return There(branch=True, service=True)
    repository = prepared.snapshot.repository
    context = Context(
        snapshot=prepared.snapshot,
        reader=run.session.reader(prepared.snapshot),
        network=run.tools.egress.network(repository.id, repository.full_name),
        fix=prepared.fix,
        now=prepared.asking.now,
    )
    return await whether_there(context, request.environment)


def _unread(run: Run, request: WatchRequest) -> Seen:
    """Nothing is known of any criterion."""
    return Seen(at=run.tools.clock(), unsure=tuple(one.criterion for one in request.held))
