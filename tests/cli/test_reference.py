"""Pages that the command line makes."""

from pathlib import Path

from typer.testing import CliRunner

from bot.cli.main import app
from bot.probes.registry import catalogue

PROJECT = Path(__file__).resolve().parents[2]


def test_the_page_on_probes_is_current() -> None:
    """`docs/reference/probes.md` is what `python -m bot probes` prints, and names every probe."""
    result = CliRunner().invoke(app, ["probes"])
    assert result.exit_code == 0
    assert (PROJECT / "docs/reference/probes.md").read_text("utf-8") == result.stdout
    assert all(f"## `{probe.kind}`" in result.stdout for probe in catalogue())


def test_help_names_every_command() -> None:
    """Without arguments the commands are listed."""
    result = CliRunner().invoke(app, ["--help"])
    names = ("serve", "demo", "simulate", "assess", "probes", "check-policy", "replay")
    assert all(name in result.stdout for name in names)
