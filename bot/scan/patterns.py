"""What is looked for: literals, words and RE2 expressions.

Rules:
1. Patterns come from strangers and never reach `re`: an ordinary one may run for minutes there. RE2 is linear, but a
   counted repeat multiplies its states (`[ab]*a[ab]{190}c`: 10 s a megabyte), so the repeats of all expressions that
   are matched together are bounded.
2. An expression matches within a line, as with `git grep`; `^` and `$` stand for its ends. A literal may span lines.
3. A word must not continue to the left or right: `foo` is not in `foobar`, `foo_bar` or `foo-bar`. A star at an end
   of a word leaves that end open.

Source: https://github.com/google/re2/wiki/Syntax
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import re2

MAX_PATTERN = 256
MAX_REPEATS = 200
"""For all expressions that are matched together: a hundred kilobytes of the worst text take two seconds then."""
MAX_PROGRAM = 5_000

_DOT_ALL = re.compile(r"(?<!\\)\(\?[imU]*s")
_NUL = re.compile(r"\x00|\\0{1,3}(?![0-7])|\\x00|\\x\{0+\}")
_NEWLINE = re.compile(r"\n|\\n|\\x0[aA]|\\x\{0*[aA]\}|\\012")


class Match(StrEnum):
    """How a pattern is read."""

    LITERAL = "literal"
    WORD = "word"
    REGEX = "regex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Something to look for. An occurrence inside one of `unless` (longer literals) does not count."""

    text: str
    match: Match = Match.LITERAL
    ignore_case: bool = False
    unless: tuple[str, ...] = ()


def pattern_fault(pattern: Pattern) -> str | None:
    """What is wrong with a pattern, in plain words; None where nothing is."""
    text = pattern.text
    if not text or len(text) > MAX_PATTERN:
        return f"a pattern must have 1 to {MAX_PATTERN} characters"
    if "\0" in text:
        return "a pattern cannot hold a NUL"
    if pattern.match is not Match.REGEX:
        only_stars = pattern.match is Match.WORD and not text.strip("*")
        return "a pattern of nothing but stars is found everywhere" if only_stars else None
    unescaped = text.replace(r"\\", "")
    if _NEWLINE.search(unescaped):
        return "an expression matches within a line, so it cannot hold a line break"
    if _DOT_ALL.search(unescaped):
        return "an expression matches within a line, so leave out the flag `s`, which lets `.` match a line break"
    return "`unless` is for literals and words" if pattern.unless else expression_fault(text)


def patterns_fault(patterns: tuple[Pattern, ...]) -> str | None:
    """What is wrong with patterns that are looked for together; None where nothing is."""
    if fault := next(filter(None, map(pattern_fault, patterns)), None):
        return fault
    repeats = sum(repeats_of(pattern.text) for pattern in patterns if pattern.match is Match.REGEX)
    return f"the patterns' counted repeats come to more than {MAX_REPEATS}" if repeats > MAX_REPEATS else None


def expression_fault(text: str) -> str | None:
    """What is wrong with an RE2 expression that a stranger wrote; None where nothing is."""
    if not text or len(text) > MAX_PATTERN:
        return f"a pattern must have 1 to {MAX_PATTERN} characters"
    if _NUL.search(text.replace(r"\\", "")):
        return "a pattern cannot hold a NUL"
    try:
        compiled = re2.compile(text, _options())
    except re2.error as exc:
        return f"not an RE2 pattern: {_error_text(exc)}"
    if repeats_of(text) > MAX_REPEATS:
        return f"the pattern's counted repeats come to more than {MAX_REPEATS}"
    if compiled.programsize > MAX_PROGRAM:
        return "the pattern is too complex"
    return "the pattern matches the empty text, so it is found everywhere" if compiled.fullmatch("") else None


def repeats_of(expression: str) -> int:
    """How much counted repeats blow an expression up: nested ones multiply, neighbours add."""
    groups: list[int] = [0]
    last = at = 0
    while at < len(expression):
        character = expression[at]
        match character:
            case "\\":
                at = _quote_end(expression, at) if expression.startswith(r"\Q", at) else at + 1
                last = 0
            case "[":
                at = _class_end(expression, at)
                last = 0
            case "(":
                groups.append(0)
                last = 0
            case ")":
                last = groups.pop() if len(groups) > 1 else 0
                groups[-1] += last
            case "{":
                times, at = _times(expression, at)
                if times:
                    groups[-1] += times * max(1, last) - last
                    last = times * max(1, last)
            case "*" | "+" | "?":
                pass
            case _:
                last = 0
        at += 1
    return sum(groups)


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.never_nl = True
    return options


def _error_text(exc: re2.error) -> str:
    reason = exc.args[0] if exc.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _quote_end(expression: str, at: int) -> int:
    r"""The index of the last character of the `\Q…\E` that begins at `at`."""
    end = expression.find(r"\E", at)
    return end + 1 if end >= 0 else len(expression)


def _class_end(expression: str, at: int) -> int:
    """The index of the `]` that ends the class which begins at `at`."""
    at += 1
    if expression[at : at + 1] == "^":
        at += 1
    if expression[at : at + 1] == "]":
        at += 1
    while at < len(expression) and expression[at] != "]":
        at += 2 if expression[at] == "\\" else 1
    return at


def _times(expression: str, at: int) -> tuple[int, int]:
    """A counted repeat's larger number and the index of its `}`; 0 where the brace is a plain character."""
    end = expression.find("}", at)
    low, _, high = expression[at + 1 : end].partition(",") if end > 0 else ("", "", "")
    if not low.isdecimal() or (high and not high.isdecimal()):
        return 0, at
    return max(int(low), int(high or low), 1), end
