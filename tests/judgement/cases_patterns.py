"""Patterns: names said to be gone, over the whole tree at a commit."""

from tests.judgement import stories
from tests.judgement.court import Case, merged
from tests.judgement.histories import Step

REFUSED, UNSURE = "not-resolved", "inconclusive"
PULL = (merged(2, "fix", title="Replace the client and the host"),)
ABOUT = {"title": "use the modern client and the canonical host", "body": "Get rid of the old ones."}

GONE = (
    "Replaced `legacy_client` with `modern_client`.",
    "Removed all uses of `legacy_client`.",
    "`legacy_client` is gone from the codebase.",
    "No more references to `legacy_client`.",
    "Domain migration: `*.staging.example.com` → `*.example.com`",
    "The codebase no longer uses `legacy_client`.",
    "Migrated everything from `legacy_client` to `modern_client`.",
)
PREFIX = (
    Step("start", {"a.py": "import client\n", "b.py": "from client import get\n"}, days=20),
    Step(
        "fix",
        {"a.py": "import client_core_v2\n", "b.py": "from client_core_v2 import get\n"},
        says="Rename (#2)",
    ),
    stories.LATER,
)
LONGER = (
    Step("start", {"a.py": "import client_core\n"}, days=20),
    Step("fix", {"a.py": "import client_core_v2\n"}, says="Rename (#2)"),
    stories.LATER,
)
VENDORED = (
    stories.REPLACED[0],
    Step(
        "fix",
        {
            **stories.REPLACED[1].files,
            "vendor/lib/old.py": "import legacy_client\n",
            "dist/app.min.js": "legacy_client()\n",
            "archive/2020/old.py": "import legacy_client\n",
        },
        says="Use the modern client (#2)",
    ),
    stories.LATER,
)

CASES = (
    *(
        Case(name=f"gone: {says[:45]}", history=stories.REPLACED, says=says, pulls=PULL, issue=ABOUT, most=None)
        for says in GONE
    ),
    *(
        Case(
            name=f"surviving: {says[:45]}",
            history=stories.SURVIVING,
            says=says,
            pulls=PULL,
            issue=ABOUT,
            verdict=REFUSED,
            shows=("service/",),
            most=None,
        )
        for says in GONE
    ),
    Case(
        name="the new name begins with the old one",
        history=LONGER,
        says="Renamed `client_core` to `client_core_v2`.",
        pulls=PULL,
        issue=ABOUT,
        most=None,
    ),
    Case(
        name="archives, bundles and vendored code do not count",
        history=VENDORED,
        says="Removed all uses of `legacy_client`.",
        pulls=PULL,
        issue=ABOUT,
        shows=("not counted",),
        most=None,
    ),
    Case(
        name="never occurred, alone",
        history=stories.PLAIN,
        says="Removed all uses of `ancient_client`.",
        verdict=UNSURE,
        most=None,
    ),
    Case(
        name="never occurred, beside a good pull request",
        history=stories.SQUASHED,
        says="Removed all uses of `ancient_client`.",
        pulls=(merged(2, "fix"),),
        shows=("was so before",),
        most=None,
    ),
    Case(
        name="replaced in one file only is no claim about the tree",
        history=stories.SURVIVING,
        says="Replaced `legacy_client` with `modern_client` in the client module. Fixed in `{fix}`.",
        pulls=PULL,
        issue=ABOUT,
    ),
    Case(
        name="removed within one file",
        history=stories.SURVIVING,
        says="Removed all uses of `legacy_client` from `service/client.py`.",
        pulls=PULL,
        issue=ABOUT,
        most=None,
    ),
    Case(
        name="errors that are no more are not in the code",
        history=stories.SQUASHED,
        says='No more "No module named `service.monitoring`" errors.',
        pulls=(merged(2, "fix"),),
        closed=False,
        shows=("nothing here measures that",),
    ),
    Case(
        name="all services now use the new name, migration in the issue",
        history=stories.SURVIVING,
        says="All services now use `*.example.com` domains.",
        issue={**ABOUT, "body": "Domain migration: `*.staging.example.com` → `*.example.com`"},
        pulls=PULL,
        verdict=REFUSED,
        shows=(".staging.example.com",),
        most=None,
    ),
    Case(
        name="all services now use the new name, holds",
        history=stories.REPLACED,
        says="All services now use `*.example.com` domains.",
        issue={**ABOUT, "body": "Domain migration: `*.staging.example.com` → `*.example.com`"},
        pulls=PULL,
        most=None,
    ),
    Case(
        name="enough files changed",
        history=stories.REPLACED,
        says="4 files updated across the codebase.",
        pulls=PULL,
        issue=ABOUT,
    ),
    Case(
        name="fewer files changed than said",
        history=stories.REPLACED,
        says="Fixed in `{fix}`. 816 files updated across the codebase.",
        pulls=PULL,
        issue=ABOUT,
        closed=False,
        shows=("it changes 4 files",),
    ),
)
