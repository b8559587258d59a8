"""Issues that our own app files: made, found again, edited, put below another.

https://docs.github.com/en/rest/issues/issues
https://docs.github.com/en/rest/issues/sub-issues
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bot.github.answers import AppIdentity
from bot.github.errors import NotFound
from bot.github.scopes import Scope
from bot.github.writes import ISSUE

_LIST = "/repos/{owner}/{repo}/issues"
_PAGE = 100
_PAGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """What an issue is made of; labels that do not exist yet are made by GitHub, in grey."""

    title: str
    body: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledIssue:
    """An issue of ours as it is; `id` is GitHub's database id, `node_id` that of GraphQL."""

    number: int
    id: int
    node_id: str
    url: str
    title: str
    body: str
    open: bool
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledIssues:
    """Issues of ours, newest first; `complete` says whether these are all that were asked for."""

    issues: tuple[FiledIssue, ...]
    complete: bool


class _User(msgspec.Struct, frozen=True):
    login: str


class _App(msgspec.Struct, frozen=True):
    id: int


class _Label(msgspec.Struct, frozen=True):
    name: str = ""


class _Issue(msgspec.Struct, frozen=True):
    id: int
    node_id: str
    number: int
    html_url: str
    title: str
    state: str
    body: str | None = None
    user: _User | None = None
    labels: tuple[_Label | str, ...] = ()
    assignees: tuple[_User, ...] | None = None
    performed_via_github_app: _App | None = None
    pull_request: dict[str, object] | None = None


async def create_issue(scope: Scope, new: NewIssue) -> FiledIssue:
    """A new issue. Never repeat it before looking for its mark. Labels that we may not set are missing there."""
    body: dict[str, object] = {"title": new.title, "body": new.body}
    if new.labels:
        body["labels"] = list(new.labels)
    if new.assignees:
        body["assignees"] = list(new.assignees)
    return _filed(await scope.send("POST", _LIST, body, _Issue))


async def edit_issue(scope: Scope, number: int, changes: Mapping[str, str]) -> FiledIssue:
    """Another title, body or state (`open`)."""
    return _filed(await scope.send("PATCH", ISSUE, changes, _Issue, number=number))


async def add_assignees(scope: Scope, number: int, logins: tuple[str, ...]) -> FiledIssue:
    """Put people on an issue as well. GitHub leaves out those whom it does not let be assigned, and says nothing.

    https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue
    """
    return _filed(await scope.send("POST", f"{ISSUE}/assignees", {"assignees": list(logins)}, _Issue, number=number))


async def filed_issue(scope: Scope, us: AppIdentity, number: int) -> FiledIssue | None:
    """An issue by number; None where we did not write it, or it lives elsewhere now."""
    one = await scope.get(ISSUE, _Issue, number=number)
    return _filed(one) if _ours(one, us) and one.number == number else None


async def filed_issues(scope: Scope, us: AppIdentity, above: int, since: datetime | None) -> FiledIssues:
    """Our issues with numbers above the given one, whatever their state: at most 1,000 are looked at.

    With `since`, only those that were changed since then.
    """
    found: list[FiledIssue] = []
    changed: dict[str, str] = {} if since is None else {"since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    for page in range(1, _PAGES + 1):
        read = await scope.get(
            _LIST + "{?creator,state,per_page,page,since}",
            tuple[_Issue, ...],
            follow=True,
            creator=us.login,
            state="all",
            per_page=_PAGE,
            page=page,
            **changed,
        )
        found += [_filed(one) for one in read if one.number > above and _ours(one, us)]
        # newest first: what is filed for an issue has a greater number
        if len(read) < _PAGE or min(one.number for one in read) <= above:
            return FiledIssues(issues=tuple(found), complete=True)
    return FiledIssues(issues=tuple(found), complete=False)


async def add_sub_issue(scope: Scope, parent: int, child: int) -> None:
    """Put an issue (by its database id) below another (by number). Refused at GitHub's limits, and if it is there."""
    await scope.send("POST", f"{ISSUE}/sub_issues", {"sub_issue_id": child}, _Number, number=parent)


async def parent_of(scope: Scope, number: int) -> int | None:
    """The number of the issue above; None where there is none. It may be one of another repository."""
    try:
        return (await scope.get(f"{ISSUE}/parent", _Number, number=number)).number
    except NotFound:
        return None


class _Number(msgspec.Struct, frozen=True):
    number: int


def _ours(one: _Issue, us: AppIdentity) -> bool:
    """By the app's id where GitHub tells it, and always by the login; a pull request is none."""
    app = one.performed_via_github_app
    written = one.user is not None and one.user.login == us.login and (app is None or not us.id or app.id == us.id)
    return written and one.pull_request is None


def _filed(one: _Issue) -> FiledIssue:
    return FiledIssue(
        number=one.number,
        id=one.id,
        node_id=one.node_id,
        url=one.html_url,
        title=one.title,
        body=one.body or "",
        open=one.state == "open",
        labels=tuple(label if isinstance(label, str) else label.name for label in one.labels),
        assignees=tuple(who.login for who in one.assignees or ()),
    )
