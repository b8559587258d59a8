"""The record of API requests and answers, as JSON lines that a contract checker can read.

One line: method, url (as if sent to api.github.com), headers, bodies (decoded JSON, or the first
2,000 characters), status (null where the connection was cut). Tokens are cut out.
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PUBLIC_URL = "https://api.github.com"
_TEXT_LIMIT = 2000
_HEADER_BYTES = 2000
_TOKEN = re.compile(r"(?i)(ghs_|gh[opu]_)\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, bodies as bytes."""

    method: str
    target: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int | None
    response_headers: Mapping[str, str]
    response_body: bytes


class Exchanges:
    """The newest exchanges, oldest first."""

    def __init__(self, limit_bytes: int = 256 * 1024 * 1024) -> None:
        """Keep as many exchanges as fit into ``limit_bytes`` of bodies."""
        self._kept: deque[Exchange] = deque()
        self._limit, self._size = limit_bytes, 0

    def add(self, one: Exchange) -> None:
        """Keep an exchange, and let go of the oldest where there are too many."""
        self._kept.append(one)
        self._size += _weight(one)
        while self._size > self._limit and len(self._kept) > 1:
            self._size -= _weight(self._kept.popleft())

    def lines(self) -> Iterator[str]:
        """The exchanges as JSON lines, each ended by a newline."""
        for one in self._kept:
            yield json.dumps(_line(one), ensure_ascii=False) + "\n"


def _weight(one: Exchange) -> int:
    return len(one.request_body) + len(one.response_body) + _HEADER_BYTES


def _line(one: Exchange) -> dict[str, object]:
    headers = {name: _TOKEN.sub(r"\1x", value) for name, value in one.request_headers.items()}
    authorization = headers.get("authorization", "")
    if authorization.lower().startswith("bearer ey"):
        headers["authorization"] = "Bearer ey.x.y"
    elif authorization and not _TOKEN.search(one.request_headers.get("authorization", "")):
        headers["authorization"] = f"{authorization.split(' ', 1)[0]} x"
    return {
        "method": one.method,
        "url": PUBLIC_URL + one.target,
        "request_headers": headers,
        "request_body": _decoded(one.request_body),
        "status": one.status,
        "response_headers": dict(one.response_headers),
        "response_body": _without_tokens(_decoded(one.response_body)),
    }


def _decoded(data: bytes) -> object:
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")[:_TEXT_LIMIT]


def _without_tokens(body: object) -> object:
    if isinstance(body, dict) and isinstance(body.get("token"), str):
        return body | {"token": _TOKEN.sub(r"\1x", body["token"])}
    return body
