"""What is looked for: literals, words and RE2 expressions, over bytes.

Rules:
1. Patterns come from strangers and never reach `re`: an ordinary one may run for minutes there. RE2 is linear, but a
   counted repeat multiplies its states (`[ab]*a[ab]{190}c`: 10 s a megabyte), so the repeats of all expressions
   together are bounded, text is matched in pieces, and between pieces somebody may say that time is up.
2. Text is bytes. A file of plain ASCII, or of no valid UTF-8, is matched byte by byte (Latin-1: every byte is a
   character, nothing is invalid, `.` always matches); a file of valid UTF-8 is matched by characters, so that `.`
   takes an `é` as one. Offsets are byte offsets in both.
3. An expression matches within a line, as with `git grep`; `^` and `$` stand for its ends. A line longer than a piece
   is matched in pieces that overlap by 4 kB. A literal may span lines.
4. A set of expressions carries a sentinel that always matches: a set that ran out of memory answers "no match", and
   the missing sentinel tells that it did not run.
5. A word must not continue to the left or right: `foo` is not in `foobar`, `foo_bar` or `foo-bar`. A star at an end
   of a word leaves that end open.

Source: https://github.com/google/re2/wiki/Syntax
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import re2

MAX_PATTERN = 256
MAX_REPEATS = 200
"""For all expressions that are matched together: a hundred kilobytes of the worst text take two seconds then."""
MAX_PROGRAM = 5_000
FEW = 3
"""Up to so many patterns, a pass for each is faster than one pass for all: a set does without RE2's shortcuts."""
SET_MEMORY = 32 << 20
PIECE = 128 << 10
OVERLAP = 4 << 10

_NEWLINE = re.compile(r"\n|\\n|\\x0[aA]|\\x\{0*[aA]\}|\\012")
_SENTINEL = rb"(?s:\A)"
_TOKEN = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") | frozenset(range(0x80, 0x100))


class PatternSetFailed(Exception):
    """The expressions need more memory than they get: nothing was matched, and nothing may be concluded."""


class OutOfTime(Exception):
    """Somebody said that time is up; what was not matched by then was not looked at."""


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
    if _NEWLINE.search(text.replace(r"\\", "")):
        return "an expression matches within a line, so it cannot hold a line break"
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


def _never() -> bool:
    return False


class Matcher:
    """Patterns made ready. They must be without fault. `is_late` tells that time is up, and is asked now and then."""

    def __init__(self, patterns: tuple[Pattern, ...], is_late: Callable[[], bool] = _never) -> None:
        self._literals = tuple(
            (index, _Literal(pattern)) for index, pattern in enumerate(patterns) if pattern.match is not Match.REGEX
        )
        expressions = tuple(
            (index, _spelled(pattern)) for index, pattern in enumerate(patterns) if pattern.match is Match.REGEX
        )
        self._characters = _ExpressionSet(expressions, is_late, by_bytes=False) if expressions else None
        self._prefilter = _prefilter(patterns) if len(self._literals) > FEW else None
        # What Latin-1 cannot spell cannot stand in a Latin-1 text either, so the by-bytes set does without it.
        spellable = tuple(pair for pair in expressions if _is_latin1(pair[1]))
        self._bytes = _ExpressionSet(spellable, is_late, by_bytes=True) if spellable else None

    def found(self, data: bytes) -> Iterator[tuple[int, Iterator[int]]]:
        """Each pattern's index that may occur, with the offsets where it does.

        Raises `PatternSetFailed`, `OutOfTime`.
        """
        for index, literal in self._candidates(data):
            if literal.may_occur(data):
                yield index, literal.offsets(data)
        expressions = self._set_for(data) if self._characters else None
        if expressions:
            yield from expressions.found(data)

    def _candidates(self, data: bytes) -> "Iterable[tuple[int, _Literal]]":
        if self._prefilter is None or len(data) > PIECE:
            return self._literals
        likely = self._prefilter.matched(data)
        return [pair for pair in self._literals if pair[0] in likely or pair[1].spans_lines]

    def _set_for(self, data: bytes) -> "_ExpressionSet | None":
        if data.isascii():
            return self._bytes
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return self._bytes
        return self._characters


