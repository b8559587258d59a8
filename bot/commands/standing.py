"""What the snapshot says about the issue itself: how it stands, what the change amounts to, our own comments. Pure.

Rules:
1. A comment is ours only if GitHub says so and our mark in it is genuine for this very issue.
2. Whose doing an event was is told by its actor. Where we do not know our own name every bot may have been us.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from bot.assessment.document import MARKERS_KEPT, Assessment, IssueState, Metrics
from bot.assessment.grace import Grace, Veto
from bot.assessment.history import (
    Asked,
    Contradiction,
    Hand,
    Happened,
    Happening,
    contradiction,
    objected,
    with_askers,
)
from bot.assessment.marker import Mark, MarkKind, Place, read_marker
from bot.assessment.policy import Policy, Role
from bot.assessment.reopen_answers import is_open_again
from bot.assessment.withholding import Aside, Keyword, OwnComment, Standing
from bot.commands.precedence import Beside
from bot.commands.tools import written_by
from bot.commands.whereabouts import Whereabouts
from bot.github.models import (
    Comment,
    CommitInfo,
    EventKind,
    Issue,
    Pull,
    PullState,
    Snapshot,
    StateReason,
    TimelineEvent,
    Unknown,
)
from bot.github.models import IssueState as State
from bot.probes.contract import Fix
from bot.probes.extent import breaking_in, extent_of

MOST_PATHS = 50
_ALONE = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMark:
    """A comment of ours with its genuine mark."""

    comment: Comment
    mark: Mark


def own_marks(snapshot: Snapshot, *, key: bytes) -> tuple[OwnMark, ...]:
    """Our assessments on this issue that are not outdated yet, newest first."""
    return _marked(snapshot, key, {MarkKind.ASSESSMENT, MarkKind.PROGRESS})


def outlived(snapshot: Snapshot, *, key: bytes) -> tuple[str, ...]:
    """Our replies (node ids) that say how it is while the issue is open, newest first."""
    replies = _marked(snapshot, key, {MarkKind.REFUSAL})
    return tuple(own.comment.node_id for own in replies if is_open_again(own.comment.body))


def aside_of(snapshot: Snapshot, beside: Beside, *, key: bytes) -> Aside | None:
    """Where a look is answered that leaves an answer that waits as it is; None where none waits.

    An earlier look's comment is written on, unless that waits itself. Whoever has answered there goes on there, and
    whoever has answered alone goes on in that, unless another answer has taken its place.
    """
    looks = tuple(own.comment.node_id for own in _marked(snapshot, key, {MarkKind.LOOK}))
    if beside.own in looks:
        return Aside(comment=beside.own)
    newest = next(iter(own_marks(snapshot, key=key)), None)
    if newest is not None and beside.root is not None and written_by(newest.mark, beside.root):
        return None
    overtaken = newest is not None and beside.own is not None
    free = (node for node in looks if node not in beside.others)
    return Aside(comment=next(free, None)) if beside.others or overtaken else None


def _marked(snapshot: Snapshot, key: bytes, kinds: AbstractSet[MarkKind]) -> tuple[OwnMark, ...]:
    comments = snapshot.issue.comments
    if isinstance(comments, Unknown):
        return ()
    place = Place(repository_id=snapshot.repository.id, issue=snapshot.issue.number)
    found = (
        OwnMark(comment=comment, mark=mark)
        for comment in reversed(comments)
        if comment.by_us and not comment.is_minimized and (mark := read_marker(comment.body, key=key, place=place))
    )
    return tuple(own for own in found if own.mark.kind in kinds)


def with_comments(snapshot: Snapshot, comments: tuple[Comment, ...]) -> Snapshot:
    """The snapshot with these comments instead of its own."""
    return replace(snapshot, issue=replace(snapshot.issue, comments=comments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What decides whether a contradiction counts: our login, labels that hold, and what settles it.

    `commanded` is when somebody with the right last asked for the closing, `asked` when the person asked for whom is
    looked now: whatever came after that counts even against him. `vetoed` is who last objected to a closing that was
    announced, `opened` are the reopenings through us that people asked for.
    """

    us: str | None = None
    hold: tuple[str, ...] = ()
    commanded: datetime | None = None
    asked: datetime | None = None
    vetoed: Veto | None = None
    opened: tuple[Asked, ...] = ()

    @property
    def settled(self) -> datetime | None:
        """What was before this moment does not count any more."""
        return max((at for at in (self.commanded, self.asked) if at is not None), default=None)

    def hearing(self, issue: Issue, grace: Grace | None) -> "Known":
        """Of a closed issue also the objection that this look is the first to hear: its closing may be newer."""
        veto = None if grace is None or issue.state is State.OPEN else grace.veto
        return self if veto is None else replace(self, vetoed=veto)


