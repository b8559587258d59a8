"""The file probe: there, gone, or a value in it."""

import json
import re
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Outcome, Reason
from bot.github.contents import Opaque, OpaqueKind
from bot.probes.contract import Fix
from bot.probes.file import PROBE, FileParams

from .world import NOW, MemoryReader, Repo, Step, ask, context, issue, repo

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR
SUBMODULE = Opaque(path="vendor/lib", kind=OpaqueKind.SUBMODULE)
AT = repo(
    Step("Start", {"old.py": "1", "gone.py": "bye", "lib/util.py": "u", "was.yml": "timeout: 60", "app/a.py": "a"}),
    Step(
        "Fix",
        {
            "shared/new.py": "1",
            "gone.py": None,
            "was.yml": "timeout: 600",
            "vendor/lib": SUBMODULE,
            "big.bin": Opaque(path="big.bin", kind=OpaqueKind.LFS_POINTER),
            "deep/down/only.py": "o",
            "deep/a.py": "a2",
            "empty.txt": "",
            "lib/util.py": None,
            "core/util.py": "u",
        },
    ),
    Step("Later", {"README.md": "hi"}),
)
FIX = Fix(commits=AT.branch[1:2], before=AT.branch[0], paths=())


async def asked(path: str, where: Repo = AT, fix: Fix | None = FIX, **params):
    return await ask(PROBE, context(where, fix=fix), path=path, **params)


PRESENT = {
    "new": ("shared/new.py", PASS, Reason.HOLDS, "there"),
    "old": ("old.py", PASS, Reason.VACUOUS, "there (and was before: proves little)"),
    "leading slash": ("/shared/new.py", PASS, Reason.HOLDS, "there (found as `shared/new.py`)"),
    "windows": ("C:\\shared\\new.py", PASS, Reason.HOLDS, "there (found as `shared/new.py`)"),
    "with a line": ("shared/new.py:12", PASS, Reason.HOLDS, "there (found as `shared/new.py`)"),
    "with line and column": ("shared/new.py:12:4", PASS, Reason.HOLDS, "there (found as `shared/new.py`)"),
    "as a link's fragment": ("shared/new.py#L3-L9", PASS, Reason.HOLDS, "there (found as `shared/new.py`)"),
    "below the repository's name": ("shop/shared/new.py", PASS, Reason.HOLDS, "there (found as `shared/new.py`)"),
    "bare name": ("only.py", PASS, Reason.HOLDS, "there (found as `deep/down/only.py`, the only file that fits)"),
    "missing first folder": ("down/only.py", PASS, Reason.HOLDS, "there (found as `deep/down/only.py`, the only"),
    "too many folders": ("x/deep/down/only.py", PASS, Reason.HOLDS, "there (found as `deep/down/only.py`, the only"),
    "capitals": ("Shared/New.py", PASS, Reason.HOLDS, "there (found as `shared/new.py`, the only file that fits)"),
    "renamed": ("lib/util.py", PASS, Reason.HOLDS, "there (renamed to `core/util.py` by"),
    "ambiguous name": ("a.py", FAIL, Reason.NOT_FOUND, "files of that name: `app/a.py` and `deep/a.py`"),
    "removed": ("gone.py", FAIL, Reason.NOT_FOUND, "no such file: removed by `"),
    "never": ("shared/domain_config.py", FAIL, Reason.NOT_FOUND, "no such file, now or ever; no renamed twin"),
    "never, but a namesake": ("x/y/only.py", FAIL, Reason.NOT_FOUND, "files of that name: `deep/down/only.py`"),
    "folder": ("deep/", PASS, Reason.HOLDS, "there, a folder with 2 entries"),
    "empty": ("empty.txt", PASS, Reason.HOLDS, "there, but empty"),
    "pointer": ("big.bin", PASS, Reason.HOLDS, "there, a Git LFS pointer (its content was not looked at)"),
    "submodule": ("vendor/lib", PASS, Reason.HOLDS, "there, a submodule (its content was not looked at)"),
    "inside a submodule": ("vendor/lib/x.py", ERROR, Reason.NOT_LOOKED_AT, "`vendor/lib` is a submodule"),
    "outside": ("../etc/passwd", ERROR, Reason.NOT_LOOKED_AT, "not a path inside this repository"),
    "control characters": ("a\nb", ERROR, Reason.NOT_LOOKED_AT, "not a path inside this repository"),
}


@pytest.mark.parametrize("name", PRESENT)
async def test_a_file_is_found_as_it_is_meant(name):
    """Resolved before it is called absent; what was not looked at is not absent; what was there proves little."""
    path, outcome, reason, words = PRESENT[name]
    evidence = await asked(path)
    assert (outcome, reason) == (evidence.outcome, evidence.reason)
    assert words in evidence.observed


ABSENT = {
    "removed by the fix": ("gone.py", PASS, Reason.HOLDS, "gone since `"),
    "never there": ("never.py", PASS, Reason.VACUOUS, "not there, but it never was there: proves little"),
    "still there": ("old.py", FAIL, Reason.DOES_NOT_HOLD, "still there"),
    "only moved": ("lib/util.py", PASS, Reason.VACUOUS, "gone from there, but only renamed to `core/util.py` by"),
    "found by its name": ("only.py", FAIL, Reason.DOES_NOT_HOLD, "still there (found as `deep/down/only.py`"),
    "behind a submodule": ("vendor/lib/x.py", ERROR, Reason.NOT_LOOKED_AT, "submodule"),
}


