"""Which deliveries can matter, and what each of them asks for. Pure: an event in, a delivery or nothing out.

Rules:
1. A comment is a command if it is new, not our own, and holds a command of ours; an edited one never is.
2. A pull request matters when it is merged, and when it is opened or its head moves: then only its newest head does.
   So do its newest words, when they or the branch that it goes to were changed. One of ours with a learning document
   never does: it fixes nothing.
3. One comment is one command, however often it is delivered. What an app writes in a person's name is a bot's comment,
   and yet not by the bot whose name that person may have.
4. What a pending answer may wait for is a signal: a workflow run or a check suite that ended, a commit's status that
   pends no longer, a deployment's new state, an issue that was closed. It asks for no job; whether somebody waits for
   it the inbox knows.
5. A comment that confirms the fix is both. What may object to a closing that is announced is a signal, also when it is
   edited, and both where it holds commands too. Who waits looks for himself whose word it is. Who asks for an
   assessment or cancels ends the announcement by that: he is not heard before his own command.
6. An issue that is reopened, or is gone, is remembered as resolved no longer; whoever watches it is told.
7. An issue that somebody else closed as completed is a signal and a job: whether such closings are guarded is for the
   policy to say. Our own hand sets nothing off.
"""

from collections.abc import Callable
from datetime import timedelta

from bot.assessment import topics
from bot.assessment.evidence import Sha
from bot.assessment.proposal import BRANCHES
from bot.commands.grammar import Assess, Confirm, commands_in
from bot.commands.intake import only_asks
from bot.commands.request import (
    AskedIn,
    CommandRequest,
    ForgetRequest,
    GuardRequest,
    MergeRequest,
    Place,
    PushRequest,
    pack,
)
from bot.commands.watch_words import Cancel
from bot.engine import Delivery, Job, Signal
from bot.github.events import (
    Account,
    AppOfComment,
    CheckSuite,
    CheckSuiteEvent,
    DeploymentStatusEvent,
    InstallationEvent,
    IssueCommentEvent,
    IssuesEvent,
    Payload,
    PullRequestEvent,
    Received,
    Repository,
    StatusEvent,
    WorkflowRun,
    WorkflowRunEvent,
)

COMMAND_JOB = "command.v1"
MERGE_JOB = "merge.v1"
LINKED_JOB = "linked.v1"
AGAIN_JOB = "again.v1"
PULL_JOB = "pull.v1"
WAIVER_END_JOB = "waiver-end.v1"
PREVIEW_JOB = "preview.v1"
AFTERMATH_JOB = "aftermath.v1"
AUDIT_JOB = "audit.v1"
FORGET_JOB = "forget.v1"
GUARD_JOB = "guard.v1"
WATCH_JOB = "watch.v1"
PROMISE_JOB = "promise.v1"
_HEAD_MOVED = frozenset({"opened", "reopened", "synchronize"})
_RESOLVED_NO_LONGER = frozenset({"reopened", "deleted", "transferred"})
_WORDS = ("title", "body", "base")  # where closing keywords stand, and what makes them count
COMMAND_LIFE = timedelta(days=3)  # as long as GitHub redelivers: what is older is a replay


SETTLING = timedelta(seconds=5)  # GitHub closes a merge's issues a second or two later, and tells in no promised order


def router(*, slug: str | None, settling: timedelta = SETTLING) -> Callable[[Received], Delivery | None]:
    """The routing for an app with this slug (its comments are by `slug[bot]`).

    A closing is looked at `settling` after it was told. Where the slug is not known, our own comments are still no
    commands: nothing that we write holds one.
    """

    def route(received: Received) -> Delivery | None:
        match received.payload:
            case IssueCommentEvent() as payload:
                return _comment(received, payload, slug)
            case PullRequestEvent() as payload if _is_record(payload, slug):
                return None
            case PullRequestEvent() as payload if received.action == "closed" and payload.pull_request.merged:
                return _merge(received, payload)
            case PullRequestEvent() as payload if received.action in _HEAD_MOVED:
                return _push(received, payload)
            case PullRequestEvent() as payload if received.action == "edited" and payload.changes.keys() & {*_WORDS}:
                return _edit(received, payload)
            case IssuesEvent() as payload:
                return _issue(received, payload, slug, settling)
            case CheckSuiteEvent(check_suite=CheckSuite(app=AppOfComment(slug=str() as app))) if app == slug:
                return None  # our own check runs are what we say, not what we wait for
            case payload:
                return _signal(received, payload)

    return route


def scope_of(repository_id: int) -> str:
    """Where signals of a repository are heard."""
    return f"repository:{repository_id}"


def closings_of(full_name: str) -> str:
    """Where closings are heard of a repository of which no more than the name (`owner/name`) is known."""
    return f"closings:{full_name.lower()}"


def _signal(received: Received, payload: Payload) -> Delivery | None:
    heard = topics_of(payload, received.action)
    if not heard or isinstance(payload, InstallationEvent) or payload.installation is None:
        return None
    repository = payload.repository
    also = (closings_of(repository.full_name),) if isinstance(payload, IssuesEvent) else ()
    return _only(received, payload.installation.id, Signal(topics=heard, scope=scope_of(repository.id), also=also))


