"""Where the fix runs, and since when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import Sha
from bot.assessment.facts import Deployed
from bot.commands.whereabouts import Whereabouts, whereabouts
from bot.github.errors import Forbidden, RateLimited
from bot.github.models import Deployment, Unknown
from bot.probes.contract import Fix
from tests.probes.landmarks import Landmarks
from tests.probes.world import NOW, MemoryReader, Step, context, issue, pull, repo

AT = repo(Step("Start", {"a": "1"}), Step("More", {"a": "2"}), Step("Fix", {"a": "3"}), Step("Later", {"a": "4"}))
START, MORE, FIX, LATER = AT.branch
FIXED = Fix(commits=(FIX, MORE), before=START, paths=("a",))
GONE = "inactive"


def deployed(sha: str, age: int = 3, *, to: str = "production", state: str = "active") -> Deployment:
    at = NOW - timedelta(hours=age)
    return Deployment(environment=to, sha=Sha(sha), active=state == "active", state=state, created_at=at, url=None)


def place(*known: Deployment, more: tuple[Deployment, ...] = (), fix: Fix = FIXED, reader=MemoryReader):
    holder = reader(AT, landmarks=Landmarks(deployments=(*known, *more)))
    plain = context(AT, reader=holder, fix=fix)
    return replace(plain, snapshot=replace(plain.snapshot, deployments=known)), holder.asked


def seen(environment: str, age: int | None, first: int | None = 0) -> Whereabouts:
    """`first`: the age of its first deployment; None: nobody can tell; 0: it is the one since which it runs."""
    at = None if first is None else _ago(first or age)
    return Whereabouts(deployed=Deployed.SEEN, environment=environment, since=_ago(age), first=at)


def _ago(age: int | None):
    return None if age is None else NOW - timedelta(hours=age)


UNSEEN = Whereabouts(deployed=Deployed.NOT_SEEN)
CASES = {
    "live": ((deployed(FIX),), seen("production", 3)),
    "live with something later": ((deployed(LATER),), seen("production", 3)),
    "since its first deployment": ((deployed(LATER, 3), deployed(FIX, 5, state=GONE)), seen("production", 5)),
    "rolled back between": (
        (deployed(LATER, 3), deployed(START, 4, state=GONE), deployed(FIX, 5, state=GONE)),
        seen("production", 3, first=5),
    ),
    "rolled back": ((deployed(START, 3), deployed(FIX, 5, state=GONE)), UNSEEN),
    "a part of it": ((deployed(MORE),), UNSEEN),
    "what failed counts neither way": ((deployed(START, 2, state="failure"), deployed(FIX, 3)), seen("production", 3)),
    "in staging only": ((deployed(START, 2), deployed(FIX, 3, to="staging")), seen("staging", 3)),
    "in both": ((deployed(FIX, 2, to="staging"), deployed(FIX, 3)), seen("production", 3)),
    "called success": ((deployed(FIX, state="success"),), seen("production", 3)),
    "pushed over": ((deployed("f" * 40),), UNSEEN),
    "nothing at all": ((), Whereabouts(deployed=Deployed.NONE_EXIST)),
}


@pytest.mark.parametrize("name", CASES)
async def test_where_the_fix_runs(name):
    """The newest live deployment counts; since when: the first of those that had the fix without a break."""
    known, expected = CASES[name]
    at, asked = place(*known)
    assert await whereabouts(at) == expected
    assert "deployments" not in asked


PREVIEWS = tuple(deployed(START, 1, to=f"preview-{number}") for number in range(20))
PAGES = (deployed(LATER, 1, to="pages"), *(deployed(FIX, 2, to="pages", state=GONE) for _ in range(19)))
OLDER = (deployed(FIX, 5), deployed(START, 9, state=GONE))
BUSY = {
    "previews without the fix": (PREVIEWS, seen("production", 5), 1),
    "a preview with the fix": ((deployed(FIX, 1, to="preview"), *PREVIEWS[1:]), seen("production", 5), 1),
    "production is among them": ((deployed(FIX, 2), *PREVIEWS[1:]), seen("production", None, first=None), 0),
    "one environment": (PAGES, seen("pages", None, first=None), 0),
    "one that had not got it": (
        (*PAGES[:18], deployed(START, 3, to="pages", state=GONE), deployed(FIX, 4, to="pages", state=GONE)),
        seen("pages", 2, first=None),
        0,
    ),
    "the one before failed": (
        (*PAGES[:19], deployed(START, 3, to="pages", state="failure")),
        seen("pages", None, None),
        0,
    ),
}


@pytest.mark.parametrize("name", BUSY)
async def test_a_busy_environment_hides_no_other(name):
    """More is read only where the newest deployments may have pushed another environment's out."""
    known, expected, requests = BUSY[name]
    at, asked = place(*known, more=OLDER)
    assert await whereabouts(at) == expected
    assert asked.count("deployments") == requests


