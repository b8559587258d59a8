"""The look that follows what the breaker has held back."""

from datetime import UTC, datetime, timedelta

from bot.assessment.regression import Sighting
from bot.commands.put_off import following
from bot.commands.request import Place, Watchable, WatchRequest
from bot.commands.watch import next_look
from bot.commands.watch_look import Seen

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MOMENT = NOON + timedelta(minutes=70)


def seen_at(at: datetime, criterion: str) -> Sighting:
    return Sighting(criterion=criterion, observed="no", place="p", url="u", sha=None, at=at)


EARLIER = NOON - timedelta(minutes=20)
REQUEST = WatchRequest(
    place=Place(installation=9, repository_id=7, owner="acme", name="shop", number=1),
    root="r",
    issue_node="I",
    comment="C",
    write="w",
    by=EARLIER,
    due=NOON,
    ladder=(NOON, NOON + timedelta(days=1)),
    watchable=Watchable(),
    held=(),
    look=1,
    tries=1,
    suspects=(seen_at(EARLIER, "a"), seen_at(EARLIER, "mended")),
)
SEEN = Seen(at=NOON, failing=(seen_at(NOON, "a"), seen_at(NOON, "b")), regressed=("a",))


def test_it_is_measured_at_its_moment() -> None:
    """What fails is known since it was first seen; what holds again has to fail twice anew."""
    then = following(REQUEST, SEEN, MOMENT, "note")
    assert (then.due, then.look, then.tries, then.put_off, then.explained) == (MOMENT, 2, 1, True, "note")
    assert then.suspects == (seen_at(EARLIER, "a"), seen_at(NOON, "b"))


def test_the_comment_is_remembered_until_all_holds() -> None:
    """While it is unsure, the comment still has to tell the end; the moment was that one look's."""
    put_off = following(REQUEST, SEEN, MOMENT, "note")
    unsure = next_look(put_off, Seen(at=MOMENT, unsure=("a",)), soon=True)
    well = next_look(put_off, Seen(at=MOMENT), soon=False)
    assert unsure is not None
    assert well is not None
    assert (unsure.put_off, unsure.explained) == (False, "note")
    assert (well.put_off, well.explained) == (False, None)
