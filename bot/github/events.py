"""Webhook deliveries as GitHub sends them: only the fields that somebody uses, decoded straight from the raw bytes.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads. An event without an entry in `DECODERS` is
acknowledged and dropped. A field with a default may be absent; every other absence is a fault of the payload.
"""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]  # what a database holds
FullName = Annotated[str, msgspec.Meta(pattern=r"^[\w.-]{1,100}/[\w.-]{1,100}\Z", max_length=201)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A part of a payload. Unknown fields are ignored: GitHub appends freely."""


class Account(_Part, frozen=True, kw_only=True):
    """Somebody. `type` is User, Bot, Organization or Mannequin."""

    login: str
    id: Id | None = None
    type: str = "User"


class Repository(_Part, frozen=True, kw_only=True):
    """The repository that the event is about."""

    id: Id
    full_name: FullName
    default_branch: str | None = None
    private: bool = False


class Installation(_Part, frozen=True, kw_only=True):
    """The installation of our App through which the event came."""

    id: Id


class AppOfComment(_Part, frozen=True, kw_only=True):
    """The App in whose name something was written, or checked."""

    slug: str | None = None


class Comment(_Part, frozen=True, kw_only=True):
    """An issue comment. `user` is null where the account is gone."""

    id: Id
    body: str
    node_id: str = ""
    html_url: str = ""
    user: Account | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    performed_via_github_app: AppOfComment | None = None


class PullMark(_Part, frozen=True, kw_only=True):
    """Its presence says that the issue is a pull request."""

    url: str = ""


class Issue(_Part, frozen=True, kw_only=True):
    """The issue that the event is about."""

    number: Id
    node_id: str = ""
    title: str = ""
    state: str = "open"
    state_reason: str | None = None
    user: Account | None = None
    assignees: tuple[Account, ...] = ()
    pull_request: PullMark | None = None
    locked: bool = False
    closed_at: datetime | None = None


class Branch(_Part, frozen=True, kw_only=True):
    """An end of a pull request."""

    ref: str
    sha: str = ""


class PullRequest(_Part, frozen=True, kw_only=True):
    """The pull request that the event is about."""

    number: Id
    base: Branch
    head: Branch | None = None
    node_id: str = ""
    title: str = ""
    body: str | None = None
    merged: bool = False
    merge_commit_sha: str | None = None
    merged_at: datetime | None = None
    user: Account | None = None


class WorkflowRun(_Part, frozen=True, kw_only=True):
    """A workflow run, as far as waking needs it. `path` is the workflow's file, with `@` and a branch behind it."""

    id: Id
    path: str = ""


class CheckSuite(_Part, frozen=True, kw_only=True):
    """A check suite, as far as waking needs it."""

    head_sha: str
    app: AppOfComment | None = None


class DeploymentState(_Part, frozen=True, kw_only=True):
    """How a deployment goes."""

    state: str


class Deployment(_Part, frozen=True, kw_only=True):
    """What was deployed where."""

    sha: str
    environment: str


class _Event(_Part, frozen=True, kw_only=True):
    """What every event about a repository carries. `installation` is absent from hooks that are not an App's."""

    action: str
    repository: Repository
    sender: Account | None = None
    installation: Installation | None = None


class IssueCommentEvent(_Event, frozen=True, kw_only=True):
    """Somebody commented on an issue or pull request."""

    issue: Issue
    comment: Comment


class IssuesEvent(_Event, frozen=True, kw_only=True):
    """An issue was opened, closed, reopened, labeled, …"""

    issue: Issue


class PullRequestEvent(_Event, frozen=True, kw_only=True):
    """A pull request was opened, closed, … `before` is where the head was, if it moved.

    `changes` has what was edited by its name: `title`, `body`, `base`.
    """

    pull_request: PullRequest
    before: str = ""
    changes: dict[str, msgspec.Raw] = {}


class CheckSuiteEvent(_Event, frozen=True, kw_only=True):
    """A check suite changed."""

    check_suite: CheckSuite


class WorkflowRunEvent(_Event, frozen=True, kw_only=True):
    """A workflow run changed."""

    workflow_run: WorkflowRun


class DeploymentStatusEvent(_Event, frozen=True, kw_only=True):
    """A deployment changed."""

    deployment_status: DeploymentState
    deployment: Deployment


class StatusEvent(_Event, frozen=True, kw_only=True):
    """A commit got a status; this event has no action."""

    action: str = ""
    sha: str
    state: str


class InstallationEvent(_Part, frozen=True, kw_only=True):
    """The App was installed, suspended, removed, or its repositories or permissions changed."""

    action: str
    installation: Installation
    sender: Account | None = None


Payload: TypeAlias = (
    IssueCommentEvent
    | IssuesEvent
    | PullRequestEvent
    | CheckSuiteEvent
    | WorkflowRunEvent
    | DeploymentStatusEvent
    | StatusEvent
    | InstallationEvent
)


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A verified, decoded delivery. `guid` is `X-GitHub-Delivery`, which a redelivery repeats."""

    event: str
    guid: str
    action: str
    payload: Payload
    received_at: datetime


class BadPayload(ValueError):
    """The payload is not what GitHub sends; `str()` is one plain sentence."""


def decode(event: str, body: bytes) -> Payload | None:
    """The payload of an event, or None where it cannot concern us: an unknown event, or one without a repository.

    Raises `BadPayload`.
    """
    decoder = DECODERS.get(event)
    if decoder is None:
        return None
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        _refuse_unless_of_no_repository(body, error)
        return None


def _decoder(shape: type[Payload]) -> "msgspec.json.Decoder[Payload]":
    return msgspec.json.Decoder(shape)


DECODERS = {
    "issue_comment": _decoder(IssueCommentEvent),
    "issues": _decoder(IssuesEvent),
    "pull_request": _decoder(PullRequestEvent),
    "check_suite": _decoder(CheckSuiteEvent),
    "workflow_run": _decoder(WorkflowRunEvent),
    "deployment_status": _decoder(DeploymentStatusEvent),
    "status": _decoder(StatusEvent),
    "installation": _decoder(InstallationEvent),
    "installation_repositories": _decoder(InstallationEvent),
}


class _Envelope(_Part, frozen=True, kw_only=True):
    """The least that a payload about something of ours has."""

    repository: msgspec.Raw = msgspec.Raw(b"null")


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def _refuse_unless_of_no_repository(body: bytes, error: Exception) -> None:
    """Raises what was wrong, except for well-formed JSON that is about no repository at all."""
    try:
        body.decode()  # the partial decoders skip over strings that nobody uses without looking at their bytes
        envelope = _ENVELOPE.decode(body)
    except UnicodeDecodeError as wrong:
        raise BadPayload(f"the body is not UTF-8 (byte {wrong.start + 1})") from None
    except RecursionError:
        raise BadPayload("the body is nested too deeply") from None
    except msgspec.ValidationError as wrong:
        raise BadPayload(f"the body is no payload: {wrong}") from None
    except msgspec.DecodeError as wrong:
        raise BadPayload(f"the body is not JSON: {wrong}") from None
    if bytes(envelope.repository).strip() != b"null":
        raise BadPayload(f"the body is no payload of this event: {error}") from None
