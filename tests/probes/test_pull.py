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
        "its effect is gone: the file compared stand",
    ),
    "the revert was reverted": (
        (
            Step(f"Revert\n\nThis reverts commit {FIX_SHA}.", {"app/domains.py": "old"}, sha=Sha("a" * 40)),
            Step(f"Reapply\n\nThis reverts commit {'a' * 40}.", {"app/domains.py": "new"}),
        ),
        Outcome.PASS,
        Reason.HOLDS,
        "not reverted",
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
