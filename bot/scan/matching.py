"""The occurrences of patterns in texts, many patterns and many texts at once, over bytes.

Rules:
1. Text is bytes. A file of plain ASCII, or of no valid UTF-8, is matched byte by byte (Latin-1: every byte is a
   character, nothing is invalid, `.` always matches); a file of valid UTF-8 is matched by characters, so that `.`
   takes an `é` as one. Offsets are byte offsets in both.
2. Small texts are joined by line breaks and looked at as one: where nothing is found in all of them, which is what
   nearly always comes out, none of them is looked at alone. What is found there only says where to look.
3. Text is matched in pieces, and between pieces somebody may say that time is up. A line longer than a piece is
   matched in pieces that overlap by 4 kB.
4. A set of expressions carries a sentinel that always matches: a set that ran out of memory answers "no match", and
   the missing sentinel tells that it did not run.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import re2

from bot.scan.patterns import Match, Pattern

FEW = 3
"""Up to so many patterns, a pass for each is faster than one pass for all: a set does without RE2's shortcuts."""
SET_MEMORY = 32 << 20
PIECE = 128 << 10
OVERLAP = 4 << 10

_SENTINEL = rb"(?s:\A)"
_TOKEN = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") | frozenset(range(0x80, 0x100))
_MEANS_THE_WHOLE_TEXT = re.compile(r"\\[AzC]|\(\?[a-zA-Z]*-")  # or may mean it: `(?-m:^a)`


class PatternSetFailed(Exception):
    """The expressions need more memory than they get: nothing was matched, and nothing may be concluded."""


class OutOfTime(Exception):
    """Somebody said that time is up; what was not matched by then was not looked at."""


def _never() -> bool:
    return False


class Matcher:
    """Patterns made ready. They must be without fault. `is_late` tells that time is up, and is asked now and then."""

    def __init__(self, patterns: tuple[Pattern, ...], is_late: Callable[[], bool] = _never) -> None:
        self._is_late = is_late
        self._has_expressions = any(pattern.match is Match.REGEX for pattern in patterns)
        self._by_bytes = _Prepared(patterns, is_late, by_bytes=True)
        self._by_characters = _Prepared(patterns, is_late, by_bytes=False) if self._has_expressions else self._by_bytes

    def found(self, data: bytes) -> Iterator[tuple[int, Iterator[int]]]:
        """Each pattern's index that may occur in a text, with the offsets where it does.

        Raises `PatternSetFailed`, `OutOfTime`.
        """
        return ((index, offsets) for index, _, offsets in self.found_in((data,)))

    def found_in(self, texts: Sequence[bytes]) -> Iterator[tuple[int, int, Iterator[int]]]:
        """Each pattern's index that may occur, the number of the text in which it may, and the offsets where it does.

        Texts that are to be looked at as one should come to no more than `PIECE`. Raises like `found`.
        """
        joined = _Joined(texts)
        # Asked of all at once, since nearly all text is plain ASCII.
        if not self._has_expressions or joined.whole.isascii():
            yield from self._by_bytes.found_in(joined)
            return
        wide = {number for number, text in enumerate(texts) if _is_wide(text)}
        plain = [number for number in range(len(texts)) if number not in wide]
        for prepared, numbers in ((self._by_characters, sorted(wide)), (self._by_bytes, plain)):
            for index, place, offsets in prepared.found_in(_Joined([texts[number] for number in numbers])):
                yield index, numbers[place], offsets


