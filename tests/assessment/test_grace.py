"""A closing that is announced: when it is done, what stops it, and what the plan makes of both."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.grace import Grace, Veto, VetoKind, forestalled, grace_from
from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.plan import Announce, Close, Label, Outdate, Plan, React, Reaction, Speak, plan
from bot.assessment.policy import LabelPolicy, Mode
from bot.assessment.report import render
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.assessment.verdict import VerdictKind
from bot.assessment.withholding import OwnComment, Standing, WithheldReason
from tests.assessment.samples import BY_ANN, NOW, OPEN, POLICY, Setting, assess, finding, sure, verdict

DAY = timedelta(hours=24)
POLITE = replace(POLICY, grace=DAY, labels=LabelPolicy(resolved=("done",), pending="soon", hold=("on-hold",)))
MERGE = Trigger(kind=TriggerKind.MERGE, pull=7)
FRESH = Grace(until=NOW + DAY)
RUNNING = Grace(until=NOW + DAY, announced=NOW)
OVER = replace(RUNNING, over=True)
CAROL = Veto(kind=VetoKind.THUMB, at=NOW, by="carol")
OBJECTED = Contradiction(kind=ContradictionKind.VETOED, at=NOW + timedelta(hours=1), by="carol")
REOPENED = Contradiction(kind=ContradictionKind.REOPENED, at=NOW + timedelta(hours=1), by="carol")


def planned(grace: Grace | None, trigger: Trigger = BY_ANN, standing: Standing = OPEN) -> Plan:
    policy = replace(POLITE, mode=Mode.ACT)
    return plan(verdict(), sure(), trigger=trigger, policy=policy, standing=replace(standing, grace=grace))


@pytest.mark.parametrize(
    ("second", "until"),
    [(0, datetime(2026, 3, 2, 12, tzinfo=UTC)), (1, datetime(2026, 3, 2, 12, 1, tzinfo=UTC))],
)
def test_never_less_than_promised(second: int, until: datetime) -> None:
    """The time that is said has full minutes, and none of them is taken from the people."""
    assert grace_from(datetime(2026, 3, 1, 12, second=second, tzinfo=UTC), DAY) == Grace(until=until)


def test_no_grace() -> None:
    """Without the key it is closed at once."""
    assert grace_from(NOW, None) is None


@pytest.mark.parametrize("trigger", [BY_ANN, MERGE], ids=["command", "merge"])
def test_announced(trigger: Trigger) -> None:
    """Whoever asks: the label of what is on its way, the announcement, and no closing."""
    made = planned(FRESH, trigger)
    reacting = (React(content=Reaction.REPORTED),) if trigger is BY_ANN else ()
    assert made.actions == (Speak(), Label(add=("soon",)), Announce(until=NOW + DAY), *reacting)
    assert (made.closes, made.announces, made.would_announce) == (False, NOW + DAY, None)


def test_a_dry_run() -> None:
    """It would be announced, in the comment that is there."""
    standing = replace(OPEN, comment=OwnComment(node_id="C", verdict=VerdictKind.RESOLVED))
    made = planned(FRESH, replace(BY_ANN, flags=Flags(dry_run=True)), standing)
    assert (made.actions[0], made.announces, made.would_announce) == (Speak(comment="C"), None, NOW + DAY)


@pytest.mark.parametrize(
    ("grace", "verdict_there", "speech"),
    [
        (FRESH, VerdictKind.RESOLVED, (Speak(), Outdate(comments=("C",)))),
        (FRESH, None, (Speak(comment="C"),)),
        (RUNNING, VerdictKind.RESOLVED, (Speak(comment="C"),)),
        (OVER, VerdictKind.RESOLVED, (Speak(comment="C"),)),
    ],
    ids=["anew", "this-run's-progress", "the-same", "closing"],
)
def test_where_it_is_said(grace: Grace, verdict_there: VerdictKind | None, speech: tuple[object, ...]) -> None:
    """An announcement is a comment of its own: nobody is told of an edit. What follows stands in its place."""
    made = planned(grace, standing=replace(OPEN, comment=OwnComment(node_id="C", verdict=verdict_there)))
    assert made.actions[: len(speech)] == speech


def test_closed_when_it_is_over() -> None:
    """Then it is closed, and the label is taken off."""
    made = planned(OVER, standing=replace(OPEN, labels=("soon",)))
    assert made.actions[1:] == (Label(add=("done",), remove=("soon",)), Close(), React(content=Reaction.CLOSED))


def test_labels_stay_where_they_could_not_be_read() -> None:
    """A part that is asked announces nothing; unread labels are not touched."""
    assert planned(FRESH, standing=replace(OPEN, labels=None)).withheld[0].reason is WithheldReason.LABELS_UNKNOWN


@pytest.mark.parametrize(
    ("grace", "trigger", "changes", "reason", "words"),
    [
        (replace(OVER, veto=CAROL), BY_ANN, {}, WithheldReason.VETOED, "carol objected to the closing"),
        (replace(RUNNING, veto=CAROL), MERGE, {}, WithheldReason.VETOED, "somebody with triage closes it"),
        (replace(OVER, heard=False), BY_ANN, {}, WithheldReason.VETOES_UNKNOWN, "ask again in a minute"),
        (OVER, BY_ANN, {"newer": REOPENED}, WithheldReason.CONTRADICTED, "carol reopened it"),
        (OVER, BY_ANN, {"history_known": False}, WithheldReason.HISTORY_UNKNOWN, "could not be read"),
        (OVER, BY_ANN, {"newer": OBJECTED}, WithheldReason.VETOED, "carol objected"),
        (FRESH, MERGE, {"contradiction": OBJECTED}, WithheldReason.VETOED, "carol objected"),
        (FRESH, Trigger(kind=TriggerKind.CLI), {}, WithheldReason.NOBODY_WAITS, "announced 24 h before"),
    ],
)
def test_stopped(
    grace: Grace, trigger: Trigger, changes: dict[str, object], reason: WithheldReason, words: str
) -> None:
    """An objection, what was done by hand since, and not knowing stop even what a person had asked for."""
    made = planned(grace, trigger, replace(OPEN, labels=("soon",), **changes))  # type: ignore[arg-type]
    assert [reason] == [one.reason for one in made.withheld]
    assert words in made.withheld[0].text
    assert (made.closes, made.announces) == (False, None)
    assert Label(remove=("soon",)) in made.actions


SHUT = replace(OPEN, open=False, closed_as="completed", labels=("soon",))


@pytest.mark.parametrize(
    ("grace", "trigger", "changes", "words"),
    [
        (
            replace(RUNNING, veto=CAROL),
            BY_ANN,
            {"newer": OBJECTED},
            "carol objected to the closing that I had announced (👎)",
        ),
        (RUNNING, BY_ANN, {"newer": OBJECTED}, "carol objected to the closing that I had announced:"),
        (None, MERGE, {"contradiction": OBJECTED}, "carol objected to the closing that I had announced:"),
        (replace(RUNNING, veto=CAROL), BY_ANN, {}, None),
        (RUNNING, BY_ANN, {"newer": REOPENED}, None),
    ],
    ids=["thumb", "remembered", "by-itself", "decided-over", "another"],
)
def test_closed_and_objected_to(
    grace: Grace | None, trigger: Trigger, changes: dict[str, object], words: str | None
) -> None:
    """It is labelled as resolved only where whoever closed it has decided over the objection."""
    made = planned(grace, trigger, replace(SHUT, **changes))  # type: ignore[arg-type]
    assert [WithheldReason.VETOED] * (words is not None) == [one.reason for one in made.withheld]
    assert words is None or made.withheld[0].text.startswith(words)
    assert Label(add=() if words else ("done",), remove=("soon",)) in made.actions


@pytest.mark.parametrize(
    ("grace", "is_open", "by", "said"),
    [
        (RUNNING, False, "bob", ("bob closed it before I did: nothing is announced any more.",)),
        (RUNNING, False, None, ("somebody closed it before I did: nothing is announced any more.",)),
        (RUNNING, True, None, ()),
        (FRESH, False, "bob", ()),
        (None, False, "bob", ()),
    ],
)
def test_closed_by_another(grace: Grace | None, is_open: bool, by: str | None, said: tuple[str, ...]) -> None:
    """Said where a closing had been announced."""
    assert forestalled(grace, is_open=is_open, by=by) == said


@pytest.mark.parametrize("said", [OBJECTED, REOPENED])
def test_a_command_settles_what_was_before(said: Contradiction) -> None:
    """Somebody with the right may ask again; what was before his asking does not stop him."""
    standing = replace(OPEN, contradiction=said)
    assert planned(FRESH, standing=standing).announces == NOW + DAY
    assert planned(OVER, standing=standing).closes


@pytest.mark.parametrize(
    ("veto", "text"),
    [
        (CAROL, "carol objected to the closing that I had announced (👎)"),
        (
            Veto(kind=VetoKind.COMMENT, at=NOW),
            "somebody whose account is gone commented after I had announced the closing",
        ),
        (
            Veto(kind=VetoKind.BEFORE, at=NOW, by="carol"),
            "carol had commented before I announced the closing, and I had not counted that yet",
        ),
    ],
)
def test_who_objected(veto: Veto, text: str) -> None:
    """Who and how, in plain words."""
    assert veto.text == text


def answered(trigger: Trigger) -> str:
    """The answer where the closing is announced, a day before."""
    standing = replace(OPEN, grace=FRESH)
    setting = Setting(policy=POLITE, trigger=trigger, standing=standing)
    return render(assess((finding("ci"),), setting), evidence_url=None, marker="")


def test_the_promise() -> None:
    """When it is closed, who stops it and how."""
    text = answered(BY_ANN)
    assert text.startswith("### ✅ Resolved: will be closed on 2026-11-22 15:00 UTC, unless somebody objects · ")
    assert "**I close this on 2026-11-22 15:00 UTC** (in 24 h), unless somebody objects before" in text
    assert "react with 👎 to this comment, or comment here. That counts from the reporter and from anyone" in text


def test_what_would_be_promised() -> None:
    """A dry run says so."""
    text = answered(replace(BY_ANN, flags=Flags(dry_run=True)))
    assert text.startswith("### ✅ Resolved: the closing would be announced (dry run) · ")
    assert "the closing announced for 2026-11-22 15:00 UTC, unless somebody objects" in text


def test_the_objection_is_linked() -> None:
    """Whoever reads why it stays open finds the comment; a thumb has none."""
    objected = replace(OVER, veto=Veto(kind=VetoKind.COMMENT, at=NOW, by="carol", url="https://x.example/1"))
    setting = Setting(policy=POLITE, standing=replace(OPEN, grace=objected))
    text = render(assess((finding(),), setting), evidence_url=None, marker="<!-- mark -->")
    assert "closes it with `/assess-resolution` ([the comment](https://x.example/1))" in text
    assert planned(replace(OVER, veto=CAROL)).withheld[0].url is None
