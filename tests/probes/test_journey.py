"""The journey probe: steps one after the other, what they pass on, and what is said of them."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason
from bot.egress.exchange import Blocked, Deadline, Postponed, Request, Response, Unsendable
from bot.egress.rules import NOT_REACHABLE
from bot.probes.journey import PROBE
from tests.probes.world import HttpOnly, ask, context

HOST = "https://api.example.com"
TOKEN = "eyJ.t0k3n/with+signs="
LOGIN = {
    "name": "log in",
    "url": f"{HOST}/login",
    "method": "POST",
    "body": {"user": "probe"},
    "capture": {"token": {"json": "data.token"}},
}
ASK = {"name": "ask", "url": f"{HOST}/ask", "headers": {"Authorization": "Bearer {token}"}, "contains": "pong"}


def says(body: object = "", status: int = 200, *, url: str = f"{HOST}/", headers=(), seconds: float = 0.04) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(
        status=status, headers=headers, body=data, truncated=False, elapsed=timedelta(seconds=seconds), url=url
    )


GIVEN = says({"data": {"token": TOKEN}})
PONG = says({"answer": "pong"})


@dataclass
class Script:
    """Answers one after the other, and keeps what was asked."""

    answers: list[Response | Exception]
    asked: list[Request] = field(default_factory=list)

    async def fetch(self, request: Request) -> Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


async def walk(*answers: Response | Exception, steps=(LOGIN, ASK), **params) -> tuple[Evidence, list[Request]]:
    script = Script([*answers])
    where = replace(context(), network=HttpOnly(http=script.fetch))
    evidence = await ask(replace(PROBE, pause=at_once), where, steps=list(steps), **params)
    assert TOKEN not in repr(evidence)
    return evidence, script.asked


async def test_what_one_step_gives_the_next_one_sends():
    """As a credential, which the guard lets through to the first hop alone."""
    evidence, (login, asked) = await walk(GIVEN, PONG)
    assert (evidence.outcome, evidence.observed) == (Outcome.PASS, "2 steps in 80 ms")
    assert evidence.expected == "2 steps, one after the other: log in, ask"
    assert (login.method, login.body, login.content_type) == ("POST", b'{"user": "probe"}', "application/json")
    assert (asked.credentials, asked.headers) == ((("Authorization", f"Bearer {TOKEN}"),), ())
    assert evidence.details == (Detail(text="1. log in: 200 in 40 ms"), Detail(text="2. ask: 200 in 40 ms"))
    assert {(one.name, one.value) for one in evidence.measures} == {("latency", 0.08), ("steps", 2)}


FILLED = {
    "path": ({"url": f"{HOST}/a/{{token}}/b"}, f"{HOST}/a/eyJ.t0k3n%2Fwith%2Bsigns%3D/b", None),
    "query": ({"url": f"{HOST}/?t={{token}}&u=1"}, f"{HOST}/?t=eyJ.t0k3n%2Fwith%2Bsigns%3D&u=1", None),
    "body": (
        {"method": "POST", "body": {"a": ["{token}", "{other} {", 1, None], "{token}": {"b": "x{token}"}}},
        f"{HOST}/ask",
        json.dumps({"a": [TOKEN, "{other} {", 1, None], "{token}": {"b": f"x{TOKEN}"}}).encode(),
    ),
    "form": (
        {"method": "POST", "form": {"t": "{token}", "q": "ä {x}"}},
        f"{HOST}/ask",
        b"t=eyJ.t0k3n%2Fwith%2Bsigns%3D&q=%C3%A4+%7Bx%7D",
    ),
}


@pytest.mark.parametrize("name", FILLED)
async def test_values_are_filled_in_at_declared_places(name):
    """Percent-encoded in URLs, as they are in texts; other braces stay."""
    about, url, body = FILLED[name]
    evidence, asked = await walk(GIVEN, PONG, steps=(LOGIN, {**ASK, "headers": {}, **about}))
    assert evidence.outcome is Outcome.PASS
    assert (asked[1].url, asked[1].body) == (url, body)


CAPTURED = {
    "header": ({"header": "x-token"}, says(headers=(("X-Token", TOKEN),))),
    "cookie": (
        {"cookie": "sid"},
        says(headers=(("Set-Cookie", "a=b"), ("set-cookie", f"sid={TOKEN}; Path=/; HttpOnly"))),
    ),
    "pattern": ({"pattern": 'value="([^"]+)"'}, says(f'<input name="csrf" value="{TOKEN}">'.encode())),
    "number": ({"json": "id"}, says({"id": 4711})),
}


@pytest.mark.parametrize("name", CAPTURED)
async def test_values_are_found_where_they_stand(name):
    """In the JSON, a header, a cookie, or by a pattern."""
    where, answer = CAPTURED[name]
    evidence, asked = await walk(answer, PONG, steps=({**LOGIN, "capture": {"token": where}}, ASK))
    assert evidence.outcome is Outcome.PASS
    assert asked[1].credentials[0][1] == f"Bearer {4711 if name == 'number' else TOKEN}"


LONG = says({"data": {"token": "x" * 5000}})
ENDS = {
    "refused": ((GIVEN, says("", 401)), Outcome.FAIL, "step 2 of 2 (ask): 401 in 40 ms; the body does not contain"),
    "no token": (
        (says({"data": {}}),),
        Outcome.FAIL,
        "step 1 of 2 (log in): 200, but nothing stands at `data.token` to",
    ),
    "token is a list": ((says({"data": {"token": []}}),), Outcome.FAIL, "(log in): 200, but nothing stands at"),
    "token is empty": ((says({"data": {"token": ""}}),), Outcome.FAIL, "(log in): 200, but nothing stands at"),
    "no JSON": (
        (says(b"<html>"),),
        Outcome.FAIL,
        "step 1 of 2 (log in): 200, but nothing stands at `data.token` to be",
    ),
    "elsewhere": (
        (replace(GIVEN, url="https://evil.example.com/"),),
        Outcome.FAIL,
        "step 1 of 2 (log in): 200, but redirected to another origin: nothing is captured there",
    ),
    "too late": (
        (replace(GIVEN, elapsed=timedelta(seconds=16)),),
        Outcome.FAIL,
        "(log in): all steps so far took over 15",
    ),
    "hangs at last": (
        (replace(GIVEN, elapsed=timedelta(seconds=9)), Deadline("no whole answer within 6 s")),
        Outcome.FAIL,
        "step 2 of 2 (ask): all steps so far took over 15 s",
    ),
    "hangs": ((Deadline("no whole answer within 10 s"),), Outcome.ERROR, "(log in): no whole answer within 10 s"),
    "kept back": (
        (replace(GIVEN, elapsed=timedelta(seconds=9)), Postponed("not asked: this server paces itself")),
        Outcome.ERROR,
        "step 2 of 2 (ask): not asked: this server paces itself",
    ),
    "no way": ((Blocked(NOT_REACHABLE),), Outcome.ERROR, f"step 1 of 2 (log in): {NOT_REACHABLE}"),
    "port": (
        (Unsendable("port 22 is not asked"),),
        Outcome.MISCONFIGURED,
        "step 1 of 2 (log in): port 22 is not asked",
    ),
    "crowded answer": (
        (says(b"[" * 50_001),),
        Outcome.ERROR,
        "`data.token` cannot be passed on as `token`: the body holds more lists and mappings than",
    ),
    "long token": ((LONG,), Outcome.ERROR, "`data.token` cannot be passed on as `token`: it is longer than 4,096"),
    "odd token": (
        (says({"data": {"token": "a\nb"}}),),
        Outcome.ERROR,
        "it holds characters that are not printable ASCII",
    ),
    "cut": (
        (GIVEN, replace(says(b"x"), truncated=True)),
        Outcome.ERROR,
        "(ask): 200 in 40 ms; the body is longer than",
    ),
}


@pytest.mark.parametrize("name", ENDS)
async def test_the_step_that_does_not_work_is_named(name):
    """With what was seen there; nothing after it is asked."""
    answers, outcome, words = ENDS[name]
    evidence, asked = await walk(*answers)
    assert (evidence.outcome, len(asked)) == (outcome, len(answers))
    assert words in evidence.observed
    assert len(evidence.details) == len(answers) - (name != "too late")


async def test_a_url_can_become_too_long():
    """Then it is not sent."""
    steps = (LOGIN, {**ASK, "headers": {}, "url": f"{HOST}/?t={{token}}"})
    evidence, asked = await walk(says({"data": {"token": "x" * 4000}}), steps=steps)
    assert (evidence.outcome, evidence.reason, len(asked)) == (Outcome.ERROR, Reason.TOO_LARGE, 1)
    assert evidence.observed == "step 2 of 2 (ask): what earlier steps gave is too long to be sent"


ECHOES = {
    "in JSON": ({"json": {"at": "t", "equals": 1}}, says({"t": TOKEN}), "`t`: it is `[token]`"),
    "where it holds": ({"json": {"at": "t"}}, says({"t": f"a{TOKEN}b"}), "2. ask: 200 in 40 ms; `t` is `a[token]b`"),
    "in a URL": (
        {"json": {"at": "t", "equals": 1}},
        says({"t": "/?x=eyJ.t0k3n%2fwith%2bsigns%3d"}),
        "it is `/?x=[token]`",
    ),
    "cut": ({"json": {"at": "t", "equals": 1}}, says({"t": "y" * 70 + TOKEN}), f"`{'y' * 70}[token]…`"),
    "in a header": (
        {"answer_headers": {"X-Echo": "1"}},
        says(headers=(("X-Echo", TOKEN),)),
        "`X-Echo`: it is `[token]`",
    ),
    "as a host": ({"status": 404}, says(url="https://ey.t0k3n.example.com/"), "redirected to ey.t0k3n.example.com"),
}


@pytest.mark.parametrize("name", ECHOES)
async def test_what_was_captured_is_never_said(name):
    """A service may repeat its token; its name stands in its place."""
    about, answer, words = ECHOES[name]
    evidence, _ = await walk(GIVEN, answer, steps=(LOGIN, {**ASK, "contains": None, **about}))
    assert words in f"{evidence.observed} {[one.text for one in evidence.details]}"


async def test_a_walk_is_confirmed():
    """All steps again, from the first."""
    evidence, asked = await walk(*[GIVEN, PONG] * 3, confirm={})
    assert (evidence.outcome, len(asked)) == (Outcome.PASS, 6)
    assert evidence.observed == "3 times in a row; 2 steps in 80 ms"
    evidence, _ = await walk(GIVEN, PONG, GIVEN, says("", 500), GIVEN, PONG, confirm={"passes": 2, "of": 3})
    assert (evidence.outcome, evidence.reason) == (Outcome.FLAKY, Reason.MIXED)
    assert evidence.observed.startswith("2 of 3 passed: passed, failed, passed; failed with step 2 of 2 (ask): 500 in")


@dataclass(frozen=True)
class Vault(HttpOnly):
    """A way out that knows one secret, for one place."""

    def secret_fault(self, name: str, url: str) -> str | None:
        return None if (name, url) == ("key", f"{HOST}/login") else "no such secret"


async def test_secrets_are_looked_at_before_the_first_step():
    """Nothing is asked where one may not go; the others are sent by their names."""
    script = Script([GIVEN, PONG])
    where = replace(context(), network=Vault(http=script.fetch))
    steps = ({**LOGIN, "secret": "key"}, ASK)
    evidence = await ask(PROBE, where, steps=[LOGIN, {**ASK, "secret": "key"}])
    assert (evidence.outcome, evidence.observed) == (
        Outcome.MISCONFIGURED,
        "step 2 of 2 (ask): no such secret",
    )
    assert script.asked == []
    assert (await ask(PROBE, where, steps=list(steps))).outcome is Outcome.PASS
    assert [one.secrets for one in script.asked] == [("key",), ()]


def other(**about: object) -> dict[str, object]:
    return {**ASK, **about}


FAULTY = {
    "one step": (LOGIN,),
    "eleven steps": (LOGIN, *[ASK] * 10),
    "no such value": (LOGIN, other(url=f"{HOST}/{{tokn}}")),
    "no such value in a header": (LOGIN, other(headers={"X-A": "{tokn}"})),
    "captured later": (ASK, LOGIN),
    "captured by itself": (other(capture={"token": {"json": "a"}}), ASK),
    "captured twice": (LOGIN, LOGIN),
    "another host": (LOGIN, other(url="https://other.example.com/")),
    "another scheme": (LOGIN, other(url="http://api.example.com/")),
    "another port": (LOGIN, other(url="https://api.example.com:8443/")),
    "into the host": (LOGIN, other(url="https://{token}.example.com/")),
    "into all of it": (LOGIN, other(url="{token}")),
    "other braces": (LOGIN, other(url=f"{HOST}/{{Token}}")),
    "inner address": (LOGIN, other(url="http://169.254.169.254/{token}")),
    "secret in the policy": (LOGIN, other(headers={"Authorization": "Bearer abc"})),
    "secret beside a value": (LOGIN, other(headers={"Authorization": "Basic c2VjcmV0OnB3 {token}"})),
    "cookie beside a value": (LOGIN, other(headers={"Cookie": "sid=secret; t={token}"})),
    "metadata": (LOGIN, other(headers={"Metadata-Flavor": "{token}"})),
    "host": (LOGIN, other(headers={"Host": "{token}"})),
    "two bodies": ({**LOGIN, "form": {"a": "b"}}, ASK),
    "body of a GET": (LOGIN, other(body={"a": 1})),
    "long body": ({**LOGIN, "body": {"a": "x" * 9000}}, ASK),
    "method": (LOGIN, other(method="DELETE")),
    "capture nothing": ({**LOGIN, "capture": {"token": {}}}, ASK),
    "capture two": ({**LOGIN, "capture": {"token": {"json": "a", "header": "b"}}}, ASK),
    "no group": ({**LOGIN, "capture": {"token": {"pattern": "a"}}}, ASK),
    "two groups": ({**LOGIN, "capture": {"token": {"pattern": "(a)(b)"}}}, ASK),
    "heavy pattern": ({**LOGIN, "capture": {"token": {"pattern": "((a{20}){20})"}}}, ASK),
    "name": ({**LOGIN, "capture": {"To ken": {"json": "a"}}}, ASK),
    "head": ({**LOGIN, "method": "HEAD", "body": None}, ASK),
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_journeys_are_refused(name):
    """What cannot be walked is told when the policy is read."""
    with pytest.raises(ValidationError):
        await walk(steps=FAULTY[name])


@pytest.mark.parametrize("params", [{"max_total": 91}, {"max_total": 30, "confirm": {}}], ids=str)
async def test_journeys_without_end_are_refused(params):
    """All walks together take at most 100 seconds."""
    with pytest.raises(ValidationError):
        await walk(**params)
