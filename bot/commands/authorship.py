"""Who wrote the fix of an issue: they do not decide what it may do without. Pure.

Rules:
1. The authors of the closing pull requests that are open or merged, of all their commits, and of the commits that are
   the fix, also by a claim alone. Who merged it is none of them: merging is a second pair of eyes, and a merge commit
   is by whoever merged.
2. Co-authors count. GitHub's own address names the account; whose another address is, GitHub has to be asked.
3. Where not all is known, who wrote the fix is not known.
4. GitHub knows an author by the address in the commit. Who writes under an address that belongs to no account is known
   to nobody here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from types import MappingProxyType

from bot.assessment.evidence import Sha
from bot.assessment.wording import short
from bot.github.models import Authors, CommitInfo, Pull, PullState, Snapshot, Unknown
from bot.probes.contract import Fix

Told = Mapping[str, Authors | None]
"""The authors of commits that GitHub was asked for; None: there is no such commit."""

_CO_AUTHOR = re.compile(r"^co-authored-by:[^<\n]{0,200}<([^<>\n]{1,320})>", re.IGNORECASE | re.MULTILINE)
_ACCOUNT = re.compile(r"(?:\d{1,20}\+)?([a-z0-9-]{1,39})@users\.noreply\.github\.com", re.IGNORECASE)


def authors_of(
    fix: Fix, snapshot: Snapshot, *, named: tuple[str, ...] = (), told: Told = MappingProxyType({})
) -> frozenset[str] | Unknown:
    """The logins of everybody who wrote the fix, in lower case; `Unknown` where one of them may be missing.

    `named` are the commits that claims name, abbreviated or not; `told` is what came of asking for `to_ask`.
    """
    pulls = snapshot.issue.closing_pulls
    if isinstance(pulls, Unknown):
        return pulls
    found: set[str] = set()
    for pull in _kept(pulls):
        if pull.commit_count > len(pull.commit_messages):
            read = len(pull.commit_messages)
            return Unknown(reason=f"pull request {pull.number} has {pull.commit_count:,} commits, and I read {read}")
        found |= set(_authors_of_pull(pull))
    for commit in _shown(fix, snapshot):
        found |= {*_accounts((commit.message,)), *((commit.author,) if commit.author is not None else ())}
    for sha in to_ask(fix, snapshot, named=named):
        answer = told.get(sha)
        if answer is None and sha in told and sha in named:
            continue  # it exists nowhere, so nobody wrote it
        if answer is None:
            return Unknown(reason=f"the commit {short(sha) or 'of a pull request'} could not be read")
        if not answer.complete:
            return Unknown(reason=f"the commit {short(sha)} has more authors than I read")
        if _counts(answer.commit, snapshot, named=sha in named):
            found |= set(answer.logins)
    return frozenset(login.lower() for login in found)


def to_ask(fix: Fix, snapshot: Snapshot, *, named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The commits whose authors GitHub has to be asked for: one for each address that names no account by itself, and
    those of the fix that the newest history does not show.
    """
    pulls = snapshot.issue.closing_pulls
    kept = () if isinstance(pulls, Unknown) else tuple(_kept(pulls))
    shown = [(commit.message, commit.oid) for commit in _shown(fix, snapshot)]
    every = [pair for pull in kept for pair in zip_longest(pull.commit_messages, pull.commit_shas, fillvalue=Sha(""))]
    asked: dict[str, str] = {}
    for message, sha in (*every, *shown):
        for address in _CO_AUTHOR.findall(message):
            if _ACCOUNT.fullmatch(address) is None:
                asked.setdefault(address.lower(), sha)
    # a merged pull request's authors are those of its commits, wherever it stands on the branch
    known = {commit.oid for commit in snapshot.history} | {sha for _, sha in every}
    known |= {pull.merge_commit for pull in kept if pull.merge_commit is not None}
    beyond = (sha for sha in (*fix.commits, *named) if not any(one.startswith(sha) for one in known))
    return tuple(dict.fromkeys((*asked.values(), *beyond)))


def _kept(pulls: Iterable[Pull]) -> Iterator[Pull]:
    """All but those that were given up."""
    return (pull for pull in pulls if pull.state is not PullState.CLOSED)


def _shown(fix: Fix, snapshot: Snapshot) -> Iterator[CommitInfo]:
    """The fix's commits that the history shows, merges left out."""
    known = {commit.oid: commit for commit in snapshot.history}
    return (known[sha] for sha in fix.commits if sha in known and len(known[sha].parents) < 2)


def _counts(commit: CommitInfo, snapshot: Snapshot, *, named: bool) -> bool:
    """Is it a part of the fix? Merges are not, nor is what was only named and is older than the issue."""
    old = named and commit.committed_at < snapshot.issue.created_at
    return len(commit.parents) < 2 and not old


def _authors_of_pull(pull: Pull) -> Iterable[str]:
    opened = (pull.author.login,) if pull.author is not None else ()
    return (*opened, *pull.commit_authors, *_accounts(pull.commit_messages))


def _accounts(messages: Iterable[str]) -> Iterator[str]:
    """The co-authors whose address is GitHub's own for their account."""
    for message in messages:
        for address in _CO_AUTHOR.findall(message):
            account = _ACCOUNT.fullmatch(address)
            if account is not None:
                yield account[1]
