"""Pages that the command line makes."""

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from bot.cli.main import app
from bot.config.json_schema import policy_schema
from bot.config.load import load
from bot.probes.contract import Probe
from bot.probes.registry import by_kind, catalogue

PROJECT = Path(__file__).resolve().parents[2]
SCHEMA = Draft202012Validator(policy_schema(by_kind()))
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (PROJECT / "docs/policy.md").read_text("utf-8"), re.DOTALL)


def test_the_page_on_probes_is_current() -> None:
    """`docs/reference/probes.md` is what `python -m bot probes --markdown` prints, and names every probe."""
    result = CliRunner().invoke(app, ["probes", "--markdown"])
    assert result.exit_code == 0
    assert (PROJECT / "docs/reference/probes.md").read_text("utf-8") == result.stdout
    assert all(f"## `{probe.kind}`" in result.stdout for probe in catalogue())


def test_the_schema_of_the_policy_is_current() -> None:
    """`docs/reference/policy.schema.json` is what `python -m bot schema` prints."""
    result = CliRunner().invoke(app, ["schema"])
    assert (PROJECT / "docs/reference/policy.schema.json").read_text("utf-8") == result.stdout


@pytest.mark.parametrize("probe", catalogue(), ids=lambda probe: probe.kind)
def test_the_schema_takes_what_the_policy_takes(probe: Probe) -> None:
    """Every example in the catalogue is valid by the JSON Schema, and no longer with a key that nobody knows."""
    [criterion] = yaml.safe_load(probe.manual.example)
    assert [error.message for error in SCHEMA.iter_errors({"version": 1, "criteria": [criterion]})] == []
    assert not SCHEMA.is_valid({"version": 1, "criteria": [{**criterion, "tilte": "x"}]})


SHORT = {
    "a text for a list of it": "code: {absent: old, exclude: vendor/**, exclude_kinds: generated}",
    "the list itself": "code: {absent: [old, older]}",
    "a status": "http: {url: https://a.example, status: 204}",
    "a condition on the body": "http: {url: https://a.example, json: {at: status, equals: ok}}",
    "a header's value": "http: {url: https://a.example, answer_headers: {server: nginx, age: {max: 60}}}",
    "an exit code": "command: {run: compliance, exit: 1}",
    "a record": "dns: {name: a.example, equals: 192.0.2.1}",
    "a log's line": "logs: {workflow: {file: a.yml, absent: deadlock}}",
}


@pytest.mark.parametrize("name", SHORT)
def test_the_schema_takes_one_for_a_list(name: str) -> None:
    """As the policy does; and no list that the policy would refuse as too long."""
    text = f"version: 1\ncriteria: [{{{SHORT[name]}}}]\n"
    assert load(text, path="p", source="s").faults == ()
    assert [error.message for error in SCHEMA.iter_errors(yaml.safe_load(text))] == []
    assert not SCHEMA.is_valid({"version": 1, "criteria": [{"code": {"absent": ["old"] * 21}}]})


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.splitlines()[1][:40])
def test_what_the_manual_of_the_policy_shows_can_be_used(block: str) -> None:
    """Every example loads, and is valid by the JSON Schema, short forms and all."""
    bare = f"criteria:\n{block}" if block.startswith("- ") else block  # as it stands below a command
    text = bare if "version:" in bare else f"version: 1\n{bare}"
    loaded = load(text, path="p", source="s")
    assert loaded.faults == ()
    assert [error.message for error in SCHEMA.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize("file", sorted((PROJECT / "docs/examples").glob("*-*.yml")), ids=lambda file: file.stem)
def test_the_example_policies_can_be_used(file: Path) -> None:
    """As they are: `check-policy` finds no fault, and their criteria are valid by the JSON Schema."""
    result = CliRunner().invoke(app, ["check-policy", str(file)])
    assert (result.exit_code, "no faults" in result.output) == (0, True)
    assert [error.message for error in SCHEMA.iter_errors(yaml.safe_load(file.read_text("utf-8")))] == []


def test_one_probe_has_its_own_page() -> None:
    """`probes KIND` prints that probe alone; an unknown kind names those there are."""
    assert "## `tasks`" in CliRunner().invoke(app, ["probes", "tasks"]).stdout
    unknown = CliRunner().invoke(app, ["probes", "tarot"])
    assert (unknown.exit_code, "tasks" in unknown.stderr) == (2, True)


def test_help_names_every_command() -> None:
    """Without arguments the commands are listed."""
    result = CliRunner().invoke(app, ["--help"])
    names = "serve demo simulate assess probes schema check-policy replay export verify record"
    assert all(name in result.stdout for name in names.split())
