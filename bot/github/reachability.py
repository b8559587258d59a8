"""Is a commit reachable from another? What the snapshot's history proves needs no request."""

from collections.abc import Sequence

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo

FETCHED_PARENTS = 4  # a merge of more parents than were asked for cannot prove a "no"


def proven(history: Sequence[CommitInfo], base: Sha, sha: Sha) -> bool | None:
    """Whether `sha` is reachable from `base` by these commits alone; None where they do not tell.

    "Yes" needs one path; "no" needs every path followed to its end.
    """
    known = {commit.oid: commit for commit in history}
    reached: set[Sha] = set()
    ahead = [base]
    whole = True
    while ahead:
        oid = ahead.pop()
        if oid == sha:
            return True
        if oid in reached:
            continue
        reached.add(oid)
        commit = known.get(oid)
        if commit is None or len(commit.parents) >= FETCHED_PARENTS:
            whole = False
        if commit is not None:
            ahead.extend(commit.parents)
    return False if whole else None
