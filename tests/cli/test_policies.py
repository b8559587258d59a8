"""`check-policy`: sound, faulty, unreadable."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        pytest.param("version: 1\n", 0, "5 criteria, mode advise, no faults", id="sound"),
        pytest.param("version: 1\ncriteria:\n  - file: a\n", 0, "1 criterion, mode advise, no faults", id="one"),
        pytest.param("version: 1\ncriterias: []\n", 1, "policy.yml:2:1: unknown key 'criterias'", id="unknown-key"),
        pytest.param("version: 2\n", 1, "policy.yml:1:10: this version", id="version"),
        pytest.param("a: [\n", 1, "policy.yml:2:1:", id="no-yaml"),
        pytest.param("", 1, "policy.yml:1:1: the file is empty", id="empty"),
    ],
)
def test_check_policy(tmp_path: Path, text: str, code: int, said: str) -> None:
    """One line a fault, with its place; 0 for a sound file, 1 for a faulty one."""
    file = tmp_path / "policy.yml"
    file.write_text(text)
    result = CliRunner().invoke(app, ["check-policy", str(file)])
    assert (result.exit_code, said in result.stdout) == (code, True), result.stdout


def test_what_was_probably_meant(tmp_path: Path) -> None:
    """A slip of the pen is answered with the word that was meant."""
    file = tmp_path / "policy.yml"
    file.write_text("version: 1\ncriterias: []\nmod: act\n")
    lines = CliRunner().invoke(app, ["check-policy", str(file)]).stdout.splitlines()
    assert len(lines) == 2
    assert all("did you mean" in line for line in lines)


@pytest.mark.parametrize("name", ["absent.yml", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """A missing file, or a folder, is one line and exit code 2."""
    result = CliRunner().invoke(app, ["check-policy", str(tmp_path / name)])
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 1)
