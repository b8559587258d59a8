"""What an answer that waits leaves behind, and when it is looked at again."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.assessment.evidence import CriterionId, Wait
from bot.assessment.waits import Awaited
from bot.commands.request import (
    AgainRequest,
    Announced,
    Errand,
    GuardRequest,
    LinkedRequest,
    Place,
    Started,
    heard_until,
    unpack,
)
from bot.commands.status import awaits_of
from bot.commands.waiting import (
    OBJECTIONS,
    POLLS,
    SOON,
    Left,
    Look,
    closing_job,
    follow_up,
    is_news,
    later_poll,
    rest_after,
    spread,
)
from bot.engine import Job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MERGED = LinkedRequest(
    place=Place(installation=9, repository_id=7, owner="acme", name="shop", number=3), pull=2, pull_url="u", closes=True
)
RUN = Started(criterion="suite", at=NOW, until=NOW + HOUR, run=8841)
HEARD = (NOW - 2 * MINUTE, 41)
LEFT = Left(issue_node="I_3", comment="IC_9", started=(RUN,), since=HEARD)
FIRST = Look(job="linked:3", request=MERGED, errand=None, began=NOW - MINUTE, ended=NOW)


def waits(until: timedelta = 9 * HOUR, what: str = "run 8841", *topics: str) -> tuple[Awaited, ...]:
    wait = Wait(topics=topics or ("run:8841",), what=what, until=NOW + until)
    return (Awaited(criterion=CriterionId("suite"), wait=wait),)


def errand(job: Job) -> Errand:
    return unpack(job.payload, AgainRequest).errand


def later(job: Job, began: timedelta) -> Look:
    """The look that follows a parked job, that much later."""
    at = NOW + began
    return Look(job=job.id, request=MERGED, errand=errand(job), began=at, ended=at)


def test_what_is_left_behind() -> None:
    """The job that goes on is told what was asked, what was started, and what was promised and said."""
    job = follow_up(FIRST, waits(HOUR, "run 8841", "run:8841", "suite", "suite"), LEFT)
    called_by = ("run:8841", "suite", "set_aside:7:3")
    assert (job.id, job.kind, job.key, job.topics) == ("linked:3+1", "again.v1", "7/3", called_by)
    assert job.delay == spread(POLLS[0], "linked:3+1")
    request = unpack(job.payload, AgainRequest)
    assert (request.linked, request.command, request.place) == (MERGED, None, MERGED.place)
    left = request.errand
    assert (left.root, left.begun, left.comment, left.issue_node) == ("linked:3", NOW - MINUTE, "IC_9", "I_3")
    assert (left.started, left.promised) == ((RUN,), {"suite": NOW + HOUR})
    assert heard_until(left) == HEARD


def test_what_was_left_before() -> None:
    """What an earlier version left does not tell who was heard: nobody was since its first look began."""
    left = errand(follow_up(FIRST, waits(), LEFT))
    before = msgspec.to_builtins(msgspec.structs.replace(left, begun=NOW + timedelta(milliseconds=9)))
    del before["since"]
    assert heard_until(msgspec.convert(before, Errand)) == (NOW, 0)
    assert heard_until(None) is None


def test_ever_more_rarely() -> None:
    """The net below the events: after each look that nothing had called for the pause is longer, at most six hours."""
    far = waits(100 * HOUR)
    job, at, pauses = follow_up(FIRST, far, LEFT), timedelta(0), []
    for _ in range(8):
        pauses.append((job.delay, job.id))
        at += job.delay
        job = follow_up(later(job, at), far, LEFT)
    planned = [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 6 * HOUR]
    assert pauses == [(spread(pause, name), name) for pause, (_, name) in zip(planned, pauses, strict=True)]
    assert job.id == "linked:3+9"


def test_those_parked_together_do_not_come_together() -> None:
    """A thousand of one moment look within the last hour of six, as many in each part of it; each has its own time."""
    pauses = [spread(POLLS[-1], f"comment:{number}+7") for number in range(1000)]
    assert min(pauses) >= 5 * HOUR
    assert max(pauses) <= 6 * HOUR
    assert pauses == [spread(POLLS[-1], f"comment:{number}+7") for number in range(1000)]
    parts = Counter((pause - 5 * HOUR) // (10 * MINUTE) for pause in pauses)
    assert sorted(parts) == list(range(6))
    assert max(parts.values()) < 2 * min(parts.values())


@pytest.mark.parametrize(
    ("found", "pause"),
    [
        pytest.param(waits(), SOON, id="nothing-new"),
        pytest.param(waits(9 * HOUR, "run 8842"), spread(POLLS[0], "linked:3+2"), id="something-else-now"),
    ],
)
def test_called_by_an_event(found: tuple[Awaited, ...], pause: timedelta) -> None:
    """What an event had called for and did not find is looked for again soon; then the net is as wide as before."""
    called = follow_up(later(follow_up(FIRST, waits(), LEFT), MINUTE), found, LEFT)
    assert called.delay == pause
    assert follow_up(later(called, MINUTE + pause), found, LEFT).delay == spread(POLLS[1], "linked:3+3")


@pytest.mark.parametrize(
    ("until", "pause"),
    [(5 * MINUTE, timedelta(minutes=5, seconds=1)), (-HOUR, timedelta(seconds=1))],
    ids=["soon-over", "over"],
)
def test_the_end_is_looked_at(until: timedelta, pause: timedelta) -> None:
    """Just after what was promised is over there is a look, whatever the net says."""
    assert follow_up(FIRST, waits(until), LEFT).delay == pause


def test_a_storm_of_events_is_met_with_rests() -> None:
    """A thousand events within an hour, each of which calls for a look as soon as it may, make some sixty of them."""
    job, at, looks = follow_up(FIRST, waits(), LEFT), timedelta(0), 0
    while at < HOUR:
        rests = errand(job).rests
        assert rests is not None
        at, looks = max(at + timedelta(seconds=3.6), rests - NOW), looks + 1
        job = follow_up(later(job, at), waits(), LEFT)
    assert 60 <= looks <= 70


def test_the_first_looks_need_no_rest() -> None:
    """Then they do, and never a longer one than a minute."""
    rests = [rest_after(looks).total_seconds() for looks in (1, 2, 3, 4, 5, 9, 1000)]
    assert rests == [0, 0, 0, 1, 3, 60, 60]


def test_promises_are_kept() -> None:
    """Those of criteria that wait for nothing any more as well: they may wait again."""
    job = follow_up(FIRST, waits(HOUR), LEFT)
    other = (replace(waits()[0], criterion=CriterionId("unit")),)
    promised = errand(follow_up(later(job, MINUTE), other, LEFT)).promised
    assert promised == {"suite": NOW + HOUR, "unit": NOW + 9 * HOUR}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [("run: 8841", NOW + HOUR)], id="as-it-is-waited-for"),
        pytest.param({"awaits": ()}, [("suite: run: 8841", NOW + 9 * HOUR)], id="carried-before-there-was-that"),
        pytest.param({"awaits": (), "promised": {}}, [], id="nothing-promised"),
    ],
)
def test_what_is_waited_for_is_told(changes: dict[str, object], expected: list[tuple[str, datetime]]) -> None:
    """By the criteria themselves, not by the words in which the answer told of them; older errands still say theirs."""
    waited = errand(follow_up(FIRST, waits(HOUR, "run: 8841"), LEFT))
    earlier = {"suite": NOW + HOUR, "unit": NOW + 9 * HOUR}
    left = msgspec.structs.replace(waited, **({"promised": earlier, "told": ("suite: run: 8841",)} | changes))
    assert expected == [(one.what, one.until) for one in awaits_of(left)]


@pytest.mark.parametrize("told", ["a text without that form", "odd: one"])
def test_a_text_of_another_form(told: str) -> None:
    """Whatever it says, an answer comes."""
    left = msgspec.structs.replace(errand(follow_up(FIRST, waits(HOUR), LEFT)), told=(told,), awaits=())
    assert [one.what for one in awaits_of(left)] == [told]


def test_what_is_news() -> None:
    """The first answer is news, a final one is, and a change of what is waited for; the rest goes without a word."""
    before = errand(follow_up(FIRST, waits(), LEFT))
    assert is_news(None, waits())
    assert is_news(before, ())
    assert is_news(before, waits(HOUR, "run 8842"))
    assert not is_news(before, waits(HOUR))


def test_a_closing_that_waits() -> None:
    """It goes on as a closing, and no answer of ours stands there yet."""
    closing = GuardRequest(place=MERGED.place, by="ann", by_bot=False, closed_at=NOW)
    job = follow_up(replace(FIRST, request=closing), waits(), replace(LEFT, comment=""))
    request = unpack(job.payload, AgainRequest)
    assert (request.guard, request.place, request.errand.comment) == (closing, MERGED.place, "")


ANNOUNCED = Announced(until=NOW + 24 * HOUR, at=NOW, since=(NOW, 5), comment="IC_9", reporter="carol")


def test_an_announced_closing_is_parked() -> None:
    """It is looked at in an hour, and carries what was announced and what was started."""
    job = closing_job(FIRST, ANNOUNCED, LEFT)
    assert (job.id, job.kind, job.delay) == ("linked:3+1", "again.v1", OBJECTIONS)
    assert job.topics == ("announced:7:3", "issue_closed:7:3")
    left = errand(job)
    assert (left.announced, left.started, left.promised) == (ANNOUNCED, (RUN,), {})
    assert [one.until for one in awaits_of(left)] == [ANNOUNCED.until]


def test_the_last_poll_is_the_closing() -> None:
    """Each look for objections is followed by another within the hour, the last just after the announced moment."""
    request, at = unpack(closing_job(FIRST, ANNOUNCED, LEFT).payload, AgainRequest), NOW
    for _ in range(24):
        at = request.errand.poll_at
        request = unpack(later_poll(request, at).payload, AgainRequest)
    assert (request.errand.look, request.errand.poll_at) == (25, ANNOUNCED.until + timedelta(seconds=1))


def test_a_comment_that_cannot_be_read_yet() -> None:
    """GitHub's reads lag behind its webhooks: a poll that was called for is followed by one soon, then by the clock."""
    request = unpack(closing_job(FIRST, ANNOUNCED, LEFT).payload, AgainRequest)
    called = unpack(later_poll(request, NOW + MINUTE).payload, AgainRequest)
    assert called.errand.poll_at == NOW + MINUTE + SOON
    after = unpack(later_poll(called, called.errand.poll_at).payload, AgainRequest)
    assert after.errand.poll_at == called.errand.poll_at + OBJECTIONS


def test_a_storm_of_comments_is_met_with_rests() -> None:
    """They may call for one look after another: at most one a minute in the end."""
    request, at = unpack(closing_job(FIRST, ANNOUNCED, LEFT).payload, AgainRequest), NOW
    for _ in range(12):
        at = request.errand.rests or at
        request = unpack(later_poll(request, at).payload, AgainRequest)
    assert request.errand.rests == at + MINUTE


def test_what_pends_in_the_end_is_not_announced_anew() -> None:
    """The announcement goes on with the answer that waits."""
    before = closing_job(FIRST, ANNOUNCED, LEFT)
    assert errand(follow_up(later(before, 25 * HOUR), waits(30 * HOUR), LEFT)).announced == ANNOUNCED
