"""The closing statement: the words in which somebody with rights says that the work is done.

Rules:
1. It is the command comment, the newest statement of completion by somebody with rights, and the bodies of the linked
   pull requests. The issue's own body is the demand, not the answer.
2. Whatever is older than a later contradiction (somebody reopened, somebody with rights said "still broken") has been
   overtaken and is not a closing statement, the command comment excepted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.assessment.claim_wording import expanded
from bot.assessment.polarity import is_meant
from bot.assessment.prose import Unit, read
from bot.assessment.sections import Section


class StatementSource(StrEnum):
    """Where a statement stands."""

    COMMAND = "command"
    COMMENT = "comment"
    PULL = "pull"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Somebody's words. `text` is Markdown; `where` says for people where they stand ("comment by ann")."""

    text: str
    author: str | None
    url: str
    where: str
    at: datetime
    source: StatementSource = StatementSource.COMMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A statement that might be (part of) the closing statement.

    `has_rights`: may its author close issues here (triage or more)? False for this bot's own comments.
    `may_contradict`: the reporter, who cannot complete, but can say that it is not fixed.
    """

    statement: Statement
    has_rights: bool
    may_contradict: bool = False


_COMPLETION = re.compile(
    expanded(
        r"\b(?P<v><done>|done|deployed|released|works now|working now|no longer (?:happens|occurs|reproduces)"
        r"|verified|migrated|created"
        r"|replaced|gone|closing (?:this|as|the|now))\b"
    ),
    re.IGNORECASE,
)
_CONTRADICTION = re.compile(
    r"\b(?:re-?open(?:ed|ing)"
    r"|(?:still|again) (?:broken|happens|happening|occurs|occurring|fails|failing|reproducible|see(?:ing)?|crash\w*"
    r"|present|there|an issue|not (?:fixed|working|resolved|solved|merged))"
    r"|(?:is|was)(?: not|n['\u2019]t) (?:really |actually |fully )?(?:fixed|resolved|solved|done|working)"
    r"|(?:not|never) (?:really |actually |fully )?(?:fixed|resolved|solved)"
    r"|(?:this|it|that|the fix) (?:does|did)(?: not|n['\u2019]t) (?:work|fix|help)"
    r"|(?:was|been) (?:reverted|rolled back)|(?:this|it|we)(?: has| have)? regressed|can still (?:reproduce|see)"
    r"|(?:is|came) back again|came back)\b",
    re.IGNORECASE,
)


def states_completion(text: str, *, repository: str) -> bool:
    """Does the text say, in prose of its own, that something was completed?"""
    return any(
        is_meant(unit.shadow.text, found.start(), found.end())
        for unit in _own_words(text, repository)
        for found in _COMPLETION.finditer(unit.shadow.text)
    )


def contradicts(text: str, *, repository: str) -> bool:
    """Does the text say, in prose of its own, that the work is not done after all?"""
    return any(
        is_meant(unit.shadow.text, found.start(), found.end())
        for unit in _own_words(text, repository)
        for found in _CONTRADICTION.finditer(unit.shadow.text)
    )


def _own_words(text: str, repository: str) -> tuple[Unit, ...]:
    return tuple(unit for unit in read(text, repository=repository).units if unit.section is Section.NORMAL)


def choose(
    candidates: Sequence[Candidate],
    *,
    repository: str,
    command: Statement | None = None,
    reopened_at: datetime | None = None,
) -> tuple[Statement, ...]:
    """The closing statement: the command comment first, then the newest completion, then pull requests, newest first.

    `reopened_at` is when the issue was last reopened by anyone.
    """
    overtaken = _last_contradiction(candidates, repository=repository, reopened_at=reopened_at)
    standing = sorted(
        (one.statement for one in candidates if one.has_rights and (overtaken is None or one.statement.at > overtaken)),
        key=lambda statement: (statement.at, statement.url),
        reverse=True,
    )
    chosen = [command] if command is not None else []
    known = {command.url} if command is not None else set()
    comments = (one for one in standing if one.source is not StatementSource.PULL and one.url not in known)
    newest = next((one for one in comments if states_completion(one.text, repository=repository)), None)
    if newest is not None:
        chosen.append(newest)
    chosen.extend(one for one in standing if one.source is StatementSource.PULL)
    return tuple(chosen)


def _last_contradiction(
    candidates: Sequence[Candidate], *, repository: str, reopened_at: datetime | None
) -> datetime | None:
    """When the work was last said not to be done."""
    times = [
        one.statement.at
        for one in candidates
        if one.statement.source is not StatementSource.PULL
        and (one.has_rights or one.may_contradict)
        and contradicts(one.statement.text, repository=repository)
        and not states_completion(one.statement.text, repository=repository)
    ]
    if reopened_at is not None:
        times.append(reopened_at)
    return max(times, default=None)
