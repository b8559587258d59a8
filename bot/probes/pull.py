"""Is a pull request merged, is its merge commit on the default branch, and does its change still stand there?

Asked of one pull request by number, or of all pull requests that are said to close the issue. What counts is the
merge commit's ancestry: not the branch's tip (squash and rebase change it), not the base branch, not the title.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, PositiveInt

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason
from bot.assessment.tasks import tasks_of
from bot.assessment.tokens import TokenKind
from bot.github.models import Pull, PullState, Unknown
from bot.probes.asking import together
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.copies import copy_of_pull
from bot.probes.extent import Bounds, exceeded, extent_of
from bot.probes.fix import before_pull
from bot.probes.landing import Fate, aftermath, ending, traces, undoing
from bot.probes.places import (
    at_issue,
    at_pull,
    branch_of,
    commit_url,
    counted,
    is_here,
    listed,
    not_told,
    short,
    title_of,
)
from bot.probes.relevance import unrelated
from bot.probes.reverts import Change

_MARKERS_SHOWN = 5
_ALL = "the closing pull requests are merged, on the default branch and not reverted"
_NONE_OPEN = "no closing pull request is still open"


class PullParams(Params):
    """Which pull request, and what must be true of it."""

    outside: ClassVar[bool] = False

    number: PositiveInt | None = Field(
        default=None, description="The pull request's number; without it, all that are said to close the issue."
    )
    state: Literal["merged", "none-open"] = Field(
        default="merged",
        description="`merged`: merged, on the default branch, not reverted, none left open. "
        "`none-open`: only that no closing pull request is still open.",
    )
    if_any: bool = Field(
        default=False,
        description="Without any closing pull request: skip the criterion instead of calling the evidence missing.",
    )
    max_files: PositiveInt | None = Field(default=None, description="So many files may be changed, all in all.")
    max_commits: PositiveInt | None = Field(default=None, description="So many commits may be in it, all in all.")
    breaking: bool | None = Field(
        default=None,
        description="`false`: no commit or title may be marked as a breaking change (`BREAKING CHANGE:`, or `!` after "
        "the type); `true`: one must be.",
    )

    @property
    def bounds(self) -> Bounds:
        """What is asked of its size."""
        return Bounds(most_files=self.max_files, most_commits=self.max_commits, breaking=self.breaking)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What was found about one pull request."""

    pull: Pull
    outcome: Outcome
    reason: Reason
    text: str
    decisive: bool = True
    details: tuple[Detail, ...] = ()


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, PullParams)
    if params.number is not None:
        return await _ask_one(params.number, params, context)
    pulls = context.snapshot.issue.closing_pulls
    seen = at_issue(context, "the pull requests linked to this issue")
    expected = _NONE_OPEN if params.state == "none-open" else _ALL
    if isinstance(pulls, Unknown):
        return not_told(pulls, expected=expected, source=seen)
    if params.state == "none-open":
        return _none_open(pulls, context)
    live = tuple(pull for pull in pulls if pull.state is not PullState.CLOSED)
    if not live:
        return _no_pulls(pulls, context, skip=params.if_any)
    parts = await together(_examine(pull, context) for pull in live)
    return _sized(_joined(parts, pulls, context), live, params.bounds)


async def _ask_one(number: int, params: PullParams, context: Context) -> Evidence:
    linked = context.snapshot.issue.closing_pulls
    known = () if isinstance(linked, Unknown) else linked
    pull = next((pull for pull in known if pull.number == number and is_here(pull.repository, context)), None)
    pull = pull or await context.reader.pull(number)
    expected = (
        f"#{number} is not open" if params.state == "none-open" else f"#{number} is merged, and stands on the branch"
    )
    if pull is None:
        return await _no_such_pull(number, expected, context)
    if params.state == "none-open":
        return _none_open((pull,), context)
    part = await _examine(pull, context)
    answer = Evidence(
        outcome=part.outcome,
        reason=part.reason,
        expected=expected,
        observed=part.text,
        source=at_pull(context, pull),
        before="not there" if part.outcome is Outcome.PASS else None,
        decisive=part.decisive,
        details=part.details,
        remedy=_remedy(part.reason),
    )
    return _sized(answer, (pull,), params.bounds)


def _sized(answer: Evidence, pulls: tuple[Pull, ...], bounds: Bounds) -> Evidence:
    """The answer with the extent of the pull requests, and what is asked of that."""
    extent = extent_of(pulls)
    answer = replace(answer, measures=extent.measures)
    if not bounds.words:
        return answer
    answer = replace(answer, expected=f"{answer.expected}; {bounds.words}")
    if answer.outcome is not Outcome.PASS:
        return answer
    fault = exceeded(extent, bounds)
    if fault is not None:
        return replace(
            answer,
            outcome=Outcome.FAIL,
            reason=Reason.DOES_NOT_HOLD,
            observed=f"{answer.observed}, but {fault}",
            before=None,
            decisive=True,
            details=(*answer.details, *(Detail(text=marker[:200]) for marker in extent.breaking[:_MARKERS_SHOWN])),
            remedy="Land it in smaller parts, or let the policy allow it.",
        )
    said = f"{counted(extent.files, 'file')} and {counted(extent.commits, 'commit')}"
    if bounds.breaking is not None and not extent.complete:
        return replace(
            answer,
            outcome=Outcome.ERROR,
            reason=Reason.NOT_LOOKED_AT,
            observed=f"{answer.observed}; {said}, of which GitHub shows only the first 100: markers may be missing",
            decisive=True,
        )
    return replace(answer, observed=f"{answer.observed}; {said}, as asked")


