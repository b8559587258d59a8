"""Deliveries: checked, verified, decided about, committed, and only then answered."""

import json
from urllib.parse import urlencode

import pytest

from tests.web.world import COMMENT, GUID, NOW, OLD, World, call, deliver, headers, signed


async def test_a_command_is_committed_and_then_accepted() -> None:
    """202 means that it is on the disk."""
    world = World()
    answered = await deliver(world.app())
    assert (answered.status, answered.json) == (202, {"status": "accepted"})
    [delivery] = world.deliveries
    assert (delivery.guid, delivery.dedup, delivery.received_at) == (GUID, "7/5", NOW)
    assert [name for name, _ in world.events] == ["delivery"]


async def test_a_delivery_is_taken_once() -> None:
    """The same delivery, and the same comment under another delivery's id, are answered and do nothing again."""
    world = World()
    app = world.app()
    await deliver(app)
    assert (await deliver(app)).json == {"status": "duplicate"}
    other = await deliver(app, x_github_delivery="22222222-2222-3333-4444-555555555555")
    assert (other.status, other.json) == (202, {"status": "duplicate"})
    assert len(world.deliveries) == 1


IGNORED = {
    "unknown event": ({}, {"x_github_event": "brand_new_event"}),
    "no command": ({"comment": {"id": 5, "body": "thanks"}}, {}),
    "another event": ({}, {"x_github_event": "issues"}),
    "ping": ({}, {"x_github_event": "ping"}),
}


@pytest.mark.parametrize(("changes", "given"), IGNORED.values(), ids=IGNORED.keys())
async def test_what_cannot_matter_is_not_written(changes: dict[str, object], given: dict[str, str]) -> None:
    """It is acknowledged, so that GitHub calls it delivered, and dropped."""
    world = World()
    answered = await deliver(world.app(), json.dumps({**COMMENT, **changes}).encode(), **given)
    assert (answered.status, answered.json) == (202, {"status": "ignored"})
    assert world.deliveries == []


RUN = {"action": "completed", "repository": COMMENT["repository"], "workflow_run": {"id": 8841}}


@pytest.mark.parametrize(
    ("awaited", "status", "told"),
    [({"run:8841"}, "accepted", ["signal"]), ({"run:8842"}, "ignored", []), (set(), "ignored", [])],
    ids=["awaited", "another", "nobody-waits"],
)
async def test_a_signal(awaited: set[str], status: str, told: list[str]) -> None:
    """What wakes somebody is accepted and told; of all else a busy repository sends, there is not a line."""
    world = World(awaited=awaited)
    answered = await deliver(world.app(), json.dumps(RUN).encode(), x_github_event="workflow_run")
    assert (answered.status, answered.json) == (202, {"status": status})
    assert [name for name, _ in world.events] == told


async def test_a_signal_that_cannot_be_passed_on() -> None:
    """503, as for a command: somebody may wait for it."""
    world = World(broken=True)
    answered = await deliver(world.app(), json.dumps(RUN).encode(), x_github_event="workflow_run")
    assert answered.status == 503


async def test_trouble_with_the_store_is_told() -> None:
    """503: GitHub then counts the delivery as failed, and it can be found and delivered again."""
    world = World(broken=True)
    answered = await deliver(world.app())
    assert (answered.status, answered.headers["retry-after"]) == (503, "30")
    assert [name for name, _ in world.events] == ["store-unavailable"]
    world.broken = False
    assert (await deliver(world.app())).json == {"status": "accepted"}


async def test_the_previous_secret_is_good_and_told() -> None:
    """Rotation loses no delivery, and the log says when the old secret can go."""
    world = World()
    body = json.dumps(COMMENT).encode()
    answered = await deliver(world.app(), body, x_hub_signature_256=signed(body, OLD))
    assert answered.status == 202
    assert world.events[0] == ("signed-with-older-secret", {"position": 1, "guid": GUID})


HEADERS = {
    # name: (changed headers, status, words)
    "no signature": ({"x_hub_signature_256": None}, 401, "signature"),
    "only SHA-1": ({"x_hub_signature_256": None, "x_hub_signature": "sha1=" + "0" * 40}, 401, "signature"),
    "forged": ({"x_hub_signature_256": "sha256=" + "ab" * 32}, 401, "signature"),
    "empty secret": ({"x_hub_signature_256": signed(json.dumps(COMMENT).encode(), b"")}, 401, "signature"),
    "not ASCII": ({"x_hub_signature_256": "sha256=" + "é" * 64}, 401, "signature"),
    "no event": ({"x_github_event": None}, 400, "X-GitHub-Event"),
    "odd event": ({"x_github_event": "../../x"}, 400, "X-GitHub-Event"),
    "event not ASCII": ({"x_github_event": "é"}, 400, "X-GitHub-Event"),
    "long event": ({"x_github_event": "a" * 65}, 400, "X-GitHub-Event"),
    "no delivery": ({"x_github_delivery": None}, 400, "X-GitHub-Delivery"),
    "odd delivery": ({"x_github_delivery": "1'; DROP TABLE"}, 400, "X-GitHub-Delivery"),
    "no type": ({"content_type": None}, 415, "application/json"),
    "text": ({"content_type": "text/plain"}, 415, "application/json"),
    "nearly JSON": ({"content_type": "application/json-patch+json"}, 415, "application/json"),
    "compressed": ({"content_encoding": "gzip"}, 415, "compressed"),
    "too large": ({"content_length": str(25 * 1024 * 1024 + 1)}, 413, "25 MiB"),
    "enormous": ({"content_length": "9" * 5000}, 413, "25 MiB"),
    "no length": ({"content_length": "-1"}, 413, "25 MiB"),
}


