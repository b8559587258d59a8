"""GitHub is silent when it is time to go on with an answer: how long that is borne, and when it is tried again. Pure.

Rules:
1. Silence is no end of what was promised: it is tried again, after pauses that grow with it, at most ten minutes.
2. It is borne until what was promised is over, and for one more hour. Then whoever reads the answer is told.
3. What has begun to write keeps everybody else from the issue, so it bears an hour and no more.
4. Whatever was promised is asked for first at each look: where all of GitHub was silent nobody can be told either, and
   when it is back the answer itself comes. After a week it breaks like anything else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.request import Errand

ONE_MORE = timedelta(hours=1)
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(minutes=10)
_GIVEN_UP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """GitHub has not told what is needed since then; `end` is when what was promised is over."""

    since: datetime
    now: datetime
    end: datetime

    @property
    def again_at(self) -> datetime:
        """When it is tried again: after as long as it lasts already."""
        return self.now + min(max(self.now - self.since, SHORTEST), LONGEST)

    @property
    def is_over(self) -> bool:
        """Is it to be told?"""
        return self.now >= self.end + ONE_MORE

    @property
    def is_hopeless(self) -> bool:
        """Is nothing waited for any more, not even to tell it?"""
        return self.now >= self.end + _GIVEN_UP


def silence(errand: Errand, *, since: datetime, now: datetime, has_written: bool) -> Silence:
    """How it stands with a look that GitHub does not answer."""
    return Silence(since=since, now=now, end=since if has_written else max(since, promised_end(errand)))


def promised_end(errand: Errand) -> datetime:
    """When the last of what is waited for is over; where nothing has an end: when it was to be looked at."""
    return max((one.until for one in errand.awaits), default=errand.poll_at)
