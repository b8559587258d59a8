"""Everything that the two hand-written assessments claim can be asked, and is believed only where it holds."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.seeds import OPERATOR, history, seeds_world, service
from tests.journeys.stage import answers
from tests.sandbox.real import sandbox


async def asked(on_stage: Staging, folder: Path, about: dict[str, Any], **served: Any) -> dict[str, Any]:
    """The issue after all of it was asked."""
    await sandbox()  # skips, with the reason, where commands cannot be run
    operator = folder / "operator.yml"
    operator.write_text(OPERATOR)
    async with service(**served) as at:
        settings = {"PROBE_PORTS": at.ports, "OPERATOR_FILE": os.fspath(operator)}
        shas = history(folder / "service", at)
        async with on_stage(seeds_world(shas, **about), **settings) as stage:
            return await stage.command("/assess-resolution")


async def test_what_they_claim_can_be_asked(on_stage: Staging, tmp_path: Path) -> None:
    """Where all of it is true the issue closes; what is somebody else's job is named, and does not block."""
    issue = await asked(on_stage, tmp_path, {})
    (answer,) = answers(issue)
    assert (issue["state"], issue["labels"]) == ("closed", ["development-complete"])
    assert answer.startswith("### ✅ Resolved")
    for seen in (
        "91.2 % → 98.7 %",
        "24 files",
        "failure → success",
        "5 of 5 events",
        "2 of 2",
        "its issuer is unknown",
    ):
        assert seen in answer, seen
    assert "t0ken-of-the-path" not in answer


CLAIMS_THAT_DID_NOT_HOLD = {
    "events": ({}, {"events": ("agent_started", "agent_thinking", "agent_completed")}, "tool_executing"),
    "health": ({}, {"healthy": False}, "503"),
    "compliance": ({"compliance": 97.9}, {}, "97.9 % is less than 98"),
    "infrastructure": ({"related": "not_planned"}, {}, "not planned"),
}


@pytest.mark.parametrize(
    ("about", "served", "said"), CLAIMS_THAT_DID_NOT_HOLD.values(), ids=CLAIMS_THAT_DID_NOT_HOLD.keys()
)
async def test_one_that_does_not_hold_is_enough(
    on_stage: Staging, tmp_path: Path, about: dict[str, Any], served: dict[str, Any], said: str
) -> None:
    """One claim that does not hold keeps the issue open, and is the one that is named."""
    issue = await asked(on_stage, tmp_path, about, **served)
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert answer.startswith("### ❌ Not resolved: left open · 1 of ")
    assert said in answer
