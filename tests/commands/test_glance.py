"""What is said where an issue cannot be seen, and what is made of what is kept."""

from datetime import UTC, datetime

import pytest

from bot.commands.glance import Glance, unseen
from bot.commands.measure import rules_of
from bot.commands.status import situation_of
from bot.config.load import load
from bot.engine import Waiting
from bot.github.errors import Forbidden, GitHubError, Gone, IsPull, Moved, NotFound, Refused
from bot.github.models import Unknown
from tests.probes.world import NOW, context, issue

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(IsPull("a pull request"), "Everything else has its place on the issue", id="pull"),
        pytest.param(Moved("moved", "https://github.com/octo/new/issues/1"), "This issue has moved", id="moved"),
        pytest.param(Forbidden("no", "issues: read"), "I lack the permission `issues: read`", id="permission"),
        pytest.param(Forbidden("no"), "GitHub did not answer", id="forbidden"),
        pytest.param(Refused("odd", 422), "ask again in a few minutes with `/resolution status`", id="refused"),
        pytest.param(NotFound("gone"), None, id="absent"),
        pytest.param(Gone("gone"), None, id="deleted"),
    ],
)
def test_what_is_said_instead(error: GitHubError, words: str | None) -> None:
    """The reason and the next step; nothing where nobody is left to read it."""
    said = unseen(error, again="/resolution status", now=AT)
    assert (said is None) == (words is None)
    assert (words or "").lower() in (said or "").lower()


@pytest.mark.parametrize(
    ("labels", "held"),
    [
        (("Bug", "do-not-close"), ("do-not-close",)),
        (("bug",), ()),
        (Unknown(reason="no"), None),
    ],
    ids=["held", "free", "unread"],
)
def test_what_holds_it(labels: tuple[str, ...] | Unknown, held: tuple[str, ...] | None) -> None:
    """The labels on it that the policy names; what could not be read is not told as none."""
    rules = load("version: 1\nlabels: {hold: [Do-Not-Close]}\n", path="p", source="p")
    glance = Glance(snapshot=context(about=issue(labels=labels)).snapshot, rules=rules, now=NOW)
    assert held == situation_of(glance, None, None, ()).holds


def test_what_is_queued() -> None:
    """Commands and merges that wait for their turn are counted; what only lies there for later is not."""
    snapshot = context().snapshot
    waiting = tuple(Waiting(kind=kind, due_at=NOW) for kind in ("command.v1", "linked.v1", "something.v1"))
    told = situation_of(
        Glance(snapshot=snapshot, rules=rules_of(snapshot), now=NOW), None, None, waiting, waivers=("w",)
    )
    assert (told.queued, told.parked) == (2, ())
