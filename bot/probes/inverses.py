"""Was a change taken back exactly, by a commit that does not say so?

Such a commit makes the change's diff the other way round: their patch ids tell it, even where the same files were
edited before and after. Looked for among the commits that touched the file which carries the change.
"""

import re
from dataclasses import dataclass

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo, Touch
from bot.probes.asking import together
from bot.probes.contract import Context
from bot.probes.patches import inverse_id, patch_id
from bot.probes.reverts import Change, reverted_by, since

MOST_DIFFS = 6
"""So many later commits are compared at most, the newest."""

_WHOLE = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverse:
    """The commit that took a change back, and the one that brought it again, if any did."""

    by: CommitInfo
    back: CommitInfo | None = None


async def inverse_of(context: Context, change: Change, touches: tuple[Touch, ...]) -> Inverse | None:
    """The exact inverse of a change among the commits that touched its file; `touches` are newest first.

    None where there is none, or where that cannot be told: the size of the change or the diffs are not known.
    """
    size = _size(change, touches)
    if size is None or size == (0, 0) or not _WHOLE.fullmatch(change.before):
        return None
    # Whatever takes lines back adds as many as were deleted, and deletes as many as were added.
    sizes = {size, size[::-1]}
    later = _later(change, touches, context)
    alike = [one.commit for one in later if (one.edit.additions, one.edit.deletions) in sizes and one.commit.parents]
    if not any((one.edit.deletions, one.edit.additions) == size for one in later):
        return None
    candidates = alike[:MOST_DIFFS]
    pairs = [(Sha(change.before), change.sha), *((commit.parents[0], commit.oid) for commit in candidates)]
    own, *diffs = await together(context.reader.diff(base, sha) for base, sha in pairs)
    if own is None:
        return None
    ids = [patch_id(diff) if diff is not None else None for diff in diffs]
    return _last_word(context, change, own, tuple(reversed(tuple(zip(candidates, ids, strict=True)))))


def _size(change: Change, touches: tuple[Touch, ...]) -> tuple[int, int] | None:
    """The lines that the change adds and deletes; one commit's by its own account."""
    own = next((one for one in touches if one.commit.oid == change.sha), None)
    if own is not None and own.commit.parents[:1] == (change.before,):
        return own.edit.additions, own.edit.deletions
    return change.size


def _later(change: Change, touches: tuple[Touch, ...], context: Context) -> tuple[Touch, ...]:
    """Those that may have come after the change, as far as the newest history reaches."""
    later = {commit.oid for commit in since(context.snapshot.history, change.sha)}
    return tuple(one for one in touches if one.commit.oid in later)


def _last_word(
    context: Context, change: Change, own: bytes, later: tuple[tuple[CommitInfo, str | None], ...]
) -> Inverse | None:
    """Who had the last word, oldest first: taken back, brought again, taken back again."""
    there, gone = patch_id(own), inverse_id(own)
    found: Inverse | None = None
    for commit, made in later:
        if made is not None and made == gone:
            found = Inverse(by=commit)
        elif found is not None and made is not None and made == there:
            found = Inverse(by=found.by, back=commit)
    if found is None or found.back is not None:
        return found
    undoing = Change(sha=found.by.oid, before="", title=None, number=None, files=())
    back = reverted_by(context.snapshot.history, undoing, context.snapshot.repository.full_name)
    return Inverse(by=found.by, back=back)
