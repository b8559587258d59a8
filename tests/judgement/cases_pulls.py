"""Pull requests: merged in every way, into the wrong branch, unrelated, taken back, or the only thing there is."""

from tests.judgement import stories
from tests.judgement.court import Case, merged
from tests.judgement.histories import Step

REFUSED, UNSURE, PARTIAL = "not-resolved", "inconclusive", "partial"

OFF_MAIN = (
    stories.START,
    Step("fix", {stories.MONITORING: stories.MODULE}, says="Package it (#2)", on="develop", after="start"),
    Step("later", {"docs/notes.md": "Notes\n"}, says="Take notes", days=2),
)
UNRELATED = (
    stories.START,
    Step("fix", {"docs/colours.md": "Blue\n"}, says="Paint the docs (#2)\n\n* fix typo\n* paint\n\nfixes #1"),
    stories.LATER,
)
DOCUMENTED = (
    stories.START,
    Step("fix", {"docs/monitoring.md": "How to package the monitoring module.\n"}, says="Document it (#2)"),
    stories.LATER,
)
DELETED = (
    stories.START,
    Step("fix", {"service/app.py": None, "tests/test_app.py": None}, says="Drop the app (#2)"),
    stories.LATER,
)
SILENT_BY_PULL = (*stories.SQUASHED[:4], stories.SILENT[2], stories.LATER)
OPEN = {"number": 3, "title": "The rest", "body": "Fixes #1", "author": "bob", "closes": [1], "head": "topic"}

CASES = (
    Case(name="squashed, no words at all", history=stories.SQUASHED, pulls=(merged(2, "fix"),)),
    Case(name="merge commit, no words at all", history=stories.MERGED, pulls=(merged(2, "fix"),)),
    Case(
        name="rebased, no words at all",
        history=stories.REBASED,
        pulls=(merged(2, "fix", commits=["{full_work}", "{full_tip}"]),),
    ),
    Case(
        name="pull request named and linked",
        history=stories.SQUASHED,
        says="Fixed by #2.",
        pulls=(merged(2, "fix"),),
    ),
    Case(
        name="pull request named, not linked",
        history=stories.SQUASHED,
        says="Merged in PR #2, closing.",
        pulls=(merged(2, "fix", closes=[], body="Packages it."),),
        most=8,  # its files are in no snapshot
    ),
    Case(
        name="by its address",
        history=stories.SQUASHED,
        says="Resolved via https://github.com/acme/service/pull/2.",
        pulls=(merged(2, "fix"),),
    ),
    Case(
        name="another repository's pull request",
        history=stories.PLAIN,
        says="Fixed by other/repo#2 and https://github.com/other/repo/pull/2.",
        verdict=UNSURE,
    ),
    Case(
        name="merged into another branch",
        history=OFF_MAIN,
        says="Fixed by #2.",
        pulls=(merged(2, "fix", base="develop"),),
        verdict=REFUSED,
        shows=("merged into `develop`, not on `main`",),
    ),
    Case(
        name="still open",
        history=stories.SQUASHED,
        says="Fixed by #3.",
        pulls=({**OPEN, "head_sha": "{full_tip}"},),
        verdict=REFUSED,
        shows=("is still open",),
    ),
    Case(
        name="one merged, one still open",
        history=stories.SQUASHED,
        pulls=(merged(2, "fix"), {**OPEN, "head_sha": "{full_tip}"}),
        verdict=REFUSED,
        shows=("is still open",),
    ),
    Case(
        name="one merged, one abandoned",
        history=stories.SQUASHED,
        pulls=(merged(2, "fix"), {**OPEN, "head_sha": "{full_tip}", "state": "closed"}),
    ),
    Case(
        name="closed without being merged",
        history=stories.SQUASHED,
        says="Fixed by #3.",
        pulls=({**OPEN, "head_sha": "{full_tip}", "state": "closed"},),
        verdict=REFUSED,
    ),
    Case(
        name="reverted",
        history=(
            *stories.SQUASHED[:4],
            Step(
                "revert",
                {stories.MONITORING: None, "setup.py": stories.OLD_SETUP},
                says='Revert "Package the monitoring module (#2)" (#5)\n\nReverts acme/service#2',
                days=3,
            ),
            stories.LATER,
        ),
        says="Fixed by #2.",
        pulls=(merged(2, "fix"),),
        verdict=REFUSED,
        shows=("reverted",),
    ),
    Case(
        name="silently reverted",
        history=SILENT_BY_PULL,
        pulls=(merged(2, "fix"),),
        verdict=REFUSED,
        shows=("its effect is gone",),
    ),
    Case(
        name="keyword in a sub-commit of an unrelated pull request",
        history=UNRELATED,
        pulls=(merged(2, "fix", title="Paint the docs", body="", closes=[1]),),
        issue={"body": "`service/monitoring.py` is not packaged."},
        verdict=UNSURE,
        shows=("proves little",),
    ),
    Case(
        name="pull request that touches nothing the issue names",
        history=UNRELATED,
        pulls=(merged(2, "fix", title="Paint the docs", body="Fixes #1"),),
        issue={"body": "`service/monitoring.py` is not packaged."},
        verdict=UNSURE,
        shows=("touches nothing that the issue names",),
    ),
    Case(
        name="documents alone can be the fix",
        history=DOCUMENTED,
        pulls=(merged(2, "fix", title="Document the monitoring module"),),
        issue={"title": "the documentation does not say how monitoring is packaged", "body": "Please document it."},
    ),
    Case(name="deletions alone can be the fix", history=DELETED, pulls=(merged(2, "fix", title="Drop the app"),)),
    Case(
        name="body claims a file that is not there",
        history=stories.SQUASHED,
        pulls=(merged(2, "fix", body="Fixes #1\n\n- Adds `service/metrics.py`"),),
        verdict=REFUSED,
        shows=("service/metrics.py",),
    ),
    Case(
        name="body claims what is there",
        history=stories.SQUASHED,
        pulls=(merged(2, "fix", body="Fixes #1\n\n- Adds `service/monitoring.py`\n- Updates `setup.py`"),),
    ),
    Case(
        name="body says that it is the first part",
        history=stories.SQUASHED,
        pulls=(merged(2, "fix", body="Fixes #1. This is the first part of the packaging work."),),
        verdict=PARTIAL,
    ),
    Case(
        name="template of a pull request takes nothing back",
        history=stories.SQUASHED,
        pulls=(
            merged(
                2,
                "fix",
                body="## What\n\nPackages the monitoring module. Fixes #1\n\n## Checklist\n\n- [x] Tests added\n"
                "- [ ] Documentation updated\n- [ ] Breaking change\n\n<!-- remaining work? -->\n",
            ),
        ),
    ),
    Case(
        name="no statement, no pull request",
        history=stories.PLAIN,
        verdict=UNSURE,
    ),
    Case(
        name="the issue named as if it were the pull request",
        history=stories.SQUASHED,
        says="Done in #1.",
        pulls=(merged(2, "fix"),),
    ),
)
