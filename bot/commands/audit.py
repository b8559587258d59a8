"""Audits closed issues: the same questions, claims and judgement as for an open one, and nothing is ever written.

Rules:
1. The closing statement is what was said then: until an hour after the closing. Whoever closed had a say; of the others
   GitHub is asked, where it tells.
2. Ancestry and net effect are asked of the default branch as it is now. What only says how things are today is not
   asked: live services, servers, runs of workflows. CI is asked at the fix, as it was then.
3. Issues of one page are measured together, so that their reads share requests, and one pass searches a tree for all.
4. Where a limit is hit, what was found stays; the rest waits, or is left to the next time.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.assessment.audit import Closing, Entry, LeftOut, Named, Way, entry_of, unasked
from bot.assessment.evidence import CriterionId, Origin, Sha
from bot.assessment.policy import Role
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.commands.hearing import trusts
from bot.commands.measure import Asking, Instruments, Prepared, measure, prepare
from bot.commands.own_criteria import writer_of
from bot.commands.saying import Asker, closing_statement, people_said
from bot.commands.standing import own_marks
from bot.config.load import Loaded
from bot.github.closures import AT_ONCE, Closure
from bot.github.errors import Forbidden, GitHubError, RateLimited, Unauthorized, Unavailable
from bot.github.models import EventKind, Issue, Snapshot, StateReason, TimelineEvent, Unknown
from bot.github.remembered import Remembered
from bot.github.session import Session
from bot.probes.asking import together
from bot.probes.check import CheckParams
from bot.probes.contract import Question, Reader
from bot.probes.trees import Scans, TreeSource

SAID_UNTIL = timedelta(hours=1)
_OF_TODAY = frozenset({"workflow", "logs"})

Tell = Callable[[Entry], None]
Patience = Callable[[datetime], Awaitable[None]]
"""Waits until a limit ends; raises where nobody wants to wait."""


class Tracker(Protocol):
    """Where the issues are, and what probes read with."""

    async def issues(self, numbers: Sequence[int]) -> Mapping[int, Issue | GitHubError]:
        """Several whole issues, at most `AT_ONCE`."""
        ...

    async def role(self, login: str) -> Role:
        """What somebody may do there."""
        ...

    def reader(self, snapshot: Snapshot) -> Reader:
        """What the probes of one issue read with; what one of them has read, the next need not."""
        ...


class OnGitHub:
    """The tracker as GitHub shows it, at the head that `base` was seen at; `shared` is the reader of all issues."""

    def __init__(self, session: Session, base: Snapshot) -> None:
        self._session = session
        self.shared = session.reader(base)
        self._roles: Remembered[str, Role] = Remembered()

    async def issues(self, numbers: Sequence[int]) -> Mapping[int, Issue | GitHubError]:
        """In one request."""
        return await self._session.issues(numbers)

    async def role(self, login: str) -> Role:
        """Asked once of everybody; none where GitHub does not tell: it tells roles to collaborators alone."""
        try:
            return await self._roles.get(login.lower(), lambda: self._session.role(login))
        except Forbidden:
            return Role.NONE

    def reader(self, snapshot: Snapshot) -> Reader:
        """One that shares with all others."""
        return self.shared.beside(snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """What an audit works with. The `instruments` read what is no issue's own: each issue gets a reader of its own.

    `answerable` are the kinds of questions of the policy that can be answered here; None: all of them.
    """

    tracker: Tracker
    base: Snapshot
    rules: Loaded
    instruments: Instruments
    me: str
    key: bytes
    answerable: frozenset[str] | None = None


def as_closed(snapshot: Snapshot) -> Snapshot:
    """The issue as it was closed: without what was said of it later. Pure."""
    issue = snapshot.issue
    if issue.closed_at is None or isinstance(issue.comments, Unknown):
        return snapshot
    end = issue.closed_at + SAID_UNTIL
    said = tuple(one for one in issue.comments if one.created_at <= end)
    # What stands before the comments that were read is left unread, as in every assessment.
    later = len(issue.comments) - len(said)
    return replace(snapshot, issue=replace(issue, comments=said, comment_total=issue.comment_total - later))


def closing_of(issue: Issue) -> Closing:
    """Who closed the issue, when and how. Pure."""
    at = issue.closed_at or issue.created_at
    event = None if isinstance(issue.timeline, Unknown) else _last_closing(issue.timeline)
    if event is None:
        return Closing(at=at)
    actor = event.actor
    return Closing(
        at=at,
        by=None if actor is None else actor.login,
        by_bot=actor is not None and actor.is_bot,
        way=Way.PULL if event.subject_is_pull else Way.COMMIT if event.commit is not None else Way.HAND,
    )


def _last_closing(timeline: Iterable[TimelineEvent]) -> TimelineEvent | None:
    closings = [event for event in timeline if event.kind is EventKind.CLOSED]
    return max(closings, key=lambda event: event.at, default=None)


def asked_then(questions: tuple[Question, ...], fix: Sha | None) -> tuple[Question, ...]:
    """The questions that say something of a closing of long ago; those about CI, at the fix. Pure."""
    return tuple(asked for one in questions if (asked := _asked_then(one, fix)) is not None)


def _asked_then(question: Question, fix: Sha | None) -> Question | None:
    params = question.params
    if is_of_today(question):
        return None
    if not isinstance(params, CheckParams) or params.at != "head":
        return question
    if fix is None:
        return None
    title = question.criterion.title.replace("at the head of the default branch", "where the fix landed")
    criterion = replace(question.criterion, title=title)
    return replace(question, criterion=criterion, params=params.model_copy(update={"at": fix}), ask_before=False)


def is_of_today(question: Question) -> bool:
    """Does it only say how things are today, or set something off? Pure."""
    params = question.params
    return params.asks_outside or params.dispatches is not None or question.criterion.kind in _OF_TODAY


def answerable(questions: tuple[Question, ...], kinds: frozenset[str] | None) -> tuple[Question, ...]:
    """The questions without those of the policy that nothing here could answer. Claims stay: they were made. Pure."""
    if kinds is None:
        return questions
    return tuple(one for one in questions if one.criterion.kind in kinds or one.criterion.origin is Origin.CLAIM)


def not_asked(rules: Loaded, kinds: frozenset[str] | None = None) -> tuple[CriterionId, ...]:
    """The policy's criteria that are never asked in an audit. Pure."""
    every = (*rules.questions, *(one for profile in rules.profiles for one in profile.questions))
    kept = answerable(every, kinds)
    return tuple(dict.fromkeys(one.criterion.id for one in every if is_of_today(one) or one not in kept))


