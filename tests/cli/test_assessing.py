"""`assess`: one issue with a person's own token, against a simulated GitHub."""

import json
import os
import sys
from asyncio import create_subprocess_exec, subprocess, timeout
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.simulator.testing import SimulatorHandle, running
from tests.journeys.repository import Shas, build
from tests.journeys.stage import REPO, answers, record, world

PROJECT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((PROJECT / "docs/reference/assessment.schema.json").read_text("utf-8"))
TOKENS = {"tok-ann": "ann", "tok-dora": "dora", "tok-stranger": "stranger"}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


async def bot(*arguments: str, **settings: str) -> Done:
    """`python -m bot …` as people run it."""
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        async with timeout(50):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    return Done(code=process.returncode or 0, out=out.decode(), err=err.decode())


@pytest.fixture(scope="module")
def shas(tmp_path_factory: pytest.TempPathFactory) -> Shas:
    return build(tmp_path_factory.mktemp("git") / "service")


@pytest.fixture
async def github(shas: Shas, request: pytest.FixtureRequest) -> AsyncIterator[SimulatorHandle]:
    async with running(world(shas) | {"tokens": TOKENS}) as handle:
        yield handle
        await record(handle, request.node.name.replace("/", "_").replace("[", "-").replace("]", ""))


async def issue_of(github: SimulatorHandle) -> dict[str, Any]:
    state: Any = await github.state()
    return state["repositories"][0]["issues"][0]


async def assess(github: SimulatorHandle, *arguments: str, token: str = "tok-ann") -> Done:
    return await bot("assess", *arguments, GITHUB_API_URL=github.url, GITHUB_TOKEN=token)


async def test_dry_run(github: SimulatorHandle) -> None:
    """A dry run shows the answer and changes nothing."""
    done = await assess(github, f"{REPO}#1", "--dry-run")
    issue = await issue_of(github)
    assert done.code == 0, done.err
    assert "would be closed (dry run)" in done.out
    assert "<!--" not in done.out
    assert (issue["state"], issue["comments"], issue["labels"]) == ("open", [], ["bug"])


async def test_json_is_the_document_alone(github: SimulatorHandle) -> None:
    """`--json` prints one document that its schema holds for, and nothing else."""
    done = await assess(github, f"{REPO}#1", "--dry-run", "--json")
    document = json.loads(done.out)
    jsonschema.validate(document, SCHEMA)
    assert (document["repository"], document["issue"], document["verdict"]) == (REPO, 1, "resolved")
    assert (done.code, done.err) == (0, "")


async def test_it_acts_as_the_person(github: SimulatorHandle) -> None:
    """Without `--dry-run` it comments and closes in the person's name; a second time it edits that comment."""
    done = await assess(github, f"{REPO}#1")
    issue = await issue_of(github)
    assert done.code == 0, done.err
    assert (issue["state"], issue["state_reason"], issue["closed_by"]) == ("closed", "completed", "ann")
    assert [one["author"] for one in issue["comments"]] == ["ann"]
    again = await assess(github, f"{REPO}#1")
    assert "already closed" in again.out
    assert len((await issue_of(github))["comments"]) == 1


async def test_policy_from_disk(github: SimulatorHandle, tmp_path: Path) -> None:
    """`--policy` tries a file that is nowhere committed; an issue that does not hold is exit code 1."""
    policy = tmp_path / "policy.yml"
    policy.write_text("version: 1\nclaims: off\ncriteria:\n  - file: docs/absent.md\n")
    done = await assess(github, f"{REPO}#1", "--dry-run", "--policy", str(policy))
    assert done.code == 1
    assert "docs/absent.md" in done.out


async def test_a_maintainers_own_statement_counts(github: SimulatorHandle) -> None:
    """A dry run checks the claims of the token's owner as the server would."""
    await github.comment(REPO, 1, "ann", "Fixed in `85375b936`.")
    done = await assess(github, f"{REPO}#1", "--dry-run")
    assert done.code == 1
    assert "85375b936" in done.out


@pytest.mark.parametrize("login", ["dora", "stranger"])
async def test_a_dry_run_needs_no_role(github: SimulatorHandle, login: str) -> None:
    """Who may not even ask for his role can look."""
    done = await assess(github, f"{REPO}#1", "--dry-run", token=f"tok-{login}")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nonsense"], "is no issue: write OWNER/REPO#NUMBER", id="no-issue"),
        pytest.param([f"{REPO}#0"], "is no issue", id="number-0"),
        pytest.param([f"{REPO}#99", "--dry-run"], f"no issue {REPO}#99", id="unknown-issue"),
        pytest.param(
            [f"{REPO}#2", "--dry-run"], "This is a pull request. In a comment on it I understand", id="pull-request"
        ),
        pytest.param(["acme/absent#1", "--dry-run"], "acme/absent", id="unknown-repository"),
        pytest.param([f"{REPO}#1", "--policy", "/absent.yml"], "/absent.yml: No such file", id="policy-missing"),
    ],
)
async def test_what_cannot_be_asked(github: SimulatorHandle, arguments: list[str], said: str) -> None:
    """One line on standard error that says what to change, exit code 2, nothing on standard output."""
    done = await assess(github, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


async def test_a_faulty_policy_from_disk(github: SimulatorHandle, tmp_path: Path) -> None:
    """Its faults are shown with their places, and GitHub is not asked."""
    policy = tmp_path / "policy.yml"
    policy.write_text("version: 1\ncriterias: []\n")
    done = await assess(github, f"{REPO}#1", "--policy", str(policy))
    assert (done.code, f"{policy}:2:1:" in done.err, await github.exchanges()) == (2, True, [])


@pytest.mark.parametrize("login", ["dora", "stranger"])
async def test_without_the_right(github: SimulatorHandle, login: str) -> None:
    """Who may not close is told what he may do, and nothing is written."""
    done = await assess(github, f"{REPO}#1", token=f"tok-{login}")
    assert done.code == 2
    assert (await issue_of(github))["comments"] == []
    assert "Traceback" not in done.err
    assert done.err


async def test_a_bad_token(github: SimulatorHandle) -> None:
    """A token that GitHub does not know is one line."""
    done = await assess(github, f"{REPO}#1", token="tok-of-nobody")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("GitHub refuses the token")


async def test_no_token() -> None:
    """Without a token one line says what to set."""
    done = await bot("assess", f"{REPO}#1")
    assert done.code == 2
    assert done.err.startswith("GITHUB_TOKEN is not set")


async def test_a_limit_is_told(github: SimulatorHandle) -> None:
    """A used-up limit is told with its end, and waits for nobody."""
    await github.fault("secondary-limit", operation="Snapshot", times=None)
    done = await assess(github, f"{REPO}#1", "--dry-run")
    assert done.code == 2
    assert "limit" in done.err


async def test_an_issue_that_changes_hands_midway(github: SimulatorHandle) -> None:
    """A closing that GitHub refuses is said in the comment, and is exit code 0 of a verdict that holds."""
    await github.fault("status:422", method="PATCH", path="/issues/1$", times=None)
    done = await assess(github, f"{REPO}#1")
    issue = await issue_of(github)
    assert issue["state"] == "open"
    assert done.code == 0
    assert not answers(issue)
    assert "422" in issue["comments"][0]["body"] or "refus" in issue["comments"][0]["body"]
