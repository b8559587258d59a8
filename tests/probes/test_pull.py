"""The pull probe: merged, on the branch, not reverted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import Outcome, Reason, Sha
from bot.github.models import PullFile, PullState, Unknown
from bot.probes.pull import PROBE

from .world import NOW, MemoryReader, Repo, Step, ask, context, issue, oid, pull, ref, repo

BEFORE = Step("Start", {"app/domains.py": "old", "README.md": "hello"})
FIX = Step("Correct the domains (#12)", {"app/domains.py": "new"})
FIX_SHA = oid((1, FIX.message))


def landed(*later: Step) -> Repo:
    return repo(BEFORE, FIX, *later)


def merged(at: Repo, **changes):
    return pull(merge_commit=at.sha("Correct the domains"), **changes)


async def closing(at: Repo, *pulls, reader: MemoryReader | None = None, params: dict | None = None, **about):
    where = context(at, about=issue(closing_pulls=pulls, **about), reader=reader)
    return await ask(PROBE, where, **(params or {}))


HISTORIES = {
    "stands": ((), Outcome.PASS, Reason.HOLDS, "#12 is merged as `{sha}`, not reverted"),
    "reverted by sha": (
        (Step(f'Revert "Correct"\n\nThis reverts commit {FIX_SHA}.', {"app/domains.py": "old"}),),
        Outcome.FAIL,
        Reason.REVERTED,
        "reverted it",
    ),
    "reverted by GitHub's button": (
        (Step('Revert "Correct the domains" (#13)\n\nReverts acme/shop#12', {"app/domains.py": "old"}),),
        Outcome.FAIL,
        Reason.REVERTED,
        "reverted it",
    ),
    "reverted under another name": (
        (Step("Tidy up (#13)", {"app/domains.py": "old"}),),
        Outcome.FAIL,
        Reason.REVERTED,
        "its effect is gone: 1 file compared, all as before it",
    ),
    "the revert was reverted": (
        (
            Step(f"Revert\n\nThis reverts commit {FIX_SHA}.", {"app/domains.py": "old"}, sha=Sha("a" * 40)),
            Step(f"Reapply\n\nThis reverts commit {'a' * 40}.", {"app/domains.py": "new"}),
        ),
        Outcome.PASS,
        Reason.HOLDS,
        "reverted once and back again",
    ),
    "reverted, then landed again without a word": (
        (
            Step(f"Revert\n\nThis reverts commit {FIX_SHA}.", {"app/domains.py": "old"}),
            Step("Domains, second try", {"app/domains.py": "new"}),
        ),
        Outcome.PASS,
        Reason.HOLDS,
        "reverted once and back again",
    ),
    "a revert of something else": (
        (Step(f"Revert\n\nThis reverts commit {'b' * 40}."),),
        Outcome.PASS,
        Reason.HOLDS,
        "not reverted",
    ),
    "another repository's pull request of that number": (
        (Step("Bump\n\nReverts other/lib#12"),),
        Outcome.PASS,
        Reason.HOLDS,
        "not reverted",
    ),
    "changed further": ((Step("More", {"app/domains.py": "newer"}),), Outcome.PASS, Reason.HOLDS, "not reverted"),
    "changed file deleted later": ((Step("Gone", {"app/domains.py": None}),), Outcome.PASS, Reason.HOLDS, "not rev"),
}


@pytest.mark.parametrize("name", HISTORIES)
async def test_a_merged_pull_counts_only_while_its_change_stands(name):
    """Net effect decides: what was reverted is no fix, what was reverted and came back is."""
    later, outcome, reason, words = HISTORIES[name]
    at = landed(*later)
    evidence = await closing(at, merged(at))
    assert (outcome, reason) == (evidence.outcome, evidence.reason)
    assert words.format(sha=FIX_SHA[:7]) in evidence.observed


LINKS = {
    "no pull request at all": ((), {}, Outcome.MISSING, Reason.NOTHING_TO_MEASURE),
    "none, and asked only where there is one": ((), {"if_any": True}, Outcome.SKIPPED, Reason.NOT_APPLICABLE),
    "closed without merging": (({"state": PullState.CLOSED},), {}, Outcome.MISSING, Reason.NOTHING_TO_MEASURE),
    "still open": (({"state": PullState.OPEN},), {}, Outcome.FAIL, Reason.STILL_OPEN),
    "a draft": (({"state": PullState.OPEN, "is_draft": True},), {}, Outcome.FAIL, Reason.STILL_OPEN),
    "one merged, one open": (({}, {"number": 14, "state": PullState.OPEN}), {}, Outcome.FAIL, Reason.STILL_OPEN),
    "merged here, in other capitals": (({"repository": "Acme/Shop"},), {}, Outcome.PASS, Reason.HOLDS),
    "one merged, one given up": (({}, {"number": 14, "state": PullState.CLOSED}), {}, Outcome.PASS, Reason.HOLDS),
    "merged in another repository": (({"repository": "acme/docs"},), {}, Outcome.ERROR, Reason.NOT_LOOKED_AT),
    "merged, with no commit": (({"merge_commit": None},), {}, Outcome.ERROR, Reason.NOT_LOOKED_AT),
    "changes no file": (({"files": (), "changed_files": 0},), {}, Outcome.PASS, Reason.VACUOUS),
    "none open: one is": (({"state": PullState.OPEN},), {"state": "none-open"}, Outcome.FAIL, Reason.STILL_OPEN),
    "none open: merged": (({},), {"state": "none-open"}, Outcome.PASS, Reason.HOLDS),
    "none open: none linked": ((), {"state": "none-open"}, Outcome.SKIPPED, Reason.NOT_APPLICABLE),
}


@pytest.mark.parametrize("name", LINKS)
async def test_every_state_of_the_closing_pulls_has_its_answer(name):
    """Nothing linked is not failed, something open is not missing, and what was given up does not count."""
    changes, params, outcome, reason = LINKS[name]
    at = landed()
    pulls = tuple(pull(**{"merge_commit": at.head, **change}) for change in changes)
    evidence = await closing(at, *pulls, params=params)
    assert (outcome, reason) == (evidence.outcome, evidence.reason)


async def test_a_given_up_pull_is_noted():
    """A closing pull request that was closed without being merged is said, not counted."""
    at = landed()
    evidence = await closing(at, merged(at), merged(at, number=14, state=PullState.CLOSED))
    assert "#14 was closed without being merged: not counted" in [detail.text for detail in evidence.details]


async def test_a_merge_into_another_branch_is_not_on_main():
    """Only what is reachable from the default branch counts, whatever GitHub calls merged."""
    at = repo(BEFORE, Step("Correct the domains (#12)", {"app/domains.py": "new"}, side=True))
    evidence = await closing(at, merged(at, base="dev"))
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.NOT_REACHABLE)
    assert evidence.observed == "#12 is merged into `dev`, not on `main`"


async def test_a_merge_into_another_branch_counts_once_it_reached_main():
    """The base branch does not matter, the merge commit's ancestry does."""
    at = landed()
    evidence = await closing(at, merged(at, base="dev"))
    assert evidence.outcome is Outcome.PASS


