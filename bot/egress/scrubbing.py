"""Secrets are taken out of whatever people will read, in whatever spelling a server may have sent them back.

Spellings: as it is, in either case, percent-encoded (also twice), escaped as in JSON or HTML, in hexadecimal,
backwards, and in either base64, also over several lines and where the secret is only a part of what was encoded. A
text that was cut off in the middle of a long secret loses the part that it holds. RE2 searches, so that no secret and
no text takes long.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from functools import lru_cache

import re2

SCRUBBED = "[secret]"
LEAST_SECRET = 8
"""Characters. What is shorter cannot be taken out without taking out other words."""

_LEAST_CUT = 12
_LONG = 24
_BREAK = r"(?:\\[rn]|[\r\n])*"
_MEMORY = 64 << 20


def scrubber(values: Iterable[str]) -> Callable[[str], str]:
    """A function that takes these header values, and what is secret in each of them, out of a text."""
    patterns = tuple(_compiled(value) for value in dict.fromkeys(values))

    def scrub(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(SCRUBBED, text)
        return text

    return scrub


def bytes_scrubber(values: Iterable[str]) -> Callable[[bytes], bytes]:
    """The same for what a server sent, before anybody has looked at it."""
    patterns = tuple(_compiled_for_bytes(value) for value in dict.fromkeys(values))

    def scrub(data: bytes) -> bytes:
        for pattern in patterns:
            data = pattern.sub(SCRUBBED.encode(), data)
        return data

    return scrub


def secret_parts(value: str) -> tuple[str, ...]:
    """The header value itself, what follows its scheme (`Bearer …`), and the password that Basic wraps (RFC 7617)."""
    parts = [value]
    scheme, blank, token = value.partition(" ")
    if blank:
        parts.append(token.strip())
    if scheme.lower() == "basic":
        pair = _unwrapped(token)
        parts.extend((pair, pair.partition(":")[2]))
    return tuple(part for part in dict.fromkeys(parts) if len(part) >= LEAST_SECRET)


def _unwrapped(token: str) -> str:
    try:
        return b64decode(token, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


@lru_cache(maxsize=256)  # every answer to a question with a secret is searched
def _compiled(value: str) -> "re2._Regexp[str]":
    return re2.compile(_expression(value), _options())


@lru_cache(maxsize=256)
def _compiled_for_bytes(value: str) -> "re2._Regexp[bytes]":
    options = _options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(_expression(value).encode(), options)


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def _expression(value: str) -> str:
    return "|".join(spelling for part in secret_parts(value) for spelling in _spellings(part))


def _spellings(part: str) -> list[str]:
    plain = [_escaped(char) for char in part]
    found = ["".join(plain), "".join(plain[::-1]), _in_hexadecimal(part.encode())]
    if len(part) >= _LONG:
        found.append("".join(plain[:_LEAST_CUT]) + r"[^\s\"'<>,;&]*")
    return [f"(?i:{spelling})" for spelling in found] + [_in_base64(part.encode(), skipped) for skipped in range(3)]


def _escaped(char: str) -> str:
    """One character, as it is or as URLs, JSON and HTML write it."""
    code = ord(char)
    ways = [
        re.escape(char),
        f"%(?:25)*{code:02x}",
        rf"\\u00{code:02x}",
        rf"\\x{code:02x}",
        f"&#0*{code};",
        f"&#x0*{code:x};",
    ]
    if char in _SHORT:
        ways.extend(_SHORT[char])
    return f"(?:{'|'.join(ways)})"


_SHORT = {
    '"': (r"\\+\"", "&quot;"),
    "\\": (r"\\\\+",),
    "/": (r"\\/",),
    "&": ("&amp;",),
    "<": ("&lt;",),
    ">": ("&gt;",),
    " ": (r"\+",),
}


def _in_hexadecimal(part: bytes) -> str:
    return "(?:0x)?" + r"[ :,-]{0,2}(?:0x)?".join(f"{byte:02x}" for byte in part)


def _in_base64(part: bytes, skipped: int) -> str:
    """The characters that tell nothing but this part, where `skipped` (modulo 3) bytes stand before it; and the ones
    beside them, which it shares with what stands before and after.
    """
    encoded = b64encode(bytes(skipped) + part).decode().rstrip("=")
    first = -(-skipped * 8 // 6)
    last = (skipped + len(part)) * 8 // 6
    core = _BREAK.join({"+": "[+-]", "/": "[/_]"}.get(char, char) for char in encoded[first:last])
    return f"{'[A-Za-z0-9+/_-]' if skipped else ''}{core}[A-Za-z0-9+/_-]?={{0,2}}"