@pytest.mark.parametrize(("changes", "status", "words"), HEADERS.values(), ids=HEADERS.keys())
async def test_headers_are_checked(changes: dict[str, str | None], status: int, words: str) -> None:
    """Each fault has its status and one clear line, and nothing is written."""
    world = World()
    answered = await deliver(world.app(), **changes)
    assert answered.status == status
    assert words in answered.json["error"]
    assert answered.body.count(b"\n") == 0
    assert world.deliveries == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("x-hub-signature-256", 401), ("x-github-event", 400), ("x-github-delivery", 400), ("content-type", 400)],
)
async def test_a_header_given_twice_is_refused(name: str, status: int) -> None:
    """Which of the two is meant, nobody can know."""
    body = json.dumps(COMMENT).encode()
    given = headers(body)
    twice = next(value for key, value in given if key == name.encode())
    answered = await call(World().app(), given=[*given, (name.encode(), twice)], chunks=(body,))
    assert answered is not None
    assert answered.status == status


async def test_other_headers_may_come_twice() -> None:
    """Proxies add their own."""
    body = json.dumps(COMMENT).encode()
    given = [*headers(body), (b"via", b"a"), (b"via", b"b")]
    answered = await call(World().app(), given=given, chunks=(body,))
    assert answered is not None
    assert answered.status == 202


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=x"])
async def test_parameters_of_the_type_are_ignored(kind: str) -> None:
    """JSON is UTF-8, whatever a charset says."""
    assert (await deliver(World().app(), content_type=kind)).status == 202


FORMS = {
    "payload": (urlencode({"payload": json.dumps(COMMENT)}), 202, "accepted"),
    "no payload": ("other=1", 400, "refused"),
    "two payloads": ("payload={}&payload={}", 400, "refused"),
    "not UTF-8": ("payload=%ff", 400, "refused"),
    "many fields": ("a=1&" * 9, 400, "refused"),
}


@pytest.mark.parametrize(("text", "status", "word"), FORMS.values(), ids=FORMS.keys())
async def test_a_form_holds_the_payload(text: str, status: int, word: str) -> None:
    """GitHub's other content type; the signature is over the form's bytes."""
    answered = await deliver(World().app(), text.encode(), content_type="application/x-www-form-urlencoded")
    assert (answered.status, answered.json["status"]) == (status, word)


BODIES = {
    "empty": (b"", "not JSON"),
    "text": (b"hello", "not JSON"),
    "array": (b"[]", "no payload"),
    "missing field": (b'{"action":"created","repository":{"id":1,"full_name":"o/r"}}', "missing required field"),
    "deep": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
    "not UTF-8": (b'{"a":"\xc0\xaf"}', "not UTF-8"),
}


@pytest.mark.parametrize(("body", "words"), BODIES.values(), ids=BODIES.keys())
async def test_a_signed_body_that_is_no_payload_is_refused(body: bytes, words: str) -> None:
    """One clear line for the hook's page on GitHub, and one event for the log."""
    world = World()
    answered = await deliver(world.app(), body)
    assert answered.status == 400
    assert words in answered.json["error"]
    assert [name for name, _ in world.events] == ["payload-refused"]


async def test_a_body_may_come_in_parts() -> None:
    """Also without its length given before."""
    body = json.dumps(COMMENT).encode()
    for length in (str(len(body)), None):
        given = headers(body, content_length=length)
        answered = await call(World().app(), given=given, chunks=(body[:9], body[9:99], body[99:]))
        assert answered is not None
        assert answered.status == 202


async def test_the_size_is_counted_while_it_comes() -> None:
    """A body without a length is cut at the limit."""
    part = b"x" * (1024 * 1024)
    given = headers(b"", content_length=None)
    answered = await call(World().app(), given=given, chunks=(part,) * 26, cut_off=True)
    assert answered is not None
    assert (answered.status, answered.headers["connection"]) == (413, "close")


async def test_nobody_is_answered_who_went_away() -> None:
    """A connection that ends within the body is no delivery."""
    world = World()
    body = json.dumps(COMMENT).encode()
    assert await call(world.app(), given=headers(body), chunks=(body[:9],), cut_off=True) is None
    assert await call(world.app(), given=headers(body), chunks=()) is None
    assert world.deliveries == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_only_post(method: str) -> None:
    """Anything else is told what to use."""
    answered = await call(World().app(), method=method)
    assert answered is not None
    assert (answered.status, answered.headers["allow"]) == (405, "POST")
