"""How a claim rule is written: words, with `<sha>` and its like standing for things (see `bot.assessment.tokens`).

A wording is a regular expression over a sentence's shadow. Its named groups say what is what:
`v` the completing verb, `a` the things claimed, `b` what replaced them, `n` a number, `name` a check's name, `env` an
environment. Placeholders:

`<shas>`, `<paths>`, `<numbers>`, `<pulls>`, `<issues>`   one or more things, joined by commas and "and", as group `a`
`<sha>`, `<path>`, `<code>`, `<thing>`, `<version>`        one thing
`<gap>`        up to eight words
`<removed>`, `<done>`, `<uses>`, `<everywhere>`, `<is>`   the words below
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot.assessment.tokens import MARKS, TokenKind


class ClaimKind(StrEnum):
    """What a claim says, and so how it can be checked."""

    COMMIT = "commit"  # a commit carries the work
    FILE_PRESENT = "file-present"
    FILE_ABSENT = "file-absent"
    PATTERN_GONE = "pattern-gone"  # a name is gone from code and configuration
    PULL_MERGED = "pull-merged"
    ISSUE_CLOSED = "issue-closed"
    CHECK_PASSING = "check-passing"
    COUNT = "count"  # so many files were changed by the fix
    RELEASED = "released"
    DEPLOYED = "deployed"
    UNCHECKED = "unchecked"  # a strong statement that nothing here measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to claim something.

    `under` is a wording for the nearest heading or leading line that the rule needs; `yields` are the subjects found
    in `example`; nothing may be found in `counter_example`; `why` says what the rule relies on.
    """

    id: str
    kind: ClaimKind
    wording: str
    example: str
    yields: tuple[str, ...]
    counter_example: str
    why: str
    under: str | None = None
    only_in_pulls: bool = False  # "Add x": what a pull request's body says it does; in a comment, what to do
    needs: tuple[str, ...] = ()  # one of these words must stand in the sentence: saves the search
    expression: re.Pattern[str] = field(init=False, compare=False)
    label: re.Pattern[str] | None = field(init=False, compare=False)
    _marks: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def is_possible(self, text: str, lowered: str) -> bool:
        """Can the rule match at all? A cheap look before the search; `lowered` is `text` in lower case."""
        if self.needs and not any(word in lowered for word in self.needs):
            return False
        return all(any(mark in text for mark in marks) for marks in self._marks)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", re.compile(expanded(self.wording), re.IGNORECASE))
        object.__setattr__(self, "_marks", tuple(m for p, m in _REQUIRED if p in self.wording))
        object.__setattr__(self, "label", re.compile(self.under, re.IGNORECASE) if self.under else None)


_BETWEEN = (
    r"(?: (?:entry|entries|file|module|script|tests?|class|page|section))?(?: ?\([^()]{1,80}\))?"
    r"(?:(?:,? and |, ?)(?:also )?(?:in |by |the )?| & | \+ | ?[/\u2013] ?|\s)"
    r"(?:commits? |PRs? |pull requests? |issues? |files? )?"
)
_SHA, _PATH, _NUMBER = MARKS[TokenKind.SHA], MARKS[TokenKind.PATH], MARKS[TokenKind.NUMBER]
_CODE, _VERSION = MARKS[TokenKind.CODE], MARKS[TokenKind.VERSION]
_DOMAIN, _QUOTED = MARKS[TokenKind.DOMAIN], MARKS[TokenKind.QUOTED]
_NAME = f"[{_CODE}{_PATH}{_DOMAIN}]"


def _several(one: str) -> str:
    return f"(?P<a>{one}(?:{_BETWEEN}{one}){{0,30}}+)"


# Where one of these stands in a wording (unless in brackets, as a choice), a sentence without its mark cannot match.
_REQUIRED: tuple[tuple[str, str], ...] = (
    ("<shas>", _SHA),
    ("<paths>", _PATH),
    ("<numbers>", _NUMBER),
    ("<pulls>", _NUMBER),
    ("<issues>", _NUMBER),
    ("<versions>", _VERSION),
    ("<things>", _NAME.strip("[]")),
    ("(?P<a><sha>)", _SHA),
    ("(?P<a><number>)", _NUMBER),
    ("(?P<a><path>)", _PATH),
    ("(?P<a><thing>)", _NAME.strip("[]")),
    ("(?P<b><thing>)", _NAME.strip("[]")),
    ("(?P<a>[<code><path>])", _CODE + _PATH),
)

_PLACEHOLDERS: dict[str, str] = {
    "<shas>": _several(_SHA),
    "<paths>": _several(_PATH),
    "<numbers>": _several(_NUMBER),
    "<things>": _several(_NAME),
    "<versions>": _several(_VERSION),
    "<pulls>": (
        r"(?:the )?(?:merged )?(?:(?:PRs?|pull[- ]requests?|pulls?|MRs?)(?:\s|:){1,2}){0,2}" + _several(_NUMBER)
    ),
    "<issues>": (
        r"(?:the )?(?:sub-?)?(?:issues?|tickets?|bugs?|tasks?|subtasks?|epics?|stor(?:y|ies))\s" + _several(_NUMBER)
    ),
    "<sha>": _SHA,
    "<path>": _PATH,
    "<number>": _NUMBER,
    "<code>": _CODE,
    "<version>": _VERSION,
    "<quoted>": _QUOTED,
    "<foreign>": MARKS[TokenKind.FOREIGN],
    "<thing>": _NAME,
    "<gap>": r"(?:[^\s;|]{1,60}\s+){0,8}?",
    "<start>": r"\A[^\w\s]{0,4}\s?",
    "<is>": (
        r"(?:(?:is|are|was|were|has|have|been|being|got|gets|now|also|already|just|finally|both|all|fully|completely"
        r"|successfully|properly|entirely)\s+){0,5}+"
    ),
    "<done>": (
        r"(?:fixed|resolved|implemented|addressed|solved|completed?|corrected|patched|handled|landed|delivered|shipped"
        r"|done|closed|deleted|dropped|extracted|improved|merged|committed|pushed|added|finished|backported|cherry-picked|repaired|eliminated|removed"
        r"|migrated|included|refactored|reworked|updated|remediated|rectified|cleaned up|taken care of|went in"
        r"|sorted(?: out)?)"
    ),
    "<removed>": (
        r"(?:removed|eliminated|replaced|purged|dropped|deleted|stripped(?: out)?|cleaned up|cleared out|got rid of"
        r"|ripped out|migrated(?: away from)?|converted|renamed|ported|switched|retired|moved away from)"
    ),
    "<uses>": (
        r"(?:uses?|usages?|references?|occurrences?|calls?|imports?|instances?|mentions?|hits?|traces?|appearances?)"
    ),
    "<everywhere>": (
        r"(?:everywhere|anywhere|throughout(?: the (?:entire |whole )?[\w ]{1,30})?|project-wide|repo-wide|globally"
        r"|(?:from|in|across) (?:all|every|the (?:entire|whole)|(?:the |our )?(?:entire |whole )?(?:code ?base"
        r"|repo(?:sitory)?|source(?: tree)?"
        r"|code|project|tree|monorepo))\b)"
    ),
}


def expanded(wording: str) -> str:
    """The regular expression that a wording stands for."""
    for placeholder, meaning in _PLACEHOLDERS.items():
        wording = wording.replace(placeholder, meaning)
    return wording
