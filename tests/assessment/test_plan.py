"""What follows from a verdict, and what is withheld with its next step."""

from dataclasses import replace

import pytest

from bot.assessment.confidence import Confidence, Factor
from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.plan import Close, Label, Outdate, React, Reaction, Reopen, Speak, plan, reaction
from bot.assessment.policy import GuardMode, GuardPolicy, HoldingMode, LabelPolicy, Level, Mode, Policy, Role
from bot.assessment.remembered import remembered
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import CLOSING, Because, VerdictKind
from bot.assessment.withholding import (
    Aside,
    Case,
    Keyword,
    OwnComment,
    Standing,
    WithheldReason,
    withheld,
)
from tests.assessment.samples import BUILT_IN_POLICY, BY_ANN, NOW, OPEN, POLICY, flags, sure, verdict

MERGE = Trigger(kind=TriggerKind.MERGE, by="bob", pull=7)
ACT = replace(POLICY, mode=Mode.ACT)
REOPENED = Contradiction(kind=ContradictionKind.REOPENED, at=NOW, by="carol")
BACK_BY_US = Contradiction(kind=ContradictionKind.REOPENED_BY_US, at=NOW)
COMPLETED = replace(OPEN, open=False, closed_as="completed")
LABELS = Label(add=("development-complete",), remove=("actively-being-worked-on",))
ROCKET, THUMB = React(content=Reaction.CLOSED), React(content=Reaction.REPORTED)


def test_a_person_with_the_right_closes() -> None:
    """A resolved verdict asked by somebody with triage: comment, labels, close, rocket, in this order."""
    made = plan(verdict(), sure(), trigger=BY_ANN, policy=POLICY, standing=OPEN)
    assert (Speak(), LABELS, Close(), ROCKET) == made.actions
    assert (made.would, made.withheld) == ((), ())
    assert made.closes
    assert not made.would_close


def test_a_dry_run_sets_the_changes_aside() -> None:
    """The same plan, but nothing is changed; and it needs no right."""
    reader = replace(OPEN, role=Role.READ)
    made = plan(verdict(), sure(), trigger=flags(dry_run=True), policy=POLICY, standing=reader)
    assert ((Speak(), THUMB), (LABELS, Close()), ()) == (made.actions, made.would, made.withheld)
    assert made.would_close
    assert not made.closes


@pytest.mark.parametrize("kind", [kind for kind in VerdictKind if kind not in CLOSING])
def test_other_verdicts_change_nothing(kind: VerdictKind) -> None:
    """Only the two resolved verdicts close or label; the others are only said."""
    made = plan(verdict(kind, Because.FAILED), sure(), trigger=BY_ANN, policy=ACT, standing=OPEN)
    assert {Speak, React} == {type(action) for action in made.actions}
    assert (made.would, made.withheld) == ((), ())


def test_follow_ups_do_not_stop_a_closing() -> None:
    """Resolved with follow-ups closes like resolved."""
    kind = VerdictKind.RESOLVED_WITH_FOLLOW_UPS
    assert plan(verdict(kind), sure(), trigger=BY_ANN, policy=POLICY, standing=OPEN).closes


@pytest.mark.parametrize(
    ("trigger", "policy", "standing", "reason", "words"),
    [
        (BY_ANN, POLICY, replace(OPEN, archived=True), WithheldReason.ARCHIVED, "unarchive it"),
        (BY_ANN, POLICY, replace(OPEN, locked=True), WithheldReason.LOCKED, "unlock it"),
        (BY_ANN, POLICY, replace(OPEN, labels=("On-Hold",)), WithheldReason.HELD, "label `on-hold` holds it"),
        (BY_ANN, POLICY, replace(OPEN, labels=None), WithheldReason.LABELS_UNKNOWN, "ask again in a minute"),
        (flags(only=("ci",)), POLICY, OPEN, WithheldReason.PART_ASKED, "ask without it"),
        (flags(no_close=True), POLICY, OPEN, WithheldReason.AS_ASKED, "`--no-close`"),
        (BY_ANN, POLICY, replace(OPEN, role=Role.READ), WithheldReason.NO_RIGHT, "the asker holds read"),
        (MERGE, POLICY, OPEN, WithheldReason.ADVISE, "`/assess-resolution`"),
        (replace(MERGE, refers_only=True), ACT, OPEN, WithheldReason.ONLY_REFERRED, "#7 only refers to it"),
        (MERGE, ACT, replace(OPEN, contradiction=REOPENED), WithheldReason.CONTRADICTED, "carol reopened it"),
        (MERGE, ACT, replace(OPEN, history_known=False), WithheldReason.HISTORY_UNKNOWN, "could not be read"),
        (
            BY_ANN,
            POLICY,
            replace(OPEN, open=False, closed_as="not_planned"),
            WithheldReason.OTHERWISE_CLOSED,
            "closed as not planned",
        ),
    ],
    ids=lambda value: value.value if isinstance(value, WithheldReason) else "",
)
def test_withheld(trigger: Trigger, policy: Policy, standing: Standing, reason: WithheldReason, words: str) -> None:
    """Whatever stands in the way stops every change, and says why and what next."""
    made = plan(verdict(), sure(), trigger=trigger, policy=policy, standing=standing)
    assert [reason] == [withheld.reason for withheld in made.withheld]
    assert words in made.withheld[0].text
    assert {Speak, React} >= {type(action) for action in made.actions}


