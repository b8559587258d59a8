"""Commits: named in many words, on main, beside it, taken back, or nowhere."""

from tests.judgement import stories
from tests.judgement.court import Case, merged
from tests.judgement.histories import Step

RESOLVED, REFUSED, UNSURE = "resolved", "not-resolved", "inconclusive"
SAID = (
    "commit",
    {
        "branch": "main",
        "files": {"service/metrics.py": "METRICS = 1\n"},
        "message": "Write metrics\n\nFixes #1",
        "author": "bob",
    },
)
NOWHERE = "85375b936"

WORDINGS = (
    "Fixed in `{fix}`.",
    "Fixed by {fix}",
    "This was resolved in commit {full_fix}.",
    "- **Commit**: `{fix}` - Fixed monitoring module packaging",
    "Fix: `{fix}`",
    "`{fix}` fixes this.",
    "The packaging fix landed in `{fix}`, closing.",
    "Fixed in https://github.com/acme/service/commit/{full_fix}",
    "Implemented in [`{fix}`](https://github.com/acme/service/commit/{full_fix}).",
    "Done in {fix} :tada:",
)

CASES = (
    *(Case(name=f"commit named: {says[:40]}", history=stories.PLAIN, says=says) for says in WORDINGS),
    Case(name="commit is the head", history=stories.PLAIN[:2], says="Fixed in `{fix}`."),
    Case(
        name="commit with its squashed pull request",
        history=stories.SQUASHED,
        says="Fixed in `{fix}`.",
        pulls=(merged(2, "fix", commits=["{full_work}", "{full_tip}"]),),
    ),
    Case(
        name="tip of a squashed branch",
        history=stories.SQUASHED,
        says="Fixed in `{tip}`.",
        pulls=(merged(2, "fix", commits=["{full_work}", "{full_tip}"]),),
        verdict=REFUSED,
        shows=("not on `main`", "Name `{fix7}`"),
    ),
    Case(
        name="commit of a merged branch, reached through the merge",
        history=stories.MERGED,
        says="Fixed in `{work}` and `{tip}`.",
        pulls=(merged(2, "fix"),),
    ),
    Case(name="merge commit named", history=stories.MERGED, says="Fixed by `{fix}`.", pulls=(merged(2, "fix"),)),
    Case(
        name="last commit of a rebase",
        history=stories.REBASED,
        says="Fixed in `{fix}`.",
        pulls=(merged(2, "fix", commits=["{full_work}", "{full_tip}"]),),
    ),
    Case(
        name="first commit of a rebase",
        history=stories.REBASED,
        says="Fixed in `{first}`.",
        pulls=(merged(2, "fix", commits=["{full_work}", "{full_tip}"]),),
    ),
    Case(
        name="branch commit of a rebase names its twin",
        history=stories.REBASED,
        says="Fixed in `{tip}`.",
        verdict=REFUSED,
        shows=("{fix7}",),
    ),
    Case(name="cherry-picked to main", history=stories.PICKED, says="Fixed in `{fix}`."),
    Case(
        name="the original of a cherry-pick",
        history=stories.PICKED,
        says="Fixed in `{origin}`.",
        verdict=REFUSED,
        shows=("not on `main`",),
    ),
    Case(
        name="only on another branch",
        history=stories.BESIDE,
        says="Fixed in `{aside}`.",
        verdict=REFUSED,
        shows=("the commit exists, but not on `main`",),
    ),
    Case(
        name="nowhere",
        history=stories.PLAIN,
        says=f"Fixed in `{NOWHERE}`.",
        verdict=REFUSED,
        shows=("no such commit in this repository",),
    ),
    Case(
        name="rewritten history: nowhere, but the content holds",
        history=stories.PLAIN,
        says=f"Fixed in `{NOWHERE}`: created `service/monitoring.py`.",
        verdict=UNSURE,
        shows=("the history may have been rewritten",),
    ),
    Case(
        name="nowhere, and the content does not hold either",
        history=stories.PLAIN,
        says=f"Fixed in `{NOWHERE}`: created `service/metrics.py`.",
        verdict=REFUSED,
        shows=("no such commit", "no such file, now or ever"),
    ),
    Case(
        name="rewritten history beside a good pull request still does not close",
        history=stories.SQUASHED,
        says=f"Fixed in `{NOWHERE}`: created `service/monitoring.py`.",
        pulls=(merged(2, "fix"),),
        verdict=UNSURE,
    ),
    Case(
        name="reverted",
        history=stories.REVERTED,
        says="Fixed in `{fix}`.",
        verdict=REFUSED,
        shows=("reverted",),
    ),
    Case(name="reverted and back", history=stories.BACK, says="Fixed in `{fix}`.", most=9),
    Case(
        name="silently reverted",
        history=stories.SILENT,
        says="Fixed in `{fix}`.",
        verdict=REFUSED,
        shows=("its effect is gone", "last changed by `{tidy7}`"),
    ),
    Case(name="files changed further", history=stories.MENDED, says="Fixed in `{fix}`."),
    Case(
        name="the commit that broke it is no claim",
        history=stories.BLAMED,
        says="Broken since `{culprit}`.",
        verdict=UNSURE,
        hides=("{culprit7}",),
    ),
    Case(
        name="culprit and fix in one sentence",
        history=stories.BLAMED,
        says="The regression was introduced in `{culprit}` and fixed in `{fix}`.",
        shows=("1 of 2 required",),
    ),
    Case(
        name="this commit caused it",
        history=stories.BLAMED,
        says="Caused by {culprit}. Fixed by {fix}.",
        hides=("{culprit7}",),
    ),
    Case(
        name="another repository's commit",
        history=stories.PLAIN,
        says="Fixed in acme/other@{full_fix}.",
        verdict=UNSURE,
    ),
    Case(
        name="a commit on main that says it fixes the issue, without another word",
        history=stories.PLAIN,
        acts=(SAID,),
        closed=True,
        checks=({},),
    ),
    Case(
        name="a commit that changes nothing",
        history=(stories.START, Step("fix", says="Fix it"), stories.LATER),
        says="Fixed in `{fix}`.",
        verdict=UNSURE,
        shows=("it changes no file",),
    ),
    Case(
        name="a newest commit that changes nothing",
        history=(stories.START, Step("fix", says="Fix it")),
        says="Fixed in `{fix}`.",
        verdict=UNSURE,
    ),
    Case(
        name="the same, reopened: the commit still stands",
        history=stories.PLAIN,
        acts=(SAID, ("reopen", {"issue": 1, "login": "mia"})),
        checks=({},),
    ),
    Case(
        name="the same, taken back without a word",
        history=stories.PLAIN,
        acts=(
            SAID,
            ("reopen", {"issue": 1, "login": "mia"}),
            ("commit", {"branch": "main", "files": {"service/metrics.py": None}, "message": "Tidy", "author": "bob"}),
        ),
        checks=({},),
        verdict=REFUSED,
    ),
    Case(
        name="a commit on main that only mentions the issue",
        history=stories.PLAIN,
        acts=(("commit", {**SAID[1], "message": "Prepare what #1 needs"}),),
        checks=({},),
        verdict=UNSURE,
    ),
    Case(
        name="a commit that is older than the issue",
        history=(stories.START, Step("fix", {"service/metrics.py": "METRICS = 1\n"}, says="Metrics", days=11)),
        says="Fixed in `{fix}`. Created `service/metrics.py`.",
        verdict=UNSURE,
        shows=("it was there before this issue was opened",),
    ),
    Case(
        name="two commits, one of them nowhere",
        history=stories.PLAIN,
        says=f"Fixed in `{{fix}}` and `{NOWHERE}`.",
        verdict=REFUSED,
    ),
)
