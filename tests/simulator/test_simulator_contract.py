"""A broad walk through the API: requests and answers hold against GitHub's own description."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle
from tests.simulator.projects import REPO, SLUG

BESIDE = Path(__file__).resolve().parents[3] / "shared/github"
CONTRACT = Path(os.environ.get("GITHUB_CONTRACT", BESIDE))
needs_contract = pytest.mark.skipif(not (CONTRACT / "contract_check.py").exists(), reason=f"no {CONTRACT}")

READS = """
/repos/acme/shop /repos/acme/shop/collaborators/ann/permission /repos/acme/shop/collaborators/nobody/permission
/repos/acme/shop/issues?state=all&per_page=2&page=2 /repos/acme/shop/issues/1 /repos/acme/shop/issues/4
/repos/acme/shop/issues/99 /repos/acme/shop/issues/3/comments /repos/acme/shop/issues/2/parent
/repos/acme/shop/issues/1/sub_issues /repos/acme/shop/issues/2/dependencies/blocked_by
/repos/acme/shop/issues/1/dependencies/blocking /repos/acme/shop/issues/1/timeline /repos/acme/shop/issues/1/events
/repos/acme/shop/issues/1/labels /repos/acme/shop/labels /repos/acme/shop/labels/bug
/repos/acme/shop/commits?path=src&per_page=1 /repos/acme/shop/commits/main /repos/acme/shop/commits/main/pulls
/repos/acme/shop/commits/main/check-runs /repos/acme/shop/commits/main/check-suites
/repos/acme/shop/commits/main/status /repos/acme/shop/commits/main/statuses /repos/acme/shop/commits/nothing
/repos/acme/shop/compare/main...side /repos/acme/shop/compare/main...nothing /repos/acme/shop/branches
/repos/acme/shop/branches/main /repos/acme/shop/branches/nothing /repos/acme/shop/contents/README.md
/repos/acme/shop/contents/src?ref=main /repos/acme/shop/contents/link /repos/acme/shop/contents/nothing
/repos/acme/shop/git/trees/main?recursive=1 /repos/acme/shop/git/ref/heads/main /repos/acme/shop/git/ref/heads/x
/repos/acme/shop/git/matching-refs/heads/ /repos/acme/shop/tarball/main /repos/acme/shop/zipball/main
/repos/acme/shop/pulls?state=all /repos/acme/shop/pulls/4 /repos/acme/shop/pulls/4/files
/repos/acme/shop/pulls/4/commits /repos/acme/shop/pulls/4/merge /repos/acme/shop/pulls/5/merge
/repos/acme/shop/actions/workflows /repos/acme/shop/actions/workflows/ci.yml
/repos/acme/shop/actions/workflows/ci.yml/runs?branch=main /repos/acme/shop/actions/runs
/repos/acme/shop/deployments?environment=production /repos/acme/shop/environments /rate_limit
/installation/repositories /search/issues?q=repo:acme/shop+is:pr+cart
"""
APP_READS = """
/app /app/installations /app/hook/config /app/hook/deliveries?per_page=1&status=success /repos/acme/shop/installation
"""
WRITES: list[tuple[str, str, object]] = [
    ("POST", "/issues/1/comments", {"body": "hello #2"}),
    ("POST", "/issues/1/reactions", {"content": "eyes"}),
    ("POST", "/issues/1/labels", {"labels": ["ready", "needs evidence"]}),
    ("DELETE", "/issues/1/labels/needs%20evidence", None),
    ("DELETE", "/issues/1/labels/absent", None),
    ("PUT", "/issues/1/labels", {"labels": ["bug"]}),
    ("POST", "/labels", {"name": "resolved", "color": "0e8a16", "description": "d"}),
    ("POST", "/labels", {"name": "resolved", "color": "0e8a16"}),
    ("PATCH", "/issues/1", {"state": "closed", "state_reason": "completed", "labels": ["bug", "done"]}),
    ("PATCH", "/issues/1", {"state": "open", "title": "Cart again", "body": "new"}),
    ("POST", "/issues", {"title": "Follow up", "body": "of #1", "labels": ["bug"]}),
    ("POST", "/issues/1/assignees", {"assignees": ["ann"]}),
    ("PUT", "/issues/1/lock", {"lock_reason": "resolved"}),
    ("DELETE", "/issues/1/lock", None),
    ("PUT", "/contents/docs/a.md", {"message": "m", "content": b64encode(b"hi").decode(), "branch": "main"}),
    ("PUT", "/contents/docs/a.md", {"message": "m", "content": b64encode(b"hi").decode(), "branch": "main"}),
    ("POST", "/pulls", {"title": "t", "head": "side", "base": "main"}),
    ("PATCH", "/pulls/5", {"state": "closed"}),
    ("POST", "/pulls", {"title": "t", "head": "side", "base": "main", "body": "b", "draft": True}),
    ("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "main", "inputs": {}, "return_run_details": True}),
    ("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "main"}),
    ("POST", "/actions/workflows/none.yml/dispatches", {"ref": "main"}),
    ("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "main", "inputs": {"unknown": "x"}}),
    ("POST", "/git/blobs", {"content": "x", "encoding": "utf-8"}),
    ("DELETE", "/git/refs/heads/absent", None),
]


async def walk_ids(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """The requests that need ids out of earlier answers."""
    comment = (await api.post(f"{SLUG}/issues/1/comments", json={"body": "one"})).json()["id"]
    await api.patch(f"{SLUG}/issues/comments/{comment}", json={"body": "two"})
    for _ in range(2):
        made = await api.post(f"{SLUG}/issues/comments/{comment}/reactions", json={"content": "rocket"})
    await api.get(f"{SLUG}/issues/comments/{comment}/reactions")
    await api.delete(f"{SLUG}/issues/comments/{comment}/reactions/{made.json()['id']}")
    await api.delete(f"{SLUG}/issues/comments/{comment}")
    await api.get(f"{SLUG}/issues/comments/{comment}")
    third = (await api.get(f"{SLUG}/issues/3")).json()["id"]
    await api.post(f"{SLUG}/issues/1/sub_issues", json={"sub_issue_id": third})
    await api.request("DELETE", f"{SLUG}/issues/1/sub_issue", json={"sub_issue_id": third})
    await api.post(f"{SLUG}/issues/1/dependencies/blocked_by", json={"issue_id": third})
    await api.delete(f"{SLUG}/issues/1/dependencies/blocked_by/{third}")
    head = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    await api.post(f"{SLUG}/git/refs", json={"ref": "refs/heads/new", "sha": head})
    await api.patch(f"{SLUG}/git/refs/heads/new", json={"sha": head, "force": False})
    output = {"title": "t", "summary": "s", "annotations": [NOTE]}
    run = await api.post(f"{SLUG}/check-runs", json={"name": "policy", "head_sha": head, "output": output})
    await api.patch(f"{SLUG}/check-runs/{run.json()['id']}", json={"conclusion": "success", "status": "completed"})
    await api.get(f"{SLUG}/git/commits/{head}")
    runs = (await api.get(f"{SLUG}/actions/runs")).json()["workflow_runs"]
    await api.get(f"{SLUG}/actions/runs/{runs[0]['id']}")
    await api.get(f"{SLUG}/actions/runs/{runs[0]['id']}/jobs?filter=latest&per_page=100")
    await api.get(f"{SLUG}/actions/runs/{runs[-1]['id']}/logs")
    await sim.control("workflow_run", name="CI", head_repository="mallory/shop", event="pull_request")
    await api.get(f"{SLUG}/actions/workflows/ci.yml/runs?event=pull_request&created=>=2020-01-01T00:00:00Z")
    await api.get(f"{SLUG}/commits/main/check-runs?check_name=tests&filter=latest&per_page=100")
    deployment = (await api.get(f"{SLUG}/deployments")).json()[0]["id"]
    await api.get(f"{SLUG}/deployments/{deployment}/statuses")
    tree = (await api.get(f"{SLUG}/git/trees/main")).json()["tree"]
    await api.get(f"{SLUG}/git/blobs/{next(e['sha'] for e in tree if e['type'] == 'blob')}")


async def walk_app(sim: SimulatorHandle) -> None:
    """What only the app may ask."""
    async with sim.api(sim.app_jwt()) as app:
        for path in APP_READS.split():
            await app.get(path)
        body = {"repositories": ["shop"], "permissions": {"issues": "write", "metadata": "read"}}
        made = await app.post(f"/app/installations/{sim.installation_id(REPO)}/access_tokens", json=body)
        delivery = (await app.get("/app/hook/deliveries")).json()[0]["id"]
        await app.get(f"/app/hook/deliveries/{delivery}")
        await app.post(f"/app/hook/deliveries/{delivery}/attempts")
    async with sim.api(made.json()["token"]) as own:
        await own.delete("/installation/token")


async def walk_graphql(api: httpx.AsyncClient) -> None:
    """GitHub's own examples of queries, and mutations over the ids they gave."""
    common = {"owner": "acme", "name": "shop"}
    for name, more in QUERIES.items():
        text = (CONTRACT / f"queries/{name}.graphql").read_text()
        answer = (await api.post("/graphql", json={"query": text, "variables": {**common, **more}})).json()
        assert "errors" not in answer, answer["errors"]


