"""Why an issue is not touched though the verdict calls for it: each reason with the next step. Pure.

A reason that stands in the way of every change comes first; then those that keep an open issue open, or a closed one
shut.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.confidence import Confidence, suffices
from bot.assessment.grace import Grace
from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.policy import Mode, Policy, Role, at_least
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import Verdict, VerdictKind
from bot.assessment.wording import listing, span

ANYONE_REOPENS = "anyone with triage can reopen it"
"""What people can do about an issue that is left closed, where nothing else stands in the way."""


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
    VETOED = "vetoed"
    VETOES_UNKNOWN = "vetoes-unknown"
    NOBODY_WAITS = "nobody-waits"
    CALLED_OFF = "called-off"
    TOLD_BEFORE = "told-before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Something not done: why, and the next step, in plain words. `url` is the comment that it is about."""

    reason: WithheldReason
    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnComment:
    """Our newest comment that is not outdated. `verdict` is None while it only shows progress.

    `objected`: since it was written somebody has reopened the issue, or had it held open.
    """

    node_id: str
    verdict: VerdictKind | None = None
    objected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A mere look is answered for itself, for an answer waits here: in this comment (node id), or a new one."""

    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A closing by GitHub itself: the pull request (number) whose merge brought it, and whether a bot merged that."""

    pull: int
    by_bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the issue stands just before acting, and what the asker may do.

    `closed_as` is GitHub's state reason in lower case; `closed_by_us`: the last closing was ours, for all
    that is known. `labels` is None where they could not be read. `contradiction` is what people did against us and
    nobody has settled; None means nothing, unless `history_known` is False. `newer` is what came after it was asked.
    `role` is the asker's; it matters for a person's trigger only. `older` are our other comments, not outdated yet,
    `outlived` replies of ours that say how it is while it is open.
    `keyword`: a merged pull request's word closed it last. `grace` is None where nothing is announced before.
    `aside` is where a look is answered that must leave our comment as it is.
    """

    open: bool
    closed_as: str | None = None
    closed_by_us: bool = False
    locked: bool = False
    archived: bool = False
    labels: tuple[str, ...] | None = ()
    contradiction: Contradiction | None = None
    newer: Contradiction | None = None
    history_known: bool = True
    role: Role = Role.NONE
    comment: OwnComment | None = None
    older: tuple[str, ...] = ()
    outlived: tuple[str, ...] = ()
    keyword: Keyword | None = None
    grace: Grace | None = None
    aside: Aside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that decides what is done."""

    verdict: Verdict
    confidence: Confidence
    trigger: Trigger
    policy: Policy
    standing: Standing


def withheld(case: Case) -> tuple[Withheld, ...]:
    """Why an issue that is resolved is not closed, or not touched."""
    return _withheld(case, _ALWAYS + (_OPEN if case.standing.open else _CLOSED))


def withheld_shut(case: Case) -> tuple[Withheld, ...]:
    """Why an issue that does not hold is not opened again."""
    return _withheld(case, _SHUT)


def still_on(said: Contradiction | None, standing: Standing) -> bool:
    """Was it a label that holds, which is on it still?"""
    if said is None or said.kind is not ContradictionKind.HELD:
        return False
    return said.label.casefold() in {name.casefold() for name in standing.labels or ()}


def _withheld(case: Case, rules: "tuple[_Rule, ...]") -> tuple[Withheld, ...]:
    said = [(reason, text) for reason, rule in rules if (text := rule(case)) is not None]
    return tuple(
        Withheld(reason=reason, text=text, url=_comment(case) if reason is WithheldReason.VETOED else None)
        for (reason, _), text in zip(said, _advising_once(case, said), strict=True)
    )


def _advising_once(case: Case, said: list[tuple[WithheldReason, str]]) -> list[str]:
    """The reasons. That a person closes it by asking is said once; not where a label has to come off first."""
    advice = f": {_BY_A_PERSON.format(case.policy.close_role)}"
    advising = [number for number, (_, text) in enumerate(said) if text.endswith(advice)]
    held = any(reason is WithheldReason.HELD for reason, _ in said)
    needless = frozenset(advising if held else advising[:-1])
    return [text.removesuffix(advice) if number in needless else text for number, (_, text) in enumerate(said)]


def _comment(case: Case) -> str | None:
    """The comment with which somebody objected to what is announced now."""
    grace = case.standing.grace
    return None if grace is None or grace.veto is None else grace.veto.url


