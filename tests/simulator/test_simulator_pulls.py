"""Pull requests while they are open: opened and pushed to, from branches and forks, and the merge that is tried."""

from typing import Any

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle
from tests.simulator.projects import REPO, SLUG

VIEW = """query($number: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $number) {
  headRefOid isCrossRepository mergeable headRepository { nameWithOwner } headRef { name }
  potentialMergeCommit { oid parents(first: 2) { nodes { oid } } } } } }"""
NOTE = {"path": "a.yml", "start_line": 3, "end_line": 3, "annotation_level": "failure", "message": "m"}


async def view(api: httpx.AsyncClient, number: int) -> Any:
    answer = await api.post("/graphql", json={"query": VIEW, "variables": {"number": number}})
    return answer.json()["data"]["repository"]["pullRequest"]


def heard(sim: SimulatorHandle) -> list[tuple[str | None, str, str | None]]:
    """Each pull request webhook: its action, the head's commit, and where the head was before."""
    events = [one.emission for one in sim.deliveries("pull_request")]
    payloads: list[Any] = [one.payload for one in events]
    shas = [(one["pull_request"]["head"]["sha"], one.get("before")) for one in payloads]
    return [(event.action, *ends) for event, ends in zip(events, shas, strict=True)]


@pytest.mark.parametrize("fork", [None, "mallory/shop"], ids=["branch", "fork"])
async def test_opened_and_pushed_to(sim: SimulatorHandle, fork: str | None) -> None:
    """Both are told by a webhook with the head, and refs/pull/N/head follows."""
    made = await sim.control("pull", title="New", head="topic", head_repository=fork, files={"a.txt": "1"})
    pushed = await sim.control("commit", pull=made["number"], files={"a.txt": "2"})
    await sim.settled()
    head = await sim.world.repositories[REPO].git.resolve(f"refs/pull/{made['number']}/head")
    assert heard(sim) == [("opened", made["head_sha"], None), ("synchronize", pushed["sha"], made["head_sha"])]
    assert head == pushed["sha"]


async def test_a_fork_has_no_branch_here(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Its commit can be read, its branch cannot, and a branch of the same name is another."""
    made = await sim.control("pull", head="side", head_repository="mallory/shop", files={"a.txt": "1"})
    await sim.control("commit", branch="side", files={"b.txt": "2"})
    seen = await view(api, made["number"])
    assert (seen["isCrossRepository"], seen["headRef"], seen["headRepository"]) == (True, None, None)
    assert seen["headRefOid"] == made["head_sha"]
    assert (await api.get(f"{SLUG}/contents/a.txt?ref={made['head_sha']}")).status_code == 200


async def test_the_merge_is_tried(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A real commit of both ends, at refs/pull/N/merge, which follows them."""
    git = sim.world.repositories[REPO].git
    made = await sim.control("pull", head="topic", files={"a.txt": "1"})
    await sim.control("commit", files={"b.txt": "1"})
    trial = (await view(api, made["number"]))["potentialMergeCommit"]
    ends = [await git.resolve("main"), made["head_sha"]]
    assert [each["oid"] for each in trial["parents"]["nodes"]] == ends
    assert trial["oid"] == await git.resolve(f"refs/pull/{made['number']}/merge")
    for name in ("a.txt", "b.txt"):
        assert await git.lookup(f"{trial['oid']}:{name}") is not None


async def test_no_merge_on_a_conflict(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Nor once it is closed."""
    made = await sim.control("pull", head="topic", files={"README.md": "ours"})
    await sim.control("commit", files={"README.md": "theirs"})
    seen = await view(api, made["number"])
    assert (seen["potentialMergeCommit"], seen["mergeable"]) == (None, "CONFLICTING")
    assert (await api.get(f"{SLUG}/pulls/{made['number']}")).json()["mergeable"] is False
    await sim.control("close", issue=5)
    assert (await view(api, 5))["potentialMergeCommit"] is None


async def test_annotations_are_kept(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Each request appends to them; the state shows them with the output."""
    head = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    output = {"title": "t", "summary": "s", "annotations": [NOTE]}
    made = await api.post(f"{SLUG}/check-runs", json={"name": "policy", "head_sha": head, "output": output})
    ended = {"conclusion": "neutral", "status": "completed", "output": {"summary": "z", "annotations": [NOTE, NOTE]}}
    await api.patch(f"{SLUG}/check-runs/{made.json()['id']}", json=ended)
    run = (await sim.state())["repositories"][0]["check_runs"][-1]
    assert (run["conclusion"], run["title"], run["summary"], run["annotations"]) == ("neutral", "t", "z", [NOTE] * 3)


@pytest.mark.parametrize(
    "output",
    [
        {"summary": "s", "annotations": [NOTE] * 51},
        {"summary": "s", "annotations": [NOTE | {"end_line": 4, "start_column": 1}]},
        {"summary": "s", "annotations": [NOTE | {"start_line": 0}]},
        {"summary": "s", "annotations": [NOTE | {"annotation_level": "error"}]},
        {"summary": "s", "annotations": [NOTE | {"message": "m" * 65_537}]},
        {"summary": "s" * 65_536},
        {"title": "t"},
    ],
    ids=["too-many", "columns-over-lines", "no-line", "no-level", "too-long", "long-summary", "no-summary"],
)
async def test_what_github_refuses(sim: SimulatorHandle, api: httpx.AsyncClient, output: dict[str, object]) -> None:
    """422, and no check run."""
    head = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    answer = await api.post(f"{SLUG}/check-runs", json={"name": "policy", "head_sha": head, "output": output})
    assert answer.status_code == 422
    assert "policy" not in [each["name"] for each in (await sim.state())["repositories"][0]["check_runs"]]


async def test_edited(sim: SimulatorHandle) -> None:
    """New words are told with the old ones, by an event of its own; the same words again are none."""
    made = await sim.control("pull", head="topic", body="Fixes #3", files={"a.txt": "1"})
    for _ in range(2):
        await sim.control("edit", issue=made["number"], body="Refs #3")
    await sim.settled()
    (edited,) = [one.emission.payload for one in sim.deliveries("pull_request") if one.emission.action == "edited"]
    assert edited["changes"] == {"body": {"from": "Fixes #3"}}
    assert not [one for one in sim.deliveries("issues") if one.emission.action == "edited"]


async def test_listed_by_head(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """By account and branch: a fork's branch of the same name is another, and without an account it is none."""
    ours = await sim.control("pull", head="topic", files={"a.txt": "1"})
    theirs = await sim.control("pull", head="topic", head_repository="mallory/shop", files={"a.txt": "2"})
    asked = {head: await api.get(f"{SLUG}/pulls", params={"head": head}) for head in ("acme:topic", "mallory:topic")}
    assert [[one["number"] for one in answer.json()] for answer in asked.values()] == [
        [ours["number"]],
        [theirs["number"]],
    ]