NOTE = {"path": "README.md", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m"}
QUERIES: dict[str, dict[str, object]] = {
    "assess": {"number": 1, "configA": "HEAD:README.md", "configB": "HEAD:none"},
    "rollup_page": {"expression": "main"},
    "pr_links": {"number": 4},
    "files": {"e0": "HEAD:README.md", "e1": "HEAD:src"},
}


@needs_contract
async def test_the_walk_holds(sim: SimulatorHandle, api: httpx.AsyncClient, tmp_path: Path) -> None:
    """Every request is one of GitHub's, every answer has GitHub's shape."""
    for path in READS.split():
        await api.get(path)
    for method, path, body in WRITES:
        await api.request(method, SLUG + path, json=body)
    await walk_ids(sim, api)
    await sim.settled()
    await walk_app(sim)
    await walk_graphql(api)
    log = tmp_path / "log.jsonl"
    log.write_text((await sim.client.get("/_sim/exchanges")).text)
    assert not [x for x in await sim.exchanges() if int(str(x["status"])) >= 500]
    said = check(str(log))
    assert said.endswith("violations: 0"), said


@needs_contract
async def test_webhooks_hold(sim: SimulatorHandle, tmp_path: Path) -> None:
    """Every webhook that the simulator emits fits the official description."""
    await act_everything(sim)
    await sim.settled()
    assert len(sim.deliveries()) > 20
    files: dict[str, list[str]] = {}
    for number, each in enumerate(sim.deliveries()):
        file = tmp_path / f"{number}.{each.emission.action}.json"
        file.write_text(json.dumps(each.emission.payload))
        files.setdefault(each.emission.event, []).append(str(file))
    for event, listed in files.items():
        said = check("--payload", event, *listed)
        assert said.endswith("violations: 0"), (event, said)


async def act_everything(sim: SimulatorHandle) -> None:
    """People and machines do one of each."""
    comment = await sim.comment(REPO, 1, "ann", "/assess-resolution")
    await sim.control("edit", comment_id=comment, body="changed")
    await sim.control("delete", comment_id=comment)
    await sim.control("issue", title="new", labels=["bug"])
    await sim.control("edit", issue=1, body="words", title="Cart!")
    await sim.control("label", issue=1, add=["done"], remove=["bug"])
    await sim.control("close", issue=1, login="rae", reason="not_planned")
    await sim.control("reopen", issue=1, login="rae")
    await sim.control("lock", issue=1)
    await sim.control("lock", issue=1, locked=False)
    await sim.control("check", name="lint", conclusion="failure")
    await sim.control("check", name="slow")
    await sim.control("status", context="legacy", state="failure")
    await sim.control("workflow_run", name="CI", conclusion="success")
    await sim.control("deployment", environment="staging")
    await sim.control("commit", files={"a.txt": "a", "README.md": None}, message="more")
    made = await sim.control("pull", title="From a fork", head_repository="mallory/shop", files={"b.txt": "b"})
    await sim.control("commit", pull=made["number"], files={"b.txt": "c"}, author="mallory")
    await sim.control("merge", pull=5)
    for action in ("created", "suspend", "unsuspend"):
        await sim.control("installation", action=action)


def check(*arguments: str) -> str:
    """What the contract check says."""
    command = [sys.executable, str(CONTRACT / "contract_check.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
