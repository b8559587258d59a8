"""The check run of a pull request's head, and when it is looked at again."""

import pytest

from bot.commands.preview import CALLED, NAME, Shown, look_again, report_of
from bot.commands.request import Place, PushRequest, unpack
from bot.github.reports import ReportEnd

PLACE = Place(installation=1, repository_id=7, owner="acme", name="shop", number=12)
HEAD = "a" * 40
TOPICS = ("check_suite:7:a",)


def request(look: int = 0) -> PushRequest:
    return PushRequest(place=PLACE, head=HEAD, look=look)


@pytest.mark.parametrize(("sound", "expected"), [(True, ReportEnd.SUCCESS), (False, ReportEnd.NEUTRAL)])
def test_a_preview_never_fails(sound: bool, expected: ReportEnd) -> None:
    """It informs: a merge does not hang on it. One a head, by its external id."""
    report = report_of(Shown(head=HEAD, title="t", text="x", sound=sound), 12)
    assert (report.name, report.head_sha, report.conclusion) == (NAME, HEAD, expected)
    assert report.external_id == f"preview:12:{HEAD}"


def test_the_ends_of_checks_bring_looks() -> None:
    """Each is a job of its own, which a newer push passes over; ten minutes later it looks anyhow."""
    first = look_again("edit:g-1", request(), TOPICS)
    assert first is not None
    assert (first.id, first.topics, first.supersedable) == ("edit:g-1+1", TOPICS, True)
    second = look_again(first.id, unpack(first.payload, PushRequest), TOPICS)
    assert second is not None
    assert (second.id, second.delay.total_seconds()) == ("edit:g-1+2", 600)


def test_looks_come_to_an_end() -> None:
    """After a few it looks by itself, ever more rarely, and then no more; and never where nothing is on its way."""
    looks = [look_again("j", request(done), TOPICS) for done in range(CALLED + 5)]
    assert [one.topics == TOPICS for one in looks if one] == [True] * CALLED + [False] * 4
    assert [one.delay.total_seconds() / 60 for one in looks[CALLED:] if one] == [10, 20, 40, 60]
    assert looks[-1] is None
    assert look_again("j", request(), ()) is None
