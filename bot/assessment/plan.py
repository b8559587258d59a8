"""What to do about a verdict: the actions that bring GitHub into the state it calls for, and what is withheld, why.

Rules:
1. Only a resolved verdict closes, and only an issue that is open, unlocked, not held by a label, in a live repository.
2. A partial asking (`--only`), `--no-close`, too little confidence, a mere reference, or not knowing (labels or
   history unreadable) never closes.
3. A person with the right closes by asking. Automatic triggers close only where the policy says `mode: act`, and
   never against a person's contradiction (`bot.assessment.history`).
4. An issue that is already closed as completed is verified and labelled, whoever set it off; one closed as not planned
   or as a duplicate is left alone.
5. Labels with a role tell how it stands: `pending` while the verdict is, `resolved` from a closing until an open issue
   is found not to hold. Whoever may only look, or asked for a part, changes none. While a person's `wrong` is on it,
   automatic triggers only advise; a person's command that finds it resolved takes it off. Where nothing is on its way
   any more, `pending` alone comes off with `--no-close` too, and of what is closed as not planned or as a duplicate.
6. An issue that was closed as completed and does not hold is reopened where the policy says so: one that somebody else,
   or a merged pull request's keyword, closed (`guard`), and one whose regression was seen twice. Never against a
   contradiction, nor in `mode: advise`.
7. A guarded closing is answered with a note of its own: where it does not hold, and where it holds unless the policy
   wants no word then. What could not be decided is no reproach, and gets none.
8. Where the policy gives people time to object, the closing is announced instead, in a comment of its own, and done
   when that is over (`bot.assessment.grace`). Until then it bears the label of what is on its way.
9. An answer that was objected to stays as it is, with what it says of that: a person who asks then gets a new one
   below. What comes by itself edits it, so that standing down is said once.
    Once we close it, what we had said to whoever had it opened again is folded away.
10. Whoever only looks (`--dry-run`, `--only`) where an answer waits, or a closing is announced, leaves that as it is:
    the look is answered in a comment of its own.
11. A dry run is the same plan with its changes set aside (`would`). Everything withheld is said with the next step.

Order of actions: speak, outdate, label, close, announce or reopen, react. Each is idempotent.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.assessment.confidence import Confidence
from bot.assessment.policy import GuardMode, HoldingMode, Policy
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import CLOSING, Verdict, VerdictKind
from bot.assessment.withholding import (
    Case,
    OwnComment,
    Standing,
    Withheld,
    marked_wrong,
    otherwise_closed,
    withheld,
    withheld_shut,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Say it: edit our comment with this node id, or write a new one (None).

    `aside`: it is a mere look beside an answer that waits.
    """

    comment: str | None = None
    aside: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """The closing is announced: it is done at `until`, unless somebody objects."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Open the issue again: it was closed, and does not hold."""


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


Action = Speak | Outdate | Label | Close | Announce | Reopen | React


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
    def announces(self) -> datetime | None:
        """When the closing that is announced will be done; None where none is."""
        return _announced(self.actions)

    @property
    def would_announce(self) -> datetime | None:
        """The same, were this no dry run."""
        return _announced(self.would)

    @property
    def reopens(self) -> bool:
        """Will the issue be opened again?"""
        return any(isinstance(action, Reopen) for action in self.actions)

    @property
    def would_close(self) -> bool:
        """Would it be, were this no dry run?"""
        return any(isinstance(action, Close) for action in self.would)


def _announced(actions: tuple[Action, ...]) -> datetime | None:
    return next((action.until for action in actions if isinstance(action, Announce)), None)


def plan(verdict: Verdict, confidence: Confidence, *, trigger: Trigger, policy: Policy, standing: Standing) -> Plan:
    """The plan for a verdict, by the rules in this module's docstring."""
    case = Case(verdict=verdict, confidence=confidence, trigger=trigger, policy=policy, standing=standing)
    reopens = _wants_open(case)
    set_aside = withheld_shut(case) if reopens else withheld(case) if verdict.closes else ()
    holds = verdict.closes and not set_aside
    opening = (Reopen(),) if reopens and not set_aside else ()
    ending = _ending(standing) if holds and standing.open else ()
    announces = _announced(ending) is not None
    labels = _announced_labels(case) if announces else _labels(case, holds=holds, reopens=bool(opening))
    changes: tuple[Action, ...] = (*labels, *ending, *opening)
    applied, would = ((), changes) if trigger.flags.dry_run else (changes, ())
    closes = any(isinstance(action, Close) for action in applied)
    reacting = (React(content=reaction(verdict.kind, closed=closes)),) if trigger.kind is TriggerKind.COMMAND else ()
    speech = _speech(case, holds=holds, anew=_announces_anew(case, applied))
    past = (Outdate(comments=standing.outlived),) if closes and standing.outlived else ()
    return Plan(actions=(*speech, *past, *applied, *reacting), would=would, withheld=set_aside)


def reaction(kind: VerdictKind, *, closed: bool) -> Reaction:
    """How a command ends: closed, not resolved, or reported."""
    if closed:
        return Reaction.CLOSED
    return Reaction.NOT_RESOLVED if kind is VerdictKind.NOT_RESOLVED else Reaction.REPORTED


