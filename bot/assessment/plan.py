"""What to do about a verdict: the actions that bring GitHub into the state it calls for, and what is withheld, why.

Rules:
1. Only a resolved verdict closes, and only an issue that is open, unlocked, not held by a label, in a live repository.
2. A partial asking (`--only`), `--no-close`, too little confidence, a mere reference, or not knowing (labels or
   history unreadable) never closes.
3. A person with the right closes by asking. Automatic triggers close only where the policy says `mode: act`, and
   never against a person who reopened the issue.
4. An issue that is already closed as completed is verified and labelled, whoever set it off; one closed as not planned
   or as a duplicate is left alone.
5. Labels with a role tell how it stands: `pending` while the verdict is, `resolved` from a closing until an open issue
   is found not to hold. Whoever may only look, or asked for a part, changes none. While a person's `wrong` is on it,
   automatic triggers only advise.
6. A dry run is the same plan with its changes set aside (`would`). Everything withheld is said with the next step.

Order of actions: speak, outdate, label, close, react. Each is idempotent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.confidence import Confidence, suffices
from bot.assessment.policy import Mode, Policy, Role, at_least
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import Verdict, VerdictKind
from bot.assessment.wording import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Say it: edit our comment with this node id, or write a new one (None)."""

    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdate:
    """Minimise these comments of ours (node ids) as outdated."""

    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Add and remove labels: only those that differ from what is there."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class CloseReason(StrEnum):
    """GitHub's state reason. We only ever close as completed."""

    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close the issue."""

    reason: CloseReason = CloseReason.COMPLETED


class Reaction(StrEnum):
    """The reaction on the command that ends it (GitHub's names)."""

    CLOSED = "rocket"
    REPORTED = "+1"
    NOT_RESOLVED = "-1"
    REFUSED = "confused"


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """React to the command comment."""

    content: Reaction


Action = Speak | Outdate | Label | Close | React


class WithheldReason(StrEnum):
    """Stable codes for why an issue was not closed, or not touched, though the evidence carries it."""

    ARCHIVED = "archived"
    LOCKED = "locked"
    OTHERWISE_CLOSED = "otherwise-closed"
    HELD = "held"
    LABELS_UNKNOWN = "labels-unknown"
    PART_ASKED = "part-asked"
    AS_ASKED = "as-asked"
    CONFIDENCE = "confidence"
    NO_RIGHT = "no-right"
    ONLY_REFERRED = "only-referred"
    CONTRADICTED = "contradicted"
    HISTORY_UNKNOWN = "history-unknown"
    MARKED_WRONG = "marked-wrong"
    ADVISE = "advise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Something not done: why, and the next step, in plain words."""

    reason: WithheldReason
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be done, in order; what a dry run sets aside; what is withheld."""

    actions: tuple[Action, ...]
    would: tuple[Action, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def closes(self) -> bool:
        """Will the issue be closed?"""
        return any(isinstance(action, Close) for action in self.actions)

    @property
    def would_close(self) -> bool:
        """Would it be, were this no dry run?"""
        return any(isinstance(action, Close) for action in self.would)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnComment:
    """Our newest comment that is not outdated. `verdict` is None while it only shows progress."""

    node_id: str
    verdict: VerdictKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the issue stands just before acting, and what the asker may do.

    `closed_as` is GitHub's state reason in lower case. `labels` is None where they could not be read.
    `reopened_by` is the login of the person who reopened the issue after its last closure; None means nobody, unless
    `history_known` is False. `role` is the asker's; it matters for a person's trigger only.
    `older` are our other comments, not outdated yet.
    """

    open: bool
    closed_as: str | None = None
    locked: bool = False
    archived: bool = False
    labels: tuple[str, ...] | None = ()
    reopened_by: str | None = None
    history_known: bool = True
    role: Role = Role.NONE
    comment: OwnComment | None = None
    older: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    verdict: Verdict
    confidence: Confidence
    trigger: Trigger
    policy: Policy
    standing: Standing


def plan(verdict: Verdict, confidence: Confidence, *, trigger: Trigger, policy: Policy, standing: Standing) -> Plan:
    """The plan for a verdict, by the rules in this module's docstring."""
    case = _Case(verdict=verdict, confidence=confidence, trigger=trigger, policy=policy, standing=standing)
    withheld = _withheld(case) if verdict.closes else ()
    holds = verdict.closes and not withheld
    closing = (Close(),) if holds and standing.open else ()
    changes: tuple[Action, ...] = (*_labels(case, holds=holds), *closing)
    applied, would = ((), changes) if trigger.flags.dry_run else (changes, ())
    closes = any(isinstance(action, Close) for action in applied)
    reacting = (React(content=reaction(verdict.kind, closed=closes)),) if trigger.kind is TriggerKind.COMMAND else ()
    return Plan(actions=(*_speech(case), *applied, *reacting), would=would, withheld=withheld)


def reaction(kind: VerdictKind, *, closed: bool) -> Reaction:
    """How a command ends: closed, not resolved, or reported."""
    if closed:
        return Reaction.CLOSED
    return Reaction.NOT_RESOLVED if kind is VerdictKind.NOT_RESOLVED else Reaction.REPORTED


def _speech(case: _Case) -> tuple[Action, ...]:
    """One comment an issue: a new one only where the verdict changed, the old ones outdated."""
    comment, older = case.standing.comment, case.standing.older
    if comment is not None and comment.verdict not in {None, case.verdict.kind}:
        return Speak(), Outdate(comments=(comment.node_id, *older))
    speak = Speak(comment=comment.node_id if comment else None)
    return (speak, Outdate(comments=older)) if older else (speak,)


def _labels(case: _Case, *, holds: bool) -> tuple[Action, ...]:
    """The labels to change; `holds`: the issue is closed now, or verified as closed."""
    if _keeps_labels(case):
        return ()
    on, off = _closed_labels(case.policy) if holds else _open_labels(case)
    # GitHub compares label names without regard to case.
    have = {name.casefold() for name in case.standing.labels or ()}
    stays = {name.casefold() for name in on}
    add = tuple(name for name in on if name.casefold() not in have)
    remove = tuple(name for name in off if name.casefold() in have - stays)
    return (Label(add=add, remove=remove),) if add or remove else ()


def _keeps_labels(case: _Case) -> bool:
    """Is nothing to be labelled: nobody may, it was not asked for, or it is not known what is there?"""
    standing, flags = case.standing, case.trigger.flags
    looks_only = bool(flags.only) or flags.no_close
    unfit = standing.archived or standing.labels is None or _otherwise_closed(case) is not None
    return looks_only or unfit or _marked_wrong(case) is not None


def _closed_labels(policy: Policy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What goes on and what comes off with a closing."""
    labels = policy.labels
    return labels.resolved, (*labels.remove, *_given(labels.pending))


def _open_labels(case: _Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What goes on and what comes off where it is not closed, or stays as it is."""
    labels, kind = case.policy.labels, case.verdict.kind
    if kind is VerdictKind.PENDING:
        return _given(labels.pending if case.standing.open else None), ()
    # Only what was found not to hold takes the word back: what could not be measured says nothing.
    fell = case.standing.open and kind in {VerdictKind.NOT_RESOLVED, VerdictKind.PARTIAL}
    return (), (*_given(labels.pending), *(labels.resolved if fell else ()))


def _given(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _withheld(case: _Case) -> tuple[Withheld, ...]:
    rules = _ALWAYS + (_OPEN if case.standing.open else ())
    return tuple(Withheld(reason=reason, text=text) for reason, rule in rules if (text := rule(case)) is not None)


def _archived(case: _Case) -> str | None:
    return "the repository is archived: unarchive it to change anything here" if case.standing.archived else None


def _otherwise_closed(case: _Case) -> str | None:
    standing = case.standing
    if standing.open or standing.closed_as in {None, "completed"}:
        return None
    return f"it is closed as {standing.closed_as.replace('_', ' ')}: a person decided that, and I leave it"


def _held(case: _Case) -> str | None:
    present = {name.casefold() for name in case.standing.labels or ()}
    holding = [f"`{name}`" for name in case.policy.labels.hold if name.casefold() in present]
    if not holding:
        return None
    if len(holding) == 1:
        return f"label {holding[0]} holds it: remove it, then ask again"
    return f"labels {listing(holding)} hold it: remove them, then ask again"


def _labels_unknown(case: _Case) -> str | None:
    if case.standing.labels is not None:
        return None
    return "its labels could not be read, so I cannot know whether one holds it open: ask again in a minute"


def _part_asked(case: _Case) -> str | None:
    if not case.trigger.flags.only:
        return None
    return "only a part was asked (`--only`): ask without it to close"


def _confidence(case: _Case) -> str | None:
    minimum = case.policy.minimum_confidence
    if suffices(case.confidence.level, minimum):
        return None
    # The first cap that is too low is the weakest link: say what would lift it.
    caps = [f.text for f in case.confidence.factors if f.cap is not None and not suffices(f.cap, minimum)]
    why = f" ({caps[0]})" if caps else ""
    return f"closing needs confidence {minimum}, this is {case.confidence.level}{why}: mend that, then ask again"


def _no_right(case: _Case) -> str | None:
    if not case.trigger.is_person or case.trigger.flags.dry_run:
        return None
    needed, held = case.policy.close_role, case.standing.role
    if at_least(held, needed):
        return None
    return f"closing needs the role {needed} here, the asker holds {held}: somebody with {needed} can ask"


def _locked(case: _Case) -> str | None:
    return "it is locked: unlock it, then ask again" if case.standing.locked else None


def _as_asked(case: _Case) -> str | None:
    return "as asked (`--no-close`): ask without it to close" if case.trigger.flags.no_close else None


def _only_referred(case: _Case) -> str | None:
    if not case.trigger.refers_only:
        return None
    return f"pull request #{case.trigger.pull} only refers to it: {_BY_A_PERSON.format(case.policy.close_role)}"


def _contradicted(case: _Case) -> str | None:
    if case.trigger.is_person or case.standing.reopened_by is None:
        return None
    return f"{case.standing.reopened_by} reopened it: {_BY_A_PERSON.format(case.policy.close_role)}"


def _history_unknown(case: _Case) -> str | None:
    if case.trigger.is_person or case.standing.history_known:
        return None
    return f"its history could not be read: {_BY_A_PERSON.format(case.policy.close_role)}"


def _marked_wrong(case: _Case) -> str | None:
    wrong = case.policy.labels.wrong
    if case.trigger.is_person or wrong is None:
        return None
    if wrong.casefold() not in {name.casefold() for name in case.standing.labels or ()}:
        return None
    by_a_person = _BY_A_PERSON.format(case.policy.close_role)
    return f"label `{wrong}` says that I was wrong here, so by myself I only advise: {by_a_person}"


def _advise(case: _Case) -> str | None:
    if case.trigger.is_person or case.policy.mode is Mode.ACT:
        return None
    return f"by myself I only advise here: {_BY_A_PERSON.format(case.policy.close_role)}"


_BY_A_PERSON = "somebody with {} closes it with `/assess-resolution`"

_Rule = tuple[WithheldReason, Callable[[_Case], str | None]]

_ALWAYS: tuple[_Rule, ...] = (
    (WithheldReason.ARCHIVED, _archived),
    (WithheldReason.OTHERWISE_CLOSED, _otherwise_closed),
    (WithheldReason.HELD, _held),
    (WithheldReason.LABELS_UNKNOWN, _labels_unknown),
    (WithheldReason.PART_ASKED, _part_asked),
    (WithheldReason.CONFIDENCE, _confidence),
    (WithheldReason.NO_RIGHT, _no_right),
)
_OPEN: tuple[_Rule, ...] = (
    (WithheldReason.LOCKED, _locked),
    (WithheldReason.AS_ASKED, _as_asked),
    (WithheldReason.ONLY_REFERRED, _only_referred),
    (WithheldReason.CONTRADICTED, _contradicted),
    (WithheldReason.HISTORY_UNKNOWN, _history_unknown),
    (WithheldReason.MARKED_WRONG, _marked_wrong),
    (WithheldReason.ADVISE, _advise),
)
