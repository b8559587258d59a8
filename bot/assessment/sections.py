"""What a heading or a leading line ("Remaining:") says about the items under it.

Rules:
1. The innermost heading that says something decides; a heading that says nothing inherits.
2. Under "out of scope", a "remaining" does not take anything back: it is somebody else's work, named as such.
3. A heading that says nothing at all is `NORMAL`: its items may claim.
"""

import re
from collections.abc import Iterable
from enum import StrEnum


class Section(StrEnum):
    """What stands under a heading."""

    NORMAL = "normal"
    BEFORE = "before"  # how it was: the bug, its cause, how to see it
    OPEN = "open"  # what is still to be done: takes the completion back
    OPERATIONAL = "operational"  # somebody else's work, named as out of scope
    PLAN = "plan"  # instructions, proposals, commands: neither done nor taken back


def _any(*wordings: str) -> re.Pattern[str]:
    return re.compile("|".join(wordings), re.IGNORECASE)


# In order of precedence: the first that matches decides.
_SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        Section.PLAN,
        _any(
            r"^(?:recommend|suggest|propos)\w*\b",
            r"^(?:test|testing|roll-?back|deploy(?:ment)?|release|migration|upgrade|rollout|execution) (?:plan"
            r"|steps)\b",
            r"^(?:plan|alternatives|how to|instructions|usage|commands?|steps to (?:test|verify|deploy|roll))\b",
            r"\b(?:actions|commands)(?: generated| to (?:run|take))?$",
            r"\bfor future (?:use|reference)\b",
            r"^(?:checklist|review notes|notes for reviewers?)$",
        ),
    ),
    (
        Section.OPERATIONAL,
        _any(
            r"\bout[- ]of[- ]scope\b",
            r"\bnot in scope\b",
            r"\boutside (?:the |our |this )?(?:\S+ ){0,3}scope\b",
            r"\boperational (?:items?|notes?|tasks?|work|follow-?ups?|dependencies)\b",
            r"\bnot (?:a )?(?:development )?blockers?\b",
        ),
    ),
    (
        Section.OPEN,
        _any(
            r"^(?:what(?:'s| is) )?(?:still )?(?:remaining|left|missing|outstanding|open|unfinished|incomplete)\b",
            r"\b(?:remaining|outstanding|unfinished|open) (?:\S+ )?(?:work|items?|tasks?|issues?|steps?"
            r"|questions?|to-?dos?)$",
            r"^next (?:steps?|up|tasks?)\b",
            r"^to[- ]?dos?(?: list| items?)?$",
            r"^(?:still to do|wip|work in progress|follow-?ups?|future work|later)\b",
            r"^(?:known (?:issues|limitations|problems)|limitations|caveats|not (?:yet )?(?:included|done"
            r"|covered|fixed|migrated|merged|implemented))\b",
            r"\b(?:left|still|remains?) to (?:do|be done)$",
            r"^(?:pending|blocked|deferred|postponed|skipped)\b",
        ),
    ),
    (
        Section.BEFORE,
        _any(
            r"^(?:before|previously|earlier|old)(?: (?:behaviou?r|state|the (?:fix|change)))?$",
            r"^(?:the )?(?:problem|bug|symptoms?|background|context|motivation|root causes?|cause"
            r"|regression)\b(?! (?:fixed|solved|resolved|gone))",
            r"^(?:steps to reproduce|reproduction|repro(?: steps)?|to reproduce|how to reproduce)\b",
            r"^(?:current|actual|expected|original|observed|existing|desired)(?: (?:behaviou?r|results?|issue"
            r"|state|report|error|output))\b",
            r"^(?:actual|expected|observed|original)$",
            r"^(?:errors?|error (?:message|output|log)|stack ?traces?|traceback|logs?|environment)$",
            r"^(?:acceptance criteria|requirements|goals?|non-goals?|user story|description of the (?:bug|problem))\b",
        ),
    ),
    (
        Section.NORMAL,
        _any(
            r"^(?:after|now|done|completed|fix(?:ed|es)?|solution|resolution|changes?|what(?: was"
            r"| has)? (?:changed|done)|result)\b",
            r"^(?:summary|implementation|implemented|delivered|added|created|removed|files|commits|verification)\b",
        ),
    ),
)


def classify(label: str) -> Section | None:
    """What `label` (a heading or a leading line, plain text) says; None where it says nothing."""
    words = " ".join(re.sub(r"[^\w\s()'/-]", " ", label.replace("\u2019", "'")).split())[:200]
    words = re.sub(r"^(?:\(?\d+\)?|[ivx]+\))\s+", "", words)
    for section, wording in _SECTIONS:
        if wording.search(words):
            return section
    return None


def section_of(labels: Iterable[str]) -> Section:
    """What stands under these labels, outermost first."""
    section = Section.NORMAL
    for label in labels:
        said = classify(label)
        if said is None or (section is Section.OPERATIONAL and said is Section.OPEN):
            continue
        section = said
    return section
