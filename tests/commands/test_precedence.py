"""Whose place an assessment takes of what waits at the issue, and for whom it makes way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from bot.assessment.evidence import CriterionId
from bot.assessment.policy import Mode, Permissions, Policy, Role
from bot.assessment.waiver import Waiver
from bot.commands.making_way import notes_of
from bot.commands.precedence import MARGIN, Asking, Beside, Claim, Newcomer, Places, beside, newcomer_of, places
from bot.commands.request import (
    AgainRequest,
    Announced,
    AskedIn,
    Awaiting,
    CommandRequest,
    Errand,
    GuardRequest,
    LinkedRequest,
    Place,
    WaiverEndRequest,
    pack,
)
from bot.commands.route import AGAIN_JOB, COMMAND_JOB, LINKED_JOB
from bot.engine import Waiting
from tests.assessment.samples import POLICY
from tests.probes.world import NOW

UNTIL = NOW + timedelta(minutes=30)
ACT = replace(POLICY, mode=Mode.ACT)
PLACE = Place(installation=9, repository_id=7, owner="acme", name="shop", number=3)
ERRAND = Errand(
    root="r",
    begun=NOW,
    look=1,
    polls=0,
    poll_at=NOW,
    issue_node="I",
    comment="C",
    told=(),
    promised={},
    awaits=(Awaiting(criterion="ci", what="CI", until=UNTIL),),
)


def command(body: str = "/assess-resolution", login: str = "bob") -> CommandRequest:
    bot = login.endswith("[bot]")
    asked = AskedIn(id=1, node_id="C", url="u", body=body, login=login, is_bot=bot, at=NOW, bot_account=bot)
    return CommandRequest(place=PLACE, comment=asked, issue_node="I", issue_author="carol", assignees=(), is_pull=False)


def asks(request: CommandRequest | LinkedRequest | WaiverEndRequest | GuardRequest) -> AgainRequest:
    match request:
        case CommandRequest():
            return AgainRequest(errand=ERRAND, command=request)
        case LinkedRequest():
            return AgainRequest(errand=ERRAND, linked=request)
        case WaiverEndRequest():
            return AgainRequest(errand=ERRAND, waiver_end=request)
        case GuardRequest():
            return AgainRequest(errand=ERRAND, guard=request)


def waits(request: AgainRequest | LinkedRequest, job: str = "w") -> Waiting:
    kind = LINKED_JOB if isinstance(request, LinkedRequest) else AGAIN_JOB
    return Waiting(id=job, kind=kind, due_at=NOW, payload=pack(request))


WAIVER = Waiver(criterion=CriterionId("ci"), reason="r", by="mia", at=NOW, until=UNTIL, policy="d", url="u", asks="")
PERSON, LOOKS = command(), command("/assess-resolution --no-close", "carol")
ROBOT, LOOKING_ROBOT = command(login="helper[bot]"), command("/assess-resolution --no-close", "other[bot]")
CLOSES = LinkedRequest(place=PLACE, pull=2, pull_url="u", closes=True)
REFERS = structs.replace(CLOSES, pull=3, closes=False)
ENDS = WaiverEndRequest(place=PLACE, issue_node="I", waiver=WAIVER)
GUARD = GuardRequest(place=PLACE, by="ann", by_bot=False, closed_at=NOW)


def newcomer(request: Asking, policy: Policy = ACT) -> Newcomer:
    return newcomer_of(request, Role.TRIAGE, policy)


def test_what_a_look_stands_beside() -> None:
    """Every answer that waits for somebody else; a guard's look has not said anything, nor has what is not due yet."""
    there = (waits(asks(PERSON)), waits(asks(GUARD)), waits(CLOSES))
    mine, taken = structs.replace(ERRAND, root="m", comment="mine"), structs.replace(ERRAND, root="m")
    assert beside(there, None) == Beside(others=frozenset({"C"}))
    assert beside(there, mine) == Beside(others=frozenset({"C"}), own="mine", root="m")
    assert beside(there, taken) == Beside(others=frozenset({"C"}), own="C", root="m")
    assert beside(there, ERRAND) == Beside(own="C", root="r")
    assert beside((waits(asks(GUARD)), waits(CLOSES)), None) == Beside()


@pytest.mark.parametrize(
    ("request_", "acting", "advising"),
    [
        (PERSON, Claim.PERSON, Claim.PERSON),
        (LOOKS, Claim.ADVISES, Claim.ADVISES),
        (ROBOT, Claim.MAY_CLOSE, Claim.MAY_CLOSE),
        (LOOKING_ROBOT, Claim.ADVISES, Claim.ADVISES),
        (CLOSES, Claim.CLOSES, Claim.ADVISES),
        (REFERS, Claim.REFERS, Claim.REFERS),
        (ENDS, Claim.MAY_CLOSE, Claim.ADVISES),
        (None, Claim.PERSON, Claim.PERSON),
    ],
)
def test_claims(request_: Asking | None, acting: Claim, advising: Claim) -> None:
    """How much somebody may do is told by who asks, what for, and what the policy lets happen by itself."""
    assert [newcomer_of(request_, Role.TRIAGE, policy).claim for policy in (ACT, POLICY)] == [acting, advising]


