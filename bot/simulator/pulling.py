"""Opening a pull request."""

from dataclasses import dataclass

from bot.simulator.accounts import Account
from bot.simulator.changes import check_writable, cross_reference
from bot.simulator.entities import Issue, Pull, Repository
from bot.simulator.git.history import compare
from bot.simulator.git.writing import move_ref
from bot.simulator.merging import pull_size
from bot.simulator.payloads import pull_event
from bot.simulator.refusals import Refusal, invalid
from bot.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPull:
    """What a new pull request is made of; ``head`` and ``base`` are branches."""

    title: str
    head: str
    base: str
    body: str = ""
    draft: bool = False


async def open_pull(world: World, repository: Repository, actor: Account, new: NewPull) -> Issue:
    """A new pull request; 422 where there is nothing to pull, or one is open already."""
    check_writable(repository)
    base = await repository.git.resolve(f"refs/heads/{new.base}")
    head = await repository.git.resolve(f"refs/heads/{new.head}")
    if base is None or head is None:
        raise invalid("PullRequest", "base" if base is None else "head", "invalid")
    stand = await compare(repository.git, base, head)
    if stand is not None and not stand.ahead:
        raise _refused(f"No commits between {new.base} and {new.head}")
    mine = (p for p in repository.pulls() if p.state == "open" and p.pull and p.pull.head == new.head)
    if any(p.pull and p.pull.base == new.base for p in mine):
        raise _refused(f"A pull request already exists for {repository.owner.login}:{new.head}.")
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
        pull=Pull(base=new.base, head=new.head, base_sha=base, head_sha=head, draft=new.draft),
    )
    repository.issues[made.number] = made
    await move_ref(repository.git, f"refs/pull/{made.number}/head", head)
    cross_reference(world, made, new.body, actor)
    pull_event(world, made, "opened", actor, await pull_size(made))
    return made


def _refused(message: str) -> Refusal:
    detail: dict[str, object] = {"resource": "PullRequest", "code": "custom", "message": message}
    return Refusal(422, "Validation Failed", errors=(detail,))
