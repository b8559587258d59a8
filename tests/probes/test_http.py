"""The http probe: what it makes of answers, and of no answer."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Measure, Outcome, Reason
from bot.egress.exchange import Blocked, BrokenAnswer, Deadline, Postponed, Request, Response, Unsendable
from bot.egress.guard import fetcher
from bot.egress.names import Dns
from bot.egress.pace import Pacer
from bot.egress.rules import NOT_REACHABLE, EgressSettings, Pace
from bot.probes.http import PROBE
from tests.egress.network import raw_server, says
from tests.probes.world import HttpOnly, ask, context

URL = "https://api.example.com/health"
OK = {
    "status": "ok",
    "version": 3,
    "checks": [{"name": "db", "ok": True}, {"name": "queue", "ok": True}],
    "none": [],
    "key_token": "s3",
}


def answers(status=200, body=OK, **about):
    """A way out that gives this one answer, or raises it."""

    async def fetch(request: Request) -> Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        plain = Response(
            status=status,
            headers=SENT,
            body=b"" if request.method == "HEAD" else data,
            truncated=False,
            elapsed=timedelta(milliseconds=83),
            url=request.url,
        )
        return replace(plain, **about)

    return fetch


def raises(error: Exception):
    async def fetch(_request: Request) -> Response:
        raise error

    return fetch


async def at_once(_seconds: float) -> None:
    """Instead of waiting between measurements."""
    await asyncio.sleep(0)


async def probe(fetch, **params) -> Evidence:
    network = fetch if isinstance(fetch, HttpOnly) else HttpOnly(http=fetch)
    asked = {"url": URL, **params}
    return await ask(replace(PROBE, pause=at_once), replace(context(), network=network), **asked)


PASSES = {
    "status": ({}, "200 in 83 ms"),
    "one of several": ({"status": [204, 200]}, "200 in 83 ms"),
    "text": ({"contains": '"ok"'}, "200 in 83 ms"),
    "head": ({"method": "HEAD"}, "200 in 83 ms"),
    "latency": ({"max_latency": 1}, "200 in 83 ms"),
    "equals": ({"json": {"at": "status", "equals": "ok"}}, "200 in 83 ms; `status` is `ok`"),
    "number": ({"json": {"at": "version", "min": 3, "max": 3}}, "200 in 83 ms; `version` is `3`"),
    "pattern": ({"json": {"at": "checks[0].name", "matches": "^d"}}, "200 in 83 ms; `checks[0].name` is `db`"),
    "each": (
        {"json": {"at": "checks[*].ok", "equals": True}},
        "200 in 83 ms; `checks[*].ok` is `true` in all of 2 items",
    ),
    "there": ({"json": {"at": "checks"}}, "200 in 83 ms; `checks` is `a list of 2`"),
    "not there": ({"json": {"at": "error", "exists": False}}, "200 in 83 ms; `error` is not there"),
    "secret value": ({"json": {"at": "key_token", "equals": "s3"}}, "200 in 83 ms; `key_token` is as asked"),
    "several values": (
        {"json": [{"at": "status", "equals": "ok"}, {"at": "version", "min": 2}]},
        "200 in 83 ms; `status` is `ok`; `version` is `3`",
    ),
    "headers": ({"answer_headers": {"content-type": {"matches": "^application/json"}, "X-Count": 7}}, "200 in 83 ms"),
    "header's number": ({"answer_headers": {"X-Count": {"min": 5}}}, "200 in 83 ms"),
    "no header": ({"answer_headers": {"X-Powered-By": {"exists": False}}}, "200 in 83 ms"),
    "repeated header": ({"answer_headers": {"Vary": "Accept, Cookie"}}, "200 in 83 ms"),
}
SENT = (
    ("Content-Type", "application/json; charset=utf-8"),
    ("X-Count", "7"),
    ("Vary", "Accept"),
    ("vary", "Cookie"),
    ("Set-Cookie", "sid=s3cret"),
)


@pytest.mark.parametrize("name", PASSES)
async def test_answers_as_wanted(name):
    """An answer as wanted passes, with what was seen."""
    params, observed = PASSES[name]
    evidence = await probe(answers(), **params)
    assert (evidence.outcome, evidence.reason, evidence.observed) == (Outcome.PASS, Reason.HOLDS, observed)
    assert (evidence.decisive, evidence.before, evidence.source.url) == (True, None, URL)


FAILS = {
    "status": ({}, answers(503), "503 in 83 ms"),
    "status not listed": ({"status": [200, 201]}, answers(204, b""), "204 in 83 ms"),
    "slow": ({"max_latency": 0.05}, answers(), "200 in 83 ms; slower than 0.05 s"),
    "text": ({"contains": "fine"}, answers(), "200 in 83 ms; the body does not contain `fine`"),
    "header": (
        {"answer_headers": {"Content-Type": "text/html"}},
        answers(),
        "200 in 83 ms; `Content-Type`: it is `application/json; charset=utf-8`",
    ),
    "no header": ({"answer_headers": {"ETag": {}}}, answers(), "200 in 83 ms; `ETag`: nothing stands there"),
    "header too much": (
        {"answer_headers": {"Vary": {"exists": False}}},
        answers(),
        "200 in 83 ms; `Vary`: something stands there",
    ),
    "secret header": (
        {"answer_headers": {"Set-Cookie": {"matches": "HttpOnly"}}},
        answers(),
        "200 in 83 ms; `Set-Cookie`: it is something else",
    ),
    "secret value": (
        {"json": {"at": "data[*].accessToken", "matches": "^x"}},
        answers(body={"data": [{"accessToken": "s3cret"}]}),
        "200 in 83 ms; `data[0].accessToken`: it is something else",
    ),
    "a number of tokens": (
        {"json": {"at": "tokens", "max": 5}},
        answers(body={"tokens": 7}),
        "200 in 83 ms; `tokens`: `7` is more than 5",
    ),
    "everything": (
        {"json": [{"at": "status", "equals": "no"}, {"at": "x"}], "max_latency": 0.01},
        answers(500),
        "500 in 83 ms; slower than 0.01 s; `status`: it is `ok`; `x`: nothing stands there",
    ),
    "no JSON": ({"json": {"at": "a"}}, answers(body=b"<html>"), "200 in 83 ms; the body is no JSON"),
    "deep JSON": ({"json": {"at": "a"}}, answers(body=b"[" * 40_000), "200 in 83 ms; the body is no JSON"),
    "bytes": ({"json": {"at": "a"}}, answers(body=b'"\xff"'), "200 in 83 ms; the body is no JSON"),
    "another value": (
        {"json": {"at": "status", "equals": "ok"}},
        answers(body={"status": "down"}),
        "200 in 83 ms; `status`: it is `down`",
    ),
    "nothing there": ({"json": {"at": "a.b"}}, answers(), "200 in 83 ms; `a.b`: nothing stands there"),
    "something there": (
        {"json": {"at": "status", "exists": False}},
        answers(),
        "200 in 83 ms; `status`: something stands there",
    ),
    "one of each": (
        {"json": {"at": "checks[*].name", "equals": "db"}},
        answers(),
        "200 in 83 ms; `checks[1].name`: it is `queue`",
    ),
    "each of none": ({"json": {"at": "none[*]", "equals": 1}}, answers(), "200 in 83 ms; `none[*]`: the list is empty"),
    "each of no list": ({"json": {"at": "status[*]"}}, answers(), "200 in 83 ms; `status` is no list"),
    "too many": (
        {"json": {"at": "[*]", "equals": 0}},
        answers(body=[0] * 10_001),
        "200 in 83 ms; `[*]`: more than 10,000 items",
    ),
    "too much to match": (
        {"json": {"at": "[*]", "matches": "x"}},
        answers(body=["x" * 1000] * 70),
        "200 in 83 ms; `[*]`: more than 65,536 characters to match",
    ),
    "elsewhere": (
        {},
        answers(404, url="https://login.example.com/?token=s3cret"),
        "404 in 83 ms, redirected to login.example.com",
    ),
    "wrong and cut off": (
        {"contains": "x"},
        answers(500, b"", truncated=True),
        "500 in 83 ms; the body does not contain `x`",
    ),
}


@pytest.mark.parametrize("name", FAILS)
async def test_answers_otherwise(name):
    """Another answer fails, and says how it is different."""
    params, fetch, observed = FAILS[name]
    evidence = await probe(fetch, **params)
    assert (evidence.outcome, evidence.reason, evidence.observed) == (Outcome.FAIL, Reason.DOES_NOT_HOLD, observed)


UNANSWERED = {
    "refused": (Blocked(NOT_REACHABLE), Outcome.ERROR, Reason.NETWORK_POLICY),
    "too slow": (Deadline("no whole answer within 10 s"), Outcome.ERROR, Reason.TIMED_OUT),
    "broken": (BrokenAnswer("the TLS handshake failed"), Outcome.ERROR, Reason.UNAVAILABLE),
    "never asked": (Unsendable("port 22 is not asked from here"), Outcome.MISCONFIGURED, Reason.BAD_QUESTION),
}


@pytest.mark.parametrize("name", UNANSWERED)
async def test_no_answer_is_no_failure_of_the_fix(name):
    """What could not be asked is an error or a faulty question, with the guard's own words."""
    error, outcome, reason = UNANSWERED[name]
    evidence = await probe(raises(error))
    assert (evidence.outcome, evidence.reason, evidence.observed) == (outcome, reason, str(error))


