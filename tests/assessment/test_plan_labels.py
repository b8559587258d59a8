"""Labels with a role: which go on and come off with which verdict, and who may have them changed."""

from dataclasses import replace

import pytest

from bot.assessment.plan import Action, Label, plan
from bot.assessment.policy import LabelPolicy, Mode
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import VerdictKind
from bot.assessment.withholding import Standing, WithheldReason
from tests.assessment.samples import BY_ANN, OPEN, POLICY, flags, sure, verdict

MERGE = Trigger(kind=TriggerKind.MERGE, by="bob", pull=7)
ROLES = replace(
    POLICY,
    mode=Mode.ACT,
    labels=LabelPolicy(resolved=("verified",), pending="being-checked", wrong="wrong-verdict", remove=("in-work",)),
)
EVERY = ("bug", "Verified", "being-checked", "in-work")
SHUT = replace(OPEN, open=False, closed_as="completed")
OTHERWISE = replace(OPEN, open=False, closed_as="not_planned")


def labelled(kind: VerdictKind, standing: Standing, trigger: Trigger = BY_ANN) -> Label:
    """The label change of a plan; none where it has none."""
    made = plan(verdict(kind), sure(), trigger=trigger, policy=ROLES, standing=standing)
    changes: tuple[Action, ...] = made.would or made.actions
    return next((action for action in changes if isinstance(action, Label)), Label())


@pytest.mark.parametrize(
    ("kind", "labels", "change"),
    [
        (VerdictKind.RESOLVED, ("bug", "in-work"), Label(add=("verified",), remove=("in-work",))),
        (VerdictKind.RESOLVED_WITH_FOLLOW_UPS, EVERY, Label(remove=("in-work", "being-checked"))),
        (VerdictKind.PENDING, ("bug",), Label(add=("being-checked",))),
        (VerdictKind.PENDING, EVERY, Label()),
        (VerdictKind.NOT_RESOLVED, EVERY, Label(remove=("being-checked", "verified"))),
        (VerdictKind.PARTIAL, EVERY, Label(remove=("being-checked", "verified"))),
        (VerdictKind.INCONCLUSIVE, EVERY, Label(remove=("being-checked",))),
        (VerdictKind.MISCONFIGURED, ("bug",), Label()),
    ],
)
@pytest.mark.parametrize("trigger", [BY_ANN, MERGE], ids=["person", "merge"])
def test_an_open_issues_labels(kind: VerdictKind, labels: tuple[str, ...], change: Label, trigger: Trigger) -> None:
    """They tell how it stands; what could not be measured takes no word back."""
    assert change == labelled(kind, replace(OPEN, labels=labels), trigger)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (VerdictKind.RESOLVED, Label(add=("verified",), remove=("being-checked",))),
        (VerdictKind.PENDING, Label()),
        (VerdictKind.NOT_RESOLVED, Label(remove=("being-checked",))),
    ],
)
def test_a_closed_issues_labels(kind: VerdictKind, change: Label) -> None:
    """Verified as closed it is resolved; a person's closing that does not hold keeps what a person sees."""
    assert change == labelled(kind, replace(SHUT, labels=("being-checked",)))


def test_a_label_with_a_role_is_not_shed() -> None:
    """One that is put on is not taken off by the same plan."""
    policy = replace(ROLES, labels=LabelPolicy(resolved=("done",), remove=("Done", "open")))
    standing = replace(OPEN, labels=("done", "open"))
    made = plan(verdict(), sure(), trigger=BY_ANN, policy=policy, standing=standing)
    assert Label(remove=("open",)) in made.actions


@pytest.mark.parametrize(
    ("trigger", "standing"),
    [
        (flags(only=("ci",)), OPEN),
        (flags(no_close=True), OPEN),
        (BY_ANN, replace(OPEN, archived=True)),
        (BY_ANN, replace(OPEN, labels=None)),
        (BY_ANN, OTHERWISE),
        (MERGE, replace(OPEN, labels=("Wrong-Verdict",))),
        (MERGE, replace(SHUT, labels=("Wrong-Verdict",))),
    ],
    ids=["part", "no-close", "archived", "unknown", "not-planned", "wrong", "wrong-and-closed"],
)
@pytest.mark.parametrize("kind", [VerdictKind.PENDING, VerdictKind.RESOLVED])
def test_nothing_is_labelled(trigger: Trigger, standing: Standing, kind: VerdictKind) -> None:
    """Whoever only looks changes nothing, and what a person decided is left alone."""
    assert Label() == labelled(kind, standing, trigger)


def test_a_dry_run_sets_them_aside() -> None:
    """As it does with a closing."""
    made = plan(verdict(VerdictKind.PENDING), sure(), trigger=flags(dry_run=True), policy=ROLES, standing=OPEN)
    assert (Label(add=("being-checked",)),) == made.would


def test_while_it_is_marked_wrong_only_a_person_closes() -> None:
    """Automatic triggers advise, and say why; a command closes all the same."""
    marked = replace(OPEN, labels=("Wrong-Verdict",))
    made = plan(verdict(), sure(), trigger=MERGE, policy=ROLES, standing=marked)
    assert [one.reason for one in made.withheld] == [WithheldReason.MARKED_WRONG]
    assert "label `wrong-verdict` says that I was wrong here" in made.withheld[0].text
    assert "somebody with triage closes it with `/assess-resolution`" in made.withheld[0].text
    assert plan(verdict(), sure(), trigger=BY_ANN, policy=ROLES, standing=marked).closes


@pytest.mark.parametrize(
    ("trigger", "standing", "kind", "off"),
    [
        (flags(no_close=True), OPEN, VerdictKind.RESOLVED, True),
        (flags(no_close=True), OPEN, VerdictKind.PENDING, False),
        (BY_ANN, OTHERWISE, VerdictKind.RESOLVED, True),
        (BY_ANN, OTHERWISE, VerdictKind.PENDING, True),
        (flags(only=("ci",)), OPEN, VerdictKind.RESOLVED, False),
    ],
    ids=["no-close", "no-close-that-waits", "not-planned", "not-planned-undecided", "part"],
)
def test_nothing_stays_on_its_way(trigger: Trigger, standing: Standing, kind: VerdictKind, *, off: bool) -> None:
    """The label of what is on its way comes off, alone, where nothing is any more."""
    made = labelled(kind, replace(standing, labels=("being-checked", "verified")), trigger)
    assert made == (Label(remove=("being-checked",)) if off else Label())
