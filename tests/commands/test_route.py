"""Which deliveries can matter, and the job that each of them asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.commands.request import unpack_command, unpack_merge
from bot.commands.route import COMMAND_JOB, COMMAND_LIFE, MERGE_JOB, router
from bot.engine import Delivery
from bot.github.events import (
    Account,
    AppOfComment,
    Branch,
    Comment,
    Installation,
    InstallationEvent,
    Issue,
    IssueCommentEvent,
    IssuesEvent,
    Payload,
    PullMark,
    PullRequest,
    PullRequestEvent,
    Received,
    Repository,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = Account(login="ann", id=1)
HOME = Repository(id=7, full_name="acme/shop")
THROUGH = Installation(id=9)
TALK = {"body": "/assess-resolution", "node_id": "IC_5", "html_url": "u", "user": ANN, "created_at": NOW}


def routed(payload: Payload, action: str = "created", event: str = "issue_comment") -> Delivery | None:
    received = Received(event=event, guid="g", action=action, payload=payload, received_at=NOW)
    return router(slug="resolution")(received)


def comment(*, installation: Installation | None = THROUGH, pull: bool = False, **changes: object) -> IssueCommentEvent:
    mark = PullMark() if pull else None
    issue = Issue(number=3, node_id="I_3", user=Account(login="carol"), assignees=(Account(login="dora"),))
    issue = Issue(**{name: getattr(issue, name) for name in issue.__struct_fields__} | {"pull_request": mark})
    said = Comment(id=5, **TALK | changes)  # type: ignore[arg-type]
    return IssueCommentEvent(action="created", repository=HOME, installation=installation, issue=issue, comment=said)


def test_a_command_becomes_a_job() -> None:
    """One comment is one command: its job is named after the comment, its turn after the issue."""
    delivery = routed(comment())
    assert delivery is not None
    assert (delivery.guid, delivery.installation, delivery.dedup) == ("g", 9, "comment:7:5")
    assert (delivery.job.id, delivery.job.kind, delivery.job.key) == ("comment:7:5", COMMAND_JOB, "7/3")
    request = unpack_command(delivery.job.payload)
    assert (request.place.full_name, request.place.number, request.is_pull) == ("acme/shop", 3, False)
    assert (request.comment.login, request.comment.at, request.comment.is_bot) == ("ann", NOW, False)
    assert (request.issue_author, request.assignees) == ("carol", ("dora",))


@pytest.mark.parametrize(
    ("payload", "is_bot"),
    [
        pytest.param(comment(user=Account(login="x", type="Bot")), True, id="by-type"),
        pytest.param(comment(user=Account(login="x[bot]")), True, id="by-login"),
        pytest.param(comment(performed_via_github_app=AppOfComment(slug="x")), True, id="by-way-of-an-app"),
        pytest.param(comment(created_at=None), False, id="without-a-time"),
    ],
)
def test_who_commands(payload: IssueCommentEvent, *, is_bot: bool) -> None:
    """Whatever speaks through an app is a bot; a comment without a time is of now."""
    delivery = routed(payload)
    assert delivery is not None
    assert unpack_command(delivery.job.payload).comment.is_bot == is_bot
    assert unpack_command(delivery.job.payload).comment.at == NOW


def test_commands_on_pull_requests_are_told_apart() -> None:
    """They are answered, so they matter."""
    delivery = routed(comment(pull=True))
    assert delivery is not None
    assert unpack_command(delivery.job.payload).is_pull


@pytest.mark.parametrize(
    ("payload", "action"),
    [
        pytest.param(comment(), "edited", id="edited"),
        pytest.param(comment(), "deleted", id="deleted"),
        pytest.param(comment(user=None), "created", id="a-ghost"),
        pytest.param(comment(user=Account(login="Resolution[bot]", type="Bot")), "created", id="ourselves"),
        pytest.param(comment(installation=None), "created", id="not-an-apps-hook"),
        pytest.param(comment(body="thanks!"), "created", id="no-command"),
        pytest.param(comment(created_at=NOW - COMMAND_LIFE - timedelta(seconds=1)), "created", id="too-old"),
    ],
)
def test_comments_that_do_not_matter(payload: IssueCommentEvent, action: str) -> None:
    """Nothing is written for what cannot be a command of somebody else's, given just now."""
    assert routed(payload, action) is None


def test_a_comment_at_the_end_of_its_life() -> None:
    """As long as GitHub redelivers, a command is taken."""
    assert routed(comment(created_at=NOW - COMMAND_LIFE)) is not None


def merged(*, through: Installation | None = THROUGH, done: bool = True, sender: Account | None = ANN) -> Payload:
    pull = PullRequest(number=12, base=Branch(ref="main"), merged=done)
    return PullRequestEvent(action="closed", repository=HOME, installation=through, pull_request=pull, sender=sender)


@pytest.mark.parametrize(("sender", "by"), [(ANN, "ann"), (None, None)])
def test_a_merge_becomes_a_job(sender: Account | None, by: str | None) -> None:
    """A pull request is merged once, whatever is delivered."""
    delivery = routed(merged(sender=sender), "closed", "pull_request")
    assert delivery is not None
    assert (delivery.job.id, delivery.job.kind, delivery.job.key) == ("merge:7:12", MERGE_JOB, "7/pull/12")
    assert unpack_merge(delivery.job.payload).merged_by == by


@pytest.mark.parametrize(
    ("payload", "action"),
    [
        pytest.param(merged(done=False), "closed", id="closed-unmerged"),
        pytest.param(merged(), "opened", id="another-action"),
        pytest.param(merged(through=None), "closed", id="not-an-apps-hook"),
        pytest.param(IssuesEvent(action="closed", repository=HOME, issue=Issue(number=3)), "closed", id="issues"),
        pytest.param(InstallationEvent(action="created", installation=THROUGH), "created", id="installation"),
    ],
)
def test_other_events_do_not_matter(payload: Payload, action: str) -> None:
    """They touch no database."""
    assert routed(payload, action, "pull_request") is None
