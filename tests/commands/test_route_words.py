"""Which comments are heard by a closing that is announced."""

from datetime import UTC, datetime

import msgspec
import pytest

from bot.commands.route import COMMAND_JOB, router
from bot.engine import Delivery, Signal
from bot.github.events import (
    Account,
    AppOfComment,
    Comment,
    Installation,
    Issue,
    IssueCommentEvent,
    PullMark,
    Received,
    Repository,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAROL = Account(login="carol", id=2)
WORDS = Comment(id=5, body="It still fails.", node_id="IC_5", html_url="u", user=CAROL, created_at=NOW)
EVENT = IssueCommentEvent(
    action="created",
    repository=Repository(id=7, full_name="acme/shop"),
    installation=Installation(id=9),
    issue=Issue(number=3),
    comment=WORDS,
)
ANNOUNCED, CONFIRMED = "announced:7:3", "confirmed:7:3"


def routed(event: IssueCommentEvent, action: str = "created") -> Delivery | None:
    received = Received(event="issue_comment", guid="g", action=action, payload=event, received_at=NOW)
    return router(slug="resolution")(received)


def by(account: Account | None, **changes: object) -> IssueCommentEvent:
    """The same words by somebody else."""
    return msgspec.structs.replace(EVENT, comment=msgspec.structs.replace(WORDS, user=account, **changes))


@pytest.mark.parametrize("action", ["created", "edited"])
@pytest.mark.parametrize(
    "event",
    [
        pytest.param(EVENT, id="a-person"),
        pytest.param(by(None), id="an-account-that-is-gone"),
        pytest.param(by(CAROL, performed_via_github_app=AppOfComment(slug="mail")), id="through-an-app"),
    ],
)
def test_words_are_heard(event: IssueCommentEvent, action: str) -> None:
    """New or edited, they wake who waits for objections, and ask for no job."""
    delivery = routed(event, action)
    assert delivery is not None
    assert (delivery.job, delivery.signal) == (None, Signal(topics=(ANNOUNCED,), scope="repository:7"))


@pytest.mark.parametrize(
    ("event", "action"),
    [
        pytest.param(EVENT, "deleted", id="deleted"),
        pytest.param(by(Account(login="stale[bot]", type="Bot")), "created", id="a-bot"),
        pytest.param(by(Account(login="resolution[bot]", type="Bot")), "created", id="ourselves"),
        pytest.param(by(CAROL, body="/resolution status"), "edited", id="no-more-than-a-command"),
        pytest.param(
            msgspec.structs.replace(EVENT, issue=Issue(number=3, pull_request=PullMark())), "created", id="pull"
        ),
        pytest.param(msgspec.structs.replace(EVENT, installation=None), "created", id="not-an-apps-hook"),
    ],
)
def test_words_that_object_to_nothing(event: IssueCommentEvent, action: str) -> None:
    """They touch no database."""
    assert routed(event, action) is None


@pytest.mark.parametrize(
    ("body", "topics"),
    [
        ("/resolution status", ()),
        ("Not fixed!\n\n/resolution status", (ANNOUNCED,)),
        ("/reopn", (ANNOUNCED,)),
        ("/reopen", (ANNOUNCED,)),
        ("/confirm-fixed", (CONFIRMED,)),
        ("Thanks!\n\n/confirm-fixed", (CONFIRMED,)),
        ("/confirm-fixed\n\n/reopn", (CONFIRMED, ANNOUNCED)),
        ("Not fixed!\n\n/assess-resolution", ()),
        ("/resolution cancel", ()),
    ],
)
def test_commands_are_heard_as_well(body: str, topics: tuple[str, ...]) -> None:
    """Each is a job; who waits hears what objects or confirms, unless the command itself ends the announcement."""
    delivery = routed(by(CAROL, body=body))
    assert delivery is not None
    assert delivery.job is not None
    assert delivery.job.kind == COMMAND_JOB
    assert delivery.signal == (Signal(topics=topics, scope="repository:7") if topics else None)
