"""What a closing statement claims, as things that can be checked; and what it takes back.

Rules:
1. A thing counts only where a completing verb carries it, in prose, under no heading that says otherwise. The rules
   are a table (`bot.assessment.claim_rules`); this module walks it.
2. Claims come in order of appearance, each once; the same input gives the same claims. What the statement itself
   contradicts ("`abc1234` was reverted") is no claim but a take-back.
3. Strong statements that nothing here measures are shown as `UNCHECKED`, at most `MAX_UNCHECKED` of them; they say
   what would make them checkable and never make a failure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import assert_never

from bot.assessment.claim_rules import RULES
from bot.assessment.claim_wording import ClaimKind, Rule, expanded
from bot.assessment.patterns import Pattern, pattern_of
from bot.assessment.polarity import is_meant, ties_elsewhere
from bot.assessment.prose import Unit, read
from bot.assessment.sections import Section
from bot.assessment.statements import Statement
from bot.assessment.takebacks import is_out_of_scope, take_back
from bot.assessment.tokens import Token, TokenKind

__all__ = ["Claim", "ClaimKind", "Extraction", "TakeBack", "extract"]

MAX_CLAIMS = 30
MAX_UNCHECKED = 5
MAX_QUOTE = 200
MAX_TAKE_BACKS = 20
MAX_OPERATIONAL = 20


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
    operational: tuple[str, ...] = ()
    more: int = 0
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A rule's match in a unit of a statement; `place` orders finds by appearance."""

    place: tuple[int, int, int, int]
    claim: Claim
    new_name: str | None = None  # what a migration leads to, or what "all now use"


def extract(
    statements: Sequence[Statement], *, repository: str, issue: int | None = None, demand: str = ""
) -> Extraction:
    """The claims of the closing statement.

    `repository` is `owner/name`; `issue` is the issue under assessment, whose own being done is the question and no
    claim; `demand` is its body, from which only the old name of a migration is learnt.
    """
    found: list[_Found] = []
    taken: list[TakeBack] = []
    operational: list[str] = []
    opposed: list[tuple[int, Token]] = []
    truncated = False
    for number, statement in enumerate(statements):
        prose = read(statement.text, repository=repository)
        truncated = truncated or prose.truncated
        for place, unit in enumerate(prose.units):
            operational += _operational(unit)
            taken += _taken_back(unit, statement)
            if unit.section is not Section.NORMAL or unit.box is False:
                continue
            found += _claims_of(unit, statement, (number, place))
            opposed += [(number, token) for token in _opposed(unit)]
    demanded = tuple(_migrations(demand, repository)) if demand else ()
    claims = _settled(found, issue=issue, opposed=opposed, demanded=demanded)
    return Extraction(
        claims=claims[:MAX_CLAIMS],
        taken_back=tuple(dict.fromkeys(taken))[:MAX_TAKE_BACKS],
        operational=tuple(dict.fromkeys(operational))[:MAX_OPERATIONAL],
        more=max(0, len(claims) - MAX_CLAIMS),
        truncated=truncated,
    )


def _claims_of(unit: Unit, statement: Statement, place: tuple[int, int]) -> Iterator[_Found]:
    """Every rule's finds in one unit."""
    for order, rule in enumerate(RULES):
        if rule.label is not None and not (unit.first and unit.labels and rule.label.search(_bare(unit.labels[-1]))):
            continue
        for match in rule.expression.finditer(unit.shadow.text):
            if not _is_carried(unit.shadow.text, match):
                continue
            for claim, new_name in _from_match(rule, match, unit, statement):
                yield _Found(place=(*place, match.start(), order), claim=claim, new_name=new_name)


def _bare(label: str) -> str:
    """A label without emoji, numbering and punctuation at its ends."""
    return re.sub(r"^[^A-Za-z]+|[^A-Za-z)]+$", "", re.sub(r"\s*\([^()]*\)$", "", label))


def _is_carried(text: str, match: re.Match[str]) -> bool:
    """Is the completing verb meant, and do the words between tie the things to it?"""
    if not is_meant(text, match.start(), match.end()):
        return False
    groups = match.groupdict()
    thing = "a" if groups.get("a") is not None else "b" if groups.get("b") is not None else None
    if thing is None or groups.get("v") is None:
        return True
    if match.end("v") <= match.start(thing):
        return not ties_elsewhere(text[match.end("v") : match.start(thing)])
    clause = re.split(r"[;|.]\s|, ", text[: match.start(thing)])[-1]
    return not ties_elsewhere(clause) and not re.search(r"\b(?:in|from|by|since|of|as|to)\s+(?:\w+\s+)?\Z", clause)


