"""Signed statements and the key that they are checked with, as they are served."""

import pytest

from bot.assessment.codec import encode
from bot.signing.attesting import Attestor, opened
from bot.signing.keys import load_public_keys
from bot.web.links import evidence_url
from tests.signing.pairs import OURS
from tests.web.test_pages import ASSESSMENT, Tags, get, link
from tests.web.world import KEY, NOW, World

ATTESTOR = Attestor(key=OURS, site="https://github.com")
STATEMENT = link(suffix=".intoto.json")


def world() -> World:
    """A server with a key and one assessment."""
    return World(documents={ASSESSMENT.id: encode(ASSESSMENT)}, attestor=ATTESTOR)


async def test_a_statement_is_served_to_be_kept() -> None:
    """The evidence link opens it, it verifies with the key that is served, and no cache keeps it."""
    answered = await get(world(), STATEMENT)
    [key] = load_public_keys((await get(world(), "/attestation-key.pem")).body.decode())
    assert (answered.status, answered.headers["cache-control"]) == (200, "private, no-store")
    assert answered.headers["content-disposition"] == "attachment"
    assert opened(answered.body, (key,)).statement.assessment == ASSESSMENT


async def test_the_evidence_page_links_to_it() -> None:
    """Under the same signature and end; without a key there is nothing to link to."""
    targets = [
        {attributes.get("href") for _, attributes in Tags((await get(here, link())).body).found}
        for here in (world(), World(documents=world().documents))
    ]
    assert [STATEMENT in found for found in targets] == [True, False]


async def test_the_key_is_everybodys() -> None:
    """Without a link, and for an hour in caches."""
    answered = await get(world(), "/attestation-key.pem")
    assert (answered.status, answered.body) == (200, OURS.public.pem.encode())
    assert answered.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("path", [STATEMENT, "/attestation-key.pem"])
async def test_without_a_key_it_is_said_how_to_get_one(path: str) -> None:
    """Nothing is signed, and the operator can read what to do."""
    answered = await get(World(documents=world().documents), path)
    assert answered.status == 404
    assert b"python -m bot attestation-key FILE" in answered.body


MISSING = {
    "no query": f"/assessments/{ASSESSMENT.id}.intoto.json",
    "ended": evidence_url("", KEY, ASSESSMENT.id, until=NOW).replace("?", ".intoto.json?"),
    "never kept": link("unknown", ".intoto.json"),
    "another's link": STATEMENT.replace(ASSESSMENT.id, "another"),
}


@pytest.mark.parametrize("path", MISSING.values(), ids=MISSING.keys())
async def test_every_fault_of_a_link_is_the_same_404(path: str) -> None:
    """As with the evidence itself."""
    answered, expected = [await get(world(), where) for where in (path, "/nowhere")]
    assert (answered.status, answered.body) == (404, expected.body)


async def test_what_cannot_be_read_is_not_signed() -> None:
    """An older program's evidence stays readable, without a signature."""
    here = World(documents={"old": b'{"schema":0}'}, attestor=ATTESTOR)
    answered = await get(here, link("old", ".intoto.json"))
    assert (answered.status, b"is not signed" in answered.body) == (409, True)


async def test_an_unreadable_store_is_no_404() -> None:
    """The evidence is not gone."""
    here = world()
    here.broken = True
    assert (await get(here, STATEMENT)).status == 503
