"""The registry: probes are found by looking, and their manuals are true."""

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import bot.probes
from bot.assessment.evidence import Outcome
from bot.assessment.watching import Subject
from bot.probes.contract import Params
from bot.probes.registry import RegistryError, by_kind, catalogue, describe, discover

GITHUB_KINDS = {"pull", "commit", "check", "tasks", "issue", "file", "label"}
SERVED = {"dns", "http", "journey", "metric", "sentry", "tcp", "tls", "websocket"}
KINDS = sorted(by_kind())


def test_every_module_with_a_probe_is_in_the_catalogue():
    """Adding a probe is adding a file."""
    exposing = {path.stem for path in Path(bot.probes.__path__[0]).glob("*.py") if "\nPROBE = " in path.read_text()}
    assert exposing == {type(probe).__module__.rpartition(".")[2] for probe in catalogue()}
    assert set(KINDS) >= GITHUB_KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_manuals_example_is_a_valid_criterion(kind):
    """What the documentation shows can be copied into a policy."""
    probe = by_kind()[kind]
    (criterion,) = yaml.safe_load(probe.manual.example)
    assert {"id", "title", kind} <= criterion.keys()
    assert isinstance(probe.params.model_validate_json(json.dumps(criterion[kind])), Params)


def test_what_can_only_be_answered_after_a_merge():
    """What runs somewhere, the branch's own runs, people's word; and what would run code that nobody has merged."""
    after = {kind for kind in KINDS if by_kind()[kind].params.only_after_merge}
    assert after == SERVED | {"command", "confirmation", "deployment", "logs", "workflow"}


def test_what_asks_beyond_github():
    """What uses that which the operator granted; of `logs` it is looked at for each question whose they are."""
    params = {kind: by_kind()[kind].params for kind in KINDS}
    assert {kind for kind in KINDS if getattr(params[kind], "outside", kind)} == SERVED | {"command", "logs"}
    asked = (
        {"loki": {"query": '{app="shop"} |= "boom"', "since": "24h"}},
        {"workflow": {"file": "suite.yml", "absent": "boom"}},
    )
    of_logs = [params["logs"].model_validate_json(json.dumps(one)) for one in asked]
    assert [one.asks_outside for one in of_logs] == [True, False]


def test_what_can_fall_back_after_a_closing():
    """What is on the branch or runs somewhere, not what was done once; nor what is pinned, or has to be started."""
    subjects = {kind: by_kind()[kind].params.subject for kind in KINDS}
    of_branch = {kind for kind, subject in subjects.items() if subject is Subject.BRANCH}
    assert of_branch == {"check", "code", "command", "file", "workflow"}
    assert {kind for kind, subject in subjects.items() if subject is Subject.SERVICE} == SERVED | {"logs"}
    assert {kind for kind, subject in subjects.items() if subject is Subject.ITSELF} == {"commit", "deployment"}
    asked = (
        ("workflow", {"workflow": "suite.yml"}, Subject.BRANCH),
        ("workflow", {"workflow": "suite.yml", "at": "1234567"}, Subject.SETTLED),
        ("workflow", {"workflow": "suite.yml", "dispatch": {}}, Subject.SETTLED),
        ("logs", {"workflow": {"file": "suite.yml", "absent": "boom"}}, Subject.BRANCH),
        ("logs", {"loki": {"query": '{app="shop"} |= "boom"', "since": "24h"}}, Subject.SERVICE),
    )
    for kind, params, subject in asked:
        assert by_kind()[kind].params.model_validate_json(json.dumps(params)).tells_of is subject


@pytest.mark.parametrize("kind", KINDS)
def test_a_manual_explains_its_outcomes_once(kind):
    """Each outcome has one line, and pass and fail have theirs."""
    outcomes = [outcome for outcome, _ in by_kind()[kind].manual.outcomes]
    assert len(outcomes) == len(set(outcomes))
    assert {Outcome.PASS, Outcome.FAIL} <= set(outcomes)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_is_described(kind):
    """The catalogue leaves no parameter to guessing."""
    entry = describe(by_kind()[kind])
    assert all(param.description and param.type != "anything" for param in entry.params)
    assert entry.question.endswith("?")


def test_a_parameters_type_and_default_are_told_in_words():
    """As one would write them in YAML."""
    params = {param.name: (param.type, param.default) for param in describe(by_kind()["pull"]).params}
    assert params["number"] == ("whole number", "none")
    assert params["state"] == ("merged | none-open", "merged")
    assert params["if_any"] == ("true | false", "false")
    assert describe(by_kind()["changes"]).params[0].default is None
    assert describe(by_kind()["label"]).params[0].type == "list of text"


GOOD = """
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from bot.probes.contract import Manual, Params
class Saying(Params):
    outside: ClassVar[bool] = False
@dataclass(frozen=True)
class P:
    kind: str = "{kind}"
    params: type = {params}
    manual: object = {manual}
    limit: timedelta = timedelta(seconds=1)
    slow: bool = False
    heavy: bool = False
    async def ask(self, question, context): ...
PROBE = P()
"""
MANUAL = 'Manual(question="?", example="", outcomes=())'


def package(folder: Path, **modules: str) -> ModuleType:
    name = f"probes_{folder.name}"
    made = ModuleType(name)
    made.__path__ = [str(folder)]
    sys.modules[name] = made
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text)
    return made


def good(kind: str = "one", params: str = "Saying", manual: str = MANUAL) -> str:
    return GOOD.format(kind=kind, params=params, manual=manual)


def test_modules_without_a_probe_are_no_probes(tmp_path):
    """Shared modules may stand beside the probes."""
    found = discover(package(tmp_path, a=good("zeta"), b="x = 1", c=good("alpha")))
    assert [probe.kind for probe in found] == ["alpha", "zeta"]


FAULTS = {
    "twice": ({"a": good("one"), "b": good("one")}, "the kind 'one' is taken already"),
    "no probe": ({"a": "PROBE = 3"}, "PROBE lacks kind, params, manual, limit, slow, heavy, ask"),
    "odd kind": ({"a": good("One Two")}, "its kind is not a plain lower-case word"),
    "odd params": ({"a": good(params="dict")}, "its params are no Params"),
    "silent params": ({"a": good(params="Params")}, "its params do not say whether it asks outside"),
    "odd manual": ({"a": good(manual="None")}, "its manual is no Manual"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_probe_stops_the_start(name, tmp_path):
    """The text names the module and what is wrong with it."""
    modules, words = FAULTS[name]
    with pytest.raises(RegistryError, match="probes_") as caught:
        discover(package(tmp_path, **modules))
    assert words in str(caught.value)


@pytest.mark.parametrize("kind", sorted(GITHUB_KINDS))
def test_a_manual_lists_what_the_probe_is_tested_to_answer(kind):
    """Its tests name every outcome that its manual explains, and no other."""
    text = Path(__file__).with_name(f"test_{kind}.py").read_text()
    named = {Outcome[name] for name in re.findall(r"\bOutcome\.([A-Z]+)\b", text)}
    assert {outcome for outcome, _ in by_kind()[kind].manual.outcomes} == named
