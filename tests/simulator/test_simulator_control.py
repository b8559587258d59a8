"""The control API: its stable shapes, its refusals, and a world that is served from a file."""

import asyncio
import json
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest

from bot.simulator.control.table import ACTIONS
from bot.simulator.testing import SimulatorHandle
from tests.simulator.projects import REPO, SLUG, world_over

SERVE = "import asyncio,sys;from pathlib import Path;from bot.simulator.server import serve;"
SERVE += "asyncio.run(serve(Path(sys.argv[1]),0,announce=lambda u:print(u,flush=True)))"


async def test_state(sim: SimulatorHandle) -> None:
    """The state has the promised keys."""
    number = await sim.comment(REPO, 1, "rae", "hello")
    home = (await sim.state())["repositories"][0]
    issue = home["issues"][0]
    keys = {"number", "node_id", "title", "body", "state", "state_reason", "locked", "author", "labels", "comments"}
    assert keys | {"sub_issues"} <= set(issue)
    assert (issue["labels"], issue["sub_issues"], issue["author"]) == (["bug"], [2], "rae")
    comment = issue["comments"][0]
    assert (number, "rae", "hello", False, []) == tuple(
        comment[key] for key in ("id", "author", "body", "minimized", "reactions")
    )
    assert [each["number"] for each in home["pulls"]] == [4, 5, 6]


async def test_exchanges(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Only API requests are recorded, addressed to GitHub, without tokens."""
    await api.get(f"{SLUG}/labels/no%20such", params={"per_page": 5})
    await api.get(f"{SLUG}/tarball/main", follow_redirects=True)
    await sim.state()
    lines = await sim.exchanges()
    assert [f"https://api.github.com{SLUG}/{tail}" for tail in ("labels/no%20such?per_page=5", "tarball/main")] == [
        each["url"] for each in lines
    ]
    assert [each["status"] for each in lines] == [404, 302]
    assert lines[0]["request_headers"]["authorization"] == "token ghs_x"


def test_every_control_is_on_the_page() -> None:
    """Whoever plays with it need not read the code."""
    page = (Path(__file__).parents[2] / "docs/simulator.md").read_text("utf-8")
    assert [name for name in ACTIONS if not re.search(rf"[`/]{name}[` ]", page)] == []


@pytest.mark.parametrize(
    ("action", "body", "status", "said"),
    [
        ("comment", {"repo": "acme/none", "issue": 1}, 404, "repo: there is no repository 'acme/none'"),
        ("comment", {"issue": 99, "body": "x"}, 404, "issue: there is no #99 in acme/shop"),
        ("comment", {"issue": 1}, 400, "body: is required"),
        ("role", {"login": "x", "role": "boss"}, 400, "role: must be one of"),
        ("check", {"id": 99}, 404, "id: there is no check run 99"),
        ("check", {"name": "x", "sha": "none"}, 422, "sha: 'none' names no commit of acme/shop"),
        ("clock", {}, 400, "ahead: is required"),
        ("clock", {"ahead": "-1h"}, 400, "ahead: must be a time such as 90m, 1h or 7d, at most 999d"),
        ("clock", {"ahead": "1000d"}, 400, "ahead: must be a time such as 90m, 1h or 7d, at most 999d"),
        ("nothing", {}, 404, "no such control"),
    ],
)
async def test_refusals(sim: SimulatorHandle, action: str, body: dict[str, object], status: int, said: str) -> None:
    """What cannot be done is told in one line."""
    answer = await sim.client.post(f"/_sim/{action}", json=body)
    assert status == answer.status_code
    assert answer.json()["message"].startswith(said)


async def test_the_clock_goes_ahead(sim: SimulatorHandle) -> None:
    """What happens then bears the time that was set, and what is set twice adds up."""
    for ahead, seconds in (("1h", 3_600), ("7d", 608_400)):
        answer = await sim.client.post("/_sim/clock", json={"ahead": ahead})
        assert answer.json()["ahead_seconds"] == seconds
        comment = await sim.comment(REPO, 1, "rae", ahead)
        said = (await sim.state())["repositories"][0]["issues"][0]["comments"]
        (at,) = (one["created_at"] for one in said if one["id"] == comment)
        assert at >= answer.json()["now"]


async def test_the_default_branch_gets_another_name(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """After a rename, HEAD and the new name stand for the tip and the old one is gone."""
    before = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    await sim.control("rename_default_branch", name="trunk")
    assert (await api.get(SLUG)).json()["default_branch"] == "trunk"
    assert before == (await api.get(f"{SLUG}/git/ref/heads/trunk")).json()["object"]["sha"]
    assert (await api.get(f"{SLUG}/git/ref/heads/main")).status_code == 404
    query = '{repository(owner:"acme",name:"shop"){defaultBranchRef{name} object(expression:"HEAD:README.md"){oid}}}'
    found = (await api.post("/graphql", json={"query": query})).json()["data"]["repository"]
    assert (found["defaultBranchRef"], found["object"] is None) == ({"name": "trunk"}, False)


async def test_evidence_arrives(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Checks, statuses and deployments can be reported; a newer deployment retires the older."""
    await sim.control("check", name="lint", conclusion="failure")
    await sim.control("status", context="cov", state="failure")
    await sim.control("deployment", environment="production", state="success")
    runs = (await api.get(f"{SLUG}/commits/main/check-runs")).json()["check_runs"]
    states = (await api.get(f"{SLUG}/commits/main/status")).json()
    older = (await api.get(f"{SLUG}/deployments")).json()[1]["id"]
    assert {each["name"]: each["conclusion"] for each in runs} == {"lint": "failure", "tests": "success"}
    assert (states["state"], states["total_count"]) == ("failure", 2)
    assert (await api.get(f"{SLUG}/deployments/{older}/statuses")).json()[0]["state"] == "inactive"


async def test_a_check_begins_and_ends(sim: SimulatorHandle) -> None:
    """It ends as the one that began, with its suite; and only once."""
    begun = await sim.control("check", name="slow", app="ci")
    ended = await sim.control("check", id=begun["id"], conclusion="failure")
    assert (ended["id"], ended["check_suite"]) == (begun["id"], begun["check_suite"])
    again = await sim.client.post("/_sim/check", json={"id": begun["id"]})
    assert (again.status_code, again.json()["message"]) == (422, f"id: check run {begun['id']} has ended already")
    await sim.settled()
    sent = [one.emission for one in sim.deliveries()]
    told = [f"{one.event}.{one.action}" for one in sent if one.event.startswith("check_")]
    assert told == ["check_run.created", "check_run.completed", "check_suite.completed"]


async def test_a_served_file(project: Path, tmp_path: Path) -> None:
    """A file is served on a free port that is told, and a signal ends it cleanly."""
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world_over(project)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", SERVE, str(file), stdout=-1, stderr=-1
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        url = (await process.stdout.readline()).decode().strip()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            state = (await client.get("/_sim/state")).json()
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
    assert (state["repositories"][0]["full_name"], process.returncode, errors) == (REPO, 0, b"")


async def test_pages_for_people(sim: SimulatorHandle) -> None:
    """The address of an issue shows it with its comments; nothing in them can run."""
    await sim.comment(REPO, 1, "rae", "| a | b |\n|-|-|\n| 1 | 2 |\n\n<script>x</script>")
    shown = await sim.client.get("/acme/shop/issues/1")
    assert (shown.headers["content-type"], shown.status_code) == ("text/html; charset=utf-8", 200)
    assert "<td>2</td>" in shown.text
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert "acme/shop#1" in (await sim.client.get("/")).text
    assert (await sim.client.get("/acme/shop/issues/99")).status_code == 404
