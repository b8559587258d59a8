"""Small entries of an audit."""

from datetime import UTC, datetime, timedelta

import msgspec

from bot.assessment.audit import Asked, Audit, Carried, Closing, Entry, Named, Standing, Way, summed
from bot.assessment.evidence import Outcome

JANUARY = datetime(2026, 1, 15, 12, tzinfo=UTC)
ASKED = Asked(repository="octo/shop", policy="91ab3c", policy_source=".github/resolution.yml", listed=1)
CARRIED = Carried(
    criterion="commit-85375b9",
    title="`85375b9` is on the default branch",
    outcome=Outcome.FAIL,
    observed="no such commit",
    url="https://github.com/octo/shop",
    claimed=True,
    quote="Fixed in `85375b9`",
)
HOLDS, HOLDS_NOT, UNCHECKED = Standing.HOLDS, Standing.HOLDS_NOT, Standing.UNCHECKED


def closing(day: int = 0, **changes: object) -> Closing:
    """By ann, by hand, so many days after the middle of January."""
    plain = Closing(at=JANUARY + timedelta(days=day), by="ann", way=Way.HAND)
    return msgspec.structs.replace(plain, **changes)


def entry(number: int = 1, standing: Standing = HOLDS, day: int = 0, **changes: object) -> Entry:
    """One issue."""
    named = Named(number=number, title=f"Issue {number}", url=f"https://github.com/octo/shop/issues/{number}")
    plain = Entry(issue=named, closing=closing(day), standing=standing, checked_at=JANUARY, commit="d4e5f6a" + "0" * 33)
    return msgspec.structs.replace(plain, **changes)


def audit(*entries: Entry, **changes: object) -> Audit:
    """The audit over them."""
    return summed(entries, msgspec.structs.replace(ASKED, **{"listed": len(entries), **changes}), JANUARY)
