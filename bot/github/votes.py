"""Who reacted with 👍 or 👎 to a comment, and when.

Each of the two is one page of the newest hundred. Bots are left out, since GitHub does not name them.
https://docs.github.com/en/graphql/reference/objects#reaction
"""

from datetime import datetime

from bot.github import parse, wire
from bot.github.batches import Question, Reply, Variable
from bot.github.models import NodeId, Vote

_NEWEST = "last: 100, orderBy: {field: CREATED_AT, direction: ASC}"
_NODES = "{ nodes { createdAt user { login } } }"


class _User(wire.Wire, frozen=True):
    login: str


class _Reaction(wire.Wire, frozen=True):
    created_at: datetime
    user: _User | None = None


class _Comment(wire.Wire, frozen=True):
    up: wire.Connection[_Reaction] | None = None
    down: wire.Connection[_Reaction] | None = None


def votes(comment: NodeId) -> Question[tuple[Vote, ...]]:
    """The 👍 and 👎 on a comment by people, oldest first; none where the comment is gone."""

    def read(reply: Reply) -> tuple[Vote, ...]:
        found = reply.value("", _Comment)
        if found is None:
            return ()
        both = ((True, found.up), (False, found.down))
        told = (
            Vote(login=one.user.login, up=up, at=one.created_at)
            for up, page in both
            for one in parse.entries(page)
            if one.user is not None
        )
        return tuple(sorted(told, key=lambda vote: vote.at))

    return Question(
        selection="§: node(id: $§comment) { ... on IssueComment { "
        f"up: reactions(content: THUMBS_UP, {_NEWEST}) {_NODES} "
        f"down: reactions(content: THUMBS_DOWN, {_NEWEST}) {_NODES} }} }}",
        variables=(Variable(name="comment", type="ID!", value=comment),),
        fragments=(),
        read=read,
        elsewhere=True,
    )
