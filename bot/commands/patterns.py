"""`/resolution patterns [words…]`: issues closed on evidence that are like this one or have the words, and by what."""

from bot.assessment.document import BUILT_IN
from bot.assessment.likeness import ENOUGH, similar
from bot.assessment.precedent import Likeness
from bot.assessment.precedent_text import Told, patterns_of
from bot.assessment.precedent_text import told as told_of
from bot.commands.case import Case
from bot.commands.glance import Glance, told
from bot.commands.measure import asked_of
from bot.commands.pattern_words import Patterns
from bot.commands.precedents import candidates_of, read
from bot.commands.replies import Reply
from bot.commands.standing import labels_of, paths_of
from bot.config.load import Broken
from bot.github.answers import Reaction

LOOKED_AT = 500
"""The newest closed issues whose criteria are looked through for patterns."""
_ANY = 0.01


async def patterns(case: Case, asked: Patterns) -> Reply:
    """The answer. Nothing is measured for it."""
    return await told(case, asked, lambda glance: _tell(case, asked, glance))


async def _tell(case: Case, asked: Patterns, glance: Glance) -> Reply:
    tools, snapshot = case.tools, glance.snapshot
    likeness = likeness_in(glance, asked.words)
    candidates, common = await candidates_of(tools, snapshot, likeness)
    newest = read(await tools.precedents.newest(snapshot.repository.id, LOOKED_AT))
    # Whoever names words wants what has them, be it ever so little alike.
    enough = _ANY if asked.words else ENOUGH
    what = Told(
        similar=similar(likeness, candidates, common, url=snapshot.url, enough=enough),
        patterns=patterns_of(newest, url=snapshot.url),
        total=common.total,
        looked=LOOKED_AT,
        words=asked.words,
    )
    return Reply(text=told_of(what), reaction=Reaction.THUMBS_UP)


def likeness_in(glance: Glance, words: str) -> Likeness:
    """By what the issue is like others, with what the policy would ask of it; or by the words alone. Pure."""
    if words:
        return Likeness(title=words)
    snapshot, rules = glance.snapshot, glance.rules
    asked = None if isinstance(rules, Broken) or rules.policy.source == BUILT_IN else asked_of(rules, snapshot, None)
    return Likeness(
        title=snapshot.issue.title,
        criteria=() if asked is None else asked.ids,
        labels=labels_of(snapshot.issue),
        paths=paths_of(snapshot),
    )
