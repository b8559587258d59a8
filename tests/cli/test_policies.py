"""`check-policy`: sound, faulty, unreadable; in lines, as JSON, as annotations."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app
from bot.cli.policies import checked as looked_over
from bot.cli.telling import annotations
from bot.config.inherit import File

FAULTY = "version: 1\ncriterias: []\nmod: act\n"
WARNED = "version: 1\nclose: {minimum_confidence: LOW}\n"


def checked(*arguments: str, stdin: str = "") -> Result:
    """What `check-policy` prints and exits with."""
    return CliRunner().invoke(app, ["check-policy", *arguments], input=stdin)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        pytest.param("version: 1\n", 0, "5 criteria, mode advise, no faults", id="sound"),
        pytest.param("version: 1\ncriteria:\n  - file: a\n", 0, "1 criterion, mode advise, no faults", id="one"),
        pytest.param("version: 1\nprofiles: {p: {criteria: []}}\n", 0, "5 criteria, 1 profile, mode", id="profile"),
        pytest.param("version: 1\ncriterias: []\n", 1, "policy.yml:2:1: unknown key 'criterias'", id="unknown-key"),
        pytest.param("version: 2\n", 1, "policy.yml:1:10: this version", id="version"),
        pytest.param("a: [\n", 1, "policy.yml:2:1:", id="no-yaml"),
        pytest.param("", 1, "policy.yml:1:1: the file is empty", id="empty"),
        pytest.param(WARNED, 0, "policy.yml:2:9: warning: `minimum_confidence: LOW`", id="warning"),
        pytest.param("a" * 70_000, 1, "policy.yml:1:1: the file is larger than 64 KiB", id="too-large"),
    ],
)
def test_check_policy(tmp_path: Path, text: str, code: int, said: str) -> None:
    """One line a fault, with its place; 0 for a sound file, 1 for a faulty one."""
    file = tmp_path / "policy.yml"
    file.write_text(text)
    result = checked(str(file))
    assert (result.exit_code, said in result.stdout) == (code, True), result.stdout


def test_what_was_probably_meant() -> None:
    """A slip of the pen is answered with the word that was meant."""
    lines = checked("-", stdin=FAULTY).stdout.splitlines()
    assert len(lines) == 2
    assert all("did you mean" in line for line in lines)


@pytest.mark.parametrize("name", ["absent.yml", ".", "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """A missing file, a folder, or no path at all is one line and exit code 2."""
    result = checked(str(tmp_path / name))
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 1)


def test_several_files(tmp_path: Path) -> None:
    """Each is looked at, whatever came of the one before; the worst decides."""
    sound, faulty = tmp_path / "sound.yml", tmp_path / "faulty.yml"
    sound.write_text("version: 1\n")
    faulty.write_text(FAULTY)
    result = checked(str(faulty), str(sound))
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 3)
    assert checked(str(faulty), str(tmp_path / "none"), str(sound)).exit_code == 2


def test_standard_input() -> None:
    """It is called as its caller wants."""
    assert checked("-", stdin=FAULTY).stdout.startswith("<stdin>:2:1: ")
    assert checked("-", "--path", ".github/resolution.yml", stdin=FAULTY).stdout.startswith(".github/resolution.yml:2:")


def test_strict_makes_warnings_count() -> None:
    """Only then do they change the exit code."""
    assert [checked("-", *flags, stdin=WARNED).exit_code for flags in ((), ("--strict",))] == [0, 1]


def test_json(tmp_path: Path) -> None:
    """One document about all files, and nothing else."""
    file = tmp_path / "faulty.yml"
    file.write_text(FAULTY)
    result = checked("--json", str(file), "-", str(tmp_path / "none"), stdin=WARNED)
    faulty, warned, unread = json.loads(result.stdout)["files"]
    assert faulty["faults"][0] == {
        "path": str(file),
        "line": 2,
        "column": 1,
        "text": "unknown key 'criterias'",
        "suggestion": "criteria",
    }
    assert (faulty["path"], len(faulty["faults"]), faulty["criteria"], faulty["mode"]) == (str(file), 2, None, None)
    assert ([one["line"] for one in warned["warnings"]], warned["criteria"], warned["mode"]) == ([2], 5, "advise")
    assert (unread["unreadable"], unread["faults"]) == ("No such file or directory", [])
    assert result.exit_code == 2


def test_annotations() -> None:
    """GitHub Actions shows them at their lines."""
    lines = checked("-", "--github", "--path", "p.yml", stdin=FAULTY).stdout.splitlines()
    place = "::error file=p.yml,line=2,col=1,title=Resolution policy"
    assert lines[0] == f"{place}::unknown key 'criterias' (did you mean criteria?)"
    assert lines[-1] == "checked p.yml: 2 faults"
    warned = checked("-", "--github", "--path", "p.yml", stdin=WARNED).stdout
    assert warned.startswith("::warning file=p.yml,line=2,col=9,title=Resolution policy::`minimum_confidence: LOW`")
    assert checked("--github", "none.yml").stdout.startswith("::error title=Resolution policy::none.yml: No such file")


def test_an_annotation_is_one_command() -> None:
    """Neither a path nor a text ends it early or begins another."""
    path = "a,b:c%\r\n::stop-commands::x.yml"
    file = File(text=b'version: 1\n"100%\\r\\n::error::x": 1\n', path=path, source="s")
    first, *_, last = annotations(looked_over(file))
    assert first.startswith("::error file=a%2Cb%3Ac%25%0D%0A%3A%3Astop-commands%3A%3Ax.yml,line=2,")
    assert "100%25" in first
    assert [line for line in (first, last) if "\n" in line or "\r" in line] == []
    assert not last.startswith(":")


def test_one_form_at_a_time() -> None:
    """Two are a wrong call, not a choice of ours."""
    assert checked("--json", "--github", "-").exit_code == 2


def test_two_files(tmp_path: Path) -> None:
    """What comes from which, single fields where both give some, and what is not inherited."""
    own, above = tmp_path / "own.yml", tmp_path / "above.yml"
    own.write_text("version: 1\nclose: {max_age: 2d}\nclaims: off\ncriteria: [{file: a}]\n")
    above.write_text("version: 1\nmode: act\nclose: {minimum_confidence: HIGH}\nlabels: {hold: wait}\nclaims: off\n")
    result = checked(str(own), "--organisation", str(above))
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
    result = checked("--organisation", str(above))
    assert (result.exit_code, "mode act, no faults" in result.stdout) == (0, True), result.stdout
    assert (checked(str(above)).exit_code, checked().exit_code) == (1, 2)
    assert checked(str(above), "--organisation", str(tmp_path / "none")).exit_code == 2
    above.write_text("version: 1\nmod: act\n")
    result = checked("--organisation", str(above))
    assert (result.exit_code, "above.yml:2:1: unknown key 'mod'" in result.stdout) == (1, True)
