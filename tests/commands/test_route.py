"""Which deliveries can matter, and the job that each of them asks for."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.commands.request import CommandRequest, ForgetRequest, GuardRequest, MergeRequest, unpack
from bot.commands.route import (
    COMMAND_JOB,
    COMMAND_LIFE,
    FORGET_JOB,
    GUARD_JOB,
    MERGE_JOB,
    SETTLING,
    router,
)
from bot.engine import Delivery, Signal
from bot.github.events import (
    Account,
    AppOfComment,
    Branch,
    CheckSuite,
    CheckSuiteEvent,
    Comment,
    Deployment,
    DeploymentState,
    DeploymentStatusEvent,
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
    StatusEvent,
    WorkflowRun,
    WorkflowRunEvent,
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
    request = unpack(delivery.job.payload, CommandRequest)
    assert (request.place.full_name, request.place.number, request.is_pull) == ("acme/shop", 3, False)
    assert (request.comment.login, request.comment.at, request.comment.is_bot) == ("ann", NOW, False)
    assert (request.issue_author, request.assignees) == ("carol", ("dora",))


@pytest.mark.parametrize(
    ("body", "topics"),
    [("/confirm-fixed", ("confirmed:7:3",)), ("/assess-resolution\n/confirm-fixed", ("confirmed:7:3",))],
)
def test_a_confirmation_is_a_job_and_a_signal(body: str, topics: tuple[str, ...]) -> None:
    """It is answered, and wakes who waits for it; other commands wake nobody."""
    delivery = routed(comment(body=body))
    assert delivery is not None
    assert (delivery.job.kind, delivery.signal) == (COMMAND_JOB, Signal(topics=topics, scope="repository:7"))
    plain = routed(comment())
    assert plain is not None
    assert plain.signal is None


@pytest.mark.parametrize(
    ("payload", "is_bot", "bot_account"),
    [
        pytest.param(comment(user=Account(login="x", type="Bot")), True, True, id="by-type"),
        pytest.param(comment(user=Account(login="x[bot]")), True, True, id="by-login"),
        pytest.param(comment(performed_via_github_app=AppOfComment(slug="x")), True, False, id="by-way-of-an-app"),
        pytest.param(comment(created_at=None), False, False, id="without-a-time"),
    ],
)
def test_who_commands(payload: IssueCommentEvent, *, is_bot: bool, bot_account: bool) -> None:
    """Whatever speaks through an app is a bot, and the account says whose name it has; without a time it is of now."""
    delivery = routed(payload)
    assert delivery is not None
    asked = unpack(delivery.job.payload, CommandRequest).comment
    assert (asked.is_bot, asked.bot_account, asked.at) == (is_bot, bot_account, NOW)


def test_a_job_that_was_stored_before_trusts_nobody() -> None:
    """Whose account wrote it was not kept then."""
    delivery = routed(comment(user=Account(login="x[bot]", type="Bot")))
    assert delivery is not None
    stored = msgspec.json.decode(msgspec.json.encode(delivery.job.payload))
    del stored["comment"]["bot_account"]
    assert not unpack(stored, CommandRequest).comment.bot_account


def test_commands_on_pull_requests_are_told_apart() -> None:
    """They are answered, so they matter."""
    delivery = routed(comment(pull=True))
    assert delivery is not None
    assert unpack(delivery.job.payload, CommandRequest).is_pull


@pytest.mark.parametrize(
    ("payload", "action"),
    [
        pytest.param(comment(), "edited", id="edited"),
        pytest.param(comment(), "deleted", id="deleted"),
        pytest.param(comment(user=None), "created", id="a-ghost"),
        pytest.param(comment(user=Account(login="Resolution[bot]", type="Bot")), "created", id="ourselves"),
        pytest.param(comment(installation=None), "created", id="not-an-apps-hook"),
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
    pull = PullRequest(number=12, base=Branch(ref="main"), merged=done, merged_at=NOW)
    return PullRequestEvent(action="closed", repository=HOME, installation=through, pull_request=pull, sender=sender)


@pytest.mark.parametrize(("sender", "by"), [(ANN, "ann"), (None, None)])
def test_a_merge_becomes_a_job(sender: Account | None, by: str | None) -> None:
    """A pull request is merged once, whatever is delivered; when that was is GitHub's word."""
    delivery = routed(merged(sender=sender), "closed", "pull_request")
    assert delivery is not None
    assert (delivery.job.id, delivery.job.kind, delivery.job.key) == ("merge:7:12", MERGE_JOB, "7/pull/12")
    request = unpack(delivery.job.payload, MergeRequest)
    assert (request.merged_by, request.merged_at) == (by, NOW)


