"""Walks the table of claim rules over one sentence, list item or table row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import assert_never

from bot.assessment.claim_rules import RULES
from bot.assessment.claim_values import Claim, about
from bot.assessment.claim_wording import ClaimKind, Rule, expanded
from bot.assessment.patterns import pattern_of
from bot.assessment.polarity import is_meant, ties_elsewhere
from bot.assessment.prose import Unit
from bot.assessment.statements import Statement, StatementSource
from bot.assessment.tokens import Token, TokenKind

MAX_QUOTE = 200
MAX_FINDS = 8  # of one rule in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A claim where it was found. `place` orders finds by appearance: statement, unit, position, rule."""

    place: tuple[int, int, int, int]
    claim: Claim
    new_name: str | None = None  # what a migration leads to, or what "all now use"


# One thing said once, even where two rules see it: the first rule's reading stands.
_ONE_READING = frozenset({ClaimKind.CHECK_PASSING, ClaimKind.UNCHECKED, ClaimKind.COUNT})


def claims_of(unit: Unit, statement: Statement, place: tuple[int, int]) -> Iterator[Found]:
    """Every rule's finds in one unit of a statement; `place` is the statement's and the unit's number."""
    text = unit.shadow.text
    lowered = text.lower()
    taken: dict[ClaimKind, list[tuple[int, int]]] = {kind: [] for kind in _ONE_READING}
    for order, rule in enumerate(RULES):
        if rule.only_in_pulls and statement.source is not StatementSource.PULL:
            continue
        if not rule.is_possible(text, lowered) or not _is_under(rule, unit):
            continue
        for match in islice(rule.expression.finditer(text), MAX_FINDS):
            spans = taken.get(rule.kind)
            if spans is not None and any(start < match.end() and match.start() < end for start, end in spans):
                continue
            if not _is_carried(rule, text, match):
                continue
            if spans is not None:
                spans.append(match.span())
            for claim, new_name in _from_match(rule, match, unit, statement):
                yield Found(place=(*place, match.start(), order), claim=claim, new_name=new_name)


def _is_under(rule: Rule, unit: Unit) -> bool:
    """Does the unit stand under the heading or leading line that the rule needs?"""
    if rule.label is None:
        return True
    return unit.first and bool(unit.labels) and bool(rule.label.search(_bare(unit.labels[-1])))


def _bare(label: str) -> str:
    """A label without emoji, numbering, a parenthesis and punctuation at its ends."""
    return re.sub(r"^[^A-Za-z]+|[^A-Za-z)]+$", "", re.sub(r"\s*\([^()]*\)$", "", label))


# A file that is only an object of what was created ("a script to generate `dist/app.js`") need not be there.
_RUNTIME_FILE = re.compile(
    r"\b(?:that|which|who|so|because|and then)\b|\bto (?!(?:the |our |a |file |module ){0,2}\Z)"
    r"|\b(?:for|of|with|by|on|about|against|via|using)\s+(?:(?:the|our|a|an|new|existing|all)\s+){0,3}\Z"
    r"|\b(?:remov|delet|drop|clean|ignor|exclud|skip|avoid|prevent|handl|support|pars|load|generat|writ"
    r"|open)(?:e|es|ed|ing|s)?\b",
    re.IGNORECASE,
)
_SUBJECT_TIE = re.compile(
    r"\b(?:in|from|by|since|of|as|to|before|after|until|see|via|with|that|whether|which)\s+"
    r"(?:the\s+)?(?:[\w-]{1,20}\s+)?\Z",
    re.IGNORECASE,
)
# "The index was dropped in `abc1234`" tells a story; "this was added in `abc1234`" answers the issue.
_PAST_EVENT = re.compile(
    r"(?<!\bthis )(?<!\bit )(?<!\bsupport )(?<!\bfeature )(?<!\beverything )\b(?:was|were|had been|got)\s+"
    r"(?:\w{1,20}\s+)?(?:added|removed|updated|refactored|reworked|included|eliminated|dropped|deleted|moved|renamed|replaced|migrated)\Z",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;|.]\s|, ")
_CHECKLIKE = re.compile(
    r"test|spec|lint|check|build|\bci\b|pytest|mypy|ruff|tox|npm|yarn|make|cargo|\bgo |e2e|jest|suite|gate"
    r"|verify|scan|typecheck|-",
    re.IGNORECASE,
)


# What is done in part by these is there as a whole; that work remains is said by the take-back.
_THERE_IN_PART = frozenset({ClaimKind.COMMIT, ClaimKind.PULL_MERGED})


