"""The metric probe: what it makes of a Prometheus' answers, and of a real Prometheus."""

import json
import math
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.exchange import Blocked, Deadline, EgressError, Response, ServerKind
from bot.probes.contract import Fix
from bot.probes.metric import PROBE, overlap, read_comparison
from tests.probes.world import HttpOnly, Step, ask, context, repo

AT = repo(Step("Start"), Step("The fix"))
QUERY = "error_share"


def vector(*values: str, **about) -> dict:
    names = [{"__name__": "errors", "job": f"j{place}"} for place in range(len(values))]
    result = [{"metric": name, "value": [1.5, value]} for name, value in zip(names, values, strict=True)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **about}


@dataclass(frozen=True)
class Told:
    """A server that gives these answers, one after another for a query; `asked` are its questions."""

    answers: dict
    kind: ServerKind = ServerKind.PROMETHEUS
    name: str = "main"
    asked: list = field(default_factory=list)

    async def get(self, path: str, query=()) -> Response:
        pairs = dict(query)
        self.asked.append((path, pairs))
        told = self.answers.get((pairs["query"], "time" in pairs), self.answers.get(pairs["query"]))
        if isinstance(told, EgressError):
            raise told
        if isinstance(told, Response):
            return told
        return answer(json.dumps(told))


def answer(body: str, status: int = 200, *, truncated: bool = False) -> Response:
    return Response(
        status=status,
        headers=(),
        body=body.encode(),
        truncated=truncated,
        elapsed=timedelta(milliseconds=3),
        url="main:/api/v1/query",
    )


@dataclass(frozen=True)
class Named(HttpOnly):
    """A way out to servers by their names."""

    named: tuple[Told, ...] = ()

    def servers(self, kind: ServerKind) -> tuple[str, ...]:
        return tuple(one.name for one in self.named if one.kind is kind)

    def server(self, name: str) -> Told | None:
        return next((one for one in self.named if one.name == name), None)


async def probe(*servers: Told, fixed: bool = False, **params) -> Evidence:
    fix = (
        Fix(commits=(AT.branch[1],), before=AT.branch[0], paths=()) if fixed else Fix(commits=(), before=None, paths=())
    )
    where = replace(context(AT, fix=fix), network=Named(named=servers))
    return await ask(PROBE, where, **{"query": QUERY, "pass_when": "< 0.01", **params})


async def told(answer_: object, **params) -> Evidence:
    return await probe(Told({QUERY: answer_}), **params)


SCALAR = {"status": "success", "data": {"resultType": "scalar", "result": [1, "0.5"]}}
BOTH = {"pass_when": "< 0.01", "fail_when": "> 0.05"}
JUDGED = {
    "right": (vector("0.002"), {}, Outcome.PASS, "0.002"),
    "wrong": (vector("0.02"), {}, Outcome.FAIL, "0.02"),
    "on the bound": (vector("0.01"), {}, Outcome.FAIL, "0.01"),
    "only what is wrong, and it is": (vector("0.2"), {"pass_when": None, "fail_when": "> 0.1"}, Outcome.FAIL, "0.2"),
    "only what is wrong, and it is not": (
        vector("0.1"),
        {"pass_when": None, "fail_when": "> 0.1"},
        Outcome.PASS,
        "0.1",
    ),
    "both, right": (vector("0.001"), BOTH, Outcome.PASS, "0.001"),
    "both, wrong": (vector("0.06"), BOTH, Outcome.FAIL, "0.06"),
    "in between": (vector("0.03"), BOTH, Outcome.FLAKY, "0.03, between right and wrong"),
    "a scalar": (SCALAR, {"pass_when": ">= 0.5"}, Outcome.PASS, "0.5"),
    "all right": (vector("0.001", "0.002"), {}, Outcome.PASS, "0.001 to 0.002 in 2 of 2 series"),
    "one wrong": (vector("0.001", "0.07", "NaN"), {}, Outcome.FAIL, "0.07 in 1 of 3 series"),
    "one in between": (vector("0.001", "0.02"), BOTH, Outcome.FLAKY, "0.02, between right and wrong in 1 of 2 series"),
    "no data": (vector(), {}, Outcome.MISSING, "no data"),
    "no number": (vector("NaN"), {}, Outcome.MISSING, "no number (nan)"),
    "infinite": (vector("+Inf"), {"pass_when": "> 1"}, Outcome.MISSING, "no number (inf)"),
    "one no number": (vector("0.001", "NaN"), {}, Outcome.MISSING, "no number (nan) in 1 of 2 series"),
    "warned": (
        vector("0", warnings=["remote read of http://10.1.2.3:9090 failed"]),
        {},
        Outcome.PASS,
        "0; the server warns: remote read of [address] failed",
    ),
}


