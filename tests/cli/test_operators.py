"""The operator's file at the command line: checked by itself, in the way of a start, and used by an assessment."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import runnable
from bot.cli.main import app
from bot.egress.grants import Repositories
from bot.probes.sandboxed import NamedCommand, OperatorCommands
from bot.sandbox.command import Command
from bot.simulator.testing import SimulatorHandle, running
from tests.cli.test_assessing import TOKENS, bot
from tests.journeys.repository import build
from tests.journeys.stage import REPO, record, world
from tests.sandbox.real import sandbox

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
SECRET = "{name: a, repositories: 7, origins: ['https://a.example'], value_env: A_TOKEN}"


@pytest.fixture
async def github(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SimulatorHandle]:
    async with running(world(build(tmp_path / "service")) | {"tokens": TOKENS}) as handle:
        yield handle
        await record(handle, request.node.name)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        pytest.param("version: 1\n", 0, "0 allowances, 0 secrets, 0 servers, 0 commands, no faults", id="empty"),
        pytest.param(f"version: 1\nsecrets: [{SECRET}]\n", 0, "1 secret, ", id="secret"),
        pytest.param("version: 1\nsecret: []\n", 1, "2:1: unknown key 'secret' (did you mean secrets?)", id="key"),
        pytest.param(None, 2, "No such file", id="missing"),
    ],
)
def test_check_operator(tmp_path: Path, text: str | None, code: int, said: str) -> None:
    """One line a fault, with its place; 0 for a sound file, 1 for a faulty one, 2 for none."""
    file = tmp_path / "operator.yml"
    if text is not None:
        file.write_text(text)
    result = CliRunner().invoke(app, ["check-operator", str(file)], env={"A_TOKEN": "long-enough-value"})
    assert (result.exit_code, said in result.stdout) == (code, True), result.stdout
    assert len(result.stdout.splitlines()) == 1


async def test_a_faulty_file_stops_the_start(tmp_path: Path) -> None:
    """One line a fault, exit code 2, and no secret in them."""
    file = tmp_path / "operator.yml"
    file.write_text(f"version: 1\nsecrets: [{SECRET}]\ncommands: [{{name: a}}]\n")
    server = {"GITHUB_APP_ID": "1", "GITHUB_PRIVATE_KEY": PEM, "GITHUB_WEBHOOK_SECRET": "a-secret-of-some-length"}
    done = await bot("serve", **server, OPERATOR_FILE=str(file), A_TOKEN="abc", DATA_DIR=str(tmp_path))
    assert (done.code, done.out) == (2, "")
    faults = [line.removeprefix(f"{file}:") for line in done.err.splitlines() if line.startswith(str(file))]
    assert [line.split(": ")[0] for line in faults] == ["2:11", "3:12"]
    assert "Traceback" not in done.err
    done = await bot("serve", **server, OPERATOR_FILE=str(tmp_path / "none"), DATA_DIR=str(tmp_path))
    assert (done.code, done.err.split(" names no file")[0]) == (2, "OPERATOR_FILE")


async def test_a_command_is_run_for_an_assessment(github: SimulatorHandle, tmp_path: Path) -> None:
    """From the operator's file and a policy to evidence."""
    await sandbox()
    file, policy = tmp_path / "operator.yml", tmp_path / "policy.yml"
    file.write_text(
        f"version: 1\ncommands: [{{name: compliance, repositories: {REPO}, run: [echo, 'compliance: 99.0%']}}]\n"
    )
    policy.write_text(
        "version: 1\ncriteria:\n"
        "  - {id: rules, command: {run: compliance, number: {pattern: 'compliance: ([0-9.]+)%', min: 98}}}\n"
        "  - command: lint\n"
    )
    ours = {"OPERATOR_FILE": str(file), "GITHUB_API_URL": github.url, "GITHUB_TOKEN": "tok-ann"}
    done = await bot(
        "assess",
        f"{REPO}#1",
        "--dry-run",
        "--json",
        "--policy",
        str(policy),
        **ours,
        TMPDIR=os.environ.get("TMPDIR", "/tmp"),
    )
    found = {one["id"]: (one["outcome"], one["before"], one["decisive"]) for one in json.loads(done.out)["criteria"]}
    assert found["rules"] == ("pass", "99.0 %", False)
    assert found["command-lint"][0] == "misconfigured"


async def test_a_faulty_file_stops_an_assessment(tmp_path: Path) -> None:
    """GitHub is not asked."""
    file = tmp_path / "operator.yml"
    file.write_text("version: 1\nallow: 7\n")
    done = await bot(
        "assess", f"{REPO}#1", OPERATOR_FILE=str(file), GITHUB_TOKEN="x", GITHUB_API_URL="http://127.0.0.1:1"
    )
    assert (done.code, done.err) == (2, f"{file}:2:8: must be a list\n")


async def test_without_a_sandbox_the_server_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on, and tells its log why commands will not be run; without commands it does not look."""
    monkeypatch.setenv("PATH", str(tmp_path))
    told: list[str] = []
    named = NamedCommand(command=Command(name="a", run=("true",)), repositories=Repositories(every=True))
    commands = await runnable((named,), lambda event, fields: told.append(f"{event}: {fields['why']}"))
    assert isinstance(commands, OperatorCommands)
    assert told == [f"no-sandbox: {commands.sandbox}"]
    assert "apt install bubblewrap" in told[0]
    assert await runnable((), lambda event, _: told.append(event)) is None
    assert len(told) == 1
