"""What a closing statement claims, as things that can be checked; and what it takes back.

Rules:
1. A thing counts only where a completing verb carries it, in prose, under no heading that says otherwise. The rules
   are a table (`bot.assessment.claim_rules`); `bot.assessment.claim_finding` walks it.
2. Claims come in order of appearance, each once; the same input gives the same claims. What the statement itself
   contradicts ("`abc1234` was reverted") is no claim but a take-back.
3. What the asker quotes below the command is left out, and named (`bot.assessment.disowned`).
4. Strong statements that nothing here measures are shown as `UNCHECKED`, at most `MAX_UNCHECKED` of them; they say
   what would make them checkable and never make a failure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.assessment.claim_finding import MAX_QUOTE, Found, claims_of
from bot.assessment.claim_values import Claim, about
from bot.assessment.claim_wording import ClaimKind, expanded
from bot.assessment.disowned import is_disowned, quotes_below_command
from bot.assessment.patterns import Pattern, pattern_of
from bot.assessment.prose import Unit, read
from bot.assessment.sections import Section
from bot.assessment.statements import Statement, StatementSource
from bot.assessment.takebacks import take_back
from bot.assessment.tokens import Token, TokenKind

__all__ = ["Claim", "ClaimKind", "Extraction", "TakeBack", "extract"]

MAX_CLAIMS = 30
MAX_UNCHECKED = 5
MAX_FOUND = 400  # before they are joined; a statement with more is no statement
MAX_TAKE_BACKS = 20
MAX_OPERATIONAL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Words that take the completion back, by the rule `rule`."""

    quote: str
    where: str
    url: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything found. `more` claims were found beyond the limit; `truncated` texts were not read to their end."""

    claims: tuple[Claim, ...] = ()
    taken_back: tuple[TakeBack, ...] = ()
    operational: tuple[str, ...] = ()  # titles of what the statement names as out of scope
    left_out: tuple[str, ...] = ()  # the words of claims and take-backs that the asker says were misread
    more: int = 0
    truncated: bool = False


def extract(
    statements: Sequence[Statement], *, repository: str, issue: int | None = None, demand: str = ""
) -> Extraction:
    """The claims of the closing statement, newest statement first.

    `repository` is `owner/name`; `issue` is the issue under assessment, whose own being done is the question and no
    claim; `demand` is its body, from which only the old name of a migration is learnt.
    """
    found: list[Found] = []
    taken: list[TakeBack] = []
    operational: list[str] = []
    opposed: dict[str, int] = {}  # what is said not to be done, and the newest statement that says so
    truncated = False
    for number, statement in enumerate(statements):
        prose = read(statement.text, repository=repository)
        truncated = truncated or prose.truncated
        for place, unit in enumerate(prose.units):
            operational += _operational(unit)
            taken += _taken_back(unit, statement, issue)
            if unit.section is Section.NORMAL and unit.box is not False and len(found) < MAX_FOUND:
                found += claims_of(unit, statement, (number, place))
                opposed |= {token.value: number for token in _opposed(unit) if token.value not in opposed}
    quotes = tuple(quote for one in statements for quote in _disowning(one))
    misread = [one for one in found if is_disowned(one.claim.quote, quotes, subject=one.claim.subject)]
    not_meant = [one for one in taken if is_disowned(one.quote, quotes)]
    left_out = [*(one.claim.quote for one in misread), *(one.quote for one in not_meant)]
    found = [one for one in found if one not in misread]
    taken = [one for one in taken if one not in not_meant]
    demanded = tuple(_migrations(demand, repository)) if demand else ()
    claims = _settled([one for one in found if not _is_opposed(one, opposed)], issue=issue, demanded=demanded)
    return Extraction(
        claims=claims[:MAX_CLAIMS],
        taken_back=tuple(dict.fromkeys(taken))[:MAX_TAKE_BACKS],
        operational=tuple(dict.fromkeys(operational))[:MAX_OPERATIONAL],
        left_out=tuple(dict.fromkeys(left_out)),
        more=max(0, len(claims) - MAX_CLAIMS),
        truncated=truncated,
    )


def _disowning(statement: Statement) -> tuple[str, ...]:
    """The quotes with which a command comment leaves claims out."""
    return quotes_below_command(statement.text) if statement.source is StatementSource.COMMAND else ()


_SAID_UNDONE = (
    r"\b(?:reverted|rolled back|backed out)\s+(?:(?:the|commits?|PR|pull request)\s+){0,2}(?P<a>[<sha><number>])",
    (
        r"(?P<a>[<sha><number><path>])\s+(?:(?:was|is|has been|had to be|got|and|then|later|since)\s+){1,3}"
        r"(?:\w{1,20}\s+)?(?:reverted|rolled back|backed out)\b"
    ),
    (
        r"(?P<a>[<sha><number><path>])\s+(?:(?:is|was|has|have|are|were)(?: not|n['\u2019]t)|never(?: got| was)?)\s+"
        r"(?:(?:been|yet|actually|really)\s+){0,3}"
        r"(?:merged|created|added|fixed|removed|deployed|landed|committed|closed|there|done)\b"
    ),
)
_OPPOSED = tuple(re.compile(expanded(wording), re.IGNORECASE) for wording in _SAID_UNDONE)


def _opposed(unit: Unit) -> Iterator[Token]:
    """The things of which the unit says the opposite of done."""
    for expression in _OPPOSED:
        for match in expression.finditer(unit.shadow.text):
            yield from unit.shadow.tokens_between(*match.span("a"))


def _is_opposed(one: Found, opposed: Mapping[str, int]) -> bool:
    """Does the same statement, or a newer one (listed before), say the opposite of this thing?"""
    return opposed.get(one.claim.subject, one.place[0] + 1) <= one.place[0]


_NOTHING = re.compile(r"\W*(?:none|nothing|n/?a|no(?:ne)? (?:known|remaining|open))\b|\W*\Z", re.IGNORECASE)


_OF_ONE_ISSUE = frozenset({"stays-open", "contradicted"})  # said of another issue, they take nothing back


def _taken_back(unit: Unit, statement: Statement, issue: int | None) -> Iterator[TakeBack]:
    """What the unit takes back: an item under "Remaining", or a sentence that says so itself of this issue."""
    words = unit.words()
    if unit.section is Section.OPEN and not unit.heading and unit.box is not True:
        said = words.split(":", 1)[1] if unit.labelled else words
        if not _NOTHING.match(said):
            label = "" if unit.labelled or not unit.labels else f"{unit.labels[-1].rstrip(':')}: "
            yield _take_back(f"{label}{words}", statement, "open-section")
        return
    if unit.section is not Section.NORMAL or unit.box is not None:
        return
    if (taken := take_back(unit.shadow.text)) is None:
        return
    others = (t for t in unit.shadow.tokens_between(taken.start, taken.end) if t.kind is TokenKind.NUMBER)
    if taken.rule not in _OF_ONE_ISSUE or all(token.value == str(issue) for token in others):
        yield _take_back(words, statement, taken.rule)


def _take_back(words: str, statement: Statement, rule: str) -> TakeBack:
    return TakeBack(quote=words[:MAX_QUOTE], where=statement.where, url=statement.url, rule=rule)


_TITLE_END = re.compile(r":\s| \u2013 | \u2014 | - ")


def _operational(unit: Unit) -> Iterator[str]:
    """The titles of operational items: those listed under such a heading, or after "Out of scope:"."""
    words = unit.words()
    if unit.heading or unit.box is True:
        return
    if unit.section is not Section.OPERATIONAL or words.rstrip().endswith(":"):
        return
    if unit.labelled:
        yield words.split(":", 1)[1].strip(" .")[:100]
    elif unit.first:
        yield _TITLE_END.split(words, maxsplit=1)[0].strip(" .")[:100]


def _settled(
    found: Sequence[Found], *, issue: int | None, demanded: Sequence[tuple[Pattern, str]]
) -> tuple[Claim, ...]:
    """The finds without the issue itself and what is said twice, in order of appearance."""
    ordered = sorted(found, key=lambda one: one.place)
    named = [(one.claim.pattern, one.new_name) for one in ordered]
    migrations = [(pattern, new) for pattern, new in named if pattern is not None and new is not None]
    pulls = {one.claim.subject for one in ordered if one.claim.kind is ClaimKind.PULL_MERGED}
    kept: dict[tuple[ClaimKind, str], Claim] = {}
    for one in ordered:
        claim = _derived(one, [*migrations, *demanded])
        if not _is_idle(claim, issue, pulls):
            kept.setdefault((claim.kind, _same(claim, kept)), claim)
    return tuple(_at_most_unchecked(_without_conflicts(tuple(kept.values()))))


def _derived(one: Found, migrations: Sequence[tuple[Pattern, str]]) -> Claim:
    """ "All services now use Y" asks for X to be gone, where a migration from X to Y is named anywhere."""
    if one.claim.rule != "all-now-use" or one.new_name is None:
        return one.claim
    wanted = one.new_name.strip("*")
    old = next((pattern for pattern, new in migrations if new.strip("*") == wanted), None)
    if old is None:
        return one.claim
    return about(replace(one.claim, kind=ClaimKind.PATTERN_GONE, pattern=old), old.literal)


def _is_idle(claim: Claim, issue: int | None, pulls: set[str]) -> bool:
    """The issue's own being done is the question; a pull request's being closed is said by its being merged."""
    numbered = claim.kind in {ClaimKind.ISSUE_CLOSED, ClaimKind.PULL_MERGED}
    if numbered and claim.subject == str(issue):
        return True
    return claim.kind is ClaimKind.ISSUE_CLOSED and claim.subject in pulls


def _same(claim: Claim, kept: dict[tuple[ClaimKind, str], Claim]) -> str:
    """The key of a claim's subject: of commits, a shorter and a longer prefix are the same."""
    if claim.kind is ClaimKind.PATTERN_GONE:
        return f"{claim.subject}\0{claim.within}"
    if claim.kind is ClaimKind.COMMIT:
        known = (other for kind, other in kept if kind is ClaimKind.COMMIT)
        alike = (other for other in known if other.startswith(claim.subject) or claim.subject.startswith(other))
        return next(alike, claim.subject)
    return claim.subject if claim.kind in {ClaimKind.FILE_PRESENT, ClaimKind.FILE_ABSENT} else claim.subject.lower()


