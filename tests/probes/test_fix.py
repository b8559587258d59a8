"""The fix: what landed on the default branch, and the commit before it."""

from datetime import timedelta

from bot.assessment.evidence import Sha
from bot.github.models import EventKind, PullState, TimelineEvent, Unknown
from bot.probes.contract import Fix
from bot.probes.fix import before_pull, fix_of

from .world import NOW, Step, context, issue, pull, repo

AT = repo(Step("Start"), Step("One"), Step("Two"), Step("Three"))
START, ONE, TWO, THREE = AT.branch


def fix(*pulls, named=(), **about) -> Fix:
    return fix_of(context(AT, about=issue(closing_pulls=pulls, **about)).snapshot, named)


def test_nothing_linked_is_no_fix():
    """Then nothing can be asked of the time before it."""
    assert fix() == Fix(commits=(), before=None, paths=())


def test_before_is_the_first_parent_of_the_oldest_merge():
    """Several pull requests make one fix; its commits stand newest first."""
    late, early = pull(13, merge_commit=THREE), pull(12, merge_commit=ONE, merged_at=NOW - timedelta(hours=9))
    assert fix(late, early) == Fix(commits=(THREE, ONE), before=START, paths=("app/domains.py",))


def test_what_did_not_land_is_no_part_of_the_fix():
    """Open, closed, merged elsewhere, of another repository: none counts."""
    others = (
        pull(1, state=PullState.OPEN, merge_commit=ONE),
        pull(2, state=PullState.CLOSED),
        pull(3, merge_commit=Sha("f" * 40), base="dev"),
        pull(4, merge_commit=ONE, repository="acme/docs"),
        pull(5, merge_commit=None),
    )
    assert fix(*others).commits == ()


def test_a_merge_through_another_branch_counts_where_it_arrived():
    """Its merge commit stands in the default branch's history."""
    assert fix(pull(merge_commit=TWO, base="dev")).before == ONE


def test_a_commit_that_closed_the_issue_is_the_fix():
    """A keyword in a commit's message closes an issue without any pull request."""
    closed = TimelineEvent(kind=EventKind.CLOSED, at=NOW, actor=None, commit=TWO)
    assert fix(timeline=(closed,)) == Fix(commits=(TWO,), before=ONE, paths=())


def test_a_named_commit_is_the_fix():
    """What a claim names and what was found."""
    assert fix(named=(AT.commits[2],)) == Fix(commits=(TWO,), before=ONE, paths=())


def test_a_named_commit_that_is_older_than_the_issue_is_no_part_of_the_fix():
    """It would make everything since look like the fix's work."""
    opened = AT.commits[2].committed_at
    assert fix(named=(AT.commits[1], AT.commits[2]), created_at=opened) == Fix(commits=(TWO,), before=ONE, paths=())


def test_the_first_commit_has_no_before():
    """A repository's root came out of nothing."""
    assert fix(named=(AT.commits[0],)) == Fix(commits=(START,), before=None, paths=())


def test_unknown_lists_are_no_fix():
    """Not told is no reason to fail here: the probes say it."""
    hidden = issue(closing_pulls=Unknown(reason="x"), timeline=Unknown(reason="x"))
    assert fix_of(context(AT, about=hidden).snapshot).commits == ()


def test_before_a_rebased_pull_lies_as_many_commits_back():
    """Its commits stand on the branch one after another, with their own messages."""
    known = {commit.oid: commit for commit in AT.commits}
    rebased = pull(merge_commit=THREE, merge_parents=(TWO,), commit_count=2, commit_messages=("Two", "Three"))
    squashed = pull(merge_commit=THREE, merge_parents=(TWO,), commit_count=2, commit_messages=("a", "b"))
    cut = pull(merge_commit=THREE, merge_parents=(TWO,), commit_count=9, commit_messages=("Two", "Three"))
    assert [before_pull(one, known) for one in (rebased, squashed, cut)] == [ONE, TWO, TWO]


def test_before_an_unknown_merge_is_unknown():
    """Without parents nothing is guessed."""
    assert before_pull(pull(merge_commit=Sha("f" * 40)), {}) is None
    assert before_pull(pull(merge_commit=None), {}) is None