def test_two_labels_hold() -> None:
    """Every holding label is named."""
    policy = replace(POLICY, labels=LabelPolicy(hold=("a", "b")))
    made = plan(verdict(), sure(), trigger=BY_ANN, policy=policy, standing=replace(OPEN, labels=("a", "b")))
    assert made.withheld[0].text == (
        "labels `a` and `b` hold it: somebody with triage takes them off and asks again with `/assess-resolution`"
    )


def test_a_contradiction_after_the_asking() -> None:
    """Who asked had not seen it, so his command is set aside; a person's last word stops no command."""
    after = replace(OPEN, contradiction=REOPENED, newer=REOPENED)
    made = plan(verdict(), sure(), trigger=BY_ANN, policy=POLICY, standing=after)
    assert [one.reason for one in made.withheld] == [WithheldReason.CONTRADICTED]
    last = replace(REOPENED, kind=ContradictionKind.CLOSED_AGAIN)
    standing = replace(OPEN, contradiction=last, newer=last)
    assert plan(verdict(), sure(), trigger=BY_ANN, policy=POLICY, standing=standing).closes


def test_a_trusted_bot_settles_nothing() -> None:
    """It may ask, and a person's contradiction or an unread history still binds."""
    standing = replace(OPEN, contradiction=REOPENED, history_known=False)
    made = plan(verdict(), sure(), trigger=replace(BY_ANN, by_bot=True), policy=POLICY, standing=standing)
    assert [one.reason for one in made.withheld] == [WithheldReason.CONTRADICTED, WithheldReason.HISTORY_UNKNOWN]


def test_a_person_wins_over_the_past() -> None:
    """A reopening, an unread history and an advising policy bind automatic triggers, not a person's command."""
    standing = replace(OPEN, contradiction=REOPENED, history_known=False)
    assert plan(verdict(), sure(), trigger=BY_ANN, policy=POLICY, standing=standing).closes


def test_an_automatic_trigger_closes_where_the_policy_acts() -> None:
    """`mode: act` lets a merge close; nobody commanded, so nothing is reacted to."""
    made = plan(verdict(), sure(), trigger=MERGE, policy=ACT, standing=replace(OPEN, role=Role.NONE))
    assert (Speak(), LABELS, Close()) == made.actions


@pytest.mark.parametrize(
    ("level", "minimum", "closes"),
    [
        (Level.MEDIUM, Level.MEDIUM, True),
        (Level.LOW, Level.MEDIUM, False),
        (Level.MEDIUM, Level.HIGH, False),
        (Level.LOW, Level.LOW, True),
    ],
)
def test_confidence_decides(level: Level, minimum: Level, closes: bool) -> None:
    """Closing needs as much confidence as the policy asks for."""
    policy = replace(POLICY, minimum_confidence=minimum)
    assert closes is plan(verdict(), sure(level), trigger=BY_ANN, policy=policy, standing=OPEN).closes


def test_too_little_confidence_names_the_weakest_link() -> None:
    """The cap that is too low is said."""
    factors = (Factor(text="fine", cap=Level.HIGH), Factor(text="the fix was not seen deployed", cap=Level.MEDIUM))
    confidence = Confidence(percent=100, level=Level.MEDIUM, factors=factors)
    policy = replace(POLICY, minimum_confidence=Level.HIGH)
    made = plan(verdict(), confidence, trigger=BY_ANN, policy=policy, standing=OPEN)
    assert "closing needs confidence HIGH, this is MEDIUM (the fix was not seen deployed)" in made.withheld[0].text