@pytest.mark.parametrize("about", [{"equals": 1}, {"exists": False}], ids=str)
async def test_a_body_that_is_too_crowded_proves_nothing(about):
    """A mebibyte of empty lists would take everybody's time; what stands in it is not known."""
    evidence = await probe(answers(body=b"[" + b"{}," * 50_000 + b"{}]"), json={"at": "[0].a", **about})
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TOO_LARGE)
    assert evidence.observed == "200 in 83 ms; the body holds more lists and mappings than are read here"


async def test_a_body_that_was_cut_off_proves_nothing():
    """What is wanted may stand behind the part that was read."""
    evidence = await probe(answers(body=b"a" * 100, truncated=True), contains="b")
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TOO_LARGE)


async def test_what_was_asked_is_said():
    """The expectation names every condition."""
    wanted = {"status": [200, 204], "contains": "ok", "json": {"at": "a", "min": 2}, "max_latency": 1.5}
    evidence = await probe(answers(), **wanted, answer_headers={"ETag": {}})
    assert (
        evidence.expected
        == "GET answers 200 or 204, `ETag` is there, the body contains `ok`, `a` is at least 2, within 1.5 s"
    )


def in_turn(*results: int | Exception):
    """A way out that answers so, one after the other."""
    left = list(results)

    async def fetch(request: Request) -> Response:
        result = left.pop(0)
        return await (raises(result) if isinstance(result, Exception) else answers(result))(request)

    return fetch


