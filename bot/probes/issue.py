"""Are related issues closed: one by number, the sub-issues, or the blockers?

One that is asked for by number and still open is waited for; sub-issues and blockers are work that is openly left.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field, PositiveInt, model_validator

from bot.assessment import topics
from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Source, Wait
from bot.assessment.spans import span_of
from bot.github.models import IssueRef, IssueState, Pull, PullState, StateReason, Unknown
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.lasting import HOUR, Lasting
from bot.probes.places import at_issue, counted, is_here, listed, not_told

_MOST_LISTED = 20


class IssueParams(Params):
    """One of three questions."""

    shorthand: ClassVar[str] = "number"
    outside: ClassVar[bool] = False

    number: PositiveInt | None = Field(default=None, description="A related issue that must be closed as completed.")
    repository: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$",
        description="Its repository, if it is another one.",
    )
    sub_issues: bool = Field(
        default=False, description="All sub-issues must be closed; follow-up tickets do not count."
    )
    nested: bool = Field(default=False, description="With `sub_issues`: their sub-issues as well.")
    blockers: bool = Field(default=False, description="No issue that blocks this one may be open.")
    within: Annotated[str, Lasting(least=HOUR, most=timedelta(days=90), zero=True)] = Field(
        default="14d",
        description="With `number`: how long an open one is waited for, such as 48h or 14d: at least 1h and at most "
        "90d, or 0 for not at all.",
    )

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "IssueParams":
        if (self.number is not None) + self.sub_issues + self.blockers != 1:
            message = "ask exactly one of `number`, `sub_issues: true` and `blockers: true`"
            raise ValueError(message)
        if self.repository is not None and self.number is None:
            message = "`repository` goes with `number`"
            raise ValueError(message)
        if "within" in self.model_fields_set and self.number is None:
            message = "`within` goes with `number`"
            raise ValueError(message)
        if self.nested and not self.sub_issues:
            message = "`nested` goes with `sub_issues: true`"
            raise ValueError(message)
        return self

    @property
    def elsewhere(self) -> str | None:
        """The related issue's repository, if it is another one."""
        return self.repository

    @property
    def patience(self) -> timedelta:
        """How long an open issue is waited for."""
        return span_of(self.within)


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, IssueParams)
    if params.sub_issues:
        return await _sub_issues(context, nested=params.nested)
    if params.blockers:
        return _blockers(context)
    assert params.number is not None
    elsewhere = params.repository if params.repository and not is_here(params.repository, context) else None
    return await _related(params, elsewhere, context)


async def _related(params: IssueParams, elsewhere: str | None, context: Context) -> Evidence:
    """One issue by number. Another repository's issue that cannot be seen may well exist."""
    number = params.number
    assert number is not None
    name = f"{elsewhere or ''}#{number}"
    expected = f"{name} is closed as completed"
    source = _source(number, elsewhere, context)
    if elsewhere is None and number == context.snapshot.issue.number:
        return _nothing(expected, f"{name} is this issue itself", source)
    issue = await context.reader.issue(number, elsewhere)
    if issue is None:
        pull = await context.reader.pull(number) if elsewhere is None else None
        return _unfound(name, expected, source, pull, hidden=elsewhere is not None)
    is_open = issue.state is IssueState.OPEN
    holds = not is_open and _completed(issue)
    fault = Reason.STILL_OPEN if is_open else Reason.DOES_NOT_HOLD
    wait = _closing(number, elsewhere, params.patience, context) if is_open and params.patience else None
    return Evidence(
        outcome=Outcome.PASS if holds else Outcome.FAIL if wait is None else Outcome.PENDING,
        reason=Reason.HOLDS if holds else fault,
        expected=expected,
        observed=f"{name} is {_state(issue)}",
        source=source,
        details=(Detail(text=f"{name} {issue.title}", url=source.url),),
        remedy=None if holds else f"Close {name} as completed once it is done.",
        waits_for=wait,
    )


