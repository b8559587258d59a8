"""Files: created, removed, renamed, written in odd ways, or never there."""

from tests.judgement import stories
from tests.judgement.court import Case, merged

REFUSED, UNSURE = "not-resolved", "inconclusive"
LISTED = 11  # a path that is not there as it is written needs the whole listing
PULL = (merged(2, "fix", body="Fixes #1", title="Tidy the tree and package monitoring"),)

PATHS = (
    "`/service/monitoring.py`",
    "`service\\monitoring.py`",
    "`service/monitoring.py:3`",
    "`./service/monitoring.py`",
    "[service/monitoring.py](https://github.com/acme/service/blob/main/service/monitoring.py)",
    "service/monitoring.py",
)

CASES = (
    *(Case(name=f"created, written as {path[:30]}", history=stories.PLAIN, says=f"Created {path}.") for path in PATHS),
    Case(
        name="never there",
        history=stories.PLAIN,
        says="SSOT module: created `/shared/domain_config.py`",
        verdict=REFUSED,
        shows=("no such file, now or ever",),
    ),
    Case(
        name="was there before, alone",
        history=stories.PLAIN,
        says="Updated `service/app.py`.",
        verdict=UNSURE,
        shows=("proves little",),
    ),
    Case(
        name="was there before, beside a good commit",
        history=stories.PLAIN,
        says="Fixed in `{fix}`: updated `service/app.py`.",
    ),
    Case(
        name="created and gone again",
        history=stories.SILENT,
        says="Created `service/monitoring.py`.",
        verdict=REFUSED,
        shows=("removed by `{tidy7}`",),
    ),
    Case(
        name="a bare name, resolved by the listing",
        history=stories.PLAIN,
        says="Created `monitoring.py`.",
        shows=("found as `service/monitoring.py`",),
        most=LISTED,
    ),
    Case(name="removed", history=stories.TIDIED, says="Removed `old/legacy.py`.", pulls=PULL, most=LISTED),
    Case(name="removed, without pull request", history=stories.TIDIED, says="Deleted `old/legacy.py`.", most=LISTED),
    Case(
        name="removed, but still there",
        history=stories.TIDIED,
        says="Removed `docs/guide.md`.",
        pulls=PULL,
        verdict=REFUSED,
        shows=("still there",),
    ),
    Case(
        name="removed what never was there, alone",
        history=stories.TIDIED,
        says="Removed `old/other.py`.",
        verdict=UNSURE,
        shows=("never was there",),
    ),
    Case(
        name="renamed",
        history=stories.TIDIED,
        says="Renamed `src/conf.py` to `src/settings.py`.",
        pulls=PULL,
        most=LISTED,
    ),
    Case(
        name="an old name of a renamed file",
        history=stories.TIDIED,
        says="Updated `lib/util/parse.py` (#2).",
        pulls=PULL,
        shows=("renamed to `pkg/util/parse.py`",),
        most=LISTED,
    ),
    Case(
        name="renamed to what is not there",
        history=stories.TIDIED,
        says="Renamed `src/conf.py` to `src/options.py`.",
        pulls=PULL,
        verdict=REFUSED,
    ),
    Case(
        name="below a submodule",
        history=stories.TIDIED,
        says="Created `vendor/ui/button.ts`.",
        pulls=PULL,
        verdict=UNSURE,
        shows=("submodule",),
    ),
    Case(
        name="LFS pointer and binary are said",
        history=stories.TIDIED,
        says="Updated `assets/model.bin` and `assets/logo.png`; added `deploy/ingress.yaml`.",
        shows=("Git LFS pointer", "binary"),
    ),
    Case(
        name="a folder",
        history=stories.TIDIED,
        says="Created `pkg/util/` and `deploy/ingress.yaml`.",
    ),
    Case(
        name="API routes are no files",
        history=stories.PLAIN,
        says="Added `GET /api/users`, `/health` and `/metrics/v1.json`; fixed in `{fix}`.",
        hides=("no such file",),
    ),
    Case(
        name="URLs and hosts are no files",
        history=stories.PLAIN,
        says="Added https://example.com/app/main.py and example.com/setup.py. Fixed in `{fix}`.",
        hides=("no such file",),
    ),
    Case(
        name="quoted words are no claims",
        history=stories.PLAIN,
        says="> Created `shared/nowhere.py`.\n\nFixed in `{fix}`.",
        hides=("nowhere",),
    ),
    Case(
        name="code fences are no claims",
        history=stories.PLAIN,
        says="Fixed in `{fix}`.\n\n```\ncreated shared/nowhere.py\nfixed in 85375b936\n```",
        hides=("nowhere", "85375b936"),
    ),
    Case(
        name="tracebacks are no claims",
        history=stories.PLAIN,
        says='Fixed in `{fix}`. It was:\n\n```\nTraceback (most recent call last):\n  File "app/gone.py", line 3\n```',
        hides=("gone.py",),
    ),
    Case(
        name="BEFORE is no claim",
        history=stories.PLAIN,
        says="## Before\n\n- created `shared/nowhere.py`\n\n## After\n\n- created `service/monitoring.py`\n",
        hides=("nowhere",),
    ),
    Case(
        name="plans are no claims",
        history=stories.PLAIN,
        says="Fixed in `{fix}`. `shared/nowhere.py` will be created should we ever need it.",
        hides=("no such file",),
    ),
    Case(
        name="the statement says the opposite",
        history=stories.PLAIN,
        says="`service/monitoring.py` was not created.",
        verdict=UNSURE,
    ),
    Case(
        name="another repository's file",
        history=stories.PLAIN,
        says="Fixed in `{fix}`; added https://github.com/other/repo/blob/main/shared/nowhere.py.",
        hides=("no such file",),
    ),
    Case(
        name="files created, as a list",
        history=stories.PLAIN,
        says="## Files Created\n\n1. **`service/monitoring.py`**: the module\n2. **`docs/notes.md`**: notes\n",
    ),
    Case(
        name="files created, as a table",
        history=stories.PLAIN,
        says="| File | Status |\n|---|---|\n| `service/monitoring.py` | created |\n| `shared/nowhere.py` | created |\n",
        verdict=REFUSED,
        shows=("shared/nowhere.py",),
    ),
)