def standing_of(
    snapshot: Snapshot, *, role: Role, key: bytes, known: Known = Known(), beside: Beside = _ALONE
) -> Standing:
    """How the issue stands; `role` is the asker's, `beside` what a mere look leaves as it is."""
    issue = snapshot.issue
    own = own_marks(snapshot, key=key)
    newest = own[0] if own else None
    happened = happened_to(issue, known)
    return Standing(
        open=issue.state is State.OPEN,
        closed_as=closed_as(issue.state_reason) if issue.state is State.CLOSED else None,
        closed_by_us=known.us is not None and issue.state is State.CLOSED and is_ours(last_closing(happened)),
        locked=issue.locked,
        archived=snapshot.is_archived,
        labels=None if isinstance(issue.labels, Unknown) else issue.labels,
        contradiction=contradiction(happened, commanded=known.commanded),
        newer=None if known.asked is None else contradiction(happened, commanded=known.settled),
        history_known=issue.history_complete and not isinstance(issue.history, Unknown),
        role=role,
        comment=_own_comment(newest, happened) if newest else None,
        older=tuple(own_mark.comment.node_id for own_mark in own[1:]),
        outlived=outlived(snapshot, key=key),
        keyword=keyword_of(snapshot),
        aside=aside_of(snapshot, beside, key=key),
    )


def _own_comment(own: OwnMark, happened: tuple[Happened, ...]) -> OwnComment:
    """Our comment, as the plan sees it. It is the newest: what was said after an objection stands below that."""
    return OwnComment(
        node_id=own.comment.node_id,
        verdict=own.mark.verdict,
        objected=objected(happened, since=own.comment.created_at),
    )


def closing_of(snapshot: Snapshot) -> TimelineEvent | None:
    """The issue's newest closing, as its history has it."""
    history = snapshot.issue.history
    events = () if isinstance(history, Unknown) else history
    return max((one for one in events if one.kind is EventKind.CLOSED), key=lambda one: one.at, default=None)


def keyword_of(snapshot: Snapshot) -> Keyword | None:
    """The pull request of this repository whose merge closed the issue last, if that was it."""
    last = closing_of(snapshot)
    if last is None or last.subject is None or not last.subject_is_pull:
        return None
    if (last.subject_repository or "").lower() != snapshot.repository.full_name.lower():
        return None
    return Keyword(pull=last.subject, by_bot=last.actor is not None and last.actor.is_bot)


def closed_as(reason: StateReason | None) -> str:
    """GitHub's state reason in lower case. Issues closed before there were reasons count as completed."""
    return "completed" if reason is None else reason.value.lower()


def happened_to(issue: Issue, known: Known) -> tuple[Happened, ...]:
    """The issue's history as far as it matters for who contradicts whom; empty where it could not be read."""
    history = () if isinstance(issue.history, Unknown) else issue.history
    holding = {name.casefold() for name in known.hold}
    vetoed = () if known.vetoed is None else (_objected(known.vetoed),)
    told = tuple(
        Happened(
            what=_HAPPENINGS[one.kind],
            at=one.at,
            hand=_hand(one, known.us),
            by=None if one.actor is None else one.actor.login,
            by_itself=one.subject is not None or one.commit is not None,
            label=one.label or "",
        )
        for one in history
        if one.kind in _HAPPENINGS and (one.kind not in _LABELLING or (one.label or "").casefold() in holding)
    )
    return (*with_askers(told, known.opened), *vetoed)


def _objected(veto: Veto) -> Happened:
    return Happened(what=Happening.VETOED, at=veto.at, hand=Hand.PERSON, by=veto.by)


_HAPPENINGS = {
    EventKind.CLOSED: Happening.CLOSED,
    EventKind.REOPENED: Happening.REOPENED,
    EventKind.LABELED: Happening.HELD,
    EventKind.UNLABELED: Happening.RELEASED,
}
_LABELLING = frozenset({EventKind.LABELED, EventKind.UNLABELED})


def last_closing(happened: tuple[Happened, ...]) -> Happened | None:
    """How the issue was closed last; None where nothing tells."""
    closings = [one for one in happened if one.what is Happening.CLOSED]
    return max(closings, key=lambda one: one.at, default=None)


def is_ours(closing: Happened | None) -> bool:
    """Did we close it, and not a merge or a push of ours?"""
    return closing is not None and closing.hand is Hand.OURS and not closing.by_itself


def stands_down(issue: Issue, known: Known) -> Contradiction | None:
    """The contradiction by which a closed issue is left alone for good, whatever happens by itself; None without."""
    if issue.state is State.OPEN:
        return None
    said = contradiction(happened_to(issue, known), commanded=known.settled)
    return said if said is not None and said.for_good else None


def _hand(event: TimelineEvent, us: str | None) -> Hand:
    actor = event.actor
    if actor is None or not actor.is_bot:
        return Hand.PERSON
    ours = us is None or actor.login.removesuffix("[bot]").lower() == us.removesuffix("[bot]").lower()
    return Hand.OURS if ours else Hand.BOT


