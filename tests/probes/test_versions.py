"""Commits in releases and tags; and the commit probe's question about the whole fix."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Outcome, Reason, Sha
from bot.github.models import Version
from bot.probes.commit import PROBE, CommitParams
from bot.probes.contract import Context, Fix

from .landmarks import Landmarks
from .world import MemoryReader, Step, ask, context, repo

AT = repo(Step("Start", {"a": "1"}), Step("Fix", {"a": "2"}), Step("Later", {"b": "3"}))
START, FIX, LATER = AT.branch
FIXED = Fix(commits=(FIX,), before=START, paths=("a",))


def version(name: str, sha: str | None, **more: object) -> Version:
    return Version(name=name, commit=Sha(sha) if sha else None, url=f"https://github.example/{name}", **more)


def where(*versions: Version, fix: Fix = FIXED) -> Context:
    reader = MemoryReader(AT, landmarks=Landmarks(releases=versions, tags=versions))
    return context(AT, reader=reader, fix=fix)


NEW, OLD, EARLY = version("v2.0", LATER), version("v1.0", START), version("v2.0-rc1", FIX, prerelease=True)
CASES = {
    "in the newest": ((NEW, OLD), True, Outcome.PASS, "in {kind} `v2.0`"),
    "in an older one": ((version("old-line", START), NEW), True, Outcome.PASS, "in {kind} `v2.0`"),
    "in a pre-release": ((EARLY, OLD), True, Outcome.PASS, "in {kind} `v2.0-rc1`, a pre-release"),
    "in the one named": ((NEW, OLD), "v2.0", Outcome.PASS, "in {kind} `v2.0`"),
    "in one of a pattern": ((NEW, EARLY, OLD), "v2.*", Outcome.PASS, "in {kind} `v2.0`"),
    "not in the only one": ((OLD,), True, Outcome.FAIL, "but {kind} `v1.0` does not contain it"),
    "not in the one named": ((NEW, OLD), "v1.0", Outcome.FAIL, "but {kind} `v1.0` does not contain it"),
    "in none of several": ((OLD, OLD), True, Outcome.FAIL, "in none of 2 {kind}s that are meant"),
    "in none of very many": ((OLD,) * 30, True, Outcome.FAIL, "in none of the newest 10 of 30 {kind}s"),
    "without a commit": ((version("v1.0", None),), True, Outcome.FAIL, "`v1.0` does not contain it"),
    "none there": ((), True, Outcome.MISSING, "but there is no {kind} yet"),
    "none of that name": ((NEW, OLD), "v3.*", Outcome.MISSING, "called `v3.*` (there is `v2.0` and `v1.0`)"),
    "a number without its v": ((NEW, OLD), "2.0", Outcome.PASS, "in {kind} `v2.0`"),
    "a number with a v": ((version("2.0", LATER),), "v2.0", Outcome.PASS, "in {kind} `2.0`"),
    "not asked": ((), False, Outcome.PASS, "not reverted"),
}


@pytest.mark.parametrize("kind", ["release", "tag"])
@pytest.mark.parametrize("name", CASES)
async def test_a_commit_may_have_to_be_in_a_version(name, kind):
    """The newest that contains it is named; none is missing, one without it is failed."""
    versions, wanted, outcome, words = CASES[name]
    evidence = await ask(PROBE, where(*versions), sha=FIX[:9], **{f"in_{kind}": wanted})
    assert evidence.outcome is outcome
    assert words.format(kind=kind) in evidence.observed


PICKED = Step("Picked", {"a": "2"}, side=True)
APART = repo(Step("Start", {"a": "1"}), PICKED, Step("Fix", {"a": "2"}), Step("Later", {"b": "3"}))


@pytest.mark.parametrize(("at", "reason"), [("Picked", Reason.NOT_REACHABLE), ("Start", Reason.DOES_NOT_HOLD)])
async def test_a_version_on_a_branch_of_its_own_may_hold_a_copy(at, reason):
    """Then it is said that it does not have this commit, and no more."""
    reader = MemoryReader(APART, landmarks=Landmarks(tags=(version("v1.9", APART.sha(at)),)))
    evidence = await ask(PROBE, context(APART, reader=reader), sha=APART.sha("Fix"), in_tag="v1.9")
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, reason)
    assert ("may hold a copy" in evidence.observed) == (reason is Reason.NOT_REACHABLE)


async def test_a_release_is_linked():
    """The evidence leads to its page."""
    evidence = await ask(PROBE, where(NEW), sha=FIX, in_release=True)
    assert "https://github.example/v2.0" in [one.url for one in evidence.details]
    assert evidence.expected == f"`{FIX[:7]}` is on `main`, not reverted, and in a release"


async def test_the_newest_version_alone_is_asked_where_it_tells():
    """Most often it does."""
    where_ = where(NEW, *(OLD,) * 20)
    await ask(PROBE, where_, sha=FIX, in_tag=True)
    assert where_.reader.asked.count("contains") == 2  # the branch, the tag


@pytest.mark.parametrize(
    "bad", [{"in_release": True, "in_tag": True}, {"in_release": ""}, {"in_tag": 1}, {"sha": "main"}]
)
def test_what_cannot_be_meant_is_refused(bad):
    """Before anything is asked."""
    with pytest.raises(ValidationError):
        CommitParams(**{"sha": FIX, **bad})


async def test_without_a_sha_the_whole_fix_is_asked_for():
    """As policies must, which know no sha."""
    evidence = await ask(PROBE, where(NEW), in_release=True)
    assert (evidence.outcome, evidence.expected) == (
        Outcome.PASS,
        "the fix is on `main`, not reverted, and in a release",
    )


async def test_the_worst_commit_of_the_fix_decides():
    """And the others are listed."""
    evidence = await ask(PROBE, where(EARLY, fix=replace(FIXED, commits=(LATER, FIX))), in_release=True)
    assert evidence.outcome is Outcome.FAIL
    assert evidence.observed.startswith(f"`{LATER[:7]}` is on `main`")
    assert any(one.text.startswith(f"`{FIX[:7]}`: on `main`") for one in evidence.details)


async def test_without_a_fix_nothing_is_asked():
    """Missing, not failed."""
    evidence = await ask(PROBE, where(NEW, fix=Fix(commits=(), before=None, paths=())))
    assert (evidence.outcome, evidence.reason) == (Outcome.MISSING, Reason.NOTHING_TO_MEASURE)


@pytest.mark.parametrize(("sha", "before", "decisive"), [(START, "there", False), (FIX, "not there", True)])
async def test_what_was_there_before_the_fix_proves_little(sha, before, decisive):
    """The same question at the commit before the fix."""
    evidence = await ask(PROBE, where(fix=replace(FIXED, before=START)), sha=sha)
    assert (evidence.outcome, evidence.before, evidence.decisive) == (Outcome.PASS, before, decisive)
    assert await ask(PROBE, where(), sha=sha, ask_before=False) != evidence or decisive