async def _no_such_pull(number: int, expected: str, context: Context) -> Evidence:
    issue = await context.reader.issue(number)
    what = "is an issue, not a pull request" if issue else "is not a pull request of this repository"
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.NOT_FOUND,
        expected=expected,
        observed=f"#{number} {what}",
        source=at_issue(context, "this repository's pull requests"),
        remedy="Name the pull request that carries the fix.",
    )


async def _examine(pull: Pull, context: Context) -> _Part:
    """One pull request: open, elsewhere, not on the branch, reverted, or standing."""
    name = f"#{pull.number}"
    if pull.state is PullState.OPEN:
        kind = "a draft" if pull.is_draft else "open"
        return _Part(pull=pull, outcome=Outcome.FAIL, reason=Reason.STILL_OPEN, text=f"{name} is still {kind}")
    if pull.state is PullState.CLOSED:
        text = f"{name} was closed without being merged"
        return _Part(pull=pull, outcome=Outcome.FAIL, reason=Reason.NOT_MERGED, text=text)
    if not is_here(pull.repository, context):
        text = f"{pull.repository}#{pull.number} is merged in another repository; its branch was not looked at"
        return _Part(pull=pull, outcome=Outcome.ERROR, reason=Reason.NOT_LOOKED_AT, text=text)
    if pull.merge_commit is None or context.snapshot.head is None:
        text = f"{name} is merged, but GitHub names no merge commit for it"
        return _Part(pull=pull, outcome=Outcome.ERROR, reason=Reason.NOT_LOOKED_AT, text=text)
    if not await context.reader.contains(context.snapshot.head, pull.merge_commit):
        return await _off_branch(pull, context)
    return await _examine_landed(pull, context)


async def _off_branch(pull: Pull, context: Context) -> _Part:
    """Merged, but not on the default branch; the same change may be there under another sha."""
    name, branch = f"#{pull.number}", branch_of(context)
    text = f"{name} is merged, but its merge commit `{short(pull.merge_commit or '')}` is not on {branch}"
    if pull.base != context.snapshot.default_branch:
        text = f"{name} is merged into `{pull.base}`, not on {branch}"
    copy = await copy_of_pull(context, pull)
    details: tuple[Detail, ...] = ()
    if copy is not None:
        text = f"{text}; the same change (patch id) is there as `{short(copy.sha)}`, {copy.how}"
        details = (Detail(text=f"`{short(copy.sha)}` {copy.how}", url=commit_url(context, copy.sha)),)
    return _Part(pull=pull, outcome=Outcome.FAIL, reason=Reason.NOT_REACHABLE, text=text, details=details)


async def _examine_landed(pull: Pull, context: Context) -> _Part:
    """A pull request whose merge commit is on the default branch: does its change still stand?"""
    assert pull.merge_commit is not None
    known = {commit.oid: commit for commit in context.snapshot.history}
    merge = known.get(pull.merge_commit)
    change = Change(
        sha=pull.merge_commit,
        before=before_pull(pull, known) or f"{pull.merge_commit}^1",
        title=title_of(merge, limit=400) if merge else None,
        number=pull.number,
        files=pull.files,
        size=(pull.additions, pull.deletions),
    )
    after = await aftermath(context, change)
    landed = f"#{pull.number} is merged as `{short(pull.merge_commit)}`"
    details = traces(context, after)
    if after.fate is Fate.REVERTED:
        text = f"{landed}, but {undoing(after)}"
        return _Part(pull=pull, outcome=Outcome.FAIL, reason=Reason.REVERTED, text=text, details=details)
    why = unrelated(pull, context.snapshot)
    if pull.changed_files == 0 and not pull.files:
        why = "it changes no file"
    doubt = f", but {why}: proves little" if why and not after.weak else ""
    return _Part(
        pull=pull,
        outcome=Outcome.PASS,
        reason=Reason.VACUOUS if why or after.weak else Reason.HOLDS,
        text=f"{landed}{ending(after)}{doubt}",
        decisive=not why and not after.weak,
        details=details,
    )