def _archived(case: Case) -> str | None:
    return "the repository is archived: unarchive it to change anything here" if case.standing.archived else None


def otherwise_closed(case: Case) -> str | None:
    """Closed, and not as completed."""
    standing = case.standing
    if standing.open or standing.closed_as in {None, "completed"}:
        return None
    return f"it is closed as {standing.closed_as.replace('_', ' ')}: a person decided that, and I leave it"


def _held(case: Case) -> str | None:
    present = {name.casefold() for name in case.standing.labels or ()}
    holding = [f"`{name}`" for name in case.policy.labels.hold if name.casefold() in present]
    if not holding:
        return None
    if len(holding) > 1:
        return f"labels {listing(holding)} hold it: {_take_off('them', case.policy.close_role)}"
    said = _binding(case)
    by = f", which {said.by} put on it," if said is not None and said.by and still_on(said, case.standing) else ""
    return f"label {holding[0]}{by} holds it: {_take_off('it', case.policy.close_role)}"


def _take_off(what: str, close_role: Role) -> str:
    if at_least(Role.TRIAGE, close_role):
        return f"somebody with {Role.TRIAGE} takes {what} off and asks again with `/assess-resolution`"
    return (
        f"somebody with {Role.TRIAGE} takes {what} off, then somebody with {close_role} asks with `/assess-resolution`"
    )


def _labels_unknown(case: Case) -> str | None:
    if case.standing.labels is not None:
        return None
    return "its labels could not be read, so I cannot know whether one holds it open: ask again in a minute"


def _part_asked(case: Case) -> str | None:
    if not case.trigger.flags.only:
        return None
    return "only a part was asked (`--only`): ask without it to close"


def _confidence(case: Case) -> str | None:
    minimum = case.policy.minimum_confidence
    if suffices(case.confidence.level, minimum):
        return None
    # The first cap that is too low is the weakest link: say what would lift it.
    caps = [f.text for f in case.confidence.factors if f.cap is not None and not suffices(f.cap, minimum)]
    why = f" ({caps[0]})" if caps else ""
    return f"closing needs confidence {minimum}, this is {case.confidence.level}{why}: mend that, then ask again"


def _no_right(case: Case) -> str | None:
    if not case.trigger.is_person or case.trigger.flags.dry_run:
        return None
    needed, held = case.policy.close_role, case.standing.role
    if at_least(held, needed):
        return None
    return f"closing needs the role {needed} here, the asker holds {held}: somebody with {needed} can ask"


def _locked(case: Case) -> str | None:
    return "it is locked: unlock it, then ask again" if case.standing.locked else None


def _as_asked(case: Case) -> str | None:
    return "as asked (`--no-close`): ask without it to close" if case.trigger.flags.no_close else None


def _only_referred(case: Case) -> str | None:
    if not case.trigger.refers_only:
        return None
    return f"pull request #{case.trigger.pull} only refers to it: {_BY_A_PERSON.format(case.policy.close_role)}"


def _contradicted(case: Case) -> str | None:
    said = _binding(case)
    if said is None or said.kind is ContradictionKind.VETOED or still_on(said, case.standing):
        return None
    return f"{said.text}: {_BY_A_PERSON.format(case.policy.close_role)}"


def _binding(case: Case) -> Contradiction | None:
    """What people did against us; against a person who asks for it only what came after his asking."""
    if not case.trigger.settles:
        return case.standing.contradiction
    newer = case.standing.newer
    return None if newer is None or newer.for_good else newer


def _history_unknown(case: Case) -> str | None:
    grace = case.standing.grace
    asked_just_now = case.trigger.settles and (grace is None or grace.announced is None)
    if asked_just_now or case.standing.history_known:
        return None
    return f"its history could not be read in full: {_BY_A_PERSON.format(case.policy.close_role)}"


def _vetoed(case: Case) -> str | None:
    """Somebody objected: to what is announced now, or earlier, and nobody with the right has asked since."""
    grace, said = case.standing.grace, _binding(case)
    by_a_person = _BY_A_PERSON.format(case.policy.close_role)
    if grace is not None and grace.veto is not None:
        return f"{grace.veto.text}: {by_a_person}"
    if said is None or said.kind is not ContradictionKind.VETOED:
        return None
    return f"{said.text}: {by_a_person}"


