"""Words: what takes a completion back, what does not, who says it, and when."""

from pathlib import Path

from tests.judgement import stories
from tests.judgement.court import Case, merged
from tests.judgement.histories import Step

REFUSED, UNSURE, PARTIAL = "not-resolved", "inconclusive", "partial"
PULL = (merged(2, "fix"),)
SEEDS = Path(__file__).parent.parent / "assessment" / "seeds"
FIRST_SEED = (SEEDS / "final_assessment.md").read_text()
SECOND_SEED = (SEEDS / "resolution_summary.md").read_text()
HOSTS = {"title": "staging domains are all over the place", "body": "Containers exit with code 3."}

TAKEN_BACK = (
    "This is partially fixed in `{fix}`.",
    "Fixed in `{fix}` for all services except the worker.",
    "Fixed in `{fix}`. Remaining: the worker.",
    "Fixed in `{fix}`. Next step: migrate the worker.",
    "Fixed in `{fix}`; this issue stays open for the worker.",
    "Half of it is fixed in `{fix}`.",
    "Fixed in `{fix}`. The worker is not included.",
    "Fixed in `{fix}`. The worker will follow in a separate PR.",
    "## Done\n\n- fixed in `{fix}`\n\n## Still to do\n\n- the worker\n",
)
KEPT = (
    "Fixed the remaining failures in `{fix}`.",
    "Fixed in `{fix}`. Nothing remains to be done.",
    "Fixed in `{fix}`: the partially packaged module is whole now.",
    "Fixed in `{fix}`; the socket stays open now.",
    "Fixed in `{fix}`.\n\n## Out of scope\n\n- certificates of the load balancer\n",
    "Fixed in `{fix}`.\n\n## Next steps\n\nNone.",
    "Fixed in `{fix}`. No follow-up is needed.",
    "Fixed in `{fix}`: the wizard no longer skips the next step.",
    "Replaced every bare except clause in `{fix}`. Fixed in `{fix}`.",
)
MIGRATED = (
    Step(
        "start",
        {
            "netra/config.py": "HOST = 'api.staging.netrasystems.ai'\n",
            "tests/mission_critical/test_suite.py": "def test_it() -> None: ...\n",
        },
        days=20,
    ),
    Step(
        "fix",
        {
            "netra/config.py": "from shared.domain_config import HOST\n",
            "shared/domain_config.py": "HOST = 'api.netrasystems.ai'\n",
        },
        says="Fix monitoring module packaging and the domains (#2)",
    ),
    stories.LATER,
)

CASES = (
    *(Case(name=f"taken back: {says[:50]}", history=stories.PLAIN, says=says, verdict=PARTIAL) for says in TAKEN_BACK),
    *(Case(name=f"not taken back: {says[:50]}", history=stories.PLAIN, says=says) for says in KEPT),
    Case(
        name="first seed where nothing holds",
        history=stories.PLAIN,
        says=FIRST_SEED,
        issue=HOSTS,
        verdict=REFUSED,
        shows=("85375b936", "shared/domain_config.py", "VPC Connector"),
        most=None,
    ),
    Case(
        name="first seed where all that can be measured holds",
        history=MIGRATED,
        says=FIRST_SEED.replace("85375b936", "{fix}").replace("816 files", "2 files").replace("816 st", "2 st"),
        issue=HOSTS,
        pulls=PULL,
        verdict=UNSURE,
        shows=("VPC Connector", "mission-critical"),
        most=None,
    ),
    Case(
        name="second seed where the old domain survives",
        history=(MIGRATED[0], Step("fix", {"netra/x.py": "X = 1\n"}, says="Something"), stories.LATER),
        says=SECOND_SEED,
        issue=HOSTS,
        verdict=REFUSED,
        shows=(".staging.netrasystems.ai",),
        most=None,
    ),
    Case(
        name="somebody without rights says so, with the reporter contradicting",
        history=stories.SQUASHED,
        issue={
            "comments": [
                {"author": "dora", "body": "Fixed in `85375b936`."},
                {"author": "carol", "body": "It still fails for me."},
            ]
        },
        pulls=PULL,
        hides=("85375b936",),
        most=8,  # whether dora has a say is asked
    ),
    Case(
        name="a claim by somebody with rights counts",
        history=stories.SQUASHED,
        issue={"comments": [{"author": "bob", "body": "Fixed in `85375b936`."}]},
        pulls=PULL,
        verdict=REFUSED,
        shows=("85375b936",),
    ),
    Case(
        name="an older claim is overtaken by a contradiction",
        history=stories.SQUASHED,
        issue={
            "comments": [
                {"author": "bob", "body": "Fixed in `85375b936`."},
                {"author": "carol", "body": "No, this is still broken."},
            ]
        },
        says="Fixed by #2.",
        pulls=PULL,
        hides=("85375b936",),
    ),
    Case(
        name="a newer claim after a contradiction",
        history=stories.PLAIN,
        issue={
            "comments": [
                {"author": "bob", "body": "Fixed in `85375b936`."},
                {"author": "carol", "body": "Still broken."},
                {"author": "bob", "body": "Now really fixed in `{fix}`."},
            ]
        },
        hides=("85375b936",),
        most=8,
    ),
    Case(
        name="an older claim is overtaken by a reopening",
        history=stories.SQUASHED,
        issue={"comments": [{"author": "bob", "body": "Fixed in `85375b936`."}]},
        acts=(
            ("close", {"issue": 1, "login": "bob", "reason": "completed"}),
            ("reopen", {"issue": 1, "login": "carol"}),
        ),
        says="Fixed by #2.",
        pulls=PULL,
        hides=("85375b936",),
    ),
    Case(
        name="the issue's own body claims nothing",
        history=stories.SQUASHED,
        issue={"body": "Broken since `85375b936`; fixed in `1111aaa` of the fork. Created `shared/nowhere.py`."},
        pulls=PULL,
        hides=("1111aaa", "nowhere.py"),
    ),
    Case(
        name="without rights there is no closing",
        history=stories.PLAIN,
        says="Fixed in `{fix}`.",
        by="dora",
        verdict=None,
        shows=("**triage**",),
    ),
    Case(
        name="the reporter may only look",
        history=stories.PLAIN,
        says="Fixed in `{fix}`.",
        by="carol",
        flags="--dry-run",
        verdict="resolved",
        closed=False,
        shows=("dry run",),
    ),
    Case(name="a question is no claim", history=stories.PLAIN, says="Was this fixed in `{fix}`?", verdict=UNSURE),
    Case(name="a wish is no claim", history=stories.PLAIN, says="Should be fixed in `{fix}`.", verdict=UNSURE),
    Case(name="a condition is no claim", history=stories.PLAIN, says="Fixed once `{fix}` is merged.", verdict=UNSURE),
    Case(
        name="a bare mention is no claim",
        history=stories.PLAIN,
        says="See `{fix}` for how it was done.",
        verdict=UNSURE,
    ),
    Case(
        name="not fixed is no completion",
        history=stories.SQUASHED,
        says="This is not fixed.",
        pulls=PULL,
        verdict=PARTIAL,
    ),
    Case(
        name="a figure that nothing measures lowers the confidence only",
        history=stories.SQUASHED,
        says="Fixed by #2, by `{fix}`; created `service/monitoring.py`, updated `setup.py`. System is 99% operational.",
        pulls=PULL,
        shows=("nothing here measures that",),
    ),
    Case(name="emoji and bold", history=stories.PLAIN, says="✅ **FIXED** in `{fix}` 🎉"),
    Case(name="a thank-you after it", history=stories.PLAIN, says="Fixed in {fix}. Thanks @carol for the report!"),
)
