"""Links to the evidence: signed, so that nobody can guess one, and ending, so that a leaked one dies.

The signature covers the assessment's id and the end, with a key that only this server has. Pure: time is an argument.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

_LABEL: Final = b"evidence-link\0"
_LONGEST: Final = 200  # of anything in a link


def evidence_url(public_url: str, key: bytes, assessment: str, *, until: datetime) -> str:
    """The page with all evidence of an assessment; it works until then."""
    end = int(until.timestamp())
    return f"{public_url}/assessments/{assessment}?exp={end}&sig={_signature(key, assessment, str(end))}"


def end_of(now: datetime, life: timedelta) -> datetime:
    """When a link made now ends: rounded up to a whole day, so that a repeated answer repeats its link."""
    day = timedelta(days=1).total_seconds()
    end = -(-(now + life).timestamp() // day) * day
    return datetime.fromtimestamp(end, tz=now.tzinfo)


def is_valid(key: bytes, assessment: str, *, end: str, signature: str, now: datetime) -> bool:
    """Is this a link of ours that still works? Any text is taken; nothing is raised."""
    if max(len(assessment), len(end), len(signature)) > _LONGEST or not (end.isascii() and end.isdigit()):
        return False
    expected = _signature(key, assessment, end)
    ours = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return ours and now.timestamp() < int(end)


def _signature(key: bytes, assessment: str, end: str) -> str:
    # A NUL cannot stand in an id's place and in the end's: neither can be moved into the other.
    message = _LABEL + assessment.encode("utf-8", "replace") + b"\0" + end.encode()
    return base64.urlsafe_b64encode(hmac.digest(key, message, hashlib.sha256)).rstrip(b"=").decode()