def _vetoed_since(case: Case) -> str | None:
    """Somebody objected, and whoever closed it has not decided over that. The next step is another one."""
    grace, said = case.standing.grace, _binding(case)
    if said is None or said.kind is not ContradictionKind.VETOED:
        return None
    text = said.text if grace is None or grace.veto is None else grace.veto.text
    return (
        f"{text}: {_reopen_it(case)}, and somebody with {case.policy.close_role} settles it with `/assess-resolution`"
    )


def _vetoes_unknown(case: Case) -> str | None:
    grace = case.standing.grace
    if grace is None or grace.heard:
        return None
    return "whether somebody objected to the closing could not be read: ask again in a minute"


def _nobody_waits(case: Case) -> str | None:
    after, alone = case.policy.grace, case.trigger.kind is TriggerKind.CLI and not case.trigger.flags.dry_run
    if after is None or not alone:
        return None
    return (
        f"closings are announced {span(after)} before, and the command line does not wait:"
        " ask with `/assess-resolution` in the issue"
    )


def marked_wrong(case: Case) -> str | None:
    """A person's label contradicts, and nobody has asked."""
    wrong = case.policy.labels.wrong
    if case.trigger.settles or wrong is None:
        return None
    if wrong.casefold() not in {name.casefold() for name in case.standing.labels or ()}:
        return None
    by_a_person = _BY_A_PERSON.format(case.policy.close_role)
    return f"label `{wrong}` says that I was wrong here, so by myself I only advise: {by_a_person}"


def _advise(case: Case) -> str | None:
    if case.trigger.is_person or case.policy.mode is Mode.ACT:
        return None
    return f"by myself I only advise here: {_BY_A_PERSON.format(case.policy.close_role)}"


_BY_A_PERSON = "somebody with {} closes it with `/assess-resolution`"

_Rule = tuple[WithheldReason, Callable[[Case], str | None]]

_ALWAYS: tuple[_Rule, ...] = (
    (WithheldReason.ARCHIVED, _archived),
    (WithheldReason.OTHERWISE_CLOSED, otherwise_closed),
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
    (WithheldReason.MARKED_WRONG, marked_wrong),
    (WithheldReason.ADVISE, _advise),
    (WithheldReason.VETOED, _vetoed),
    (WithheldReason.VETOES_UNKNOWN, _vetoes_unknown),
    (WithheldReason.NOBODY_WAITS, _nobody_waits),
)
_CLOSED: tuple[_Rule, ...] = ((WithheldReason.VETOED, _vetoed_since),)


def _stays_shut(rule: Callable[[Case], str | None], because: str) -> Callable[[Case], str | None]:
    """The same reason where it is about opening an issue again; the next step is another one."""

    def why(case: Case) -> str | None:
        return None if rule(case) is None else f"{because}: {_reopen_it(case)}"

    return why


def _advises_shut(case: Case) -> str | None:
    return None if case.policy.mode is Mode.ACT else f"by myself I only advise here: {_reopen_it(case)}"


def _contradicted_shut(case: Case) -> str | None:
    said = case.standing.contradiction
    if said is None:
        return None
    # who reopened it, or held it open, did not ask for it to be closed
    so = "by myself I only advise here" if said.kind in _WANTS_OPEN else "I leave it closed"
    return f"{said.text}, so {so}: {_reopen_it(case)}"


def _reopen_it(case: Case) -> str:
    """Who can open it again, and how. `/reopen` undoes only what we closed, and the reporter has no other way."""
    if case.standing.archived:
        return "unarchive the repository first"
    if case.standing.locked:
        return "somebody with write can unlock and reopen it"
    if case.standing.closed_by_us:
        return "the reporter or anyone with triage can comment `/reopen`"
    return ANYONE_REOPENS


_WANTS_OPEN = frozenset({ContradictionKind.REOPENED, ContradictionKind.REOPENED_THROUGH_US, ContradictionKind.HELD})
_SHUT: tuple[_Rule, ...] = (
    (WithheldReason.ARCHIVED, _archived),
    (WithheldReason.LOCKED, _stays_shut(_locked, "it is locked")),
    (WithheldReason.CONTRADICTED, _contradicted_shut),
    (WithheldReason.HISTORY_UNKNOWN, _stays_shut(_history_unknown, "its history could not be read in full")),
    (WithheldReason.MARKED_WRONG, _stays_shut(marked_wrong, "its label says that I was wrong here")),
    (WithheldReason.ADVISE, _advises_shut),
)
