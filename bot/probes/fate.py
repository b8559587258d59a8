"""What became of a commit: on the default branch, or at any other commit that has it in its history.

A deployment or a release may contain a fix and what took it out again: ancestry alone does not tell.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo, Pull, Unknown
from bot.probes.contract import Context
from bot.probes.fix import before_pull
from bot.probes.landing import Aftermath, Fate, aftermath, stands_plainly
from bot.probes.places import short, title_of
from bot.probes.reverts import Change, number_in_title, reverted_by, since

_MOST_FILES = 300  # GitHub tells no more of one commit


def linked_pull(commit: CommitInfo, context: Context) -> Pull | None:
    """The linked pull request that landed as this commit."""
    pulls = context.snapshot.issue.closing_pulls
    known = () if isinstance(pulls, Unknown) else pulls
    return next((pull for pull in known if pull.merge_commit == commit.oid), None)


async def fate_of(context: Context, commit: CommitInfo, *, deep: bool = True) -> Aftermath:
    """What became of a commit of the default branch: by the messages, and (`deep`) by its files where need be."""
    title, number = title_of(commit, limit=400), number_in_title(commit.message)
    linked = linked_pull(commit, context)
    before = (before_pull(linked, _known(context)) if linked else None) or _parent(commit)
    size = (linked.additions, linked.deletions) if linked else None
    files = linked.files if linked else ()
    change = Change(sha=commit.oid, before=before, title=title, number=number, files=files, size=size)
    if linked is not None or not deep or not commit.parents:
        return await aftermath(context, change)
    told = reverted_by(context.snapshot.history, change, context.snapshot.repository.full_name)
    if told is None and await stands_plainly(context, commit):
        return Aftermath(fate=Fate.STANDS)
    files = await context.reader.changed(commit.oid)
    if not files and told is None:
        return Aftermath(fate=Fate.STANDS, empty=True)
    size = (sum(file.additions for file in files), sum(file.deletions for file in files))
    return await aftermath(context, replace(change, files=files, size=size if len(files) < _MOST_FILES else None))


async def undone_in(context: Context, sha: Sha, at: Sha) -> str | None:
    """How a commit was undone in the history of another one that contains it, in words; None where it stands there."""
    known = _known(context)
    commit = known.get(sha) or await context.reader.commit(sha)
    if commit is None:
        return None
    later = {one.oid for one in since(context.snapshot.history, at)}
    history = tuple(one for one in context.snapshot.history if one.oid not in later) if at in known else ()
    there = replace(context, snapshot=replace(context.snapshot, head=at, history=history))
    after = await fate_of(there, commit)
    if after.fate is not Fate.REVERTED:
        return None
    by = after.by if after.by is not None and after.by.oid in {one.oid for one in history} else None
    return f"`{short(by.oid)}` reverted it there" if by is not None else "its effect is gone there"


def _parent(commit: CommitInfo) -> str:
    return commit.parents[0] if commit.parents else f"{commit.oid}^1"


def _known(context: Context) -> Mapping[Sha, CommitInfo]:
    return {commit.oid: commit for commit in context.snapshot.history}