@pytest.mark.parametrize("trigger", [BY_ANN, MERGE, replace(MERGE, refers_only=True)], ids=["person", "merge", "refs"])
def test_already_closed_is_verified_and_labelled(trigger: Trigger) -> None:
    """Closed as completed by others: only the labels, whoever set it off."""
    made = plan(verdict(), sure(), trigger=trigger, policy=POLICY, standing=COMPLETED)
    assert (Speak(), LABELS) == made.actions[:2]
    assert not made.closes
    assert made.withheld == ()


def test_labels_only_where_they_differ() -> None:
    """What is there already is not added, what is gone is not removed; case does not matter."""
    made = plan(
        verdict(), sure(), trigger=BY_ANN, policy=POLICY, standing=replace(OPEN, labels=("Development-Complete",))
    )
    assert (Speak(), Close(), ROCKET) == made.actions
    plain = plan(verdict(), sure(), trigger=BY_ANN, policy=BUILT_IN_POLICY, standing=OPEN)
    assert (Speak(), Close(), ROCKET) == plain.actions


@pytest.mark.parametrize(
    ("comment", "older", "speech"),
    [
        (None, (), (Speak(),)),
        (None, ("o",), (Speak(), Outdate(comments=("o",)))),
        (OwnComment(node_id="c"), (), (Speak(comment="c"),)),
        (OwnComment(node_id="c"), ("o",), (Speak(comment="c"), Outdate(comments=("o",)))),
        (OwnComment(node_id="c", verdict=VerdictKind.RESOLVED), (), (Speak(comment="c"),)),
        (OwnComment(node_id="c", verdict=VerdictKind.PARTIAL), ("o",), (Speak(), Outdate(comments=("c", "o")))),
    ],
    ids=["first", "leftovers", "progress", "progress-and-old", "same-verdict", "verdict-changed"],
)
def test_one_comment_an_issue(
    comment: OwnComment | None, older: tuple[str, ...], speech: tuple[Speak | Outdate, ...]
) -> None:
    """Our comment is edited; a new one only when the verdict changed, and the old ones are outdated."""
    standing = replace(COMPLETED, comment=comment, older=older, labels=())
    made = plan(verdict(), sure(), trigger=MERGE, policy=BUILT_IN_POLICY, standing=standing)
    assert speech == made.actions


@pytest.mark.parametrize(
    ("trigger", "kind", "folded"),
    [
        (BY_ANN, VerdictKind.RESOLVED, ("r",)),
        (flags(dry_run=True), VerdictKind.RESOLVED, ()),
        (BY_ANN, VerdictKind.PARTIAL, ()),
    ],
    ids=["closes", "dry-run", "left-open"],
)
def test_what_a_closing_outlives(trigger: Trigger, kind: VerdictKind, folded: tuple[str, ...]) -> None:
    """What we had said to be so while it is open is folded away when we close it."""
    made = plan(verdict(kind), sure(), trigger=trigger, policy=POLICY, standing=replace(OPEN, outlived=("r",)))
    assert folded == tuple(node for one in made.actions if isinstance(one, Outdate) for node in one.comments)


@pytest.mark.parametrize("at", [None, "look"])
def test_a_look_beside_an_answer_that_waits(at: str | None) -> None:
    """Our comment is neither edited nor outdated, whatever the verdict is."""
    comment = OwnComment(node_id="c", verdict=VerdictKind.PENDING)
    standing = replace(OPEN, comment=comment, older=("o",), aside=Aside(comment=at))
    made = plan(verdict(), sure(), trigger=BY_ANN, policy=BUILT_IN_POLICY, standing=standing)
    assert made.actions[:2] == (Speak(comment=at, aside=True), Close())


