"""What "`X` is gone" asks of the code: the literal, and where a token must begin and end.

Rules:
1. A star at an end of the written name leaves that end open: `*.staging.example.com` is `.staging.example.com` with
   anything before it.
2. Elsewhere the literal must stand as a token of its own: `foo` is not found in `foobar` or `foo-bar`.
3. Where the new name contains the old one, occurrences inside the new name do not count (`unless`).
4. A literal that everybody writes (`==`, `True`, `list`) says nothing about a migration: no pattern.

The expression is RE2: https://github.com/google/re2/wiki/Syntax
"""

import re
from dataclasses import dataclass
from itertools import pairwise

_TOKEN_CHARACTERS = "0-9A-Za-z_-"
_COMMON_WORDS = (
    "true false none null self this list dict string object array class import return async await print console "
    "default error value values result results data config index status number boolean undefined function const "
    "static public private string int float name type types test tests main master develop utf-8 localhost "
    "production staging"
)
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A literal to look for. `open_left` and `open_right` say where a longer token still counts."""

    literal: str
    open_left: bool = False
    open_right: bool = False
    unless: str | None = None

    @property
    def expression(self) -> str:
        """The literal as an RE2 expression with its token boundaries."""
        left = "" if self.open_left or not _is_token(self.literal[0]) else f"(?:^|[^{_TOKEN_CHARACTERS}])"
        right = "" if self.open_right or not _is_token(self.literal[-1]) else f"(?:$|[^{_TOKEN_CHARACTERS}])"
        return f"{left}{re.escape(self.literal)}{right}"


def pattern_of(written: str, *, new: str | None = None) -> Pattern | None:
    """The pattern that a name, written in code, stands for; `new` is what replaced it. None if it is too common."""
    text = written.strip().strip("'\"")
    open_left, open_right = text.startswith("*"), text.endswith("*")
    literal = text.strip("*")
    if "*" in literal or "\n" in literal or len(literal) > 200 or not is_distinctive(literal):
        return None
    replacement = (new or "").strip().strip("'\"*")
    if replacement == literal:
        return None
    unless = replacement if literal in replacement else None
    return Pattern(literal=literal, open_left=open_left, open_right=open_right, unless=unless)


def is_distinctive(literal: str) -> bool:
    """Is the literal a name that only the thing meant would carry?"""
    letters = sum(character.isalnum() for character in literal)
    if letters < 4 or literal.lower().strip("()") in _COMMON:
        return False
    inner_case = any(a.islower() and b.isupper() for a, b in pairwise(literal))
    return inner_case or len(literal) >= 8 or any(not character.isalpha() for character in literal.strip("()"))


def _is_token(character: str) -> bool:
    return bool(re.fullmatch(f"[{_TOKEN_CHARACTERS}]", character))
