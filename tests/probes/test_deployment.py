"""The deployment probe: what is live is what counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import CriterionId, Outcome, Reason, Sha
from bot.github.errors import NotFound
from bot.github.models import Deployment, Unknown
from bot.probes.contract import Fix
from bot.probes.deployment import PROBE
from bot.probes.deployment_params import DeploymentParams

from .landmarks import Landmarks
from .world import NOW, MemoryReader, Step, ask, context, repo

AT = repo(Step("Start", {"a": "1"}), Step("More", {"a": "2"}), Step("Fix", {"a": "3"}), Step("Later", {"a": "4"}))
START, MORE, FIX, LATER = AT.branch
FIXED = Fix(commits=(FIX,), before=MORE, paths=("a",))
LIVE, GONE, FAILED, RUNNING = "active", "inactive", "failure", "in_progress"


def deployed(sha: str, state: str = LIVE, to: str = "production", age: int = 3) -> Deployment:
    return Deployment(
        environment=to,
        sha=Sha(sha),
        active=state == "active",
        state=state,
        created_at=NOW - timedelta(hours=age),
        url=f"https://{to}.example.com",
    )


def where(*deployments: Deployment, more: tuple[Deployment, ...] = (), fix: Fix = FIXED, reader=MemoryReader):
    """`deployments` come with the snapshot, newest first; `more` must be asked for."""
    holder = reader(AT, landmarks=Landmarks(deployments=(*deployments, *more)))
    plain = context(AT, reader=holder, fix=fix)
    return replace(plain, snapshot=replace(plain.snapshot, deployments=deployments))


CASES = {
    "live with the fix": ((deployed(FIX),), Outcome.PASS, f"`production` runs `{FIX[:7]}` since 09:00 UTC"),
    "live with something later": ((deployed(LATER),), Outcome.PASS, "which contains the fix"),
    "one commit short": ((deployed(MORE),), Outcome.FAIL, f"`production` runs `{MORE[:7]}`, 1 commit before the fix"),
    "two commits short": ((deployed(START),), Outcome.FAIL, "2 commits before the fix"),
    "superseded by the fix": ((deployed(FIX), deployed(MORE, GONE)), Outcome.PASS, "contains the fix"),
    "rolled back": ((deployed(MORE), deployed(FIX, GONE)), Outcome.FAIL, "1 commit before the fix"),
    "a later one failed": ((deployed(LATER, FAILED), deployed(FIX)), Outcome.PASS, "contains the fix"),
    "the fix's own failed": ((deployed(FIX, FAILED), deployed(MORE)), Outcome.FAIL, "1 commit before the fix"),
    "on its way": (
        (deployed(FIX, RUNNING), deployed(MORE)),
        Outcome.PENDING,
        f"a deployment of `{FIX[:7]}`, which contains the fix, is in progress",
    ),
    "on its way for the first time": ((deployed(FIX, "queued"),), Outcome.PENDING, "nothing is live in `production`"),
    "on its way without the fix": ((deployed(MORE, RUNNING), deployed(START)), Outcome.FAIL, "2 commits before"),
    "only failed": ((deployed(FIX, FAILED),), Outcome.FAIL, "nothing is live in `production`: its newest deployment"),
    "only retired": ((deployed(FIX, GONE),), Outcome.FAIL, "is inactive"),
    "success is live, where it is called so": ((deployed(FIX, "success"),), Outcome.PASS, "contains the fix"),
    "two that are live": ((deployed(MORE), deployed(FIX)), Outcome.FAIL, "1 commit before the fix"),
    "another environment": ((deployed(FIX, to="staging"),), Outcome.MISSING, "(there is `staging`)"),
    "in other capitals": ((deployed(FIX, to="Production"),), Outcome.PASS, "`Production` runs"),
    "nothing was ever deployed": ((), Outcome.MISSING, "nothing was ever deployed from this repository"),
}


@pytest.mark.parametrize("name", CASES)
async def test_the_newest_live_deployment_counts(name):
    """Not the newest attempt, and not what ran before."""
    deployments, outcome, words = CASES[name]
    evidence = await ask(PROBE, where(*deployments), environment="production", wait="0")
    assert evidence.outcome is outcome
    assert words in evidence.observed


ANY = {
    "staging has it": ((deployed(MORE), deployed(FIX, to="staging")), Outcome.PASS, "`staging` runs"),
    "production first": ((deployed(FIX, to="staging"), deployed(FIX)), Outcome.PASS, "`production` runs"),
    "on its way somewhere": (
        (deployed(FIX, RUNNING, "staging"), deployed(START, to="staging"), deployed(MORE)),
        Outcome.PENDING,
        "`staging`",
    ),
    "none has it": ((deployed(START, to="staging"), deployed(MORE)), Outcome.FAIL, "`production` runs"),
    "none is live": ((deployed(FIX, GONE),), Outcome.FAIL, "nothing is live"),
    "none at all": ((), Outcome.MISSING, "nothing was ever deployed"),
}


@pytest.mark.parametrize("name", ANY)
async def test_any_live_environment_will_do_where_none_is_named(name):
    """The best answer counts, and every other live environment is told beside it."""
    deployments, outcome, words = ANY[name]
    evidence = await ask(PROBE, where(*deployments), wait="0")
    assert evidence.outcome is outcome
    assert words in evidence.observed


async def test_other_environments_are_told():
    """Who reads that staging has it sees that production has not."""
    evidence = await ask(PROBE, where(deployed(MORE), deployed(FIX, to="staging")))
    assert f"`production` runs `{MORE[:7]}`, 1 commit before the fix" in [one.text for one in evidence.details]


async def test_a_later_failure_is_told():
    """It does not unseat what is live."""
    evidence = await ask(PROBE, where(deployed(LATER, FAILED, age=1), deployed(FIX)), environment="production")
    assert f"a later deployment of `{LATER[:7]}` failed (11:00 UTC)" in [one.text for one in evidence.details]


async def test_what_is_on_its_way_is_waited_for_for_a_day():
    """The event that ends the waiting bears the repository's id and the environment."""
    evidence = await ask(PROBE, where(deployed(FIX, RUNNING), deployed(MORE)), environment="production")
    assert evidence.waits_for is not None
    assert evidence.waits_for.topics == ("deployment:7:production",)
    assert evidence.waits_for.until == NOW + timedelta(hours=24)