@pytest.mark.parametrize(
    ("payload", "action"),
    [
        pytest.param(merged(done=False), "closed", id="closed-unmerged"),
        pytest.param(merged(), "opened", id="another-action"),
        pytest.param(merged(through=None), "closed", id="not-an-apps-hook"),
        pytest.param(IssuesEvent(action="opened", repository=HOME, issue=Issue(number=3)), "opened", id="issues"),
        pytest.param(InstallationEvent(action="created", installation=THROUGH), "created", id="installation"),
    ],
)
def test_other_events_do_not_matter(payload: Payload, action: str) -> None:
    """They touch no database."""
    assert routed(payload, action, "pull_request") is None


RUN = WorkflowRunEvent(
    action="completed",
    repository=HOME,
    installation=THROUGH,
    workflow_run=WorkflowRun(id=8841, path=".github/workflows/suite.yml@main"),
)
SUITE = CheckSuiteEvent(
    action="completed", repository=HOME, installation=THROUGH, check_suite=CheckSuite(head_sha="a" * 40)
)
STATUS = StatusEvent(repository=HOME, installation=THROUGH, sha="a" * 40, state="failure")
PENDING = msgspec.structs.replace(STATUS, state="pending")
DEPLOYED = DeploymentStatusEvent(
    action="created",
    repository=HOME,
    installation=THROUGH,
    deployment_status=DeploymentState(state="success"),
    deployment=Deployment(sha="a" * 40, environment="production"),
)
CLOSED = IssuesEvent(
    action="closed", repository=HOME, installation=THROUGH, issue=Issue(number=3, state_reason="not_planned")
)
FAILED = msgspec.structs.replace(
    DEPLOYED,
    deployment_status=DeploymentState(state="failure"),
    deployment=Deployment(sha="a" * 40, environment="Production"),
)


@pytest.mark.parametrize(
    ("payload", "action", "topics"),
    [
        pytest.param(RUN, "completed", ("workflow_run:8841", "workflow:7:suite.yml"), id="workflow-run"),
        pytest.param(SUITE, "completed", (f"check_suite:7:{'a' * 40}",), id="check-suite"),
        pytest.param(STATUS, "", (f"check_suite:7:{'a' * 40}",), id="commit-status"),
        pytest.param(DEPLOYED, "created", ("deployment:7:production", "deployed:7:production"), id="deployed"),
        pytest.param(FAILED, "created", ("deployment:7:production",), id="deployment-failed"),
        pytest.param(CLOSED, "closed", ("set_aside:7:3", "issue_closed:7:3", "issue_closed:acme/shop:3"), id="issue"),
    ],
)
def test_ends_are_signals(payload: Payload, action: str, topics: tuple[str, ...]) -> None:
    """What may be waited for wakes whoever does; it asks for no job."""
    delivery = routed(payload, action, "any")
    assert delivery is not None
    also = ("closings:acme/shop",) if payload is CLOSED else ()
    assert (delivery.job, delivery.signal) == (None, Signal(topics=topics, scope="repository:7", also=also))


@pytest.mark.parametrize(
    ("payload", "action"),
    [
        pytest.param(RUN, "requested", id="run-requested"),
        pytest.param(RUN, "in_progress", id="run-in-progress"),
        pytest.param(SUITE, "requested", id="suite-requested"),
        pytest.param(PENDING, "", id="status-pending"),
        pytest.param(DEPLOYED, "deleted", id="deployment-deleted"),
        pytest.param(CLOSED, "labeled", id="issue-labeled"),
    ],
)
def test_beginnings_are_none(payload: Payload, action: str) -> None:
    """Nobody waits for a beginning."""
    assert routed(payload, action, "any") is None


