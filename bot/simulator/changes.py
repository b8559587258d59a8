"""Every change to issues and comments: state, then timeline, then the webhook, as on GitHub.

REST, GraphQL and the control API all come through here, so they cannot differ in effect.
Rights are checked by the callers; what GitHub refuses to anybody is refused here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.simulator.accounts import Account, AccountKind
from bot.simulator.closing import closing_issues, named_in_text
from bot.simulator.entities import Comment, EventKind, Issue, Label, Reaction, Repository, TimelineEvent
from bot.simulator.payloads import comment_event, issue_event
from bot.simulator.refusals import Refusal, forbidden, invalid, not_found
from bot.simulator.shapes.issues import REACTIONS
from bot.simulator.shapes.people import account
from bot.simulator.shapes.repositories import label as label_shape
from bot.simulator.world import World

BODY_LIMIT = 65_536
SUB_ISSUE_LIMIT = 100
BLOCKER_LIMIT = 50
_WRITERS = ("write", "maintain", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """What a new issue is made of."""

    title: str
    body: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    issue_type: str | None = None


def check_writable(repository: Repository) -> None:
    """Raise Refusal where a repository is archived."""
    if repository.archived:
        raise forbidden("Repository was archived so is read-only.")


def check_open_for(issue: Issue, actor: Account) -> None:
    """Raise Refusal where an actor may not comment: archived, or locked and he is no writer."""
    check_writable(issue.repository)
    writer = actor.kind is AccountKind.USER and issue.repository.role_of(actor.login) in _WRITERS
    if issue.locked and not writer:
        raise forbidden("Unable to create comment because issue is locked.")


def add_comment(world: World, issue: Issue, actor: Account, body: str, lag: float = 0.0) -> Comment:
    """A new comment; lists show it only after ``lag`` seconds."""
    check_open_for(issue, actor)
    _check_body(body)
    now = world.clock()
    comment = Comment(
        issue=issue,
        id=world.ids.take(),
        author=actor,
        body=body,
        created_at=now,
        updated_at=now,
        visible_at=now + timedelta(seconds=lag),
    )
    issue.comments.append(comment)
    issue.updated_at = now
    cross_reference(world, issue, body, actor)
    comment_event(world, comment, "created", actor)
    return comment


def edit_comment(world: World, comment: Comment, actor: Account, body: str) -> None:
    """New words for a comment."""
    check_writable(comment.issue.repository)
    _check_body(body)
    old, now = comment.body, world.clock()
    comment.body, comment.updated_at = body, now
    comment.editor, comment.last_edited_at = actor, now
    comment.issue.updated_at = now
    cross_reference(world, comment.issue, body, actor)
    comment_event(world, comment, "edited", actor, {"changes": {"body": {"from": old}}})


def delete_comment(world: World, comment: Comment, actor: Account) -> None:
    """The comment is gone."""
    check_writable(comment.issue.repository)
    comment.issue.comments.remove(comment)
    comment_event(world, comment, "deleted", actor)


def react(world: World, subject: Comment | Issue, actor: Account, content: str) -> tuple[Reaction, bool]:
    """The actor's reaction, and whether it is new: the same one twice stays one."""
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    mine = (r for r in subject.reactions if r.author is actor and r.content == content)
    found = next(mine, None)
    if found is not None:
        return found, False
    reaction = Reaction(id=world.ids.take(), author=actor, content=content, created_at=world.clock())
    subject.reactions.append(reaction)
    return reaction, True


def open_issue(world: World, repository: Repository, actor: Account, new: NewIssue) -> Issue:
    """A new issue."""
    check_writable(repository)
    if not repository.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")
    if not new.title.strip():
        raise invalid("Issue", "title", "missing_field")
    _check_body(new.body, empty=True)
    now = world.clock()
    issue = Issue(
        repository=repository,
        id=world.ids.take(),
        number=repository.next_number(),
        title=new.title,
        body=new.body,
        author=actor,
        created_at=now,
        updated_at=now,
        issue_type=new.issue_type,
    )
    issue.labels = [world.label(repository, name) for name in dict.fromkeys(new.labels)]
    issue.assignees = [world.account(login) for login in new.assignees]
    repository.issues[issue.number] = issue
    cross_reference(world, issue, new.body, actor)
    issue_event(world, issue, "opened", actor)
    for label in issue.labels:
        issue_event(world, issue, "labeled", actor, {"label": label_shape(world, label)})
    return issue


def edit_issue(world: World, issue: Issue, actor: Account, title: str | None, body: str | None) -> dict[str, object]:
    """A new title, or new words below it; the answer is what was there before, as webhooks tell it."""
    changed: dict[str, object] = {}
    if title is not None and title != issue.title:
        changed["title"] = {"from": issue.title}
        event = record(world, issue, EventKind.RENAMED, actor)
        event.rename = (issue.title, title)
        issue.title = title
    if body is not None and body != issue.body:
        _check_body(body, empty=True)
        changed["body"] = {"from": issue.body}
        issue.body, issue.editor, issue.last_edited_at = body, actor, world.clock()
        cross_reference(world, issue, body, actor)
    if changed:
        issue.updated_at = world.clock()
        issue_event(world, issue, "edited", actor, {"changes": changed})
    return changed


