"""Which issues a text is linked to, by GitHub's own closing keywords and by words that only refer.

A reference says that the text works on the issue ("Refs #12"); a mere mention ("see #12", "as in #12") does not, since
whoever is assessed gets an answer, and nobody wants one for every mention.
GitHub's grammar, negations included: "does not fix #12" closes #12 all the same, so that is what is reported here.
https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.assessment.claim_wording import expanded
from bot.assessment.prose import read
from bot.assessment.tokens import Shadow, Token, TokenKind

_KEYWORD = re.compile(
    expanded(
        r"(?<![\w-])(?P<keyword>close[sd]?|fix(?:es|ed)?|resolve[sd]?)(?:\s*:)?\s+(?:issue\s+)?"
        r"(?P<a>[<number><foreign>])"
    ),
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    expanded(
        r"(?<![\w-])(?:refs?|references?|part of|related(?: to)?|relates to|towards?|addresses"
        r"|contributes to|follow-?up (?:to|of|for))(?:\s*:)?\s+(?:issues?\s+)?"
        r"(?P<a>[<number><foreign>](?:(?:,\s*|\s+and\s+|\s*&\s*)[<number><foreign>]){0,30})"
    ),
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(?:https?://[^/]+/)?([\w.-]+/[\w.-]+)(?:#|/(?:issues|pull)/)(\d{1,9})\b.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An issue that a text names. `repository` is `owner/name`; `closes` is whether GitHub would close it.

    `keyword` is the word by which it would, as it is written.
    """

    number: int
    repository: str
    closes: bool
    keyword: str | None = field(default=None, compare=False)


def extract_links(text: str, repository: str) -> tuple[Link, ...]:
    """The issues that the text closes or refers to, in order of appearance, each once (closing wins)."""
    found: dict[tuple[str, int], Link] = {}
    for unit in read(text, repository=repository, hide_quoted=False).units:
        for link in _links(unit.shadow, repository):
            key = (link.repository.lower(), link.number)
            if link.closes or key not in found:
                found[key] = link
    return tuple(found.values())


def _links(shadow: Shadow, repository: str) -> Iterator[Link]:
    for match in (m for expression in (_KEYWORD, _REFERENCE) for m in expression.finditer(shadow.text)):
        keyword, tokens = match.groupdict().get("keyword"), shadow.tokens_between(*match.span("a"))
        yield from (link for token in tokens if (link := _link(token, repository, keyword)))


def _link(token: Token, repository: str, keyword: str | None) -> Link | None:
    closes = keyword is not None
    if token.kind is TokenKind.NUMBER:
        return Link(number=int(token.value), repository=repository, closes=closes, keyword=keyword)
    if elsewhere := _ELSEWHERE.fullmatch(token.value):
        return Link(number=int(elsewhere[2]), repository=elsewhere[1], closes=closes, keyword=keyword)
    return None
