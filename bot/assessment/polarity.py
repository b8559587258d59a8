"""Is a completing verb meant? Not where the words around it deny it, wish it, plan it, doubt it or ask it.

Rules:
1. Denials and doubts reach from their word to the verb, within one clause; wishes and modal verbs reach over commas
   ("will be tested, merged and deployed"); a condition reaches through the sentence.
2. What stands between the verb and its object must not bring in another verb: "fixed the bug introduced in X"
   completes nothing in X.
3. When in doubt, it is no claim: a claim that nobody made would keep a finished issue open.
"""

import re

_I = re.IGNORECASE

_STRONG_END = re.compile(
    r"[;|\u2013\u2014()]|\s-\s|:\s|\.\s|\b(?:but|however|although|though|whereas)\b",
    _I,
)
_WEAK_END = re.compile(
    r"[;|,\u2013\u2014()]|\s-\s|:\s|\.\s|\b(?:but|however|although|though|while|whereas)\b",
    _I,
)
_MODAL = re.compile(
    r"\b(?:will|shall|should|would|could|can|may|might|must|cannot|ought|needs?|needed|needing|requires?|required"
    r"|(?:has|have|had|is|are|was|were|yet|still|going|ready|about|remains?|left|due|meant|supposed|scheduled) to"
    r"|to be|we'll|i'll|it'll|they'll|we'd|i'd|gonna|wip|todo|fixme|to-do)\b",
    _I,
)
# "This can be closed, fixed in #12": the modal verb is about the closing.
_CLOSABLE = re.compile(
    r"\b(?:can|could|should|may|to|we can|will|let's|let us|please)(?: (?:now|safely|probably|be|also"
    r"|then)){0,3} close[d]?\b"
    r"|\bno longer (?:needed|required)\b",
    _I,
)
_POLITE = re.compile(r"\b(?:please|let's|let us|pls|kindly)\b", _I)
_DENIAL = re.compile(
    r"\b(?:not|never|neither|nor|without|no|none|nothing|nobody|unable|fail(?:s|ed)? to|isnt|wasnt|hasnt|havent|doesnt"
    r"|didnt|instead of|rather than)\b|n['\u2019]t\b",
    _I,
)
_IN_PART = re.compile(r"\b(?:half|partly|partially)\b", _I)
_DENIAL_EXCEPT = re.compile(r"\b(?:not only|no longer|no doubt|no more|not just)\b", _I)
_DOUBT = re.compile(
    r"\b(?:suppos(?:ed|edly)|alleged(?:ly)?|reportedly|claim(?:s|ed|ing)?|thought|assum(?:e|ed|es|ing)|probably|maybe"
    r"|perhaps|hopefully|likely|possibly|seem(?:s|ed|ingly)?|appears?|apparently|expect(?:s|ed|ing)?|hop(?:e|ed|ing)"
    r"|tr(?:y|ies|ied|ying)|attempt(?:s|ed|ing)?|plan(?:s|ned|ning)?|propos(?:e|es|ed|al|ing)|suggest(?:s|ed|ing)?"
    r"|recommend(?:s|ed|ing)?|wants?|wanted|aim(?:s|ed|ing)?|intend(?:s|ed|ing)?|pending|await(?:s|ing)?|waiting"
    r"|whether"
    r"|why|how|who|wonder(?:ing)?|unclear|unsure|said|says|told|according|wish(?:es|ed)?|almost|nearly|would-be|as if"
    r"|as though)\b",
    _I,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whenever|once(?! and for all)|assuming|provided(?: that)?|in case|as soon as|as long as|until|till"
    r"|when)\b",
    _I,
)
_NEAR_CONDITION = re.compile(r"\b(?:after|before|by the time|since|while)\s+(?:[^\s,;]{1,40}\s+){0,3}\Z", _I)
_TAIL_CONDITION = re.compile(
    r"\A[\s,(]*(?:if|unless|once(?! and for all)|provided|assuming|pending|subject to|as soon as|soon|tomorrow"
    r"|next (?:week|sprint)"
    r"|(?:which |that )?(?:needs?|still needs|awaits|awaiting|waiting for|waiting on|is waiting|requires|is pending"
    r"|is still open|is open|is not|isn't|was not|wasn't|has not|hasn't|did not|didn't|does not|doesn't)\b)",
    _I,
)
_TAIL_BLAME = re.compile(
    r"\A\s*[-:\u2013\u2014,(]?\s*(?:which |that |has |have )?(?:introduc\w+|caus\w+|br(?:oke|oken|eaks|eaking)"
    r"|regress\w*"
    r"|is (?:bad|the culprit|broken|wrong)|was (?:bad|the culprit|broken|wrong)|(?:is|was) to blame|made it worse)\b",
    _I,
)
_UNDONE = re.compile(
    r"\b(?:was|were|been|got|had to be|but|then|later|and|since|has|have|is|we|I|now)\s+(?:\w{1,30}\s+){0,2}?"
    r"(?:reverted|rolled back|backed out|undone)\b|\b(?:temporarily|tentatively)\b",
    _I,
)
# Verbs and prepositions that, standing between a completing verb and a thing, tie the thing to something else.
_OTHER_TIE = re.compile(
    r"\b(?:introduc(?:ed|es|ing)|caus(?:ed|es|ing)|br(?:oke|oken|eaks|eaking)|regressed|regresses|revert\w*|since|after"
    r"|before|until|unlike|like|than|see|cf|similar|instead|except|without|against|reported|described|mentioned"
    r"|discussed|planned|tracked|requested|raised|proposed|suggested|added by|comes? from|came from|coming from|found"
    r"|seen|happen\w*|appear\w*|fail(?:s|ed|ing)?|crash(?:es|ed)|related|duplicates?|depends|blocked|blocks|supersed\w+"
    r"|follow\w*|left|remains|still|what|where|when|why|if|whether|according|as in|same as|the way|compar\w+|based on"
    r"|cherry-picked from|called|calls|calling|used by|reads?|writes? to|imports?|importing)\b"
    r"|\bfrom\s+(?:(?:the|our|old)\s+)?\Z",
    _I,
)
_QUESTION_START = re.compile(
    r"\A\W*(?:did|does|do|is|are|was|were|has|have|can|could|should|would|why|how|what|which|who|where|when)\b[^.!]*\?",
    _I,
)


