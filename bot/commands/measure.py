"""Measures one issue: from the snapshot to the judged assessment. It reads, and writes nothing.

The same code serves the server, the command line and a dry run.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.assessment import refusals
from bot.assessment.claims import ClaimKind, Extraction, extract
from bot.assessment.confidence import weigh
from bot.assessment.document import Assessment, PolicyRef, ProfileRef
from bot.assessment.evidence import CriterionId
from bot.assessment.facts import Facts
from bot.assessment.grace import Grace, forestalled, grace_from
from bot.assessment.openlines import Block
from bot.assessment.plan import plan
from bot.assessment.policy import ClaimsMode, Policy, Role
from bot.assessment.remembered import remembered
from bot.assessment.statements import Statement
from bot.assessment.trigger import Flags, Trigger
from bot.assessment.verdict import judge
from bot.assessment.waits import as_promised
from bot.assessment.waiver import Terms, Waiver, excuse
from bot.assessment.withholding import OwnComment
from bot.commands.authorship import Told, authors_of
from bot.commands.own_criteria import Added, Brought, Writer, added
from bot.commands.precedence import Beside
from bot.commands.questions import Claimed, closing_commit, from_claims, from_commit, remaining, yielding
from bot.commands.related import related_to
from bot.commands.rights import Deed, may, needed
from bot.commands.standing import Known, labels_of, labels_of_ours, metrics_of, paths_of, standing_of, state_of
from bot.commands.unaskable import place_url, policy_commit, shown_path, unaskable
from bot.commands.whereabouts import whereabouts
from bot.config.criteria import FaultyCriterion
from bot.config.fingerprint import asks
from bot.config.inherit import File, load_over
from bot.config.load import Broken, Loaded, load
from bot.config.profiles import Kind, Profile, choose
from bot.egress.exchange import Network
from bot.github.answers import PolicyFiles
from bot.github.models import CommitInfo, PolicyFile, Snapshot, Unknown
from bot.github.organisation import NAME as ORGANISATION
from bot.probes.asking import both
from bot.probes.contract import Commands, Context, Dispatched, Fix, Question, Reader
from bot.probes.fix import fix_of
from bot.probes.registry import by_kind
from bot.probes.rewritten import soften_missing_commits
from bot.probes.runner import Hooks, Limits, OnAnswer, OnBug, run
from bot.probes.trees import Memory, Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked about which issue, for whom, and by which identity of ours. `now` was read once.

    `blocks` stand below the command, and `writer` is whose words the issue's text is, if that brings criteria.
    """

    id: str
    trigger: Trigger
    role: Role
    key: bytes = field(repr=False)
    now: datetime
    policy: Loaded | None = None  # read already, or from elsewhere, instead of the repository's
    dispatched: Mapping[CriterionId, Dispatched] = field(default_factory=dict)
    promised: Mapping[CriterionId, datetime] = field(default_factory=dict)  # how long is waited for a criterion
    waivers: tuple[Waiver, ...] = ()
    blocks: tuple[Block, ...] = ()
    writer: Writer | None = None
    known: Known = field(default_factory=Known)  # but for the labels that hold, which are the policy's
    grace: Grace | None = None  # how it stands with a closing that is announced
    beside: Beside = field(default_factory=Beside)  # for a mere look: the answers that it leaves as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """It cannot be assessed as asked; `text` is what to say. `no_right`: it is said to somebody who may not."""

    text: str
    no_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What will be asked, before anything is.

    `roles` are those of people whose waivers may count, by login in lower case, as far as GitHub tells them. `written`
    has the authors of commits that had to be asked for.
    """

    asking: Asking
    snapshot: Snapshot
    policy: Policy
    questions: tuple[Question, ...]
    faulty: tuple[FaultyCriterion, ...]
    profile: ProfileRef | None
    claimed: Claimed
    extraction: Extraction
    fix: Fix
    notes: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    written: Told = field(default_factory=dict)

    @property
    def fingerprints(self) -> Mapping[CriterionId, str]:
        """What is asked under each name, as waivers know it."""
        return asks(self.questions, self.faulty, (one.criterion for one in self.claimed.unmeasured))

    @property
    def named(self) -> tuple[str, ...]:
        """The commits that claims name, abbreviated or not."""
        return claimed_commits(self.extraction)

    @property
    def written_by(self) -> frozenset[str] | Unknown:
        """Who wrote the fix, in lower case."""
        return authors_of(self.fix, self.snapshot, named=self.named, told=self.written)

    @property
    def slow(self) -> bool:
        """Will it take long enough to be worth a progress line?"""
        probes = by_kind()
        return any(one.params.takes_long or probes[one.criterion.kind].slow for one in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """What measuring works with."""

    reader: Reader
    network: Network
    limits: Limits
    clock: Callable[[], datetime]
    commands: Commands | None = None
    seen: Memory | None = None  # of trees, by earlier assessments
    scans: Scans | None = None  # shared with other assessments of this moment; None: its own
    on_bug: OnBug | None = None
    on_answer: OnAnswer | None = None
    on_done: Callable[[CriterionId], Awaitable[None]] | None = None


def prepare(snapshot: Snapshot, asking: Asking, statements: tuple[Statement, ...]) -> Prepared | Declined:
    """Which questions this issue raises: the policy's, those for it alone, and the claims'. Pure."""
    rules, flags = asking.policy or rules_of(snapshot), asking.trigger.flags
    if isinstance(rules, Broken):
        return Declined(text=broken(rules, snapshot, again=flags.command))
    asked = asked_of(rules, snapshot, flags.profile)
    if asked is None:
        return Declined(text=refusals.unknown_profile(flags.profile or "", tuple(one.name for one in rules.profiles)))
    own = _own(asking, snapshot, rules.policy, asked)
    if own.refusal is not None:
        return Declined(text=own.refusal, no_right=own.no_right)
    asked = replace(asked, questions=(*asked.questions, *own.questions), faulty=(*asked.faulty, *own.faulty))
    questions = asked.questions
    policy, extraction = rules.policy, Extraction()
    claimed, closing = Claimed(), None
    if policy.claims is not ClaimsMode.OFF:
        extraction = extract(
            statements,
            repository=snapshot.repository.full_name,
            issue=snapshot.issue.number,
            demand=snapshot.issue.body,
        )
        taken = frozenset(asked.ids)
        claimed = from_claims(extraction.claims, mode=policy.claims, snapshot=snapshot, taken=taken)
        questions = (*questions, *claimed.questions)
        closing = closing_commit(snapshot, extraction.claims)
        if closing is not None:
            questions = (*questions, from_commit(closing, mode=policy.claims, taken=taken))
    prepared = Prepared(
        asking=asking,
        snapshot=snapshot,
        policy=policy,
        questions=questions,
        faulty=asked.faulty,
        profile=asked.profile,
        claimed=claimed,
        extraction=extraction,
        fix=fix_of(snapshot, (*_named_commits(extraction, snapshot), *((closing,) if closing else ()))),
        notes=own.notes,
    )
    return _selected(prepared, flags) if flags.only else prepared


def _own(asking: Asking, snapshot: Snapshot, policy: Policy, asked: "PolicyQuestions") -> Added:
    """What this issue alone is asked."""
    brought = Brought(
        blocks=asking.blocks,
        asker=asking.trigger.by,
        role=asking.role,
        text=snapshot.issue.body,
        writer=asking.writer,
    )
    return added(
        brought, taken=frozenset(asked.ids), permissions=policy.permissions, again=asking.trigger.flags.command
    )


def rules_of(snapshot: Snapshot) -> Loaded | Broken:
    """The policy that a snapshot has, at its default branch's head."""
    own = snapshot.policy_file
    placed = None if own is None else replace(own, commit=policy_commit(snapshot))
    return rules_in(PolicyFiles(own=placed, above=snapshot.organisation_file), name=snapshot.repository.name)


