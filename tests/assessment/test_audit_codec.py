"""An audit's document, and its state while it goes on."""

import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

from bot.assessment.audit_codec import NotAState, encode, head_of, line, read_state, schema
from tests.assessment.audits import ASKED, CARRIED, HOLDS_NOT, audit, entry

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "reference" / "audit.schema.json"
HEAD = line(head_of(ASKED))
LINES = HEAD + line(entry(1)) + line(entry(2, HOLDS_NOT, reasons=(CARRIED,), why="so"))


def test_the_schema_is_current() -> None:
    """`docs/reference/audit.schema.json` is made from the types."""
    assert SCHEMA_FILE.read_bytes() == schema()


def test_the_document_is_valid_by_its_schema() -> None:
    """An empty one and a full one."""
    for made in (audit(), audit(entry(1), entry(2, HOLDS_NOT, reasons=(CARRIED,)))):
        jsonschema.validate(msgspec.json.decode(encode(made)), msgspec.json.decode(schema()))


def test_a_state_is_read_back() -> None:
    """Line by line, as it was written."""
    state = read_state(LINES, ASKED)
    assert [one.issue.number for one in state.entries] == [1, 2]
    assert (state.entries[1].reasons, state.length) == ((CARRIED,), len(LINES))


@pytest.mark.parametrize("cut", [1, 5, len(line(entry(3)))])
def test_a_line_cut_off_in_the_middle_does_not_count(cut: int) -> None:
    """What was killed in the middle of writing goes on with what is whole."""
    state = read_state(LINES + line(entry(3))[:-cut], ASKED)
    assert (len(state.entries), state.length) == (2, len(LINES))


@pytest.mark.parametrize("text", [b"", HEAD[:-1], b"{"], ids=["nothing", "half a first line", "less"])
def test_a_state_that_was_hardly_begun(text: bytes) -> None:
    """It holds nothing, and is begun anew."""
    assert read_state(text, ASKED).length == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(b"hello\n", "no state of an audit", id="another file"),
        pytest.param(b'{"number": 1}\n', "no state of an audit", id="another document"),
        pytest.param(b"\xff\n", "no state of an audit", id="no text"),
        pytest.param(HEAD.replace(b'"audit":1', b'"audit":9'), "another version", id="another version"),
        pytest.param(HEAD.replace(b"octo/shop", b"octo/other"), "about octo/other, not", id="another repository"),
        pytest.param(HEAD.replace(b"91ab3c", b"777777"), "another policy (777777; now it is 91ab3c)", id="policy"),
        pytest.param(HEAD.replace(b"false", b"true"), "begun offline", id="offline"),
        pytest.param(HEAD + b'{"issue":1}\n' + line(entry(2)), "line 2 is no issue", id="a foreign line"),
        pytest.param(HEAD + b"\xff\n", "line 2 is no issue", id="a line that is no text"),
    ],
)
def test_what_is_no_state_of_this_audit(text: bytes, said: str) -> None:
    """It is refused with the reason."""
    with pytest.raises(NotAState, match=re.escape(said)):
        read_state(text, ASKED)


def test_an_offline_audit_does_not_go_on_with_github() -> None:
    """What could not be asked there can be asked here."""
    with pytest.raises(NotAState, match="with GitHub's answers"):
        read_state(HEAD, msgspec.structs.replace(ASKED, offline=True))


def test_names_have_no_case() -> None:
    """GitHub's do not."""
    assert read_state(HEAD.replace(b"octo/shop", b"Octo/Shop"), ASKED).entries == ()
