"""What the webhook answers: built once, sent often. Each is one line of JSON."""

from dataclasses import dataclass

import msgspec
from starlette.types import Message

_CONTENT_TYPE = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer as the two messages of ASGI. `word` is its `status` in JSON."""

    status: int
    word: str
    start: Message
    body: Message


def answer(status: int, word: str, why: str | None = None, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """An answer whose JSON has `status`, and `error` where there is something to say."""
    text = msgspec.json.encode({"status": word, "error": why} if why else {"status": word})
    length = (b"content-length", str(len(text)).encode())
    return Answer(
        status=status,
        word=word,
        start={"type": "http.response.start", "status": status, "headers": [_CONTENT_TYPE, length, *headers]},
        body={"type": "http.response.body", "body": text},
    )


def refusal(status: int, why: str, *, close: bool = False) -> Answer:
    """A refusal with its reason. `close`: what the other side still wants to send is not worth reading."""
    return answer(status, "refused", why, _CLOSE if close else ())


_CLOSE = ((b"connection", b"close"),)

ACCEPTED = answer(202, "accepted")
DUPLICATE = answer(202, "duplicate")
IGNORED = answer(202, "ignored")
UNAVAILABLE = answer(503, "unavailable", "the store cannot be written: deliver again", ((b"retry-after", b"30"),))
UNSIGNED = refusal(401, "the signature is missing, malformed or wrong: is the webhook's secret the same on both sides?")
NOT_POST = answer(405, "refused", "only POST", ((b"allow", b"POST"), *_CLOSE))
ENCODED = refusal(415, "the body is compressed: send it as it is")
WRONG_TYPE = refusal(415, "the content type must be application/json")
TOO_LARGE = refusal(413, "the body is larger than 25 MiB", close=True)
TOO_SLOW = refusal(408, "the body did not arrive in time", close=True)