async def test_a_rewritten_branch_no_longer_carries_the_merge():
    """A merge commit that is not on its own base branch any more is named."""
    at = repo(BEFORE, Step("Correct the domains (#12)", {"app/domains.py": "new"}, side=True))
    evidence = await closing(at, merged(at))
    assert evidence.observed == f"#12 is merged, but its merge commit `{at.commits[1].oid[:7]}` is not on `main`"


async def test_an_epic_is_not_carried_by_one_pull():
    """An issue with sub-issues, closed by a single pull request: shown, but not decisive."""
    at = landed()
    evidence = await closing(at, merged(at), sub_issues=(ref(5), ref(6)), sub_issue_total=2)
    assert (evidence.outcome, evidence.reason, evidence.decisive) == (Outcome.PASS, Reason.VACUOUS, False)
    assert "this issue has 2 sub-issues" in evidence.observed


async def test_a_tracking_issue_is_not_carried_by_one_pull():
    """A task list of other issues makes an epic as well."""
    at = landed()
    evidence = await closing(at, merged(at), body="- [x] #5\n- [x] #6\n- [x] write `app/domains.py`")
    assert (evidence.outcome, evidence.reason, evidence.decisive) == (Outcome.PASS, Reason.VACUOUS, False)
    assert "this issue tracks 2 others" in evidence.observed


async def test_a_keyword_in_one_of_many_commits_of_an_unrelated_change_is_vacuous():
    """A squashed sub-commit may close an issue by accident."""
    at = landed()
    stray = merged(
        at,
        title="Upgrade the invoicing engine",
        body="Quarterly work.",
        head="invoices",
        commit_count=2,
        commit_messages=("Upgrade invoices", "fixes #1278"),
        files=(PullFile(path="billing/invoice.py", additions=9, deletions=1, change="MODIFIED"),),
    )
    evidence = await closing(at, stray)
    assert (evidence.outcome, evidence.reason, evidence.decisive) == (Outcome.PASS, Reason.VACUOUS, False)


async def test_a_partly_undone_change_proves_little():
    """Where some files stand as before the change and some do not, it is shown and does not carry the verdict."""
    both = {"app/a.py": "new", "app/b.py": "new"}
    at = repo(
        Step("Start", {"app/a.py": "old", "app/b.py": "old"}),
        Step("Correct the domains", both),
        Step("Tidy", {"app/a.py": "old"}),
    )
    files = tuple(PullFile(path=path, additions=1, deletions=1, change="MODIFIED") for path in both)
    evidence = await closing(at, merged(at, files=files, changed_files=2))
    assert (evidence.outcome, evidence.decisive) == (Outcome.PASS, False)
    assert "1 of 2 files stand as before it: proves little" in evidence.observed


