"""A claim as a value: what it says, in which words, and what must be so for it to hold."""

from dataclasses import dataclass, replace

from bot.assessment.claim_wording import ClaimKind
from bot.assessment.patterns import Pattern

_EXPECTED: dict[ClaimKind, str] = {
    ClaimKind.COMMIT: "commit {subject} is on the default branch and not reverted",
    ClaimKind.FILE_PRESENT: "{subject} exists",
    ClaimKind.FILE_ABSENT: "{subject} is gone",
    ClaimKind.PATTERN_GONE: "{subject} does not occur in code or configuration",
    ClaimKind.PULL_MERGED: "#{subject} is merged into the default branch and not reverted",
    ClaimKind.ISSUE_CLOSED: "#{subject} is closed as completed",
    ClaimKind.CHECK_PASSING: "{subject}: passing",
    ClaimKind.COUNT: "the fix changes at least {subject}",
    ClaimKind.RELEASED: "release {subject} contains the fix",
    ClaimKind.DEPLOYED: "the fix is deployed to {subject}",
    ClaimKind.UNCHECKED: "nothing here measures that",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement that can be checked.

    `subject` is what it is about: a sha prefix, a path, a literal, a number, a check's name, "816 files", a version,
    an environment, or (unchecked) the words themselves. `quote` is plain text, code in backticks.
    """

    kind: ClaimKind
    subject: str
    expected: str  # what must be so, in words
    quote: str
    url: str
    where: str
    rule: str
    pattern: Pattern | None = None  # of `PATTERN_GONE`
    within: str | None = None  # the one path that a pattern's removal was said of
    figure: float | None = None  # of `COUNT`, and of checks with a figure ("98.7 %")
    remedy: str | None = None  # of `UNCHECKED`: what would make it checkable


def about(claim: Claim, subject: str) -> Claim:
    """The claim with its subject, and what must be so for it to hold."""
    return replace(claim, subject=subject, expected=_expected(claim, subject), remedy=_remedy(claim))


def _expected(claim: Claim, subject: str) -> str:
    if claim.kind is ClaimKind.PATTERN_GONE and claim.within is not None:
        return f"{subject} does not occur in {claim.within}"
    if claim.kind is ClaimKind.CHECK_PASSING and claim.figure is not None:
        return f"{subject}: at least {claim.figure:g} %"
    return _EXPECTED[claim.kind].format(subject=subject)


def _remedy(claim: Claim) -> str | None:
    if claim.kind is not ClaimKind.UNCHECKED:
        return None
    if claim.rule == "all-now-use":
        return "name the old one that must be gone, as in: migration `old` \u2192 `new`"
    return "name the check that shows it, or add a criterion that measures it"