def _ending(standing: Standing) -> tuple[Action, ...]:
    """The closing, or its announcement as long as people may object."""
    grace = standing.grace
    return (Close(),) if grace is None or grace.over else (Announce(until=grace.until),)


def _announces_anew(case: Case, applied: tuple[Action, ...]) -> bool:
    """Is it announced for the first time? Nobody is told of an edit, and a 👎 must be about this very closing."""
    grace = case.standing.grace
    return _announced(applied) is not None and grace is not None and grace.announced is None


def _speech(case: Case, *, holds: bool, anew: bool) -> tuple[Action, ...]:
    """One comment an issue: a new one where the verdict changed, it is `anew` or somebody objected.

    Then the old ones are outdated. A closing gets a note.
    """
    if case.trigger.kind is TriggerKind.CLOSURE:
        welcome = holds and case.policy.guard.holding is HoldingMode.NOTE
        return (Speak(),) if welcome or _fell_shut(case) else ()
    aside = case.standing.aside
    if aside is not None:
        return (Speak(comment=aside.comment, aside=True),)
    comment, older = case.standing.comment, case.standing.older
    if comment is not None and _is_over(comment, case, anew=anew):
        return Speak(), Outdate(comments=(comment.node_id, *older))
    speak = Speak(comment=comment.node_id if comment else None)
    return (speak, Outdate(comments=older)) if older else (speak,)


def _is_over(comment: OwnComment, case: Case, *, anew: bool) -> bool:
    """Is there to be a new comment in the place of this one? What only shows progress is written on."""
    changed = comment.verdict is not None and (anew or comment.verdict is not case.verdict.kind)
    return changed or _is_past(comment, case.trigger)


def _is_past(comment: OwnComment, trigger: Trigger) -> bool:
    """Does it say that it is resolved, was it objected to, and does a person ask anew?"""
    return trigger.is_person and comment.objected and comment.verdict in CLOSING


def _wants_open(case: Case) -> bool:
    """Is it closed as completed, found not to hold, and to be opened again for that by the policy?"""
    trigger, keyword, guard = case.trigger, case.standing.keyword, case.policy.guard
    if not _fell_shut(case):
        return False
    if trigger.kind is TriggerKind.CLOSURE:
        return guard.mode(by_bot=trigger.by_bot) is GuardMode.REOPEN
    if trigger.kind is TriggerKind.MERGE and keyword is not None and keyword.pull in trigger.pulls:
        return guard.mode(by_bot=keyword.by_bot) is GuardMode.REOPEN
    return trigger.regressed


def _fell_shut(case: Case) -> bool:
    """Is it closed as completed, and found not to hold?"""
    fell = case.verdict.kind in {VerdictKind.NOT_RESOLVED, VerdictKind.PARTIAL}
    return fell and not case.standing.open and otherwise_closed(case) is None


def _labels(case: Case, *, holds: bool, reopens: bool) -> tuple[Action, ...]:
    """The labels to change; `holds`: the issue is closed now, or verified as closed; `reopens`: it is open again."""
    if _keeps_labels(case):
        return ()
    if case.trigger.flags.no_close or otherwise_closed(case) is not None:
        waits = case.verdict.kind is VerdictKind.PENDING and case.standing.open
        return () if waits else _differing(case, (), _given(case.policy.labels.pending))
    on, off = _closed_labels(case) if holds else _open_labels(case, reopens=reopens)
    return _differing(case, on, off)


def _announced_labels(case: Case) -> tuple[Action, ...]:
    """The closing is on its way."""
    return () if _keeps_labels(case) else _differing(case, _given(case.policy.labels.pending), ())


def _differing(case: Case, on: tuple[str, ...], off: tuple[str, ...]) -> tuple[Action, ...]:
    # GitHub compares label names without regard to case.
    have = {name.casefold() for name in case.standing.labels or ()}
    stays = {name.casefold() for name in on}
    add = tuple(name for name in on if name.casefold() not in have)
    remove = tuple(name for name in off if name.casefold() in have - stays)
    return (Label(add=add, remove=remove),) if add or remove else ()


def _keeps_labels(case: Case) -> bool:
    """Is nothing to be labelled: nobody may, it was not asked for, or it is not known what is there?"""
    unfit = case.standing.archived or case.standing.labels is None
    return bool(case.trigger.flags.only) or unfit or marked_wrong(case) is not None


def _closed_labels(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What goes on and what comes off with a closing. Whoever asks for it settles what `wrong` had said."""
    labels = case.policy.labels
    settled = labels.wrong if case.trigger.settles else None
    return labels.resolved, (*labels.remove, *_given(labels.pending), *_given(settled))


def _open_labels(case: Case, *, reopens: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What goes on and what comes off where it is not closed, or stays as it is."""
    labels, kind = case.policy.labels, case.verdict.kind
    if reopens:
        back = labels.regression if case.trigger.regressed else None
        return _given(back), (*_given(labels.pending), *labels.resolved)
    if kind is VerdictKind.PENDING:
        return _given(labels.pending if case.standing.open else None), ()
    # Only what was found not to hold takes the word back: what could not be measured says nothing.
    fell = case.standing.open and kind in {VerdictKind.NOT_RESOLVED, VerdictKind.PARTIAL}
    return (), (*_given(labels.pending), *(labels.resolved if fell else ()))


def _given(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)