def _closing(number: int, elsewhere: str | None, patience: timedelta, context: Context) -> Wait:
    """What tells that it is closed: for another repository only its name is known, and this app may not be there."""
    here = context.snapshot.repository.id
    topic = topics.issue_closed_at(elsewhere, number) if elsewhere else topics.issue_closed(here, number)
    return Wait(topics=(topic,), what=f"{elsewhere or ''}#{number} to be closed", until=context.now + patience)


def _unfound(name: str, expected: str, source: Source, pull: Pull | None, *, hidden: bool) -> Evidence:
    """No issue of that number: not visible, not there, or a pull request, whose merge is what is meant then."""
    if pull is None:
        return Evidence(
            outcome=Outcome.ERROR if hidden else Outcome.FAIL,
            reason=Reason.NOT_LOOKED_AT if hidden else Reason.NOT_FOUND,
            expected=expected,
            observed=f"{name} does not exist, or this app may not see it" if hidden else f"there is no issue {name}",
            source=source,
        )
    merged = pull.state is PullState.MERGED
    fault = Reason.STILL_OPEN if pull.state is PullState.OPEN else Reason.NOT_MERGED
    return Evidence(
        outcome=Outcome.PASS if merged else Outcome.FAIL,
        reason=Reason.HOLDS if merged else fault,
        expected=expected,
        observed=f"{name} is a pull request, {'merged' if merged else 'not merged'}",
        source=source,
        remedy=None if merged else f"Merge {name}, or name the issue that is meant.",
    )


async def _sub_issues(context: Context, *, nested: bool) -> Evidence:
    """All closed; those closed as not planned are out of the way, but are no work done. Our tickets do not count."""
    issue = context.snapshot.issue
    expected = "all sub-issues, and theirs, are closed" if nested else "all sub-issues are closed"
    source = at_issue(context, "this issue's sub-issues")
    if isinstance(issue.sub_issues, Unknown):
        return not_told(issue.sub_issues, expected=expected, source=source)
    subs = issue.sub_issues
    total = max(issue.sub_issue_total, len(subs))
    if total > len(subs) or (nested and total):
        below = await context.reader.sub_issues(nested=nested)
        subs, total = below.issues, max(below.total, len(below.issues))
    # What we filed as left over is nobody's work on this issue: it would keep open what it was filed for.
    tickets = sum(sub.by_us for sub in subs)
    subs, total = tuple(sub for sub in subs if not sub.by_us), total - tickets
    open_ones = tuple(sub for sub in subs if sub.state is IssueState.OPEN)
    if total == 0:
        aside = f" but {counted(tickets, 'follow-up ticket')} of mine" if tickets else ""
        return _nothing(expected, f"this issue has no sub-issues{aside}", source)
    if open_ones:
        observed = f"{len(open_ones)} of {counted(total, 'sub-issue')} open"
        return _still_open(expected, observed, open_ones, source, context)
    if total > len(subs):
        return _unread(expected, f"{len(subs)} of {counted(total, 'sub-issue')} read, none of them open", source)
    dropped = tuple(sub for sub in subs if not _completed(sub))
    done = total - len(dropped)
    observed = f"{done} of {counted(total, 'sub-issue')} completed"
    if dropped:
        observed += f", {listed(tuple(f'{_name(sub, context)} {_state(sub)}' for sub in dropped))}"
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.HOLDS if done else Reason.VACUOUS,
        expected=expected,
        observed=observed,
        source=source,
        decisive=done > 0,
        details=tuple(_detail(sub, context) for sub in dropped[:_MOST_LISTED]),
    )


