"""What stands behind GraphQL's objects: the world's entities, and git data with their repository."""

from dataclasses import dataclass

from bot.simulator.accounts import Account
from bot.simulator.entities import (
    CheckRun,
    CheckSuite,
    Comment,
    CommitStatus,
    Deployment,
    DeploymentStatus,
    EventKind,
    Issue,
    Label,
    Reaction,
    Release,
    Repository,
    TimelineEvent,
    Workflow,
    WorkflowRun,
)
from bot.simulator.git.objects import Commit, RawObject, Signature, Tag, TreeEntry, parse_commit, parse_tag
from bot.simulator.ids import node_id, object_node_id, read_object_node_id
from bot.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitNode:
    """A commit of a repository."""

    repository: Repository
    commit: Commit


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """A tree of a repository; ``path`` is where it was asked for, empty for a root."""

    repository: Repository
    raw: RawObject
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobNode:
    """A blob of a repository."""

    repository: Repository
    raw: RawObject


@dataclass(frozen=True, slots=True, kw_only=True)
class TagNode:
    """An annotated tag of a repository."""

    repository: Repository
    tag: Tag


GitNode = CommitNode | TreeNode | BlobNode | TagNode


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryNode:
    """One entry of a tree."""

    repository: Repository
    entry: TreeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureNode:
    """Who made a commit."""

    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class RefNode:
    """A branch or a tag, by its full name."""

    repository: Repository
    full_name: str
    oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupNode:
    """All checks and statuses of one commit: the newest of each app and name."""

    repository: Repository
    sha: str
    runs: tuple[CheckRun, ...]
    statuses: tuple[CommitStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNode:
    """A release of a repository."""

    repository: Repository
    release: Release

    @property
    def node_id(self) -> str:
        """The release's node id."""
        return node_id("RE", self.repository.id, self.release.id)


_EVENTS = {
    EventKind.CLOSED: "ClosedEvent",
    EventKind.REOPENED: "ReopenedEvent",
    EventKind.CROSS_REFERENCED: "CrossReferencedEvent",
    EventKind.CONNECTED: "ConnectedEvent",
    EventKind.DISCONNECTED: "DisconnectedEvent",
    EventKind.REFERENCED: "ReferencedEvent",
    EventKind.MARKED_AS_DUPLICATE: "MarkedAsDuplicateEvent",
    EventKind.LABELED: "LabeledEvent",
    EventKind.UNLABELED: "UnlabeledEvent",
    EventKind.RENAMED: "RenamedTitleEvent",
    EventKind.LOCKED: "LockedEvent",
    EventKind.UNLOCKED: "UnlockedEvent",
}
_NAMES: dict[type, str] = {
    Repository: "Repository",
    Comment: "IssueComment",
    Label: "Label",
    Reaction: "Reaction",
    CheckRun: "CheckRun",
    CheckSuite: "CheckSuite",
    CommitStatus: "StatusContext",
    Workflow: "Workflow",
    WorkflowRun: "WorkflowRun",
    Deployment: "Deployment",
    DeploymentStatus: "DeploymentStatus",
    CommitNode: "Commit",
    TreeNode: "Tree",
    BlobNode: "Blob",
    TagNode: "Tag",
    RefNode: "Ref",
    RollupNode: "StatusCheckRollup",
    ReleaseNode: "Release",
}


def typename(value: object) -> str | None:
    """The name of the GraphQL type that a value stands behind."""
    if isinstance(value, Issue):
        return "PullRequest" if value.pull else "Issue"
    if isinstance(value, Account):
        return value.kind.value
    if isinstance(value, TimelineEvent):
        return _EVENTS.get(value.kind)
    return _NAMES.get(type(value))


def in_timeline(event: TimelineEvent) -> bool:
    """Whether GraphQL's timeline shows an event."""
    return event.kind in _EVENTS


def git_node(repository: Repository, raw: RawObject | None, path: str = "") -> GitNode | None:
    """A git object with its repository."""
    if raw is None:
        return None
    match raw.kind:
        case "commit":
            return CommitNode(repository=repository, commit=parse_commit(raw))
        case "tree":
            return TreeNode(repository=repository, raw=raw, path=path)
        case "tag":
            return TagNode(repository=repository, tag=parse_tag(raw))
        case _:
            return BlobNode(repository=repository, raw=raw)


async def commit_node(repository: Repository, revision: str | None) -> CommitNode | None:
    """The commit of a revision."""
    raw = await repository.git.lookup(f"{revision}^{{commit}}") if revision else None
    return CommitNode(repository=repository, commit=parse_commit(raw)) if raw else None


async def find_node(world: World, value: str) -> object | None:
    """Whatever has a node id: an entity of the world, or a git object."""
    if value.startswith("REF_"):
        return await _ref_by_id(world, value)
    known = read_object_node_id(value)
    if known is None:
        return world.node(value)
    repository = world.repository_by_id(known[0])
    return git_node(repository, await repository.git.lookup(known[1])) if repository else None


def home_of(found: object) -> Repository | None:
    """The repository in which something stands; None for what stands in none."""
    match found:
        case Repository():
            return found
        case Comment():
            return found.issue.repository
        case Issue() | Label() | RefNode() | CommitNode() | TreeNode() | BlobNode() | TagNode():
            return found.repository
        case _:
            return None


async def _ref_by_id(world: World, value: str) -> RefNode | None:
    for repository in world.repositories.values():
        for name, oid in await repository.git.refs():
            if object_node_id("REF", repository.id, name) == value:
                return RefNode(repository=repository, full_name=name, oid=oid)
    return None