@pytest.mark.parametrize("action", ["reopened", "deleted", "transferred"])
def test_what_is_resolved_no_longer_is_forgotten(action: str) -> None:
    """In the issue's own turn, once a delivery; who watches or waits hears; without an installation it is not ours."""
    delivery = routed(CLOSED, action, "issues")
    assert delivery is not None
    assert delivery.job is not None
    assert (delivery.job.kind, delivery.job.key) == (FORGET_JOB, "7/3")
    assert delivery.signal == Signal(topics=("watch:7:3", "confirmed:7:3"), scope="repository:7")
    assert unpack(delivery.job.payload, ForgetRequest).place.number == 3
    assert routed(msgspec.structs.replace(CLOSED, installation=None), action, "issues") is None


def test_signals_of_other_hooks() -> None:
    """What does not come through an installation is not ours."""
    assert routed(msgspec.structs.replace(RUN, installation=None), "completed") is None


def closing(sender: Account | None = ANN, reason: str | None = "completed", **issue: object) -> IssuesEvent:
    about = Issue(number=3, state_reason=reason, closed_at=NOW)
    about = msgspec.structs.replace(about, **issue)
    return IssuesEvent(action="closed", repository=HOME, installation=THROUGH, issue=about, sender=sender)


@pytest.mark.parametrize("reason", ["completed", None])
def test_a_closing_is_a_job_and_a_signal(reason: str | None) -> None:
    """It is looked at a while later, on the issue's turn, and wakes who waits for it; a newer one takes its place."""
    delivery = routed(closing(reason=reason), "closed", "issues")
    assert delivery is not None
    assert delivery.job is not None
    job = delivery.job
    assert (job.id, job.kind, job.key) == (f"guard:7:3:{NOW.isoformat()}", GUARD_JOB, "7/3")
    assert (job.supersedable, job.delay, delivery.dedup) == (True, SETTLING, job.id)
    topics = ("issue_closed:7:3", "issue_closed:acme/shop:3")
    assert delivery.signal == Signal(topics=topics, scope="repository:7", also=("closings:acme/shop",))
    request = unpack(job.payload, GuardRequest)
    assert (request.by, request.by_bot, request.closed_at, request.place.number) == ("ann", False, NOW, 3)


@pytest.mark.parametrize(
    ("sender", "by", "by_bot"),
    [
        (Account(login="stale[bot]", type="Bot"), "stale[bot]", True),
        (Account(login="robot", type="Bot"), "robot", True),
        (None, None, False),
    ],
)
def test_whose_closing_it_is(sender: Account | None, by: str | None, *, by_bot: bool) -> None:
    """A bot's account tells; whoever is gone counts as a person. Without a time the delivery tells closings apart."""
    delivery = routed(closing(sender, closed_at=None), "closed", "issues")
    assert delivery is not None
    assert delivery.job is not None
    request = unpack(delivery.job.payload, GuardRequest)
    assert (request.by, request.by_bot, delivery.job.id) == (by, by_bot, "guard:7:3:g")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(closing(reason="not_planned"), id="not-planned"),
        pytest.param(closing(reason="duplicate"), id="duplicate"),
        pytest.param(closing(Account(login="resolution[bot]", type="Bot")), id="ourselves"),
        pytest.param(closing(pull_request=PullMark()), id="a-pull-request"),
    ],
)
def test_closings_that_are_not_looked_at(payload: IssuesEvent) -> None:
    """They only wake who waits for them."""
    delivery = routed(payload, "closed", "issues")
    assert delivery is not None
    assert (delivery.job, delivery.signal is not None) == (None, True)


def test_a_closing_by_another_hook() -> None:
    """What does not come through an installation is not ours."""
    assert routed(msgspec.structs.replace(closing(), installation=None), "closed", "issues") is None


@pytest.mark.parametrize(("slug", "heard"), [("resolution", False), ("github-actions", True), (None, True)])
def test_our_own_check_suites_are_no_signal(slug: str | None, heard: bool) -> None:
    """What we report would else wake whoever waits for checks."""
    suite = CheckSuite(head_sha="a" * 40, app=AppOfComment(slug=slug))
    assert (routed(msgspec.structs.replace(SUITE, check_suite=suite), "completed") is not None) is heard
