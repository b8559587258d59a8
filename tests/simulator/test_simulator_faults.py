"""Faults, lag and limits: each goes wrong as GitHub or a network would."""

import asyncio
import time
from urllib.parse import urlsplit

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle
from tests.simulator.projects import REPO, SLUG

COMMENTS = f"{SLUG}/issues/1/comments"
ADD = 'mutation{addComment(input:{subjectId:"%s",body:"x"}){commentEdge{node{id}}}}'


async def bodies(sim: SimulatorHandle) -> list[str]:
    """What was written to the first issue, lag or no lag."""
    home = sim.world.repository(REPO)
    assert home is not None
    return [each.body for each in home.issues[1].comments]


@pytest.mark.parametrize(
    ("effect", "status", "written"),
    [
        ("status:500", 500, False),
        ("status:502", 502, False),
        ("apply-then-500", 500, True),
        ("unauthorized", 401, False),
        ("secondary-limit:7", 403, False),
        ("primary-limit:9", 403, False),
    ],
)
async def test_answers(sim: SimulatorHandle, api: httpx.AsyncClient, effect: str, status: int, written: bool) -> None:
    """A fault answers in place of the operation, or after it; once, then all is well."""
    await sim.fault(effect, method="POST", path="/comments$")
    assert status == (await api.post(COMMENTS, json={"body": "x"})).status_code
    assert written == bool(await bodies(sim))
    assert (await api.post(COMMENTS, json={"body": "y"})).status_code == 201


@pytest.mark.parametrize(("effect", "written"), [("reset-before", False), ("reset-after", True)])
async def test_cut_connections(sim: SimulatorHandle, api: httpx.AsyncClient, effect: str, written: bool) -> None:
    """The connection is cut without an answer, before or after the write was applied."""
    await sim.fault(effect, method="POST")
    with pytest.raises(httpx.TransportError):
        await api.post(COMMENTS, json={"body": "x"})
    assert written == bool(await bodies(sim))
    assert (await sim.exchanges())[-1]["status"] is None


async def test_limits_tell_when(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Secondary limits say `Retry-After`; primary ones 0 remaining and the time of the reset."""
    await sim.fault("secondary-limit:7")
    assert (await api.get(SLUG)).headers["retry-after"] == "7"
    await sim.fault("primary-limit:9")
    refused = await api.get(SLUG)
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert 5 <= int(refused.headers["x-ratelimit-reset"]) - time.time() <= 10
    await sim.fault("primary-limit:9", path="/graphql")
    answer = await api.post("/graphql", json={"query": "{viewer{login}}"})
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")


async def test_nth_and_times(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A rule may wait for its nth match and last for some times."""
    await sim.fault("status:500", nth=2, times=2)
    assert [(await api.get(SLUG)).status_code for _ in range(4)] == [200, 500, 500, 200]
    await sim.fault("status:503", times=None)
    assert [(await api.get(SLUG)).status_code for _ in range(2)] == [503, 503]
    await sim.client.delete("/_sim/faults")
    assert (await api.get(SLUG)).status_code == 200


async def test_rules_for_mutations(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A rule may name the field of a mutation."""
    await sim.fault("status:502", operation="addComment")
    assert (await api.post("/graphql", json={"query": "{viewer{login}}"})).status_code == 200
    node = (await api.get(f"{SLUG}/issues/1")).json()["node_id"]
    assert [(await api.post("/graphql", json={"query": ADD % node})).status_code for _ in range(2)] == [502, 200]


async def test_forbidden_paths(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A field of an answer can be withheld, as a missing permission would."""
    await sim.fault("forbidden:repository.issue.author")
    query = '{repository(owner:"acme",name:"shop"){issue(number:1){title author{login}}}}'
    answer = (await api.post("/graphql", json={"query": query})).json()
    assert answer["data"]["repository"]["issue"] == {"title": "Cart", "author": None}
    assert answer["errors"][0]["type"] == "FORBIDDEN"


async def test_lag_hides_what_is_new(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """A comment is answered at once and shows in lists and GraphQL only later."""
    await sim.fault("lag:0.3", method="POST", path="/comments$")
    made = await api.post(COMMENTS, json={"body": "x"})
    query = {"query": '{repository(owner:"acme",name:"shop"){issue(number:1){comments(last:1){totalCount}}}}'}
    hidden = (await api.post("/graphql", json=query)).json()["data"]["repository"]["issue"]["comments"]
    assert (made.status_code, hidden, (await api.get(COMMENTS)).json()) == (201, {"totalCount": 0}, [])
    assert await bodies(sim) == ["x"]
    await asyncio.sleep(0.35)  # lag is real time: that is what is tested
    assert len((await api.get(COMMENTS)).json()) == 1


async def test_delay(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """An answer can be held back."""
    await sim.fault("delay:0.2")
    with pytest.raises(httpx.ReadTimeout):
        await api.get(SLUG, timeout=0.05)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"effect": "explode"}, "rules[0].effect: must be one of"),
        ({"effect": "status"}, "rules[0].effect: status needs something behind a colon"),
        ({"effect": "delay:soon"}, "rules[0].effect: 'soon' is no number"),
        ({"effect": "reset-before", "path": "("}, "rules[0].path: is no regular expression"),
    ],
)
async def test_bad_rules(sim: SimulatorHandle, rule: dict[str, object], said: str) -> None:
    """A rule that does not hold is refused with its place."""
    answer = await sim.client.post("/_sim/faults", json={"rules": [rule]})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(said)


async def test_half_a_question_is_none(sim: SimulatorHandle) -> None:
    """Who is gone before the whole request was there has asked nothing: nothing is done, and nothing is recorded."""
    before = len(await sim.exchanges())
    address = urlsplit(sim.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    writer.write_eof()
    async with asyncio.timeout(10):
        assert not await reader.read()
    writer.close()
    assert len(await sim.exchanges()) == before
