"""A length of time as people write it in a command: `12h`, `14d`, `2w`."""

import re
from datetime import timedelta

_LASTS = re.compile(r"([1-9][0-9]{0,3})([hdw])\Z")
_HOURS = {"h": 1, "d": 24, "w": 168}


def span_in(text: str) -> timedelta | None:
    """The time that a word means; None where it means none."""
    found = _LASTS.match(text.lower())
    return None if found is None else timedelta(hours=int(found[1]) * _HOURS[found[2]])
