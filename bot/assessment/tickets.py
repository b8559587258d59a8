"""Follow-up tickets: an issue for each operational criterion that does not hold. Words, marks and decisions; pure.

Rules:
1. A ticket is found by the mark on the first line of its section: it covers the repository, the issue that was assessed
   and the criterion. It counts only in what our own app wrote (the caller checks the author).
2. Only the section between the mark and its end is ours; what stands round it is people's, and so is a title that they
   changed.
3. A person's closing of a ticket wins, and so does a reopening after our own closing. What we closed ourselves is
   reopened where it does not hold again.
4. What is measured as holding has its ticket closed, also where it is required by now or nothing is filed any more. A
   ticket that is followed no longer is named.
5. That a criterion was waived, skipped or not asked says nothing about its ticket.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice

from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.evidence import CriterionId, Finding, Outcome, Scope
from bot.assessment.markdown import code, line, link, prose, row
from bot.assessment.marker import Mark, MarkKind, Place, comment_marker, read_mark
from bot.assessment.wording import count, listing, short

MOST = 10
"""Tickets that one assessment files or keeps current."""

END = "<!-- resolution-bot: end -->"
_TITLE_LIMIT = 220  # GitHub's 256, and room for what stands before it
_OCCURRENCES = 5
_WORDS: dict[Outcome, tuple[str, str]] = {
    Outcome.FAIL: ("Does not hold", "does not hold"),
    Outcome.ERROR: ("Could not be measured", "could not be measured; whether it holds is not known"),
    Outcome.MISSING: ("Nothing to measure", "has nothing that could be measured; whether it holds is not known"),
    Outcome.FLAKY: ("Not the same each time", "gave mixed answers"),
    Outcome.PENDING: ("Not decided yet", "was still on its way"),
    Outcome.MISCONFIGURED: ("Cannot be asked as written", "cannot be asked as it is written in the policy"),
}
"""What a follow-up's outcome is called at the start of a title, and in a sentence."""
ADVISED = "it holds now, but by myself I only advise here"
"""Why a ticket is not closed where nobody asked."""

_LEFT_OVER = re.compile(r"^Left over from #([1-9][0-9]{0,8}):", re.MULTILINE)
_CANDIDATES = 5  # people may quote the line above ours

