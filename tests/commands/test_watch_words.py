"""What stands behind `/resolution watch`, `unwatch` and `cancel`."""

from datetime import timedelta

import pytest

from bot.commands.audit_words import Wrong
from bot.commands.watch_words import Watch, read_watch


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), None), (("12h",), timedelta(hours=12)), (("3D",), timedelta(days=3)), (("2w",), timedelta(weeks=2))],
)
def test_a_watch(words: tuple[str, ...], expected: timedelta | None) -> None:
    """Of a time, or of the policy's."""
    assert read_watch(words) == Watch(after=expected)


@pytest.mark.parametrize(
    ("words", "at"), [(("soon",), 0), (("91d",), 0), (("0h",), 0), (("59m",), 0), (("24h", "please"), 1)], ids=str
)
def test_no_watch(words: tuple[str, ...], at: int) -> None:
    """The word that cannot be read is pointed at."""
    read = read_watch(words)
    assert isinstance(read, Wrong)
    assert (read.at, words[at] in read.message) == (at, True)
