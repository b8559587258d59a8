"""What was said under an issue since a moment, or changed since then.

https://docs.github.com/en/rest/issues/comments#list-issue-comments
"""

from datetime import UTC, datetime

import msgspec

from bot.github.models import Said
from bot.github.scopes import Scope

_GHOST = "ghost"  # GitHub's stand-in for accounts that are gone


class _User(msgspec.Struct, frozen=True):
    login: str
    type: str = "User"


class _Comment(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    updated_at: datetime
    body: str = ""
    html_url: str = ""
    user: _User | None = None


async def said_since(scope: Scope, number: int, since: datetime) -> tuple[Said, ...]:
    """The comments under an issue that were written or edited since then, oldest first, all pages."""
    found = await scope.pages(
        "/repos/{owner}/{repo}/issues/{number}/comments{?since,per_page}",
        _Comment,
        number=number,
        since=since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        per_page=100,
    )
    return tuple(_said(one) for one in found)


def _said(one: _Comment) -> Said:
    user = None if one.user is None or one.user.login == _GHOST else one.user
    return Said(
        id=one.id,
        login=None if user is None else user.login,
        is_bot=user is not None and user.type == "Bot",
        body=one.body,
        created_at=one.created_at,
        updated_at=one.updated_at,
        url=one.html_url,
    )