def topics_of(payload: Payload, action: str) -> tuple[str, ...]:
    """What the event is the end of, by the names under which it is waited for; nothing for all other events."""
    match payload:
        case WorkflowRunEvent(repository=repository, workflow_run=run) if action == "completed":
            return topics.workflow_run(run.id), topics.workflow_of(repository.id, _file(run))
        case CheckSuiteEvent(repository=repository, check_suite=suite) if action == "completed":
            return (topics.check_suite(repository.id, Sha(suite.head_sha)),)
        case StatusEvent(repository=repository, sha=sha, state=state) if state != "pending":
            return (topics.check_suite(repository.id, Sha(sha)),)
        case DeploymentStatusEvent(repository=repository, deployment=deployment) if action == "created":
            changed = topics.deployment(repository.id, deployment.environment)
            done = payload.deployment_status.state == "success"
            return (changed, topics.deployed(repository.id, deployment.environment)) if done else (changed,)
        case IssuesEvent(repository=repository, issue=issue) if action == "closed":
            decided = issue.state_reason not in {None, "completed"}
            return (
                *((topics.set_aside(repository.id, issue.number),) if decided else ()),
                topics.issue_closed(repository.id, issue.number),
                topics.issue_closed_at(repository.full_name, issue.number),
            )
        case _:
            return ()


def _file(run: WorkflowRun) -> str:
    return run.path.partition("@")[0].rpartition("/")[2]


def _comment(received: Received, payload: IssueCommentEvent, slug: str | None) -> Delivery | None:
    match received.action:
        case "created":
            return _command(received, payload, slug) or _words(received, payload, slug)
        case "edited":
            return _words(received, payload, slug)
        case _:
            return None


def _command(received: Received, payload: IssueCommentEvent, slug: str | None) -> Delivery | None:
    comment, issue = payload.comment, payload.issue
    author = comment.user
    if author is None or payload.installation is None or _is_ours(author.login, slug):
        return None
    written = comment.created_at or received.received_at
    commands = commands_in(comment.body)
    if received.received_at - written > COMMAND_LIFE or not commands:
        return None
    place = _place(payload.repository, payload.installation.id, issue.number)
    request = CommandRequest(
        place=place,
        comment=AskedIn(
            id=comment.id,
            node_id=comment.node_id,
            url=comment.html_url,
            body=comment.body,
            login=author.login,
            is_bot=_is_bot(author) or comment.performed_via_github_app is not None,
            at=written,
            bot_account=_is_bot(author),
        ),
        issue_node=issue.node_id,
        issue_author=issue.user.login if issue.user else None,
        assignees=tuple(account.login for account in issue.assignees),
        is_pull=issue.pull_request is not None,
    )
    identity = f"comment:{place.repository_id}:{comment.id}"
    job = Job(id=identity, kind=COMMAND_JOB, key=place.key, payload=pack(request))
    return _delivery(received, place, job, signal=_heard_in(comment.body, place))


def _words(received: Received, payload: IssueCommentEvent, slug: str | None) -> Delivery | None:
    """Words that may object to the closing of an issue. Bots object to nothing."""
    author = payload.comment.user
    by_bot = author is not None and (_is_bot(author) or _is_ours(author.login, slug))
    if payload.installation is None or payload.issue.pull_request is not None or by_bot:
        return None
    place = _place(payload.repository, payload.installation.id, payload.issue.number)
    heard = _objecting(payload.comment.body, place)
    return _only(received, place.installation, Signal(topics=heard, scope=scope_of(place.repository_id)))


def _heard_in(body: str, place: Place) -> Signal | None:
    """What a comment with commands tells those who wait."""
    confirms = any(isinstance(command, Confirm) for command in commands_in(body))
    confirmed = (topics.confirmed(place.repository_id, place.number),) if confirms else ()
    heard = (*confirmed, *_objecting(body, place))
    return Signal(topics=heard, scope=scope_of(place.repository_id)) if heard else None


def _objecting(body: str, place: Place) -> tuple[str, ...]:
    instead = any(isinstance(command, Assess | Cancel) for command in commands_in(body))
    return () if instead or only_asks(body) else (topics.announced(place.repository_id, place.number),)


def _is_ours(login: str, slug: str | None) -> bool:
    return slug is not None and login.lower() == f"{slug}[bot]".lower()


def _is_record(payload: PullRequestEvent, slug: str | None) -> bool:
    pull = payload.pull_request
    named = pull.head is not None and pull.head.ref.startswith(BRANCHES)
    return named and pull.user is not None and _is_ours(pull.user.login, slug)


def _merge(received: Received, payload: PullRequestEvent) -> Delivery | None:
    if payload.installation is None:
        return None
    pull = payload.pull_request
    place = _place(payload.repository, payload.installation.id, pull.number)
    merged_by = payload.sender.login if payload.sender else None
    request = MergeRequest(place=place, merged_by=merged_by, merged_at=pull.merged_at)
    # A merged pull request cannot be merged again, so its number says it all.
    job = Job(
        id=f"merge:{place.repository_id}:{pull.number}",
        kind=MERGE_JOB,
        key=f"{place.repository_id}/pull/{pull.number}",
        payload=pack(request),
    )
    return _delivery(received, place, job)


