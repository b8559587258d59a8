"""Our comments: written once, edited in place, found again by their mark."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.actions.trouble import as_write
from bot.engine import Json
from bot.github.answers import IssueNow, Posted
from bot.github.errors import NotFound
from bot.github.models import Comment, IssueNumber, NodeId


class CommentWriter(Protocol):
    """What this action needs of the gateway."""

    async def comment_create(self, issue_node_id: NodeId, body: str) -> Posted:
        """A new comment."""
        ...

    async def comment_update(self, comment_node_id: NodeId, body: str) -> Posted:
        """A new text for a comment."""
        ...

    async def list_own_comments_since(self, number: IssueNumber, since: datetime) -> tuple[Comment, ...]:
        """Comments of this app on the issue that were written or edited since then, all pages."""
        ...


class Upsert:
    """Edits our comment, or writes a new one where there is none or it was deleted.

    `mine` recognises this very write's mark in a body. `now` is the issue as it stood in the same request, None
    where the write was not sent by this object (a resumed job).
    """

    def __init__(
        self,
        writer: CommentWriter,
        *,
        issue: tuple[NodeId, IssueNumber],
        existing: NodeId | None,
        body: str,
        mine: Callable[[str], bool],
    ) -> None:
        self._writer = writer
        self._issue = issue
        self._existing = existing
        self._body = body
        self._mine = mine
        self.now: IssueNow | None = None

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`."""
        with as_write():
            posted = await self._post()
        self.now = posted.now
        return {"node_id": posted.node_id, "url": posted.url}

    async def find(self, since: datetime) -> Json | None:
        """Our comment with this write's mark, if GitHub has one."""
        with as_write():
            comments = await self._writer.list_own_comments_since(self._issue[1], since)
        found = next((comment for comment in comments if self._mine(comment.body)), None)
        return None if found is None else {"node_id": found.node_id, "url": found.url}

    async def _post(self) -> Posted:
        if self._existing is not None:
            try:
                return await self._writer.comment_update(self._existing, self._body)
            except NotFound:
                # Somebody deleted it: people may, and the answer is still owed.
                self._existing = None
        return await self._writer.comment_create(self._issue[0], self._body)