def left_out(closures: Iterable[Closure]) -> LeftOut:
    """The closed issues that claim nothing. Pure."""
    numbers: dict[StateReason | None, list[int]] = {}
    for one in closures:
        numbers.setdefault(one.reason, []).append(one.number)
    return LeftOut(
        not_planned=tuple(numbers.get(StateReason.NOT_PLANNED, ())),
        duplicate=tuple(numbers.get(StateReason.DUPLICATE, ())),
    )


class Auditor:
    """Measures issue after issue. What one of them has read, the next need not."""

    def __init__(self, auditing: Auditing, trees: TreeSource | None = None) -> None:
        """`trees` is what searches read; None: what the instruments do."""
        self._auditing = auditing
        instruments = auditing.instruments
        trees = trees or instruments.reader
        self._scans = Scans(trees, instruments.seen, repository=auditing.base.repository.id or None)

    async def audit(self, closures: Sequence[Closure], *, patience: Patience, tell: Tell) -> None:
        """Measure them all in this order, a page at a time, and tell each as it is found.

        Raises what `patience` raises, `Unauthorized`, and `Unavailable` where nothing of a whole page could be read.
        """
        for start in range(0, len(closures), AT_ONCE):
            page = tuple(closures[start : start + AT_ONCE])
            told: list[Entry] = []

            def found(entry: Entry, told: list[Entry] = told) -> None:
                told.append(entry)
                tell(entry)

            while page:
                page, until = await self._page(page, found)
                if told and not any(entry.asked for entry in told):
                    raise Unavailable(f"nothing could be read any more: {told[-1].why}")
                if until is not None:
                    await patience(until)

    async def _page(self, page: tuple[Closure, ...], tell: Tell) -> tuple[tuple[Closure, ...], datetime | None]:
        """What is left because a limit was hit, and when that ends."""
        try:
            issues = await self._issues(tuple(one.number for one in page))
        except RateLimited as limited:
            return page, limited.retry_at
        left: list[tuple[Closure, datetime]] = []

        async def one(closure: Closure) -> None:
            try:
                tell(await self._entry(closure, issues[closure.number]))
            except RateLimited as limited:
                left.append((closure, limited.retry_at))

        await together(one(closure) for closure in page)
        return tuple(closure for closure, _ in left), max((until for _, until in left), default=None)

    async def _issues(self, numbers: tuple[int, ...]) -> Mapping[int, Issue | GitHubError]:
        """The issues; where GitHub fails at many, fewer at a time: it may be that one alone is too much for it."""
        try:
            return await self._auditing.tracker.issues(numbers)
        except Unavailable as error:
            if len(numbers) == 1:
                return {numbers[0]: error}
        middle = len(numbers) // 2
        return {**await self._issues(numbers[:middle]), **await self._issues(numbers[middle:])}

    async def _entry(self, closure: Closure, issue: Issue | GitHubError) -> Entry:
        clock = self._auditing.instruments.clock
        named = Named(number=closure.number, title=closure.title, url=closure.url)
        if isinstance(issue, GitHubError):
            return unasked(named, Closing(at=closure.closed_at), str(issue), clock())
        if issue.closed_at is None:
            return unasked(named, Closing(at=closure.closed_at), "it was reopened meanwhile", clock(), again=False)
        closing = closing_of(issue)
        try:
            return await self._measured(named, closing, issue)
        except (RateLimited, Unauthorized):
            raise
        except GitHubError as error:
            return unasked(named, closing, str(error), clock())

    async def _measured(self, named: Named, closing: Closing, issue: Issue) -> Entry:
        auditing = self._auditing
        clock = auditing.instruments.clock
        now = clock()
        snapshot = as_closed(replace(auditing.base, issue=issue, fetched_at=now))

        async def role_of(login: str) -> Role:
            return await self._role(login, closing)

        marked = frozenset(own.comment.id for own in own_marks(snapshot, key=auditing.key))
        said = people_said(snapshot, command=None, ours=marked)
        statements = await closing_statement(said, snapshot, asker=Asker(login=None, role=Role.NONE), role_of=role_of)
        writer = await writer_of(issue, trusts=lambda login: trusts(auditing.rules, login), role_of=role_of)
        asking = Asking(
            id=f"audit-{issue.number}",
            trigger=Trigger(kind=TriggerKind.CLI, by=auditing.me, flags=Flags(dry_run=True)),
            role=Role.NONE,
            key=auditing.key,
            now=now,
            policy=auditing.rules,
            writer=writer,
        )
        prepared = prepare(snapshot, asking, statements)
        if not isinstance(prepared, Prepared):
            return unasked(named, closing, prepared.text, now, again=False)
        fix = prepared.fix.commits
        questions = answerable(prepared.questions, auditing.answerable)
        prepared = replace(prepared, questions=asked_then(questions, fix[0] if fix else None))
        reader = auditing.tracker.reader(snapshot)
        assessment = await measure(prepared, replace(auditing.instruments, reader=reader, scans=self._scans))
        return entry_of(assessment, named, closing)

    async def _role(self, login: str, closing: Closing) -> Role:
        """Closing takes the role triage, or to be the author, whose word that it is done counts here as well."""
        if closing.by is not None and not closing.by_bot and login.lower() == closing.by.lower():
            return Role.TRIAGE
        return await self._auditing.tracker.role(login)