def _joined(parts: tuple[_Part, ...], pulls: tuple[Pull, ...], context: Context) -> Evidence:
    """All closing pull requests as one answer: the worst decides, and every one is listed."""
    worst = min(parts, key=lambda part: _WORST_FIRST.index(part.outcome))
    told = tuple(part for part in parts if part.outcome is worst.outcome)
    abandoned = tuple(pull for pull in pulls if pull.state is PullState.CLOSED)
    details = tuple(Detail(text=part.text, url=part.pull.url) for part in parts) if len(parts) > 1 else ()
    details += tuple(detail for part in parts for detail in part.details)
    details += tuple(_abandoned(pull) for pull in abandoned)
    epic = _epic(context) if len(parts) == 1 and worst.outcome is Outcome.PASS else None
    decisive = epic is None and any(part.decisive for part in told)
    observed = "; ".join(part.text for part in told[:3])
    if len(told) > 3:
        observed += f"; and {len(told) - 3} more"
    return Evidence(
        outcome=worst.outcome,
        reason=worst.reason if decisive or worst.outcome is not Outcome.PASS else Reason.VACUOUS,
        expected=_ALL,
        observed=f"{observed}{f'; {epic}' if epic else ''}",
        source=at_pull(context, worst.pull),
        before="not there" if worst.outcome is Outcome.PASS else None,
        decisive=decisive or worst.outcome is not Outcome.PASS,
        details=details,
        remedy=_remedy(worst.reason),
    )


_WORST_FIRST = (Outcome.FAIL, Outcome.ERROR, Outcome.PASS)


def _abandoned(pull: Pull) -> Detail:
    return Detail(text=f"#{pull.number} was closed without being merged: not counted", url=pull.url)


def _epic(context: Context) -> str | None:
    """Why one pull request cannot carry this issue, if it has sub-issues or tracks other issues in its task list."""
    issue = context.snapshot.issue
    if issue.sub_issue_total:
        return f"but this issue has {counted(issue.sub_issue_total, 'sub-issue')}: one pull request proves little"
    items = tasks_of(issue.body, repository=context.snapshot.repository.full_name)
    tracked = sum(any(token.kind is TokenKind.NUMBER for token in item.deliverables) for item in items)
    return f"but this issue tracks {tracked} others: one pull request proves little" if tracked > 1 else None


def _no_pulls(pulls: tuple[Pull, ...], context: Context, *, skip: bool) -> Evidence:
    abandoned = tuple(f"#{pull.number}" for pull in pulls)
    observed = "no pull request is linked as closing this issue"
    if abandoned:
        observed = f"no closing pull request was merged ({listed(abandoned)}: closed without being merged)"
    return Evidence(
        outcome=Outcome.SKIPPED if skip else Outcome.MISSING,
        reason=Reason.NOT_APPLICABLE if skip else Reason.NOTHING_TO_MEASURE,
        expected=_ALL,
        observed=observed,
        source=at_issue(context, "the pull requests linked to this issue"),
        details=tuple(_abandoned(pull) for pull in pulls),
        remedy="Link the pull request that carries the fix, or name its commit.",
    )


def _none_open(pulls: tuple[Pull, ...], context: Context) -> Evidence:
    open_ones = tuple(pull for pull in pulls if pull.state is PullState.OPEN)
    seen = at_issue(context, "the pull requests linked to this issue")
    if not pulls:
        outcome, reason, observed = Outcome.SKIPPED, Reason.NOT_APPLICABLE, "no pull request is linked"
    elif open_ones:
        names = listed(tuple(f"#{pull.number}" for pull in open_ones))
        outcome, reason, observed = Outcome.FAIL, Reason.STILL_OPEN, f"still open: {names}"
    else:
        outcome, reason = Outcome.PASS, Reason.HOLDS
        observed = f"none of {counted(len(pulls), 'linked pull request')} is open"
    return Evidence(
        outcome=outcome,
        reason=reason,
        expected=_NONE_OPEN,
        observed=observed,
        source=seen,
        decisive=outcome is not Outcome.PASS,  # nothing left open is not yet something done
        details=tuple(Detail(text=f"#{pull.number} {pull.title}", url=pull.url) for pull in open_ones),
        remedy=_remedy(reason),
    )


def _remedy(reason: Reason) -> str | None:
    match reason:
        case Reason.STILL_OPEN:
            return "Merge it, or unlink it if it is not part of the fix."
        case Reason.NOT_MERGED:
            return "Name the pull request that carries the fix."
        case Reason.NOT_REACHABLE:
            return "Bring the change to the default branch, or name the commit that brought it there."
        case Reason.REVERTED:
            return "Land the change again, or name what replaced it."
        case _:
            return None


_MANUAL = Manual(
    question="Are the pull requests merged, with merge commits on the default branch that were not reverted?",
    example="- id: fix\n  title: The fix is merged\n  pull: {number: 1279, state: merged}\n",
    outcomes=(
        (Outcome.PASS, "Merged, reachable from the default branch, and its change still stands."),
        (Outcome.FAIL, "Still open, closed unmerged, merged elsewhere only, reverted, or no such pull request."),
        (Outcome.MISSING, "No pull request is linked as closing the issue."),
        (Outcome.SKIPPED, "Nothing is linked, and the criterion asks only where something is."),
        (Outcome.ERROR, "GitHub does not tell, or the merge lies in another repository."),
    ),
)


@dataclass(frozen=True, slots=True)
class PullProbe:
    """Pull requests, by their merge commits."""

    kind: str = "pull"
    params: type[Params] = PullParams
    limit: timedelta = timedelta(seconds=30)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one pull request, or about all closing ones."""
        return await _ask(question, context)


PROBE = PullProbe()
