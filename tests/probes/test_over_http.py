"""Probes that ask over HTTP, the whole way: through the guard, to a real server that misbehaves."""

import asyncio
from dataclasses import replace

import pytest

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.rules import NOT_REACHABLE
from bot.probes import http, journey
from tests.probes.site import KEY, TOKEN, Site, site
from tests.probes.world import ask, context


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


async def asked(here: Site, path: str, **params) -> Evidence:
    probe = replace(http.PROBE, pause=at_once)
    return await ask(probe, replace(context(), network=here.network()), url=here.url + path, **params)


SINGLE = {
    "/health": ({"json": {"at": "status", "equals": "ok"}, "answer_headers": {"X-Version": 1.2}}, Outcome.PASS, None),
    "/slow": ({"max_latency": 0.2}, Outcome.FAIL, "slower than 0.2 s"),
    "/hangs": ({"timeout": 1}, Outcome.ERROR, "no whole answer within 1 s"),
    "/huge": ({"contains": "end"}, Outcome.ERROR, "the body is longer than is read here"),
    "/bomb": ({"contains": "end"}, Outcome.ERROR, "the body is longer than is read here"),
    "/moved": ({"contains": "ok"}, Outcome.PASS, None),
    "/round": ({}, Outcome.ERROR, "more than 5 redirects"),
    "/inside": ({}, Outcome.ERROR, NOT_REACHABLE),
    "/none": ({}, Outcome.FAIL, "404 in "),
}


@pytest.mark.parametrize("path", SINGLE)
async def test_one_answer(path):
    """However the server behaves, the answer is evidence."""
    params, outcome, words = SINGLE[path]
    async with site() as here:
        evidence = await asked(here, path, **params)
    assert evidence.outcome is outcome
    assert (words or "") in evidence.observed


async def test_samples_of_a_flapping_service():
    """Every third answer is wrong, and that is what is said."""
    async with site() as here:
        evidence = await asked(here, "/flapping", samples=9, availability=90)
    assert evidence.outcome is Outcome.FAIL
    assert evidence.observed.startswith("6 of 9 in 0 s (95 % sure: at least 35 %); half of the answers within ")
    assert [one.text for one in evidence.details] == ["3 of 9: 503"]


async def test_a_flapping_service_is_not_confirmed():
    """It held twice, and then it did not."""
    async with site() as here:
        evidence = await asked(here, "/flapping", confirm={"of": 4})
    assert (evidence.outcome, evidence.reason) == (Outcome.FLAKY, Reason.MIXED)
    assert evidence.observed.startswith("3 of 4 passed: passed, passed, failed, passed; failed with 503 in ")


LOGIN = {
    "name": "log in",
    "url": "/login",
    "method": "POST",
    "body": {"user": "probe"},
    "secret": "site-key",
    "capture": {"token": {"json": "data.token"}},
}
ASK = {"name": "ask", "url": "/ask", "headers": {"Authorization": "Bearer {token}"}, "contains": "pong"}
FORM = {
    "name": "sign in",
    "url": "/form",
    "method": "POST",
    "form": {"user": "probe"},
    "follow": False,
    "status": 303,
    "answer_headers": {"Location": "/home"},
    "capture": {"sid": {"cookie": "sid"}},
}
HOME = {"name": "home", "url": "/home", "headers": {"Cookie": "sid={sid}"}, "contains": "welcome"}
WALKS = {
    "with a token": ((LOGIN, ASK), Outcome.PASS, "2 steps in "),
    "with a cookie": ((FORM, HOME), Outcome.PASS, "2 steps in "),
    "with the wrong body": (({**LOGIN, "body": {"user": "x"}}, ASK), Outcome.FAIL, "step 1 of 2 (log in): 403 in "),
    "without the token": ((LOGIN, {**ASK, "headers": {}}), Outcome.FAIL, "step 2 of 2 (ask): 401 in "),
    "with an echo": (
        (LOGIN, {**ASK, "json": {"at": "echo", "equals": "?"}}),
        Outcome.FAIL,
        "`echo`: it is `[token]`",
    ),
    "without a key": (({**LOGIN, "secret": "other"}, ASK), Outcome.MISCONFIGURED, "step 1 of 2 (log in): there is no"),
    "into a wall": ((LOGIN, {**ASK, "url": "/inside"}), Outcome.ERROR, "step 2 of 2 (ask): the address is not reach"),
}


@pytest.mark.parametrize("name", WALKS)
async def test_a_walk(name):
    """Log in, keep what was given, send it on; and never tell it."""
    steps, outcome, words = WALKS[name]
    async with site() as here:
        where = replace(context(), network=here.network())
        absolute = [{**step, "url": here.url + str(step["url"])} for step in steps]
        evidence = await ask(journey.PROBE, where, steps=absolute)
    assert evidence.outcome is outcome
    assert words in evidence.observed
    assert not any(secret in repr(evidence) for secret in (TOKEN, TOKEN.rstrip("="), KEY))