@pytest.mark.parametrize("name", JUDGED)
async def test_numbers_are_judged(name):
    """Right, wrong, in between or none; of several series the worst decides, and no data is never 0."""
    answered, params, outcome, observed = JUDGED[name]
    evidence = await told(answered, **params)
    assert (evidence.outcome, evidence.observed) == (outcome, observed)


async def test_what_was_asked_and_measured_is_said():
    """The query and its conditions, the series that decide first, and the number itself."""
    server = Told({QUERY: vector("0.001", "0.07"), "count": vector("5000")})
    evidence = await probe(server, **BOTH, samples="count", min_samples=1000)
    assert evidence.expected == ("`error_share` is less than 0.01, is not more than 0.05, over at least 1,000 samples")
    assert [detail.text for detail in evidence.details] == ['errors{job="j1"}: 0.07', 'errors{job="j0"}: 0.001']
    assert [(one.name, one.value) for one in evidence.measures] == [("samples", 5000), ("series", 2)]
    assert evidence.observed == "0.07 in 1 of 2 series over 5,000 samples"
    path, pairs = server.asked[0]
    assert (path, pairs) == ("/api/v1/query", {"query": QUERY, "timeout": "15s"})
    assert "http" not in evidence.source.url


SAMPLES = {
    "enough": (vector("100"), Outcome.PASS, "0.002 over 100 samples"),
    "too few": (vector("99"), Outcome.MISSING, "0.002; only 99 of 100 samples"),
    "in several series": (vector("60", "40"), Outcome.PASS, "0.002 over 100 samples"),
    "none": (vector(), Outcome.MISSING, "0.002; only 0 of 100 samples"),
    "no number": (vector("NaN"), Outcome.MISSING, "0.002; only 0 of 100 samples"),
}


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_number_over_too_few_samples_proves_nothing(name):
    """What the number rests on is counted by a query of its own."""
    count, outcome, observed = SAMPLES[name]
    evidence = await probe(Told({QUERY: vector("0.002"), "count": count}), samples="count", min_samples=100)
    assert (evidence.outcome, evidence.observed) == (outcome, observed)


BEFORE = {
    "was wrong": ("0.002", vector("0.08"), (Outcome.PASS, "0.08", True, True)),
    "was right": ("0.002", vector("0.001"), (Outcome.PASS, "0.001", False, False)),
    "was in between": ("0.002", vector("0.03"), (Outcome.PASS, "0.03", False, True)),
    "still wrong": ("0.06", vector("0.08"), (Outcome.FAIL, "0.08", False, True)),
    "several": ("0.002", vector("0.02", "0.08"), (Outcome.PASS, "0.02 to 0.08", False, True)),
    "not known any more": ("0.002", vector(), (Outcome.PASS, None, False, True)),
    "no number": ("0.002", vector("NaN"), (Outcome.PASS, None, False, True)),
    "not told": ("0.002", Deadline("late"), (Outcome.PASS, None, False, True)),
}


@pytest.mark.parametrize("name", BEFORE)
async def test_the_number_before_the_fix(name):
    """The same query is asked for the moment of the fix; what was right already proves little."""
    now, then, expected = BEFORE[name]
    server = Told({QUERY: vector(now), (QUERY, True): then})
    evidence = await probe(server, fixed=True, **BOTH)
    assert (evidence.outcome, evidence.before, evidence.seen_failing, evidence.decisive) == expected
    assert server.asked[-1][1]["time"] == f"{AT.commits[1].committed_at.timestamp():.3f}"


def error(kind: str, text: str = "") -> str:
    return json.dumps({"status": "error", "errorType": kind, "error": text})


