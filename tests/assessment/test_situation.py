"""How things stand, in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import ActionKind, Assessment, Done, Ending, IssueState, Ticket, TicketState
from bot.assessment.evidence import CriterionId, Outcome
from bot.assessment.explanation import Spot
from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.policy import Role
from bot.assessment.situation import Awaits, Begun, Parked, Recheck, Situation, status
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.waiver import Waiver
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import BUILT_IN_POLICY, NOW, Setting, assess, finding, flags, operational

RUN = Spot(text="run 7", url="https://github.com/octo/shop/actions/runs/7")
PARKED = Parked(
    awaits=(Awaits(what="the workflow `suite.yml`", until=NOW + timedelta(minutes=30)),),
    next_look=NOW + timedelta(minutes=10),
    begun=(
        Begun(criterion="suite", at=NOW, run=RUN),
        Begun(criterion="load", at=NOW),
        Begun(criterion="e2e", at=NOW, refused="starting a workflow takes the role write"),
    ),
)
WAIVER = Waiver(
    criterion=CriterionId("ci"),
    reason="the runner is broken",
    by="mia",
    at=NOW - timedelta(days=1),
    until=NOW + timedelta(days=9),
    policy="91ab3c",
    asks="5c1e",
    url="https://github.com/octo/shop/issues/12#issuecomment-4",
)
REOPENED = Contradiction(kind=ContradictionKind.REOPENED, at=NOW, by="ann")
FOR_GOOD = Contradiction(kind=ContradictionKind.CLOSED_AGAIN, at=NOW, by="ann")
HELD = Contradiction(kind=ContradictionKind.HELD, at=NOW, by="ann", label="on-hold")
FAILED = assess(tuple(finding(f"c{n}", Outcome.FAIL, observed=f"{n} failed") for n in range(8)))
TOLD = Situation(
    now=NOW,
    state=IssueState(),
    holds=("on-hold",),
    last=FAILED,
    evidence_url="https://resolution.example/a",
    parked=(PARKED,),
    queued=1,
    waivers=(WAIVER,),
    policy="91ab3c",
    close_role=Role.WRITE,
)


def test_status() -> None:
    """The whole of it, as it is read."""
    assert same_as_file(status(TOLD).encode(), FOLDER / "status.md")


def with_last(**changes: object) -> Assessment:
    return replace(FAILED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ticket", "words"),
    [
        (TicketState.OPEN, "**Left over** · o · `o` → #6\n\n"),
        (TicketState.CLOSED, "→ #6 (closed)\n\n"),
        (None, "**Left over** · o · `o`: no ticket\n\n"),
    ],
    ids=["open", "closed", "none"],
)
def test_what_is_left_over_has_its_ticket(ticket: TicketState | None, words: str) -> None:
    """As the assessment left it, or that there is none."""
    url, made = "https://github.com/octo/shop/issues/6", assess((finding(), operational("o", Outcome.FAIL)))
    if ticket is not None:
        made = replace(made, tickets=(Ticket(criterion=CriterionId("o"), number=6, url=url, state=ticket),))
    assert words in status(replace(TOLD, last=made))


@pytest.mark.parametrize(
    ("ending", "url", "words"),
    [
        (
            Ending.DONE,
            "https://github.com/octo/shop/pull/7",
            "**Record** · [written](https://redirect.github.com/octo/shop/pull/7)",
        ),
        (Ending.UNCHANGED, None, "**Record** · written"),
        (Ending.REFUSED, None, None),
    ],
    ids=["proposed", "there", "refused"],
)
def test_where_the_record_is(ending: Ending, url: str | None, words: str | None) -> None:
    """Only of one that is there."""
    done = Done(action=ActionKind.RECORD, ending=ending, text="written", url=url)
    said = status(replace(TOLD, last=with_last(actions=(done,))))
    assert ("**Record**" in said, (words or "") in said) == (words is not None, True)


MERGE = Trigger(kind=TriggerKind.MERGE, pull=7)
CLOSURE = Trigger(kind=TriggerKind.CLOSURE, by="bob")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"last": None}, "none yet", id="never"),
        pytest.param({"holds": None}, "could not be read", id="labels-unread"),
        pytest.param(
            {"holds": ("a", "b")},
            "`a` and `b` hold it open: somebody with **triage** takes them off, then",
            id="two-labels",
        ),
        pytest.param({"policy": None}, "`/resolution explain` names its faults", id="broken-policy"),
        pytest.param(
            {"against": REOPENED},
            "advise here** · ann reopened it. Somebody with **write** settles that with",
            id="against",
        ),
        pytest.param({"against": FOR_GOOD}, "**I leave this to people** · ann closed it again after", id="for-good"),
        pytest.param(
            {"against": HELD},
            "\n\n**Held** · the label `on-hold`, which ann put on it, holds it open: somebody with **triage** takes it"
            " off, then somebody with **write** asks with `/assess-resolution`.\n\n**Last",
            id="held-by",
        ),
        pytest.param({"holds": (), "against": HELD}, "advise here** · ann put the label", id="a-bot-did"),
        pytest.param(
            {"holds": (), "parked": (replace(PARKED, closes=NOW),)},
            "**Closing announced** · I close this on 2026-11-21 15:00 UTC, unless somebody objects before",
            id="announced-for",
        ),
        pytest.param(
            {"parked": (replace(PARKED, closes=NOW),)},
            "**Closing announced** · for 2026-11-21 15:00 UTC. I close nothing while a label holds it: if that is off"
            " by then, nobody objects before, and it still holds then, I close it",
            id="announced-and-held",
        ),
        pytest.param(
            {"parked": (replace(PARKED, closes=NOW),)},
            "This issue is open, its closing is announced, and a label holds it\n",
            id="announced",
        ),
        pytest.param({"watch_ended": "**No more** · gone."}, "\n\n**No more** · gone.\n\n", id="watch-ended"),
        pytest.param({"locked": True}, "This issue is open, and locked", id="locked"),
        pytest.param({"state": IssueState(open=False)}, "closed as completed", id="closed"),
        pytest.param(
            {"state": IssueState(open=False, closed_as="not_planned", closed_by="bob")},
            "closed as not planned by `@bob`",
            id="closed-by",
        ),
        pytest.param({"policy": "other"}, "does not count, the policy has changed since: the run", id="other-policy"),
        pytest.param({"waivers": (replace(WAIVER, until=NOW),)}, "ended at 15:00 UTC: the runner", id="ended-waiver"),
        pytest.param({"queued": 2}, "2 commands or merges wait for their turn", id="queued"),
        pytest.param({"parked": (replace(PARKED, next_look=NOW),)}, "the next look is due", id="due"),
        pytest.param(
            {"parked": (replace(PARKED, awaits=()),)},
            "\n\n**Put off** · at 15:10 UTC I measure again and go on by myself.\n\n",
            id="put-off",
        ),
        pytest.param(
            {"parked": (replace(PARKED, awaits=(), next_look=NOW),)},
            "is open, and I measure it again\n",
            id="put-off-due",
        ),
        pytest.param({"last": with_last(trigger=MERGE)}, "after the merge of #7", id="merge"),
        pytest.param({"last": with_last(trigger=CLOSURE)}, "after the closing by `@bob`", id="closing"),
        pytest.param({"last": with_last(trigger=Trigger(kind=TriggerKind.TIMER))}, "@ `d4e5f6a`, policy", id="timer"),
        pytest.param({"last": with_last(branch=None)}, "UTC, at `d4e5f6a`, asked", id="no-branch"),
        pytest.param({"last": with_last(commit=None)}, "UTC, asked by `@ann`", id="no-commit"),
        pytest.param({"last": with_last(trigger=flags(profile="docs"))}, "`/assess-resolution docs`", id="profile"),
        pytest.param(
            {"last": assess((finding(),), Setting(policy=BUILT_IN_POLICY)), "evidence_url": None},
            "the built-in policy)",
            id="built-in",
        ),
    ],
)
def test_what_else_is_said(changes: dict[str, object], words: str) -> None:
    """Every part, where it has something to say."""
    assert words in status(replace(TOLD, **changes))  # type: ignore[arg-type]


def test_who_settles_it() -> None:
    """Whoever may close; nobody where it is for good, or where the label still holds it."""
    told = {one: status(replace(TOLD, against=one)) for one in (REOPENED, FOR_GOOD, HELD)}
    assert ["settles that" in told[one] for one in (REOPENED, FOR_GOOD, HELD)] == [True, False, False]
    assert "**triage** takes it off, and asks with `/assess" in status(replace(TOLD, close_role=Role.TRIAGE))


def test_nothing_pending() -> None:
    """Parts without content are left out."""
    text = status(Situation(now=NOW, state=IssueState(), policy="91ab3c"))
    assert all(word not in text for word in ("Waiting", "Held", "Waivers", "turn", "🔧", "started"))


@pytest.mark.parametrize(
    ("recheck", "expected"),
    [
        (Recheck(next_look=NOW, last_look=NOW), "**Next re-check** · due. `/resolution unwatch` ends it."),
        (
            Recheck(next_look=NOW + timedelta(hours=1), last_look=NOW + timedelta(days=7), suspects=("ci",)),
            "at 16:00 UTC, the last at 2026-11-28 15:00 UTC; it measures `ci` again, which failed in the look before.",
        ),
    ],
)
def test_the_next_recheck(recheck: Recheck, expected: str) -> None:
    """When a closed issue is looked at again, and what is in doubt."""
    assert expected in status(replace(TOLD, rechecks=(recheck,)))
