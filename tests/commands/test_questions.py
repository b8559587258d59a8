"""From claims to questions, one case for each kind of claim."""

from dataclasses import replace

import pytest

from bot.assessment.claim_values import Claim, about
from bot.assessment.claims import ClaimKind
from bot.assessment.evidence import Finding, Outcome, Reason, Sha
from bot.assessment.patterns import Pattern
from bot.assessment.policy import ClaimsMode
from bot.commands.questions import Claimed, closing_commit, from_claims, from_commit, yielding
from bot.github.models import Deployment
from bot.probes.deployment_params import DeploymentParams
from tests.assessment.samples import evidence
from tests.probes.world import NOW, Step, context, issue, pull, repo


def claim(kind: ClaimKind, subject: str, **changes: object) -> Claim:
    plain = {"kind": kind, "subject": "", "expected": "", "quote": "q", "url": "u", "where": "w", "rule": "r"}
    return about(Claim(**plain | changes), subject)  # type: ignore[arg-type]


def asked(*claims: Claim, mode: ClaimsMode = ClaimsMode.REQUIRE, deployed_to: tuple[str, ...] = ()) -> Claimed:
    known = tuple(
        Deployment(environment=name, sha=Sha("a" * 40), active=True, state="active", created_at=NOW, url=None)
        for name in deployed_to
    )
    return from_claims(claims, mode=mode, snapshot=replace(context().snapshot, deployments=known))


K = ClaimKind
PUSHED = Step("Package it\n\nFixes #1278", {"a.py": "1"})
CLOSING = {
    "pushed": ((PUSHED, Step("More")), True),
    "the newest of two": ((Step("Try\n\nCloses #1278"), PUSHED), True),
    "only mentioned": ((Step("Prepare what #1278 needs"),), False),
    "another issue": ((Step("Fixes #12780"),), False),
    "another repository's": ((Step("Fixes other/lib#1278"),), False),
    "of a pull request": ((Step("Package it (#12)\n\n* fixes #1278"),), False),
}


@pytest.mark.parametrize("name", CLOSING)
def test_a_pushed_commit_may_close_by_its_message(name: str) -> None:
    """The newest commit that closes the issue by itself is asked about; a pull request's is left to that."""
    steps, expected = CLOSING[name]
    at = repo(Step("Start"), *steps)
    found = closing_commit(context(at).snapshot, ())
    assert (found.oid if found else None) == (at.sha("Package it") if expected else None)


def test_a_pushed_commit_is_asked_about_only_where_nothing_else_is_named() -> None:
    """A claimed commit, or a linked pull request, stands for the fix."""
    at = repo(Step("Start"), PUSHED)
    assert closing_commit(context(at).snapshot, (claim(K.COMMIT, "85375b936"),)) is None
    assert closing_commit(context(at, about=issue(closing_pulls=(pull(),))).snapshot, ()) is None
    commit = at.commits[-1]
    question = from_commit(commit, mode=ClaimsMode.ADVISE)
    assert (question.criterion.required, question.criterion.quote) == (False, "Package it Fixes #1278")
    assert question.params.model_dump()["sha"] == commit.oid


OLD = Pattern(literal="old.example", unless="new.old.example", open_left=True)


@pytest.mark.parametrize(
    ("one", "kind", "params"),
    [
        (claim(K.COMMIT, "85375b936"), "commit", {"sha": "85375b936"}),
        (claim(K.FILE_PRESENT, "a/b.py"), "file", {"path": "a/b.py", "state": "present"}),
        (claim(K.FILE_ABSENT, "a/b.py"), "file", {"path": "a/b.py", "state": "absent"}),
        (claim(K.PATTERN_GONE, "old", pattern=OLD), "code", {"absent": ("*old.example",), "unless": (OLD.unless,)}),
        (claim(K.PATTERN_GONE, "old", pattern=Pattern(literal="x"), within="a.py"), "code", {"include": ("a.py",)}),
        (claim(K.PULL_MERGED, "12"), "pull", {"number": 12}),
        (claim(K.PULL_MERGED, "Acme/Shop#12"), "pull", {"number": 12}),
        (claim(K.ISSUE_CLOSED, "7"), "issue", {"number": 7}),
        (claim(K.CHECK_PASSING, "unit tests"), "check", {"name": "~unit"}),
        (claim(K.CHECK_PASSING, "the CI pipeline"), "check", {"name": "~the"}),
        (claim(K.CHECK_PASSING, "CI"), "check", {"name": None}),
        (claim(K.COUNT, "816 files", figure=816.0), "changes", {"files": 816}),
        (claim(K.RELEASED, "v1.2"), "commit", {"sha": None, "in_tag": "v1.2", "in_release": None}),
    ],
    ids=str,
)
def test_what_is_asked(one: Claim, kind: str, params: dict[str, object]) -> None:
    """Each kind of claim becomes the question that a policy could ask as well."""
    (question,) = asked(one).questions
    assert question.criterion.kind == kind
    assert params == {name: getattr(question.params, name) for name in params}
    assert question.criterion.required == (one.kind is not K.COUNT)