def close_issue(
    world: World, issue: Issue, actor: Account, reason: str | None = "completed", closer: Issue | str | None = None
) -> None:
    """Closed; ``closer`` is the pull request or the commit that did it. Closed twice stays closed once."""
    if issue.state == "closed":
        return
    now = world.clock()
    issue.state, issue.state_reason = "closed", None if issue.pull else (reason or "completed")
    issue.closed_at, issue.closed_by, issue.updated_at = now, actor, now
    event = record(world, issue, EventKind.CLOSED, actor)
    event.state_reason = issue.state_reason
    event.other = closer if isinstance(closer, Issue) else None
    event.commit = closer if isinstance(closer, str) else None
    issue_event(world, issue, "closed", actor)


def reopen_issue(world: World, issue: Issue, actor: Account) -> None:
    """Open again."""
    if issue.state == "open":
        return
    issue.state, issue.state_reason = "open", None if issue.pull else "reopened"
    issue.closed_at, issue.closed_by, issue.updated_at = None, None, world.clock()
    record(world, issue, EventKind.REOPENED, actor).state_reason = "reopened"
    issue_event(world, issue, "reopened", actor)


def add_labels(world: World, issue: Issue, actor: Account, names: list[str]) -> None:
    """Put labels on; unknown ones are made."""
    for label in [world.label(issue.repository, name) for name in names]:
        if label in issue.labels:
            continue
        issue.labels.append(label)
        _label_changed(world, issue, label, actor, added=True)


def remove_label(world: World, issue: Issue, actor: Account, label: Label) -> None:
    """Take a label off; raises a 404 Refusal when it is not there."""
    if label not in issue.labels:
        raise not_found("Label does not exist")
    issue.labels.remove(label)
    _label_changed(world, issue, label, actor, added=False)


def set_labels(world: World, issue: Issue, actor: Account, names: list[str]) -> None:
    """Exactly these labels and no others."""
    wanted = [world.label(issue.repository, name) for name in dict.fromkeys(names)]
    for label in [each for each in issue.labels if each not in wanted]:
        remove_label(world, issue, actor, label)
    add_labels(world, issue, actor, names)


def assign(world: World, issue: Issue, actor: Account, logins: list[str]) -> None:
    """Exactly these assignees; those who may not be assigned are silently left out."""
    role = issue.repository.role_of
    issue.assignees = [world.account(x) for x in logins if role(x) in ("triage", *_WRITERS)]
    for who in issue.assignees:
        record(world, issue, EventKind.ASSIGNED, actor)
        issue_event(world, issue, "assigned", actor, {"assignee": account(world, who)})


def lock(world: World, issue: Issue, actor: Account, *, locked: bool) -> None:
    """Lock or unlock the conversation."""
    issue.locked = locked
    record(world, issue, EventKind.LOCKED if locked else EventKind.UNLOCKED, actor)
    issue_event(world, issue, "locked" if locked else "unlocked", actor)


def add_sub_issue(world: World, parent: Issue, child: Issue, actor: Account, *, replace: bool = False) -> None:
    """Put an issue below another."""
    if child.parent is parent:
        raise unprocessable_link("Issue may not contain duplicate sub-issues")
    if child is parent or parent.parent is child:
        raise unprocessable_link("Issue may not be its own ancestor")
    if child.parent is not None and not replace:
        raise unprocessable_link("Sub issue may only have one parent")
    if len(parent.children) >= SUB_ISSUE_LIMIT:
        raise unprocessable_link(f"Parent cannot have more than {SUB_ISSUE_LIMIT} sub-issues")
    if child.parent is not None:
        child.parent.children.remove(child)
    child.parent = parent
    parent.children.append(child)
    record(world, parent, EventKind.SUB_ISSUE_ADDED, actor).other = child


def add_blocker(issue: Issue, blocker: Issue) -> None:
    """Let an issue wait for another."""
    if blocker is issue or blocker in issue.blocked_by:
        raise unprocessable_link("Target issue has already been taken")
    if len(issue.blocked_by) >= BLOCKER_LIMIT:
        raise unprocessable_link(f"Issue cannot be blocked by more than {BLOCKER_LIMIT} issues")
    issue.blocked_by.append(blocker)


def unprocessable_link(message: str) -> Refusal:
    """A link between issues that cannot be made."""
    return Refusal(422, message, errors=({"resource": "Issue", "code": "custom", "message": message},))


def record(world: World, issue: Issue, kind: EventKind, actor: Account) -> TimelineEvent:
    """A new line in the timeline of an issue."""
    event = TimelineEvent(issue=issue, id=world.ids.take(), kind=kind, actor=actor, created_at=world.clock())
    issue.events.append(event)
    return event


def cross_reference(world: World, source: Issue, text: str, actor: Account, at: datetime | None = None) -> None:
    """Tell every issue that a text names that it was named (``at``: when); once for each source."""
    for target in named_in_text(world, source.repository, text):
        known = (e for e in target.events if e.kind is EventKind.CROSS_REFERENCED and e.other is source)
        if target is source or next(known, None) is not None:
            continue
        event = record(world, target, EventKind.CROSS_REFERENCED, actor)
        event.created_at = at or event.created_at
        event.other = source
        event.will_close = target in closing_issues(world, source)


def _label_changed(world: World, issue: Issue, label: Label, actor: Account, *, added: bool) -> None:
    issue.updated_at = world.clock()
    record(world, issue, EventKind.LABELED if added else EventKind.UNLABELED, actor).label = label
    issue_event(world, issue, "labeled" if added else "unlabeled", actor, {"label": label_shape(world, label)})


def _check_body(body: str, *, empty: bool = False) -> None:
    if not body.strip() and not empty:
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > BODY_LIMIT:
        text = f"body is too long (maximum is {BODY_LIMIT} characters)"
        raise invalid("IssueComment", "body", "custom", text)
