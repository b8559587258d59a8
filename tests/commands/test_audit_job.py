"""When an audit in an issue writes how far it is, and how much it keeps."""

from datetime import UTC, datetime

import msgspec
import pytest

from bot.commands.audit_job import MOST_EDITS, Standing, next_of
from bot.commands.audit_kept import in_short
from bot.commands.audit_round import Paged
from bot.commands.request import AuditRequest, Place, pack, unpack
from tests.assessment.audits import CARRIED, HOLDS_NOT, entry

PLACE = Place(installation=1, repository_id=2, owner="octo", name="shop", number=9)
REQUEST = AuditRequest(place=PLACE, issue_node="I", root="r", by="zoe", limit=100, comment="C", batch=3, shown=2)
HALTED = Paged(until=datetime(2026, 1, 1, tzinfo=UTC))
WRITES = {
    "a new tenth": (REQUEST, 30, Paged(), 1),
    "the same tenth": (REQUEST, 29, Paged(), 0),
    "it waits": (REQUEST, 29, HALTED, 1),
    "GitHub is silent": (REQUEST, 20, Paged(silent="502"), 1),
    "often enough": (msgspec.structs.replace(REQUEST, edits=MOST_EDITS), 90, HALTED, 0),
}


@pytest.mark.parametrize(("request_", "done", "paged", "more"), WRITES.values(), ids=WRITES.keys())
def test_when_the_progress_is_written(request_: AuditRequest, done: int, paged: Paged, more: int) -> None:
    """With each tenth, and where it does not go on at once; never more than a few times."""
    following = next_of(request_, Standing(text="", done=done, total=100), paged)
    assert (following.edits - request_.edits, following.batch) == (more, 4)
    assert unpack(pack(following), AuditRequest) == following


def test_silence_is_counted_in_a_row() -> None:
    """One answer, and it begins anew."""
    silent = next_of(REQUEST, Standing(text="", done=20, total=100), Paged(silent="502"))
    assert (silent.silent, next_of(silent, Standing(text=""), Paged()).silent) == (1, 0)


def test_as_much_is_kept_as_is_said() -> None:
    """Three reasons, and the beginning of what was seen."""
    seen = msgspec.structs.replace(CARRIED, observed="x" * 5_000)
    kept = in_short(entry(1, HOLDS_NOT, reasons=(seen,) * 20, remains=("a",) * 9))
    assert (len(kept.reasons), len(kept.reasons[0].observed), len(kept.remains)) == (3, 300, 3)
