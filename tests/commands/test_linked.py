"""Merges of one moment are one asking; what a merge made way for may leave it something to do."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from bot.assessment.evidence import Outcome
from bot.commands.linked import coming_back, next_job, together, undone
from bot.commands.request import AgainRequest, Errand, LinkedRequest, Place, pack, unpack
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.engine import Waiting
from tests.assessment.samples import assess, finding
from tests.probes.world import NOW

PLACE = Place(installation=9, repository_id=7, owner="acme", name="shop", number=3)
FIXES = LinkedRequest(place=PLACE, pull=2, pull_url="u2", closes=True)
REFERS = LinkedRequest(place=PLACE, pull=3, pull_url="u3", closes=False)
SOON = NOW + timedelta(seconds=3)
ERRAND = Errand(root="r", begun=NOW, look=1, polls=0, poll_at=NOW, issue_node="I", comment="C", told=(), promised={})


def waits(request: LinkedRequest, due: datetime = SOON) -> Waiting:
    return Waiting(id=f"j{request.pull}", kind=LINKED_JOB, due_at=due, payload=pack(request))


def test_one_alone() -> None:
    """A merge with nothing beside it is assessed as it is, now."""
    one = together(FIXES, (), NOW)
    assert (one.request, one.due, one.jobs) == (FIXES, None, ())


@pytest.mark.parametrize(("first", "other"), [(FIXES, REFERS), (REFERS, FIXES)])
def test_a_closing_is_not_swallowed(first: LinkedRequest, other: LinkedRequest) -> None:
    """It closes if one of them does, in that one's name, once the last of them has settled."""
    one = together(first, (waits(other),), NOW)
    assert one.request == structs.replace(FIXES, joined=(3,))
    assert (one.due, one.jobs) == (SOON, (f"j{other.pull}",))


def test_references_alone() -> None:
    """Of those that only refer the newest gives the name; nothing closes."""
    one = together(REFERS, (waits(structs.replace(REFERS, pull=5, joined=(4,))),), NOW)
    assert (one.request.pull, one.request.joined, one.request.closes) == (5, (3, 4), False)


def test_one_that_comes_back_is_joined_at_once() -> None:
    """What waits for its return alone is no reason to wait; with one that is new it is as new."""
    one = together(REFERS, (waits(structs.replace(FIXES, after=1), NOW + timedelta(hours=1)),), NOW)
    assert (one.request, one.due) == (structs.replace(FIXES, joined=(3,)), None)


@pytest.mark.parametrize(("first", "other", "after"), [(0, 1, 0), (1, 0, 0), (2, 1, 1)])
def test_how_often_it_made_way(first: int, other: int, after: int) -> None:
    """Together they made way no more often than the one that did least."""
    beside = (waits(structs.replace(FIXES, after=other)),)
    assert together(structs.replace(REFERS, after=first), beside, NOW).request.after == after


@pytest.mark.parametrize("newer", [FIXES, REFERS])
def test_an_answer_that_waits(newer: LinkedRequest) -> None:
    """Its pull requests are looked after by the newer merge; it alone says whether it closes."""
    earlier = AgainRequest(errand=ERRAND, linked=structs.replace(FIXES, pull=7, joined=(6,)))
    beside = Waiting(id="a", kind=AGAIN_JOB, due_at=NOW, payload=pack(earlier))
    one = together(newer, (beside,), NOW)
    assert (one.request.closes, one.request.joined, one.jobs) == (newer.closes, (6, 7), ())


def at(request: LinkedRequest, seconds: int) -> LinkedRequest:
    return structs.replace(request, since=(NOW + timedelta(seconds=seconds), 0))


LATER = structs.replace(FIXES, pull=9)


@pytest.mark.parametrize(
    ("first", "other", "since"),
    [
        pytest.param(at(FIXES, 5), at(LATER, 2), 2, id="the-oldest"),
        pytest.param(at(FIXES, 2), at(LATER, 5), 2, id="whichever-settles-last"),
        pytest.param(at(REFERS, 2), at(FIXES, 5), 5, id="of-those-that-close"),
        pytest.param(at(REFERS, 2), at(structs.replace(REFERS, pull=4), 5), 2, id="of-references-alone"),
        pytest.param(at(FIXES, 5), LATER, 5, id="of-an-earlier-version"),
    ],
)
def test_since_when_people_are_heard(first: LinkedRequest, other: LinkedRequest, since: int) -> None:
    """Whoever spoke after the first merge that closes objects to what is done for all."""
    assert together(first, (waits(other),), NOW).request.since == (NOW + timedelta(seconds=since), 0)


@pytest.mark.parametrize(("heard", "since"), [((NOW + timedelta(seconds=2), 7),) * 2, (None, (NOW, 0))])
def test_since_when_an_answer_that_waits_has_heard(
    heard: tuple[datetime, int] | None, since: tuple[datetime, int]
) -> None:
    """What its first look has not heard is not heard by the merge that takes its place either."""
    earlier = AgainRequest(errand=structs.replace(ERRAND, since=heard), linked=structs.replace(FIXES, pull=7))
    beside = Waiting(id="a", kind=AGAIN_JOB, due_at=NOW, payload=pack(earlier))
    assert together(at(LATER, 5), (beside,), NOW).request.since == since


def test_the_moment_survives() -> None:
    """However often it comes back, it has heard nobody since it was merged."""
    back = unpack(coming_back(at(FIXES, 2), timedelta()).payload, LinkedRequest)
    assert unpack(next_job(back, timedelta()).payload, LinkedRequest).since == (NOW + timedelta(seconds=2), 0)


def test_each_asking_has_a_name_of_its_own() -> None:
    """A job that was taken once is never taken again under its name."""
    joined = structs.replace(FIXES, joined=(3,))
    jobs = [next_job(FIXES, SOON - NOW), next_job(joined, NOW - SOON), coming_back(joined, SOON - NOW)]
    assert len({job.id for job in jobs}) == 3
    assert [job.delay.total_seconds() for job in jobs] == [3, 0, 3]
    assert [bool(job.topics) for job in jobs] == [False, False, True]
    assert unpack(jobs[-1].payload, LinkedRequest).after == 1


@pytest.mark.parametrize(
    ("outcome", "is_open", "left"),
    [
        (Outcome.PASS, True, True),
        (Outcome.PASS, False, False),
        (Outcome.FAIL, True, False),
        (Outcome.FAIL, False, True),
        (Outcome.ERROR, True, True),
    ],
)
def test_what_is_left_to_do(outcome: Outcome, *, is_open: bool, left: bool) -> None:
    """An issue that holds and is open, one that does not and is shut, and whatever is not decided."""
    assert undone(assess((finding(outcome=outcome),)), is_open=is_open) == left
