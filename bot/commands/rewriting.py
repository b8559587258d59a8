"""An answer of ours is written anew from its document, which has changed: as a whole, or only what is different now.

Rules:
1. What stands below its text stays.
2. What was written into the text since (that no looks are promised any more, say) goes with the whole, and stays where
   only single lines are different.
"""

from bot.assessment import codec
from bot.assessment.document import Assessment
from bot.assessment.report import render
from bot.commands.amending import write_over
from bot.commands.below import below
from bot.commands.request import Place
from bot.commands.tools import Tools
from bot.engine import Json
from bot.github.models import Comment


async def rewrite(tools: Tools, place: Place, answer: Comment, before: Assessment, after: Assessment) -> Json:
    """The document is kept, then the answer says it: None, or why it does not."""
    await tools.archive.save(after.id, after.repository, after.issue, codec.encode(after), after.finished_at)
    rest = below(answer.body, _text(tools, before, marker="").rpartition("\n")[2])
    return await write_over(tools, place, answer, _text(tools, after, marker=rest))


async def rewrite_lines(tools: Tools, place: Place, answer: Comment, before: Assessment, after: Assessment) -> Json:
    """The document is kept, then the answer says what is different: None, or why it does not."""
    await tools.archive.save(after.id, after.repository, after.issue, codec.encode(after), after.finished_at)
    texts = (_text(tools, one, marker="") for one in (before, after))
    return await write_over(tools, place, answer, with_lines(answer.body, *texts))


def with_lines(body: str, before: str, after: str) -> str:
    """The body with the lines that are different in another rendering of its text. Pure.

    As it is where that has more lines, or fewer: it was cut elsewhere then, to have room.
    """
    old, new = before.split("\n"), after.split("\n")
    lines = dict(zip(old, new, strict=True)) if len(old) == len(new) else {}
    return "\n".join(lines.get(one, one) for one in body.split("\n"))


async def kept(tools: Tools, assessment: str | None) -> Assessment | None:
    """The assessment with this id; None where it is not kept any more, or this version cannot read it."""
    document = None if assessment is None else await tools.archive.load(assessment)
    try:
        return None if document is None else codec.decode(document)
    except codec.NotAnAssessment:
        return None


def _text(tools: Tools, told: Assessment, *, marker: str) -> str:
    return render(told, evidence_url=tools.evidence_url(told.id, told.finished_at), marker=marker)