def _is_wide(text: bytes) -> bool:
    """Is the text more than ASCII, and UTF-8?"""
    if text.isascii():
        return False
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Joined:
    """Texts as one, with a line break between them."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.texts = texts
        self.whole = texts[0] if len(texts) == 1 else b"\n".join(texts)

    @cached_property
    def folded(self) -> bytes:
        return self.whole.lower()

    @cached_property
    def starts(self) -> Sequence[int]:
        starts, at = [], 0
        for text in self.texts:
            starts.append(at)
            at += len(text) + 1
        return starts


class _Prepared:
    """All patterns for texts of one kind."""

    def __init__(self, patterns: tuple[Pattern, ...], is_late: Callable[[], bool], *, by_bytes: bool) -> None:
        self._is_late = is_late
        self._finders: dict[int, _Literal | _Expression] = {}
        members: list[tuple[int, bytes]] = []
        for index, pattern in enumerate(patterns):
            if pattern.match is not Match.REGEX:
                self._finders[index] = _Literal(pattern)
                spelled = _quoted(pattern)
            elif by_bytes and not _is_latin1(pattern.text):
                continue  # what Latin-1 cannot spell cannot stand in a Latin-1 text either
            else:
                spelled = _spelled(pattern).encode("latin-1" if by_bytes else "utf-8")
                self._finders[index] = _Expression(spelled, pattern, is_late, by_bytes=by_bytes)
            if not self._finders[index].is_alone:
                members.append((index, spelled))
        # Literals are spelled byte by byte, which only a set by bytes can read.
        sets = members if by_bytes else [pair for pair in members if isinstance(self._finders[pair[0]], _Expression)]
        self._set = _Set(sets, is_late, by_bytes=by_bytes) if len(sets) > FEW else None
        told = {index for index, _ in sets} if self._set else set()
        self._others = tuple(index for index in self._finders if index not in told)

    def found_in(self, joined: _Joined) -> Iterator[tuple[int, int, Iterator[int]]]:
        for index in self._likely(joined) if joined.texts else ():
            finder = self._finders[index]
            if finder.is_alone or len(joined.texts) == 1:
                yield from ((index, place, finder.offsets(text)) for place, text in enumerate(joined.texts))
            else:
                yield from ((index, place, finder.offsets(joined.texts[place])) for place in self._in(joined, finder))

    def _likely(self, joined: _Joined) -> Iterable[int]:
        if self._set is None:
            return self._others
        return sorted((*self._others, *self._set.matched(joined.whole)))

    def _in(self, joined: _Joined, finder: "_Literal | _Expression") -> Iterator[int]:
        """The places of the texts in which a pattern may occur. It is looked for in all of them at once."""
        text = joined.folded if finder.ignore_case else joined.whole
        starts = joined.starts
        at = finder.first(text, 0)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            yield place
            if self._is_late():
                raise OutOfTime
            at = finder.first(text, starts[place + 1]) if place + 1 < len(starts) else -1


class _Literal:
    def __init__(self, pattern: Pattern) -> None:
        self.ignore_case = pattern.ignore_case
        text, is_word = pattern.text, pattern.match is Match.WORD
        needle = self._folded((text.strip("*") if is_word else text).encode())
        self._needle = needle
        self._closed_left = is_word and not text.startswith("*") and needle[0] in _TOKEN
        self._closed_right = is_word and not text.endswith("*") and needle[-1] in _TOKEN
        self.is_alone = b"\n" in needle
        self._unless = tuple(self._folded(longer.encode()) for longer in pattern.unless)

    def first(self, text: bytes, at: int) -> int:
        """Where it may occur first in a folded text; -1 for nowhere."""
        return text.find(self._needle, at)

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
        return data.lower() if self.ignore_case else data


class _Expression:
    def __init__(self, spelled: bytes, pattern: Pattern, is_late: Callable[[], bool], *, by_bytes: bool) -> None:
        self.ignore_case = False  # RE2 sees to it
        self.is_alone = _MEANS_THE_WHOLE_TEXT.search(pattern.text) is not None
        self._compiled = re2.compile(spelled, _options(by_bytes=by_bytes))
        self._is_late = is_late

    def first(self, text: bytes, at: int) -> int:
        match = self._compiled.search(text, at)
        return match.start() if match else -1

    def offsets(self, data: bytes) -> Iterator[int]:
        last = -1
        for start, piece in _pieces(data, self._is_late):
            for match in self._compiled.finditer(piece):
                # Where pieces overlap, an occurrence is seen twice.
                if start + match.start() > last:
                    last = start + match.start()
                    yield last


class _Set:
    """Expressions that are looked for in one pass."""

    def __init__(self, members: Sequence[tuple[int, bytes]], is_late: Callable[[], bool], *, by_bytes: bool) -> None:
        self._indexes = tuple(index for index, _ in members)
        self._is_late = is_late
        self._set = re2.Set.SearchSet(_options(by_bytes=by_bytes))
        for expression in (_SENTINEL, *(spelled for _, spelled in members)):
            self._set.Add(expression)
        self._set.Compile()

    def matched(self, data: bytes) -> set[int]:
        """The patterns that occur. Raises `PatternSetFailed`, `OutOfTime`."""
        matched: set[int] = set()
        for _, piece in _pieces(data, self._is_late):
            numbers = self._set.Match(piece)
            if 0 not in numbers:
                raise PatternSetFailed("the patterns are too many or too complex to be matched together")
            matched.update(self._indexes[number - 1] for number in numbers if number)
        return matched


def _pieces(data: bytes, is_late: Callable[[], bool]) -> Iterator[tuple[int, bytes]]:
    """Whole lines, so many that no single call runs long; a longer line is cut, and the cuts overlap."""
    if len(data) <= PIECE:
        yield 0, data
        return
    start = 0
    while start < len(data):
        if is_late():
            raise OutOfTime
        end = min(start + PIECE, len(data))
        newline = data.rfind(b"\n", start, end) if end < len(data) else -1
        yield start, data[start : newline + 1 if newline >= 0 else end]
        start = newline + 1 if newline >= 0 else end - OVERLAP if end < len(data) else end


def _options(*, by_bytes: bool) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = SET_MEMORY
    options.never_nl = True
    options.encoding = re2.Options.Encoding.LATIN1 if by_bytes else re2.Options.Encoding.UTF8
    return options


def _spelled(pattern: Pattern) -> str:
    return f"(?{'mi' if pattern.ignore_case else 'm'}:{pattern.text})"


def _quoted(pattern: Pattern) -> bytes:
    """A literal as an expression over bytes that finds at least it."""
    text = pattern.text.strip("*") if pattern.match is Match.WORD else pattern.text
    body = "".join(f"\\x{byte:02x}" for byte in text.encode())
    return f"(?{'i' if pattern.ignore_case else 's'}:{body})".encode()


def _is_latin1(text: str) -> bool:
    return all(ord(character) < 0x100 for character in text)
