"""The places where GitHub is not what one expects, one test each."""

from base64 import b64encode

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle
from tests.simulator.projects import SLUG

TEXT = b64encode(b"text").decode()


async def test_a_reaction_twice(api: httpx.AsyncClient) -> None:
    """201 the first time, 200 and the same id the second."""
    made = [await api.post(f"{SLUG}/issues/1/reactions", json={"content": "eyes"}) for _ in range(2)]
    assert [each.status_code for each in made] == [201, 200]
    assert len({each.json()["id"] for each in made}) == 1


async def test_labels(api: httpx.AsyncClient) -> None:
    """A label that is not on is 404; one that exists is 422 already_exists; an unknown one is made."""
    assert (await api.delete(f"{SLUG}/issues/1/labels/none")).status_code == 404
    taken = await api.post(f"{SLUG}/labels", json={"name": "BUG"})
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (422, "already_exists")
    await api.post(f"{SLUG}/issues/1/labels", json={"labels": ["needs evidence/now"]})
    gone = await api.delete(f"{SLUG}/issues/1/labels/needs%20evidence%2Fnow")
    assert (gone.status_code, [each["name"] for each in gone.json()]) == (200, ["bug"])


async def test_state_reason_needs_a_change_of_state(api: httpx.AsyncClient) -> None:
    """Closing a closed issue with another reason changes nothing."""
    path = f"{SLUG}/issues/1"
    await api.patch(path, json={"state": "closed", "state_reason": "completed"})
    again = await api.patch(path, json={"state": "closed", "state_reason": "not_planned"})
    assert again.json()["state_reason"] == "completed"
    assert (await api.patch(path, json={"state": "open"})).json()["state_reason"] == "reopened"


@pytest.mark.parametrize(
    ("control", "body", "method", "path", "status"),
    [
        ("delete", {"issue": 1}, "GET", "/issues/1", 410),
        ("transfer", {"issue": 1, "to": "acme/other#7"}, "GET", "/issues/1", 301),
        ("lock", {"issue": 1}, "POST", "/issues/1/comments", 403),
        ("repository", {"archived": True}, "POST", "/issues/1/comments", 403),
        ("repository", {"has_issues": False}, "GET", "/issues/1", 410),
        ("repository", {"has_issues": False}, "POST", "/issues", 410),
        ("rename", {"name": "store"}, "GET", "/issues/1", 301),
    ],
    ids=["deleted", "transferred", "locked", "archived", "issues off", "issues off, new", "renamed"],
)
async def test_gone_elsewhere_or_shut(
    sim: SimulatorHandle,
    api: httpx.AsyncClient,
    control: str,
    body: dict[str, object],
    method: str,
    path: str,
    status: int,
) -> None:
    """Each kind of absence has its own answer."""
    await sim.control(control, **body)
    answer = await api.request(method, SLUG + path, json={"body": "x", "title": "t"} if method == "POST" else None)
    assert status == answer.status_code


