"""Words with which a closing statement takes its own completion back: "partially", "except", "still to do".

Rules:
1. A take-back makes the outcome `partial` at best, so it must be meant of the work itself: "fixed the remaining
   failures", "the socket stays open" and "fixed that it does not reconnect" take nothing back, and neither does what
   is named as out of scope or operational.
2. Every rule stands with an example and a counter-example, and is tested on both.
"""

import re
from dataclasses import dataclass, field

from bot.assessment.claim_wording import expanded
from bot.assessment.polarity import is_question

_WORK = (
    r"(?:fix\w*|implement\w*|done|resolv\w+|address\w*|complet\w+|clos\w+|migrat\w+|cover\w*|solv\w+|convert\w*|works?"
    r"|working|finish\w*|updat\w+|replac\w+|remov\w+)"
)
_THIS = r"(?:this|it|that|<number>|the (?:issue|bug|problem|fix|crash|change|PR|patch|commit|migration|work|ticket))"
_LATER = r"(?:later|separate|follow-?up|future|different|second|subsequent)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackRule:
    """One way to take a completion back. `example` must match, `counter_example` must not."""

    id: str
    wording: str
    example: str
    counter_example: str
    expression: re.Pattern[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", re.compile(expanded(self.wording), re.IGNORECASE))


TAKE_BACK_RULES: tuple[TakeBackRule, ...] = (
    TakeBackRule(
        id="partially",
        wording=rf"\b(?:(?:only )?(?:partially|partly)\s+{_WORK}|{_WORK}\s+(?:only )?(?:partially|partly|in part)\b"
        r"|(?:a |only )partial (?:fix|solution|implementation|migration)|only (?:partial|in part))",
        example="This is partially fixed in `85375b936`.",
        counter_example="Fixed the partially rendered page in `85375b936`.",
    ),
    TakeBackRule(
        id="half",
        wording=r"\b(?:(?:fix\w*|migrat\w+|cover\w*|convert\w*|address\w*|solv\w+) (?:about |only )?half\b"
        r"(?!-| (?:the |of the )?(?:memory|time|size|cost)| as| an?\b)"
        rf"|half (?:of )?(?:it|the|them|these|this)\b[^.;]{{0,40}}\b(?:is|are|were|was) (?:now )?{_WORK}"
        r"|half[- ](?:done|way there|finished|fixed|migrated)\b)",
        example="Half of the services are migrated.",
        counter_example="Cut the memory to half and fixed half-open sockets.",
    ),
    TakeBackRule(
        id="all-but",
        wording=r"\b(?:all|everything|every one) but (?:the |one|two|three|four|a few|some|\d)",
        example="All but two tests are passing.",
        counter_example="It was small but two tests cover it.",
    ),
    TakeBackRule(
        id="except",
        wording=rf"\b(?:all|every\w*|{_WORK}|done|merged)\b[^.;]{{0,100}}(?<!bare )(?<!broad )(?<!an )(?<!the )\b"
        r"(?:except(?! (?:clauses?|blocks?|handlers?|statements?|\w*(?:Exception|Error|Interrupt|Exit)\b))(?: for)?"
        r"|apart from|other than|with the exception of|excluding|aside from|but not)\b(?:\s+\S|:)",
        example="Removed `legacy_client` everywhere except the worker.",
        counter_example="Replaced every bare except clause.",
    ),
    TakeBackRule(
        id="not-included",
        wording=r"\b(?:is|are|was|were)(?: not|n['\u2019]t)(?: yet)? (?:included|covered|part of (?:this|the (?:fix|PR"
        r"|change))"
        r"|addressed|handled here|migrated|implemented|done|finished|complete|converted)\b"
        r"|<start>not (?:yet )?(?:included|covered|part of this|addressed|migrated|implemented|done|complete)\b"
        r"|(?:[,;(\u2013\u2014-]\s?|\b(?:and|but) )not (?:yet )?(?:included|covered|part of this|addressed here)\b"
        rf"|(?<!\w){_THIS} does(?: not|n['\u2019]t) (?:yet )?(?:include|cover|address|handle|fix|solve|migrate)\b",
        example="The worker is not included.",
        counter_example="Fixed a bug where the tax is not included.",
    ),
    TakeBackRule(
        id="not-yet",
        wording=r"\bnot yet (?:done|fixed|merged|migrated|deployed|implemented|complete\w*|finished|converted"
        r"|there"
        r"|tested|ported|removed)\b"
        r"|\b(?:has|have|is|are|was|were)(?: not|n['\u2019]t) (?:been )?(?:\w{1,20} )?(?:done|migrated|ported|converted"
        r"|implemented|finished|deployed|merged) yet\b"
        r"|\bstill "
        r"(?:needs?|need to|has to|have to|missing|(?<!<number> is still )open|broken|fail(?:s|ing)|to do|to be|todo"
        r"|outstanding|pending"
        r"|remains?|uses? (?:the |an? )?(?:old|legacy|deprecated|previous|wrong))\b",
        example="The worker still needs the new client.",
        counter_example="The old client is still supported.",
    ),
    TakeBackRule(
        id="remaining",
        wording=r"<start>(?:what(?:'s| is) )?(?:still )?(?:remaining|left|missing|outstanding|to-?do|not done|open)"
        r"\s?(?:work|items?|tasks?|to do|for later)?\s?[:\u2013\u2014]\s?(?!(?:none|nothing|n/?a|no\b|0\b|zero))\S"
        r"|\b(?:the )?(?:remaining|rest of the) (?:[\w-]{1,30} ){1,4}?(?:will|shall|must|needs?|have to|has to"
        r"|is to|are to"
        r"|follows?|comes? later|remains?)\b"
        r"|\b(?:the )?rest (?:will|follows?|comes?|is to|has to|needs)\b"
        r"|\bremains? (?:to be (?:done|fixed|migrated)|broken|unfixed|undone)\b"
        r"|\b(?:is|are|remains?) left to (?:do|be done|fix|migrate)\b",
        example="Remaining: the worker and the scheduler.",
        counter_example="Fixed the remaining failures; nothing remains to be done here.",
    ),
    TakeBackRule(
        id="stays-open",
        wording=r"(?<!\w)(?:this|issue|ticket|<number>)(?: [\w']{1,20}){0,3} (?:stays?|remains?|is left|is kept"
        r"|to stay) open\b"
        r"|\b(?:keep(?:ing|s)?|kept|leav(?:e|es|ing)|left) (?:this|the issue|the ticket|issue|ticket|<number>)"
        r"(?: issue| ticket)? open\b"
        r"|(?:<start>|[,;(] ?|\b(?:and|but|I'm|we're|I am|we are) )(?:keeping|leaving) it open\b",
        example="Keeping this open until the worker is done.",
        counter_example="The socket stays open now.",
    ),
    TakeBackRule(
        id="next-step",
        wording=r"\b(?:the )?next steps? (?:is|are|will be)\b|<start>next(?: steps?| up)?\s?[:\u2013\u2014]\s?\S"
        r"|\bas (?:a|the) next step\b|\bstill to do\b|\bto[- ]dos? (?:left|remain\w*)\b"
        r"|<start>to-?do\s?[:\u2013\u2014]",
        example="Next step is the migration of the worker.",
        counter_example="The wizard shows the next step again.",
    ),
    TakeBackRule(
        id="follow-up",
        wording=r"\b(?:will|should|to be|can be|could be|going to|comes?|left|deferred|postponed|moved"
        r"|planned)\b[^.;]{0,60}"
        rf"\b(?:in|with|to|for|as) (?:an?|another|the) {_LATER} (?:PR|pull request|change|issue|commit|release"
        rf"|ticket|step)\b"
        r"|(?<!no )\bfollow-?ups? (?:(?:PR|pull request|issue|ticket|change|work) )?(?:is|are|will|needed"
        r"|required|to come"
        r"|coming|planned)\b"
        r"|\b(?:opened|filed|created|see|tracked in|tracking)\b[^.;]{0,30}\bfollow-?up\b"
        r"|<start>follow-?ups?\s?[:\u2013\u2014]\s?(?!(?:none|nothing|n/?a|no\b))\S"
        r"|\bwill follow\b|\bfollows in\b",
        example="The worker will be migrated in a separate PR.",
        counter_example="No follow-up is needed; the worker was migrated in a separate PR.",
    ),
    TakeBackRule(
        id="work-in-progress",
        wording=r"<start>\[?WIP\b|[(\[]WIP[)\]]|\b(?:is|still) (?:a )?(?:WIP|work in progress|draft)\b"
        rf"|(?<!\w){_THIS} (?:is|was) (?:only |just )?(?:the |an? )?(?:first|1st|initial) (?:part|step|half|stage"
        rf"|batch|iteration)\b"
        r"|\((?:the )?(?:first|1st|initial) (?:part|half|step|batch)\)|\bas a first step\b"
        r"|\b(?:part|step|phase|stage) (?:one|1|two|2) of (?:[2-9]|two|three|four|five|several|many)\b|\([1-9]/[2-9]\)",
        example="This is the first part of the migration.",
        counter_example="The first step of the wizard works in Safari.",
    ),
    TakeBackRule(
        id="workaround",
        wording=r"\b(?:only |just |merely )(?:a )?(?:temporary |quick |partial )*(?:work-?around|stop-?gap|band-?aid"
        r"|mitigation|mitigates)\b|\b(?:is|as|with) a (?:temporary|interim) (?:fix|work-?around|solution|measure)\b"
        r"|\btemporar(?:y|ily) (?:fixed|worked around|mitigated|disabled)\b",
        example="This is only a workaround.",
        counter_example="Removed the workaround.",
    ),
    TakeBackRule(
        id="contradicted",
        wording=rf"(?<!\w){_THIS}\s+(?:is|was|has|does|did)(?: not|n['\u2019]t)\s+"
        r"(?:(?:been|really|actually|fully|completely|entirely)\s+){0,3}(?:fix(?:ed)?|resolved?|solved?|work|done|complete|merged|help)\b"
        r"|\bnot (?:fully|completely|entirely|all) (?:fixed|resolved|solved|done|migrated|implemented|complete"
        r"|removed)\b"
        r"|\b(?:was|were|been|had to be|got) (?:\w{1,20} )?(?:reverted|rolled back|backed out)\b(?![^.;]{0,40}\bfix)"
        r"|\bno longer (?:fixed|merged|resolved)\b",
        example="The bug is not fully fixed.",
        counter_example="Fixed that it did not work without a cart.",
    ),
    TakeBackRule(
        id="awaiting",
        wording=r"(?:<start>|[,;(\u2013\u2014-] ?|\b(?:is|are|still|now|currently|and|but) )"
        r"(?:awaiting|waiting (?:for|on)|pending|blocked (?:by|on))"
        r" (?:(?:an?|the|code|final|another|your|its|their) ){0,3}(?:review|approval|merge|merging|sign-?off"
        r"|release|deploy\w*)\b"
        rf"|\b(?:PR|pull request|{_THIS}) (?:is |are )?(?:still |currently )?(?:(?:under|in|needs"
        rf"|ready for) (?:a )?(?:code )?review"
        r"|ready for (?:merging|approval))\b",
        example="Fixed in #12, waiting for review.",
        counter_example="The job no longer hangs while waiting for approval.",
    ),
    TakeBackRule(
        id="still-broken",
        wording=r"(?:<start>|[,;]\s|\bbut )(?:(?:actually|sorry|hmm),? )?(?:no,? )?"
        r"(?:it|this|the (?:bug|issue|crash|problem)) still (?:crashes|fails|happens|breaks|occurs|reproduces|exists"
        r"|leaks|hangs|does(?: not|n['\u2019]t) work)\b",
        example="It still crashes on Windows.",
        counter_example="Fixed that it still crashes on Windows.",
    ),
    TakeBackRule(
        id="ignore-that",
        wording=r"<start>(?:(?:actually|sorry|hmm),? )?(?:no,? )?(?:please )?"
        r"(?:ignore|disregard|scratch) (?:that|the above)\b",
        example="Actually no, ignore that.",
        counter_example="Made the parser ignore that header.",
    ),
)
# One look for a word that every rule needs, before any rule is tried.
_TRIGGER = re.compile(
    r"partial|partly|in part|half|except|apart from|other than|excluding|aside from|but |not|n['\u2019]t|still"
    r"|remain|left"
    r"|missing|outstanding|to-?do|open|rest|next|follow|later|separate|future|different|second|subsequent|wip|progress"
    r"|draft|first|1st|initial|part|step|phase|stage|\([1-9]/|work-?around|gap|band|mitigat|tempora|interim"
    r"|reverted|rolled"
    r"|backed|longer|wait|pending|block|review|ready|ignore|disregard|scratch",
    re.IGNORECASE,
)
_NOTHING_LEFT = re.compile(
    r"\b(?:nothing|none|no one|nobody|no (?:\w{1,20} )?(?:items?|work|tasks?|follow-?ups?|steps?|issues?))\b[^.;]{0,30}"
    r"\b(?:remain\w*|left|open|outstanding|pending|needed|required|missing|included)\b",
    re.IGNORECASE,
)
_DONE_WITH = re.compile(
    r"\b(?:fixed|resolved|removed|closed|migrated|finished|completed|done with|handled|cleared"
    r"|merged) (?:all )?(?:the )?"
    r"(?:remaining|outstanding|missing|open|first|second|next)\b",
    re.IGNORECASE,
)
# What is said of the bug that was fixed is not said of the work.
_BUG_DESCRIBED = re.compile(
    r"\b(?:fix(?:ed|es)?|resolve[sd]|solve[sd]|address(?:ed|es)|handle[sd]?|prevent(?:ed|s)|catch(?:es)?"
    r"|caught)\b[^.;]{0,80}"
    r"\b(?:that|where|when|which|because|if|while)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;\u2013\u2014()]|\s-\s|\b(?:but|however|although)\b", re.IGNORECASE)
_OF_THE_BUG = frozenset({"not-included", "not-yet", "contradicted", "remaining", "stays-open", "awaiting", "next-step"})
_SCOPED = re.compile(
    r"\b(?:out[- ]of[- ](?:the )?scope|not in scope|outside (?:of )?(?:the |our |this )?(?:\S{1,30} ){0,3}scope"
    r"|not (?:a )?(?:development )?blockers?|operational (?:team|deployment|items?|tickets?|work)"
    r"|infrastructure team)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """That a sentence takes a completion back: by which rule, and where in it."""

    rule: str
    start: int
    end: int


def take_back(sentence: str) -> TakenBack | None:
    """How a sentence (as a shadow) takes a completion back; None if it does not."""
    if not _TRIGGER.search(sentence) or is_question(sentence) or is_out_of_scope(sentence):
        return None
    searched = _DONE_WITH.sub("", sentence)
    if _NOTHING_LEFT.search(searched):
        return None
    bug = _BUG_DESCRIBED.search(searched)
    for rule in TAKE_BACK_RULES:
        found = rule.expression.search(searched)
        if found is None:
            continue
        is_bug = bug is not None and not _CLAUSE_END.search(searched, bug.end(), max(bug.end(), found.start()))
        if not (is_bug and rule.id in _OF_THE_BUG):
            return TakenBack(rule=rule.id, start=found.start(), end=found.end())
    return None


def is_out_of_scope(sentence: str) -> bool:
    """Does the sentence itself name what it is about as out of scope, or as another team's work?"""
    return bool(_SCOPED.search(sentence))
