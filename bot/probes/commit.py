"""Is a commit on the default branch, and does what it did still stand there?

Ancestry, not existence: GitHub shows any branch's commit by its sha, so a commit that merely exists proves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Sha, Source
from bot.github.models import CommitInfo, Pull, Unknown
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.fix import before_pull
from bot.probes.landing import Aftermath, Change, Fate, aftermath, number_in_title, reverted_by, stands_plainly
from bot.probes.places import (
    at_commit,
    at_head,
    branch_of,
    commit_detail,
    counted,
    empty_repository,
    short,
    title_of,
)


class CommitParams(Params):
    """Which commit."""

    shorthand: ClassVar[str] = "sha"

    sha: str = Field(pattern=r"^[0-9a-fA-F]{7,40}$", description="The commit's sha, or its first 7 digits or more.")
    net_effect: bool = Field(
        default=True,
        description="Also compare the files: a revert may not call itself one. Up to two more requests where much was "
        "edited since.",
    )


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, CommitParams)
    expected = f"`{short(params.sha)}` is on {branch_of(context)} and not reverted"
    if context.snapshot.head is None:
        return empty_repository(context, expected=expected)
    commit = _in_history(params.sha.lower(), context) or await context.reader.commit(params.sha.lower())
    if commit is None:
        return _nowhere(params.sha, expected, context)
    if not await context.reader.contains(context.snapshot.head, commit.oid):
        return _elsewhere(commit, expected, context)
    return _landed(commit, await _fate(commit, context, deep=params.net_effect), expected, context)


async def _fate(commit: CommitInfo, context: Context, *, deep: bool) -> Aftermath:
    """What became of the commit: by the messages, and by its files where these do not settle it."""
    title, number = title_of(commit, limit=400), number_in_title(commit.message)
    linked = _linked(commit, context)
    before = (before_pull(linked, _known(context)) if linked else None) or _parent(commit)
    change = Change(sha=commit.oid, before=before, title=title, number=number, files=linked.files if linked else ())
    if linked is not None or not deep or not commit.parents:
        return await aftermath(context, change)
    told = reverted_by(context.snapshot.history, change, context.snapshot.repository.full_name)
    if told is None and await stands_plainly(context, commit):
        return Aftermath(fate=Fate.STANDS)
    files = await context.reader.changed(commit.oid)
    if not files and told is None:
        return Aftermath(fate=Fate.STANDS, empty=True)
    return await aftermath(context, replace(change, files=files))


def _parent(commit: CommitInfo) -> str:
    return commit.parents[0] if commit.parents else f"{commit.oid}^1"


def _known(context: Context) -> Mapping[Sha, CommitInfo]:
    return {commit.oid: commit for commit in context.snapshot.history}


def _linked(commit: CommitInfo, context: Context) -> Pull | None:
    """The linked pull request that landed as this commit."""
    pulls = context.snapshot.issue.closing_pulls
    known = () if isinstance(pulls, Unknown) else pulls
    return next((pull for pull in known if pull.merge_commit == commit.oid), None)


def _in_history(sha: str, context: Context) -> CommitInfo | None:
    """The one commit of the newest that has this sha; an ambiguous prefix is left to GitHub."""
    found = [commit for commit in context.snapshot.history if commit.oid.startswith(sha)]
    return found[0] if len(found) == 1 else None


def _nowhere(sha: str, expected: str, context: Context) -> Evidence:
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.NOT_FOUND,
        expected=expected,
        observed="no such commit in this repository",
        source=_everywhere(context),
        remedy=f"Name the commit that carries the fix; `{short(sha)}` may be from before a rebase, or from a fork.",
    )


def _everywhere(context: Context) -> Source:
    seen = at_head(context)
    url = f"{context.snapshot.url}/branches/all"
    return Source(url=url, place="all branches and tags", sha=seen.sha, fetched_at=seen.fetched_at)


def _elsewhere(commit: CommitInfo, expected: str, context: Context) -> Evidence:
    """On some other branch, or on none; squash and rebase leave a twin on the branch, which is worth naming."""
    twin = _twin(commit, context)
    remedy = "Merge it, or name the commit that stands for it on the default branch."
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.NOT_REACHABLE,
        expected=expected,
        observed=f"the commit exists, but not on {branch_of(context)}: only on another branch, or in a fork",
        source=at_commit(context, commit.oid, "whole history"),
        details=(commit_detail(context, commit),),
        remedy=f"Name `{short(twin)}`, which seems to stand for it on {branch_of(context)}." if twin else remedy,
    )


def _twin(commit: CommitInfo, context: Context) -> str | None:
    """The commit of the branch that says the same, or the merge of the pull request that it belongs to."""
    message = commit.message.strip()
    linked = context.snapshot.issue.closing_pulls
    for pull in () if isinstance(linked, Unknown) else linked:
        if pull.merge_commit and any(one.strip() == message for one in pull.commit_messages):
            return pull.merge_commit
    return next((one.oid for one in context.snapshot.history if message and one.message.strip() == message), None)


def _landed(commit: CommitInfo, after: Aftermath, expected: str, context: Context) -> Evidence:
    """The answer about a commit that is on the default branch."""
    details = (commit_detail(context, commit), *((commit_detail(context, after.by),) if after.by else ()))
    details += tuple(Detail(text=f"`{path}` stands as before the commit") for path in after.undone)
    source = at_commit(context, commit.oid, "whole history")
    if after.fate is Fate.REVERTED:
        return Evidence(
            outcome=Outcome.FAIL,
            reason=Reason.REVERTED,
            expected=expected,
            observed=f"on {branch_of(context)}, but {_undoing(after)}",
            source=source,
            details=details,
            remedy="Land the change again, or name what replaced it.",
        )
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.VACUOUS if after.weak else Reason.HOLDS,
        expected=expected,
        observed=f"on {branch_of(context)}{_ending(after)}",
        source=source,
        before="not there",
        decisive=not after.weak,
        details=details,
    )


def _undoing(after: Aftermath) -> str:
    if after.undone:
        by = f" (last changed by `{short(after.by.oid)}`)" if after.by else ""
        return f"its effect is gone: {counted(after.compared, 'file')} compared, all as before it{by}"
    return f"`{short(after.by.oid)}` reverted it" if after.by else "it was reverted"


def _ending(after: Aftermath) -> str:
    if after.empty:
        return ", but it changes no file: proves little"
    match after.fate:
        case Fate.REINSTATED:
            return ", reverted once and back again"
        case Fate.PARTLY_UNDONE:
            undone = f", but {len(after.undone)} of {counted(after.compared, 'file')} stand as before it"
            return f"{undone}: proves little" if after.weak else undone
        case Fate.UNSEEN:
            return ", no revert seen"
        case _:
            return ", not reverted"


_MANUAL = Manual(
    question="Is the commit reachable from the default branch, and was it not reverted?",
    example="- id: packaging\n  title: The packaging fix is on the branch\n  commit: {sha: 85375b936}\n",
    outcomes=(
        (Outcome.PASS, "The commit is on the default branch, and what it did still stands."),
        (Outcome.FAIL, "No such commit, or it is on another branch only, or it was reverted."),
        (Outcome.MISSING, "The repository has no commit at all."),
    ),
)


@dataclass(frozen=True, slots=True)
class CommitProbe:
    """A commit, by its ancestry."""

    kind: str = "commit"
    params: type[Params] = CommitParams
    limit: timedelta = timedelta(seconds=30)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one commit."""
        return await _ask(question, context)


PROBE = CommitProbe()