def _without_conflicts(claims: tuple[Claim, ...]) -> Iterator[Claim]:
    """A file cannot be both there and gone: the newer statement's words count; within one statement, neither's."""
    files = [claim for claim in claims if claim.kind in {ClaimKind.FILE_PRESENT, ClaimKind.FILE_ABSENT}]
    dropped: set[int] = set()
    for _, group in groupby(sorted(files, key=lambda claim: claim.subject), key=lambda claim: claim.subject):
        same = sorted(group, key=claims.index)
        if len(same) == 2:  # one of each kind: equal ones were joined before
            dropped |= {id(claim) for claim in same if same[0].url == same[1].url or claim is same[1]}
    return (claim for claim in claims if id(claim) not in dropped)


def _at_most_unchecked(claims: Iterator[Claim]) -> Iterator[Claim]:
    count = 0
    for claim in claims:
        count += claim.kind is ClaimKind.UNCHECKED
        if claim.kind is not ClaimKind.UNCHECKED or count <= MAX_UNCHECKED:
            yield claim


_ASKED_MIGRATION = re.compile(
    expanded(
        r"(?P<a><thing>)\s*(?:\u2192|-+>|=+>|\bto\b|\bwith\b|\bby\b|\bshould (?:be|become)\b|\bmust (?:be"
        r"|become)\b|\binto\b)"
        r"\s*(?:(?:the|new)\s+){0,2}(?P<b><thing>)"
    ),
    re.IGNORECASE,
)


def _migrations(text: str, repository: str) -> Iterator[tuple[Pattern, str]]:
    """The migrations that an issue's body asks for: old pattern and new name."""
    for unit in read(text, repository=repository).units:
        for match in _ASKED_MIGRATION.finditer(unit.shadow.text):
            old = unit.shadow.tokens_between(*match.span("a"))[0].value
            new = unit.shadow.tokens_between(*match.span("b"))[0].value
            if pattern := pattern_of(old, new=new):
                yield pattern, new
