"""An answer as it comes in: read up to a limit, decompressed up to the same limit, and only what was asked for."""

import zlib
from dataclasses import dataclass, replace

from bot.egress.exchange import BrokenAnswer
from bot.egress.scrubbing import bytes_scrubber, scrubber
from bot.egress.speaking import Incoming

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The statuses whose Location is followed (RFC 9110 section 15.4)."""

MOST_PIECES = 10_000
"""Each piece costs as much as a kilobyte does: a body of one-byte chunks is cut off long before its length is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One hop's answer. `location` is where it redirects to, if that is followed; then the body is not read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    location: str | None


async def read(response: Incoming, method: str, limit: int, *, follow: bool = True) -> Answer:
    """The answer with at most `limit` bytes of its decoded body; raises `BrokenAnswer`, and what is `BROKEN`."""
    headers = response.headers
    location = _header(headers, "location") if follow and response.status in REDIRECTS else None
    body, truncated = b"", False
    if location is None and method != "HEAD":
        body, truncated = await _body(response, _header(headers, "content-encoding") or "identity", limit)
    return Answer(status=response.status, headers=headers, body=body, truncated=truncated, location=location)


async def _body(response: Incoming, encoding: str, limit: int) -> tuple[bytes, bool]:
    inflater = _inflater(encoding)
    received, pieces, out = 0, 0, bytearray()
    async for chunk in response.chunks():
        received += len(chunk)
        pieces += 1
        out += _inflated(inflater, chunk, limit + 1 - len(out)) if inflater else chunk
        if received > limit or len(out) > limit or pieces > MOST_PIECES:
            return bytes(out[:limit]), True
    if inflater and received and not inflater.eof:
        raise BrokenAnswer("the answer's gzip encoding ends early")
    return bytes(out), bool(inflater and inflater.unused_data)


def _inflater(encoding: str) -> "zlib._Decompress | None":
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(31)
        case other:
            raise BrokenAnswer(f"the answer came in the encoding {other[:20]!r}, which was not asked for")


def _inflated(inflater: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    # Bounded by the output: a megabyte of gzip may hold a gigabyte. `most` is never 0, which would mean "no bound";
    # what the bound leaves over is dropped, since the caller stops there.
    try:
        return inflater.decompress(chunk, most)
    except zlib.error as exc:
        raise BrokenAnswer("the answer's gzip encoding is broken") from exc


def without(answer: Answer, secrets: tuple[str, ...]) -> Answer:
    """The answer without any of these header values, wherever they stand in it.

    Taken out before anybody looks: a condition on an answer that repeats a secret would tell it letter by letter, and
    a redirect that holds it would carry it away.
    """
    scrub, text = bytes_scrubber(secrets), scrubber(secrets)
    return replace(
        answer,
        headers=tuple((text(name), text(value)) for name, value in answer.headers),
        body=scrub(answer.body),
        location=None if answer.location is None else text(answer.location),
    )


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)
