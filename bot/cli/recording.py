"""`record`: the learning document or the summary of an assessment document, as a closure would write them."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from bot.assessment.codec import NotAnAssessment, decode
from bot.assessment.policy import RecordFormat, RecordPolicy
from bot.assessment.record import documents
from bot.cli.telling import visible
from bot.signing.envelope import Unreadable, read_envelope

_LARGEST = 64 * 1024 * 1024
_SIGNED = (
    "is a signed statement, which holds the assessment document inside. Check it (`python -m bot verify`), then take it"
    " out: jq -r .payload FILE | base64 -d | jq .predicate > assessment.json"
)


def schema() -> str:
    """The XML Schema of learning documents."""
    return files("bot.assessment").joinpath("learning.xsd").read_text("utf-8")


def run_record(
    file: Path,
    form: RecordFormat,
    *,
    summary: bool,
    echo: Callable[[str], None],
    complain: Callable[[str], None],
) -> int:
    """0 if it was printed, 2 if the file cannot be read or holds no assessment."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST)
        assessment = decode(data)
    except OSError as error:
        complain(f"{file}: {error.strerror}")
        return 2
    except NotAnAssessment as error:
        what = _SIGNED if _is_signed(data) else f"holds no assessment document. {visible(str(error))}"
        complain(f"{file} {what}")
        return 2
    learning, summed_up = documents(assessment, RecordPolicy(format=form))
    echo(summed_up.content if summary else learning.content)
    return 0


def _is_signed(data: bytes) -> bool:
    """Is it an envelope? By whom it is signed is not asked here."""
    try:
        read_envelope(data)
    except Unreadable:
        return False
    return True
