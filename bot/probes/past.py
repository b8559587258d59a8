"""What stood at a path before the fix; where no fix is known, before the issue was opened."""

from dataclasses import dataclass

from bot.assessment.evidence import Sha
from bot.github.contents import PathContent
from bot.github.models import CommitInfo
from bot.probes.asking import both
from bot.probes.contract import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What stood at a path, if that is `known`; `words` say when; `touched` last changed the path."""

    known: bool = False
    content: PathContent = None
    words: str = "before"
    touched: CommitInfo | None = None


async def past_of(context: Context, path: str) -> Past:
    """What stood at a path before the change that the issue is about."""
    if context.fix.before is not None:
        return Past(known=True, content=await context.reader.content(context.fix.before, path))
    at_opening = await when_opened(context)
    # Asked in one moment: who asks for the past of a path wants to know who touched it since.
    content, touched = await both(_content(context, at_opening, path), context.reader.last_change(path))
    return Past(known=True, content=content, words="before this issue was opened", touched=touched)


async def _content(context: Context, at: Sha | None, path: str) -> PathContent:
    return None if at is None else await context.reader.content(at, path)


async def when_opened(context: Context) -> Sha | None:
    """The default branch's commit when the issue was opened; None where the branch is younger than the issue.

    Along first parents, as far as the newest history reaches: a branch that was begun before and merged since was not
    on the default branch then.
    """
    opened, known = context.snapshot.issue.created_at, {commit.oid: commit for commit in context.snapshot.history}
    head = context.snapshot.head
    at = known.get(head) if head is not None else None
    while at is not None and at.committed_at > opened:
        if not at.parents:
            return None
        at = known.get(at.parents[0])
    if at is None:
        at = await context.reader.newest(opened)
    return at.oid if at is not None else None
