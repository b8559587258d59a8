"""Issues, comments and pull requests out of ``world.json``."""

from datetime import datetime, timedelta

from bot.simulator.accounts import Account
from bot.simulator.changes import cross_reference
from bot.simulator.clock import wall_clock
from bot.simulator.entities import Comment, EventKind, Issue, Pull, Reaction, Repository, TimelineEvent
from bot.simulator.loading.revisions import AGE, Revisions
from bot.simulator.reading import Place
from bot.simulator.shapes.issues import REACTIONS
from bot.simulator.world import World

_STEP = timedelta(minutes=1)
_REASONS = ("completed", "not_planned", "duplicate", "reopened")


def load_issues(world: World, repository: Repository, root: Place, revisions: Revisions) -> None:
    """The issues and pull requests of one repository, without the links between them."""
    for each in root.places("labels"):
        label = world.label(repository, each.text("name"))
        label.color, label.description = each.text("color", "ededed"), each.maybe_text("description")
    for key in ("issues", "pulls"):
        for each in root.places(key):
            issue = _load_issue(world, repository, each)
            if issue.number in repository.issues:
                raise each.fault("number", f"{issue.number} is there twice (issues and pulls share numbers)")
            repository.issues[issue.number] = issue
            if key == "pulls":
                _load_pull(world, issue, each, revisions)


def link_issues(world: World, repository: Repository, root: Place) -> None:
    """The links between issues, once all repositories are there."""
    for key in ("issues", "pulls"):
        for each in root.places(key):
            _link(world, repository.issues[each.number("number")], each)
    for issue in list(repository.issues.values()):
        cross_reference(world, issue, issue.body, issue.author, issue.created_at)
        for comment in issue.comments:
            cross_reference(world, issue, comment.body, comment.author, comment.created_at)
        if issue.state == "closed":
            _record_closing(world, issue)


def _load_issue(world: World, repository: Repository, root: Place) -> Issue:
    number = root.number("number")
    created = root.moment("created_at", wall_clock() - AGE + _STEP * number)
    state = root.word("state", ("open", "closed"), "closed" if root.flag("merged") else "open")
    author = world.account(root.text("author", repository.owner.login))
    issue = Issue(
        repository=repository,
        id=world.ids.take(),
        number=number,
        title=root.text("title", f"Issue {number}"),
        body=root.text("body", ""),
        author=author,
        created_at=created,
        updated_at=root.moment("updated_at", created),
        state=state,
        locked=root.flag("locked"),
        deleted=root.flag("deleted"),
        transferred_to=root.maybe_text("transferred_to"),
        issue_type=root.maybe_text("type"),
        labels=[world.label(repository, name) for name in root.names("labels")],
        assignees=[world.account(login) for login in root.texts("assignees")],
    )
    if state == "closed":
        issue.closed_at = root.moment("closed_at", created + timedelta(days=1))
        issue.updated_at = max(issue.updated_at, issue.closed_at)
        issue.closed_by = world.account(root.text("closed_by", author.login))
        issue.state_reason = root.word("state_reason", _REASONS, "completed")
    elif root.has("state_reason"):
        issue.state_reason = root.word("state_reason", _REASONS, "reopened")
    if root.has("editor"):
        issue.editor = world.account(root.text("editor"))
        issue.last_edited_at = created + _STEP
    at = created
    for each in root.places("comments"):
        at = each.moment("created_at", at + _STEP)
        issue.comments.append(_load_comment(world, issue, each, at))
    return issue


def _load_comment(world: World, issue: Issue, root: Place, at: datetime) -> Comment:
    reactions = [
        _reaction(world, each.word("content", REACTIONS, "+1"), world.account(each.text("author")), at)
        for each in root.places("reactions")
    ]
    return Comment(
        issue=issue,
        id=world.ids.take(),
        author=world.account(root.text("author", issue.author.login)),
        body=root.text("body", ""),
        created_at=at,
        updated_at=at,
        visible_at=at,
        minimized="OUTDATED" if root.flag("minimized") else None,
        reactions=reactions,
    )


def _reaction(world: World, content: str, author: Account, at: datetime) -> Reaction:
    return Reaction(id=world.ids.take(), author=author, content=content, created_at=at)


def _load_pull(world: World, issue: Issue, root: Place, revisions: Revisions) -> None:
    base = root.text("base", issue.repository.default_branch)
    head = root.text("head", f"pull-{issue.number}")
    merge = revisions.at(root, "merge_commit_sha") if root.has("merge_commit_sha") else None
    listed = [revisions.find(each) for each in root.texts("commits")]
    commits = tuple(sha for sha in listed if sha)
    if len(commits) < len(listed):
        raise root.fault("commits", "names a commit that is not in that repository")
    head_sha = _head_sha(root, revisions, head, commits, merge)
    base_sha = (revisions.find(f"{merge}^1") if merge else None) or revisions.find(base) or head_sha
    issue.pull = Pull(
        base=base,
        head=head,
        base_sha=base_sha,
        head_sha=head_sha,
        draft=root.flag("draft"),
        merge_commit_sha=merge,
        commits=commits,
        fork=root.maybe_text("head_repository"),
    )
    issue.state_reason = None
    if root.flag("merged"):
        issue.state = "closed"
        issue.closed_at = root.moment("merged_at", issue.closed_at or issue.created_at)
        issue.pull.merged_at = issue.closed_at
        issue.pull.merged_by = world.account(root.text("merged_by", issue.repository.owner.login))
        issue.pull.merge_commit_sha = merge or head_sha


def _head_sha(root: Place, revisions: Revisions, head: str, commits: tuple[str, ...], merge: str | None) -> str:
    """The tip of a pull request: told, or its last commit, or what was merged, or its branch."""
    if root.has("head_sha"):
        return revisions.at(root, "head_sha")
    if commits:
        return commits[-1]
    if merge:
        return revisions.find(f"{merge}^2") or merge
    return revisions.find(head) or revisions.at(root, "head_sha")


def _link(world: World, issue: Issue, root: Place) -> None:
    for child in _referred(world, issue, root, "sub_issues"):
        issue.children.append(child)
        child.parent = issue
    issue.blocked_by.extend(_referred(world, issue, root, "blocked_by"))
    for other in _referred(world, issue, root, "duplicate_of_issues"):
        issue.duplicate_of = other
    if issue.pull is None:
        return
    for target in _referred(world, issue, root, "closes"):
        issue.pull.closes.append(target)
        _event(world, target, EventKind.CONNECTED, issue.author, issue.created_at).other = issue


def _referred(world: World, issue: Issue, root: Place, key: str) -> list[Issue]:
    found = []
    for reference in root.references(key):
        other = world.find(reference, issue.repository)
        if other is None:
            raise root.fault(key, f"{reference} is no issue of this world")
        found.append(other)
    return found


def _record_closing(world: World, issue: Issue) -> None:
    at, actor = issue.closed_at or issue.updated_at, issue.closed_by or issue.author
    event = _event(world, issue, EventKind.CLOSED, actor, at)
    event.state_reason = issue.state_reason
    if issue.pull and issue.pull.merged:
        _event(world, issue, EventKind.MERGED, actor, at).commit = issue.pull.merge_commit_sha


def _event(world: World, issue: Issue, kind: EventKind, actor: Account, at: datetime) -> TimelineEvent:
    event = TimelineEvent(issue=issue, id=world.ids.take(), kind=kind, actor=actor, created_at=at)
    issue.events.append(event)
    return event
