"""Is the same change on the default branch under another sha: squashed, rebased or cherry-picked?

Told by patch ids. Compared are the merges of the pull requests that the commit came from, the commits that a message
names as the other end of a cherry-pick, and the newest commits that touched the file which carries the change and edit
as many lines.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo, Pull, PullState, Touch, Unknown
from bot.probes.asking import both, together
from bot.probes.contract import Context
from bot.probes.landing import weighty
from bot.probes.patches import patch_id
from bot.probes.places import is_here
from bot.probes.reverts import number_in_title

MOST_DIFFS = 6
MOST_TOUCHES = 30

_PICKED = re.compile(r"\(cherry picked from commit ([0-9a-f]{7,40})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The commit on the default branch that makes the change; `how` says how it came there.

    `whole` is the pull request whose whole change it makes, where the commit asked for is only a part of that.
    """

    sha: Sha
    how: str
    whole: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found. `bound` says in words where the search ended early; None where it did not."""

    copy: Copy | None = None
    bound: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A commit of the default branch that may make the same change. `pull` is the one that it merged."""

    sha: Sha
    before: Sha
    message: str
    pull: Pull | None = None


async def copy_of(context: Context, commit: CommitInfo) -> Search:
    """The commit of the default branch that makes the same change as one that is not on it."""
    head = context.snapshot.head
    if head is None or not commit.parents:
        return Search()
    origin, files = await both(context.reader.background(commit.oid), context.reader.changed(commit.oid))
    carrying = weighty(files)
    touches = await context.reader.touches(carrying[0].path) if carrying else ()
    edit = origin.edit if origin is not None else None
    alike = [
        one for one in touches if edit and (one.edit.additions, one.edit.deletions) == (edit.additions, edit.deletions)
    ]
    pulls = _merged(context, origin.pulls if origin is not None else (), commit)
    elsewhere = (*_merges(context, pulls), *await _picked_from(context, commit))
    there = await together(context.reader.contains(head, one.sha) for one in elsewhere)
    candidates = [one for one, on_branch in zip(elsewhere, there, strict=True) if on_branch]
    merges = tuple(one for one in candidates if one.pull is not None)
    candidates += _in_order(alike, commit, {one.sha for one in candidates})
    copy = await _compare(context, commit, tuple(candidates[:MOST_DIFFS])) or await _whole(context, merges)
    return Search(copy=copy, bound=_bound(copy, touches, carrying[0].path if carrying else "", len(candidates)))


async def copy_of_pull(context: Context, pull: Pull) -> Copy | None:
    """The commit of the default branch that makes the whole change of a pull request merged into another branch."""
    carrying = weighty(pull.files)
    if pull.merge_commit is None or not pull.merge_parents or not carrying:
        return None
    touches = await context.reader.touches(carrying[0].path)
    size = (pull.additions, pull.deletions)
    alike = [one for one in touches if (one.edit.additions, one.edit.deletions) == size]
    merge = CommitInfo(
        oid=pull.merge_commit, message=pull.title, committed_at=context.now, parents=(pull.merge_parents[0],)
    )
    return await _compare(context, merge, tuple(_in_order(alike, merge, set())[:MOST_DIFFS]))


def _bound(copy: Copy | None, touches: tuple[Touch, ...], path: str, candidates: int) -> str | None:
    if copy is not None:
        return None
    if len(touches) >= MOST_TOUCHES:
        return f"only the newest {MOST_TOUCHES} commits that touch `{path}` were looked at"
    return f"only {MOST_DIFFS} of {candidates} commits alike were compared" if candidates > MOST_DIFFS else None


def _merged(context: Context, origins: tuple[Pull, ...], commit: CommitInfo) -> tuple[Pull, ...]:
    """The merged pull requests of this repository that the commit came from."""
    linked = context.snapshot.issue.closing_pulls
    message = commit.message.strip()
    told = () if isinstance(linked, Unknown) else linked
    holding = tuple(pull for pull in told if any(one.strip() == message for one in pull.commit_messages))
    known = {pull.number: pull for pull in (*origins, *holding) if is_here(pull.repository, context)}
    return tuple(pull for pull in known.values() if pull.state is PullState.MERGED)


def _merges(context: Context, pulls: Iterable[Pull]) -> tuple[_Candidate, ...]:
    said = {commit.oid: commit.message for commit in context.snapshot.history}
    return tuple(
        _Candidate(
            sha=pull.merge_commit,
            before=pull.merge_parents[0],
            message=said.get(pull.merge_commit, pull.title),
            pull=pull,
        )
        for pull in pulls
        if pull.merge_commit is not None and pull.merge_parents
    )


async def _picked_from(context: Context, commit: CommitInfo) -> tuple[_Candidate, ...]:
    """The commits that this one's message says it was picked from."""
    named = dict.fromkeys(_PICKED.findall(commit.message[-2000:]))
    found = await together(context.reader.commit(sha) for sha in list(named)[:2])
    return tuple(
        _Candidate(sha=one.oid, before=one.parents[0], message=one.message)
        for one in found
        if one is not None and one.parents
    )


def _in_order(touches: list[Touch], commit: CommitInfo, taken: set[Sha]) -> list[_Candidate]:
    """The most likely first: what says that it was picked from here, then what has the same title."""
    title = commit.message.strip().partition("\n")[0]

    def rank(touch: Touch) -> int:
        message = touch.commit.message
        return 0 if _is_picked(message, commit.oid) else 1 if message.strip().startswith(title) else 2

    ordered = sorted(touches, key=rank)
    return [
        _Candidate(sha=one.commit.oid, before=one.commit.parents[0], message=one.commit.message)
        for one in ordered
        if one.commit.parents and one.commit.oid not in taken
    ]


def _is_picked(message: str, sha: Sha) -> bool:
    return any(sha.startswith(named) for named in _PICKED.findall(message[-2000:]))


async def _compare(context: Context, commit: CommitInfo, candidates: tuple[_Candidate, ...]) -> Copy | None:
    """The candidate that makes the same change, by its patch id."""
    if not candidates:
        return None
    pairs = [(commit.parents[0], commit.oid), *((one.before, one.sha) for one in candidates)]
    own, *others = await together(_identified(context, base, sha) for base, sha in pairs)
    found = next((one for one, made in zip(candidates, others, strict=True) if own is not None and made == own), None)
    return Copy(sha=found.sha, how=_how(found, commit)) if found is not None else None


async def _identified(context: Context, base: Sha, sha: Sha) -> str | None:
    diff = await context.reader.diff(base, sha)
    return patch_id(diff) if diff is not None else None


async def _whole(context: Context, merges: tuple[_Candidate, ...]) -> Copy | None:
    """The merge that makes the whole change of the pull request that the commit is a part of."""
    for one in merges:
        if one.pull is None or one.pull.commit_count < 2:
            continue
        whole, made = await both(context.reader.pull_diff(one.pull.number), _identified(context, one.before, one.sha))
        if whole is not None and made is not None and patch_id(whole) == made:
            number = one.pull.number
            return Copy(sha=one.sha, how=f"a squash of #{number}", whole=number)
    return None


def _how(found: _Candidate, commit: CommitInfo) -> str:
    """How the copy came to the default branch, as far as the messages tell."""
    if _is_picked(found.message, commit.oid):
        return "a cherry-pick"
    if _is_picked(commit.message, found.sha):
        return "of which it is a cherry-pick"
    number = found.pull.number if found.pull is not None else number_in_title(found.message)
    if found.message.strip() == commit.message.strip():
        return f"rebased by #{number}" if found.pull is not None else "a rebased copy"
    return f"a squash of #{number}" if number is not None else "a copy under another message"
