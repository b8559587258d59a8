"""Health, evidence and the plain page."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from bot.assessment.codec import encode
from bot.assessment.evidence import Outcome
from bot.engine import Health
from bot.web.links import evidence_url
from tests.assessment.samples import assess, finding
from tests.web.world import HEALTHY, KEY, NOW, Answered, World, call, served

HOSTILE = "<script>alert(1)</script> {{7*7}} \u202e `x` & \"'"
ASSESSMENT = assess(
    (
        finding("domains", observed="816 files", before="3 files"),
        finding("suite", Outcome.FAIL, observed=HOSTILE, remedy="Run it again."),
    )
)


def world() -> World:
    """A world with one assessment."""
    return World(documents={ASSESSMENT.id: encode(ASSESSMENT)})


async def get(here: World, path: str) -> Answered:
    """What a browser gets."""
    answered = await call(here.app(), path, method="GET")
    assert answered is not None
    return answered


def link(assessment: str = ASSESSMENT.id, suffix: str = "") -> str:
    """A good link's path; the signature is of the assessment, whatever the suffix."""
    url = evidence_url("", KEY, assessment, until=NOW + timedelta(days=1))
    return url.replace("?", f"{suffix}?")


class Tags(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_alive_is_one_word() -> None:
    """The process runs; nothing is asked."""
    here = world()
    assert ((await get(here, "/healthz")).body, here.asked) == (b"ok\n", 0)


READY = {
    "ready": (HEALTHY, 200),
    "cannot write": (replace(HEALTHY, writable=False), 503),
    "busy": (replace(HEALTHY, waiting=3, oldest_waiting=timedelta(minutes=9)), 200),
    "many that wait for the world": (replace(HEALTHY, parked=500), 200),
    "acting pauses": (replace(HEALTHY, paused=1, paused_until=datetime(2026, 5, 1, 15, 4, tzinfo=UTC)), 200),
    "stuck": (replace(HEALTHY, waiting=3, oldest_waiting=timedelta(minutes=11)), 503),
}


@pytest.mark.parametrize(("health", "status"), READY.values(), ids=READY.keys())
async def test_ready_means_that_work_gets_done(health: Health, status: int) -> None:
    """The store can be written and the queue moves."""
    here = World(health=health)
    answered = await get(here, "/readyz")
    assert answered.status == status
    assert answered.json["status"] == ("ready" if status == 200 else "not ready")
    assert [answered.json.get(name) for name in ("waiting", "parked")] == [health.waiting, health.parked]
    until = "2026-05-01T15:04:00+00:00" if health.paused else None
    assert [answered.json[name] for name in ("paused_installations", "paused_until")] == [health.paused, until]


async def test_readiness_is_asked_once_a_second() -> None:
    """Asking costs a write, and anybody may ask."""
    here = world()
    app = here.app()
    for _ in range(20):
        await call(app, "/readyz", method="GET")
    assert here.asked == 1


async def test_the_document_is_the_bytes_that_were_kept() -> None:
    """Byte for byte, and for nobody's cache."""
    here = world()
    answered = await get(here, link(suffix=".json"))
    assert (answered.status, answered.body) == (200, encode(ASSESSMENT))
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["cache-control"] == "private, no-store"


async def test_the_page_shows_all_evidence() -> None:
    """Every criterion with what was expected and seen, and a link to the same as JSON."""
    answered = await get(world(), link())
    page = Tags(answered.body)
    assert answered.status == 200
    for words in ("816 files", "3 files", "Run it again.", ASSESSMENT.policy.digest, "Not resolved"):
        assert words in page.text
    assert link(suffix=".json") in [attributes.get("href") for _, attributes in page.found]


async def test_what_stands_worst_is_shown_first() -> None:
    """A reader finds what keeps an issue open before what holds."""
    page = Tags((await get(world(), link())).body)
    assert page.text.index("Run it again.") < page.text.index("816 files")


async def test_nothing_in_the_evidence_becomes_markup() -> None:
    """What was seen out there is shown as text."""
    page = Tags((await get(world(), link())).body)
    assert "script" not in [tag for tag, _ in page.found]
    assert "<script>alert(1)</script> {{7*7}} " in page.text
    assert "\u202e" not in page.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.test", "", "\x01javascript:x", "http://[evil"]
)
async def test_only_web_addresses_become_links(url: str) -> None:
    """A browser would run the others."""
    one = finding("a")
    one = replace(one, evidence=replace(one.evidence, source=replace(one.evidence.source, url=url)))
    assessment = assess((one,))
    page = Tags((await get(World(documents={assessment.id: encode(assessment)}), link(assessment.id))).body)
    targets = {attributes["href"] for tag, attributes in page.found if tag == "a"}
    assert targets == {link(assessment.id, ".json")}


MISSING = {
    "no query": f"/assessments/{ASSESSMENT.id}",
    "wrong signature": f"/assessments/{ASSESSMENT.id}?exp=1900000000&sig=abc",
    "wrong signature, JSON": f"/assessments/{ASSESSMENT.id}.json?exp=1900000000&sig=abc",
    "ended": evidence_url("", KEY, ASSESSMENT.id, until=NOW),
    "never kept": link("unknown"),
    "never kept, JSON": link("unknown", ".json"),
    "no such page": "/admin",
    "traversal": "/static/../app.py",
}


@pytest.mark.parametrize("path", MISSING.values(), ids=MISSING.keys())
async def test_every_fault_of_a_link_is_the_same_404(path: str) -> None:
    """Nobody learns whether an assessment exists."""
    answered = await get(world(), path)
    expected = await get(world(), "/nowhere")
    assert (answered.status, answered.body) == (404, expected.body)


async def test_an_unreadable_store_is_no_404() -> None:
    """The evidence is not gone."""
    here = world()
    here.broken = True
    assert (await get(here, link())).status == 503


async def test_a_document_of_another_version_is_shown_as_it_is() -> None:
    """An older program's evidence stays readable."""
    here = World(documents={"old": b'{"schema":0}'})
    answered = await get(here, link("old"))
    assert (answered.status, answered.body) == (200, b'{"schema":0}')


async def test_the_first_page_says_what_this_is() -> None:
    """With the commands that exist."""
    answered = await get(world(), "/")
    assert b"/assess-resolution" in answered.body
    assert b"/healthz" in answered.body


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", link(), "/static/style.css"])
async def test_a_browser_may_do_nothing_with_it(path: str) -> None:
    """No script, no frame, no referrer with the link's key in it, no index."""
    answered = await get(world(), path)
    assert answered.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert answered.headers["referrer-policy"] == "no-referrer"
    assert answered.headers["x-content-type-options"] == "nosniff"


async def test_other_methods_are_refused_in_one_line() -> None:
    """Pages can only be read."""
    answered = await call(world().app(), "/", method="POST")
    assert answered is not None
    assert (answered.status, answered.body) == (405, b"This can only be read.\n")


async def test_a_page_is_served_over_a_real_socket() -> None:
    """The whole stack, once."""
    async with served(world().app()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"\r\n\r\nok\n")
        writer.close()