class _Literal:
    def __init__(self, pattern: Pattern) -> None:
        self._ignore_case = pattern.ignore_case
        text, is_word = pattern.text, pattern.match is Match.WORD
        needle = self._folded((text.strip("*") if is_word else text).encode())
        self._needle = needle
        self._closed_left = is_word and not text.startswith("*") and needle[0] in _TOKEN
        self._closed_right = is_word and not text.endswith("*") and needle[-1] in _TOKEN
        self.spans_lines = b"\n" in needle
        self._unless = tuple(self._folded(longer.encode()) for longer in pattern.unless)

    def may_occur(self, data: bytes) -> bool:
        return self._needle in self._folded(data)

    def offsets(self, data: bytes) -> Iterator[int]:
        text = self._folded(data)
        at = text.find(self._needle)
        while at >= 0:
            counts = self._counts(text, at)
            if counts:
                yield at
            at = text.find(self._needle, at + (len(self._needle) if counts else 1))

    def _counts(self, text: bytes, at: int) -> bool:
        end = at + len(self._needle)
        if self._closed_left and at and text[at - 1] in _TOKEN:
            return False
        if self._closed_right and end < len(text) and text[end] in _TOKEN:
            return False
        return not any(self._is_inside(text, at, longer) for longer in self._unless)

    def _is_inside(self, text: bytes, at: int, longer: bytes) -> bool:
        shift = longer.find(self._needle)
        while shift >= 0:
            if at >= shift and text.startswith(longer, at - shift):
                return True
            shift = longer.find(self._needle, shift + 1)
        return False

    def _folded(self, data: bytes) -> bytes:
        return data.lower() if self._ignore_case else data


def _prefilter(patterns: tuple[Pattern, ...]) -> "_ExpressionSet":
    """Finds at least the literals of one line that occur: their UTF-8 bytes, as the Latin-1 characters of these."""
    quoted = (
        (index, f"(?{'i' if pattern.ignore_case else 's'}:{_quoted(pattern)})")
        for index, pattern in enumerate(patterns)
        if pattern.match is not Match.REGEX
    )
    return _ExpressionSet(tuple(quoted), _never, by_bytes=True)


def _quoted(pattern: Pattern) -> str:
    text = pattern.text.strip("*") if pattern.match is Match.WORD else pattern.text
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


class _ExpressionSet:
    def __init__(
        self, expressions: tuple[tuple[int, str], ...], is_late: Callable[[], bool], *, by_bytes: bool
    ) -> None:
        encoding = "latin-1" if by_bytes else "utf-8"
        options = _options(by_bytes=by_bytes)
        self._is_late = is_late
        self._indexes = tuple(index for index, _ in expressions)
        raw = tuple(expression.encode(encoding) for _, expression in expressions)
        self._single = tuple(re2.compile(one, options) for one in raw)
        self._set = _set_of(raw, options) if len(raw) > FEW else None

    def matched(self, data: bytes) -> frozenset[int]:
        return frozenset(index for index, _ in self.found(data))

    def found(self, data: bytes) -> Iterator[tuple[int, Iterator[int]]]:
        matched: set[int] = set()
        for _, piece in self._pieces(data):
            matched.update(self._matching(piece))
        for number in sorted(matched):
            yield self._indexes[number], self._offsets(data, number)

    def _matching(self, piece: bytes) -> Iterable[int]:
        if self._set is None:
            return (number for number, single in enumerate(self._single) if single.search(piece))
        numbers = self._set.Match(piece)
        if 0 not in numbers:
            raise PatternSetFailed("the patterns are too many or too complex to be matched together")
        return (number - 1 for number in numbers if number)

    def _offsets(self, data: bytes, number: int) -> Iterator[int]:
        last = -1
        for start, piece in self._pieces(data):
            for match in self._single[number].finditer(piece):
                # Where pieces overlap, an occurrence is seen twice.
                if start + match.start() > last:
                    last = start + match.start()
                    yield last

    def _pieces(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Whole lines, so many that no single call runs long; a longer line is cut, and the cuts overlap."""
        if len(data) <= PIECE:
            yield 0, data
            return
        start = 0
        while start < len(data):
            if self._is_late():
                raise OutOfTime
            end = min(start + PIECE, len(data))
            newline = data.rfind(b"\n", start, end) if end < len(data) else -1
            yield start, data[start : newline + 1 if newline >= 0 else end]
            start = newline + 1 if newline >= 0 else end - OVERLAP if end < len(data) else end


def _set_of(expressions: tuple[bytes, ...], options: re2.Options) -> re2.Set:
    """The expressions as one set, with the sentinel at its head."""
    together = re2.Set.SearchSet(options)
    for expression in (_SENTINEL, *expressions):
        together.Add(expression)
    together.Compile()
    return together


def _options(*, by_bytes: bool = False) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = SET_MEMORY
    options.never_nl = True
    options.encoding = re2.Options.Encoding.LATIN1 if by_bytes else re2.Options.Encoding.UTF8
    return options


def _spelled(pattern: Pattern) -> str:
    return f"(?{'mi' if pattern.ignore_case else 'm'}:{pattern.text})"


def _is_latin1(text: str) -> bool:
    return all(ord(character) < 0x100 for character in text)


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
