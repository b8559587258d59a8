"""Words with which a closing statement takes its own completion back: "partially", "except", "still to do".

Rules:
1. A take-back makes the outcome `partial` at best, so it must be meant: "fixed the remaining failures" takes nothing
   back, and neither does what is named as out of scope or operational.
2. Every rule stands with an example and a counter-example, and is tested on both.
"""

import re
from dataclasses import dataclass, field

from bot.assessment.claim_wording import expanded
from bot.assessment.polarity import is_question

_WORK = r"(?:fix\w*|implement\w*|done|resolv\w+|address\w*|complet\w+|clos\w+|migrat\w+|cover\w*|solv\w+|convert\w*|work\w*|finish\w*|updat\w+|replac\w+|remov\w+)"
_SCOPED = re.compile(
    r"\b(?:out[- ]of[- ](?:the )?scope|not in scope|outside (?:of )?(?:the |our |this )?(?:\S+ ){0,3}scope|not (?:a )?(?:development )?blockers?)\b"
    r"|\boperational (?:team|deployment|items?|tickets?|work)\b|\binfrastructure team\b",
    re.IGNORECASE,
)


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
        wording=rf"\b(?:(?:only )?(?:partially|partly)\s+{_WORK}|{_WORK}\s+(?:only )?(?:partially|partly|in part)\b|(?:a |only )partial (?:fix|solution|implementation|migration)|only (?:partial|in part))",
        example="This is partially fixed in `85375b936`.",
        counter_example="Fixed the partially rendered page in `85375b936`.",
    ),
    TakeBackRule(
        id="half",
        wording=rf"\b(?:(?:fix\w*|migrat\w+|cover\w*|convert\w*|address\w*|solv\w+|do(?:es|ne)?|only|about) (?:about |only )?half\b(?!-| the (?:memory|time|size|cost))|half (?:of )?(?:it|the|them|these|this)\b[^.;]{{0,40}}\b(?:is|are|were|was) (?:now )?{_WORK}|half[- ](?:done|way|finished|fixed|migrated)\b)",
        example="Half of the services are migrated.",
        counter_example="Cut the memory to half and fixed half-open sockets.",
    ),
    TakeBackRule(
        id="except",
        wording=rf"\b(?:all|every\w*|{_WORK}|done|merged)\b[^.;]{{0,100}}(?<!bare )(?<!broad )(?<!an )(?<!the )\b(?:except(?! (?:clauses?|blocks?|handlers?|statements?|Exception))(?: for)?|apart from|other than|with the exception of|excluding|aside from|but not|all but)\b\s+\S",
        example="Removed `legacy_client` everywhere except the worker.",
        counter_example="Replaced every bare except clause.",
    ),
    TakeBackRule(
        id="all-but",
        wording=r"\b(?:all|everything|every one) but (?:the |one|two|three|four|a few|some|\d)",
        example="All but two tests are passing.",
        counter_example="It was small but two tests cover it.",
    ),
    TakeBackRule(
        id="not-included",
        wording=r"\b(?:(?:is|are|was|were)(?: not|n['\u2019]t)(?: yet)? (?:included|covered|part of (?:this|the)|addressed|handled here|migrated|implemented|done|finished|complete|converted)|not (?:yet )?(?:included|covered|part of this|addressed here|migrated yet|implemented yet|done yet|complete yet)|does(?: not|n['\u2019]t) (?:yet )?(?:include|cover|address|handle|fix|solve|migrate) (?:the|all|every\w*|this|it|<thing>))",
        example="The worker is not included.",
        counter_example="Nothing in `vendor/` is included twice.",
    ),
    TakeBackRule(
        id="not-yet",
        wording=r"\bnot yet (?:done|fixed|merged|migrated|deployed|released|implemented|complete\w*|finished|converted|there|possible|tested|ported|removed)\b|\b(?:has|have|is|are|was|were)(?: not|n['\u2019]t) (?:been )?(?:\w+ )?(?:done|migrated|ported|converted|implemented|finished|deployed|released|merged) yet\b|\bstill (?:needs?|need to|has to|have to|missing|open|broken|fail(?:s|ing)|to do|to be|todo|uses?|outstanding|pending|waiting|lacks?|requires?|remains?)\b",
        example="The worker still needs the new client.",
        counter_example="The old client is still supported.",
    ),
    TakeBackRule(
        id="remaining",
        wording=r"<start>(?:what(?:'s| is) )?(?:still )?(?:remaining|left|missing|outstanding|to-?do|not done|open)\s?(?:work|items?|tasks?|to do|for later)?\s?[:\u2013\u2014-]\s?(?!(?:none|nothing|n/?a|no\b|0\b|zero))\S|\b(?:the )?(?:remaining|other|rest of the) (?:[\w-]+ ){1,4}?(?:will|shall|should|must|needs?|have to|has to|is to|are to|still|follows?|comes? later|remains?)\b|\bremains? (?:to be (?:done|fixed|migrated)|open|broken|unfixed|undone)\b|\b(?:is|are|remains?) left to (?:do|be done|fix|migrate)\b",
        example="Remaining: the worker and the scheduler.",
        counter_example="Fixed the remaining failures; nothing remains to be done here.",
    ),
    TakeBackRule(
        id="stays-open",
        wording=r"\b(?:stays?|staying|remains?|left|leav(?:e|es|ing)|keep(?:s|ing)?|kept)\s+(?:(?:this|it|the|that|issue|ticket|<number>)\s+){0,3}open\b(?!-)",
        example="Keeping this open until the worker is done.",
        counter_example="The socket is kept open-ended no more.",
    ),
    TakeBackRule(
        id="next-step",
        wording=r"\b(?:the )?next steps? (?:is|are|will)\b|<start>next(?: steps?| up)?\s?[:\u2013\u2014-]\s?\S|\bas (?:a|the) next step\b|\bstill to do\b|\bto[- ]dos? (?:left|remain\w*)\b|<start>to-?do\b",
        example="Next step is the migration of the worker.",
        counter_example="The wizard shows the next step again.",
    ),
    TakeBackRule(
        id="follow-up",
        wording=r"(?<!no )(?<!without )(?<!needs no )\bfollow[- ]?ups? (?:PR|pull request|issue|ticket|change|commit|work|is|are|will|needed|required|to come|coming|for|in|:)|\b(?:in|with) (?:a|another) (?:later|separate|follow-?up|future|different|second) (?:PR|pull request|change|issue|commit|release|ticket|step)\b(?<!was fixed in)|\b(?:will|to) follow (?:in|later|soon|up)\b",
        example="The worker will be migrated in a separate PR.",
        counter_example="No follow-up is needed.",
    ),
    TakeBackRule(
        id="work-in-progress",
        wording=r"\b(?:WIP|work in progress|draft(?: PR| pull request))\b|\b(?:first|1st|initial|second) (?:part|step|half|stage|batch|iteration)\b(?! (?:of the (?:name|path|url|string|query|page)))|\b(?:part|step|phase|stage) (?:one|1|two|2) of (?:\d|two|three|four|five|several|many)|\(\d/\d\)",
        example="This is the first part; the worker comes later.",
        counter_example="The progress bar works in Safari.",
    ),
    TakeBackRule(
        id="workaround",
        wording=r"\b(?:only |just |merely )(?:a )?(?:temporary |quick |partial )*(?:work-?around|stop-?gap|band-?aid|hot-?fix|mitigation|mitigates)\b|\b(?:is|as|with) a (?:temporary|interim) (?:fix|work-?around|solution|measure)\b|\btemporar(?:y|ily) (?:fixed|worked around|mitigated|disabled)\b",
        example="This is only a workaround.",
        counter_example="Removed the workaround.",
    ),
    TakeBackRule(
        id="contradicted",
        wording=r"\b(?:this|it|that|the (?:issue|bug|problem|fix|crash|change))\s+(?:is|was|has|does|did)(?: not|n['\u2019]t)\s+(?:been |really |actually |fully |completely |entirely )*(?:fix(?:ed)?|resolved?|solved?|work|done|complete|merged|help)\b|\bnot (?:fully|completely|entirely|all) (?:fixed|resolved|solved|done|migrated|implemented|complete|removed)\b|\b(?:was|were|been|had to be|got) (?:\w+ )?(?:reverted|rolled back|backed out)\b|\bno longer (?:fixed|merged|resolved)\b",
        example="The bug is not fully fixed.",
        counter_example="Fixed that it did not reconnect.",
    ),
    TakeBackRule(
        id="awaiting",
        wording=r"\b(?:awaiting|waiting (?:for|on)|pending|needs|under|blocked (?:by|on)) (?:(?:a|the|code|final|another|your|its|their)\s+)*(?:review|approval|merge|merging|sign-?off|release|deploy\w*)\b|\bready for (?:review|merging|approval)\b",
        example="Fixed in #12, waiting for review.",
        counter_example="The job no longer hangs while reviewing.",
    ),
)
_NOTHING_LEFT = re.compile(
    r"\b(?:nothing|none|no one|nobody|no (?:\w+ )?(?:items?|work|tasks?|follow-?ups?|steps?|issues?))\b[^.;]{0,30}\b(?:remain\w*|left|open|outstanding|pending|needed|required|missing|included)\b"
    r"|\bno longer\b(?! (?:fixed|merged|resolved))",
    re.IGNORECASE,
)
_DONE_WITH = re.compile(
    r"\b(?:fixed|resolved|removed|closed|migrated|finished|completed|done with|handled|cleared|merged) (?:all |the |all the )?(?:remaining|outstanding|missing|open|first|second|next)\b",
    re.IGNORECASE,
)


def take_back(sentence: str) -> str | None:
    """The id of the rule by which a sentence (as a shadow) takes a completion back; None if it does not."""
    if is_question(sentence) or is_out_of_scope(sentence):
        return None
    searched = _DONE_WITH.sub("", sentence)
    if _NOTHING_LEFT.search(searched):
        return None
    for rule in TAKE_BACK_RULES:
        if rule.expression.search(searched):
            return rule.id
    return None


def is_out_of_scope(sentence: str) -> bool:
    """Does the sentence itself name what it is about as out of scope, or as another team's work?"""
    return bool(_SCOPED.search(sentence))