def _issue(received: Received, payload: IssuesEvent, slug: str | None, settling: timedelta) -> Delivery | None:
    if received.action in _RESOLVED_NO_LONGER:
        return _forget(received, payload)
    if received.action == "closed" and _is_guarded(payload, slug):
        return _closing(received, payload, settling)
    return _signal(received, payload)


def _is_guarded(payload: IssuesEvent, slug: str | None) -> bool:
    """May it be a closing to look at: as completed, of an issue, and by another hand than ours?"""
    issue, sender = payload.issue, payload.sender
    ours = sender is not None and _is_ours(sender.login, slug)
    return issue.pull_request is None and issue.state_reason in {None, "completed"} and not ours


def _closing(received: Received, payload: IssuesEvent, settling: timedelta) -> Delivery | None:
    if payload.installation is None:
        return None
    issue, sender = payload.issue, payload.sender
    place = _place(payload.repository, payload.installation.id, issue.number)
    request = GuardRequest(
        place=place,
        by=None if sender is None else sender.login,
        by_bot=sender is not None and _is_bot(sender),
        closed_at=issue.closed_at,
    )
    # When it was closed tells one closing from the next.
    when = received.guid if issue.closed_at is None else issue.closed_at.isoformat()
    job = Job(
        id=f"guard:{place.repository_id}:{place.number}:{when}",
        kind=GUARD_JOB,
        key=place.key,
        payload=pack(request),
        delay=settling,
        supersedable=True,
    )
    heard = topics_of(payload, received.action)
    also = (closings_of(payload.repository.full_name),)
    return _delivery(received, place, job, Signal(topics=heard, scope=scope_of(place.repository_id), also=also))


def _push(received: Received, payload: PullRequestEvent) -> Delivery | None:
    head = payload.pull_request.head
    if payload.installation is None or head is None or not head.sha:
        return None
    pull = payload.pull_request
    place = _place(payload.repository, payload.installation.id, pull.number)
    # A head that comes back after another is a new one: where it was before tells them apart.
    moved = f"{payload.before}:{head.sha}" if payload.before else head.sha
    job = Job(
        id=f"pull:{place.repository_id}:{pull.number}:{moved}",
        kind=PULL_JOB,
        key=f"{place.repository_id}/pull/{pull.number}/head",
        payload=pack(PushRequest(place=place, head=head.sha)),
        supersedable=True,
    )
    return _delivery(received, place, job)


def _edit(received: Received, payload: PullRequestEvent) -> Delivery | None:
    head = payload.pull_request.head
    if payload.installation is None or head is None or not head.sha:
        return None
    place = _place(payload.repository, payload.installation.id, payload.pull_request.number)
    # The same words may come back, so only the delivery tells one edit from another.
    job = preview_job(f"edit:{received.guid}", PushRequest(place=place, head=head.sha))
    return _delivery(received, place, job)


def _forget(received: Received, payload: IssuesEvent) -> Delivery | None:
    if payload.installation is None:
        return None
    place = _place(payload.repository, payload.installation.id, payload.issue.number)
    # An issue may be reopened again and again, so only the delivery tells one time from another.
    job = Job(
        id=f"{received.action}:{place.key}:{received.guid}",
        kind=FORGET_JOB,
        key=place.key,
        payload=pack(ForgetRequest(place=place, at=received.received_at)),
    )
    here = (place.repository_id, place.number)
    # Whoever watches it or waits for a word about its closing is to say so: what was said before counts no more.
    hearing = Signal(topics=(topics.watch(*here), topics.confirmed(*here)), scope=scope_of(place.repository_id))
    return _delivery(received, place, job, hearing)


def preview_job(identity: str, request: PushRequest) -> Job:
    """The job that looks at what a pull request would leave its issues with; a newer one takes its place."""
    place = request.place
    return Job(
        id=identity,
        kind=PREVIEW_JOB,
        key=f"{place.repository_id}/pull/{place.number}/preview",
        payload=pack(request),
        supersedable=True,
    )


def _only(received: Received, installation: int, signal: Signal) -> Delivery | None:
    """A signal and no job; nothing where it has no topic."""
    if not signal.topics:
        return None
    return Delivery(
        guid=received.guid,
        dedup=None,
        event=received.event,
        installation=installation,
        job=None,
        received_at=received.received_at,
        signal=signal,
    )


def _delivery(received: Received, place: Place, job: Job, signal: Signal | None = None) -> Delivery:
    return Delivery(
        guid=received.guid,
        dedup=job.id,
        event=received.event,
        installation=place.installation,
        job=job,
        received_at=received.received_at,
        signal=signal,
    )


def _place(repository: Repository, installation: int, number: int) -> Place:
    owner, _, name = repository.full_name.partition("/")
    return Place(installation=installation, repository_id=repository.id, owner=owner, name=name, number=number)


def _is_bot(account: Account) -> bool:
    return account.type == "Bot" or account.login.endswith("[bot]")
