"""Similar issues in words: in an answer, and as the answer to `/resolution patterns`. Pure.

No issue is referred to so that GitHub notes it there: a hint is no reason to stand in another issue's timeline.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.assessment.document import Similar
from bot.assessment.likeness import Candidate
from bot.assessment.markdown import code, line, link, prose, row
from bot.assessment.pattern import OFTEN, name_of
from bot.assessment.precedent import Held
from bot.assessment.report_page import Page
from bot.assessment.wording import count, listing

MOST_PATTERNS = 5
FEW = 5
"""Of fewer closed issues hardly anything is rare; see `bot.assessment.likeness`."""
_SHOWN = 6
_EMPTY = (
    "### 📚 No issue of this repository was closed on evidence yet\n\n"
    "What `/assess-resolution` closes, or finds closed and holding, is remembered with what closed it; a later "
    "assessment then names up to three issues like its own. An issue that is reopened is forgotten."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What held together when several issues were closed; `issues` are these with their addresses, newest first.

    `name` is what it is promoted by, empty where that cannot be: there were only claims, or too few issues without a
    waiver. So many were closed with one: `waived`; of so many that is not known: `unknown`.
    """

    name: str
    names: tuple[str, ...]
    issues: tuple[tuple[int, str], ...]
    newest: datetime
    waived: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What `/resolution patterns` tells. `words` were asked for; `total` issues are remembered, `looked` at."""

    similar: tuple[Similar, ...]
    patterns: tuple[Pattern, ...]
    total: int
    looked: int
    words: str = ""


def like_it(page: Page) -> str:
    """Similar issues in an answer; folded where the issue is closed or may be."""
    found = page.assessment.similar
    if not found:
        return ""
    items = "\n".join(f"- {_item(one)}" for one in found)
    if not page.assessment.verdict.closes:
        return f"**Closed on evidence before, and similar**\n{items}"
    issues = count(len(found), "similar issue")
    was = "was" if len(found) == 1 else "were"
    return f"<details><summary>{issues} {was} closed on evidence before</summary>\n\n{items}\n\n</details>"


def patterns_of(candidates: Iterable[Candidate], *, url: str) -> tuple[Pattern, ...]:
    """The sets of criteria that closed two issues or more, the most frequent first; of equals the newest."""
    sets: dict[tuple[str, ...], list[Candidate]] = {}
    for one in candidates:
        names = tuple(sorted({_name(held) for held in one.precedent.criteria}))
        if names:
            sets.setdefault(names, []).append(one)
    found = []
    for names, those in sets.items():
        newest_first = sorted(those, key=lambda one: (one.precedent.closed_at, one.issue), reverse=True)
        issues = tuple((one.issue, f"{url}/issues/{one.issue}") for one in newest_first)
        found.append(
            Pattern(
                name=name_of(newest_first[0].precedent.criteria) if _may_be_promoted(those) else "",
                names=names,
                issues=issues,
                newest=newest_first[0].precedent.closed_at,
                waived=sum(bool(one.precedent.waived) for one in those),
                unknown=sum(one.precedent.waived is None for one in those),
            )
        )
    frequent = [pattern for pattern in found if len(pattern.issues) >= OFTEN]
    frequent.sort(key=lambda pattern: (-len(pattern.issues), -pattern.newest.timestamp(), pattern.names))
    return tuple(frequent[:MOST_PATTERNS])


def told(what: Told) -> str:
    """The answer to `/resolution patterns`."""
    if not what.total:
        return _EMPTY
    known = count(what.total, "issue")
    asked = f" with {code(what.words, 120)}" if what.words else ""
    head = f"### 📚 {known} of this repository {'was' if what.total == 1 else 'were'} closed on evidence"
    if what.similar:
        alike = "\n".join((f"**Similar{asked or ' to this one'}**", *(f"- {_item(one)}" for one in what.similar)))
    else:
        alike = f"{_none_alike(what, asked)} `/resolution patterns <words>` looks for others."
    return "\n\n".join((head, alike, _table(what)))


def _none_alike(what: Told, asked: str) -> str:
    """Why none is named."""
    if what.words:
        return f"None{asked} is among them."
    if what.total < FEW:
        return (
            "That is too few to tell what is rare among them, and what all of them have tells nothing apart: none is"
            " called similar to this one yet."
        )
    return "None of them is much like this one."


def _table(what: Told) -> str:
    if not what.patterns:
        return "No set of criteria has closed two of them yet."
    of = "" if what.looked >= what.total else f" (of the newest {what.looked:,})"
    rows = [row((f"What held{of}", "issues", "newest", "pattern")), "|-|-|-|-|"]
    for pattern in what.patterns:
        names = [prose(name, 120) for name in pattern.names[:_SHOWN]]
        more = [f"{len(pattern.names) - _SHOWN} more"] if len(pattern.names) > _SHOWN else []
        newest = " ".join(link(f"#{number}", url) for number, url in pattern.issues[:3])
        rows.append(
            row(
                (
                    listing([*names, *more]),
                    _many(pattern),
                    newest,
                    code(pattern.name, 80) if pattern.name else "",
                )
            )
        )
    below = []
    if any(pattern.name for pattern in what.patterns):
        below.append("`/resolution promote <pattern>` proposes one as a profile of the policy.")
    if any(pattern.waived or pattern.unknown for pattern in what.patterns):
        below.append("What was closed with a waiver, or where I do not know that, counts for no proposal.")
    return "\n".join((*rows, "", " ".join(below))) if below else "\n".join(rows)


def _may_be_promoted(those: list[Candidate]) -> bool:
    return sum(one.precedent.counts for one in those) >= OFTEN


def _many(pattern: Pattern) -> str:
    said = [f"{pattern.waived:,} with a waiver"] if pattern.waived else []
    said += [f"{pattern.unknown:,} perhaps with a waiver"] if pattern.unknown else []
    return f"{len(pattern.issues):,}{f' ({listing(said)})' if said else ''}"


def _item(one: Similar) -> str:
    closed = one.closed_at.astimezone(UTC).strftime("%Y-%m-%d")
    shared = listing([prose(text, 240) for text in one.shared])
    by = ", ".join(prose(text, 240) for text in one.closed_by)
    parts = (f"shares {shared}" if shared else "", f"closed {closed}{f' by {by}' if by else ''}")
    return f"{link(f'#{one.issue} {line(one.title, 120)}', one.url)}: {'; '.join(part for part in parts if part)}"


def _name(held: Held) -> str:
    """A criterion by its id. A claim is one issue's alone: it counts by what it was about."""
    return f"a claim about a {held.kind}" if held.claim else f"`{held.id}`"