def _from_match(
    rule: Rule, match: re.Match[str], unit: Unit, statement: Statement
) -> Iterator[tuple[Claim, str | None]]:
    """The claims that one match makes."""
    groups = match.groupdict()
    tokens = unit.shadow.tokens_between(*match.span("a")) if groups.get("a") is not None else ()
    new = unit.shadow.tokens_between(*match.span("b"))[0].value if groups.get("b") is not None else None
    claim = Claim(
        kind=rule.kind,
        subject="",
        expected="",
        quote=_quote(unit, match, labelled=rule.label is not None),
        url=statement.url,
        where=statement.where,
        rule=rule.id,
    )
    match rule.kind:
        case ClaimKind.COMMIT:
            yield from ((_about(claim, token.value), None) for token in tokens if token.kind is TokenKind.SHA)
        case ClaimKind.FILE_PRESENT | ClaimKind.FILE_ABSENT:
            yield from ((_about(claim, token.value), None) for token in tokens if token.kind is TokenKind.PATH)
        case ClaimKind.PULL_MERGED | ClaimKind.ISSUE_CLOSED:
            yield from ((_about(claim, token.value), None) for token in tokens if token.kind is TokenKind.NUMBER)
        case ClaimKind.RELEASED:
            yield from ((_about(claim, token.value), None) for token in tokens)
        case ClaimKind.DEPLOYED:
            yield _about(claim, match["env"].lower()), None
        case ClaimKind.COUNT:
            figure = int(match["n"].replace(",", ""))
            yield _about(replace(claim, figure=float(figure)), f"{figure} files"), None
        case ClaimKind.CHECK_PASSING:
            figure_words = groups.get("n")
            name = (
                tokens[0].value
                if tokens
                else re.sub(r"^(?:the|our|a) ", "", match["name"].strip(), flags=re.IGNORECASE)
            )
            yield _about(replace(claim, figure=float(figure_words) if figure_words else None), name), None
        case ClaimKind.PATTERN_GONE:
            yield from _pattern_claims(claim, match, unit, tokens, new)
        case ClaimKind.UNCHECKED:
            start, end = match.span()
            yield _about(claim, unit.shadow.part(start, end).words()[:MAX_QUOTE].strip()), new
        case _:
            assert_never(rule.kind)


_WITHIN = re.compile(
    expanded(
        r"\A[\s,]*(?:calls?|imports?|uses?|usages?|references?)?\s*(?:in|inside|from|within)\s+(?:the\s+)?(<path>)"
    )
)
_ONLY_A_PART = re.compile(
    expanded(r"\A\s*(?:\w+\s+)?(?:in|inside|within|for|when|during|here|where|on)\b(?! (?:the )?(?:main|master))"),
    re.IGNORECASE,
)
_EVERYWHERE = re.compile(expanded(r"<everywhere>"), re.IGNORECASE)


def _pattern_claims(
    claim: Claim, match: re.Match[str], unit: Unit, tokens: tuple[Token, ...], new: str | None
) -> Iterator[tuple[Claim, str | None]]:
    """A name is gone: everywhere, or within the one file that was named; a vaguer part cannot be checked."""
    tail = unit.shadow.text[match.end() :]
    within: str | None = None
    if found := _WITHIN.match(tail):
        start = match.end() + found.start(1)
        within = unit.shadow.tokens_between(start, start + 1)[0].value
    elif _ONLY_A_PART.match(tail) and not _EVERYWHERE.search(tail[:60]):
        return
    for token in tokens:
        if pattern := pattern_of(token.value, new=new):
            yield _about(replace(claim, pattern=pattern, within=within), pattern.literal), new


def _about(claim: Claim, subject: str) -> Claim:
    """The claim with its subject, and what must be so for it to hold."""
    return replace(claim, subject=subject, expected=_expected(claim, subject), remedy=_remedy(claim))