async def test_the_latency_is_measured():
    """In seconds, of every answer."""
    assert (await probe(answers())).measures == (Measure(name="latency", value=0.083, unit="s"),)


async def test_samples_are_counted():
    """How many answered as wanted, and what the others did."""
    answered = in_turn(*[200] * 18, 503, Deadline("no whole answer within 10 s"))
    evidence = await probe(answered, samples=20, availability=90)
    assert evidence.outcome is Outcome.PASS
    assert evidence.expected == "GET answers 200, in 90 % of 20 samples"
    assert evidence.observed.startswith("18 of 20 in 0 s (95 % sure: at least 69 %); half of the answers within 83 ms")
    assert [one.text for one in evidence.details] == ["1 of 20: 503", "1 of 20: no whole answer within 10 s"]
    assert 0.69 < evidence.credit < 0.70


MANY = {
    "a share too small": ({"samples": 4, "availability": 90}, (200, 200, 503, 200), Outcome.FAIL),
    "samples of a faulty question": ({"samples": 4}, (Unsendable("port 22"),) * 4, Outcome.MISCONFIGURED),
    "samples never taken": ({"samples": 4}, (Blocked(NOT_REACHABLE),) * 4, Outcome.ERROR),
    "confirmed": ({"confirm": {}}, (200,) * 3, Outcome.PASS),
    "not confirmed": ({"confirm": {"of": 3}}, (503,) * 3, Outcome.FAIL),
    "flapping": ({"confirm": {"passes": 2, "of": 3}}, (503, 200, 200), Outcome.FLAKY),
    "cannot be confirmed": ({"confirm": {"of": 3}}, (Blocked(NOT_REACHABLE),) * 3, Outcome.ERROR),
}


@pytest.mark.parametrize("name", MANY)
async def test_asked_again_and_again(name):
    """Samples are held against a share, and a confirmation against all of them."""
    params, results, outcome = MANY[name]
    assert (await probe(in_turn(*results), **params)).outcome is outcome


@dataclass(frozen=True)
class Vault(HttpOnly):
    """A way out that knows one secret, for one place."""

    def secret_fault(self, name: str, url: str) -> str | None:
        return None if (name, url) == ("health-key", URL) else "no such secret"


