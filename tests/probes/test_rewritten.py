"""Commits that exist nowhere are missing instead of false, where the rest of the statement holds."""

import pytest

from bot.assessment.evidence import Criterion, CriterionId, Evidence, Finding, Origin, Outcome, Reason
from bot.probes.places import at_head
from bot.probes.rewritten import soften_missing_commits

from .world import context

SOURCE = at_head(context())
COMMIT = ("commit", Outcome.FAIL, Reason.NOT_FOUND)
HELD = ("file", Outcome.PASS, Reason.HOLDS)


def finding(number: int, kind: str, outcome: Outcome, reason: Reason, origin: Origin = Origin.CLAIM) -> Finding:
    criterion = Criterion(id=CriterionId(f"c{number}"), title="t", category="Claims", kind=kind, origin=origin)
    evidence = Evidence(outcome=outcome, reason=reason, expected="x", observed="no such commit", source=SOURCE)
    return Finding(criterion=criterion, evidence=evidence)


CASES = {
    "content holds": ((COMMIT, HELD), True),
    "a pattern is gone": ((COMMIT, ("code", Outcome.PASS, Reason.HOLDS)), True),
    "content fails": ((COMMIT, ("file", Outcome.FAIL, Reason.NOT_FOUND)), False),
    "one holds, one fails": ((COMMIT, HELD, ("code", Outcome.FAIL, Reason.DOES_NOT_HOLD)), False),
    "content could not be looked at": ((COMMIT, ("file", Outcome.ERROR, Reason.NOT_LOOKED_AT)), False),
    "nothing else is said": ((COMMIT,), False),
    "other words that hold are not about content": ((COMMIT, ("check", Outcome.PASS, Reason.HOLDS)), False),
    "on another branch": ((("commit", Outcome.FAIL, Reason.NOT_REACHABLE), HELD), False),
    "reverted": ((("commit", Outcome.FAIL, Reason.REVERTED), HELD), False),
    "demanded by the policy": (((*COMMIT, Origin.POLICY), HELD), False),
    "content of the policy": ((COMMIT, (*HELD, Origin.POLICY)), False),
}


@pytest.mark.parametrize("name", CASES)
def test_a_lost_commit_is_missing_only_where_content_carries_it(name):
    """Claims about content must hold, and none of them may fail."""
    rows, soft = CASES[name]
    findings = tuple(finding(number, *row) for number, row in enumerate(rows))
    after = soften_missing_commits(findings)
    assert (after[0].evidence.outcome is Outcome.MISSING) is soft
    assert after[1:] == findings[1:]
    assert ("history may have been rewritten" in after[0].evidence.observed) is soft


def test_only_the_same_statement_counts():
    """Another statement's words carry nothing."""
    findings = (finding(0, *COMMIT), finding(1, *HELD))
    ids = [one.criterion.id for one in findings]
    apart = soften_missing_commits(findings, {ids[0]: "comment 1", ids[1]: "comment 2"})
    together = soften_missing_commits(findings, {ids[0]: "comment 1", ids[1]: "comment 1"})
    assert [apart[0].evidence.outcome, together[0].evidence.outcome] == [Outcome.FAIL, Outcome.MISSING]