COMING = {
    "behind": ((deployed(MORE),), "7d", Outcome.PENDING),
    "not for so long": ((deployed(MORE),), "1h", Outcome.FAIL),
    "the fix's own failed": ((deployed(FIX, FAILED), deployed(MORE)), "7d", Outcome.FAIL),
    "rolled back": ((deployed(MORE), deployed(FIX, GONE)), "7d", Outcome.FAIL),
    "something older before": ((deployed(MORE), deployed(START, GONE)), "7d", Outcome.PENDING),
    "a history of its own": ((deployed("f" * 40),), "7d", Outcome.FAIL),
    "nothing is live": ((deployed(MORE, GONE),), "7d", Outcome.FAIL),
}


@pytest.mark.parametrize("name", COMING)
async def test_an_environment_that_has_not_reached_the_fix_is_waited_for(name):
    """From the fix's coming to the branch; not where it was tried in vain, or taken back."""
    deployments, wait, outcome = COMING[name]
    evidence = await ask(PROBE, where(*deployments), environment="Production", wait=wait)
    assert evidence.outcome is outcome
    assert (evidence.waits_for is not None) is (outcome is Outcome.PENDING)
    if evidence.waits_for is not None:
        landed = NOW - timedelta(hours=2)
        assert evidence.waits_for.topics == ("deployment:7:production",)
        assert evidence.waits_for.until == landed + timedelta(days=7)


async def test_any_environment_that_may_come_wakes():
    """Where none is named, each may bring it."""
    evidence = await ask(PROBE, where(deployed(MORE), deployed(START, to="Staging")))
    assert evidence.waits_for is not None
    assert evidence.waits_for.topics == ("deployment:7:production", "deployment:7:staging")


async def test_what_was_promised_is_not_judged_before_its_end():
    """It stays pending until the promise's own rule ends it."""
    plain = where(deployed(MORE))
    late = replace(plain, now=NOW + timedelta(days=30), promised={CriterionId("c"): NOW})
    evidence = await ask(PROBE, late, environment="production")
    assert (evidence.outcome, evidence.waits_for and evidence.waits_for.until) == (Outcome.PENDING, NOW)


async def test_age_and_distance_are_measured():
    """Seconds since the deployment, commits until the fix."""
    evidence = await ask(PROBE, where(deployed(START)), environment="production")
    assert [(one.name, one.value, one.unit) for one in evidence.measures] == [
        ("age", 3 * 3600, "s"),
        ("behind", 2, "commits"),
    ]