def _is_carried(rule: Rule, text: str, match: re.Match[str]) -> bool:
    """Is the completing verb meant, and do the words between tie the things to it?"""
    if not is_meant(text, match.start(), match.end(), in_part=rule.kind in _THERE_IN_PART):
        return False
    if rule.kind is ClaimKind.COMMIT and _PAST_EVENT.search(text[: match.end("v")]):
        return False
    groups = match.groupdict()
    thing = "a" if groups.get("a") is not None else "b" if groups.get("b") is not None else None
    if thing is None or groups.get("v") is None:
        return True
    if match.end("v") <= match.start(thing):
        between = text[match.end("v") : match.start(thing)]
        if rule.id == "file-created" and _RUNTIME_FILE.search(between):
            return False
        if rule.kind is ClaimKind.PATTERN_GONE:
            between = re.sub(r"\bfrom\s+\Z", "", between)  # "migrated from X to Y": X is what is gone
        return not ties_elsewhere(between)
    clause = _CLAUSE.split(text[: match.start(thing)])[-1]
    return not ties_elsewhere(clause) and not _SUBJECT_TIE.search(clause)


def _from_match(
    rule: Rule, match: re.Match[str], unit: Unit, statement: Statement
) -> Iterator[tuple[Claim, str | None]]:
    """The claims that one match makes, each with the new name that it speaks of."""
    groups = match.groupdict()
    tokens = unit.shadow.tokens_between(*match.span("a")) if groups.get("a") is not None else ()
    new = unit.shadow.tokens_between(*match.span("b"))[0].value if groups.get("b") is not None else None
    quote = quote_of(unit, match, labelled=rule.label is not None)
    claim = Claim(
        kind=rule.kind, subject="", expected="", quote=quote, url=statement.url, where=statement.where, rule=rule.id
    )
    match rule.kind:
        case ClaimKind.COMMIT | ClaimKind.FILE_PRESENT | ClaimKind.FILE_ABSENT | ClaimKind.RELEASED:
            yield from ((about(claim, token.value), None) for token in tokens)
        case ClaimKind.PULL_MERGED | ClaimKind.ISSUE_CLOSED:
            yield from ((about(claim, token.value), None) for token in tokens)
        case ClaimKind.DEPLOYED:
            environment = match["env"].lower()
            yield about(claim, "production" if environment == "prod" else environment), None
        case ClaimKind.COUNT:
            figure = int(match["n"].replace(",", "") or 0)
            yield about(replace(claim, figure=float(figure)), f"{figure} files"), None
        case ClaimKind.CHECK_PASSING:
            yield from _check_claims(claim, groups, tokens)
        case ClaimKind.PATTERN_GONE:
            yield from _pattern_claims(claim, match, unit, (tokens, new))
        case ClaimKind.UNCHECKED:
            yield about(claim, unit.shadow.part(*match.span()).words()[:MAX_QUOTE].strip()), new
        case _:
            assert_never(rule.kind)


def _check_claims(
    claim: Claim, groups: dict[str, str | None], tokens: tuple[Token, ...]
) -> Iterator[tuple[Claim, str | None]]:
    """A check is passing, or has reached a figure; code that "passes" something on is no check."""
    figure = groups.get("n")
    if tokens:
        if _CHECKLIKE.search(tokens[0].value):
            yield about(claim, tokens[0].value), None
        return
    name = re.sub(r"^(?:the|our|a) ", "", (groups.get("name") or "").strip(), flags=re.IGNORECASE)
    yield about(replace(claim, figure=float(figure) if figure else None), name), None


_WITHIN = re.compile(
    expanded(
        r"\A[\s,]*(?:(?:calls?|imports?|uses?|usages?|references?)\s+)?(?:in|inside|from"
        r"|within)\s+(?:the\s+)?(?P<a><path>)"
    ),
    re.IGNORECASE,
)
_ONLY_A_PART = re.compile(
    expanded(
        r"\A\s*(?:\w{1,30}\s+)?(?:in|inside|within|for|when|during|here|where|on)\b"
        r"(?! (?:the )?(?:main|master|[<sha><number>]))"
    ),
    re.IGNORECASE,
)
_RENAMING = frozenset({"pattern-migrated", "body-renames"})
_NAME = re.compile(r"[\w.*/:@$-]{1,200}")
_USES = re.compile(expanded(r"\b<uses>\b"), re.IGNORECASE)
_EVERYWHERE = re.compile(expanded(r"<everywhere>"), re.IGNORECASE)


def _pattern_claims(
    claim: Claim, match: re.Match[str], unit: Unit, names: tuple[tuple[Token, ...], str | None]
) -> Iterator[tuple[Claim, str | None]]:
    """A name is gone: everywhere, or within the one file that was named; a vaguer part cannot be checked."""
    tail = unit.shadow.text[match.end() :]
    within: str | None = None
    if found := _WITHIN.match(tail):
        start = match.end() + found.start("a")
        within = unit.shadow.tokens_between(start, start + 1)[0].value
    elif _ONLY_A_PART.match(tail) and not _EVERYWHERE.search(tail[:80]):
        return
    old_names, new = names
    for token in old_names:
        if token.kind is TokenKind.PATH and not _USES.search(match["v"]):
            continue  # a file that is gone is the file rules' business; its uses are not
        if claim.rule in _RENAMING and not _NAME.fullmatch(token.value):
            continue  # an expression replaced by another is an edit somewhere, not a migration
        if pattern := pattern_of(token.value, new=new):
            yield about(replace(claim, pattern=pattern, within=within), pattern.literal), new


def quote_of(unit: Unit, match: re.Match[str], *, labelled: bool) -> str:
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
