"""What the server counts of itself, and who may read it."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.assessment.evidence import Outcome
from bot.assessment.trigger import TriggerKind
from bot.assessment.verdict import VerdictKind
from bot.engine import Health, StoreUnavailable
from bot.github.events import DECODERS
from bot.probes.registry import by_kind
from bot.web import answers
from bot.web.meters import DELIVERIES, PROBES, TABLE, Kind, Meters, Tally
from bot.web.metrics import metrics
from tests.web.world import HEALTHY, World, call, deliver, served

BUSY = Health(
    writable=True, executor="a", waiting=4, running=2, oldest_waiting=timedelta(seconds=90, milliseconds=500), parked=7
)
PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
PROCESS = 6  # what the client's own collector tells of the process


async def read(meters: Meters, health: Health = HEALTHY) -> dict[str, float]:
    """The series as Prometheus' own parser reads them: `name{label=value,…}` and the number."""

    async def healthy() -> Health:
        return health

    answered = await call(metrics(meters, healthy), "/metrics", method="GET")
    assert answered is not None
    assert answered.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [sample for family in text_string_to_metric_families(answered.body.decode()) for sample in family.samples]
    return {
        one.name.removeprefix("resolution_bot_")
        + "".join(f"{{{','.join(f'{key}={value}' for key, value in one.labels.items())}}}" if one.labels else ""): (
            one.value
        )
        for one in samples
    }


def assessed(verdict: str = "resolved", trigger: str = "command", **fields: object) -> dict[str, object]:
    about = {"repository": "acme/private", "issue": 1, "assessment": "x", "closed": False, "seconds": 1.0}
    return {"verdict": verdict, "trigger": trigger, **about, **fields}


async def test_assessments_are_counted() -> None:
    """By verdict and trigger; what was closed; how long they took, in buckets that hold the smaller ones as well."""
    meters = Meters()
    for seconds in (1.5, 2, 30, 1000):
        meters.heard("assessed", assessed(seconds=seconds, closed=seconds < 2))  # type: ignore[arg-type]
    seen = await read(meters)
    assert seen["assessments_total{trigger=command,verdict=resolved}"] == 4
    assert seen["closed_total"] == 1
    buckets = {bound: seen[f"assessment_seconds_bucket{{le={bound}}}"] for bound in ("2.0", "20.0", "60.0", "+Inf")}
    assert buckets == {"2.0": 2, "20.0": 2, "60.0": 3, "+Inf": 4}
    assert (seen["assessment_seconds_count"], seen["assessment_seconds_sum"]) == (4, 1033.5)


async def test_probes_are_counted() -> None:
    """By kind and outcome, with the time of each kind and that of all."""
    meters = Meters()
    meters.probed("http", Outcome.PASS, timedelta(milliseconds=400))
    meters.probed("http", Outcome.ERROR, timedelta(seconds=10))
    seen = await read(meters)
    assert seen["probes_total{kind=http,outcome=pass}"] == seen["probes_total{kind=http,outcome=error}"] == 1
    assert seen["probe_kind_seconds_total{kind=http}"] == 10.4
    assert (seen["probe_seconds_bucket{le=0.5}"], seen["probe_seconds_count"]) == (1, 2)


DELIVERED = {
    "good": ({}, "event=issue_comment,outcome=accepted"),
    "of no interest": ({"body": b'{"repository":null}'}, "event=issue_comment,outcome=ignored"),
    "unknown event": ({"x_github_event": "made_up"}, "event=other,outcome=ignored"),
    "no payload": ({"body": b"[]"}, "event=issue_comment,outcome=refused"),
    "wrong signature": ({"x_hub_signature_256": "sha256=" + "0" * 64}, "event=unverified,outcome=refused"),
    "unsigned": ({"x_hub_signature_256": None}, "event=unverified,outcome=refused"),
    "no event": ({"x_github_event": None}, "event=unverified,outcome=refused"),
}


@pytest.mark.parametrize("name", DELIVERED)
async def test_deliveries_are_counted(name: str) -> None:
    """By event and answer; the header of somebody without the secret counts for nothing."""
    changes, labels = DELIVERED[name]
    meters = Meters()
    await deliver(World(on_answer=meters.delivered).app(), **changes)  # type: ignore[arg-type]
    assert {series for series in await read(meters) if "deliveries" in series} == {f"deliveries_total{{{labels}}}"}


async def test_what_comes_twice_or_finds_no_store() -> None:
    """A duplicate and a delivery that GitHub has to repeat are told apart."""
    meters = Meters()
    world = World(on_answer=meters.delivered)
    app = world.app()
    for _ in range(3):
        await deliver(app)
    world.broken = True
    await deliver(app)
    seen = await read(meters)
    counts = [seen[f"deliveries_total{{event=issue_comment,outcome={one}}}"] for one in ("accepted", "duplicate")]
    assert (counts, seen["deliveries_total{event=issue_comment,outcome=unavailable}"]) == ([1, 2], 1)


async def test_the_queue_is_told() -> None:
    """Waiting, running, parked, and the oldest."""
    seen = await read(Meters(), BUSY)
    assert [seen[f"jobs{{state={state}}}"] for state in ("waiting", "running", "parked")] == [4, 2, 7]
    assert (seen["oldest_waiting_seconds"], seen["store_writable"]) == (90.5, 1)


