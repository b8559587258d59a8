"""Merging a pull request, and the closing of issues that follows from it.

Source: https://docs.github.com/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue
"""

from dataclasses import dataclass

from bot.simulator.accounts import Account
from bot.simulator.changes import record
from bot.simulator.closing import closed_by_text, closing_issues
from bot.simulator.entities import EventKind, Issue, Pull
from bot.simulator.git.history import commits_between, compare
from bot.simulator.git.objects import Commit
from bot.simulator.git.writing import NewCommit, commit_tree, merged_tree, move_ref
from bot.simulator.payloads import pull_event
from bot.simulator.pulled import pull_commits, pull_size
from bot.simulator.pushing import pushed, signature
from bot.simulator.refusals import Refusal, unprocessable
from bot.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequest:
    """How to merge: ``sha`` is a commit that is there already, ``squash`` makes one of one parent."""

    actor: Account
    sha: str | None = None
    squash: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An issue that is about to be closed, by a pull request or by a commit."""

    issue: Issue
    closer: Issue | str


async def merge(world: World, one: Issue, request: MergeRequest) -> list[Closing]:
    """Merge a pull request; the answer is the closings that are to follow from it shortly after."""
    pull = one.pull
    if pull is None:
        raise unprocessable(f"#{one.number} is no pull request")
    if pull.merged or one.state == "closed":
        raise Refusal(405, "Pull Request is not mergeable")
    git, ref = one.repository.git, f"refs/heads/{pull.base}"
    commits = await pull_commits(one)
    size = await pull_size(one)
    before = await git.resolve(ref)
    sha = request.sha or pull.merge_commit_sha or await _merge_commit(world, one, pull, request)
    present = await git.resolve(sha)
    if present is not None and before is not None:
        stand = await compare(git, before, present)
        if stand is not None and stand.ahead:
            await move_ref(git, ref, present, before)
            await pushed(world, one.repository, ref, before, present, request.actor)
            commits = (*commits, *await commits_between(git, before, present))
    now = world.clock()
    pull.merged_at, pull.merged_by, pull.merge_commit_sha = now, request.actor, sha
    one.state, one.closed_at, one.closed_by, one.updated_at = "closed", now, request.actor, now
    record(world, one, EventKind.MERGED, request.actor).commit = sha
    record(world, one, EventKind.CLOSED, request.actor)
    pull_event(world, one, "closed", request.actor, size)
    return _to_close(world, one, pull, commits)


def _to_close(world: World, one: Issue, pull: Pull, commits: tuple[Commit, ...]) -> list[Closing]:
    """The linked issues, closed by the pull request; then those that only its commits name."""
    if pull.base != one.repository.default_branch:
        return []
    found: dict[int, Closing] = {i.id: Closing(issue=i, closer=one) for i in closing_issues(world, one)}
    for commit in commits:
        for issue in closed_by_text(world, one.repository, commit.message):
            found.setdefault(issue.id, Closing(issue=issue, closer=commit.oid))
    return [each for each in found.values() if each.issue.pull is None]


async def _merge_commit(world: World, one: Issue, pull: Pull, request: MergeRequest) -> str:
    git = one.repository.git
    base = await git.resolve(f"refs/heads/{pull.base}")
    head = await git.resolve(pull.head_sha)
    if base is None or head is None:
        raise Refusal(405, "Pull Request is not mergeable")
    tree = await merged_tree(git, base, head)
    if tree is None:
        raise Refusal(405, "Pull Request has merge conflicts")
    who = signature(world, request.actor)
    merged = f"Merge pull request #{one.number} from {one.repository.owner.login}/{pull.head}\n\n{one.title}"
    squashed = f"{one.title} (#{one.number})\n\n{one.body}".strip()
    new = NewCommit(
        parents=(base,) if request.squash else (base, head),
        files=(),
        message=request.message or (squashed if request.squash else merged),
        author=who,
        committer=who,
    )
    return await commit_tree(git, tree, new)