async def test_a_revert_that_leaves_the_changelog_is_a_revert():
    """Documents do not carry a change that also touched code."""
    at = repo(
        Step("Start", {"app/a.py": "old"}),
        Step("Correct the domains", {"app/a.py": "new", "CHANGELOG.md": "fixed"}),
        Step("Tidy", {"app/a.py": "old"}),
    )
    files = tuple(
        PullFile(path=path, additions=1, deletions=0, change="MODIFIED") for path in ("app/a.py", "CHANGELOG.md")
    )
    evidence = await closing(at, merged(at, files=files, changed_files=2))
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.REVERTED)


async def test_a_moved_file_is_no_revert():
    """A file that the change added and that lives in another folder today still stands."""
    at = repo(
        Step("Start", {"x": "1"}),
        Step("Correct the domains", {"app/new.py": "body"}),
        Step("Move", {"app/new.py": None, "src/new.py": "body"}),
    )
    files = (PullFile(path="app/new.py", additions=3, deletions=0, change="ADDED"),)
    evidence = await closing(at, merged(at, files=files))
    assert (evidence.outcome, evidence.reason) == (Outcome.PASS, Reason.HOLDS)


async def test_a_rebased_pull_is_compared_with_the_commit_before_its_first():
    """A rebase lands several commits: "before" lies as many commits back."""
    at = repo(
        Step("Start", {"app/a.py": "old", "app/b.py": "old"}),
        Step("First", {"app/a.py": "new"}),
        Step("Correct the domains", {"app/b.py": "new"}),
        Step("Tidy", {"app/a.py": "old", "app/b.py": "old"}),
    )
    files = tuple(PullFile(path=f"app/{name}.py", additions=1, deletions=1, change="MODIFIED") for name in "ab")
    rebased = merged(at, commit_count=2, commit_messages=("First", "Correct the domains"), files=files)
    evidence = await closing(at, rebased)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.REVERTED)


async def test_a_hidden_list_is_an_error():
    """A missing permission is neither "no pull requests" nor "all merged"."""
    where = context(landed(), about=issue(closing_pulls=Unknown(reason="needs pull_requests:read")))
    evidence = await ask(PROBE, where)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.FORBIDDEN)
    assert "needs pull_requests:read" in evidence.observed


NAMED = {
    "merged": ({}, Outcome.PASS, Reason.HOLDS),
    "open": ({"state": PullState.OPEN}, Outcome.FAIL, Reason.STILL_OPEN),
    "closed": ({"state": PullState.CLOSED}, Outcome.FAIL, Reason.NOT_MERGED),
}


@pytest.mark.parametrize("name", NAMED)
async def test_a_named_pull_is_asked_for_even_if_it_is_not_linked(name):
    """A claim may name any pull request of the repository."""
    changes, outcome, reason = NAMED[name]
    at = landed()
    reader = MemoryReader(at, pulls=(merged(at, number=14, **changes),))
    evidence = await ask(PROBE, context(at, reader=reader), number=14)
    assert (outcome, reason) == (evidence.outcome, evidence.reason)


async def test_a_named_pull_can_be_asked_to_be_not_open():
    """However it ended."""
    at = landed()
    reader = MemoryReader(at, pulls=(pull(14, state=PullState.CLOSED),))
    evidence = await ask(PROBE, context(at, reader=reader), number=14, state="none-open")
    assert evidence.outcome is Outcome.PASS


@pytest.mark.parametrize(("issues", "words"), [({}, "not a pull request of"), ({(None, 14): ref(14)}, "is an issue")])
async def test_a_number_that_is_no_pull_request_says_what_it_is(issues, words):
    """#14 may be an issue, or nothing."""
    at = landed()
    evidence = await ask(PROBE, context(at, reader=MemoryReader(at, issues=issues)), number=14)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.NOT_FOUND)
    assert words in evidence.observed


async def test_opaque_files_cannot_show_a_revert():
    """Where contents cannot be compared, the answer says so instead of guessing."""
    at = landed()
    evidence = await closing(at, merged(at, files=()))
    assert (evidence.outcome, evidence.reason) == (Outcome.PASS, Reason.HOLDS)
    assert "its files were not compared" in evidence.observed


async def test_a_hundred_reverts_of_each_other_end():
    """Chains of reverts are followed to their end: an even number leaves the change in place."""
    steps, last = [], FIX_SHA
    for place in range(98):
        sha = Sha(oid(place))
        steps.append(Step(f"{place}\n\nThis reverts commit {last}.", {"app/domains.py": str(place % 2)}, sha=sha))
        last = sha
    at = repo(BEFORE, FIX, *steps, every=timedelta(minutes=1), last=NOW)
    assert (await closing(at, merged(at))).outcome is Outcome.PASS
    odd = replace(at, branch=at.branch[:-1])
    assert (await closing(odd, merged(odd))).outcome is Outcome.FAIL
