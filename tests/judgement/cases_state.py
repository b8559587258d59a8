"""The state around an issue: boxes, sub-issues, blockers, checks, deployments, labels, policy."""

from tests.judgement import stories
from tests.judgement.court import Case, check, merged
from tests.judgement.histories import Step

REFUSED, UNSURE, PARTIAL, PENDING = "not-resolved", "inconclusive", "partial", "pending"
PULL = (merged(2, "fix"),)
SAYS = "Fixed in `{fix}`."
SUB = {"number": 4, "title": "Sub"}


def policy(text: str) -> tuple[Step, ...]:
    """The squashed fix with a policy on top."""
    return (*stories.SQUASHED, Step("policy", {".github/resolution.yml": text}, says="Policy", days=1))


def deployed(commit: str, state: str = "success") -> dict[str, object]:
    """What runs in production."""
    return {"deployments": [{"sha": f"{{full_{commit}}}", "environment": "production", "state": state}]}


def body(text: str) -> dict[str, str]:
    """An issue's body."""
    return {"body": f"The monitoring module is not packaged.\n\n{text}"}


ABSENT = """version: 1
criteria:
  - id: old_setup
    title: The package list names the module
    code: {absent: "['service']\\n", match: literal}
  - id: module
    title: The module is there
    file: {path: service/monitoring.py}
"""
VACUOUS = """version: 1
claims: "off"
criteria:
  - id: app
    title: The app is there
    file: {path: service/app.py}
"""
STRICT = """version: 1
close: {minimum_confidence: HIGH}
"""

