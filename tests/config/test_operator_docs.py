"""The page on the operator's file: its example can be used, and it lists what can be written."""

import re
from pathlib import Path

import pytest

from bot.config.load import Broken
from bot.config.operator import load_operator
from bot.config.operator_schema import OperatorSection
from bot.egress.exchange import ServerKind
from bot.sandbox import checkout, sandbox
from bot.sandbox.bubblewrap import OUTSIDE_UID

PAGE = Path(__file__).parents[2].joinpath("docs", "operator-file.md").read_text("utf-8")
SECTIONS = {
    name: field.annotation.__args__[0] for name, field in OperatorSection.model_fields.items() if name != "version"
}


def test_the_example_can_be_used(tmp_path):
    """It has no fault, and every section."""
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    operator = load_operator(example, path=tmp_path / "operator.yml", lookup={"ACME_API_TOKEN": "a-long-token"}.get)
    assert not isinstance(operator, Broken), operator
    assert all((operator.grants.allow, operator.grants.secrets, operator.grants.servers, operator.commands))


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_is_listed(name):
    """With its default and its meaning, in the order of the types."""
    (part,) = re.findall(rf"^## `{name}`\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    listed = [line for line in part.splitlines() if line.startswith("| `")]
    fields = SECTIONS[name].model_fields
    assert listed == [f"| `{key}` | {_default(field)} | {field.description} |" for key, field in fields.items()]


def test_the_numbers_are_true():
    """What bounds a checkout and its output."""
    much = f"{checkout.MOST_BYTES >> 20} MiB, {checkout.LARGEST_FILE >> 20} MiB"
    assert f"{checkout.MOST_FILES:,} files and folders and {much}" in PAGE
    assert f"after {sandbox.MOST_WRITTEN >> 20} MiB of output. The last {sandbox.MOST_KEPT >> 10} KiB" in PAGE
    assert f"the user {OUTSIDE_UID}" in PAGE
    assert ", ".join(f"`{kind}`" for kind in ServerKind) in PAGE


def _default(field):
    if field.is_required():
        return "must be given"
    return f"`{field.default}`" if field.default else "none"
