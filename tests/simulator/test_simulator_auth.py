"""Who may ask what: JWTs, installation tokens, people, permissions, repositories."""

from datetime import timedelta

import httpx
import jwt
import pytest

from bot.simulator.testing import SimulatorHandle, running
from tests.simulator.projects import REPO, SLUG

QUERY = """{repository(owner:"acme",name:"shop"){
  defaultBranchRef{target{... on Commit{statusCheckRollup{state} checkSuites(first:1){nodes{workflowRun{runNumber}}}}}}
  issue(number:1){title}}}"""


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"iss": "2"}, 401),
        ({"exp": 3600}, 401),
        ({"exp": -10}, 401),
        ({"iat": 600}, 401),
    ],
    ids=["good", "other app", "too long", "expired", "from the future"],
)
async def test_app_jwt(sim: SimulatorHandle, change: dict[str, object], status: int) -> None:
    """A JWT is RS256 by the app's key, not from the future, and good for ten minutes at most."""
    now = sim.world.clock()
    claims: dict[str, object] = {"iat": -60, "exp": 540, "iss": str(sim.app_id)} | change
    made = {k: now + timedelta(seconds=v) if isinstance(v, int) else v for k, v in claims.items()}
    async with sim.api(jwt.encode(made, sim.private_key, algorithm="RS256")) as app:
        assert status == (await app.get("/app")).status_code


async def test_a_token_opens_what_it_was_made_for(sim: SimulatorHandle) -> None:
    """Permissions are a subset, and each operation asks for its own."""
    async with sim.api(sim.token(REPO, issues="read")) as api:
        assert (await api.get(f"{SLUG}/issues/1")).status_code == 200
        refused = await api.post(f"{SLUG}/issues/1/comments", json={"body": "x"})
        assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
        assert refused.headers["x-accepted-github-permissions"] == "issues=write; pull_requests=write"


async def test_graphql_says_what_is_missing_where(sim: SimulatorHandle) -> None:
    """A missing permission gives 200, null there, and an error with the path; the rest is answered."""
    async with sim.api(sim.token(REPO, issues="read", contents="read", checks="read")) as api:
        answer = (await api.post("/graphql", json={"query": QUERY})).json()
    target = answer["data"]["repository"]["defaultBranchRef"]["target"]
    assert answer["data"]["repository"]["issue"] == {"title": "Cart"}
    assert target == {"statusCheckRollup": None, "checkSuites": {"nodes": [{"workflowRun": None}]}}
    assert {"FORBIDDEN"} == {each["type"] for each in answer["errors"]}
    assert ["repository", "defaultBranchRef", "target", "statusCheckRollup"] in [e["path"] for e in answer["errors"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 201),
        ({"repositories": ["shop"]}, 201),
        ({"repositories": ["other"]}, 422),
        ({"repository_ids": [1]}, 422),
        ({"permissions": {"issues": "read"}}, 201),
        ({"permissions": {"deployments": "write"}}, 422),
        ({"permissions": {"administration": "read"}}, 422),
    ],
)
async def test_minting(sim: SimulatorHandle, body: dict[str, object], status: int) -> None:
    """A token is minted for what was granted and nothing else."""
    async with sim.api(sim.app_jwt()) as app:
        path = f"/app/installations/{sim.installation_id(REPO)}/access_tokens"
        assert status == (await app.post(path, json=body)).status_code


async def test_suspension_and_expiry(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A suspended installation gives 403, an expired or revoked token 401."""
    await sim.control("installation", action="suspend")
    assert (await api.get(f"{SLUG}/issues/1")).status_code == 403
    await sim.control("installation", action="unsuspend")
    assert (await api.delete("/installation/token")).status_code == 204
    assert (await api.get(f"{SLUG}/issues/1")).status_code == 401


@pytest.mark.parametrize(
    ("token", "path", "body", "status"),
    [
        ("ann-token", "/issues/1/comments", {"body": "x"}, 201),
        ("zoe-token", "/issues/1/comments", {"body": "x"}, 201),
        ("ann-token", "/issues/1/labels", {"labels": ["x"]}, 200),
        ("zoe-token", "/issues/1/labels", {"labels": ["x"]}, 403),
        ("no-token", "/issues/1/comments", {"body": "x"}, 401),
    ],
)
async def test_people_act_by_their_role(
    sim: SimulatorHandle, token: str, path: str, body: dict[str, object], status: int
) -> None:
    """Anybody comments in a public repository; labels take triage; a wrong token is nobody."""
    async with sim.api(token) as person:
        assert status == (await person.post(SLUG + path, json=body)).status_code


async def test_labels_of_those_without_the_right_are_dropped(sim: SimulatorHandle) -> None:
    """PATCH answers 200 to an author without triage, and leaves labels as they are."""
    await sim.control("role", login="rae", role="read")
    sim.world.people["rae-token"] = "rae"
    async with sim.api("rae-token") as rae:
        answer = await rae.patch(f"{SLUG}/issues/1", json={"state": "closed", "labels": []})
    assert (
        answer.status_code,
        answer.json()["state"],
        [each["name"] for each in answer.json()["labels"]],
    ) == (200, "closed", ["bug"])


@pytest.mark.parametrize(
    ("role", "permission"),
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read"), ("read", "read")],
)
async def test_permission_tells_the_role(
    sim: SimulatorHandle, api: httpx.AsyncClient, role: str, permission: str
) -> None:
    """`permission` knows fewer words than `role_name`."""
    await sim.control("role", login="new", role=role)
    found = (await api.get(f"{SLUG}/collaborators/new/permission")).json()
    assert (permission, role) == (found["permission"], found["role_name"])


async def test_private_repositories_do_not_exist_for_others() -> None:
    """A repository that one may not see is 404, in REST and in GraphQL."""
    homes = [{"full_name": "acme/open"}, {"full_name": "acme/shut", "private": True, "issues": [{"number": 1}]}]
    async with running({"repositories": homes}) as sim, sim.api(sim.token("acme/open")) as api:
        assert (await api.get("/repos/acme/shut/issues/1")).status_code == 404
        query = {"query": '{repository(owner:"acme",name:"shut"){id}}'}
        answer = (await api.post("/graphql", json=query)).json()
        assert (answer["data"]["repository"], answer["errors"][0]["type"]) == (None, "NOT_FOUND")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"User-Agent": ""}, 403), ({"X-GitHub-Api-Version": "2020-01-01"}, 400), ({"Authorization": ""}, 200)],
    ids=["no agent", "unknown version", "anonymous reads what is public"],
)
async def test_headers(sim: SimulatorHandle, api: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    """What GitHub's front asks of every request."""
    assert status == (await api.get(f"{SLUG}/issues/1", headers=headers)).status_code


async def test_enterprise_paths(api: httpx.AsyncClient) -> None:
    """The same API stands under the prefixes of GitHub Enterprise Server."""
    assert (await api.get(f"/api/v3{SLUG}/issues/1")).json()["number"] == 1
    assert (await api.post("/api/graphql", json={"query": "{viewer{login}}"})).json() == {
        "data": {"viewer": {"login": "resolution[bot]"}}
    }
