"""The policy that holds, in words: part by part, where each comes from, and who may give which command. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.assessment.document import BUILT_IN
from bot.assessment.explanation import Flaw, Spot
from bot.assessment.markdown import code, link, prose, row
from bot.assessment.policy import Policy
from bot.assessment.policy_sentences import sentences
from bot.assessment.wording import brief, count, listing

_ROWS = 10


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSet:
    """A set of criteria: how many it has, for how many of them something is wrong, and for which issues it is."""

    name: str
    criteria: int
    faulty: int = 0
    for_whom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A command, and who may give it, in words. `asked_by` is the policy's key that asks a stronger role."""

    command: str
    who: str
    asked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A policy with all that is to be said of it.

    `origins` says of a key (`mode`, `close.max_age`) where it was given; what is not there is built in. `notes` are
    what is sound and may not be meant, or is not done yet. `left_out` are keys of the organisation's file that act, and
    that it does not hand on.
    """

    policy: Policy
    source: Spot
    asked: CriteriaSet
    profiles: tuple[CriteriaSet, ...] = ()
    permitted: tuple[Permitted, ...] = ()
    origins: Mapping[str, Spot]
    notes: tuple[Flaw, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One rule: its key, what it comes to in rendered Markdown, and where it was given."""

    key: str
    text: str
    origin: Spot | None


def policy(told: Explained, *, limit: int) -> str:
    """The whole policy; at most `limit` characters."""
    given = tuple(part for part in _parts(told) if part.origin is not None)
    built_in = tuple(part for part in _parts(told) if part.origin is None)
    for most in (200, 40, _ROWS, 0):
        parts = (_head(told), _given(given[:most], len(given)), _built_in(built_in, given), _may(told), _notes(told))
        text = "\n\n".join(part for part in parts if part)
        if len(text) <= limit:
            return text
    return f"{_head(told)}\n\nIt is too long to be told here in words."


def origin_of(origins: Mapping[str, T], key: str) -> T | None:
    """Where a key was given: itself, or the section that it stands in where its own place is not known."""
    section = key.partition(".")[0]
    if key in origins or any(known.startswith(f"{section}.") for known in origins):
        return origins.get(key)
    return origins.get(section)


def _head(told: Explained) -> str:
    if told.policy.source == BUILT_IN:
        return (
            f"### 📖 The policy here: the built-in one ({code(brief(told.policy.digest), 40)})\n\n"
            "There is no `.github/resolution.yml` on the default branch; what one leaves out is as follows."
        )
    return (
        f"### 📖 The policy here ({code(brief(told.policy.digest), 40)})\n\n"
        f"From {link(told.source.text, told.source.url)}; what is not given there is built in."
    )


def _given(parts: Sequence[_Part], total: int) -> str:
    if not total:
        return ""
    more = f"\n\nand {total - len(parts)} more" if total > len(parts) else ""
    return f"{_table(parts)}{more}"


def _built_in(parts: Sequence[_Part], given: Sequence[_Part]) -> str:
    """What nobody has given: folded, unless there is nothing else."""
    table = _table(parts)
    if not given:
        return table
    return f"<details><summary>{count(len(parts), 'part')} as built in</summary>\n\n{table}\n\n</details>"


def _table(parts: Sequence[_Part]) -> str:
    rows = (row((code(part.key, 100), part.text, _from(part.origin))) for part in parts)
    return "\n".join((row(("Part", "What holds", "From")), "|-|-|-|", *rows))


def _from(origin: Spot | None) -> str:
    return "built in" if origin is None else link(origin.text, origin.url)


def _parts(told: Explained) -> Iterator[_Part]:
    for key, text in _said(told):
        yield _Part(key=key, text=text, origin=origin_of(told.origins, key))


def _said(told: Explained) -> Iterator[tuple[str, str]]:
    """What is told in sentences, with the sets of criteria behind the first two."""
    rules = tuple(sentences(told.policy))
    yield from rules[:2]
    yield "criteria", _criteria(told.asked)
    for profile in told.profiles:
        for_whom = "asked for by name alone" if profile.for_whom is None else f"for {prose(profile.for_whom, 300)}"
        yield f"profiles.{profile.name}", f"{_criteria(profile)}; {for_whom}"
    yield from rules[2:]


def _criteria(asked: CriteriaSet) -> str:
    faulty = f", {asked.faulty} of which cannot be asked as written" if asked.faulty else ""
    return f"{count(asked.criteria, 'criterion', 'criteria')}{faulty}"


def _may(told: Explained) -> str:
    if not told.permitted:
        return ""
    rows = (row((code(one.command, 120), _who(one, told))) for one in told.permitted)
    return "\n".join((row(("Command", "Who may give it")), "|-|-|", *rows))


def _who(one: Permitted, told: Explained) -> str:
    if one.asked_by is None:
        return prose(one.who, 200)
    key = f"permissions.{one.asked_by}"
    origin = origin_of(told.origins, key)
    where = f": {link(origin.text, origin.url)}" if origin is not None else ""
    return f"{prose(one.who, 200)} ({code(key)}{where})"


def _notes(told: Explained) -> str:
    lines = [f"- {link(note.spot.text, note.spot.url)} {prose(note.text, 300)}" for note in told.notes[:20]]
    if told.left_out:
        keys = listing([code(key, 60) for key in told.left_out])
        lines.append(f"- The organisation's file also gives {keys}, and does not hand that on (`inherit`).")
    if not lines:
        return ""
    return "\n".join(("**To note**", "", *lines))