def rules_in(files: PolicyFiles, *, name: str) -> Loaded | Broken:
    """A repository's policy over its organisation's, over the built-in one; `name` is the repository's, bare. Pure."""
    if isinstance(files.above, Unknown):
        return Broken(faults=(), unread=files.above.reason)
    repository = None if files.own is None else _file(files.own)
    if repository is not None and name.lower() == ORGANISATION:
        return load(repository.text, path=repository.path, source=repository.source, organisation=True)
    return load_over(repository, None if files.above is None else _file(files.above))


def _file(file: PolicyFile) -> File:
    path = shown_path(file)
    return File(text=file.text, path=path, source=f"{path}@{(file.commit or '')[:7]}")


def ids_of(questions: tuple[Question, ...], faulty: tuple[FaultyCriterion, ...]) -> tuple[CriterionId, ...]:
    """What the criteria are called, those that cannot be asked included."""
    return (*(one.criterion.id for one in questions), *(one.criterion.id for one in faulty))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyQuestions:
    """The policy's own questions for an issue: those of a profile, or of the policy itself."""

    questions: tuple[Question, ...]
    faulty: tuple[FaultyCriterion, ...]
    profile: ProfileRef | None = None

    @property
    def ids(self) -> tuple[CriterionId, ...]:
        """What they are called."""
        return ids_of(self.questions, self.faulty)


