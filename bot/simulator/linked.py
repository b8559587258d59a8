"""Which pull requests brought a commit."""

from bot.simulator.entities import Issue, Repository
from bot.simulator.pulled import pull_commits


async def pulls_with_commit(repository: Repository, sha: str) -> list[Issue]:
    """The pull requests whose merge commit it is, or that have it among their commits."""
    found = []
    for one in repository.pulls():
        if one.pull is None:
            continue
        heads = (one.pull.merge_commit_sha, one.pull.head_sha)
        if sha in heads or sha in [commit.oid for commit in await pull_commits(one)]:
            found.append(one)
    return found