@pytest.mark.parametrize(("within", "outcome"), [("4h", Outcome.PASS), ("2h", Outcome.FAIL), ("1w", Outcome.PASS)])
async def test_a_deployment_may_have_to_be_young(within, outcome):
    """A fix that is live, but was deployed too long ago."""
    evidence = await ask(PROBE, where(deployed(FIX)), environment="production", within=within)
    assert evidence.outcome is outcome
    assert ("but was deployed 3 h ago" in evidence.observed) is (outcome is Outcome.FAIL)


NAMED = {
    "contained": (MORE[:9], Outcome.PASS, Reason.HOLDS),
    "not contained": (LATER[:9], Outcome.FAIL, Reason.DOES_NOT_HOLD),
    "in capitals": (MORE.upper(), Outcome.PASS, Reason.HOLDS),
    "nowhere": ("85375b936", Outcome.FAIL, Reason.NOT_FOUND),
}


@pytest.mark.parametrize("name", NAMED)
async def test_a_commit_can_be_named(name):
    """Instead of the fix."""
    sha, outcome, reason = NAMED[name]
    evidence = await ask(PROBE, where(deployed(FIX)), environment="production", commit=sha, wait="0")
    assert (outcome, reason) == (evidence.outcome, evidence.reason)


async def test_without_a_fix_there_is_nothing_to_look_for():
    """Missing, not failed."""
    evidence = await ask(PROBE, where(deployed(FIX), fix=Fix(commits=(), before=None, paths=())))
    assert (evidence.outcome, evidence.reason) == (Outcome.MISSING, Reason.NOTHING_TO_MEASURE)


async def test_every_commit_of_the_fix_must_be_there():
    """Half a fix is none."""
    both = Fix(commits=(LATER, FIX), before=MORE, paths=())
    evidence = await ask(PROBE, where(deployed(FIX), fix=both), environment="production", wait="0")
    assert (evidence.outcome, "1 commit before the fix" in evidence.observed) == (Outcome.FAIL, True)


async def test_hidden_deployments_are_an_error():
    """A missing permission is not "nothing is deployed"."""
    plain = where()
    hidden = replace(plain, snapshot=replace(plain.snapshot, deployments=Unknown(reason="needs deployments: read")))
    evidence = await ask(PROBE, hidden, environment="production")
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.FORBIDDEN)


PREVIEWS = tuple(deployed(LATER, to=f"preview-{number}") for number in range(20))


@pytest.mark.parametrize("name", ["production", "Production", None])
async def test_busy_previews_do_not_hide_production(name):
    """The newest twenty come with the snapshot; where they do not tell, the environment is asked for."""
    held = where(*PREVIEWS, more=(deployed(MORE, to=name or "production"),))
    evidence = await ask(PROBE, held, wait="0", **({"environment": name} if name else {}))
    assert "deployments" in held.reader.asked
    assert (evidence.outcome is Outcome.FAIL) is (name is not None)


async def test_what_the_snapshot_tells_is_not_asked_for():
    """A live deployment among the newest is the newest live one."""
    held = where(deployed(FIX), *PREVIEWS[1:], more=(deployed(START),))
    evidence = await ask(PROBE, held, environment="production")
    assert (evidence.outcome, "deployments" in held.reader.asked) == (Outcome.PASS, False)


class Rewritten(MemoryReader):
    """A repository that has lost the deployed commit."""

    async def beyond(self, base: str, sha: Sha) -> int | None:
        raise NotFound(base)


async def test_a_deployed_commit_that_is_gone_cannot_be_compared():
    """History was rewritten since: that is no answer."""
    evidence = await ask(PROBE, where(deployed(FIX), reader=Rewritten), environment="production")
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.NOT_LOOKED_AT)


async def test_a_history_of_its_own_shares_nothing():
    """Deployed was something else altogether."""
    evidence = await ask(PROBE, where(deployed("f" * 40)), environment="production")
    assert (evidence.outcome, "shares nothing with the fix" in evidence.observed) == (Outcome.FAIL, True)


@pytest.mark.parametrize("bad", [{"within": "soon"}, {"within": "0h"}, {"environment": ""}, {"commit": "main"}])
def test_what_cannot_be_meant_is_refused(bad):
    """Before anything is asked."""
    with pytest.raises(ValidationError):
        DeploymentParams(**bad)