CASES = (
    Case(name="ticked boxes alone", history=stories.PLAIN, issue=body("- [x] package it"), verdict=UNSURE),
    Case(name="ticked boxes and a fix", history=stories.PLAIN, says=SAYS, issue=body("- [x] package it\n- [x] test")),
    Case(
        name="an open box",
        history=stories.PLAIN,
        says=SAYS,
        issue=body("- [x] package it\n- [ ] tell the operators"),
        verdict=PARTIAL,
        shows=("tell the operators",),
    ),
    Case(
        name="open boxes that name what is there",
        history=stories.PLAIN,
        says=SAYS,
        issue=body("- [ ] create `service/monitoring.py`"),
        shows=("what they name is done",),
        most=9,
    ),
    Case(
        name="open boxes that name what is not there",
        history=stories.PLAIN,
        says=SAYS,
        issue=body("- [ ] create `service/metrics.py`"),
        verdict=PARTIAL,
    ),
    Case(
        name="an open box that names what was always there",
        history=stories.PLAIN,
        says=SAYS,
        issue=body("- [ ] repair `service/app.py`"),
        verdict=PARTIAL,
    ),
    Case(
        name="boxes in code are no boxes",
        history=stories.PLAIN,
        says=SAYS,
        issue=body("```\n- [ ] an example\n```"),
    ),
    Case(
        name="an open sub-issue",
        history=stories.PLAIN,
        says=SAYS,
        issue={"sub_issues": [4]},
        issues=(SUB,),
        verdict=REFUSED,
        shows=("sub-issue",),
    ),
    Case(
        name="a sub-issue that is not planned",
        history=stories.PLAIN,
        says=SAYS,
        issue={"sub_issues": [4]},
        issues=({**SUB, "state": "closed", "state_reason": "not_planned"},),
        shows=("not planned",),
    ),
    Case(
        name="an epic by one pull request, all sub-issues done",
        history=stories.SQUASHED,
        pulls=PULL,
        issue={"sub_issues": [4]},
        issues=({**SUB, "state": "closed", "state_reason": "completed"},),
        shows=("one pull request proves little",),
    ),
    Case(
        name="an epic by one pull request, its list of issues ticked",
        history=stories.SQUASHED,
        pulls=PULL,
        issue=body("- [x] #4\n- [x] #5"),
        issues=(SUB, {**SUB, "number": 5}),
        verdict=UNSURE,
        shows=("one pull request proves little",),
    ),
    Case(
        name="an open blocker",
        history=stories.PLAIN,
        says=SAYS,
        issue={"blocked_by": [4]},
        issues=(SUB,),
        verdict=REFUSED,
    ),
    Case(
        name="a closed blocker",
        history=stories.PLAIN,
        says=SAYS,
        issue={"blocked_by": [4]},
        issues=({**SUB, "state": "closed", "state_reason": "completed"},),
    ),
    Case(
        name="a related issue that is still open",
        history=stories.PLAIN,
        says="Completed in issue #4.",
        issues=(SUB,),
        verdict=REFUSED,
    ),
    Case(name="green CI alone", history=stories.PLAIN, verdict=UNSURE),
    Case(
        name="green CI claimed, alone, was green before",
        history=stories.PLAIN,
        says="CI is green.",
        checks=(check("later"), check("start")),
        verdict=UNSURE,
    ),
    Case(
        name="red CI",
        history=stories.PLAIN,
        says=SAYS,
        checks=(check("later", "failure"),),
        verdict=REFUSED,
        shows=("failure",),
    ),
    Case(
        name="CI still running",
        history=stories.PLAIN,
        says=SAYS,
        checks=(check("later", None),),
        verdict=PENDING,
    ),
    Case(name="no CI at all", history=stories.PLAIN, says=SAYS, checks=({},)),
    Case(name="neutral CI", history=stories.PLAIN, says=SAYS, checks=(check("later", "neutral"),)),
    Case(
        name="CI was red before the fix",
        history=stories.PLAIN,
        says=SAYS,
        checks=(check("later"), check("start", "failure")),
        shows=("HIGH", "failure → success"),
    ),
    Case(
        name="a named check that never ran",
        history=stories.PLAIN,
        says=f"{SAYS} All mission-critical tests passing.",
        verdict=UNSURE,
        shows=("no check of that name ran",),
    ),
    Case(
        name="a named check that is green",
        history=stories.PLAIN,
        says=f"{SAYS} All mission-critical tests passing.",
        checks=(check("later", name="mission-critical tests"),),
    ),
    Case(
        name="a named check that is red",
        history=stories.PLAIN,
        says=f"{SAYS} `mission-critical` is green.",
        checks=(check("later", "failure", name="mission-critical"),),
        verdict=REFUSED,
    ),
    Case(
        name="deployed with the fix",
        history=stories.PLAIN,
        says=SAYS,
        checks=(check("later"), check("start", "failure")),
        repository={"deployments": [{"sha": "{full_later}", "environment": "production", "state": "success"}]},
        shows=("HIGH", "and the fix runs in **production** since"),
    ),
    Case(
        name="deployments exist, but without the fix",
        history=stories.PLAIN,
        says=SAYS,
        checks=(check("later"), check("start", "failure")),
        repository={"deployments": [{"sha": "{full_start}", "environment": "production", "state": "success"}]},
        shows=("MEDIUM", "not seen deployed"),
    ),
    Case(
        name="deployed to production, as said",
        history=stories.PLAIN,
        says=f"{SAYS} Deployed to production.",
        repository=deployed("later"),
        shows=("`production` runs", "which contains the fix"),
    ),
    Case(
        name="said to be deployed, but something older runs",
        history=stories.PLAIN,
        says=f"{SAYS} Deployed to production.",
        repository=deployed("start"),
        verdict=REFUSED,
        shows=("1 commit before the fix",),
    ),
    Case(
        name="said to be deployed to prod, and production runs it",
        history=stories.SQUASHED,
        pulls=PULL,
        says="Merged #2 and rolled out to prod.",
        repository=deployed("fix"),
        shows=("`production` runs",),
    ),
    Case(
        name="said to be deployed to staging, of which GitHub hears nothing",
        history=stories.PLAIN,
        says=f"{SAYS} Deployed to staging.",
        repository=deployed("later"),
        closed=False,
        shows=("nothing was ever deployed to `staging` (there is `production`)",),
    ),
    Case(
        name="said to be deployed where GitHub hears of no deployment",
        history=stories.PLAIN,
        says=f"{SAYS} Deployed to production.",
        closed=False,
        shows=("nothing here measures that",),
    ),
    Case(
        name="a deployment that is on its way",
        history=stories.PLAIN,
        says=f"{SAYS} Deployed to production.",
        repository=deployed("later", "in_progress"),
        verdict=PENDING,
    ),
    Case(
        name="released, as said",
        history=stories.RELEASED,
        says="Fixed in `{fix}`. Released in 1.2.0.",
        shows=("in tag `v1.2.0`",),
        most=9,
    ),
    Case(
        name="said to be released in a version without it",
        history=stories.RELEASED,
        says="Fixed in `{fix}`. Released in v1.1.0.",
        verdict=REFUSED,
        shows=("tag `v1.1.0` does not contain it",),
    ),
    Case(
        name="released from a branch of its own, where it was picked to",
        history=stories.RELEASED,
        says="Fixed in `{fix}`. Released in v1.1.1.",
        closed=False,
        shows=("may hold a copy",),
    ),
    Case(
        name="said to be released in a version that there is not",
        history=stories.RELEASED,
        says="Fixed in `{fix}`. Released in v7.0.0.",
        closed=False,
        shows=("no tag is called `v7.0.0`",),
    ),
    Case(
        name="policy asks for more confidence",
        history=policy(STRICT),
        says=SAYS,
        pulls=PULL,
        closed=False,
        shows=("closing needs confidence HIGH",),
    ),
    Case(
        name="policy criteria with before and after",
        history=policy(ABSENT),
        pulls=PULL,
        says="Done.",
        shows=("1 file → 0", "HIGH"),
        most=None,
    ),
    Case(
        name="policy criterion that never failed",
        history=policy(VACUOUS),
        says=SAYS,
        verdict=UNSURE,
    ),
    Case(
        name="broken policy",
        history=policy("version: 1\ncriterea: []\n"),
        says=SAYS,
        verdict=None,
        shows=("resolution.yml:2:1", "Did you mean"),
    ),
    Case(
        name="held by a label",
        history=policy("version: 1\nlabels: {hold: [do-not-close]}\n"),
        says=SAYS,
        pulls=PULL,
        issue={"labels": ["do-not-close"]},
        closed=False,
        shows=("holds it",),
    ),
    Case(
        name="already closed as not planned",
        history=stories.PLAIN,
        says=SAYS,
        issue={"state": "closed", "state_reason": "not_planned"},
        closed=True,
        shows=("not planned",),
    ),
    Case(
        name="already closed as completed",
        history=stories.PLAIN,
        says=SAYS,
        issue={"state": "closed", "state_reason": "completed"},
        closed=True,
        shows=("already closed",),
    ),
    Case(name="no close, as asked", history=stories.PLAIN, says=SAYS, flags="--no-close", closed=False),
)
