"""`audit`: the closed issues of a simulated tracker, with a person's own token."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.cli.audit_order import Unfit, moment
from bot.simulator.testing import SimulatorHandle, running
from tests.cli.closed_world import REPO, Git, build, expected, world
from tests.cli.test_assessing import PROJECT, Done, bot
from tests.recording import record

SCHEMA = json.loads((PROJECT / "docs/reference/audit.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def shas(tmp_path_factory: pytest.TempPathFactory) -> Git:
    return build(tmp_path_factory.mktemp("git") / "service")


@pytest.fixture
async def github(shas: Git, request: pytest.FixtureRequest) -> AsyncIterator[SimulatorHandle]:
    async with running(world(shas)) as handle:
        yield handle
        await record(handle, request.node.name.replace("/", "_").replace("[", "-").replace("]", ""))


async def audit(github: SimulatorHandle, *arguments: str, token: str = "tok-ann") -> Done:
    return await bot("audit", *arguments, GITHUB_API_URL=github.url, GITHUB_TOKEN=token)


def standings(document: Any) -> dict[int, str]:
    return {one["issue"]["number"]: one["standing"] for one in document["issues"]}


async def test_thirty_closings(github: SimulatorHandle, shas: Git, tmp_path: Path) -> None:
    """Each is found as it is; the document is valid by its schema; nothing is written, and requests are shared."""
    before = await github.state()
    done = await audit(github, REPO, "--json", "--resume", str(tmp_path / "state.jsonl"))
    document = json.loads(done.out)
    jsonschema.validate(document, SCHEMA)
    assert standings(document) == expected(shas)
    assert (document["truth"]["holds"], document["truth"]["does_not_hold"]) == (7, 16)
    assert {name: found for name, found in document["asked"]["left_out"].items() if found} == {
        "not_planned": [16],
        "duplicate": [17],
    }
    assert document["closers"]["bots"] == 1
    assert await github.state() == before
    assert len(await github.exchanges()) < 25
    assert done.code == 1


async def test_as_text(github: SimulatorHandle, tmp_path: Path) -> None:
    """The numbers, the worst with their reasons and links; how far it is stands on standard error."""
    done = await audit(github, REPO, "--resume", str(tmp_path / "state.jsonl"))
    assert "closure truth rate 30.4 % (7 of 23;" in done.out
    assert "“Fixed in `85375b936`.”: no such commit in this repository" in done.out
    assert f"{github.url}/{REPO}/issues/4" in done.out
    assert "28 of 28: 7 hold, 16 do not, 5 cannot be checked" in done.err


async def test_a_window_and_a_limit(github: SimulatorHandle, tmp_path: Path) -> None:
    """The newest closings since a day; a state that nobody named is gone at the end."""
    state = tmp_path / "s.jsonl"
    some = await audit(github, REPO, "--since", "2025-05-20", "--limit", "3", "--json", "--resume", str(state))
    assert sorted(standings(json.loads(some.out))) == [28, 29, 30]
    assert state.exists()


async def test_a_token_is_needed() -> None:
    """The command that wants it is named; a checkout needs none."""
    done = await bot("audit", REPO)
    assert (done.code, done.out, "`python -m bot audit`" in done.err) == (2, "", True)


async def test_nothing_to_look_at(github: SimulatorHandle) -> None:
    """It is said plainly, and the document is valid and names no policy, since none was read."""
    none = await audit(github, REPO, "--since", "2030-01-01")
    assert (none.code, none.out.splitlines()[0]) == (0, f"{REPO}: there is no closed issue to look at")
    assert len(none.out.splitlines()) == 2
    document = json.loads((await audit(github, REPO, "--since", "2030-01-01", "--json")).out)
    jsonschema.validate(document, SCHEMA)
    assert (document["asked"]["policy"], document["asked"]["policy_source"]) == (None, None)


async def test_all_hold(github: SimulatorHandle, tmp_path: Path) -> None:
    """Then the exit code is 0; by a policy from elsewhere, too."""
    policy = tmp_path / "policy.yml"
    policy.write_text("version: 1\nclaims: off\ncriteria:\n  - file: src/monitoring.py\n")
    state = str(tmp_path / "s.jsonl")
    done = await audit(github, REPO, "--policy", str(policy), "--limit", "1", "--resume", state)
    assert "holds                   " in done.out
    assert (done.code, done.err.count("Traceback")) == (0, 0)
    other = await audit(github, REPO, "--resume", state)
    assert (other.code, "begun with another policy" in other.err) == (2, True)


@pytest.mark.parametrize("login", ["dora", "stranger"])
async def test_it_takes_no_role(github: SimulatorHandle, shas: Git, tmp_path: Path, login: str) -> None:
    """Whose role GitHub does not tell has no say, but whoever closed had one."""
    done = await audit(github, REPO, "--json", "--resume", str(tmp_path / "s.jsonl"), token=f"tok-{login}")
    assert standings(json.loads(done.out)) == expected(shas)


async def test_killed_in_the_middle(github: SimulatorHandle, shas: Git, tmp_path: Path) -> None:
    """What was found is in the file; the next one goes on from there and finds the same in the end."""
    state = tmp_path / "state.jsonl"
    await github.fault("delay:30", operation="Issues", nth=2, times=None)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "audit", REPO, "--json", "--resume", str(state)),
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "GITHUB_API_URL": github.url, "GITHUB_TOKEN": "tok-ann"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(50):
        while not state.exists() or state.read_bytes().count(b"\n") < 11:
            await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    state.write_bytes(state.read_bytes() + b'{"issue": {"num')
    github.simulator.faults.clear()
    before = len(await github.exchanges())
    done = await audit(github, REPO, "--json", "--resume", str(state))
    asked = [one for one in (await github.exchanges())[before:] if "query Issues" in str(one)]
    assert standings(json.loads(done.out)) == expected(shas)
    assert (done.code, len(asked)) == (1, 2)


async def test_interrupted_by_a_person(github: SimulatorHandle, tmp_path: Path) -> None:
    """Ctrl-C ends it with one line that says how to go on."""
    state = tmp_path / "state.jsonl"
    await github.fault("delay:30", operation="Issues", nth=2, times=None)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "audit", REPO, "--resume", str(state)),
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "GITHUB_API_URL": github.url, "GITHUB_TOKEN": "tok-ann"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(50):
        while not state.exists() or state.read_bytes().count(b"\n") < 11:
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err.decode().endswith(f"stopped; go on with --resume {state}\n")
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("effect", ["primary-limit:1", "secondary-limit:1"])
async def test_a_limit_in_the_middle(github: SimulatorHandle, shas: Git, tmp_path: Path, effect: str) -> None:
    """It says until when it waits, and goes on then; nothing is lost or found twice."""
    await github.fault(effect, operation="Reads", nth=2)
    done = await audit(github, REPO, "--json", "--resume", str(tmp_path / "s.jsonl"))
    document = json.loads(done.out)
    assert standings(document) == expected(shas)
    assert "the limit is used up; it goes on at" in done.err
    assert done.code == 1


async def test_without_waiting(github: SimulatorHandle, tmp_path: Path) -> None:
    """It ends with what it has, and says how to go on."""
    await github.fault("primary-limit:600", operation="Issues", nth=2, times=None)
    state = tmp_path / "s.jsonl"
    done = await audit(github, REPO, "--no-wait", "--resume", str(state))
    assert "10 of 28 closed issues" in done.out
    assert (done.code, f"go on with --resume {state}" in done.err) == (2, True)
    assert "ask again after" in done.err


async def test_pages_that_github_fails_at(github: SimulatorHandle, shas: Git, tmp_path: Path) -> None:
    """They are asked in halves: it may be that one issue alone is too much for it."""
    await github.fault("status:502", operation="Issues", nth=1, times=4)
    done = await audit(github, REPO, "--json", "--resume", str(tmp_path / "s.jsonl"))
    assert standings(json.loads(done.out)) == expected(shas)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nonsense"], "'nonsense' is no repository: write OWNER/REPO", id="no repository"),
        pytest.param([REPO, "--since", "yesterday"], "'yesterday' is no day: write it as 2026-01-31", id="no day"),
        pytest.param(["acme/absent"], "acme/absent", id="unknown repository"),
        pytest.param([REPO, "--policy", "/absent.yml"], "/absent.yml: No such file", id="no policy"),
        pytest.param([REPO, "--state", "open"], "only closed issues are audited", id="open issues"),
        pytest.param([REPO, "--resume", "README.md"], "it is no state of an audit", id="another file"),
    ],
)
async def test_what_cannot_be_done(github: SimulatorHandle, arguments: list[str], said: str) -> None:
    """One line on standard error that says what to change, exit code 2, nothing on standard output."""
    done = await audit(github, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [("2026-01-31", "2026-01-31T00:00:00+00:00"), ("2026-01-31T10:00:00+02:00", "2026-01-31T08:00:00+00:00")],
)
def test_a_day_is_one_in_utc(text: str, told: str) -> None:
    """Where it names no zone."""
    assert moment(text).isoformat() == told
    with pytest.raises(Unfit):
        moment("31.1.2026")


async def test_a_page(github: SimulatorHandle, tmp_path: Path) -> None:
    """`--html` writes a page beside the report; its state is gone once all is found."""
    page = tmp_path / "report.html"
    done = await audit(github, REPO, "--limit", "4", "--html", str(page))
    assert "do not hold" in page.read_text("utf-8")
    assert "open-pull &lt;b&gt;28&lt;/b&gt;" in page.read_text("utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert done.code == 1
    (tmp_path / "report.jsonl").write_text("")
    again = await audit(github, REPO, "--html", str(page))
    assert (again.code, "is there: go on with it by --resume" in again.err) == (2, True)
