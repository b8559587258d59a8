"""One run of the recipe: who asked for what, and what was seen of the issue in this process.

What is read is kept in memory for the steps that follow, and read again after a restart: the snapshot is a fact of a
moment, only the judged document is kept for good.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from bot.actions.trouble import answer_or_refusal, as_step
from bot.assessment import codec, refusals
from bot.assessment.evidence import Criterion, CriterionId
from bot.assessment.marker import MarkKind
from bot.assessment.plan import OwnComment
from bot.assessment.report import progress as progress_text
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.measure import POLICY_PATH, Asking, Declined, Instruments, Prepared, measure, prepare
from bot.commands.request import AskedIn, Place
from bot.commands.saying import Asker, closing_statement
from bot.commands.standing import own_marks
from bot.commands.tools import Tools, assessment_id, mark
from bot.config.load import Loaded
from bot.engine import Json, Turn
from bot.github.errors import Forbidden, GitHubError, Gone, IsPull, Moved, NotFound
from bot.github.models import IssueNumber, NodeId, Snapshot
from bot.github.session import Session
from bot.probes.contract import Question

PROGRESS_EVERY = timedelta(seconds=2)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What the first look leaves for later steps. `nowhere`: there is nobody to answer to."""

    declined: str | None = None
    nowhere: str | None = None
    issue_node: str = ""
    announce: bool = False
    hold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Who asked for what. `since` is the moment of asking and the asking comment's id.

    `extra` is said below the answer. `trusted` marks a bot, whose commands the policy must allow by name.
    """

    turn: Turn
    tools: Tools
    session: Session
    place: Place
    trigger: Trigger
    asker: Asker
    since: tuple[datetime, int]
    command: AskedIn | None = None
    reporter: str | None = None
    extra: str = ""
    trusted: bool = False
    policy: Loaded | None = None

    def write_key(self, name: str) -> str:
        """The key of one of this run's writes: the same after every resume."""
        return f"{self.turn.job.id}:{name}"

    def mark(self, kind: MarkKind, name: str) -> str:
        """Our mark for one of this run's writes."""
        return mark(kind, self.write_key(name), key=self.tools.key, place=self.place)

    def report(self, event: str, why: str) -> None:
        """A line for the operator."""
        self.tools.report(event, {"repository": self.place.full_name, "issue": self.place.number, "why": why})


