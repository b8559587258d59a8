"""Closed issues out of a file, as `gh issue list --state closed --json …` prints it.

    gh issue list --state closed --limit 200 \\
      --json number,title,body,author,createdAt,closedAt,stateReason,labels,comments,url > issues.json

`number`, `title`, `body`, `closedAt`, `stateReason`, `comments` and `url` are needed. Without `createdAt` an issue
counts as opened with its first comment or its closing, so that less can be told; without `author` it has no reporter.

Source: https://cli.github.com/manual/gh_issue_list
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from bot.assessment.policy import Role
from bot.github.closures import Closure
from bot.github.models import (
    Actor,
    Comment,
    Issue,
    IssueNumber,
    IssueRef,
    IssueState,
    NodeId,
    Unknown,
)
from bot.github.parse import state_reason

_UNTOLD = Unknown(reason="the file does not tell")
_ISSUE_URL = re.compile(r"https?://[^/\s]+/([^/\s]+/[^/\s]+)/(?:issues|pull)/")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_WITH_A_SAY = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class _Author(msgspec.Struct, frozen=True):
    login: str = ""
    is_bot: bool = False


class _Label(msgspec.Struct, frozen=True):
    name: str


class _Comment(msgspec.Struct, frozen=True, rename="camel"):
    body: str
    created_at: datetime
    author: _Author | None = None
    author_association: str = ""
    url: str = ""
    is_minimized: bool = False


class Filed(msgspec.Struct, frozen=True, rename="camel"):
    """An issue of the file."""

    number: int
    title: str
    body: str
    url: str
    closed_at: datetime | None
    state_reason: str | None = None
    comments: tuple[_Comment, ...] = ()
    created_at: datetime | None = None
    author: _Author | None = None
    labels: tuple[_Label, ...] | None = None


class NotIssues(ValueError):
    """The file holds no issues; the message names the place."""


def read(text: bytes) -> tuple[Filed, ...]:
    """The issues of a file. Raises `NotIssues`."""
    try:
        return msgspec.json.decode(text, type=tuple[Filed, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotIssues(str(error)) from error


def closure(filed: Filed) -> Closure | None:
    """The closing; None where the issue is open."""
    if filed.closed_at is None:
        return None
    at = _utc(filed.closed_at)
    return Closure(
        number=IssueNumber(filed.number),
        title=filed.title,
        url=filed.url,
        closed_at=at,
        changed_at=at,
        reason=state_reason(filed.state_reason),
    )


def has_unknown_reason(filed: Filed) -> bool:
    """Was it closed for a reason that is not known here? Issues closed before there were reasons have none."""
    return filed.closed_at is not None and bool(filed.state_reason) and state_reason(filed.state_reason) is None


def repository_of(filed: Filed) -> str | None:
    """Whose issue it is by its URL, in lower case; None where it does not tell."""
    match = _ISSUE_URL.match(filed.url)
    return None if match is None else match[1].lower()


def reference(filed: Filed, repository: str) -> IssueRef:
    """The issue as others refer to it."""
    return IssueRef(
        number=filed.number,
        title=filed.title,
        state=IssueState.OPEN if filed.closed_at is None else IssueState.CLOSED,
        state_reason=state_reason(filed.state_reason),
        repository=repository,
    )


def roles(every: tuple[Filed, ...]) -> Mapping[str, Role]:
    """Who has a say: offline there is nothing but GitHub's word for how they belong to the repository."""
    comments = (comment for filed in every for comment in filed.comments)
    return {
        comment.author.login.lower(): Role.TRIAGE
        for comment in comments
        if comment.author is not None and comment.author_association in _WITH_A_SAY
    }


def issue(filed: Filed) -> Issue:
    """The issue as far as the file tells it; everything else is not known."""
    comments = tuple(_comment(one, at) for at, one in enumerate(filed.comments, 1))
    closed = None if filed.closed_at is None else _utc(filed.closed_at)
    moments = [one.created_at for one in comments] + ([closed] if closed is not None else [])
    opened = _utc(filed.created_at) if filed.created_at is not None else min(moments, default=_LONG_AGO)
    return Issue(
        node_id=NodeId(""),
        id=0,
        number=IssueNumber(filed.number),
        url=filed.url,
        title=filed.title,
        body=filed.body,
        state=IssueState.OPEN if closed is None else IssueState.CLOSED,
        state_reason=state_reason(filed.state_reason),
        created_at=opened,
        closed_at=closed,
        locked=False,
        author=_actor(filed.author),
        editor=None,
        labels=_UNTOLD if filed.labels is None else tuple(one.name for one in filed.labels),
        assignees=(),
        sub_issues=_UNTOLD,
        sub_issue_total=0,
        blocked_by=_UNTOLD,
        closing_pulls=_UNTOLD,
        timeline=_UNTOLD,
        comments=comments,
        comment_total=len(comments),
    )


def _comment(one: _Comment, number: int) -> Comment:
    return Comment(
        node_id=NodeId(""),
        id=number,
        url=one.url,
        body=one.body,
        created_at=_utc(one.created_at),
        author=_actor(one.author),
        by_us=False,
        is_minimized=one.is_minimized,
    )


def _actor(one: _Author | None) -> Actor | None:
    if one is None or not one.login:
        return None
    return Actor(login=one.login, is_bot=one.is_bot or one.login.endswith("[bot]"))


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