async def test_a_secret_is_named_never_written():
    """The way out is told its name; where it may not go, nothing is asked."""
    sent: list[Request] = []

    async def fetch(request: Request) -> Response:
        sent.append(request)
        return await answers()(request)

    assert (await probe(Vault(http=fetch), secret="health-key")).outcome is Outcome.PASS
    evidence = await probe(Vault(http=fetch), secret="other")
    assert (evidence.outcome, evidence.observed) == (Outcome.MISCONFIGURED, "no such secret")
    assert [(one.secrets, one.headers) for one in sent] == [(("health-key",), ())]


async def test_a_long_answer_is_quoted_shortly():
    """Of a body, no more than a short value is repeated."""
    evidence = await probe(answers(body={"a": "x" * 5000}), json={"at": "a", "equals": "y"})
    assert len(evidence.observed) < 150


FAULTY = {
    "no http": {"url": "ftp://example.com/"},
    "metadata": {"url": "http://169.254.169.254/"},
    "nothing filled in": {"url": "https://example.com/${TOKEN}"},
    "method": {"method": "POST"},
    "status": {"status": "200"},
    "status out of range": {"status": 99},
    "no status": {"status": []},
    "header": {"headers": {"Host": "inner"}},
    "secret": {"headers": {"Authorization": "Bearer x"}},
    "headers": {"headers": {f"X-{n}": "" for n in range(11)}},
    "head with text": {"method": "HEAD", "contains": "x"},
    "two stars": {"json": {"at": "a[*].b[*]"}},
    "JSONPath": {"json": {"at": "$..a"}},
    "JMESPath": {"json": {"at": "[@,@][]"}},
    "pattern": {"json": {"at": "a", "matches": "(a{20}){20}"}},
    "value that is not there": {"json": {"at": "a", "exists": False, "equals": 1}},
    "timeout": {"timeout": 0},
    "unknown": {"retries": 3},
    "header condition": {"answer_headers": {"ETag": {"matches": "(a{20}){20}"}}},
    "header that is not there": {"answer_headers": {"ETag": {"exists": False, "equals": "x"}}},
    "patterns together": {"json": [{"at": "a", "matches": "a{90}"}] * 3},
    "one sample": {"samples": 1},
    "too many samples": {"samples": 61},
    "too long": {"samples": 60, "every": 2},
    "too long together": {"confirm": {"of": 10}, "timeout": 30},
    "twice many": {"samples": 3, "confirm": {}},
    "share of nothing": {"availability": 99},
    "more than all": {"samples": 3, "availability": 101},
    "too fast": {"samples": 3, "every": 0.5},
    "empty secret": {"secret": ""},
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read."""
    with pytest.raises(ValidationError):
        await probe(answers(), **FAULTY[name])


async def test_through_the_guard():
    """The whole way: a real server on an address that the operator allows, and one that is not."""
    body = json.dumps(OK).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with raw_server(says(head + body)) as port:
        settings = EgressSettings(allow_networks=(ip_network("127.0.0.1/32"),), ports=(port,))
        fetch = fetcher(settings, resolver=Dns(), on_refused=lambda *_: None)
        asked = {"url": f"http://127.0.0.1:{port}/", "json": {"at": "checks[*].ok", "equals": True}}
        assert (await probe(fetch, **asked)).outcome is Outcome.PASS
        closed = fetcher(EgressSettings(ports=(port,)), resolver=Dns(), on_refused=lambda *_: None)
        assert (await probe(closed, **asked)).reason is Reason.NETWORK_POLICY
        elsewhere = fetcher(EgressSettings(), resolver=Dns(), on_refused=lambda *_: None)
        assert (await probe(elsewhere, **asked)).outcome is Outcome.MISCONFIGURED


async def test_criteria_of_many_samples_share_one_host():
    """At three samples a second, where one is asked: they wait for their turn. A second lasts 1/200 s here."""
    answer, put_off = answers(), []

    async def pause(seconds: float) -> None:
        await asyncio.sleep(seconds / 200)

    clock = asyncio.get_running_loop().time
    pacer = Pacer(Pace(), lambda: 200 * clock(), pause)

    async def fetch(request: Request) -> Response:
        try:
            await pacer.wait((7, "api.example.com"))
        except Postponed as error:
            put_off.append(error)
            raise
        return await answer(request)

    world = replace(context(), network=HttpOnly(http=fetch))
    patient = replace(PROBE, pause=pause)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(patient, world, url=URL, samples=40)) for _ in range(3)]
    found = [task.result() for task in tasks]
    assert [(one.outcome, one.observed[:8]) for one in found] == [(Outcome.PASS, "40 of 40")] * 3
    assert put_off
