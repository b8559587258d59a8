"""What stands behind `/resolution audit`."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.commands.audit_words import Audit, Wrong, read_audit
from bot.commands.grammar import BadSyntax, commands_in

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = {
    "": Audit(),
    "--state closed": Audit(),
    "--since=2026-01-31": Audit(since=date(2026, 1, 31)),
    "--SINCE 30D —limit 7": Audit(since=timedelta(days=30), limit=7),
    "--limit=100000 --since=12w --state=Closed": Audit(since=timedelta(weeks=12), limit=100_000),
    "--limit 9999999": Audit(limit=100_000),
}


@pytest.mark.parametrize(("words", "meant"), READ.items(), ids=lambda one: one if isinstance(one, str) else "")
def test_what_is_understood(words: str, meant: Audit) -> None:
    """A value stands behind `=` or is the next word; phones turn `--` into a long dash."""
    assert read_audit(tuple(words.split())) == meant


WRONG = {
    "everything": (0, "I don't know what to do with `everything`"),
    "--since": (0, "`--since` needs a day such as 2026-01-31, or a time such as 30d"),
    "--since 2026-02-30": (1, "`--since` needs a day"),
    "--since=yesterday": (0, "`--since` needs a day"),
    "--since=0d": (0, "`--since` needs a day"),
    "--limit=0": (0, "`--limit` needs a number, 1 or more"),
    "--limit=１０": (0, "`--limit` needs a number"),
    "--limit 9999999999": (1, "`--limit` needs a number"),
    "--limit 5 --state open": (3, "only closed issues are audited"),
}


@pytest.mark.parametrize(("words", "spot", "message"), [(words, *wrong) for words, wrong in WRONG.items()])
def test_what_is_not(words: str, spot: int, message: str) -> None:
    """The word is named, and what it should be."""
    read = read_audit(tuple(words.split()))
    assert isinstance(read, Wrong)
    assert (read.at, read.message.startswith(message)) == (spot, True)


def test_a_fault_has_its_place_in_the_line() -> None:
    """As in every other command."""
    (fault,) = commands_in("/resolution audit --limit=none")
    assert isinstance(fault, BadSyntax)
    assert fault.line[fault.start : fault.end] == "--limit=none"


BEGINS = {
    "a day": (Audit(since=date(2026, 1, 31)), datetime(2026, 1, 31, tzinfo=UTC)),
    "so long ago": (Audit(since=timedelta(days=30)), datetime(2026, 1, 30, 12, tzinfo=UTC)),
    "always": (Audit(), None),
}


@pytest.mark.parametrize(("asked", "moment"), BEGINS.values(), ids=BEGINS.keys())
def test_since_when(asked: Audit, moment: datetime | None) -> None:
    """A day begins in UTC; a time counts from the command."""
    assert asked.begins(NOW) == moment
