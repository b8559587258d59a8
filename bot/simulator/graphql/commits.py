"""Resolvers of Commit, Tree, Blob, Tag and what belongs to them."""

import re

from bot.simulator.accounts import Account
from bot.simulator.git.history import FileChange, LogRequest, changes, log
from bot.simulator.git.objects import SUBMODULE_MODE, Signature, is_binary, parse_tree
from bot.simulator.graphql.context import Arguments, Info, connection, cut, listed
from bot.simulator.graphql.nodes import (
    BlobNode,
    CommitNode,
    EntryNode,
    GitNode,
    RollupNode,
    SignatureNode,
    TagNode,
    TreeNode,
    commit_node,
    git_node,
)
from bot.simulator.graphql.repositories import ordered_deployments
from bot.simulator.ids import object_node_id
from bot.simulator.linked import pulls_with_commit
from bot.simulator.runs import latest_check_runs, latest_statuses
from bot.simulator.shapes.people import other_app

_TEXT_LIMIT = 512_000
_CO_AUTHOR = re.compile(r"^co-authored-by: *([^<\n]*?) *<([^>\n]+)>", re.IGNORECASE | re.MULTILINE)


async def commit_parents(node: CommitNode, info: Info, **arguments: object) -> Arguments:
    """The parents."""
    page = cut(info, node.commit.parents, arguments)
    return connection(page, [await commit_node(node.repository, oid) for oid in page.items])


async def commit_history(node: CommitNode, info: Info, **arguments: object) -> Arguments:
    """The log from this commit, newest first."""
    request = LogRequest(
        start=node.commit.oid,
        path=_maybe_text(arguments.get("path")),
        since=_maybe_text(arguments.get("since")),
        until=_maybe_text(arguments.get("until")),
    )
    page = cut(info, await log(node.repository.git, request), arguments)
    return connection(page, [await commit_node(node.repository, oid) for oid in page.items])


async def commit_pulls(node: CommitNode, info: Info, **arguments: object) -> Arguments:
    """The pull requests that brought this commit."""
    return listed(info, await pulls_with_commit(node.repository, node.commit.oid), arguments)


async def commit_tree(node: CommitNode, _: Info) -> GitNode | None:
    """The root tree."""
    return git_node(node.repository, await node.repository.git.lookup(node.commit.tree))


async def commit_file(node: CommitNode, _: Info, path: str) -> EntryNode | None:
    """The entry at a path."""
    parent, _slash, name = path.strip("/").rpartition("/")
    raw = await node.repository.git.lookup(f"{node.commit.oid}:{parent}")
    if raw is None or raw.kind != "tree":
        return None
    prefix = f"{parent}/" if parent else ""
    found = (each for each in parse_tree(raw, prefix) if each.name == name)
    entry = next(found, None)
    return EntryNode(repository=node.repository, entry=entry) if entry else None


async def commit_changes(node: CommitNode) -> tuple[FileChange, ...]:
    """The files that this commit changes against its first parent."""
    parents = node.commit.parents
    return await changes(node.repository.git, parents[0] if parents else None, node.commit.oid)


async def commit_additions(node: CommitNode, _: Info) -> int:
    """How many lines it adds."""
    return sum(each.additions for each in await commit_changes(node))


async def commit_deletions(node: CommitNode, _: Info) -> int:
    """How many lines it takes away."""
    return sum(each.deletions for each in await commit_changes(node))


async def commit_changed_files(node: CommitNode, _: Info) -> int:
    """How many files it changes."""
    return len(await commit_changes(node))


def commit_rollup(node: CommitNode, _: Info) -> RollupNode | None:
    """All checks and statuses together; null where there are none at all."""
    runs = tuple(latest_check_runs(node.repository, node.commit.oid))
    statuses = tuple(latest_statuses(node.repository, node.commit.oid))
    if not runs and not statuses:
        return None
    return RollupNode(repository=node.repository, sha=node.commit.oid, runs=runs, statuses=statuses)


def commit_status(node: CommitNode, info: Info) -> RollupNode | None:
    """The statuses alone."""
    rollup = commit_rollup(node, info)
    return rollup if rollup and rollup.statuses else None


def commit_suites(node: CommitNode, info: Info, **arguments: object) -> Arguments:
    """The check suites."""
    wanted = arguments.get("filterBy")
    app = wanted.get("appId") if isinstance(wanted, dict) else None
    mine = [suite for suite in node.repository.check_suites if suite.sha == node.commit.oid]
    found = [suite for suite in mine if app in (None, other_app(info.context.world, suite.app)["id"])]
    return listed(info, found, arguments)


def commit_deployments(node: CommitNode, info: Info, **arguments: object) -> Arguments:
    """The deployments of this commit."""
    mine = [each for each in node.repository.deployments if each.sha == node.commit.oid]
    return listed(info, ordered_deployments(mine, arguments), arguments)


def commit_author(node: CommitNode, _: Info) -> SignatureNode:
    """Who wrote it."""
    return SignatureNode(signature=node.commit.author)


def commit_committer(node: CommitNode, _: Info) -> SignatureNode:
    """Who committed it."""
    return SignatureNode(signature=node.commit.committer)


