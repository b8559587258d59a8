"""Whether a closing by somebody else is looked at, or why it is left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import Assessment, IssueState
from bot.assessment.evidence import Sha
from bot.assessment.marker import Mark, MarkKind
from bot.assessment.policy import GuardMode, GuardPolicy
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.guarding import Closed, answered, told_before, why_left
from bot.commands.request import AgainRequest, AskedIn, CommandRequest, Errand, GuardRequest, LinkedRequest, Place, pack
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.commands.standing import Known, OwnMark
from bot.engine import Waiting
from bot.github.models import Actor, Comment, EventKind, NodeId, StateReason, TimelineEvent, Unknown
from bot.github.models import IssueState as State
from tests.assessment.samples import POLICY, assess, finding, flags
from tests.probes.world import NOW, context, issue

PLACE = Place(installation=9, repository_id=7, owner="acme", name="shop", number=3)
BY_ANN = GuardRequest(place=PLACE, by="ann", by_bot=False, closed_at=NOW)
BY_A_BOT = GuardRequest(place=PLACE, by="robot", by_bot=True, closed_at=NOW)
NOTE, REOPEN = (replace(POLICY, guard=GuardPolicy(people=mode)) for mode in (GuardMode.NOTE, GuardMode.REOPEN))
BY_COMMAND = flags()
ANN, US = Actor(login="ann"), Actor(login="resolution", is_bot=True)
LINKED = LinkedRequest(place=PLACE, pull=2, pull_url="u", closes=True)
ERRAND = Errand(root="r", begun=NOW, look=1, polls=0, poll_at=NOW, issue_node="I", comment="C", told=(), promised={})


def event(
    kind: EventKind = EventKind.CLOSED, actor: Actor | None = ANN, hours: int = 0, **more: object
) -> TimelineEvent:
    return replace(TimelineEvent(kind=kind, at=NOW + timedelta(hours=hours), actor=actor), **more)  # type: ignore[arg-type]


def closed(*timeline: TimelineEvent, archived: bool = False, **parts: object) -> Closed:
    about = {"state": State.CLOSED, "state_reason": StateReason.COMPLETED, "closed_at": NOW, "history": timeline}
    about |= {name: parts.pop(name) for name in ("state", "state_reason", "closed_at") if name in parts}
    snapshot = replace(context(about=issue(**about)).snapshot, is_archived=archived)
    made = Closed(request=BY_ANN, snapshot=snapshot, policy=NOTE, known=Known(us="resolution"))
    return replace(made, **parts)  # type: ignore[arg-type]


def waiting(kind: str, request: AgainRequest | LinkedRequest = LINKED) -> tuple[Waiting, ...]:
    return (Waiting(kind=kind, due_at=NOW, payload=pack(request)),)


def looked(trigger: Trigger = BY_COMMAND, *, hours: float = 1, is_open: bool = False) -> Assessment:
    at = NOW + timedelta(hours=hours)
    return assess((finding(),), trigger=trigger, finished_at=at, state=IssueState(open=is_open))


SHOP = context().snapshot.repository.full_name
PULL = event(subject=2, subject_is_pull=True, subject_repository=SHOP)
BACK = (event(hours=-3), event(EventKind.REOPENED, US, -2), event())
GUARDS = AgainRequest(errand=ERRAND, guard=BY_ANN)
PROMISED = AgainRequest(errand=ERRAND, linked=LINKED)
ASKED = AskedIn(id=1, node_id="n", url="u", body="/assess-resolution --only=ci", login="eve", is_bot=False, at=NOW)
LOOKS = AgainRequest(
    errand=ERRAND,
    command=CommandRequest(place=PLACE, comment=ASKED, issue_node="I", issue_author=None, assignees=(), is_pull=False),
)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        pytest.param(closed(event()), None, id="ours-to-look-at"),
        pytest.param(closed(), None, id="no-history"),
        pytest.param(
            replace(closed(), snapshot=context(about=issue(state=State.OPEN)).snapshot), "open again", id="open"
        ),
        pytest.param(closed(state_reason=StateReason.NOT_PLANNED), "closed as not_planned", id="not-planned"),
        pytest.param(closed(closed_at=NOW + timedelta(minutes=1)), "closed anew", id="anew"),
        pytest.param(closed(event(), request=BY_A_BOT), "does not guard", id="bots-are-not-guarded"),
        pytest.param(closed(event(), archived=True), "archived", id="archived"),
        pytest.param(closed(event(hours=-1), event(actor=US)), "I closed it", id="ourselves"),
        pytest.param(closed(*BACK), "ann closed it again", id="the-last-word"),
        pytest.param(closed(PULL), None, id="whose-merge-is-asked-elsewhere"),
        pytest.param(closed(event(commit=Sha("a" * 40))), None, id="a-commit"),
        pytest.param(closed(latest=looked()), "assessed since", id="answered"),
        pytest.param(closed(latest=looked(), policy=REOPEN), None, id="answered-and-strict"),
    ],
)
def test_why_it_is_left(one: Closed, why: str | None) -> None:
    """Each with its reason for the operator."""
    left = why_left(one)
    assert left is None if why is None else why in (left or "")


def test_an_unknown_history_is_looked_at() -> None:
    """Whoever closed it then; whether it is reopened is for the plan to say."""
    one = closed()
    unknown = replace(one.snapshot.issue, timeline=Unknown(reason="?"))
    assert why_left(replace(one, snapshot=replace(one.snapshot, issue=unknown))) is None


@pytest.mark.parametrize(
    ("one", "why"),
    [
        pytest.param(closed(), None, id="nothing"),
        pytest.param(closed(waiting=waiting(LINKED_JOB)), "a merge's assessment", id="a-merge-waits"),
        pytest.param(
            closed(waiting=waiting(LINKED_JOB), policy=replace(NOTE, on_merge=False)), None, id="which-nobody-wants"
        ),
        pytest.param(closed(waiting=waiting(AGAIN_JOB, PROMISED)), "an answer that waits", id="an-answer-waits"),
        pytest.param(closed(waiting=waiting(AGAIN_JOB, GUARDS)), None, id="our-own-look-waits"),
        pytest.param(closed(waiting=waiting(AGAIN_JOB, LOOKS)), None, id="a-mere-look-waits"),
        pytest.param(closed(latest=looked()), "assessed since", id="since"),
        pytest.param(closed(latest=looked(is_open=True)), None, id="that-saw-it-open"),
        pytest.param(closed(latest=looked(hours=-1)), None, id="before"),
        pytest.param(closed(latest=looked(flags(dry_run=True))), None, id="a-dry-run"),
        pytest.param(closed(latest=looked(Trigger(kind=TriggerKind.CLOSURE))), None, id="our-own-look"),
    ],
)
def test_which_answer_tells(one: Closed, why: str | None) -> None:
    """What was or will be assessed for somebody tells how the closing stands."""
    told = answered(one)
    assert told is None if why is None else why in (told or "")


def own(assessment: str) -> tuple[OwnMark, ...]:
    comment = Comment(
        node_id=NodeId("C"), id=1, url="", body="", created_at=NOW, author=US, by_us=True, is_minimized=False
    )
    return (OwnMark(comment=comment, mark=Mark(kind=MarkKind.ASSESSMENT, write="w", assessment=assessment)),)


@pytest.mark.parametrize(
    ("one", "mine", "knew"),
    [
        (closed(latest=looked(hours=-1)), own("a-7f3c"), True),
        (closed(latest=looked(hours=-1), request=BY_A_BOT), own("a-7f3c"), False),
        (closed(latest=looked(hours=1)), own("a-7f3c"), False),
        (closed(latest=looked(hours=-1)), own("another"), False),
        (closed(latest=looked(hours=-1)), (), False),
        (closed(), own("a-7f3c"), False),
    ],
)
def test_what_the_closer_knew(one: Closed, mine: tuple[OwnMark, ...], *, knew: bool) -> None:
    """A person had our answer before him where it stood there, and stands there still."""
    assert (told_before(one, mine) is not None) is knew