def _expected(claim: Claim, subject: str) -> str:
    match claim.kind:
        case ClaimKind.COMMIT:
            return f"commit {subject} is on the default branch and not reverted"
        case ClaimKind.FILE_PRESENT:
            return f"{subject} exists"
        case ClaimKind.FILE_ABSENT:
            return f"{subject} is gone"
        case ClaimKind.PATTERN_GONE:
            return f"{subject} does not occur in {claim.within or 'code or configuration'}"
        case ClaimKind.PULL_MERGED:
            return f"#{subject} is merged into the default branch and not reverted"
        case ClaimKind.ISSUE_CLOSED:
            return f"#{subject} is closed as completed"
        case ClaimKind.CHECK_PASSING:
            return f"{subject}: at least {claim.figure:g} %" if claim.figure is not None else f"{subject}: passing"
        case ClaimKind.COUNT:
            return f"the fix changes at least {subject}"
        case ClaimKind.RELEASED:
            return f"release {subject} contains the fix"
        case ClaimKind.DEPLOYED:
            return f"the fix is deployed to {subject}"
        case ClaimKind.UNCHECKED:
            return "nothing here measures that"
        case _:
            assert_never(claim.kind)


def _remedy(claim: Claim) -> str | None:
    if claim.kind is not ClaimKind.UNCHECKED:
        return None
    if claim.rule == "all-now-use":
        return "name the old one that must be gone, as in: migration `old` \u2192 `new`"
    return "name the check that shows it, or add a criterion that measures it"


def _quote(unit: Unit, match: re.Match[str], *, labelled: bool) -> str:
    """The words of the claim, at most `MAX_QUOTE` characters, cut around the match."""
    words = unit.words()
    if labelled:
        words = f"{unit.labels[-1].rstrip(':')}: {words}"
    if len(words) <= MAX_QUOTE:
        return words
    before = len(unit.shadow.part(0, match.start()).words())
    start = 0 if before < MAX_QUOTE // 2 else before - 20
    end = start + MAX_QUOTE - 2
    return ("\u2026" if start else "") + words[start:end].strip() + ("\u2026" if end < len(words) else "")


_OPPOSED = tuple(
    re.compile(expanded(wording), re.IGNORECASE)
    for wording in (
        r"\b(?:reverted|rolled back|backed out)\s+(?:(?:the|commits?|PR|pull request)\s+){0,2}(?P<a>[<sha><number>])",
        r"(?P<a>[<sha><number><path>])\s+(?:(?:was|is|has been|had to be|got|and|then|later|since)\s+){1,3}(?:\w+\s+)?(?:reverted|rolled back|backed out)\b",
        r"(?P<a>[<sha><number><path>])\s+(?:(?:is|was|has|have|are|were)(?: not|n['\u2019]t)|never(?: got| was)?)\s+(?:been |yet |actually |really )*(?:merged|created|added|fixed|removed|deployed|landed|committed|closed|there|done)\b",
    )
)


def _opposed(unit: Unit) -> Iterator[Token]:
    """The things of which the unit says the opposite of done."""
    for expression in _OPPOSED:
        for match in expression.finditer(unit.shadow.text):
            yield from unit.shadow.tokens_between(*match.span("a"))


def _taken_back(unit: Unit, statement: Statement) -> Iterator[TakeBack]:
    """What the unit takes back."""
    words = unit.words()[:MAX_QUOTE]
    if unit.section is Section.OPEN and not unit.heading and unit.box is not True:
        if not re.match(r"\W*(?:none|nothing|n/?a|no(?:ne)? (?:known|remaining|open))\b|\W*\Z", words, re.IGNORECASE):
            label = unit.labels[-1].rstrip(":") if unit.labels else ""
            yield TakeBack(
                quote=f"{label}: {words}"[:MAX_QUOTE], where=statement.where, url=statement.url, rule="open-section"
            )
        return
    if unit.section is Section.NORMAL and unit.box is None and (rule := take_back(unit.shadow.text)):
        yield TakeBack(quote=words, where=statement.where, url=statement.url, rule=rule)


def _operational(unit: Unit) -> Iterator[str]:
    """The title of an operational item."""
    words = unit.words()
    if unit.section is Section.OPERATIONAL and not unit.heading and unit.first:
        if unit.box is not True and not words.rstrip().endswith(":"):
            yield re.split(r":\s| \u2013 | \u2014 | - ", words, maxsplit=1)[0].strip(" .")[:100]
        return
    if unit.section is Section.NORMAL and is_out_of_scope(unit.shadow.text) and not unit.heading:
        label = re.match(
            r"\W{0,3}(?:out[- ]of[- ]scope|not in scope|operational)\b[^:]{0,40}:\s*(.+)", words, re.IGNORECASE
        )
        if label:
            yield label[1].strip(" .")[:100]