def is_question(sentence: str) -> bool:
    """Does the sentence ask rather than state?"""
    return sentence.rstrip(" )\"'*_").endswith("?") or bool(_QUESTION_START.match(sentence))


def is_meant(sentence: str, start: int, end: int, *, in_part: bool = False) -> bool:
    """Is the verb phrase at `start` to `end` of the sentence a plain statement of something done?

    `in_part`: also of something done in part ("partially fixed in `abc1234`" still says that the commit is there).
    """
    if is_question(sentence):
        return False
    head = _CLOSABLE.sub("", sentence[:start])
    clause, phrase = _after_last(_WEAK_END, head), _after_last(_STRONG_END, head)
    if not in_part and _IN_PART.search(clause):
        return False
    if _DENIAL.search(_DENIAL_EXCEPT.sub("", clause)) or _DOUBT.search(clause) or _POLITE.search(clause):
        return False
    if _MODAL.search(phrase) or _CONDITION.search(phrase) or _NEAR_CONDITION.search(head):
        return False
    tail = sentence[end:]
    return not (_TAIL_CONDITION.match(tail) or _TAIL_BLAME.match(tail) or _UNDONE.search(tail))


def ties_elsewhere(between: str) -> bool:
    """Do the words between a completing verb and a thing tie the thing to something other than the verb?"""
    return any(words.search(between) for words in (_OTHER_TIE, _DENIAL, _IN_PART, _MODAL, _DOUBT, _CONDITION))


def _after_last(boundary: re.Pattern[str], text: str) -> str:
    """What stands after the last boundary in the text."""
    end = 0
    for found in boundary.finditer(text):
        end = found.end()
    return text[end:]