def test_a_right_that_is_lacking() -> None:
    """Who may not close by the policy has no more claim than who does not want to."""
    strict = replace(ACT, permissions=Permissions(close=Role.MAINTAIN))
    assert {newcomer(one, strict).claim for one in (PERSON, ROBOT)} == {Claim.ADVISES}


TAKES, WAY, BESIDE = "takes", "way", "beside"


@pytest.mark.parametrize(
    ("waiting", "by_each"),
    [
        pytest.param(PERSON, (TAKES, WAY, WAY, WAY, WAY, WAY), id="person"),
        pytest.param(LOOKS, (TAKES, TAKES, WAY, WAY, WAY, WAY), id="looks"),
        pytest.param(ROBOT, (TAKES, WAY, TAKES, TAKES, WAY, TAKES), id="robot"),
        pytest.param(LOOKING_ROBOT, (TAKES, TAKES, TAKES, TAKES, WAY, TAKES), id="looking-robot"),
        pytest.param(CLOSES, (TAKES, WAY, WAY, TAKES, WAY, WAY), id="closes"),
        pytest.param(REFERS, (TAKES, TAKES, TAKES, TAKES, TAKES, TAKES), id="refers"),
        pytest.param(ENDS, (TAKES, WAY, TAKES, TAKES, WAY, TAKES), id="ends"),
        pytest.param(GUARD, (TAKES, BESIDE, BESIDE, BESIDE, BESIDE, BESIDE), id="guard"),
    ],
)
def test_who_gives_way(waiting: CommandRequest | LinkedRequest | GuardRequest, by_each: tuple[str, ...]) -> None:
    """Only who may do as much takes a place; the guard's is nobody's to take who comes by himself."""
    found = []
    for one in (command(login="ann"), LOOKS, ROBOT, CLOSES, REFERS, ENDS):
        told = places(newcomer(one), (waits(asks(waiting)), Waiting(kind=COMMAND_JOB, due_at=NOW)), ACT)
        assert told.hastens == ({"w"} if told.gives_way else set())
        found.append(TAKES if told.retires else WAY if told.gives_way else BESIDE)
    assert tuple(found) == by_each


@pytest.mark.parametrize(
    ("one", "takes"),
    [(PERSON, {"c", "r"}), (LOOKS, {"r"}), (ROBOT, {"r"}), (CLOSES, set()), (REFERS, set()), (ENDS, set())],
)
def test_merges_that_settle(one: Asking, takes: set[str]) -> None:
    """A command answers for the merges that settle and may do no more than it; nothing else does."""
    told = places(newcomer(one), (waits(CLOSES, "c"), waits(REFERS, "r")), ACT)
    assert (set(told.retires), told.gives_way) == (takes, None)


def test_nothing_is_taken_by_who_makes_way() -> None:
    """Who makes way ends nothing: it has no answer of its own."""
    told = places(newcomer(ROBOT), (waits(REFERS, "r"), waits(asks(PERSON), "p")), ACT)
    assert (told.retires, told.hastens) == (frozenset(), {"p"})


@pytest.mark.parametrize(("one", "back"), [(CLOSES, UNTIL + MARGIN), (REFERS, None), (ROBOT, None)])
def test_who_comes_back(one: Asking, back: object) -> None:
    """A merge that may close does: what it made way for may leave something undone."""
    told = places(newcomer(one), (waits(asks(PERSON)),), ACT)
    assert told.gives_way is not None
    assert told.gives_way.back_at == back


@pytest.mark.parametrize("one", [command(login="ann"), LOOKS, ROBOT, CLOSES, REFERS, ENDS])
@pytest.mark.parametrize("by", ["ann", "carol"])
def test_a_mere_look_that_waits(one: Asking, by: str) -> None:
    """It gives no place and is no reason to make way, whoever comes."""
    look = waits(asks(command("/assess-resolution --only=ci", by)))
    assert places(newcomer(one), (look,), ACT) == Places()


@pytest.mark.parametrize("how", ["held", "announced"])
def test_what_waits_for_its_moment_alone(how: str) -> None:
    """What is held back or announced is left to its moment."""
    announced = Announced(until=UNTIL, at=NOW, since=(NOW, 1), comment="C")
    until_then = (Awaiting(criterion="", what="objections", until=UNTIL),)
    errand = structs.replace(
        ERRAND, awaits=until_then if how == "announced" else (), announced=announced if how == "announced" else None
    )
    told = places(newcomer(REFERS), (waits(structs.replace(asks(PERSON), errand=errand)),), ACT)
    assert (told.hastens, told.gives_way is None) == (frozenset(), False)


def test_a_note_makes_way_for_the_answer() -> None:
    """Only that of a look at a closing whose place is taken, and that asks for something."""
    silent = AgainRequest(errand=structs.replace(ERRAND, comment=""), guard=GUARD)
    waiting = (waits(asks(GUARD), "g"), waits(asks(PERSON), "p"), waits(silent, "s"), waits(CLOSES, "m"))
    assert notes_of(waiting, places(newcomer(PERSON), waiting, ACT)) == ("C",)
    assert notes_of(waiting, places(newcomer(REFERS), waiting, ACT)) == ()
