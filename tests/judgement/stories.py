"""The histories that cases are about. Each tells one thing; `fix` is the commit that a fix landed as."""

from dataclasses import replace

from tests.judgement.histories import Link, Step

MONITORING = "service/monitoring.py"
MODULE = "NAME = 'monitoring'\n\n\ndef start() -> str:\n    return NAME\n"
OLD_SETUP = "PACKAGES = ['service']\n"
NEW_SETUP = "PACKAGES = ['service', 'service.monitoring']\n"
START = Step(
    "start",
    {
        "README.md": "# Service\n",
        "setup.py": OLD_SETUP,
        "service/__init__.py": "",
        "service/app.py": "def main() -> int:\n    return 0\n",
        "tests/test_app.py": "def test_main() -> None:\n    assert True\n",
    },
    days=20,
)
FIX = Step("fix", {MONITORING: MODULE, "setup.py": NEW_SETUP}, says="Package the monitoring module")
LATER = Step("later", {"docs/notes.md": "Notes\n"}, says="Take notes", days=2)

PLAIN = (START, FIX, LATER)
"""A fix on main, and something after it."""

RELEASED = (
    replace(START, tag="v1.1.0"),
    Step("picked", {MONITORING: MODULE}, says="Package it, picked", on="1.1.x", after="start", tag="v1.1.1"),
    FIX,
    replace(LATER, tag="v1.2.0"),
)
"""A fix on main that the next version has; the version before got a copy on a branch of its own."""

SQUASHED = (
    START,
    Step("work", {MONITORING: "NAME = ''\n"}, says="wip", on="topic", after="start", days=6),
    Step("tip", {MONITORING: MODULE, "setup.py": NEW_SETUP}, says="Package the module", on="topic"),
    Step("fix", {MONITORING: MODULE, "setup.py": NEW_SETUP}, says="Package the monitoring module (#2)"),
    LATER,
)
"""A pull request squashed: its branch's commits are not on main."""

MERGED = (
    START,
    Step("work", {MONITORING: MODULE}, says="Write the module", on="topic", after="start", days=6),
    Step("tip", {"setup.py": NEW_SETUP}, says="Package it", on="topic"),
    Step("other", {"docs/other.md": "Other\n"}, says="Something else"),
    Step(
        "fix",
        {MONITORING: MODULE, "setup.py": NEW_SETUP},
        says="Merge pull request #2 from acme/topic\n\nPackage the monitoring module",
        merges="tip",
    ),
    LATER,
)
"""A pull request merged with a merge commit: its branch's commits are on main, too."""

REBASED = (
    START,
    Step("work", {MONITORING: MODULE}, says="Write the module", on="topic", after="start", days=6),
    Step("tip", {"setup.py": NEW_SETUP}, says="Package it", on="topic"),
    Step("other", {"docs/other.md": "Other\n"}, says="Something else"),
    Step("first", {MONITORING: MODULE}, says="Write the module"),
    Step("fix", {"setup.py": NEW_SETUP}, says="Package it"),
    LATER,
)
"""A pull request rebased: its commits stand on main as copies."""

PICKED = (
    START,
    Step("origin", {MONITORING: MODULE, "setup.py": NEW_SETUP}, says="Package it", on="release", after="start", days=6),
    Step(
        "fix",
        {MONITORING: MODULE, "setup.py": NEW_SETUP},
        says="Package it\n\n(cherry picked from commit {origin})",
    ),
    LATER,
)
"""A commit of a release branch, picked to main."""

BESIDE = (
    START,
    Step("aside", {MONITORING: MODULE, "setup.py": NEW_SETUP}, says="Package it", on="topic", after="start"),
    Step("later", {"docs/notes.md": "Notes\n"}, says="Take notes", days=2),
)
"""A fix that is on a branch only."""

REVERTED = (
    START,
    FIX,
    Step(
        "revert",
        {MONITORING: None, "setup.py": OLD_SETUP},
        says='Revert "Package the monitoring module"\n\nThis reverts commit {fix}.',
        days=3,
    ),
    LATER,
)
"""A fix that was taken back, and said so."""

BACK = (
    *REVERTED[:3],
    Step(
        "again",
        {MONITORING: MODULE, "setup.py": NEW_SETUP},
        says='Reapply "Package the monitoring module"\n\nThis reverts commit {revert}.',
        days=2.5,
    ),
    LATER,
)
"""A fix taken back, and the taking back taken back."""

SILENT = (
    START,
    FIX,
    Step("tidy", {MONITORING: None, "setup.py": OLD_SETUP}, says="Tidy up the packaging (#9)", days=3),
    LATER,
)
"""A fix that was taken back under another name."""

MENDED = (
    START,
    FIX,
    Step("more", {MONITORING: MODULE + "\n\ndef stop() -> None: ...\n"}, says="Let it be stopped", days=3),
    LATER,
)
"""A fix whose files went on changing."""

BLAMED = (
    START,
    Step("culprit", {"setup.py": "PACKAGES = []\n"}, says="Slim the package list", days=15),
    FIX,
    LATER,
)
"""The commit that broke it, and the fix."""

REPLACED = (
    Step(
        "start",
        {
            "service/client.py": "from legacy_client import get\n",
            "service/jobs.py": "import legacy_client\n\nlegacy_client.post()\n",
            "config/app.yaml": "host: api.staging.example.com\n",
            "service/names.py": "HOST = 'api.staging.example.com'\n",
            "CHANGELOG.md": "- uses legacy_client and api.staging.example.com\n",
            "docs/history.md": "Once there was legacy_client at api.staging.example.com.\n",
        },
        days=20,
    ),
    Step(
        "fix",
        {
            "service/client.py": "from modern_client import get\n",
            "service/jobs.py": "import modern_client\n\nmodern_client.post()\n",
            "config/app.yaml": "host: api.example.com\n",
            "service/names.py": "HOST = 'api.example.com'\n",
        },
        says="Use the modern client and the canonical host (#2)",
    ),
    LATER,
)
"""Names replaced everywhere but in the changelog and the documents."""

SURVIVING = (
    REPLACED[0],
    Step("fix", {"service/client.py": "from modern_client import get\n"}, says="Use the modern client (#2)"),
    LATER,
)
"""Names replaced in one file only."""

TIDIED = (
    Step(
        "start",
        {
            "old/legacy.py": "def legacy() -> None: ...\n",
            "src/conf.py": "A = 1\nB = 2\nC = 3\nD = 4\n",
            "lib/util/parse.py": "def parse() -> int:\n    return 1\n",
            "assets/model.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12\n",
            "assets/logo.png": b"\x89PNG\r\n\x1a\n\x00\x00",
            "docs/guide.md": "Guide\n",
            "vendor/ui": Link(target="1" * 40, mode="160000"),
            "current": Link(target="src"),
        },
        days=20,
    ),
    Step(
        "fix",
        {
            "old/legacy.py": None,
            "src/conf.py": None,
            "src/settings.py": "A = 1\nB = 2\nC = 3\nD = 4\n",
            "lib/util/parse.py": None,
            "pkg/util/parse.py": "def parse() -> int:\n    return 1\n",
            "docs/guide.md": "Guide\n\nHow to start the monitoring module.\n",
            "deploy/ingress.yaml": "timeout: 600\n",
        },
        says="Tidy the tree (#2)",
    ),
    LATER,
)
"""Files deleted, renamed, moved, added; some that cannot be looked into."""