def commit_authors(node: CommitNode, info: Info, **arguments: object) -> Arguments:
    """Who wrote it, and then who is named as a co-author at the end of its message."""
    when = node.commit.author.when
    others = [Signature(name=name, email=email, when=when) for name, email in _CO_AUTHOR.findall(node.commit.message)]
    return listed(info, [SignatureNode(signature=one) for one in (node.commit.author, *others)], arguments)


def actor_user(node: SignatureNode, info: Info) -> Account | None:
    """The account of an author, where his address or his name tells it."""
    accounts = info.context.world.accounts
    login = node.signature.email.removesuffix("@users.noreply.github.com").rpartition("+")[2]
    found = accounts.get(login.lower()) or accounts.get(node.signature.name.lower())
    return found if found and not found.login.endswith("[bot]") else None


def tree_entries(node: TreeNode, _: Info) -> list[EntryNode]:
    """What stands in a tree."""
    prefix = f"{node.path}/" if node.path else ""
    return [EntryNode(repository=node.repository, entry=each) for each in parse_tree(node.raw, prefix)]


async def entry_object(node: EntryNode, _: Info) -> GitNode | None:
    """The object of an entry; null for a submodule."""
    if node.entry.mode == SUBMODULE_MODE:
        return None
    return git_node(node.repository, await node.repository.git.lookup(node.entry.oid), node.entry.path)


async def entry_size(node: EntryNode, _: Info) -> int:
    """The bytes of a blob; 0 for anything else."""
    raw = await node.repository.git.lookup(node.entry.oid) if node.entry.kind == "blob" else None
    return len(raw.data) if raw else 0


def blob_text(node: BlobNode, _: Info) -> str | None:
    """The text, cut where it is long; null for a binary."""
    if is_binary(node.raw.data):
        return None
    return node.raw.data[:_TEXT_LIMIT].decode("utf-8", "ignore")


async def tag_target(node: TagNode, _: Info) -> GitNode | None:
    """What a tag points at."""
    return git_node(node.repository, await node.repository.git.lookup(node.tag.target))


def oid_of(node: GitNode, _: Info) -> str:
    """The hash of any git object."""
    match node:
        case CommitNode():
            return node.commit.oid
        case TagNode():
            return node.tag.oid
        case _:
            return node.raw.oid


def _maybe_text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _url(node: GitNode, info: Info) -> str:
    return f"{info.context.world.url}/{node.repository.full_name}/commit/{oid_of(node, info)}"


def _git_object(prefix: str) -> dict[str, object]:
    """The fields that all git objects share."""
    return {
        "abbreviatedOid": lambda node, info: oid_of(node, info)[:7],
        "commitResourcePath": lambda node, info: f"/{node.repository.full_name}/commit/{oid_of(node, info)}",
        "commitUrl": _url,
        "id": lambda node, info: object_node_id(prefix, node.repository.id, oid_of(node, info)),
        "oid": oid_of,
    }


RESOLVERS: dict[str, dict[str, object]] = {
    "Commit": _git_object("C")
    | {
        "additions": commit_additions,
        "associatedPullRequests": commit_pulls,
        "author": commit_author,
        "authors": commit_authors,
        "authoredDate": lambda node, _info: node.commit.author.when,
        "changedFilesIfAvailable": commit_changed_files,
        "checkSuites": commit_suites,
        "committedDate": lambda node, _info: node.commit.committer.when,
        "committer": commit_committer,
        "deletions": commit_deletions,
        "deployments": commit_deployments,
        "file": commit_file,
        "history": commit_history,
        "message": lambda node, _info: node.commit.message,
        "messageBody": lambda node, _info: node.commit.rest,
        "messageHeadline": lambda node, _info: node.commit.headline,
        "parents": commit_parents,
        "resourcePath": lambda node, _info: f"/{node.repository.full_name}/commit/{node.commit.oid}",
        "status": commit_status,
        "statusCheckRollup": commit_rollup,
        "tree": commit_tree,
        "url": _url,
    },
    "GitActor": {
        "date": lambda node, _info: node.signature.when,
        "email": lambda node, _info: node.signature.email,
        "name": lambda node, _info: node.signature.name,
        "user": actor_user,
    },
    "Tree": _git_object("T") | {"entries": tree_entries},
    "TreeEntry": {
        "isGenerated": lambda _node, _info: False,
        "lineCount": lambda _node, _info: None,
        "mode": lambda node, _info: int(node.entry.mode, 8),
        "name": lambda node, _info: node.entry.name,
        "object": entry_object,
        "oid": lambda node, _info: node.entry.oid,
        "path": lambda node, _info: node.entry.path,
        "size": entry_size,
        "type": lambda node, _info: node.entry.kind,
    },
    "Blob": _git_object("B")
    | {
        "byteSize": lambda node, _info: len(node.raw.data),
        "isBinary": lambda node, _info: is_binary(node.raw.data),
        "isTruncated": lambda node, _info: len(node.raw.data) > _TEXT_LIMIT,
        "text": blob_text,
    },
    "Tag": _git_object("TA")
    | {
        "message": lambda node, _info: node.tag.message,
        "name": lambda node, _info: node.tag.name,
        "tagger": lambda node, _info: SignatureNode(signature=node.tag.tagger) if node.tag.tagger else None,
        "target": tag_target,
    },
}