@pytest.mark.parametrize(
    ("trigger", "kind", "new"),
    [
        (BY_ANN, VerdictKind.RESOLVED, True),
        (MERGE, VerdictKind.RESOLVED, False),
        (BY_ANN, VerdictKind.PARTIAL, False),
    ],
    ids=["a-person-asks", "by-itself", "it-said-not-resolved"],
)
def test_an_answer_that_was_objected_to_stays(trigger: Trigger, kind: VerdictKind, new: bool) -> None:
    """A person who asks gets a new one below; what comes by itself, or adds to a no, edits it."""
    standing = replace(OPEN, comment=OwnComment(node_id="c", verdict=kind, objected=True), older=("o",))
    made = plan(verdict(kind, Because.FAILED), sure(), trigger=trigger, policy=POLICY, standing=standing)
    speech = (Speak(), Outdate(comments=("c", "o"))) if new else (Speak(comment="c"), Outdate(comments=("o",)))
    assert speech == made.actions[:2]


def test_reactions() -> None:
    """Rocket for closed, thumbs down for not resolved, thumbs up for reported."""
    assert Reaction.CLOSED is reaction(VerdictKind.RESOLVED, closed=True)
    assert Reaction.REPORTED is reaction(VerdictKind.PARTIAL, closed=False)
    assert Reaction.NOT_RESOLVED is reaction(VerdictKind.NOT_RESOLVED, closed=False)


GUARDED = replace(ACT, guard=GuardPolicy(people=GuardMode.NOTE, bots=GuardMode.REOPEN))
BY_A_BOT = Trigger(kind=TriggerKind.CLOSURE, by="robot", by_bot=True)
REGRESSED = Trigger(kind=TriggerKind.TIMER, regressed=True)
BACK = replace(GUARDED, labels=LabelPolicy(resolved=("done",), regression="regression"))
FELL = verdict(VerdictKind.NOT_RESOLVED, Because.FAILED)


@pytest.mark.parametrize(
    ("trigger", "policy", "opens"),
    [
        (BY_A_BOT, GUARDED, True),
        (replace(BY_A_BOT, by_bot=False), GUARDED, False),
        (BY_A_BOT, ACT, False),
        (REGRESSED, ACT, True),
        (replace(REGRESSED, regressed=False), GUARDED, False),
        (MERGE, GUARDED, False),
        (BY_ANN, GUARDED, False),
    ],
)
def test_what_opens_again(trigger: Trigger, policy: Policy, *, opens: bool) -> None:
    """A closing that the policy guards, and a regression that was seen twice; nothing else."""
    made = plan(FELL, sure(), trigger=trigger, policy=policy, standing=COMPLETED)
    assert made.reopens == opens
    assert not made.withheld


@pytest.mark.parametrize(
    ("kind", "holding", "speaks"),
    [
        (VerdictKind.NOT_RESOLVED, HoldingMode.SILENT, True),
        (VerdictKind.PARTIAL, HoldingMode.SILENT, True),
        (VerdictKind.RESOLVED, HoldingMode.NOTE, True),
        (VerdictKind.RESOLVED, HoldingMode.SILENT, False),
        (VerdictKind.INCONCLUSIVE, HoldingMode.NOTE, False),
        (VerdictKind.PENDING, HoldingMode.NOTE, False),
        (VerdictKind.MISCONFIGURED, HoldingMode.NOTE, False),
    ],
)
def test_what_is_said_of_a_closing(kind: VerdictKind, holding: HoldingMode, *, speaks: bool) -> None:
    """What does not hold, and what holds if the policy wants it; in a note of its own. The undecided is no reproach."""
    policy = replace(GUARDED, guard=replace(GUARDED.guard, holding=holding))
    standing = replace(COMPLETED, comment=OwnComment(node_id="IC_1", verdict=VerdictKind.PARTIAL), older=("IC_0",))
    made = plan(verdict(kind), sure(), trigger=BY_A_BOT, policy=policy, standing=standing)
    assert ([Speak()] if speaks else []) == [one for one in made.actions if isinstance(one, Speak | Outdate)]


@pytest.mark.parametrize(
    ("trigger", "keyword", "opens"),
    [
        (MERGE, Keyword(pull=7, by_bot=True), True),
        (MERGE, Keyword(pull=7, by_bot=False), False),
        (MERGE, Keyword(pull=8, by_bot=True), False),
        (replace(MERGE, joined=(6, 8)), Keyword(pull=8, by_bot=True), True),
        (BY_ANN, Keyword(pull=7, by_bot=True), False),
    ],
)
def test_what_a_keyword_closed(trigger: Trigger, keyword: Keyword, *, opens: bool) -> None:
    """The merge whose word closed it is a closing like another: guarded by whose hand merged it."""
    standing = replace(COMPLETED, keyword=keyword)
    assert plan(FELL, sure(), trigger=trigger, policy=GUARDED, standing=standing).reopens == opens


