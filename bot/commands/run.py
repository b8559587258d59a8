"""One run of the recipe: who asked for what, and what was seen of the issue in this process.

What is read is kept in memory for the steps that follow, and read again after a restart: the snapshot is a fact of a
moment, only the judged document is kept for good.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from bot.actions.labels import unmade
from bot.actions.trouble import answer_or_refusal, as_step
from bot.assessment import codec, refusals
from bot.assessment.document import Assessment
from bot.assessment.evidence import Criterion, CriterionId
from bot.assessment.marker import MarkKind
from bot.assessment.openlines import Block
from bot.assessment.policy import Permissions, Policy
from bot.assessment.report import progress as progress_text
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.withholding import OwnComment
from bot.commands.asked_open import asked_open
from bot.commands.commanded import commanded_at, remember
from bot.commands.denials import look_denial
from bot.commands.entitled import with_people
from bot.commands.glance import acknowledged, unseen
from bot.commands.grace import grace_of, is_announced, vetoed
from bot.commands.hearing import prepared_of, trusts
from bot.commands.looked import Looked, SetAside
from bot.commands.making_way import take_places, waiting_beside
from bot.commands.measure import Asking, Declined, Instruments, Prepared, measure, rules_of
from bot.commands.precedence import newcomer_of
from bot.commands.precedents import with_similar
from bot.commands.request import (
    AskedIn,
    CommandRequest,
    Errand,
    GuardRequest,
    LinkedRequest,
    Place,
    Started,
    WaiverEndRequest,
)
from bot.commands.rights import Deed, may
from bot.commands.route import closings_of
from bot.commands.saying import Asker
from bot.commands.standing import Known, newest_seen, own_marks, stands_down, state_of, with_comments
from bot.commands.starting import dispatched, wanted
from bot.commands.tools import Tools, assessment_id, mark
from bot.commands.wished import wishes_of
from bot.config.load import Broken, Loaded
from bot.engine import Json, Turn
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, NodeId, Snapshot, Unknown
from bot.github.session import Session
from bot.probes.contract import Question

PROGRESS_EVERY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Who asked for what. `since` is the moment of asking and the asking comment's id; None: what the first look sees.

    For a merge `since` is when that was done. `extra` is said below the answer. `by_bot`: an app asks, which the policy
    must trust by name. `silent`: it is only measured; nothing is written, not even the answer. `request` is what the
    job was asked to do, None where nobody could go on with it later; `errand` is what is left of the looks before this
    one. `blocks` stand below the command. `root` is the job that began a row of looks that have no errand.
    """

    turn: Turn
    tools: Tools
    session: Session
    place: Place
    trigger: Trigger
    asker: Asker
    since: tuple[datetime, int] | None = None
    command: AskedIn | None = None
    reporter: str | None = None
    extra: str = ""
    by_bot: bool = False
    silent: bool = False
    policy: Loaded | None = None
    request: CommandRequest | LinkedRequest | WaiverEndRequest | GuardRequest | None = None
    errand: Errand | None = None
    blocks: tuple[Block, ...] = ()
    root: str | None = None

    @property
    def replaces(self) -> bool:
        """Does it take the place of what still waits here? A second look does not, nor does one that cannot act.

        Nor does a look at a closing, which may have nothing to say.
        """
        looks_only = self.silent or self.trigger.flags.looks_only
        return self.errand is None and not looks_only and self.trigger.kind is not TriggerKind.CLOSURE

    def write_key(self, name: str) -> str:
        """The key of one of this run's writes: the same after every resume."""
        return f"{self.turn.job.id}:{name}"

    def mark(self, kind: MarkKind, name: str) -> str:
        """Our mark for one of this run's writes."""
        return mark(kind, self.write_key(name), key=self.tools.key, place=self.place)

    def report(self, event: str, why: str) -> None:
        """A line for the operator."""
        self.tools.report(event, {"repository": self.place.full_name, "issue": self.place.number, "why": why})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Nobody is to be answered."""

    why: str


@dataclass(slots=True)
class Sight:
    """What this process has seen of the issue."""

    run: Run
    started: tuple[Started, ...] = ()
    _prepared: Prepared | None = None
    _answered: set[CriterionId] = field(default_factory=set)

    @property
    def seen(self) -> Prepared | None:
        """What this process has read and prepared; None before, and where there was nothing to assess."""
        return self._prepared

    async def look(self) -> Json:
        """React with 👀 and read everything, in one request; then decide what to ask."""
        began = self.run.tools.clock()
        prepared = await answer_or_refusal(self._prepare(acknowledge=not self.run.by_bot))
        if not isinstance(prepared, Prepared):
            return _packed(self._nothing(prepared))
        aside = set_aside(self.run, prepared.snapshot)
        if aside is not None:
            return _packed(Looked(nowhere=aside.text, set_aside=aside))
        refused = may_not_look(self.run, prepared.policy.permissions)
        if refused is not None:
            return _packed(Looked(declined=refused, no_right=True))
        if self.run.trigger.kind is TriggerKind.MERGE and not prepared.policy.on_merge:
            return _packed(Looked(nowhere="the policy does not want merges to be assessed"))
        left = None if self.run.trigger.is_person else stands_down(prepared.snapshot.issue, prepared.asking.known)
        if left is not None:
            self.run.report("stood-down", left.text)
            return _packed(Looked(nowhere=left.text))
        by_itself = self.run.replaces and not self.run.trigger.is_person
        if by_itself and await is_announced(self.run.tools, self.run.place, prepared.snapshot.issue):
            self.run.report("left-announced", "its closing is announced: everything is measured again then")
            return _packed(Looked(nowhere="its closing is announced: everything is measured again then"))
        way = await self._take_places(prepared.policy, began)
        if way is not None:
            return _packed(way)
        await self._remember(prepared.policy.permissions)
        snapshot = prepared.snapshot
        own = own_marks(snapshot, key=self.run.tools.key)
        return _packed(
            Looked(
                issue_node=snapshot.issue.node_id,
                announce=prepared.slow and not own and not self.run.silent,
                hold=prepared.policy.labels.hold,
                unmade=unmade(prepared.policy.labels, snapshot.label_names),
                repository_id=snapshot.repository.id,
                since=self.run.since or newest_seen(snapshot),
                wanted=() if self.run.silent else wanted(prepared, asker=self.run.asker, done=self.started),
                wishes=wishes_of(prepared),
                closed_at=snapshot.issue.closed_at,
                reporter=None if snapshot.issue.author is None else snapshot.issue.author.login,
                pending=prepared.policy.labels.pending,
            )
        )

    async def _take_places(self, policy: Policy, began: datetime) -> Looked | None:
        """What waits for this issue is answered by this run, or it makes way for that; see `precedence`."""
        run = self.run
        if not run.replaces or isinstance(run.request, GuardRequest):
            return None
        newcomer = newcomer_of(run.request, run.asker.role, policy)
        gave_way = await take_places(run.turn, run.tools, run.session, newcomer, policy, began)
        if gave_way is None:
            return None
        if run.trigger.settles:
            return Looked(declined=refusals.waits_already(f"{run.trigger.flags.command} --dry-run"))
        return Looked(nowhere="what waits here may do more", gave_way=gave_way)

    async def _remember(self, permissions: Permissions) -> None:
        """Who may close and asks for it settles what contradicted us until then."""
        run, flags = self.run, self.run.trigger.flags
        if run.command is None or run.by_bot or run.silent or flags.looks_only or flags.no_close:
            return
        if may(Deed.CLOSING_RUN, role=run.asker.role, ties=frozenset(), permissions=permissions):
            await remember(run.tools.notes, run.place.key, run.command.at)

    async def prepared(self) -> Prepared | Looked:
        """React with 👀 and read what would be asked, without asking it; `Looked` says why that cannot be told."""
        found = await answer_or_refusal(self._prepare(acknowledge=not self.run.by_bot))
        return found if isinstance(found, Prepared) else self._nothing(found)

    async def progress(self) -> str | None:
        """The first progress text; None where there is nothing to assess any more."""
        prepared = await answer_or_refusal(self._known())
        return progress_text(_criteria(prepared.questions), frozenset()) if isinstance(prepared, Prepared) else None

    async def measure(self, announced: str | None) -> Json:
        """Ask everything and judge: the document as JSON text. `announced` is our progress comment's node id.

        After a restart everything is read again: what cannot be assessed any more is answered as `Looked`.
        """
        prepared = await answer_or_refusal(self._known())
        if isinstance(prepared, Prepared):
            prepared = await answer_or_refusal(with_people(prepared, self.run.session))
        if not isinstance(prepared, Prepared):
            return _packed(self._nothing(prepared))
        return codec.encode(await self.measured(prepared, announced)).decode()

    async def measured(self, prepared: Prepared, announced: str | None = None) -> Assessment:
        """Ask what was prepared, and judge. Raises `bot.engine.Later`."""
        grace = await grace_of(self.run.tools, self.run.session, self.run.place, self.run.errand)
        asking = replace(prepared.asking, dispatched=dispatched(self.started), promised=self._promised(), grace=grace)
        if self.run.trigger.flags.looks_only and not self.run.silent:
            asking = replace(asking, beside=await waiting_beside(self.run.turn, self.run.tools, self.run.errand))
        prepared = replace(prepared, asking=asking)
        for name in dict.fromkeys(one.params.elsewhere for one in prepared.questions):
            if name is not None:
                await self.run.turn.listen(closings_of(name))
        repository = prepared.snapshot.repository
        with as_step():
            instruments = Instruments(
                reader=self.run.session.reader(prepared.snapshot),
                network=self.run.tools.egress.network(repository.id, repository.full_name),
                limits=self.run.tools.limits,
                clock=self.run.tools.clock,
                seen=self.run.tools.seen,
                commands=self.run.tools.commands_of(repository),
                on_bug=self._on_bug,
                on_answer=self.run.tools.on_answer,
                on_done=None if announced is None else self._on_done(announced, prepared),
            )
            own = None if announced is None else OwnComment(node_id=announced)
            assessment = await measure(prepared, instruments, progress=own)
        if not self.run.silent:
            assessment = await with_similar(self.run.tools, prepared.snapshot, assessment)
        if self.run.tools.breaker is not None:
            now = self.run.tools.clock()
            await self.run.tools.breaker.heard(self.run.place.installation, assessment.findings, now)
        return assessment

    def _promised(self) -> dict[CriterionId, datetime]:
        errand = self.run.errand
        return {} if errand is None else {CriterionId(name): until for name, until in errand.promised.items()}

    async def _known(self) -> Prepared | Declined | Ignored:
        return self._prepared or await self._prepare(acknowledge=False)

    async def _prepare(self, *, acknowledge: bool) -> Prepared | Declined | Ignored:
        run = self.run
        snapshot = await self._snapshot(acknowledge=acknowledge)
        rules = rules_of(snapshot)
        if run.by_bot and not _is_trusted(run, rules):
            return Ignored(why="a bot that the policy does not trust")
        asking = Asking(
            id=assessment_id(run.turn.job, run.tools.key),
            trigger=run.trigger,
            role=run.asker.role,
            key=run.tools.key,
            now=run.tools.clock(),
            policy=run.policy,
            blocks=run.blocks,
            known=await self._known_of_people(),
        )
        prepared = await prepared_of(
            snapshot, asking, asker=run.asker, command=run.command, session=run.session, notes=run.tools.notes
        )
        if isinstance(prepared, Prepared):
            self._prepared = prepared
        return prepared

    async def _known_of_people(self) -> Known:
        run, now = self.run, self.run.tools.clock()
        asked = now if run.command is None else run.command.at
        return Known(
            us=await run.session.login(),
            commanded=await commanded_at(run.tools.notes, run.place.key, now),
            vetoed=await vetoed(run.tools.notes, run.place.key, now),
            opened=await asked_open(run.tools.notes, run.place.key, now),
            asked=asked if run.trigger.settles else None,
        )

    async def _snapshot(self, *, acknowledge: bool) -> Snapshot:
        snapshot = await self._read(acknowledge=acknowledge)
        comments = snapshot.issue.comments
        if isinstance(comments, Unknown) or len(comments) >= snapshot.issue.comment_total:
            return snapshot
        if own_marks(snapshot, key=self.run.tools.key):
            return snapshot
        # On a crowded issue our answer may stand before the newest comments, which are all that the snapshot holds.
        ours = await self.run.session.list_own_comments_since(snapshot.issue.number, snapshot.issue.created_at)
        before = tuple(one for one in ours if one.id not in {comment.id for comment in comments})
        marked = own_marks(with_comments(snapshot, before), key=self.run.tools.key)
        return with_comments(snapshot, (*(own.comment for own in marked[:1]), *comments))

    async def _read(self, *, acknowledge: bool) -> Snapshot:
        run = self.run
        if not acknowledge or run.command is None:
            return await run.session.snapshot(IssueNumber(run.place.number))
        return await acknowledged(run.session, NodeId(run.command.node_id), run.place)

    def _nothing(self, why: Declined | Ignored | GitHubError) -> Looked:
        match why:
            case Declined(text=text, no_right=no_right):
                return Looked(declined=text, no_right=no_right)
            case Ignored(why=reason):
                return Looked(nowhere=reason)
            case error:
                return self._no_sight(error)

    def _no_sight(self, error: GitHubError) -> Looked:
        """There is no issue to assess: said where somebody can still read it."""
        self.run.report("no-sight", str(error))
        if self.run.by_bot:  # whether it is trusted could not be read
            return Looked(nowhere=str(error))
        text = unseen(error, again=self.run.trigger.flags.command, now=self.run.tools.clock())
        return Looked(nowhere=str(error)) if text is None else Looked(declined=text)

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


def may_not_look(run: Run, permissions: Permissions) -> str | None:
    """Why the policy does not let the asker look. Whoever goes on with what was open to him is not asked again."""
    if run.by_bot or run.errand is not None or not isinstance(run.request, CommandRequest):
        return None
    return look_denial(run.request, run.trigger.flags, run.asker.role, permissions)


def set_aside(run: Run, snapshot: Snapshot) -> SetAside | None:
    """Was the issue closed while its answer waited, and not as completed? A guard's look tells that by itself."""
    state = state_of(snapshot.issue)
    if run.errand is None or isinstance(run.request, GuardRequest) or state.closed_as in {None, "completed"}:
        return None
    return SetAside(closed_as=state.closed_as or "", by=state.closed_by)


def _is_trusted(run: Run, rules: Loaded | Broken) -> bool:
    """Is the asker a bot that the policy names? Its account has to be a bot's: names alone are anybody's."""
    return run.command is not None and run.command.bot_account and trusts(rules, run.command.login)


def _criteria(questions: tuple[Question, ...]) -> tuple[Criterion, ...]:
    return tuple(question.criterion for question in questions)


def _packed(looked: Looked) -> Json:
    packed: Json = msgspec.to_builtins(looked)
    return packed
