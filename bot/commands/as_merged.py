"""The world as it would be once a pull request is merged. Pure.

Rules:
1. What is looked at is the merge that GitHub tries beforehand; as long as there is none of this head, the head itself.
2. The pull request counts as merged by it, and the commit before it is the head of the branch that it goes to.
3. The checks are those of the pull request's head. Our own reports there say nothing about the fix.
4. A pull request that goes to another branch leaves the default branch as it is.
5. The policy is not part of it: it is read where it stands now, never where the pull request would put it, and its
   lines are those of that commit.
6. What can only be known after the merge is told, and not asked.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.assessment.evidence import Criterion
from bot.assessment.linked import extract_links
from bot.assessment.preview import Keyword, PreviewSubject
from bot.assessment.waiver import Waived, Waiver, WaiverState, state_of
from bot.commands.measure import Prepared, terms_of
from bot.commands.merge import Link
from bot.commands.unaskable import policy_commit
from bot.github.answers import PullView
from bot.github.models import Checks, CommitInfo, Pull, PullState, Snapshot, Unknown

THE_DESCRIPTION = "the description"
A_MESSAGE = "a commit message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What stands for the merge: a commit, which is the merge itself (`exact`) or the head; and the head's checks."""

    view: PullView
    commit: CommitInfo
    exact: bool
    checks: Checks | Unknown

    @property
    def lands(self) -> bool:
        """Does it go to the default branch?"""
        return self.view.pull.base == self.view.default_branch


def trial_of(
    view: PullView, commits: tuple[CommitInfo | None, CommitInfo | None], checks: Checks | Unknown, *, own: str
) -> Trial | None:
    """The merge to look at, from the commit of the merge that was tried and that of the head; None without either.

    After a push GitHub still shows the merge of the head before for a while: that one is of no use. `own` is the name
    under which our own checks stand.
    """
    merge, head = commits
    exact = merge is not None and view.head_sha in merge.parents
    commit = merge if exact else head
    if commit is None:
        return None
    if not isinstance(checks, Unknown):
        checks = replace(checks, checks=tuple(check for check in checks.checks if check.app != own))
    return Trial(view=view, commit=commit, exact=exact, checks=checks)


def pull_as_merged(snapshot: Snapshot, trial: Trial, at: datetime) -> Pull:
    """The pull request, merged by the trial's commit."""
    head = trial.view.head_sha
    before = (snapshot.head,) if snapshot.head is not None and trial.lands else ()
    return replace(
        trial.view.pull,
        state=PullState.MERGED,
        is_draft=False,
        merged_at=at,
        merge_commit=trial.commit.oid,
        merge_parents=trial.commit.parents if trial.exact else (*before, head),
    )


def as_merged(snapshot: Snapshot, trial: Trial, *, closes: bool, at: datetime) -> Snapshot:
    """The issue and its repository as they would be; `closes`: the merge would close the issue."""
    merged = pull_as_merged(snapshot, trial, at)
    after = replace(snapshot, issue=replace(snapshot.issue, closing_pulls=_closing(snapshot, merged, closes=closes)))
    if not trial.lands:
        return after
    own = snapshot.policy_file
    return replace(
        after,
        head=trial.commit.oid,
        history=(trial.commit, *snapshot.history),
        supposed=True,
        head_checks=trial.checks,
        policy_file=None if own is None else replace(own, commit=policy_commit(snapshot)),
    )


def _closing(snapshot: Snapshot, merged: Pull, *, closes: bool) -> tuple[Pull, ...] | Unknown:
    """GitHub's list with the pull request as merged; one that closes by a commit's message alone is not on it yet."""
    known = snapshot.issue.closing_pulls
    if isinstance(known, Unknown):
        return known
    here = [_is_same(pull, merged) for pull in known]
    pulls = tuple(merged if same else pull for pull, same in zip(known, here, strict=True))
    return (*pulls, merged) if closes and not any(here) else pulls


def _is_same(pull: Pull, other: Pull) -> bool:
    return pull.number == other.number and pull.repository.casefold() == other.repository.casefold()


def before_merge(prepared: Prepared) -> tuple[Prepared, tuple[Criterion, ...]]:
    """What can be asked before the merge, and what only after it, waived or not.

    Whether anything is deployed decides nothing beforehand, so it is not looked for either.
    """
    later = tuple(one.criterion for one in prepared.questions if one.params.waits_for_merge)
    asked = tuple(one for one in prepared.questions if not one.params.waits_for_merge)
    return replace(prepared, questions=asked, snapshot=replace(prepared.snapshot, deployments=())), later


def counting(prepared: Prepared, later: tuple[Criterion, ...], waived: tuple[Waived, ...]) -> tuple[Waiver, ...]:
    """The waivers that count: of what was asked, as they were applied there; of what is asked later, as of now."""
    names = {one.id for one in later}
    terms = terms_of(prepared, prepared.asking.now)
    coming = (one for one in prepared.asking.waivers if one.criterion in names)
    return (
        *(one.waiver for one in waived if one.state is WaiverState.COUNTS),
        *(one for one in coming if state_of(one, terms) is WaiverState.COUNTS),
    )


def alone(prepared: Prepared, trial: Trial) -> bool:
    """Is this merge all of the fix, as far as it is known?"""
    return set(prepared.fix.commits) <= {trial.commit.oid} and prepared.fix.before is not None


def looked(snapshot: Snapshot, trial: Trial) -> PreviewSubject:
    """What was looked at, for the answer."""
    head = snapshot.head
    commit = trial.commit.oid if trial.lands or head is None else head
    return PreviewSubject(
        commit=commit,
        url=f"{snapshot.url}/commit/{commit}",
        exact=trial.exact,
        base=trial.view.pull.base,
        branch=trial.view.default_branch or trial.view.pull.base,
    )


def keyword_of(view: PullView, link: Link) -> Keyword | None:
    """The words by which GitHub would close the issue, and where they stand; None where nothing says so in words."""
    pull = view.pull
    texts = ((pull.body, THE_DESCRIPTION), *((message, A_MESSAGE) for message in pull.commit_messages))
    for text, place in texts:
        for found in extract_links(text, pull.repository):
            here = found.repository.casefold() == pull.repository.casefold()
            if here and found.number == link.number and found.keyword is not None:
                return Keyword(word=found.keyword, place=place)
    return None
