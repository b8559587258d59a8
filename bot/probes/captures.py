"""Values that one answer gives and a later question takes along: found, filled in, and kept out of what is said.

Rules:
1. Only `{name}` of a value that an earlier answer gave is filled in, and only at declared places: the path and query of
   a URL (percent-encoded), header values, the texts of a body. Nothing is filled into what was filled in.
2. A captured value may be a session's token. It goes to the origin that it came from alone, and in everything that is
   said its name stands in its place.
"""

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import re2
from pydantic import Field, JsonValue, model_validator

from bot.egress.exchange import Response
from bot.egress.rules import CREDENTIAL_HEADERS, credential_fault, header_fault, url_fault
from bot.probes.answers import document, header, is_crowded
from bot.probes.contract import Params
from bot.probes.values import MOST_MATCHED, lookup, search, steps
from bot.scan.patterns import MAX_PATTERN, expression_fault

NAME = r"^[a-z][a-z0-9_]{0,30}$"
MOST_CAPTURED = 4096
LEAST_HIDDEN = 4
"""Shorter values are hidden where they stand alone; anywhere else they are letters of other words."""

_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}")
_AUTHORITY = re.compile(r"[^/?#]*//[^/?#]*|[^/?#]*")
_PASSABLE = re.compile(r"[\x20-\x7e]+\Z")
_FORMS = {
    "authorization": re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{0,30} )?\{\w+\}\Z"),
    "cookie": re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+=\{\w+\}(?:; [!#$%&'*+.^_`|~0-9A-Za-z-]+=\{\w+\})*\Z"),
}


class Uncaught(Exception):
    """There is a value, but it cannot be passed on; the text says why, without the value (`value`, cut).

    `is_long`: it is too long.
    """

    def __init__(self, why: str, value: str, *, is_long: bool) -> None:
        super().__init__(why)
        self.value = value[:MOST_CAPTURED]
        self.is_long = is_long


class CaptureParams(Params):
    """Where a value is found in an answer: one of these."""

    place: str | None = Field(
        default=None,
        alias="json",
        min_length=1,
        max_length=300,
        description="Its place in the JSON body: `data.token`.",
    )
    header: str | None = Field(default=None, min_length=1, max_length=64, description="The header that holds it.")
    cookie: str | None = Field(default=None, min_length=1, max_length=100, description="The cookie that is set to it.")
    pattern: str | None = Field(
        default=None, min_length=1, max_length=MAX_PATTERN, description="An RE2 pattern whose one group holds it."
    )

    @model_validator(mode="after")
    def _can_be_found(self) -> "CaptureParams":
        if sum(one is not None for one in (self.place, self.header, self.cookie, self.pattern)) != 1:
            raise ValueError("name one place of the value: `json`, `header`, `cookie` or `pattern`")
        if self.place is not None:
            steps(self.place)
        if self.pattern is not None:
            if fault := expression_fault(self.pattern):
                raise ValueError(f"`pattern`: {fault}")
            if re2.compile(self.pattern).groups != 1:
                raise ValueError("`pattern` must have exactly one group, which holds the value: `id=([0-9]+)`")
        return self

    @property
    def reads_body(self) -> bool:
        """Does it stand in the body?"""
        return self.place is not None or self.pattern is not None

    @property
    def words(self) -> str:
        """Where it stands, for people."""
        named = {"the header": self.header, "the cookie": self.cookie, "the match of": self.pattern}
        found = next((f"{what} `{name}`" for what, name in named.items() if name is not None), None)
        return found or f"`{self.place}`"


def captured(response: Response, wanted: CaptureParams) -> str | None:
    """The value in an answer, None where there is none. Raises `Uncaught` for one that no header or URL can hold."""
    value = _found(response, wanted)
    if not value:
        return None
    if len(value) > MOST_CAPTURED:
        raise Uncaught(f"it is longer than {MOST_CAPTURED:,} characters", value, is_long=True)
    if not _PASSABLE.match(value):
        raise Uncaught("it holds characters that are not printable ASCII", value, is_long=False)
    return value


def _found(response: Response, wanted: CaptureParams) -> str | None:
    if wanted.header is not None:
        return header(response, wanted.header)
    if wanted.cookie is not None:
        return _cookie(response, wanted.cookie)
    if wanted.pattern is not None:
        text = response.body[:MOST_MATCHED].decode("utf-8", "replace")
        match = search(wanted.pattern, text)
        return match[1] if match else None
    if is_crowded(response):
        raise Uncaught("the body holds more lists and mappings than are read here", "", is_long=True)
    body = document(response)
    found = lookup(body.value, wanted.place or "") if body is not None else None
    match found.value if found is not None else None:
        case bool() | None:
            return None
        case str() | int() | float() as value:
            return str(value)
        case _:
            return None


def _cookie(response: Response, name: str) -> str | None:
    """The value that a cookie is set to (RFC 6265 section 4.1.1); the last one counts."""
    pairs = (value.partition(";")[0].partition("=") for key, value in response.headers if key.lower() == "set-cookie")
    values = [value.strip() for key, _, value in pairs if key.strip() == name]
    return values[-1] if values else None


def names_in(text: str) -> frozenset[str]:
    """What `text` wants filled in."""
    return frozenset(_PLACE.findall(text))


def names_in_body(body: JsonValue, known: Sequence[str]) -> frozenset[str]:
    """What a body wants filled in; of braces with anything else in them nothing is wanted."""
    texts = _texts(body)
    return frozenset(name for text in texts for name in names_in(text)) & frozenset(known)


def template_fault(url: str, known: Sequence[str]) -> str | None:
    """What is wrong with a URL that earlier values are filled into; None where nothing is."""
    authority = _AUTHORITY.match(url)
    if authority is not None and names_in(authority[0]):
        return "nothing is filled into the host of a URL, only into its path and query"
    if unknown := sorted(names_in(url) - set(known)):
        return f"`{{{unknown[0]}}}` is captured by no earlier step"
    return url_fault(stand_in(url))


def stand_in(url: str) -> str:
    """The URL with a letter for each value, to be checked before there are any."""
    return _PLACE.sub("x", url)


def header_template_fault(name: str, value: str, known: Sequence[str]) -> str | None:
    """What is wrong with a header that earlier values are filled into; None where nothing is.

    `Authorization` and `Cookie` hold a captured value and nothing else: a policy is no place for secrets.
    """
    wants = names_in(value)
    if not wants:
        return header_fault(name, value)
    if unknown := sorted(wants - set(known)):
        return f"`{{{unknown[0]}}}` is captured by no earlier step"
    if name.lower() in CREDENTIAL_HEADERS and not _FORMS[name.lower()].match(value):
        return f"{name} holds captured values alone: `Bearer {{token}}`, or `sid={{session}}` for a cookie"
    return credential_fault(name, _PLACE.sub("x", value))


def filled(text: str, values: Mapping[str, str], *, in_url: bool = False) -> str:
    """The text with the values at their places, once; other braces stay as they are."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        return quote(values[match[1]], safe="") if in_url else values[match[1]]

    return _PLACE.sub(value, text)


def filled_body(body: JsonValue, values: Mapping[str, str]) -> JsonValue:
    """A JSON body with the values in its texts; keys stay as they are."""
    match body:
        case str():
            return filled(body, values)
        case list():
            return [filled_body(one, values) for one in body]
        case dict():
            return {key: filled_body(one, values) for key, one in body.items()}
        case _:
            return body


def _texts(body: JsonValue) -> list[str]:
    match body:
        case str():
            return [body]
        case list():
            return [text for one in body for text in _texts(one)]
        case dict():
            return [text for one in body.values() for text in _texts(one)]
        case _:
            return []


def veiled(text: str, values: Mapping[str, str]) -> str:
    """What an answer made us say, with names in the place of values: whole ones in any usual spelling, and cut ones."""
    names: dict[str, str] = {}
    for name, value in values.items():
        names.update(dict.fromkeys(_spellings(value), name))
    for spelling in sorted(names, key=len, reverse=True):
        sought = re.escape(spelling) if len(spelling) >= LEAST_HIDDEN else f"(?<=`){re.escape(spelling)}(?=`)"
        mark = f"[{names[spelling]}]"
        text = re.sub(sought, lambda _, mark=mark: mark, text, flags=re.IGNORECASE)  # type: ignore[misc]
        text = _without_cut(text, spelling, mark)
    return text


def _spellings(value: str) -> set[str]:
    """As it is, in a URL, in JSON, and as texts are shown: with single blanks."""
    return {value, quote(value, safe=""), json.dumps(value)[1:-1], " ".join(value.split())} - {""}


def _without_cut(text: str, value: str, mark: str) -> str:
    """Long texts are cut with `…`, and may end within a value."""
    parts = text.split("…")
    for index, part in enumerate(parts[:-1]):
        lower, sought = part.lower(), value.lower()
        most = min(len(sought) - 1, len(part))
        held = next((size for size in range(most, LEAST_HIDDEN - 1, -1) if lower.endswith(sought[:size])), 0)
        if held:
            parts[index] = part[: len(part) - held] + mark
    return "…".join(parts)
