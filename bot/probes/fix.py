"""Which change is said to fix the issue, and which commit came just before it. Pure.

Rules:
1. The fix is what stands on the default branch: merge commits of the closing pull requests, the commit that closed
   the issue, and commits that were named. A branch's tip is not part of it.
2. Before a merged or squashed pull request is the first parent of its merge commit. A rebase puts several commits on
   the branch and reports the last one: then "before" lies as many commits further back, which shows in the messages.
3. A commit that was only named, and is older than the issue, is not what fixes it: taken for a part of the fix, it
   would put "before" so far back that whatever came since seems to be the fix's work.
"""

from collections.abc import Iterable, Mapping

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo, EventKind, Pull, PullState, Snapshot, Unknown
from bot.probes.contract import Fix


def fix_of(snapshot: Snapshot, named: Iterable[CommitInfo] = ()) -> Fix:
    """The change behind an issue. `named` are commits that a claim or a criterion names and that were found."""
    known = {commit.oid: commit for commit in snapshot.history}
    pulls = tuple(pull for pull in _closing_pulls(snapshot) if _landed(pull, snapshot, known))
    before: dict[Sha, Sha | None] = {}
    for pull in sorted(pulls, key=_merged_at, reverse=True):
        if pull.merge_commit is not None:
            before[pull.merge_commit] = before_pull(pull, known)
    recent = (commit for commit in named if commit.committed_at >= snapshot.issue.created_at)
    for commit in (*_closing_commits(snapshot, known), *recent):
        before.setdefault(commit.oid, commit.parents[0] if commit.parents else None)
    commits = _newest_first(tuple(before), snapshot)
    paths = dict.fromkeys(file.path for pull in pulls for file in pull.files)
    return Fix(commits=commits, before=before[commits[-1]] if commits else None, paths=tuple(paths))


def before_pull(pull: Pull, known: Mapping[Sha, CommitInfo]) -> Sha | None:
    """The commit on the base branch just before a pull request's change. None where it cannot be told."""
    if pull.merge_commit is None:
        return None
    commit = known.get(pull.merge_commit)
    parents = pull.merge_parents or (commit.parents if commit else ())
    if not parents:
        return None
    if len(parents) > 1 or commit is None or pull.commit_count < 2:
        return parents[0]
    return _before_rebase(pull, commit, known) or parents[0]


def _before_rebase(pull: Pull, last: CommitInfo, known: Mapping[Sha, CommitInfo]) -> Sha | None:
    """The commit before a rebased pull request, if its commits' messages stand on the branch one after another."""
    if len(pull.commit_messages) != pull.commit_count:
        return None
    at: CommitInfo | None = last
    for message in reversed(pull.commit_messages):
        if at is None or at.message.strip() != message.strip() or len(at.parents) != 1:
            return None
        before = at.parents[0]
        at = known.get(before)
    return before


def _closing_pulls(snapshot: Snapshot) -> tuple[Pull, ...]:
    pulls = snapshot.issue.closing_pulls
    return () if isinstance(pulls, Unknown) else pulls


def _landed(pull: Pull, snapshot: Snapshot, known: Mapping[Sha, CommitInfo]) -> bool:
    if pull.state is not PullState.MERGED or pull.merge_commit is None:
        return False
    if pull.repository.casefold() != snapshot.repository.full_name.casefold():
        return False
    return pull.base == snapshot.default_branch or pull.merge_commit in known


def _closing_commits(snapshot: Snapshot, known: Mapping[Sha, CommitInfo]) -> tuple[CommitInfo, ...]:
    """Commits of the default branch that closed the issue by a keyword in their message."""
    timeline = snapshot.issue.timeline
    if isinstance(timeline, Unknown):
        return ()
    shas = (event.commit for event in timeline if event.kind is EventKind.CLOSED and event.commit is not None)
    return tuple(known[sha] for sha in shas if sha in known)


def _newest_first(shas: tuple[Sha, ...], snapshot: Snapshot) -> tuple[Sha, ...]:
    """In the branch's order where its history shows them; older ones keep their order behind."""
    place = {commit.oid: index for index, commit in enumerate(snapshot.history)}
    return tuple(sorted(shas, key=lambda sha: place.get(sha, len(place))))


def _merged_at(pull: Pull) -> float:
    return pull.merged_at.timestamp() if pull.merged_at else 0.0
