"""Who wrote the fix of an issue: they do not decide what it may do without. Pure.

Rules:
1. The authors of the closing pull requests that are open or merged, of all their commits, and of the commits that are
   the fix. Who merged it is none of them: merging is a second pair of eyes, and a merge commit is by whoever merged.
2. Co-authors count where GitHub's own address for them names the account.
3. GitHub knows an author by the address in the commit. Who writes under an address that belongs to no account is known
   to nobody here.
"""

import re
from collections.abc import Iterable

from bot.github.models import Pull, PullState, Snapshot, Unknown
from bot.probes.contract import Fix

_CO_AUTHOR = re.compile(
    r"^co-authored-by:[^<\n]{0,200}<(?:\d{1,20}\+)?([a-z0-9-]{1,39})@users\.noreply\.github\.com>",
    re.IGNORECASE | re.MULTILINE,
)


def authors_of(fix: Fix, snapshot: Snapshot) -> frozenset[str] | Unknown:
    """The logins of everybody who wrote the fix, in lower case; `Unknown` where the pull requests are not known."""
    pulls = snapshot.issue.closing_pulls
    if isinstance(pulls, Unknown):
        return pulls
    known = {commit.oid: commit for commit in snapshot.history}
    # a merge commit is by whoever merged
    commits = [known[sha] for sha in fix.commits if sha in known and len(known[sha].parents) < 2]
    found = {login for pull in pulls if pull.state is not PullState.CLOSED for login in _authors_of_pull(pull)}
    found |= {commit.author for commit in commits if commit.author is not None}
    found |= set(_co_authors(commit.message for commit in commits))
    return frozenset(login.lower() for login in found)


def _authors_of_pull(pull: Pull) -> Iterable[str]:
    opened = (pull.author.login,) if pull.author is not None else ()
    return (*opened, *pull.commit_authors, *_co_authors(pull.commit_messages))


def _co_authors(messages: Iterable[str]) -> Iterable[str]:
    return (login for message in messages for login in _CO_AUTHOR.findall(message))