UNANSWERED = {
    "bad query": (answer(error("bad_data", "parse error: x"), 400), Outcome.MISCONFIGURED, "parse error: x"),
    "cannot be done": (answer(error("execution", "many-to-many"), 422), Outcome.MISCONFIGURED, "many-to-many"),
    "a range": (
        {"status": "success", "data": {"resultType": "matrix", "result": []}},
        *(Outcome.MISCONFIGURED, "the query gives ranges, not numbers: wrap it in a function such as max_over_time()"),
    ),
    "a text": (
        {"status": "success", "data": {"resultType": "string", "result": [1, "x"]}},
        *(Outcome.MISCONFIGURED, "the query gives a text, not numbers"),
    ),
    "too slow": (answer(error("timeout"), 503), Outcome.ERROR, "the server main did not answer the query in time"),
    "broken": (answer(error("internal", "disk full"), 500), Outcome.ERROR, "the server main answers 500: disk full"),
    "credentials": (answer("no", 401), Outcome.ERROR, "the server main refuses this bot's credentials (401)"),
    "a page": (answer("<html>", 502), Outcome.ERROR, "the server main answers 502, and not as Prometheus does"),
    "other JSON": (answer("[1]"), Outcome.ERROR, "the server main answers 200, and not as Prometheus does"),
    "deep JSON": (answer("[" * 90_000), Outcome.ERROR, "the server main answers 200, and not as Prometheus does"),
    "no sample": (vector("many"), Outcome.ERROR, "the server main answers, but not as Prometheus does"),
    "too long": (answer("{", truncated=True), Outcome.ERROR, "a longer answer than is read here"),
    "too many": (vector(*["1"] * 1_001), Outcome.ERROR, "1,001 series, of which no more than 1,000 are read"),
    "not reached": (Blocked("not reachable"), Outcome.ERROR, "not reachable"),
}


@pytest.mark.parametrize("name", UNANSWERED)
async def test_no_usable_answer(name):
    """A faulty query is told with Prometheus' own words; whatever else goes wrong is an error."""
    answered, outcome, observed = UNANSWERED[name]
    evidence = await told(answered)
    assert (evidence.outcome, evidence.observed) == (outcome, observed)


LOKI = Told({}, kind=ServerKind.LOKI, name="logs")
ONE, TWO = Told({QUERY: vector("0")}), Told({QUERY: vector("1")}, name="other")
SERVERS = {
    "none": ((), None, "no Prometheus is named for this repository"),
    "another kind": ((LOKI,), None, "no Prometheus is named for this repository"),
    "which of two": ((ONE, TWO), None, "name one under `server`: main and other"),
    "unknown": ((ONE,), "prod", "there is no Prometheus named 'prod' for this repository"),
    "of another kind": ((ONE, LOKI), "logs", "there is no Prometheus named 'logs' for this repository"),
}


@pytest.mark.parametrize("name", SERVERS)
async def test_a_server_that_is_not_named(name):
    """Only servers that the operator named for this repository are asked."""
    servers, asked, observed = SERVERS[name]
    evidence = await probe(*servers, server=asked)
    assert (evidence.outcome, evidence.reason, evidence.observed) == (
        *(Outcome.MISCONFIGURED, Reason.BAD_QUESTION),
        observed,
    )


async def test_one_of_two_servers():
    """The policy names which."""
    assert (await probe(ONE, TWO, server="other")).outcome is Outcome.FAIL


FAULTY = {
    "no condition": ({"pass_when": None}, "say which numbers are right"),
    "no sign": ({"pass_when": "0.01"}, "write a sign and a number"),
    "no number": ({"pass_when": "< many"}, "write a sign and a number"),
    "percent": ({"pass_when": "> 99 %"}, "write a sign and a number"),
    "endless": ({"pass_when": "< 1e999"}, "write a sign and a number"),
    "overlap": ({"pass_when": "< 2", "fail_when": "> 1"}, "overlap"),
    "no query": ({"query": " "}, "the query is empty"),
    "a long query": ({"query": "é" * 1_100}, "longer than 2 KiB"),
    "control characters": ({"query": "up\x00"}, "control characters"),
    "how many of what": ({"min_samples": 3}, "go together"),
    "what, but how many": ({"samples": "up"}, "go together"),
    "a URL": ({"url": "http://prometheus.svc"}, "Extra inputs"),
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read, and how to write it right."""
    params, words = FAULTY[name]
    with pytest.raises(ValidationError, match=words):
        await probe(ONE, **params)


SIGNS, BOUNDS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-5, 5)


@given(SIGNS, BOUNDS, SIGNS, BOUNDS)
def test_conditions_overlap_where_a_number_is_both(one, first, other, second):
    """Held against all numbers that can tell them apart."""
    right, wrong = read_comparison(f"{one} {first}"), read_comparison(f"{other}{second}")
    numbers = [quarter / 4 for quarter in range(-40, 41)]
    assert overlap(right, wrong) == any(right.holds(number) and wrong.holds(number) for number in numbers)


def test_values_are_numbers_or_none():
    """A comparison of what is no number is never made."""
    params = PROBE.params.model_validate({"query": "up", "fail_when": "< 1"})
    assert params.judged(math.nan) is Outcome.MISSING