@dataclass(slots=True)
class Sight:
    """What this process has seen of the issue."""

    run: Run
    _prepared: Prepared | None = None
    _answered: set[CriterionId] = field(default_factory=set)

    async def look(self) -> Json:
        """React with 👀 and read everything, in one request; then decide what to ask."""
        run = self.run
        prepared = await answer_or_refusal(self._prepare(acknowledge=not run.trusted))
        if isinstance(prepared, GitHubError):
            return _packed(self._no_sight(prepared))
        if isinstance(prepared, Declined):
            return _packed(Looked(declined=prepared.text))
        if run.trusted and (run.asker.login or "").removesuffix("[bot]") not in prepared.policy.trusted_bots:
            return _packed(Looked(nowhere="a bot that the policy does not trust"))
        if run.trigger.kind is TriggerKind.MERGE and not prepared.policy.on_merge:
            return _packed(Looked(nowhere="the policy does not want merges to be assessed"))
        own = own_marks(prepared.snapshot, key=run.tools.key)
        return _packed(
            Looked(
                issue_node=prepared.snapshot.issue.node_id,
                announce=prepared.slow and not own,
                hold=prepared.policy.labels.hold,
            )
        )

    async def progress(self) -> str:
        """The first progress text."""
        prepared = await self._known()
        return progress_text(_criteria(prepared.questions), frozenset())

    async def measure(self, announced: str | None) -> Json:
        """Ask everything and judge: the document as JSON text. `announced` is our progress comment's node id."""
        with as_step():
            prepared = await self._known()
            instruments = Instruments(
                reader=self.run.session.reader(prepared.snapshot),
                fetch=self.run.tools.fetch,
                limits=self.run.tools.limits,
                clock=self.run.tools.clock,
                on_bug=self._on_bug,
                on_done=None if announced is None else self._on_done(announced, prepared),
            )
            own = None if announced is None else OwnComment(node_id=announced)
            assessment = await measure(prepared, instruments, progress=own)
        return codec.encode(assessment).decode()

    async def _known(self) -> Prepared:
        if self._prepared is None:
            prepared = await self._prepare(acknowledge=False)
            if isinstance(prepared, Declined):
                raise PolicyChanged(prepared.text)
        assert self._prepared is not None
        return self._prepared

    async def _prepare(self, *, acknowledge: bool) -> Prepared | Declined:
        run = self.run
        snapshot = await self._snapshot(acknowledge=acknowledge)
        statements = await closing_statement(snapshot, asker=run.asker, command=run.command, role_of=run.session.role)
        asking = Asking(
            id=assessment_id(run.turn.job, run.tools.key),
            trigger=run.trigger,
            role=run.asker.role,
            key=run.tools.key,
            now=run.tools.clock(),
            policy=run.policy,
        )
        prepared = prepare(snapshot, asking, statements)
        if isinstance(prepared, Prepared):
            self._prepared = prepared
        return prepared

    async def _snapshot(self, *, acknowledge: bool) -> Snapshot:
        run, number = self.run, IssueNumber(self.run.place.number)
        if not acknowledge or run.command is None:
            return await run.session.snapshot(number, POLICY_PATH)
        snapshot = await run.session.acknowledge_and_snapshot(NodeId(run.command.node_id), number, POLICY_PATH)
        # Asked by way of the comment, a transferred issue answers from where it is now.
        if snapshot.issue.number != number or snapshot.repository.id != run.place.repository_id:
            raise Moved("the issue was transferred", snapshot.issue.url)
        return snapshot

    def _no_sight(self, error: GitHubError) -> Looked:
        """There is no issue to assess: said where somebody can still read it."""
        self.run.report("no-sight", str(error))
        match error:
            case IsPull():
                return Looked(declined=refusals.on_pull_request())
            case Moved(location=location):
                return Looked(declined=refusals.moved(location))
            case Forbidden(needed=str() as needed):
                return Looked(declined=refusals.permission_missing(needed, purpose="read this issue"))
            case NotFound() | Gone():
                return Looked(nowhere=str(error))
            case _:
                return Looked(
                    declined=refusals.github_unreachable(str(error), retry_at=None, now=self.run.tools.clock())
                )

    def _on_bug(self, question: Question, error: Exception) -> None:
        self.run.report("probe-bug", f"{question.criterion.kind} {question.criterion.id}: {error!r}")

    def _on_done(self, announced: str, prepared: Prepared) -> Callable[[CriterionId], Awaitable[None]]:
        """Shows what is answered in our comment, at most every two seconds; trouble with that is no trouble."""
        criteria = _criteria(prepared.questions)
        last = [self.run.tools.clock()]
        turn = asyncio.Lock()

        async def show(done: CriterionId) -> None:
            self._answered.add(done)
            if turn.locked() or self.run.tools.clock() - last[0] < PROGRESS_EVERY:
                return
            async with turn:
                last[0] = self.run.tools.clock()
                text = progress_text(criteria, frozenset(self._answered))
                body = f"{text}\n\n{self.run.mark(MarkKind.PROGRESS, 'progress')}"
                try:
                    await self.run.session.comment_update(NodeId(announced), body)
                except GitHubError as error:
                    self.run.report("progress-not-shown", str(error))

        return show


class PolicyChanged(Exception):
    """After a restart the policy cannot be read any more; the job is tried again from the start of its reads."""


def _criteria(questions: tuple[Question, ...]) -> tuple[Criterion, ...]:
    return tuple(question.criterion for question in questions)


def _packed(looked: Looked) -> Json:
    packed: Json = msgspec.to_builtins(looked)
    return packed
