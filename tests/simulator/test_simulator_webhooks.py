"""Webhooks reach a real server: signed, logged, delivered again under the same guid."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from bot.simulator.testing import running
from bot.simulator.webhooks import sign
from tests.simulator.projects import REPO, world_over
from tests.simulator.receiving import receiving


def test_the_published_vector() -> None:
    """GitHub's own example of a signature."""
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert expected == sign("It's a Secret to Everybody", b"Hello, World!")


async def test_a_comment_arrives_signed(project: Path) -> None:
    """The signature is over the raw bytes; the payload carries comment, issue and installation."""
    async with receiving() as hook, running(world_over(project), webhook_url=hook.url) as sim:
        number = await sim.comment(REPO, 1, "ann", "/assess-resolution — ünïcode")
        await sim.settled()
        headers, body = hook.headers[0], hook.bodies[0]
        expected = hmac.new(sim.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        payload = json.loads(body)
        assert headers["x-hub-signature-256"] == f"sha256={expected}"
        assert (headers["x-github-event"], headers["content-type"]) == ("issue_comment", "application/json")
        assert (number, "ann") == (payload["comment"]["id"], payload["sender"]["login"])
        assert payload["installation"]["id"] == sim.installation_id(REPO)


async def test_redelivery_repeats_the_guid(project: Path) -> None:
    """The log tells what failed; a redelivery has the same guid and a new id."""
    async with receiving() as hook, running(world_over(project), webhook_url=hook.url) as sim:
        hook.status = 503
        await sim.comment(REPO, 1, "ann", "hello")
        await sim.settled()
        async with sim.api(sim.app_jwt()) as app:
            failed = (await app.get("/app/hook/deliveries", params={"status": "failure"})).json()
            hook.status = 200
            await app.post(f"/app/hook/deliveries/{failed[0]['id']}/attempts")
            await sim.settled()
            every = (await app.get("/app/hook/deliveries")).json()
        assert [(each["status_code"], each["redelivery"]) for each in every] == [(200, True), (503, False)]
        assert len({each["guid"] for each in every}) == 1
        assert hook.bodies[0] == hook.bodies[1]


async def test_deliveries_are_paged_by_cursor(project: Path) -> None:
    """The next page is where the Link header says."""
    async with receiving() as hook, running(world_over(project), webhook_url=hook.url) as sim:
        for _ in range(3):
            await sim.comment(REPO, 1, "ann", "hello")
        await sim.settled()
        async with sim.api(sim.app_jwt()) as app:
            first = await app.get("/app/hook/deliveries", params={"per_page": 2})
            second = await app.get(first.links["next"]["url"])
        assert (len(first.json()), len(second.json())) == (2, 1)
        assert "next" not in second.links


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/nobody", "not a url", None])
async def test_nobody_there(project: Path, url: str | None) -> None:
    """A receiver that is not there is a logged failure, nothing more."""
    async with running(world_over(project), webhook_url=url) as sim:
        await sim.comment(REPO, 1, "ann", "hello")
        await sim.settled()
        assert [each.ok for each in sim.deliveries("issue_comment")] == [False]


async def test_raw_delivery(project: Path) -> None:
    """Anything can be sent, signed, under a guid of one's own."""
    async with receiving() as hook, running(world_over(project), webhook_url=hook.url) as sim:
        await sim.control("deliver", event="ping", payload={"zen": "z"}, guid="g-1")
        await sim.settled()
        assert (hook.headers[0]["x-github-delivery"], hook.bodies[0]) == ("g-1", b'{"zen":"z"}')


async def test_what_the_bot_does_is_told_too(project: Path) -> None:
    """The app's own writes emit webhooks, with the bot as sender."""
    async with receiving() as hook, running(world_over(project), webhook_url=hook.url) as sim:
        async with sim.api(sim.token(REPO)) as api:
            await api.patch("/repos/acme/shop/issues/1", json={"state": "closed", "labels": ["done"]})
        await sim.settled()
        assert sorted(hook.events()) == ["issues.closed", "issues.labeled", "issues.unlabeled"]
        assert {"resolution[bot]"} == {json.loads(body)["sender"]["login"] for body in hook.bodies}


async def test_not_installed_not_told(project: Path) -> None:
    """Where the app is not installed, or suspended, no webhook is sent."""
    async with receiving() as hook, running(world_over(project), webhook_url=hook.url) as sim:
        await sim.control("repository", installed=False)
        await sim.comment(REPO, 1, "ann", "hello")
        await sim.settled()
        assert hook.bodies == []