def _settled(
    found: Sequence[_Found],
    *,
    issue: int | None,
    opposed: Sequence[tuple[int, Token]],
    demanded: Sequence[tuple[Pattern, str]],
) -> tuple[Claim, ...]:
    """The finds without the issue itself, what is contradicted, what is said twice; in order of appearance."""
    ordered = sorted(found, key=lambda one: one.place)
    migrations = [*_known_migrations(ordered), *demanded]
    numbers = {one.claim.subject for one in ordered if one.claim.kind is ClaimKind.PULL_MERGED}
    kept: dict[tuple[ClaimKind, str], Claim] = {}
    for one in ordered:
        claim = _derived(one, migrations)
        if _is_idle(claim, issue, numbers) or _is_opposed(one, opposed):
            continue
        kept.setdefault((claim.kind, _same(claim, kept)), claim)
    return tuple(_at_most_unchecked(_without_conflicts(tuple(kept.values()))))


def _known_migrations(found: Sequence[_Found]) -> Iterator[tuple[Pattern, str]]:
    for one in found:
        if one.claim.pattern is not None and one.new_name is not None:
            yield one.claim.pattern, one.new_name


def _derived(one: _Found, migrations: Sequence[tuple[Pattern, str]]) -> Claim:
    """ "All services now use Y" asks for X to be gone, where a migration from X to Y is named anywhere."""
    if one.claim.rule != "all-now-use" or one.new_name is None:
        return one.claim
    wanted = one.new_name.strip("*")
    old = next((pattern for pattern, new in migrations if new.strip("*") == wanted), None)
    if old is None:
        return one.claim
    return _about(replace(one.claim, kind=ClaimKind.PATTERN_GONE, pattern=old), old.literal)


def _is_idle(claim: Claim, issue: int | None, pull_numbers: set[str]) -> bool:
    """The issue's own being done is the question; a pull request's being closed is said by its being merged."""
    numbered = claim.kind in {ClaimKind.ISSUE_CLOSED, ClaimKind.PULL_MERGED}
    if numbered and claim.subject == str(issue):
        return True
    return claim.kind is ClaimKind.ISSUE_CLOSED and claim.subject in pull_numbers


def _is_opposed(one: _Found, opposed: Sequence[tuple[int, Token]]) -> bool:
    """Does the same statement, or an earlier-listed (newer) one, say the opposite of this thing?"""
    return any(number <= one.place[0] and token.value == one.claim.subject for number, token in opposed)


def _same(claim: Claim, kept: dict[tuple[ClaimKind, str], Claim]) -> str:
    """The key of a claim's subject: of commits, a shorter and a longer prefix are the same."""
    subject = claim.subject.lower() if claim.kind is not ClaimKind.PATTERN_GONE else f"{claim.subject}\0{claim.within}"
    if claim.kind is ClaimKind.COMMIT:
        known = (other for kind, other in kept if kind is ClaimKind.COMMIT)
        return next((other for other in known if other.startswith(subject) or subject.startswith(other)), subject)
    return subject


def _without_conflicts(claims: tuple[Claim, ...]) -> Iterator[Claim]:
    """A file cannot be both there and gone: of two such claims the first-listed statement's counts; in one, neither."""
    files = [claim for claim in claims if claim.kind in {ClaimKind.FILE_PRESENT, ClaimKind.FILE_ABSENT}]
    by_path = groupby(sorted(files, key=lambda claim: claim.subject), key=lambda claim: claim.subject)
    dropped: set[int] = set()
    for _, group in by_path:
        same = sorted(group, key=claims.index)
        if len({claim.kind for claim in same}) < 2:
            continue
        dropped |= {id(claim) for claim in same if same[0].url == same[1].url or claim is not same[0]}
    return (claim for claim in claims if id(claim) not in dropped)


def _at_most_unchecked(claims: Iterator[Claim]) -> Iterator[Claim]:
    count = 0
    for claim in claims:
        count += claim.kind is ClaimKind.UNCHECKED
        if claim.kind is not ClaimKind.UNCHECKED or count <= MAX_UNCHECKED:
            yield claim


_ASKED_MIGRATION = re.compile(
    expanded(
        r"(?P<a><thing>)\s*(?:\u2192|-+>|=+>|\bto\b|\bwith\b|\bby\b|\bshould (?:be|become)\b|\bmust (?:be|become)\b|\binto\b)\s*(?:(?:the|new)\s+){0,2}(?P<b><thing>)"
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
