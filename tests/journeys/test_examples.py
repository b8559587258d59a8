"""The policies in the docs: asked what the two hand-written assessments claim, and answered as the docs show.

`UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/journeys/test_examples.py` writes the answers anew.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.examples import as_shown, claims, criteria, on_page, operator, policy, said_of
from tests.journeys.seeds import (
    AS_CLAIMED,
    EVENTS,
    NOTHING_HOLDS,
    About,
    before_policy,
    seeds_world,
    service,
    with_policy,
)
from tests.journeys.stage import answers
from tests.sandbox.real import sandbox

INFRASTRUCTURE, DEVELOPMENT = "infrastructure-resolved", "development-complete"
ANEW = "write it anew: UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/journeys/test_examples.py"
LABELS = {INFRASTRUCTURE: "infrastructure", DEVELOPMENT: "bug"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The issue after it was asked, and the answer as the docs show it."""

    issue: dict[str, Any]
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A policy of the docs, what is otherwise than claimed, and what is asked."""

    name: str
    about: About = AS_CLAIMED
    command: str = "/assess-resolution"
    events: tuple[str, ...] = EVENTS
    healthy: bool = True
    errors: int = 0


async def asked(on_stage: Staging, folder: Path, case: Case) -> Asked:
    """What comes of a command under a policy of the docs."""
    if case.name == DEVELOPMENT:
        await sandbox()  # skips, with the reason, where commands cannot be run
    async with service(events=case.events, healthy=case.healthy, errors=case.errors) as at:
        built = before_policy(folder / "service", case.about)
        shas = with_policy(built, policy(case.name, at, built.fix if case.about.done else built.unmerged))
        operated = folder / "operator.yml"
        operated.write_text(operator(at))
        settings = {"PROBE_PORTS": at.ports, "OPERATOR_FILE": os.fspath(operated)}
        async with on_stage(seeds_world(shas, case.about, label=LABELS[case.name]), **settings) as stage:
            issue = await stage.command(case.command)
            (answer,) = answers(issue)
            assert "t0ken-of-the-path" not in answer
            return Asked(issue=issue, shown=as_shown(answer, at, shas, stage.github.url))


SHOWN = {
    "infrastructure-resolved, all holds": (
        Case(name=INFRASTRUCTURE),
        ("closed", {"infrastructure", "resolved-by-infrastructure"}),
    ),
    "infrastructure-resolved, one does not": (
        Case(name=INFRASTRUCTURE, about=About(compliance=97.9)),
        ("open", {"infrastructure", "actively-being-worked-on"}),
    ),
    "development-complete, all holds": (
        Case(name=DEVELOPMENT),
        ("closed", {"bug", "development-complete"}),
    ),
    "development-complete, one does not": (
        Case(name=DEVELOPMENT, events=EVENTS[::2]),
        ("open", {"bug", "actively-being-worked-on"}),
    ),
    "development-complete, deployed": (
        Case(name=DEVELOPMENT, command="/assess-resolution deployed"),
        ("open", {"bug", "actively-being-worked-on"}),
    ),
}


@pytest.mark.parametrize(("name", "case", "left"), [(name, *about) for name, about in SHOWN.items()], ids=SHOWN.keys())
async def test_the_answers_are_those_on_the_page(
    on_stage: Staging, tmp_path: Path, name: str, case: Case, left: tuple[str, set[str]]
) -> None:
    """What holds is closed, and one claim that does not hold keeps it open."""
    found = await asked(on_stage, tmp_path, case)
    assert left == (found.issue["state"], set(found.issue["labels"]))
    assert on_page(name, found.shown) == found.shown, ANEW


@pytest.mark.parametrize("name", [INFRASTRUCTURE, DEVELOPMENT])
async def test_every_claim_can_fail(on_stage: Staging, tmp_path: Path, name: str) -> None:
    """Where nothing holds, every line of the page's table is answered with the words that stand there."""
    case = Case(name=name, about=NOTHING_HOLDS, events=EVENTS[::2], healthy=False, errors=3)
    found = await asked(on_stage, tmp_path, case)
    assert found.issue["state"] == "open"
    assert {one: words for one, words in claims(name) if words not in said_of(one, name, found.shown)} == {}


@pytest.mark.parametrize("name", [INFRASTRUCTURE, DEVELOPMENT])
def test_every_claim_is_asked_by_a_criterion(name: str) -> None:
    """The page's table has the policy's criteria, all of them and no others."""
    assert [one.id for one in criteria(name)] == [one for one, _ in claims(name)]