@pytest.mark.parametrize(
    "one",
    [
        claim(K.DEPLOYED, "staging"),
        claim(K.UNCHECKED, "works great"),
        claim(K.COUNT, "816 files"),
        claim(K.PATTERN_GONE, "old"),
        claim(K.CHECK_PASSING, "compliance", figure=98.7),
        claim(K.PULL_MERGED, "acme/other#12"),
        claim(K.ISSUE_CLOSED, "no number"),
    ],
    ids=lambda one: f"{one.kind}-{one.subject}",
)
def test_what_nothing_here_measures(one: Claim) -> None:
    """It is shown as such with what would make it checkable, and is never required."""
    claimed = asked(one)
    (finding,) = claimed.unmeasured
    assert not claimed.questions
    assert (finding.evidence.outcome, finding.criterion.required) == (Outcome.MISSING, False)
    assert finding.evidence.remedy


ENVIRONMENTS = {
    "by name": ("staging", ("production", "staging"), "staging"),
    "in other capitals": ("production", ("Production",), "Production"),
    "shorter": ("production", ("prod", "staging"), "prod"),
    "live is production": ("live", ("production",), "production"),
    "with the host's own words": ("production", ("Preview – shop", "Production – shop"), "Production – shop"),
    "with a hyphen": ("preprod", ("prod", "pre-prod"), "pre-prod"),
    "one of two": ("production", ("prod-eu", "prod-us"), "production"),
    "nowhere": ("staging", ("production",), "staging"),
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_claimed_deployment_is_asked_of_the_environment_that_is_meant(name: str) -> None:
    """Where this repository tells GitHub of its deployments at all."""
    said, known, meant = ENVIRONMENTS[name]
    (question,) = asked(claim(K.DEPLOYED, said), deployed_to=known).questions
    assert (question.criterion.kind, question.criterion.required) == ("deployment", True)
    assert question.params == DeploymentParams(environment=meant, wait="0")


UNSURE = {
    "it does not hold": (Outcome.FAIL, Reason.DOES_NOT_HOLD, True),
    "it holds": (Outcome.PASS, Reason.HOLDS, True),
    "it is on its way": (Outcome.PENDING, Reason.STILL_RUNNING, True),
    "there is no such release": (Outcome.MISSING, Reason.NOTHING_TO_MEASURE, False),
    "a branch of its own": (Outcome.FAIL, Reason.NOT_REACHABLE, False),
    "it was pushed over": (Outcome.ERROR, Reason.NOT_LOOKED_AT, False),
}


@pytest.mark.parametrize("name", UNSURE)
def test_what_may_have_been_made_elsewhere_blocks_only_for_sure(name: str) -> None:
    """Other claims always block."""
    outcome, reason, required = UNSURE[name]
    claimed = asked(claim(K.RELEASED, "1.2"), claim(K.COMMIT, "85375b936"))
    answer = evidence(outcome, reason=reason)
    findings = tuple(Finding(criterion=one.criterion, evidence=answer) for one in claimed.questions)
    assert [one.criterion.required for one in yielding(findings, claimed.lenient)] == [required, True]


def test_every_kind_of_claim_is_covered() -> None:
    """A new kind has to be placed here."""
    placed = {K.COMMIT, K.FILE_PRESENT, K.FILE_ABSENT, K.PATTERN_GONE, K.PULL_MERGED, K.ISSUE_CLOSED, K.CHECK_PASSING}
    assert placed | {K.RELEASED, K.DEPLOYED} | {K.COUNT, K.UNCHECKED} == set(K)


def test_ids_are_derived_and_never_twice() -> None:
    """Links and `--only` keep meaning the same thing; what only advises is not required."""
    one, other = claim(K.COMMIT, "85375b936"), claim(K.COMMIT, "85375B936", url="v")
    claimed = asked(one, other, mode=ClaimsMode.ADVISE)
    assert [question.criterion.id for question in claimed.questions] == ["commit-85375b936", "commit-85375b936-2"]
    assert dict(claimed.statements) == {"commit-85375b936": "u", "commit-85375b936-2": "v"}
    assert not any(question.criterion.required for question in claimed.questions)