_OWN_PART = (
    "<sub>I keep this part current while the criterion does not hold, and close this issue when it is measured as"
    " holding: to have it measured again, comment `/assess-resolution` on #{parent}. What is written above"
    " or below this part stays. Where a person closes this issue, or reopens it after me, I leave it so.</sub>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What an assessment says about tickets: criteria that need one, those that hold; `left` are too many."""

    failing: tuple[Finding, ...]
    holding: tuple[Finding, ...]
    left: int


class Deed(StrEnum):
    """What becomes of a ticket."""

    FILE = "file"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a ticket stands. `closed_by` (a login) closed it last, `ours`: that was us; `reopened_by` is a person who
    reopened it, while it is open, after we had closed it.

    Where the history is not known, somebody else may have done either.
    """

    open: bool
    ours: bool = False
    closed_by: str | None = None
    reopened_by: str | None = None
    history_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What was done about one ticket, and what was not, as plain sentences."""

    deed: Deed
    number: int | None = None
    trouble: tuple[str, ...] = ()


def owed(assessment: Assessment) -> Owed:
    """The tickets that an assessment asks for, the first ten of them; and all that it may close."""
    follow_ups = frozenset(assessment.verdict.follow_ups)
    operational = tuple(f for f in assessment.findings if f.criterion.scope is Scope.OPERATIONAL)
    failing = tuple(f for f in operational if f.criterion.id in follow_ups)
    holding = tuple(f for f in operational if f.evidence.outcome is Outcome.PASS)
    return Owed(failing=failing[:MOST], holding=holding, left=max(0, len(failing) - MOST))


def holding(assessment: Assessment, known: Mapping[str, int]) -> tuple[Finding, ...]:
    """What was measured as holding and has a ticket, whatever it is to the verdict now."""
    return tuple(f for f in assessment.findings if f.evidence.outcome is Outcome.PASS and f.criterion.id in known)


def unfollowed(assessment: Assessment, known: Mapping[str, int], *, files: bool) -> tuple[tuple[CriterionId, str], ...]:
    """Criteria with a ticket that nothing here keeps current or closes, each with why; `files`: the policy files."""
    asked = {finding.criterion.id: finding for finding in assessment.findings}
    found = ((CriterionId(name), _why_not(name, asked.get(CriterionId(name)), files)) for name in sorted(known))
    return tuple((name, why) for name, why in found if why is not None)[:MOST]


def _why_not(name: str, finding: Finding | None, files: bool) -> str | None:
    if finding is None:
        return f"the criterion {name} is not asked here any more"
    if finding.evidence.outcome is Outcome.PASS:
        return None
    if finding.criterion.scope is not Scope.OPERATIONAL:
        return f"the criterion {name} is not operational any more"
    # a waived or skipped one says nothing about its ticket
    return None if files or finding.evidence.outcome not in _WORDS else "the policy files no tickets any more"


def title(finding: Finding) -> str:
    """A ticket's title: plain text, one line, no more than GitHub takes."""
    return _title(finding, finding.evidence.outcome)


def new_title(present: str, finding: Finding) -> str | None:
    """The title that a ticket should have; None where it is right, or a person chose another one."""
    ours = {_title(finding, outcome) for outcome in _WORDS}
    return title(finding) if present in ours and present != title(finding) else None


def mark(assessment: Assessment, finding: Finding, *, key: bytes, place: Place) -> str:
    """The mark of a criterion's ticket; `place` is the assessed issue."""
    made = Mark(kind=MarkKind.TICKET, write=finding.criterion.id, assessment=assessment.id)
    return comment_marker(made, key=key, place=place)


def criterion_of(body: str, *, key: bytes, place: Place) -> str | None:
    """The criterion whose ticket a text of ours is, for the issue at `place`; None where it is none."""
    marks = (read_mark(one.strip(), key=key, place=place) for one in body.split("\n"))
    return next((found.write for found in marks if found is not None and found.kind is MarkKind.TICKET), None)


def parent_in(body: str, *, key: bytes, repository_id: int) -> int | None:
    """The issue that a ticket is left over from, by what stands there and the mark that proves it; None: no ticket."""
    named = (int(found[1]) for found in islice(_LEFT_OVER.finditer(body), _CANDIDATES))
    places = (Place(repository_id=repository_id, issue=number) for number in named)
    return next((at.issue for at in places if criterion_of(body, key=key, place=at) is not None), None)


def section(assessment: Assessment, finding: Finding, *, evidence_url: str | None, marker: str) -> str:
    """Our part of a ticket's body, from its mark to its end."""
    criterion, evidence = finding.criterion, finding.evidence
    rows = (
        ("Measured", prose(evidence.observed, 300)),
        ("Expected", prose(evidence.expected, 300)),
        ("Seen", _seen(finding)),
        ("Asked by", f"criterion {code(criterion.id)}, policy {code(assessment.policy.digest, 40)}"),
    )
    table = "\n".join(("| | |", "|-|-|", *(row(cells) for cells in rows if cells[1])))
    said = f"**{_named(finding)}** {_WORDS[evidence.outcome][1]}. It is operational, so it did not keep that issue open"
    occurrences = "\n".join(f"- {link(one.text, one.url)}" for one in evidence.details[:_OCCURRENCES])
    parts = (
        marker,
        f"Left over from #{assessment.issue}: {said}.",
        table,
        occurrences,
        f"**What to do** · {_remedy(finding)}.",
        f"**Evidence** · {link('everything that was measured', evidence_url)}" if evidence_url else "",
        _OWN_PART.format(parent=assessment.issue),
        END,
    )
    return "\n\n".join(part for part in parts if part)


def revised(body: str, new: str, *, key: bytes, place: Place) -> str | None:
    """A ticket's body with our section replaced; None where it is not whole any more."""
    lines = body.split("\n")
    starts = (index for index, one in enumerate(lines) if criterion_of(one, key=key, place=place) is not None)
    start = next(starts, None)
    if start is None:
        return None
    end = next((index for index in range(start, len(lines)) if lines[index].strip() == END), None)
    if end is None:
        return None
    break_ = lines[end].removeprefix(lines[end].rstrip("\r"))  # what a browser has edited has other line ends
    return "\n".join((*lines[:start], new + break_, *lines[end + 1 :]))


def farewell(assessment: Assessment, finding: Finding, *, evidence_url: str | None, marker: str) -> str:
    """The comment with which a ticket is closed: what was measured, and where."""
    more = f" ({link('all evidence', evidence_url)})" if evidence_url else ""
    observed, expected = (prose(text, 300) for text in (finding.evidence.observed, finding.evidence.expected))
    said = (
        f"**Holds now** · {_named(finding)}: {observed}, as expected ({expected}); seen {_seen(finding)}.",
        f"Measured by the assessment of #{assessment.issue}{more}, so I close this as completed.",
        "If that is wrong, reopen it: then I leave it open.",
        marker,
    )
    return "\n\n".join(said)


def deed(now: Standing | None, *, holds: bool) -> Deed:
    """What to do about a ticket; None: there is none."""
    if now is None:
        return Deed.LEAVE if holds else Deed.FILE
    if holds:
        return Deed.CLOSE if now.open and now.history_known and now.reopened_by is None else Deed.LEAVE
    if now.open:
        return Deed.UPDATE
    return Deed.REOPEN if now.ours and now.history_known else Deed.UPDATE


def kept_apart(number: int, now: Standing, *, holds: bool) -> str | None:
    """Why a ticket does not follow what was measured, as a plain sentence; None where it does."""
    if holds and now.open and not now.history_known:
        return f"#{number} is not closed though it holds now, since its history could not be read"
    if holds and now.open and now.reopened_by is not None:
        return f"#{number} is not closed though it holds now: {now.reopened_by} reopened it"
    if not holds and not now.open and not (now.ours and now.history_known):
        theirs = now.closed_by is not None and not now.ours
        why = f": {now.closed_by} closed it" if theirs else ", since a person may have closed it"
        return f"#{number} is not reopened though it does not hold{why}"
    return None


def told(handled: tuple[Handled, ...], left: int) -> tuple[Done, ...]:
    """What was done about all of them, for the answer."""
    said = tuple(
        Done(
            action=ActionKind.TICKET,
            ending=Ending.DONE,
            text=f"{count(len(numbers), 'ticket')} {what}: {listing(numbers)}",
        )
        for what, one_deed in _DONE
        if (numbers := [f"#{one.number}" for one in handled if one.deed is one_deed])
    )
    trouble = [text for one in handled for text in one.trouble]
    if left:
        trouble.append(f"{count(left, 'more follow-up')} not filed: {MOST} tickets at most in one assessment")
    return said + tuple(Done(action=ActionKind.TICKET, ending=Ending.REFUSED, text=text) for text in trouble)


_DONE: tuple[tuple[str, Deed], ...] = (
    ("filed", Deed.FILE),
    ("updated", Deed.UPDATE),
    ("reopened", Deed.REOPEN),
    ("closed, since it holds now", Deed.CLOSE),
)


def _title(finding: Finding, outcome: Outcome) -> str:
    said = line(finding.criterion.title, _TITLE_LIMIT) or line(finding.criterion.id, _TITLE_LIMIT)
    return f"{_WORDS[outcome][0]}: {said}"


def _named(finding: Finding) -> str:
    return prose(finding.criterion.title, 200) or code(finding.criterion.id)


def _seen(finding: Finding) -> str:
    source = finding.evidence.source
    sha = short(source.sha or "")
    commit = "" if sha in source.place else f" at {code(sha)}"  # most places name their commit
    return f"{link(source.place, source.url)}{commit}, {_at(source.fetched_at)}"


def _remedy(finding: Finding) -> str:
    evidence = finding.evidence
    if evidence.remedy:
        return prose(evidence.remedy.rstrip("."), 300)
    if evidence.outcome is Outcome.FAIL:
        return "see to it that what is expected holds"
    return "see to it that it can be measured; then ask again there"


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
