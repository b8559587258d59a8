"""Opening a pull request."""

from dataclasses import dataclass, replace

from bot.simulator.accounts import Account
from bot.simulator.changes import check_writable, cross_reference
from bot.simulator.entities import Issue, Pull, Repository
from bot.simulator.git.history import compare
from bot.simulator.git.writing import ZERO, move_ref
from bot.simulator.payloads import pull_event
from bot.simulator.pulled import pull_size, try_merge
from bot.simulator.pushing import Change, commit_beside, commit_files
from bot.simulator.refusals import Refusal, invalid
from bot.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPull:
    """What a new pull request is made of: branches, or a commit (``sha``) on a branch of a ``fork``."""

    title: str
    head: str
    base: str
    body: str = ""
    draft: bool = False
    fork: str | None = None
    sha: str | None = None


async def open_pull(world: World, repository: Repository, actor: Account, new: NewPull) -> Issue:
    """A new pull request; 422 where there is nothing to pull, or one is open already."""
    check_writable(repository)
    base = await repository.git.resolve(f"refs/heads/{new.base}")
    head = await repository.git.resolve(new.sha or f"refs/heads/{new.head}")
    if base is None or head is None:
        raise invalid("PullRequest", "base" if base is None else "head", "invalid")
    stand = await compare(repository.git, base, head)
    if stand is not None and not stand.ahead:
        raise _refused(f"No commits between {new.base} and {new.head}")
    ends = [(p.pull.fork, p.pull.head, p.pull.base) for p in repository.pulls() if p.pull and p.state == "open"]
    if (new.fork, new.head, new.base) in ends:
        owner = (new.fork or repository.full_name).partition("/")[0]
        raise _refused(f"A pull request already exists for {owner}:{new.head}.")
    now = world.clock()
    made = Issue(
        repository=repository,
        id=world.ids.take(),
        number=repository.next_number(),
        title=new.title,
        body=new.body,
        author=actor,
        created_at=now,
        updated_at=now,
        pull=Pull(base=new.base, head=new.head, base_sha=base, head_sha=head, draft=new.draft, fork=new.fork),
    )
    repository.issues[made.number] = made
    await move_ref(repository.git, f"refs/pull/{made.number}/head", head)
    await try_merge(world, made)
    cross_reference(world, made, new.body, actor)
    pull_event(world, made, "opened", actor, await pull_size(made))
    return made


async def with_commit(world: World, repository: Repository, new: NewPull, change: Change) -> NewPull:
    """The pull request with a commit on its branch, which is made at the base where it is not there."""
    base = await repository.git.resolve(f"refs/heads/{new.base}")
    if base is None:
        raise invalid("PullRequest", "base", "invalid")
    if new.fork is not None:
        return replace(new, sha=await commit_beside(world, repository, base, change))
    ref = f"refs/heads/{new.head}"
    if await repository.git.resolve(ref) is None:
        await move_ref(repository.git, ref, base, ZERO)
    await commit_files(world, repository, change)
    return new


def _refused(message: str) -> Refusal:
    detail: dict[str, object] = {"resource": "PullRequest", "code": "custom", "message": message}
    return Refusal(422, "Validation Failed", errors=(detail,))