def test_only_what_fell_opens_again() -> None:
    """What could not be measured, holds, is open already or was closed otherwise is left."""
    for kind in (VerdictKind.INCONCLUSIVE, VerdictKind.PENDING, VerdictKind.RESOLVED):
        assert not plan(verdict(kind), sure(), trigger=REGRESSED, policy=ACT, standing=COMPLETED).reopens
    for standing in (OPEN, replace(COMPLETED, closed_as="not_planned")):
        assert not plan(FELL, sure(), trigger=REGRESSED, policy=ACT, standing=standing).reopens


def test_labels_of_an_opening() -> None:
    """The label of the closing comes off; that of a regression comes on where it is one."""
    standing = replace(COMPLETED, labels=("done",))
    back = plan(FELL, sure(), trigger=REGRESSED, policy=BACK, standing=standing)
    assert back.actions[1:] == (Label(add=("regression",), remove=("done",)), Reopen())
    guarded = plan(FELL, sure(), trigger=BY_A_BOT, policy=BACK, standing=standing)
    assert guarded.actions[1:] == (Label(remove=("done",)), Reopen())


@pytest.mark.parametrize(
    ("policy", "standing", "reason"),
    [
        (ACT, replace(COMPLETED, archived=True), WithheldReason.ARCHIVED),
        (ACT, replace(COMPLETED, locked=True), WithheldReason.LOCKED),
        (ACT, replace(COMPLETED, contradiction=REOPENED), WithheldReason.CONTRADICTED),
        (ACT, replace(COMPLETED, contradiction=BACK_BY_US), WithheldReason.CONTRADICTED),
        (ACT, replace(COMPLETED, history_known=False), WithheldReason.HISTORY_UNKNOWN),
        (replace(ACT, labels=LabelPolicy(wrong="w")), replace(COMPLETED, labels=("w",)), WithheldReason.MARKED_WRONG),
        (POLICY, COMPLETED, WithheldReason.ADVISE),
    ],
    ids=lambda value: value.value if isinstance(value, WithheldReason) else "",
)
def test_what_keeps_it_shut(policy: Policy, standing: Standing, reason: WithheldReason) -> None:
    """Whatever stands in the way leaves it closed and unlabelled, and says so."""
    made = plan(FELL, sure(), trigger=REGRESSED, policy=policy, standing=standing)
    assert ([reason], False) == ([withheld.reason for withheld in made.withheld], made.reopens)
    assert {Speak} == {type(action) for action in made.actions}


BY_US = replace(COMPLETED, closed_by_us=True)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (COMPLETED, ": anyone with triage can reopen it"),
        (BY_US, ": the reporter or anyone with triage can comment `/reopen`"),
        (replace(BY_US, locked=True), ": somebody with write can unlock and reopen it"),
        (replace(BY_US, archived=True), ": unarchive the repository first"),
    ],
    ids=["by-others", "by-us", "locked", "archived"],
)
def test_who_can_open_it(standing: Standing, step: str) -> None:
    """Each reason names those who may, and their way: `/reopen` undoes what we closed, where the reporter can write."""
    objected = replace(standing, contradiction=REOPENED)
    for policy, seen in ((POLICY, standing), (ACT, objected), (ACT, replace(standing, history_known=False))):
        made = plan(FELL, sure(), trigger=REGRESSED, policy=policy, standing=seen)
        assert made.withheld[-1].text.endswith(step)


@pytest.mark.parametrize(
    ("trigger", "noted"), [(BY_ANN, True), (REGRESSED, False)], ids=["a-command-acts", "said-as-the-reason"]
)
def test_a_history_that_is_not_known_is_said(trigger: Trigger, *, noted: bool) -> None:
    """Once: as a note where it withholds nothing, beside what is known."""
    standing = replace(OPEN, contradiction=REOPENED, history_known=False, role=Role.TRIAGE)
    case = Case(
        verdict=verdict(VerdictKind.RESOLVED), confidence=sure(), trigger=trigger, policy=ACT, standing=standing
    )
    notes = remembered(withheld(case), trigger, Role.TRIAGE, standing)
    assert any("could not be read in full" in one for one in notes) == noted
    assert any("settles that" in one for one in notes) == noted
