"""Pull requests that this app opens: found again by their branch, opened, edited.

https://docs.github.com/en/rest/pulls/pulls
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.github.answers import AppIdentity
from bot.github.commits import lacking
from bot.github.errors import Forbidden
from bot.github.scopes import Scope

_LIST = "/repos/{owner}/{repo}/pulls"
_ONE = _LIST + "/{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """What a pull request is made of: branches of this repository, and words."""

    head: str
    base: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A pull request from a branch of this repository; `ours`: this app opened it, else `author` did."""

    number: int
    url: str
    body: str
    open: bool
    merged: bool
    ours: bool
    author: str


class _User(msgspec.Struct, frozen=True):
    login: str


class _Repository(msgspec.Struct, frozen=True):
    full_name: str


class _End(msgspec.Struct, frozen=True):
    ref: str
    repo: _Repository | None = None


class _Pull(msgspec.Struct, frozen=True):
    number: int
    html_url: str
    state: str
    head: _End
    base: _End
    body: str | None = None
    merged_at: datetime | None = None
    user: _User | None = None


async def proposals_from(scope: Scope, us: AppIdentity, branch: str) -> tuple[Proposal, ...]:
    """The pull requests from a branch of this repository, newest first, whatever their state; the first 100.

    https://docs.github.com/en/rest/pulls/pulls#list-pull-requests
    """
    told = await scope.get(
        _LIST + "{?head,state,per_page}",
        tuple[_Pull, ...],
        head=f"{scope.repository.owner}:{branch}",
        state="all",
        per_page=100,
    )
    # The head's owner names an account, and a fork may be its as well.
    here = (one for one in told if one.head.ref == branch and one.head.repo == one.base.repo)
    return tuple(_proposal(one, us) for one in here)


async def open_proposal(scope: Scope, us: AppIdentity, new: NewProposal) -> Proposal:
    """A new pull request. Never repeat it before looking for one from its branch."""
    body = {"title": new.title, "head": new.head, "base": new.base, "body": new.body}
    try:
        return _proposal(await scope.send("POST", _LIST, body, _Pull), us)
    except Forbidden as forbidden:
        raise await lacking(scope, "pull_requests", forbidden) from forbidden


async def edit_proposal(scope: Scope, us: AppIdentity, number: int, changes: Mapping[str, str]) -> Proposal:
    """A pull request with another title, body or base."""
    try:
        return _proposal(await scope.send("PATCH", _ONE, changes, _Pull, number=number), us)
    except Forbidden as forbidden:
        raise await lacking(scope, "pull_requests", forbidden) from forbidden


def _proposal(one: _Pull, us: AppIdentity) -> Proposal:
    author = one.user.login if one.user is not None else "ghost"
    return Proposal(
        number=one.number,
        url=one.html_url,
        body=one.body or "",
        open=one.state == "open",
        merged=one.merged_at is not None,
        ours=author.lower() == us.login.lower(),
        author=author,
    )
