"""Workflows as GitHub runs them: started by hand or not, told by webhooks, with logs behind signed addresses."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle, running
from tests.simulator.projects import REPO, SLUG, commit, git, make_project, world_over

BY_HAND = """name: By hand
on:
  workflow_dispatch:
    inputs:
      env: {required: true}
      note: {required: false}
jobs: {}
"""
ELSEWHERE = {".github/workflows/elsewhere.yml": BY_HAND}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_project(tmp_path_factory.mktemp("projects") / "shop")
    files = {
        ".github/workflows/by-hand.yml": BY_HAND,
        ".github/workflows/pushed.yml": "# workflow_dispatch is spoken of only\non: push\n",
        ".github/workflows/list.yaml": "on: [push, workflow_dispatch]\n",
        ".github/workflows/broken.yml": "on: {workflow_dispatch: [\n",
    }
    commit(folder, "Workflows", files, at=1_700_000_500)
    git(folder, "checkout", "-q", "side")
    commit(folder, "Elsewhere", ELSEWHERE, at=1_700_000_600)
    git(folder, "checkout", "-q", "main")
    return folder


@pytest.fixture
async def sim(project: Path) -> AsyncIterator[SimulatorHandle]:
    async with running(world_over(project)) as handle:
        yield handle


DISPATCHES = {
    "with details": ("by-hand.yml", {"env": "x"}, {"return_run_details": True}, 200, ""),
    "without": ("by-hand.yml", {"env": "x", "note": "y"}, {}, 204, ""),
    "triggers as a list": ("list.yaml", {}, {}, 204, ""),
    "unknown input": ("by-hand.yml", {"env": "x", "who": "y"}, {}, 422, 'Unexpected inputs provided: ["who"]'),
    "input not given": ("by-hand.yml", {}, {}, 422, "Required input 'env' not provided"),
    "no such ref": ("by-hand.yml", {"env": "x"}, {"ref": "none"}, 422, "No ref found for: none"),
    "no trigger": ("pushed.yml", {}, {}, 422, "Workflow does not have 'workflow_dispatch' trigger"),
    "broken file": ("broken.yml", {}, {}, 422, "Workflow does not have 'workflow_dispatch' trigger"),
    "not on the default branch": ("elsewhere.yml", {"env": "x"}, {"ref": "side"}, 404, "Not Found"),
}


@pytest.mark.parametrize("name", DISPATCHES)
async def test_dispatches(sim: SimulatorHandle, api: httpx.AsyncClient, name: str) -> None:
    """What GitHub starts and refuses, in its words."""
    file, inputs, more, status, message = DISPATCHES[name]
    body = {"ref": "main", "inputs": inputs, **more}
    answer = await api.post(f"{SLUG}/actions/workflows/{file}/dispatches", json=body)
    assert answer.status_code == status
    if message:
        assert answer.json()["message"] == message
    assert len(sim.deliveries("workflow_run")) + len(sim.world.outbox) <= (1 if status < 300 else 0)


@pytest.mark.parametrize(("granted", "read", "write"), [("read", 200, 403), ("write", 200, 204), (None, 403, 403)])
async def test_permissions(sim: SimulatorHandle, granted: str | None, read: int, write: int) -> None:
    """Reading takes `actions: read`, starting `actions: write`."""
    sim.world.repositories[REPO].private = True
    token = sim.token(REPO, metadata="read", **({"actions": granted} if granted else {}))
    async with sim.api(token) as api:
        listed = await api.get(f"{SLUG}/actions/workflows/list.yaml/runs")
        started = await api.post(f"{SLUG}/actions/workflows/list.yaml/dispatches", json={"ref": "main"})
    assert (listed.status_code, started.status_code) == (read, write)


async def test_a_run_goes_on_and_ends(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Three webhooks; its log is there when it has ended."""
    begun = await sim.control("workflow_run", name="CI", status="queued")
    path = f"{SLUG}/actions/runs/{begun['id']}"
    assert (await api.get(path)).json()["status"] == "queued"
    await sim.control("workflow_run", id=begun["id"], status="in_progress")
    assert (await api.get(f"{path}/logs")).status_code == 404
    await sim.control("workflow_run", id=begun["id"], conclusion="failure", logs={"a / b": "one\ntwo"})
    await sim.settled()
    assert (await api.get(path)).json()["conclusion"] == "failure"
    told = [each.emission.action for each in sim.deliveries("workflow_run")]
    assert sorted(told) == ["completed", "in_progress", "requested"]
    assert [job["name"] for job in (await api.get(f"{path}/jobs")).json()["jobs"]] == ["a / b"]


async def test_a_log_lies_behind_a_signed_address(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Whoever has it needs no token, and may not bring one."""
    made = await sim.control("workflow_run", name="CI", logs={"a / b": "one\ntwo"})
    sent = await api.get(f"{SLUG}/actions/runs/{made['id']}/logs")
    assert sent.status_code == 302
    signed = sent.headers["location"]
    packed = await sim.client.get(signed)
    with ZipFile(BytesIO(packed.content)) as archive:
        assert archive.namelist() == ["0_a  b.txt", "a  b/1_Set up job.txt"]
        assert [line.split(b" ", 1)[1] for line in archive.read("0_a  b.txt").splitlines()] == [b"one", b"two"]
    refused = [await api.get(signed), await sim.client.get(signed[:-1] + "x"), await sim.client.get("/_logs/1?sig=")]
    assert [answer.status_code for answer in refused] == [401, 403, 404]


async def test_a_log_expires(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Gone, for good."""
    made = await sim.control("workflow_run", name="CI", log_expired=True)
    assert (await api.get(f"{SLUG}/actions/runs/{made['id']}/logs")).status_code == 410


async def test_a_forks_run(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """It is listed by its branch's name, which says nothing about whose branch it is."""
    await sim.control("workflow_run", name="CI", event="pull_request", head_repository="mallory/shop")
    listed = (await api.get(f"{SLUG}/actions/workflows/ci.yml/runs?branch=main")).json()["workflow_runs"]
    assert listed[0]["head_repository"]["full_name"] == "mallory/shop"


@pytest.mark.parametrize(
    ("created", "found"),
    [
        (">=2020-01-01T00:00:00Z", True),
        ("<2020-01-01T00:00:00Z", False),
        ("2020-01-01..2099-01-01", True),
        ("2020-01-01", False),
    ],
)
async def test_the_filter_by_time(sim: SimulatorHandle, api: httpx.AsyncClient, created: str, found: bool) -> None:
    """As in GitHub's search."""
    await sim.control("workflow_run", name="CI")
    answer = await api.get(f"{SLUG}/actions/workflows/ci.yml/runs", params={"created": created})
    assert bool(answer.json()["total_count"]) is found
