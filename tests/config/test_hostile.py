"""Policy files that mean harm: each is refused with its line, in no time, and nothing falls over."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.config.load import Loaded, load
from bot.egress.rules import EgressSettings
from bot.egress.wayout import Egress
from bot.probes.registry import by_kind
from tests.config.attacks import (
    CRITERIA,
    FURTHER_DOWN,
    LARGE,
    REFUSED,
    REFUSED_WHEN_ASKED,
    TAKEN,
    UNREADABLE,
    attacks,
)
from tests.egress.network import connections
from tests.probes.loopback import Names, over

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def told() -> dict[str, dict]:
    """What came of all of them in one process of their own, which lived to tell it."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.config.attacks"],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def first(told: dict[str, dict], name: str) -> tuple[int, str]:
    """The first fault's line and words."""
    line, column, text = told[name]["faults"][0]
    assert column >= 1
    return line, text


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_reader_refuses_it(told, name: str) -> None:
    """One fault, on its own line, and nothing that would only follow from it."""
    assert [FURTHER_DOWN.get(name, 1)] == [line for line, _, _ in told[name]["faults"]]


@pytest.mark.parametrize("name", LARGE)
def test_what_is_large_is_refused(told, name: str) -> None:
    """Also where each part of it is harmless."""
    line, text = first(told, name)
    assert LARGE[name][1] in text
    assert line >= 1


@pytest.mark.parametrize("name", REFUSED)
def test_another_file_is_refused(told, name: str) -> None:
    """It says which line is wrong."""
    _, line, words = REFUSED[name]
    assert first(told, name)[0] == line
    assert words in first(told, name)[1]


@pytest.mark.parametrize("name", CRITERIA)
def test_the_criterion_is_faulty(told, name: str) -> None:
    """It is told what is wrong before anything is asked."""
    line, text = first(told, name)
    assert line == 2
    assert CRITERIA[name][1] in text


@pytest.mark.parametrize("name", TAKEN)
def test_what_only_looks_odd_is_taken(told, name: str) -> None:
    """Strictness is no reason to refuse what is clear."""
    assert told[name]["faults"] == []


def test_none_takes_long(told) -> None:
    """Half a second of the processor is more than any needs."""
    assert set(told) == set(attacks())
    assert [(name, one["seconds"]) for name, one in told.items() if one["seconds"] > 0.5] == []


@pytest.mark.parametrize("text", REFUSED_WHEN_ASKED.values(), ids=REFUSED_WHEN_ASKED.keys())
async def test_what_an_operator_may_allow_is_refused_when_asked(text: str) -> None:
    """Where none has, it ends in an error or a plain word on the port, and no socket is connected to anything."""
    loaded = load(f"version: 1\ncriteria: [{text}]\n", path="p", source="s")
    assert isinstance(loaded, Loaded)
    [question] = loaded.questions
    egress = Egress(settings=EgressSettings(), resolver=Names(), on_refused=lambda *_: None)
    with connections() as seen:
        evidence: Evidence = await by_kind()[question.criterion.kind].ask(
            question, over(egress.network(7, "acme/shop"))
        )
    assert seen == []
    assert (evidence.outcome, evidence.reason) in {
        (Outcome.ERROR, Reason.NETWORK_POLICY),
        (Outcome.MISCONFIGURED, Reason.BAD_QUESTION),
    }
