"""Which of several searches a path belongs to, told in one match for all of them.

A tree of 50,000 paths and a policy of thirty searches would be a million and a half matches otherwise.
"""

from collections.abc import Callable

import re2

from bot.scan.globs import expression_of, selector

SET_MEMORY = 32 << 20
_SENTINEL = "(?s:.*)"  # always matches; a set that ran out of memory answers that nothing does

Globs = tuple[tuple[str, ...], tuple[str, ...]]
"""The globs that include (none: every path), and those that exclude."""


class Selection:
    """The globs of several searches made ready. They must be without fault."""

    def __init__(self, searches: tuple[Globs, ...]) -> None:
        lists = dict.fromkeys(globs for pair in searches for globs in pair if globs)
        self._numbers = {globs: number for number, globs in enumerate(lists, start=1)}
        self._searches = searches
        self._set = _set_of(tuple(lists)) if lists else None
        self._selects: tuple[Callable[[str], bool], ...] = ()
        self._known: dict[tuple[int, ...], int] = {}
        self.groups: list[frozenset[int]] = [frozenset(range(len(searches)))]

    def of(self, path: str) -> int:
        """The number of the path's group: `groups` has the searches that all paths of a group belong to."""
        if self._set is None:
            return 0
        matched = tuple(self._set.Match(path.encode()))
        group = self._known.get(matched)
        if group is not None:
            return group
        if 0 not in matched:
            return self._group(self._one_by_one(path))
        group = self._known[matched] = self._group(self._told(frozenset(matched)))
        return group

    def _told(self, matched: frozenset[int]) -> frozenset[int]:
        numbers = self._numbers
        return frozenset(
            search
            for search, (include, exclude) in enumerate(self._searches)
            if (not include or numbers[include] in matched) and numbers.get(exclude) not in matched
        )

    def _one_by_one(self, path: str) -> frozenset[int]:
        self._selects = self._selects or tuple(selector(*globs) for globs in self._searches)
        return frozenset(search for search, selects in enumerate(self._selects) if selects(path))

    def _group(self, searches: frozenset[int]) -> int:
        if searches not in self.groups:
            self.groups.append(searches)
        return self.groups.index(searches)


def _set_of(lists: tuple[tuple[str, ...], ...]) -> re2.Set:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = SET_MEMORY
    together = re2.Set.FullMatchSet(options)
    for expression in (_SENTINEL, *map(expression_of, lists)):
        together.Add(expression)
    together.Compile()
    return together
