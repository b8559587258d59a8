"""An assessment that has everything a record can tell of; and the same with hostile words in every text."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from enum import Enum
from random import Random
from typing import Any

from bot.assessment.document import Assessment, Done, IssueState, ProfileRef, Similar, Ticket, TicketState
from bot.assessment.evidence import Finding, Measure, Outcome
from bot.assessment.waiver import Waived, Waiver, WaiverState
from tests.assessment.samples import NOW, REPOSITORY, assess, criterion, evidence, places
from tests.assessment.scenarios import (
    BALANCER,
    CERTIFICATE,
    CLAIMS,
    CLOSED,
    DEPLOYED,
    HEALTH,
    HOLDING,
    IMPACT,
    LABELLED,
    METRICS,
    SCENARIOS,
    SUITE,
)
from tests.assessment.test_markdown import ATTACKS

TITLE = "Staging domains break TLS and WebSockets (Größe: 816 files!)"
LATENCY = replace(
    HEALTH,
    evidence=replace(
        HEALTH.evidence,
        measures=(Measure(name="latency", value=0.182, unit="s"), Measure(name="samples", value=40.0, unit="requests")),
        details=places("deploy/health.yml:3"),
    ),
)
EXCUSED = Finding(
    criterion=criterion("coverage", title="coverage of the changed files", category="Tests", kind="workflow"),
    evidence=evidence(
        Outcome.WAIVED, observed="71 %", expected="at least 80 %", before="64 %", details=places("a.py:1", "b.py:2")
    ),
)
WAIVER = Waiver(
    criterion=EXCUSED.criterion.id,
    reason="the new runner measures branches as well",
    by="mia",
    at=NOW - timedelta(hours=1),
    until=NOW + timedelta(days=14),
    policy="91ab3c",
    asks="5c1e",
    url=f"{REPOSITORY}/issues/1283#issuecomment-9",
)
SAID = tuple(
    Finding(
        criterion=replace(claim.criterion, required=False, weight=0.2),
        evidence=replace(claim.evidence, seen_failing=False),
    )
    for claim in (CLAIMS[2], CLAIMS[3], CLAIMS[4])
)


def _example() -> Assessment:
    made = assess(
        (*HOLDING[:3], LATENCY, *HOLDING[4:], EXCUSED, *SAID, CERTIFICATE, BALANCER),
        DEPLOYED,
        actions=(LABELLED, CLOSED, Done(action=LABELLED.action, ending=LABELLED.ending, text="label `bug` removed")),
        metrics=replace(
            METRICS, opened_at=NOW - timedelta(days=9), closed_at=NOW, breaking=("feat!: domains are configured",)
        ),
        impact=replace(IMPACT, value="users log in and get answers"),
        out_of_scope=("VPC connector", "GCP error reporter"),
        state=IssueState(title=TITLE),
        tickets=(
            Ticket(
                criterion=CERTIFICATE.criterion.id,
                number=1301,
                url=f"{REPOSITORY}/issues/1301",
                state=TicketState.OPEN,
            ),
        ),
        profile=ProfileRef(name="infrastructure", because="the issue has the label `infrastructure`"),
        labels=("infrastructure", "bug"),
        paths=("shared/domain_config.py", "shared/urls.py", "deploy/staging/ingress.yml", "README.md"),
        similar=(
            Similar(
                issue=1278,
                title="Container startup fails with exit code 3",
                url=f"{REPOSITORY}/issues/1278",
                closed_at=NOW - timedelta(days=40),
                shared=("the label infrastructure", "files below shared"),
                closed_by=("#1264", "the suite on main"),
            ),
        ),
        waivers=(
            Waived(waiver=WAIVER, state=WaiverState.COUNTS, measured=Outcome.FAIL),
            Waived(
                waiver=replace(WAIVER, criterion=SUITE.criterion.id),
                state=WaiverState.NOT_NEEDED,
                measured=Outcome.PASS,
            ),
        ),
    )
    asked = replace(made.trigger, url=f"{REPOSITORY}/issues/1283#issuecomment-1")
    return replace(made, issue=1283, trigger=asked)


EXAMPLE = _example()
NASTY = (
    *ATTACKS,
    *(
        "[skip ci]",
        "[ci skip]",
        "Fixes #1",
        "closes octo/shop#2",
        "/assess-resolution",
        "@octo/everybody",
        "-->",
        "]]>",
    ),
    *(
        "<![CDATA[x]]>",
        "<?php ?>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "&a;",
        "&#0;",
        "</learning>",
        "<!-- --",
        "\x00\x01",
    ),
    *(
        "\ud800",
        "a\udfffb",
        "\ufffe",
        "\uffff",
        "\U0001fffe",
        "\x85",
        "\x7f",
        "\r",
        "\u2029",
        "\u202eevil\u202c",
        "שלום",
    ),
    *("../../.github/workflows/x.yml", "C:\\con", "javascript:alert(1)", "https://a.example/x?y=1&z=\"'<>", "\t\n\t"),
    *(
        "https://user:pw@a.example/",
        "https://[::1",
        "ghp_0123456789abcdefghijABCDEFGHIJ0123",
        "# a\n## b\n### c",
        "👩‍👧",
    ),
)


def hostile(seed: int) -> Assessment:
    """An assessment with hostile words in every text; what was the same text is the same again, as ids are."""
    random = Random(seed)
    calm = [EXAMPLE, *(one for name, one in SCENARIOS.items() if name not in {"over-long", "sixty-rows"})]
    made = _spoiled(EXAMPLE if seed % 2 else calm[seed // 2 % len(calm)], random, {})
    assert isinstance(made, Assessment)
    return made


def _spoiled(value: Any, random: Random, known: dict[str, str]) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return known.setdefault(value, _words(random))
        case tuple():
            return tuple(_spoiled(one, random, known) for one in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            texts = {one.name: _spoiled(getattr(value, one.name), random, known) for one in fields(value)}
            return replace(value, **texts)
        case _:
            return value


def _words(random: Random) -> str:
    if random.random() < 0.03:
        return (random.choice(NASTY) + " ") * (60_000 // 4)
    return random.choice(("", " ", "\n")).join(random.choices(NASTY, k=random.randint(1, 4)))
