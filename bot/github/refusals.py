"""GitHub's answers that are no success, named: by status and headers, never by the text of a message.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from bot.github.errors import (
    Forbidden,
    GitHubError,
    Gone,
    Moved,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)

FIRST_PAUSE = timedelta(seconds=60)  # GitHub's own advice where it does not say how long
LONGEST_PAUSE = timedelta(hours=24)
MESSAGE_LENGTH = 300


class _Fault(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""
    field: str = ""


class _Body(msgspec.Struct, frozen=True):
    message: str = ""
    documentation_url: str = ""
    errors: list[_Fault | str] | str = []


_DECODER = msgspec.json.Decoder(_Body)

_BY_STATUS: Mapping[int, Callable[[str], GitHubError]] = {
    401: Unauthorized,
    404: NotFound,
    408: Unavailable,
    410: Gone,
    451: Forbidden,
}


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, now: datetime, strikes: int = 0
) -> GitHubError | None:
    """What an HTTP answer stands for; None for a success.

    `strikes` counts the secondary limits that were hit in a row before, for pauses that grow. Header names are
    looked up in lower case.
    """
    if 200 <= status < 300:
        return None
    if status in {301, 302, 303, 307, 308}:
        return Moved("GitHub says that it lives elsewhere now", location=headers.get("location", ""))
    if status >= 500 or status < 400:
        return Unavailable(f"GitHub answered {status}")
    told = _read(body)
    if status in {403, 429}:
        until = _limited_until(status, headers, told, now, strikes)
        if until is not None:
            return RateLimited(until)
    message = f"GitHub answered {status}" + (f": {told.message}" if told.message else "")
    if status == 403:
        return Forbidden(message[:MESSAGE_LENGTH], needed=headers.get("x-accepted-github-permissions"))
    if status in _BY_STATUS:
        return _BY_STATUS[status](message[:MESSAGE_LENGTH])
    faults = told.errors if isinstance(told.errors, list) else [told.errors]
    details = "; ".join(fault if isinstance(fault, str) else fault.message or fault.code for fault in faults)
    codes = tuple(fault.code for fault in faults if isinstance(fault, _Fault) and fault.code)
    return Refused((message + (f" ({details})" if details else ""))[:MESSAGE_LENGTH], status, codes=codes)


def limited_until(headers: Mapping[str, str], now: datetime, strikes: int = 0) -> datetime:
    """When a limited caller may ask again: `retry-after`, else the reset of a used-up budget, else a growing pause."""
    seconds = number(headers.get("retry-after"))
    if seconds is not None:
        return now + min(max(timedelta(seconds=seconds), timedelta(seconds=1)), LONGEST_PAUSE)
    reset = number(headers.get("x-ratelimit-reset"))
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        at = datetime.fromtimestamp(min(reset, 10**10), UTC)
        return min(max(at, now + timedelta(seconds=1)), now + LONGEST_PAUSE)
    return now + FIRST_PAUSE * int(2 ** min(strikes, 5))


def _limited_until(
    status: int, headers: Mapping[str, str], told: _Body, now: datetime, strikes: int
) -> datetime | None:
    spent = headers.get("x-ratelimit-remaining") == "0"
    # A secondary limit may come as a bare 403; the page that it points to is the only code that it carries.
    secondary = "secondary-rate-limit" in told.documentation_url
    if status == 429 or "retry-after" in headers or spent or secondary:
        return limited_until(headers, now, strikes)
    return None


def _read(body: bytes) -> _Body:
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Body()


def number(text: str | None) -> int | None:
    """The number that a header holds; None where it holds none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 12 else None
