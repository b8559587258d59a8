"""Who wrote the fix."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import Sha
from bot.commands.authorship import authors_of, to_ask
from bot.github.models import Actor, Authors, CommitInfo, Pull, PullState, Snapshot, Unknown
from bot.probes.contract import Fix
from tests.probes.world import NOW, context, issue, pull

FIX, MERGE = Sha("f" * 40), Sha("e" * 40)
NOREPLY = "Co-authored-by: Dora <12+Dora@users.noreply.github.com>"


def seen(*pulls: Pull, commits: tuple[CommitInfo, ...] = ()) -> tuple[Fix, Snapshot]:
    """A fix of these closing pull requests and commits, which are all of the history."""
    snapshot = replace(context(about=issue(closing_pulls=pulls)).snapshot, history=commits)
    return Fix(commits=tuple(commit.oid for commit in commits), before=None, paths=()), snapshot


def written_by(*pulls: Pull, commits: tuple[CommitInfo, ...] = ()) -> frozenset[str] | Unknown:
    """The authors, where nothing has to be asked."""
    assert to_ask(*seen(*pulls, commits=commits)) == ()
    return authors_of(*seen(*pulls, commits=commits))


def by_bob(**changes: object) -> Pull:
    """A pull request that bob opened and that has no commit of anybody else."""
    return pull(**{"author": Actor(login="Bob"), "commit_messages": (), "commit_count": 0, **changes})


def commit(author: str | None, message: str = "Fix it", parents: int = 1) -> CommitInfo:
    """A commit of the fix."""
    return CommitInfo(oid=FIX, message=message, committed_at=NOW, parents=(MERGE,) * parents, author=author)


@pytest.mark.parametrize(
    ("changes", "authors"),
    [
        ({}, {"bob"}),
        ({"commit_authors": ("carl", "Bob")}, {"bob", "carl"}),
        ({"commit_messages": (f"Fix\n\n{NOREPLY}", "More")}, {"bob", "dora"}),
        ({"commit_messages": (f"It says: {NOREPLY}",)}, {"bob"}),
        ({"state": PullState.OPEN}, {"bob"}),
        ({"state": PullState.CLOSED}, set()),
        ({"repository": "acme/other"}, {"bob"}),
    ],
    ids=["opened", "commits", "co-author", "quoted", "open", "given-up", "from-elsewhere"],
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


ONE, TWO = Sha("1" * 40), Sha("2" * 40)
DORA = "Co-authored-by: Dora <dora@example.com>"


def told(*logins: str, complete: bool = True, **changes: object) -> Authors:
    """What GitHub says of one commit."""
    made = replace(commit("erin"), **changes)  # type: ignore[arg-type]
    return Authors(commit=made, logins=logins, complete=complete)


def test_a_pull_request_of_many_commits() -> None:
    """Of more than a hundred the others are not known."""
    found = written_by(by_bob(commit_count=101, commit_messages=("Fix",) * 100))
    assert found == Unknown(reason="pull request 12 has 101 commits, and I read 100")


def test_co_authors_by_another_address() -> None:
    """One commit is asked for each address; then who it belongs to is known."""
    messages = (f"Fix\n\n{NOREPLY}\n{DORA}", f"More\n\n{DORA.upper()}", "Last")
    fix, snapshot = seen(by_bob(commit_messages=messages, commit_shas=(ONE, TWO, FIX)))
    assert to_ask(fix, snapshot) == (ONE,)
    assert authors_of(fix, snapshot, told={ONE: told("bob", "Dorothea")}) == {"bob", "dora", "dorothea"}


@pytest.mark.parametrize(
    "answers",
    [{}, {ONE: None}, {ONE: told("bob", complete=False)}],
    ids=["not-asked", "not-found", "not-all"],
)
def test_co_authors_that_nobody_tells(answers: dict[str, Authors | None]) -> None:
    """Where not all is known, who wrote the fix is not known."""
    fix, snapshot = seen(by_bob(commit_messages=(DORA,), commit_shas=(ONE,)))
    assert isinstance(authors_of(fix, snapshot, told=answers), Unknown)


@pytest.mark.parametrize(
    ("answer", "authors"),
    [
        (told("Erin", "dora"), {"bob", "erin", "dora"}),
        (told("erin", parents=(ONE, TWO)), {"bob"}),
        (told("erin", committed_at=NOW - timedelta(days=900)), {"bob"}),
        (None, {"bob"}),
    ],
    ids=["pushed-long-ago", "merge", "before-the-issue", "nowhere"],
)
def test_a_commit_that_was_named(answer: Authors | None, authors: set[str]) -> None:
    """What a statement names is the fix, also where the newest commits do not show it; if it exists at all."""
    fix, snapshot = seen(by_bob())
    assert to_ask(fix, snapshot, named=(ONE[:9],)) == (ONE[:9],)
    assert isinstance(authors_of(fix, snapshot, named=(ONE[:9],)), Unknown)
    assert authors_of(fix, snapshot, named=(ONE[:9],), told={ONE[:9]: answer}) == authors


def test_what_is_known_is_not_asked() -> None:
    """Neither a commit of the history, nor what a closing pull request was merged by, nor its own commits."""
    fix, snapshot = seen(by_bob(merge_commit=TWO, commit_messages=("x",), commit_shas=(ONE,)), commits=(commit("a"),))
    assert to_ask(fix, snapshot, named=(FIX[:7], TWO[:7], ONE)) == ()
