"""Who wrote the fix."""

from dataclasses import replace

import pytest

from bot.assessment.evidence import Sha
from bot.commands.authorship import authors_of
from bot.github.models import Actor, CommitInfo, Pull, PullState, Unknown
from bot.probes.contract import Fix
from tests.probes.world import NOW, context, issue, pull

FIX, MERGE = Sha("f" * 40), Sha("e" * 40)
NOREPLY = "Co-authored-by: Dora <12+Dora@users.noreply.github.com>"


def written_by(*pulls: Pull, commits: tuple[CommitInfo, ...] = ()) -> frozenset[str] | Unknown:
    """The authors, where these are the closing pull requests and the commits of the fix."""
    snapshot = replace(context(about=issue(closing_pulls=pulls)).snapshot, history=commits)
    return authors_of(Fix(commits=tuple(commit.oid for commit in commits), before=None, paths=()), snapshot)


def by_bob(**changes: object) -> Pull:
    """A pull request that bob opened and that has no commit of anybody else."""
    return pull(**{"author": Actor(login="Bob"), "commit_messages": (), **changes})


def commit(author: str | None, message: str = "Fix it", parents: int = 1) -> CommitInfo:
    """A commit of the fix."""
    return CommitInfo(oid=FIX, message=message, committed_at=NOW, parents=(MERGE,) * parents, author=author)


@pytest.mark.parametrize(
    ("changes", "authors"),
    [
        ({}, {"bob"}),
        ({"commit_authors": ("carl", "Bob")}, {"bob", "carl"}),
        ({"commit_messages": (f"Fix\n\n{NOREPLY}", "More")}, {"bob", "dora"}),
        ({"commit_messages": ("Co-authored-by: Dora <dora@example.com>",)}, {"bob"}),
        ({"commit_messages": (f"It says: {NOREPLY}",)}, {"bob"}),
        ({"state": PullState.OPEN}, {"bob"}),
        ({"state": PullState.CLOSED}, set()),
        ({"repository": "acme/other"}, {"bob"}),
    ],
    ids=["opened", "commits", "co-author", "other-address", "quoted", "open", "given-up", "from-elsewhere"],
)
def test_of_pull_requests(changes: dict[str, object], authors: set[str]) -> None:
    """Whoever opened one or has a commit in it, unless it was given up."""
    assert written_by(by_bob(**changes)) == authors


def test_of_deleted_accounts() -> None:
    """Nobody is left to be asked."""
    assert written_by(replace(by_bob(), author=None)) == frozenset()


@pytest.mark.parametrize(
    ("made", "authors"),
    [
        (commit("Erin"), {"erin"}),
        (commit(None), set()),
        (commit("Erin", f"Fix\n\n{NOREPLY}"), {"erin", "dora"}),
        (commit("Erin", parents=2), set()),
    ],
    ids=["pushed", "no-account", "co-author", "merged"],
)
def test_of_commits(made: CommitInfo, authors: set[str]) -> None:
    """A pushed commit is its author's; a merge is not the work of whoever merged."""
    assert written_by(commits=(made,)) == authors


def test_unknown() -> None:
    """Where the pull requests could not be read nobody can say who wrote the fix."""
    lost = Unknown(reason="a permission is missing")
    snapshot = context(about=issue(closing_pulls=lost), fix=Fix(commits=(), before=None, paths=())).snapshot
    assert authors_of(Fix(commits=(), before=None, paths=()), snapshot) == lost