def asked_of(rules: Loaded, snapshot: Snapshot, profile: str | None) -> PolicyQuestions | None:
    """What the policy asks of this issue; None where there is no such profile as was asked for by name. Pure."""
    if profile is not None:
        named = rules.profile(profile)
        return None if named is None else _of_profile(named, "as asked")
    issue = snapshot.issue
    labels = () if isinstance(issue.labels, Unknown) else issue.labels
    chosen = choose(rules.profiles, Kind(labels=labels, type=issue.issue_type, title=issue.title))
    if chosen is not None:
        return _of_profile(chosen.profile, chosen.because)
    return PolicyQuestions(questions=rules.questions, faulty=rules.faulty)


def _of_profile(profile: Profile, because: str) -> PolicyQuestions:
    return PolicyQuestions(
        questions=profile.questions,
        faulty=profile.faulty,
        profile=ProfileRef(name=profile.name, because=because),
    )


def broken(rules: Broken, snapshot: Snapshot, *, again: str) -> str:
    """What to say where the policy cannot be used; `again` is the command that was asked. Pure."""
    if rules.unread is not None:
        return refusals.organisation_unread(rules.unread, again=again)
    places = tuple(place_url(fault, snapshot) for fault in rules.faults)
    own = snapshot.policy_file
    here = own is not None and any(fault.path == own.path for fault in rules.faults)
    return refusals.policy_broken(rules.faults, commit=snapshot.head if here else None, again=again, places=places)


def _selected(prepared: Prepared, flags: Flags) -> Prepared | Declined:
    known = ids_of(prepared.questions, prepared.faulty)
    unknown = tuple(name for name in flags.only if name not in known)
    if unknown:
        return Declined(text=refusals.unknown_criteria(unknown, known, again=flags.command))
    return replace(
        prepared,
        questions=tuple(one for one in prepared.questions if one.criterion.id in flags.only),
        faulty=tuple(one for one in prepared.faulty if one.criterion.id in flags.only),
        claimed=replace(prepared.claimed, unmeasured=()),
    )


def claimed_commits(extraction: Extraction) -> tuple[str, ...]:
    """The shas that claims name, abbreviated or not, in lower case."""
    return tuple(claim.subject.lower() for claim in extraction.claims if claim.kind is ClaimKind.COMMIT)


def _named_commits(extraction: Extraction, snapshot: Snapshot) -> tuple[CommitInfo, ...]:
    """The claimed commits that stand in the default branch's newest history. Older ones are left to their probe: they
    would cost a request before anything can be asked.
    """
    claimed = claimed_commits(extraction)
    return tuple(commit for commit in snapshot.history if claimed and commit.oid.startswith(claimed))


