"""Commits that arrive: made by the API or by a merge, each followed by its ``push`` webhook."""

from dataclasses import dataclass

from bot.simulator.accounts import Account, AccountKind
from bot.simulator.changes import close_issue, record
from bot.simulator.closing import closed_by_text, named_in_text
from bot.simulator.entities import EventKind, Issue, Repository
from bot.simulator.git.history import changes, commits_between
from bot.simulator.git.objects import Commit, Signature, parse_commit
from bot.simulator.git.writing import ZERO, NewCommit, StaleHead, make_commit, move_ref
from bot.simulator.payloads import emit, pull_event
from bot.simulator.pulled import pull_size, try_merge
from bot.simulator.refusals import unprocessable
from bot.simulator.shapes.commits import pushed_commit
from bot.simulator.wire import Json
from bot.simulator.world import World

_PUSHED_LIMIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Files to write (None: delete) on a branch, as one commit; ``expected`` is the tip it must have."""

    branch: str
    files: tuple[tuple[str, bytes | None], ...]
    message: str
    actor: Account
    expected: str | None = None


async def commit_files(world: World, repository: Repository, change: Change) -> str:
    """Commit files onto a branch; the answer is the new commit. Raises StaleHead."""
    ref = f"refs/heads/{change.branch}"
    async with repository.git.writing:
        tip = await repository.git.resolve(ref)
        if change.expected is not None and tip != change.expected:
            raise StaleHead(f'Expected branch to point to "{change.expected}" but it did not.  Pull and try again.')
        who = signature(world, change.actor)
        new = NewCommit(
            parents=(tip,) if tip else (),
            files=change.files,
            message=change.message,
            author=who,
            committer=who,
        )
        oid = await make_commit(repository.git, new)
        await move_ref(repository.git, ref, oid, tip or ZERO)
    await pushed(world, repository, ref, tip, oid, change.actor)
    if change.branch == repository.default_branch:
        _close_later(world, repository, change, oid)
    return oid


def _close_later(world: World, repository: Repository, change: Change, oid: str) -> None:
    """A closing keyword in a commit on the default branch closes, a moment later."""
    named = [issue for issue in closed_by_text(world, repository, change.message) if issue.pull is None]

    async def close_them() -> None:
        for issue in named:
            close_issue(world, issue, change.actor, "completed", oid)

    if named:
        world.later(world.close_delay.total_seconds(), close_them)


async def pushed(
    world: World, repository: Repository, ref: str, before: str | None, after: str, actor: Account
) -> None:
    """Tell of a ref that moved, and move the pull requests whose branch it is."""
    raw = await repository.git.lookup(after)
    listed = await commits_between(repository.git, before, after) if before else ()
    if raw is not None and not listed:
        listed = (parse_commit(raw),) if raw.kind == "commit" else ()
    shapes = [await _shape(world, repository, each) for each in listed[-_PUSHED_LIMIT:]]
    body: Json = {
        "ref": ref,
        "before": before or ZERO,
        "after": after,
        "created": before is None,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"{world.url}/{repository.full_name}/compare/{(before or ZERO)[:12]}...{after[:12]}",
        "commits": shapes,
        "head_commit": shapes[-1] if shapes else None,
        "pusher": {"name": actor.login, "email": signature(world, actor).email},
    }
    for one in listed if ref == f"refs/heads/{repository.default_branch}" else ():
        for named in named_in_text(world, repository, one.message):
            record(world, named, EventKind.REFERENCED, actor).commit = one.oid
    emit(world, repository, "push", None, body, actor)
    for issue in repository.pulls():
        pull = issue.pull
        if pull and issue.state == "open" and pull.fork is None and ref == f"refs/heads/{pull.head}":
            await _synchronize(world, issue, after, actor)


async def push_to_pull(world: World, one: Issue, change: Change) -> str:
    """Commit files onto the branch of a pull request, in a fork too; the answer is the new commit."""
    pull = one.pull
    if pull is None:
        raise unprocessable(f"#{one.number} is no pull request")
    if pull.fork is None:
        return await commit_files(world, one.repository, change)
    made = await commit_beside(world, one.repository, pull.head_sha, change)
    if one.state == "open":
        await _synchronize(world, one, made, change.actor)
    return made


async def commit_beside(world: World, repository: Repository, parent: str, change: Change) -> str:
    """Commit files on top of a commit without moving a branch: what happens in a fork."""
    who = signature(world, change.actor)
    new = NewCommit(parents=(parent,), files=change.files, message=change.message, author=who, committer=who)
    return await make_commit(repository.git, new)


async def _synchronize(world: World, one: Issue, after: str, actor: Account) -> None:
    """The branch of an open pull request has moved."""
    pull, git = one.pull, one.repository.git
    if pull is None or pull.head_sha == after:
        return
    before, pull.head_sha, pull.commits = pull.head_sha, after, ()
    pull.base_sha = await git.resolve(f"refs/heads/{pull.base}") or pull.base_sha
    one.updated_at = world.clock()
    await move_ref(git, f"refs/pull/{one.number}/head", after)
    await try_merge(world, one)
    pull_event(world, one, "synchronize", actor, await pull_size(one), {"before": before, "after": after})


def signature(world: World, who: Account) -> Signature:
    """The name, address and time that GitHub puts into a commit of an account."""
    name = who.login if who.kind is AccountKind.BOT else who.short_login
    return Signature(name=name, email=f"{who.id}+{who.login}@users.noreply.github.com", when=world.clock())


async def _shape(world: World, repository: Repository, one: Commit) -> Json:
    changed = await changes(repository.git, one.parents[0] if one.parents else None, one.oid)
    return pushed_commit(world, repository, one, changed)
