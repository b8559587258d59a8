"""Pages that the command line makes."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from bot.cli.main import app
from bot.config.json_schema import criteria_schema
from bot.probes.contract import Probe
from bot.probes.registry import catalogue

PROJECT = Path(__file__).resolve().parents[2]


def test_the_page_on_probes_is_current() -> None:
    """`docs/reference/probes.md` is what `python -m bot probes --markdown` prints, and names every probe."""
    result = CliRunner().invoke(app, ["probes", "--markdown"])
    assert result.exit_code == 0
    assert (PROJECT / "docs/reference/probes.md").read_text("utf-8") == result.stdout
    assert all(f"## `{probe.kind}`" in result.stdout for probe in catalogue())


def test_the_schema_of_criteria_is_current() -> None:
    """`docs/reference/criteria.schema.json` is what `python -m bot probes --schema` prints."""
    result = CliRunner().invoke(app, ["probes", "--schema"])
    assert (PROJECT / "docs/reference/criteria.schema.json").read_text("utf-8") == result.stdout


@pytest.mark.parametrize("probe", catalogue(), ids=lambda probe: probe.kind)
def test_the_schema_takes_what_the_policy_takes(probe: Probe) -> None:
    """Every example in the catalogue is valid by the JSON Schema, and no longer with a key that nobody knows."""
    schema = Draft202012Validator(criteria_schema({probe.kind: probe}))
    [criterion] = yaml.safe_load(probe.manual.example)
    assert [error.message for error in schema.iter_errors([criterion])] == []
    assert not schema.is_valid([{**criterion, "tilte": "x"}])


def test_one_probe_has_its_own_page() -> None:
    """`probes KIND` prints that probe alone; an unknown kind names those there are."""
    assert "## `tasks`" in CliRunner().invoke(app, ["probes", "tasks"]).stdout
    unknown = CliRunner().invoke(app, ["probes", "tarot"])
    assert (unknown.exit_code, "tasks" in unknown.stderr) == (2, True)


def test_help_names_every_command() -> None:
    """Without arguments the commands are listed."""
    result = CliRunner().invoke(app, ["--help"])
    names = ("serve", "demo", "simulate", "assess", "probes", "check-policy", "replay")
    assert all(name in result.stdout for name in names)