MERGED = {
    "at once": ((deployed(FIX, 3), deployed(START, 9, state=GONE)), 4, 3),
    "nothing is told from before the merge": ((deployed(FIX, 3), *PREVIEWS[1:]), 4, None),
    "rolled back between": (
        (deployed(LATER, 1), deployed(START, 2, state=GONE), deployed(FIX, 3, state=GONE), *PREVIEWS[3:], OLDER[1]),
        4,
        3,
    ),
    "what failed has not run": (
        (deployed(LATER, 1), deployed(START, 2, state=GONE), deployed(FIX, 3, state="failure"), OLDER[1]),
        4,
        1,
    ),
    "too many between": (
        (deployed(LATER, 1), *(deployed(START, 2, state=GONE) for _ in range(6)), deployed(FIX, 3, state=GONE)),
        4,
        None,
    ),
    "an older one has it though it cannot": ((deployed(LATER, 1), deployed(FIX, 9, state=GONE)), 4, 9),
}


@pytest.mark.parametrize("name", MERGED)
async def test_when_it_was_first_deployed(name):
    """Only what was deployed since the merge is looked at, and only where all of that is told."""
    known, merged, first = MERGED[name]
    at, _ = place(*known)
    by = pull(merge_commit=FIX, merged_at=NOW - timedelta(hours=merged))
    at = replace(at, snapshot=replace(at.snapshot, issue=issue(closing_pulls=(by,))))
    assert (await whereabouts(at)).first == _ago(first)


async def test_since_when_is_known_where_the_merge_is():
    """All of the newest deployments have the fix, and the oldest of them failed before it was merged."""
    known = (*PAGES[:19], deployed(START, 9, to="pages", state="failure"))
    at, _ = place(*known)
    by = pull(merge_commit=FIX, merged_at=_ago(4))
    at = replace(at, snapshot=replace(at.snapshot, issue=issue(closing_pulls=(by,))))
    assert await whereabouts(at) == seen("pages", 2)


async def test_no_fix_is_nowhere():
    """Then no more is read either."""
    at, asked = place(*PREVIEWS, fix=Fix(commits=(), before=None, paths=()))
    assert (await whereabouts(at), asked) == (UNSEEN, [])


class Withheld(MemoryReader):
    async def contains(self, base, sha):
        raise Forbidden("no")


class Limited(MemoryReader):
    async def contains(self, base, sha):
        raise RateLimited(NOW)


async def test_what_cannot_be_read_is_unknown():
    """That is a weakness; a rate limit says nothing and is waited for."""
    lost = place()[0]
    lost = replace(lost, snapshot=replace(lost.snapshot, deployments=Unknown(reason="?")))
    assert (await whereabouts(lost)).deployed is Deployed.UNKNOWN
    assert (await whereabouts(place(deployed(FIX), reader=Withheld)[0])).deployed is Deployed.UNKNOWN
    with pytest.raises(RateLimited):
        await whereabouts(place(deployed(FIX), reader=Limited)[0])
