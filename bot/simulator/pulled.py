"""What a pull request holds: its commits, its files, and the merge with its base that GitHub tries beforehand."""

from bot.simulator.entities import Issue
from bot.simulator.git.history import FileChange, changes, commits_between, compare, diff_text
from bot.simulator.git.objects import Commit, Signature, parse_commit
from bot.simulator.git.writing import ZERO, NewCommit, commit_tree, delete_ref, merged_tree, move_ref
from bot.simulator.shapes.pulls import PullSize
from bot.simulator.world import World

_MERGER = ("GitHub", "noreply@github.com")


async def pull_commits(one: Issue) -> tuple[Commit, ...]:
    """The commits of a pull request, oldest first."""
    pull = one.pull
    if pull is None or pull.head_sha == ZERO:
        return ()
    git = one.repository.git
    if pull.commits:
        found = [await git.lookup(oid) for oid in pull.commits]
        return tuple(parse_commit(raw) for raw in found if raw and raw.kind == "commit")
    base = await git.resolve(pull.base_sha)
    head = await git.resolve(pull.head_sha)
    return await commits_between(git, base, head) if base and head else ()


async def pull_size(one: Issue) -> PullSize:
    """How much a pull request changes."""
    changed = await pull_files(one)
    return PullSize(
        commits=len(await pull_commits(one)),
        files=len(changed),
        additions=sum(each.additions for each in changed),
        deletions=sum(each.deletions for each in changed),
    )


async def pull_files(one: Issue) -> tuple[FileChange, ...]:
    """The files that a pull request changes, from where it forked off to its tip."""
    ends = await _ends(one)
    return await changes(one.repository.git, *ends) if ends else ()


async def pull_diff(one: Issue) -> bytes:
    """What a pull request changes, as git prints it."""
    ends = await _ends(one)
    return await diff_text(one.repository.git, *ends) if ends else b""


async def try_merge(world: World, one: Issue) -> str | None:
    """The commit at ``refs/pull/N/merge``, made anew where an end has moved; None on a conflict or once it is closed.

    Source: https://docs.github.com/rest/pulls/pulls#get-a-pull-request (the test merge commit)
    """
    pull, git = one.pull, one.repository.git
    if pull is None or one.state != "open":
        return None
    base, head = await git.resolve(f"refs/heads/{pull.base}"), await git.resolve(pull.head_sha)
    if base is None or head is None:
        return None
    if pull.trial is None or pull.trial[:2] != (base, head):
        made = await _trial(world, one, base, head)
        name = f"refs/pull/{one.number}/merge"
        await (move_ref(git, name, made) if made else delete_ref(git, name))
        pull.trial = (base, head, made)
    return pull.trial[2]


async def _trial(world: World, one: Issue, base: str, head: str) -> str | None:
    git = one.repository.git
    tree = await merged_tree(git, base, head)
    if tree is None:
        return None
    who = Signature(name=_MERGER[0], email=_MERGER[1], when=world.clock())
    message = f"Merge {head} into {base}"
    new = NewCommit(parents=(base, head), files=(), message=message, author=who, committer=who)
    return await commit_tree(git, tree, new)


async def _ends(one: Issue) -> tuple[str, str] | None:
    """Where a pull request forked off, and its tip."""
    pull, git = one.pull, one.repository.git
    if pull is None or pull.head_sha == ZERO:
        return None
    base, head = await git.resolve(pull.base_sha), await git.resolve(pull.head_sha)
    if base is None or head is None:
        return None
    stand = await compare(git, base, head)
    return (stand.merge_base if stand else base), head