def newest_seen(snapshot: Snapshot) -> tuple[datetime, int]:
    """When the newest comment that the snapshot holds was written, and its id.

    Without one: the issue's beginning. Where comments could not be read: the snapshot's own moment, in whole seconds
    as GitHub's times are.
    """
    comments = snapshot.issue.comments
    if isinstance(comments, Unknown):
        return snapshot.fetched_at.replace(microsecond=0), 0
    return max(((one.created_at, one.id) for one in comments), default=(snapshot.issue.created_at, 0))


def state_of(issue: Issue) -> IssueState:
    """How the issue stood, for the document."""
    closer: str | None = None
    if not isinstance(issue.timeline, Unknown):
        closings = [event for event in issue.timeline if event.kind is EventKind.CLOSED and event.actor is not None]
        closer = closings[-1].actor.login if closings and closings[-1].actor else None
    is_open = issue.state is State.OPEN
    return IssueState(
        title=issue.title,
        open=is_open,
        closed_as=None if is_open else closed_as(issue.state_reason),
        closed_by=None if is_open else closer,
    )


def merged_pulls(snapshot: Snapshot) -> tuple[Pull, ...]:
    """The closing pull requests of this repository that are merged."""
    pulls = snapshot.issue.closing_pulls
    if isinstance(pulls, Unknown):
        return ()
    here = snapshot.repository.full_name
    return tuple(pull for pull in pulls if pull.state is PullState.MERGED and pull.repository == here)


def labels_of(issue: Issue, *, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The issue's labels, for the document, but for some (in lower case); none where they could not be read."""
    labels = () if isinstance(issue.labels, Unknown) else issue.labels
    return tuple(name for name in labels if name.casefold() not in without)


def labels_of_ours(policy: Policy) -> frozenset[str]:
    """Labels that come and go with what the bot does: they tell nothing of an issue. Pure."""
    roles = policy.labels
    single = (roles.pending, roles.wrong, roles.regression)
    return frozenset(
        one.casefold() for one in (*roles.resolved, *roles.remove, *roles.hold, *single) if one is not None
    )


def paths_of(snapshot: Snapshot) -> tuple[str, ...]:
    """The files that the merged pull requests change, in order of their names: as many as are worth keeping."""
    paths = {file.path for pull in merged_pulls(snapshot) for file in pull.files}
    return tuple(sorted(paths)[:MOST_PATHS])


def metrics_of(snapshot: Snapshot, running: Whereabouts, fix: Fix) -> Metrics:
    """The issue's own times, what the fix amounts to, and where it runs.

    The fix is the merged pull requests; without any, the commits that closed the issue or were named, of which the
    newest history tells when they were made and what they say, and not how much they change. Pull requests that cannot
    be read are not none: then there may be more to the fix than its commits.
    """
    pulls = merged_pulls(snapshot)
    issue = snapshot.issue
    size = _size_of(pulls) if pulls else _named(snapshot, fix)
    return replace(
        size,
        deployed_at=running.since,
        first_deployed_at=running.first,
        environment=running.environment,
        opened_at=issue.created_at,
        closed_at=issue.closed_at if issue.state is State.CLOSED else None,
    )


def with_closing(assessment: Assessment, at: datetime) -> Assessment:
    """The document with the moment at which its issue was closed, as GitHub says."""
    metrics = assessment.metrics
    return assessment if metrics is None else replace(assessment, metrics=replace(metrics, closed_at=at))


def _size_of(pulls: tuple[Pull, ...]) -> Metrics:
    extent = extent_of(pulls)
    return Metrics(
        pull_requests=tuple(sorted(pull.number for pull in pulls)),
        commits=extent.commits,
        files=extent.files,
        additions=sum(pull.additions for pull in pulls),
        deletions=sum(pull.deletions for pull in pulls),
        breaking=extent.breaking[:MARKERS_KEPT],
        first_commit_at=min((pull.first_commit_at for pull in pulls if pull.first_commit_at), default=None),
        merged_at=max((pull.merged_at for pull in pulls if pull.merged_at), default=None),
        complete=extent.complete,
    )


def _named(snapshot: Snapshot, fix: Fix) -> Metrics:
    known: tuple[CommitInfo, ...] = tuple(commit for commit in snapshot.history if commit.oid in fix.commits)
    pulls_known = not isinstance(snapshot.issue.closing_pulls, Unknown)
    complete = pulls_known and len(known) == len(fix.commits)
    measured = complete or bool(known)
    return Metrics(
        pull_requests=() if pulls_known else None,
        commits=len(known) if measured else None,
        breaking=breaking_in(commit.message for commit in known)[:MARKERS_KEPT] if measured else None,
        first_commit_at=min((commit.committed_at for commit in known), default=None),
        complete=complete,
    )