async def test_the_breaker_is_told() -> None:
    """How many installations pause, and what was held back, by the reason and by nothing else."""
    meters = Meters()
    for why in ("hour", "hour", "errors"):
        meters.heard("held-back", {"repository": "acme/private", "issue": 1, "why": why})
    seen = await read(meters, replace(HEALTHY, paused=2))
    assert seen["paused_installations"] == 2
    assert (seen["held_back_total{why=hour}"], seen["held_back_total{why=errors}"]) == (2, 1)


async def test_without_a_store_nothing_is_said_of_jobs() -> None:
    """No number is better than a wrong 0."""
    seen = await read(Meters(), replace(BUSY, writable=False))
    assert (seen["store_writable"], [name for name in seen if "jobs" in name or "oldest" in name]) == (0, [])


async def test_a_store_that_does_not_answer_keeps_nothing_else_back() -> None:
    """The counters are told all the same."""

    async def broken() -> Health:
        raise StoreUnavailable("locked")

    answered = await call(metrics(Meters(), broken), "/metrics", method="GET")
    assert answered is not None
    assert b"resolution_bot_store_writable 0.0" in answered.body
    assert b"resolution_bot_closed_total 0.0" in answered.body


async def test_events_that_call_for_a_look() -> None:
    """Refused addresses by number, troubles by the name of the event; the rest is not counted."""
    meters = Meters()
    for event in ("egress-refused", "job-dead", "job-dead", "listening", "parked"):
        meters.heard(event, {"host": "secret.internal", "why": "10.0.0.1 is private"})
    seen = await read(meters)
    assert (seen["egress_refused_total"], seen["troubles_total{event=job-dead}"]) == (1, 2)
    assert len([name for name in seen if name.startswith("troubles")]) == 1


async def test_many_repositories_make_no_more_series() -> None:
    """After 500 repositories with everything that the manuals list: at most 200, and none names one of them."""
    meters = Meters()
    for number in range(500):
        for verdict, trigger in product(VerdictKind, (TriggerKind.COMMAND, TriggerKind.MERGE)):
            meters.heard("assessed", assessed(verdict, trigger, repository=f"acme/private-{number}"))  # type: ignore[arg-type]
        meters.heard("egress-refused", {"host": f"host-{number}.internal", "why": "private"})
    for kind, probe in by_kind().items():
        for outcome, _ in probe.manual.outcomes:
            meters.probed(kind, outcome, timedelta(seconds=1))
    for event, answer in product(DECODERS, (answers.ACCEPTED, answers.IGNORED)):
        meters.delivered(event, answer)
    seen = await read(meters)
    assert len(seen) <= 200
    assert not [name for name in seen if "private" in name or "internal" in name]


def test_the_bounds_are_together_small_enough() -> None:
    """Whatever happens, there are no more than 200 series."""
    assert sum(row.series for row in TABLE) + PROCESS <= 200


@pytest.mark.parametrize("row", [row for row in TABLE if row.kind is Kind.COUNTER and row.labels], ids=lambda r: r.name)
def test_what_is_beyond_the_bound_is_other(row) -> None:  # type: ignore[no-untyped-def]
    """The newest come together; what was known before still counts for itself, and none is lost."""
    tally = Tally(row)
    for number in [*range(row.most * 3), 0, 0]:
        tally.add(*(f"{label}{number}" for label in row.labels))
    samples = {tuple(one.labels.values()): one.value for one in tally.family().samples}
    assert len(samples) == row.most
    assert samples[tuple(f"{label}0" for label in row.labels)] == 3
    assert sum(samples.values()) == row.most * 3 + 2
    assert samples[("other",) * len(row.labels)] == row.most * 2 + 1


def test_usual_work_stays_below_the_bounds() -> None:
    """Every kind has a place, and every event with what it is usually answered."""
    assert len(DECODERS) * 2 + 4 < DELIVERIES.most
    assert len(by_kind()) * 3 < PROBES.most


def test_the_page_lists_every_metric() -> None:
    """With its kind, its labels and its meaning, in the order of the table."""
    (part,) = re.findall(r"^## Metrics\n(.*?)(?=^## )", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    listed = [line for line in part.splitlines() if line.startswith("| `")]
    labels = [", ".join(f"`{one}`" for one in row.labels) or "none" for row in TABLE]
    assert listed == [
        f"| `{row.name}` | {row.kind} | {named} | {row.meaning} |" for row, named in zip(TABLE, labels, strict=True)
    ]


async def test_every_metric_of_the_table_is_served() -> None:
    """Also those that have counted nothing yet, and no other but the process's."""
    answered = await call(metrics(Meters(), World().healthy), "/metrics", method="GET")
    assert answered is not None
    served_ = {line.split()[2]: line.split()[3] for line in answered.body.decode().splitlines() if "# TYPE" in line}
    own = {name: kind for name, kind in served_.items() if not name.startswith("process_")}
    assert own == {row.name: row.kind for row in TABLE}
    assert len(served_) - len(own) <= PROCESS


async def test_it_is_served_on_its_own_port_alone() -> None:
    """The webhook's port knows nothing of it, and its own port nothing of the rest."""
    world = World()
    async with (
        served(world.app()) as web,
        served(metrics(Meters(), world.healthy)) as own,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        asked = [(web, "/metrics"), (own, "/webhook"), (own, "/healthz"), (own, "/"), (own, "/metrics")]
        seen = [(await client.get(f"http://127.0.0.1:{port}{path}")).status_code for port, path in asked]
        posted = await client.post(f"http://127.0.0.1:{own}/metrics")
    assert (seen, posted.status_code) == ([404, 404, 404, 404, 200], 405)
