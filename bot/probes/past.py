"""What stood at a path before the fix; where no fix is known, before the issue was opened."""

from dataclasses import dataclass

from bot.github.models import CommitInfo, PathContent
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
    opened = context.snapshot.issue.created_at
    touched = await context.reader.last_change(path)
    words = "before this issue was opened"
    if touched is not None and touched.committed_at <= opened and context.snapshot.head is not None:
        # Untouched since then: what stands there now, or does not, is what was there when the issue was opened.
        content = await context.reader.content(context.snapshot.head, path)
        return Past(known=True, content=content, words=words, touched=touched)
    before = next((commit.oid for commit in context.snapshot.history if commit.committed_at <= opened), None)
    if before is None:
        return Past(touched=touched)
    return Past(known=True, content=await context.reader.content(before, path), words=words, touched=touched)
