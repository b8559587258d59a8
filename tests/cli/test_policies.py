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


def test_two_files(tmp_path: Path) -> None:
    """What comes from which, single fields where both give some, and what is not inherited."""
    own, above = tmp_path / "own.yml", tmp_path / "above.yml"
    own.write_text("version: 1\nclose: {max_age: 2d}\nclaims: off\ncriteria: [{file: a}]\n")
    above.write_text("version: 1\nmode: act\nclose: {minimum_confidence: HIGH}\nlabels: {hold: wait}\nclaims: off\n")
    result = CliRunner().invoke(app, ["check-policy", str(own), "--organisation", str(above)])
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            f"{own}: 1 criterion, mode advise, no faults",
            f"from {own}: claims, criteria, close.max_age",
            f"from {above}: labels, close.minimum_confidence",
            "not inherited, since it acts (see `inherit`): mode",
            "built in: everything else",
        ],
    )


def test_an_organisations_file_alone(tmp_path: Path) -> None:
    """As a repository without a file has it; its faults have its path, and a repository's may not say `inherit`."""
    above = tmp_path / "above.yml"
    above.write_text("version: 1\nmode: act\ninherit: {acting: true}\n")
    result = CliRunner().invoke(app, ["check-policy", "--organisation", str(above)])
    assert (result.exit_code, "mode act, no faults" in result.stdout) == (0, True), result.stdout
    assert CliRunner().invoke(app, ["check-policy", str(above)]).exit_code == 1
    assert CliRunner().invoke(app, ["check-policy"]).exit_code == 2
    above.write_text("version: 1\nmod: act\n")
    result = CliRunner().invoke(app, ["check-policy", "--organisation", str(above)])
    assert (result.exit_code, "above.yml:2:1: unknown key 'mod'" in result.stdout) == (1, True)
