"""`audit --git --issues`: what a checkout answers of a file of closed issues, without token and without network."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.assessment.policy import Role
from bot.cli.issue_file import NotIssues, closure, issue, read, roles
from bot.github.models import Unknown
from tests.cli.closed_world import REPO, Git, build, kinds, world
from tests.cli.test_assessing import Done, bot


@pytest.fixture(scope="module")
def shas(tmp_path_factory: pytest.TempPathFactory) -> Git:
    return build(tmp_path_factory.mktemp("git") / "service")


def filed(shas: Git, **changes: Any) -> list[dict[str, Any]]:
    """The same tracker as `gh issue list --json` prints it."""
    issues = world(shas)["repositories"][0]["issues"]
    return [
        {
            "number": one["number"],
            "title": one["title"],
            "body": one.get("body", ""),
            "url": f"https://github.com/{REPO}/issues/{one['number']}",
            "createdAt": one["created_at"],
            "closedAt": one["closed_at"],
            "stateReason": one.get("state_reason", "completed").upper(),
            "comments": [comment(said["body"], said["created_at"]) for said in one["comments"]],
            "author": {"login": "carol"},
            **changes,
        }
        for one in issues
        if one.get("state") == "closed"
    ]


def comment(body: str, at: str, association: str = "MEMBER") -> dict[str, Any]:
    return {
        "id": "IC_1",
        "author": {"login": "ann"},
        "authorAssociation": association,
        "body": body,
        "createdAt": at,
        "url": "https://github.com/acme/service/issues/1#issuecomment-1",
        "isMinimized": False,
    }


async def audit(shas: Git, folder: Path, issues: Any, *arguments: str) -> Done:
    file = folder / "issues.json"
    file.write_text(json.dumps(issues))
    state = str(folder / "s.jsonl")
    return await bot("audit", REPO, "--git", str(shas.folder), "--issues", str(file), "--resume", state, *arguments)


async def test_a_file_without_closings(shas: Git, tmp_path: Path) -> None:
    """That there is nothing is said in two lines."""
    done = await audit(shas, tmp_path, [])
    assert (done.code, done.out.splitlines()) == (
        0,
        [f"{REPO}: there is no closed issue to look at", "No issue was closed as completed in the file."],
    )


OFFLINE = {
    "named": "holds",  # a file and a commit that are there
    "gone": "holds",  # a pattern
    "reverted": "does-not-hold",
    "absent": "does-not-hold",
    "still": "does-not-hold",
    "unticked": "does-not-hold",
    "taken-back": "does-not-hold",
}
"""What git alone can tell; of every other kind it cannot be checked."""


async def test_what_git_knows(shas: Git, tmp_path: Path) -> None:
    """Commits that are there or were reverted, files, patterns; what only GitHub knows cannot be checked."""
    done = await audit(shas, tmp_path, filed(shas), "--json", "--limit", "13")
    document = json.loads(done.out)
    every = kinds(shas)
    standings = {one["issue"]["number"]: one["standing"] for one in document["issues"]}
    found = {every[(number - 1) % len(every)].name: one for number, one in standings.items()}
    assert {name: one for name, one in found.items() if one != "cannot-be-checked"} == OFFLINE
    assert document["asked"]["offline"] is True
    assert {"pulls", "ci", "sub-issues", "blockers"} <= set(document["asked"]["not_asked"])
    assert done.code == 1


async def test_an_open_box_counts(shas: Git, tmp_path: Path) -> None:
    """By the built-in policy, without anything else that a checkout could answer."""
    one = filed(shas, body="- [ ] todo", comments=[])[0]
    done = await audit(shas, tmp_path, [one], "--json")
    (entry,) = json.loads(done.out)["issues"]
    assert (done.code, entry["standing"], entry["why"]) == (1, "does-not-hold", None)
    assert [reason["observed"] for reason in entry["reasons"]] == ['1 of 1 box open: "todo"']


async def test_nothing_disappears(shas: Git, tmp_path: Path) -> None:
    """What is open by the file, and what was closed for an unknown reason, is left out and told."""
    every = filed(shas)
    every[0]["closedAt"], every[1]["stateReason"], every[2]["stateReason"] = None, "weird", ""
    asked = json.loads((await audit(shas, tmp_path, every[:3], "--json")).out)["asked"]
    assert asked["left_out"] == {"not_planned": [], "duplicate": [], "open": [1], "unknown_reason": [2]}
    assert asked["listed"] == 1
    assert "not closed: 1 (#1)" in (await audit(shas, tmp_path, every[:3])).out


async def test_issues_of_another_repository(shas: Git, tmp_path: Path) -> None:
    """By their URLs: it is warned of; those of this one are no matter of case."""
    first, second = filed(shas)[:2]
    first["url"], second["url"] = (
        "https://github.com/acme/Other/issues/1",
        f"https://github.com/{REPO.upper()}/issues/2",
    )
    done = await audit(shas, tmp_path, [first, second])
    assert f"1 of 2 issues by their URLs of acme/other, and judged as {REPO}'s" in done.err
    assert "by their URLs" not in (await audit(shas, tmp_path, [second])).err


@pytest.mark.parametrize("name", ["../b", "a/..", "a/.", "a/../", "./b"])
async def test_a_path_is_no_repository(name: str) -> None:
    """It is refused in one line."""
    done = await bot("audit", name, "--git", ".", "--issues", "/absent.json")
    assert (done.code, done.err) == (2, f"{name!r} is no repository: write OWNER/REPO\n")


async def test_it_says_what_it_is(shas: Git, tmp_path: Path) -> None:
    """Nobody takes it for the whole answer."""
    done = await audit(shas, tmp_path, filed(shas), "--limit", "2")
    assert "Only a local checkout was read" in done.out
    assert "Not asked, since a checkout cannot answer it" in done.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param({"number": 1}, "issues.json: Expected `array`", id="no list"),
        pytest.param([{"number": 1}], "missing required field `title`", id="no issue"),
    ],
)
async def test_a_file_of_something_else(shas: Git, tmp_path: Path, content: Any, said: str) -> None:
    """The place is named."""
    done = await audit(shas, tmp_path, content)
    assert (done.code, done.out, said in done.err) == (2, "", True)
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--git", "."], "belong together", id="no issues"),
        pytest.param(["--git", "/nowhere", "--issues", "/absent.json"], "/absent.json: No such file", id="no file"),
    ],
)
async def test_what_cannot_be_done(arguments: list[str], said: str) -> None:
    """One line that says why."""
    done = await bot("audit", REPO, *arguments)
    assert (done.code, done.out, said in done.err) == (2, "", True)


def text(shas: Git, **changes: Any) -> bytes:
    return json.dumps(filed(shas, **changes)).encode()


def test_open_issues_are_left_out(shas: Git) -> None:
    """They have no closing."""
    assert {closure(one) for one in read(text(shas, closedAt=None))} == {None}


def test_what_the_file_does_not_tell_is_unknown(shas: Git) -> None:
    """Pull requests, sub-issues, blockers, events; and labels, where they were not printed."""
    one = issue(read(text(shas))[0])
    parts = (one.closing_pulls, one.sub_issues, one.blocked_by, one.timeline, one.labels)
    assert all(isinstance(part, Unknown) for part in parts)
    assert issue(read(text(shas, labels=[{"name": "bug"}]))[0]).labels == ("bug",)


def test_without_the_opening_it_is_the_first_word(shas: Git) -> None:
    """So that no commit from before counts as the fix."""
    one = issue(read(text(shas, createdAt=None, comments=[comment("hello", "2025-01-07T00:00:00Z")]))[0])
    assert one.created_at.isoformat() == "2025-01-07T00:00:00+00:00"


def test_who_has_a_say(shas: Git) -> None:
    """Owners, members and collaborators."""
    said = [comment("x", "2025-01-07T00:00:00Z", one) for one in ("NONE", "CONTRIBUTOR")]
    assert roles(read(text(shas, comments=said))) == {}
    assert roles(read(text(shas))) == {"ann": Role.TRIAGE}
    with pytest.raises(NotIssues):
        read(b"\xff")
