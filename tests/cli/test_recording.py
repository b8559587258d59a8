"""`record`: what an assessment document teaches, printed as a closure would write it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.assessment.codec import encode
from bot.assessment.policy import RecordFormat, RecordPolicy
from bot.assessment.record import documents
from bot.cli.main import app
from bot.signing.attesting import Attestor
from tests.assessment.lessons import EXAMPLE
from tests.signing.pairs import OURS

PROJECT = Path(__file__).resolve().parents[2]


def printed(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `record`."""
    result = CliRunner().invoke(app, ["record", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def document(tmp_path: Path) -> str:
    """The example as a file."""
    file = tmp_path / "assessment.json"
    file.write_bytes(encode(EXAMPLE))
    return str(file)


@pytest.mark.parametrize("form", RecordFormat)
def test_it_prints_what_would_be_written(document: str, form: RecordFormat) -> None:
    """The learning document in either format, and the summary; nothing else on either output."""
    learning, summary = documents(EXAMPLE, RecordPolicy(format=form))
    assert printed(document, "--format", form) == (0, learning.content, "")
    assert printed(document, "--format", form, "--summary") == (0, summary.content, "")


def test_it_prints_the_schema() -> None:
    """To the letter the file in the docs; no document is needed for it."""
    assert printed("--schema") == (0, (PROJECT / "docs/reference/learning.xsd").read_text("utf-8"), "")


def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    """With the reason on standard error, and exit code 2."""
    (tmp_path / "bad.json").write_text('{"schema": 1}')
    for arguments, words in (
        ((str(tmp_path / "none.json"),), "No such file"),
        ((str(tmp_path / "bad.json"),), "holds no assessment document"),
        ((), "--schema"),
    ):
        code, out, error = printed(*arguments)
        assert (code, out, words in error) == (2, "", True)


def test_a_signed_statement_is_called_one(tmp_path: Path) -> None:
    """And it is said how to get the document out of it; nothing unchecked is taken."""
    file = tmp_path / "a.intoto.json"
    file.write_bytes(Attestor(key=OURS, site="https://github.com").attest(encode(EXAMPLE)))
    code, out, error = printed(str(file))
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert error.startswith(f"{file} is a signed statement")
    assert "jq -r .payload FILE | base64 -d | jq .predicate" in error


def test_an_unknown_format_is_named(document: str) -> None:
    """With those that there are, in plain words."""
    code, out, error = printed(document, "--format", "pdf")
    assert (code, out, "Value error" in error) == (2, "", False)
    assert "'pdf' is none: there is xml and markdown" in error