async def measure(prepared: Prepared, instruments: Instruments, *, progress: OwnComment | None = None) -> Assessment:
    """Ask everything and judge the answers. `progress` is our comment of this very run, if there is one already.

    Raises `bot.github.errors.RateLimited`.
    """
    asking, snapshot = prepared.asking, prepared.snapshot
    context = Context(
        snapshot=snapshot,
        reader=instruments.reader,
        network=instruments.network,
        fix=prepared.fix,
        now=asking.now,
        scans=instruments.scans
        or Scans(instruments.reader, instruments.seen, repository=snapshot.repository.id or None),
        dispatched=asking.dispatched,
        promised=asking.promised,
        commands=instruments.commands,
        confirm_role=needed(Deed.CONFIRM, prepared.policy.permissions),
    )
    hooks = Hooks(on_done=instruments.on_done, on_bug=instruments.on_bug, on_answer=instruments.on_answer)
    # Asked in one moment, so that what both read is one request.
    answered, running = await both(
        run(prepared.questions, context, by_kind(), limits=within(instruments.limits, prepared.policy), hooks=hooks),
        whereabouts(context),
    )
    answered = (*unaskable(prepared.faulty, snapshot), *answered, *prepared.claimed.unmeasured)
    findings = soften_missing_commits(answered, prepared.claimed.statements)
    findings = yielding(findings, prepared.claimed.lenient)
    now = instruments.clock()
    findings = as_promised(findings, promised=asking.promised, now=now)
    excused = excuse(findings, asking.waivers, terms=terms_of(prepared, now))
    findings = excused.findings
    facts = Facts(
        now=now,
        max_age=prepared.policy.max_age,
        commit=snapshot.head,
        deployed=running.deployed,
        partial=remaining(prepared.extraction, prepared.policy.claims),
    )
    verdict, confidence = judge(findings, facts=facts), weigh(findings, facts=facts)
    known = replace(asking.known.hearing(snapshot.issue, asking.grace), hold=prepared.policy.labels.hold)
    standing = standing_of(snapshot, role=asking.role, key=asking.key, known=known, beside=asking.beside)
    standing = replace(standing, grace=asking.grace or grace_from(now, prepared.policy.grace))
    if progress is not None:
        standing = replace(standing, comment=progress, aside=None)
    planned = plan(verdict, confidence, trigger=asking.trigger, policy=prepared.policy, standing=standing)
    state = state_of(snapshot.issue)
    told = forestalled(asking.grace, is_open=state.open, by=state.closed_by)
    told += remembered(planned.withheld, asking.trigger, prepared.policy.close_role, standing)
    return Assessment(
        id=asking.id,
        repository=snapshot.repository.full_name,
        issue=snapshot.issue.number,
        trigger=asking.trigger,
        commit=snapshot.head,
        policy=PolicyRef(digest=prepared.policy.digest, source=prepared.policy.source),
        verdict=verdict,
        confidence=confidence,
        findings=findings,
        plan=planned,
        started_at=asking.now,
        finished_at=facts.now,
        branch=snapshot.default_branch,
        state=state,
        metrics=metrics_of(snapshot, running, prepared.fix),
        impact=prepared.policy.impact,
        out_of_scope=prepared.extraction.operational,
        more_claims=prepared.extraction.more,
        close_role=prepared.policy.close_role,
        profile=prepared.profile,
        waivers=excused.waivers,
        notes=(*prepared.notes, *told),
        related=related_to(snapshot, findings),
        labels=labels_of(snapshot.issue, without=labels_of_ours(prepared.policy)),
        paths=paths_of(snapshot),
    )


def within(limits: Limits, policy: Policy) -> Limits:
    """The operator's limits, or the policy's where those are narrower. Pure."""
    wanted = policy.limits
    return Limits(
        budget=min(limits.budget, wanted.budget or limits.budget),
        concurrency=min(limits.concurrency, wanted.concurrency or limits.concurrency),
    )


def terms_of(prepared: Prepared, now: datetime) -> Terms:
    """What decides at this moment whether a waiver counts. Pure."""
    permissions = prepared.policy.permissions
    authors = prepared.written_by
    return Terms(
        now=now,
        policy=prepared.policy.digest,
        asked=prepared.fingerprints,
        entitled={
            login: may(Deed.WAIVE, role=role, ties=frozenset(), permissions=permissions)
            for login, role in prepared.roles.items()
        },
        authors=None if isinstance(authors, Unknown) else authors,
    )
