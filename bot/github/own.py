"""Our own comments, read back by REST after a write whose outcome is unknown.

https://docs.github.com/en/rest/issues/comments#list-issue-comments
"""

from datetime import UTC, datetime

import msgspec

from bot.github.answers import AppIdentity
from bot.github.errors import NotFound
from bot.github.models import Actor, Comment, NodeId
from bot.github.scopes import Scope


class _User(msgspec.Struct, frozen=True):
    login: str
    type: str = "User"


class _App(msgspec.Struct, frozen=True):
    id: int


class _Comment(msgspec.Struct, frozen=True):
    id: int
    node_id: str
    html_url: str
    created_at: datetime
    body: str = ""
    user: _User | None = None
    performed_via_github_app: _App | None = None


async def own_comments(scope: Scope, us: AppIdentity, number: int, since: datetime) -> tuple[Comment, ...]:
    """Our comments under an issue that were written or changed since then, oldest first, all pages."""
    found = await scope.pages(
        "/repos/{owner}/{repo}/issues/{number}/comments{?since,per_page}",
        _Comment,
        number=number,
        since=since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        per_page=100,
    )
    return tuple(_comment(one) for one in found if _ours(one, us))


async def comment_exists(scope: Scope, comment_id: int) -> bool:
    """Does the comment stand?"""
    try:
        await scope.get("/repos/{owner}/{repo}/issues/comments/{id}", _Comment, id=comment_id)
    except NotFound:
        return False
    return True


def _ours(one: _Comment, us: AppIdentity) -> bool:
    """By the app's id where GitHub tells it, and always by the login: anybody can copy a marker."""
    app = one.performed_via_github_app
    return one.user is not None and one.user.login == us.login and (app is None or not us.id or app.id == us.id)


def _comment(one: _Comment) -> Comment:
    user = one.user
    return Comment(
        node_id=NodeId(one.node_id),
        id=one.id,
        url=one.html_url,
        body=one.body,
        created_at=one.created_at,
        author=Actor(login=user.login.removesuffix("[bot]"), is_bot=user.type == "Bot") if user else None,
        by_us=True,
        is_minimized=False,  # REST does not tell
    )
