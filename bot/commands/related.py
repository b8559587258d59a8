"""Which other issues of the repository an issue has to do with, from what is read anyway. Pure.

Rules:
1. A mere mention is none. It takes a criterion or a claim that asks about the other issue, a merged pull request that
   refers to it as well, or GitHub's own word that it blocked this one. What the pull request closes together with this
   issue is none for that alone: whoever reads either sees the pull request there, and each has its own answer.
2. Each issue once, for the first of these reasons; what we filed ourselves is left out where that shows.
"""

import re
from collections.abc import Iterable, Iterator

from bot.assessment.document import Related
from bot.assessment.evidence import Finding, Origin
from bot.assessment.linked import extract_links
from bot.commands.standing import merged_pulls
from bot.github.models import Snapshot, Unknown

MOST = 10
_HERE = re.compile(r"#([1-9][0-9]{0,8})\Z")


def related_to(snapshot: Snapshot, findings: Iterable[Finding]) -> tuple[Related, ...]:
    """The issues that this one has to do with, ten at most."""
    found: dict[int, str] = {}
    for number, shares in (*_asked_about(findings), *_in_pulls(snapshot), *_blockers(snapshot)):
        if number != snapshot.issue.number:
            found.setdefault(number, shares)
    return tuple(Related(issue=number, shares=shares) for number, shares in found.items())[:MOST]


def _asked_about(findings: Iterable[Finding]) -> Iterator[tuple[int, str]]:
    for finding in findings:
        asked = finding.criterion
        at = _HERE.match(finding.evidence.source.place) if asked.kind == "issue" else None
        if at is not None:
            claim = asked.origin is Origin.CLAIM
            yield int(at[1]), "what was said there names it" if claim else f"the criterion `{asked.id}` asks about it"


def _in_pulls(snapshot: Snapshot) -> Iterator[tuple[int, str]]:
    here = snapshot.repository.full_name
    for pull in merged_pulls(snapshot):
        for link in extract_links(f"{pull.title}\n\n{pull.body}", here):
            if not link.closes and link.repository.casefold() == here.casefold():
                yield link.number, f"the pull request #{pull.number} is for both"


def _blockers(snapshot: Snapshot) -> Iterator[tuple[int, str]]:
    blockers = snapshot.issue.blocked_by
    for one in () if isinstance(blockers, Unknown) else blockers:
        if not one.by_us and one.repository.casefold() == snapshot.repository.full_name.casefold():
            yield one.number, "it blocked that issue"
