"""A pattern by its name: the criteria that held when several issues were closed, and what these issues share. Pure.

A pattern is named for its criteria, whatever order somebody names them in: `domain+unit`. Claims are one issue's alone,
and name nothing. An issue that was closed with a waiver belongs to none, nor does one of which that is not known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.assessment.likeness import Candidate
from bot.assessment.precedent import Held, Precedent

OFTEN = 2
"""Issues that make a pattern."""
_JOIN = "+"
_LONGEST = 60
_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A pattern to be worked with: its criteria, its issues newest first with their addresses.

    `label`: one that all of them have, and less than half of the others; None where none tells them apart.
    `built_in`: no policy of the repository's asked any of it. `members` are what is remembered of the issues.
    """

    name: str
    criteria: tuple[Held, ...]
    issues: tuple[tuple[int, str], ...]
    label: str | None = None
    built_in: bool = False
    members: tuple[Precedent, ...] = ()


def name_of(criteria: Iterable[Held]) -> str:
    """What a set of criteria is called; nothing where it has only claims."""
    return named(one.id for one in criteria if not one.claim)


def named(ids: Iterable[str]) -> str:
    """The name of a set of ids: they are told apart even where it is cut."""
    whole = _JOIN.join(sorted(set(ids)))
    if len(whole) <= _LONGEST:
        return whole
    return f"{whole[: _LONGEST - _DIGITS - 1]}{_JOIN}{sha256(whole.encode()).hexdigest()[:_DIGITS]}"


def meant(text: str) -> str:
    """The name that somebody means: in any order and case."""
    return named(part for part in text.lower().split(_JOIN) if part)


def names_in(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """All patterns, by name."""
    counted: dict[str, int] = {}
    for one in candidates:
        name = name_of(one.precedent.criteria) if one.precedent.counts else ""
        counted[name] = counted.get(name, 0) + 1
    return tuple(sorted(name for name, issues in counted.items() if name and issues >= OFTEN))


def excepted(candidates: Iterable[Candidate], name: str) -> tuple[int, ...]:
    """The issues that would belong to the pattern, newest first, had they been closed without a waiver."""
    those = [one for one in candidates if not one.precedent.counts and name_of(one.precedent.criteria) == name]
    return tuple(one.issue for one in sorted(those, key=_closing, reverse=True))


def agreed(
    candidates: tuple[Candidate, ...], name: str, *, url: str, without: frozenset[str] = frozenset()
) -> Agreed | None:
    """The pattern of that name; None where there is none. `without` are labels that tell nothing, in lower case."""
    those = sorted(
        (one for one in candidates if name and one.precedent.counts and name_of(one.precedent.criteria) == name),
        key=_closing,
        reverse=True,
    )
    if len(those) < OFTEN:
        return None
    mine, others = [one.precedent for one in those], [one.precedent for one in candidates if one not in those]
    return Agreed(
        name=name,
        criteria=tuple({one.id: one for one in mine[0].criteria if not one.claim}.values()),
        issues=tuple((one.issue, f"{url}/issues/{one.issue}") for one in those),
        label=_telling(mine, others, without),
        built_in=all(one.built_in for one in mine),
        members=tuple(mine),
    )


def _closing(one: Candidate) -> tuple[datetime, int]:
    return one.precedent.closed_at, one.issue


def _telling(mine: list[Precedent], others: list[Precedent], without: frozenset[str]) -> str | None:
    """The shared label that the fewest others have; as long as nothing else was closed, none tells anything."""
    shared = set.intersection(*(_labels(one) for one in mine)) - without
    ranked = sorted((sum(label in _labels(one) for one in others), label) for label in shared)
    if not ranked or ranked[0][0] * 2 >= len(others):
        return None
    return next(label for label in mine[0].labels if label.casefold() == ranked[0][1])


def _labels(one: Precedent) -> set[str]:
    return {label.casefold() for label in one.labels if label.isprintable()}
