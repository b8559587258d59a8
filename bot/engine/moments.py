"""Times as the database keeps them: whole milliseconds since the epoch, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware time."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """The aware time of these milliseconds since the epoch."""
    return _EPOCH + value * _MILLISECOND


def span_ms(span: timedelta) -> int:
    """A duration in milliseconds."""
    return span // _MILLISECOND