async def test_redirects_lead_on(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A client that follows the redirect of a renamed repository gets its answer."""
    await sim.control("rename", name="store")
    answer = await api.get(f"{SLUG}/issues/1/comments?per_page=5", follow_redirects=True)
    assert (200, f"{sim.url}/repos/acme/store/issues/1/comments") == (answer.status_code, str(answer.url).split("?")[0])


async def test_too_long(api: httpx.AsyncClient) -> None:
    """65,536 characters fit in a comment, one more is 422."""
    answers = [await api.post(f"{SLUG}/issues/1/comments", json={"body": "x" * n}) for n in (65_536, 65_537)]
    assert [each.status_code for each in answers] == [201, 422]
    assert "body is too long" in answers[1].json()["errors"][0]["message"]


async def test_contents(api: httpx.AsyncClient) -> None:
    """Writing needs the hash of what is there: 422 without, 409 with a stale one."""
    path, body = f"{SLUG}/contents/docs/x.md", {"message": "m", "content": TEXT}
    made = await api.put(path, json=body)
    sha = made.json()["content"]["sha"]
    tries = [{}, {"sha": "0" * 40}, {"sha": sha}]
    assert [(await api.put(path, json=body | more)).status_code for more in tries] == [422, 409, 200]
    raw = await api.get(path, headers={"Accept": "application/vnd.github.raw+json"})
    assert (made.status_code, raw.content) == (201, b"text")


async def test_statuses_of_nothing(api: httpx.AsyncClient) -> None:
    """Without any status the state is `pending` with a count of 0; the rollup is null."""
    found = (await api.get(f"{SLUG}/commits/side/status")).json()
    assert (found["state"], found["total_count"]) == ("pending", 0)
    query = '{repository(owner:"acme",name:"shop"){object(expression:"side"){... on Commit{statusCheckRollup{state}}}}}'
    answer = (await api.post("/graphql", json={"query": query})).json()
    assert answer["data"]["repository"]["object"] == {"statusCheckRollup": None}


async def test_the_newest_run_of_a_name_counts(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A rerun replaces the older run of the same app and name, unless all are asked for."""
    await sim.control("check", name="tests", conclusion="failure", workflow="CI")
    path = f"{SLUG}/commits/main/check-runs"
    assert [each["conclusion"] for each in (await api.get(path)).json()["check_runs"]] == ["failure"]
    assert (await api.get(path, params={"filter": "all"})).json()["total_count"] == 2


async def test_dispatch(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """200 with the run if details are asked for, else 204; the run ends, and a webhook tells it."""
    path = f"{SLUG}/actions/workflows/ci.yml/dispatches"
    asked = await api.post(path, json={"ref": "main", "return_run_details": True})
    assert [
        asked.status_code,
        (await api.post(path, json={"ref": "main"})).status_code,
        (await api.post(path, json={"ref": "no-branch"})).status_code,
    ] == [200, 204, 422]
    await sim.settled()
    run = (await api.get(asked.json()["run_url"])).json()
    assert (run["status"], run["conclusion"], run["event"]) == ("completed", "success", "workflow_dispatch")
    told = [each.emission.action for each in sim.deliveries("workflow_run")]
    assert {word: told.count(word) for word in told} == {"requested": 2, "in_progress": 2, "completed": 2}


async def test_sub_issues_by_id(api: httpx.AsyncClient) -> None:
    """Links take database ids; a second parent is 422 unless it replaces the first."""
    two = (await api.get(f"{SLUG}/issues/2")).json()
    path = f"{SLUG}/issues/3/sub_issues"
    tries = [{"sub_issue_id": 2}, {"sub_issue_id": two["id"]}, {"sub_issue_id": two["id"], "replace_parent": True}]
    assert [(await api.post(path, json=each)).status_code for each in tries] == [404, 422, 201]


async def test_one_who_cannot_be_assigned(api: httpx.AsyncClient) -> None:
    """Has the whole new issue refused."""
    made = await api.post(f"{SLUG}/issues", json={"title": "t", "assignees": ["stranger"]})
    assert (made.status_code, made.json()["errors"][0]["field"]) == (422, "assignees")


async def test_issues_changed_since(api: httpx.AsyncClient) -> None:
    """By the last change, not by the beginning."""
    made = (await api.post(f"{SLUG}/issues", json={"title": "t"})).json()
    found = [
        [one["number"] for one in (await api.get(f"{SLUG}/issues", params={"state": "all", "since": since})).json()]
        for since in (made["updated_at"], "2100-01-01T00:00:00Z")
    ]
    assert (made["number"] in found[0], found[1]) == (True, [])


async def test_pull_requests(api: httpx.AsyncClient) -> None:
    """One open pull request a branch, and only where there are commits."""
    body = {"title": "t", "base": "main"}
    again = await api.post(f"{SLUG}/pulls", json=body | {"head": "side"})
    nothing = await api.post(f"{SLUG}/pulls", json=body | {"head": "feature"})
    found = (await api.get(f"{SLUG}/pulls", params={"head": "acme:side", "state": "open"})).json()
    assert "already exists" in again.json()["errors"][0]["message"]
    assert "No commits between" in nothing.json()["errors"][0]["message"]
    assert [each["number"] for each in found] == [5]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"body": 5}', 422), (b"{}", 422), (b'{"body": " "}', 422)],
)
async def test_bad_bodies(api: httpx.AsyncClient, body: bytes, status: int) -> None:
    """Not JSON is 400, wrong or missing fields are 422."""
    assert status == (await api.post(f"{SLUG}/issues/1/comments", content=body)).status_code


async def test_conditional_requests_are_free(api: httpx.AsyncClient) -> None:
    """The same answer is 304 for whoever has its ETag, and costs nothing."""
    first = await api.get(f"{SLUG}/issues/1")
    again = await api.get(f"{SLUG}/issues/1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"]
    await api.post(f"{SLUG}/issues/1/comments", json={"body": "x"})
    changed = await api.get(f"{SLUG}/issues/1", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