def _blockers(context: Context) -> Evidence:
    expected, source = "no open issue blocks this one", at_issue(context, "the issues that block this one")
    blockers = context.snapshot.issue.blocked_by
    if isinstance(blockers, Unknown):
        return not_told(blockers, expected=expected, source=source)
    open_ones = tuple(blocker for blocker in blockers if blocker.state is IssueState.OPEN)
    if open_ones:
        return _still_open(expected, counted(len(open_ones), "open blocker"), open_ones, source, context)
    total = context.snapshot.issue.blocked_by_total
    if total > len(blockers):
        observed = f"{len(blockers)} of {counted(total, 'blocker')} can be seen, none of them open"
        return _unread(expected, observed, source)
    if not blockers:
        return _nothing(expected, "nothing blocks this issue", source)
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.HOLDS,
        expected=expected,
        observed=f"{counted(len(blockers), 'blocker')}, none open",
        source=source,
        decisive=False,  # nothing in the way is not yet something done
    )


def _nothing(expected: str, observed: str, source: Source) -> Evidence:
    return Evidence(
        outcome=Outcome.SKIPPED, reason=Reason.NOT_APPLICABLE, expected=expected, observed=observed, source=source
    )


def _unread(expected: str, observed: str, source: Source) -> Evidence:
    return Evidence(
        outcome=Outcome.ERROR, reason=Reason.NOT_LOOKED_AT, expected=expected, observed=observed, source=source
    )


def _still_open(
    expected: str, observed: str, issues: tuple[IssueRef, ...], source: Source, context: Context
) -> Evidence:
    names = listed(tuple(_name(issue, context) for issue in issues))
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.STILL_OPEN,
        expected=expected,
        observed=f"{observed}: {names}",
        source=source,
        details=tuple(_detail(issue, context) for issue in issues[:_MOST_LISTED]),
        remedy="Finish them, close them as not planned, or take them off this issue.",
    )


def _completed(issue: IssueRef) -> bool:
    """Closed issues from before GitHub had reasons carry none; they count as completed."""
    return issue.state_reason in {None, StateReason.COMPLETED}


def _state(issue: IssueRef) -> str:
    if issue.state is IssueState.OPEN:
        return "reopened" if issue.state_reason is StateReason.REOPENED else "open"
    match issue.state_reason:
        case StateReason.NOT_PLANNED:
            return "closed as not planned"
        case StateReason.DUPLICATE:
            return "closed as a duplicate"
        case _:
            return "closed as completed"


def _name(issue: IssueRef, context: Context) -> str:
    return f"#{issue.number}" if is_here(issue.repository, context) else f"{issue.repository}#{issue.number}"


def _detail(issue: IssueRef, context: Context) -> Detail:
    url = _source(issue.number, issue.repository, context).url
    return Detail(text=f"{_name(issue, context)} {issue.title}: {_state(issue)}", url=url)


def _source(number: int, repository: str | None, context: Context) -> Source:
    """An issue's page on the same host."""
    snapshot = context.snapshot
    host = snapshot.url.removesuffix(f"/{snapshot.repository.full_name}")
    url = f"{host}/{repository}/issues/{number}" if repository else f"{snapshot.url}/issues/{number}"
    return Source(url=url, place=f"{repository or ''}#{number}", sha=None, fetched_at=snapshot.fetched_at)


_MANUAL = Manual(
    question="Is the related issue closed as completed; are the sub-issues closed; is no blocker open?",
    example="- id: certificates\n  title: The certificates issue is done\n  issue: {number: 1263}\n",
    outcomes=(
        (Outcome.PASS, "Closed as completed; all sub-issues closed; no blocker open."),
        (Outcome.FAIL, "A sub-issue or a blocker is open; closed for another reason; no such issue."),
        (Outcome.PENDING, "The issue of that number is open: it is waited for, as long as `within` says."),
        (Outcome.SKIPPED, "There are no sub-issues, or no blockers."),
        (Outcome.ERROR, "GitHub does not tell, the list is longer than what could be read, or not visible."),
    ),
)


@dataclass(frozen=True, slots=True)
class IssueProbe:
    """Related issues, sub-issues, blockers."""

    kind: str = "issue"
    params: type[Params] = IssueParams
    limit: timedelta = timedelta(seconds=20)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about related issues."""
        return await _ask(question, context)


PROBE = IssueProbe()