@pytest.mark.parametrize("name", ABSENT)
async def test_a_file_is_gone_only_if_it_was_there(name):
    """Removing what never was proves nothing; moving is not removing."""
    path, outcome, reason, words = ABSENT[name]
    evidence = await asked(path, state="absent")
    assert (outcome, reason) == (evidence.outcome, evidence.reason)
    assert words in evidence.observed


async def test_a_removal_before_the_fix_proves_little():
    """It was gone already."""
    late = Fix(commits=AT.branch[2:], before=AT.branch[1], paths=())
    evidence = await asked("gone.py", fix=late, state="absent")
    assert (evidence.outcome, evidence.reason) == (PASS, Reason.VACUOUS)


NO_FIX = {
    "untouched since before the issue": (2.5, "old.py", Reason.VACUOUS),
    "added after the issue was opened": (2.5, "shared/new.py", Reason.HOLDS),
    "the issue is older than all that is known": (99.0, "old.py", Reason.HOLDS),
    "there when the issue was opened, changed since": (2.5, "was.yml", Reason.VACUOUS),
}


@pytest.mark.parametrize("name", NO_FIX)
async def test_without_a_known_fix_the_issue_is_the_landmark(name):
    """What has not changed since before the issue was opened cannot be part of its fix."""
    age, path, reason = NO_FIX[name]
    about = issue(created_at=NOW - timedelta(hours=age))
    evidence = await ask(PROBE, context(AT, about=about, fix=Fix(commits=(), before=None, paths=())), path=path)
    assert (PASS, reason) == (evidence.outcome, evidence.reason)


async def test_the_past_is_not_asked_where_that_is_not_wanted():
    """`before: false` leaves it out, and the answer stands alone."""
    reader = MemoryReader(AT)
    evidence = await ask(PROBE, context(AT, reader=reader, fix=FIX), ask_before=False, path="old.py")
    assert (evidence.reason, evidence.before, reader.asked) == (Reason.HOLDS, None, ["content"])


@pytest.mark.parametrize("state", ["present", "absent"])
async def test_a_listing_cut_short_cannot_show_absence(state):
    """A file that is not in a truncated tree may still be there under another name."""
    cut = Repo(commits=AT.commits, trees=AT.trees, branch=AT.branch, truncated=True)
    evidence = await asked("never.py", where=cut, state=state)
    assert (evidence.outcome, evidence.observed) == (ERROR, "cannot be told: GitHub cut the listing of files short")


VALUES = {
    "changed by the fix": ("was.yml", {"at": "timeout", "equals": 600}, PASS, Reason.HOLDS, "`600`", "`60`", True),
    "at least": ("was.yml", {"at": "timeout", "min": 60}, PASS, Reason.VACUOUS, "(and was before", "`60`", False),
    "other": ("was.yml", {"at": "timeout", "equals": 5}, FAIL, Reason.DOES_NOT_HOLD, "it is `600`", "`60`", False),
    "lacking": ("was.yml", {"at": "a.b"}, FAIL, Reason.NOT_FOUND, "nothing stands at `a.b`", "nothing", False),
    "pointer": ("big.bin", {"at": "a"}, ERROR, Reason.NOT_LOOKED_AT, "its content was not looked at", None, False),
    "folder": ("deep", {"at": "a"}, ERROR, Reason.NOT_LOOKED_AT, "it is a folder", None, False),
    "no data": ("README.md", {"at": "a"}, ERROR, Reason.NOT_LOOKED_AT, "say which with `format`", None, False),
    "no file": ("no.yml", {"at": "a"}, FAIL, Reason.NOT_FOUND, "no such file", None, False),
}


@pytest.mark.parametrize("name", VALUES)
async def test_a_value_is_compared_now_and_before(name):
    """ "60 → 600" is worth more than 600."""
    path, params, outcome, reason, words, before, seen_failing = VALUES[name]
    evidence = await asked(path, **params)
    assert (outcome, reason, before) == (evidence.outcome, evidence.reason, evidence.before)
    assert seen_failing is evidence.seen_failing
    assert words in evidence.observed


async def test_an_empty_repository_has_nothing_to_measure():
    """No commit, no file."""
    assert Outcome.MISSING is (await asked("a.py", where=Repo(), fix=None)).outcome


BAD = {
    "condition without a place": {"equals": 1},
    "absent value": {"at": "a", "state": "absent"},
    "no place": {"at": "a..b"},
    "pattern": {"at": "a", "matches": "("},
    "backreference": {"at": "a", "matches": r"(a)\1"},
    "repeats": {"at": "a", "matches": "(a{20}){20}"},
    "bounds": {"at": "a", "min": 2, "max": 1},
    "format": {"at": "a", "format": "xml"},
    "state": {"state": "gone"},
}


@pytest.mark.parametrize("name", BAD)
def test_senseless_parameters_are_refused(name):
    """The fault is told when the policy is read, not when the probe runs."""
    with pytest.raises(ValidationError):
        FileParams.model_validate({"path": "a.yml", **BAD[name]})


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../x", "without `..`"),
        ("/etc/x", "write `etc/x`"),
        ("C:\\a.txt", "write `a.txt`"),
        (".git/config", "git's own"),
    ],
)
def test_a_path_in_a_policy_is_one_of_the_repository(path, words):
    """Its writer can mend it; one that was found in a statement is read as it may be meant."""
    with pytest.raises(ValidationError, match=re.escape(words)):
        FileParams.model_validate_json(json.dumps({"path": path}))
    assert FileParams(path=path).path == path
