"""Words beside a confirmation that take some of it back: "but the export still fails". Pure.

Rules:
1. Who confirms has said what he thinks, and thanks or praise beside it change nothing. A reservation does: then he has
   not confirmed.
2. In doubt it is one: that costs another `/confirm-fixed`, and a wrong closing costs more.
3. What is quoted, fenced or in an HTML comment is not his own word.
4. Every rule stands with an example and a counter-example, and is tested on both.
5. No rule repeats anything without a bound but a word's own letters: a long comment takes time by its length alone.
"""

import re
from dataclasses import dataclass

from bot.assessment.markdown import line

_SHOWN = 100
_ELSEWHERE = re.compile(
    r"<!--.*?(?:-->|\Z)|^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)|^[ \t]*>[^\n]*$", re.DOTALL | re.MULTILINE
)
_SENTENCE_END = re.compile(r"[.;!?\n]+")
_DENIED = re.compile(
    r"\bno longer\b|\bnot\b|n['\u2019]t\b|\bnever\b|\bany ?more\b|\bnothing\b|\bno more\b|\bstopped\b|\bused to\b"
    r"|\bgone\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationRule:
    """One way to hold something back. `deniable`: not where its sentence denies it ("no longer fails")."""

    id: str
    words: re.Pattern[str]
    example: str
    counter_example: str
    deniable: bool = False


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


RESERVATION_RULES: tuple[ReservationRule, ...] = (
    ReservationRule(
        id="contrast",
        words=_pattern(
            r"\b(?:but|however|although|though|except|apart from|other than|unless|partially|partly|half|almost|mostly"
            r"|nearly|only (?:if|when|on|in|for|with))\b"
        ),
        example="Fixed on Linux, but not on Windows.",
        counter_example="Works in 1.2, thanks!",
    ),
    ReservationRule(
        id="still",
        words=_pattern(r"\bstill\b(?! (?:works?|fine|good|ok|fixed)\b)"),
        example="The export still crashes.",
        counter_example="It still works after a restart.",
    ),
    ReservationRule(
        id="not-fixed",
        words=_pattern(
            r"(?:\bnot|\bcannot|\bnever|n['\u2019]t)\b[^.;!?\n]{0,30}\b(?:work\w*|fix\w*|resolv\w+|solv\w+|done"
            r"|complete\w*|help\w*|gone|right|sure|clos\w+|yet)\b"
        ),
        example="The import does not work.",
        counter_example="It does not crash any more.",
    ),
    ReservationRule(
        id="fails",
        words=_pattern(
            r"\b(?:fail(?:s|ing|ed)?|broken|breaks|crash(?:es|ing)?|hang(?:s|ing)|wrong|missing|regress\w+|bug|again"
            r"|(?:is|are|came) back)\b"
        ),
        example="The export fails on Windows.",
        counter_example="No longer fails here.",
        deniable=True,
    ),
    ReservationRule(
        id="not-done",
        words=_pattern(
            r"\b(?:hold on|please wait|wait (?:with|until|before|for)|(?:keep|leave) (?:it|this|the issue) open"
            r"|re-?open|to-?do|remain(?:s|ing)|left to)\b"
        ),
        example="Please keep it open until Friday.",
        counter_example="It was open for long. Thanks for the wait!",
    ),
)


def reserved(body: str) -> bool:
    """Does a comment that confirms hold something back?"""
    return bool(reservation(body))


def reservation(body: str) -> str:
    """The sentence by which it does, as it was written, or its beginning; empty where it holds nothing back."""
    sentences = _SENTENCE_END.split(_ELSEWHERE.sub("\n", body))
    held = (sentence for sentence in sentences for rule in RESERVATION_RULES if _holds_back(rule, sentence))
    return line(next(held, ""), _SHOWN)


def _holds_back(rule: ReservationRule, sentence: str) -> bool:
    return rule.words.search(sentence) is not None and not (rule.deniable and _DENIED.search(sentence))
