"""Out with a signature and in again: whatever was changed on the way is noticed."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.assessment.codec import NotAnAssessment, encode
from bot.assessment.evidence import Outcome
from bot.assessment.statement import NotAStatement
from bot.signing.attesting import Attestor, opened
from bot.signing.envelope import NotVerified, Unreadable, sealed
from tests.assessment.samples import assess, finding, places
from tests.signing.pairs import OURS, THEIRS

ASSESSMENT = assess((finding("ci", details=places("a.py:3")), finding("suite", Outcome.FAIL, remedy="Run it.")))
DOCUMENT = encode(ASSESSMENT)
ATTESTOR = Attestor(key=OURS, site="https://github.com")
ENVELOPE = json.loads(ATTESTOR.attest(DOCUMENT))
PAYLOAD = base64.b64decode(ENVELOPE["payload"])


def with_payload(payload: bytes) -> bytes:
    """The envelope around another payload, under the same signature."""
    return json.dumps(ENVELOPE | {"payload": base64.b64encode(payload).decode()}).encode()


def test_there_and_back() -> None:
    """The assessment that was signed, and who did."""
    found = opened(ATTESTOR.attest(DOCUMENT), (OURS.public,))
    assert found.statement.assessment == ASSESSMENT
    assert found.vouched.signers == (OURS.public.id,)


def paths(tree: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every leaf is; an empty list or object is one."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = [path for key, value in inside for path in paths(value, (*above, key))]
    yield from found or [above]


def changed(tree: Any, path: tuple[Any, ...]) -> Any:
    """The tree with another value at one place."""
    copy = json.loads(json.dumps(tree))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = _other(place[path[-1]])
    return copy


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return ("B" if value[:1] == "A" else "A") + value[1:]
        case _:
            return "x"


INNER = list(paths(json.loads(PAYLOAD)))
OUTER = list(paths(ENVELOPE))


def test_the_walk_comes_everywhere() -> None:
    """It would prove nothing over a few leaves."""
    assert len(INNER) > 100
    assert set(OUTER) == {("payload",), ("payloadType",), ("signatures", 0, "keyid"), ("signatures", 0, "sig")}
    assert {path[0] for path in INNER} == {"_type", "subject", "predicateType", "predicate"}


@pytest.mark.parametrize("path", INNER, ids=lambda path: ".".join(map(str, path)))
def test_no_leaf_of_the_statement_can_be_changed(path: tuple[Any, ...]) -> None:
    """Not one value, however small the change."""
    with pytest.raises(NotVerified, match="does not fit"):
        opened(with_payload(json.dumps(changed(json.loads(PAYLOAD), path)).encode()), (OURS.public,))


@pytest.mark.parametrize("path", OUTER, ids=lambda path: ".".join(map(str, path)))
def test_no_leaf_of_the_envelope_can_be_changed(path: tuple[Any, ...]) -> None:
    """Not even the key's id, which the signature does not cover."""
    with pytest.raises((NotVerified, Unreadable)):
        opened(json.dumps(changed(ENVELOPE, path)).encode(), (OURS.public,))


@pytest.mark.parametrize("at", range(0, len(PAYLOAD), 97))
def test_no_bit_of_the_payload_can_be_changed(at: int) -> None:
    """What is signed are bytes, not what they mean."""
    with pytest.raises(NotVerified):
        opened(with_payload(PAYLOAD[:at] + bytes([PAYLOAD[at] ^ 1]) + PAYLOAD[at + 1 :]), (OURS.public,))


REWRITTEN = {
    "blanks": json.dumps(json.loads(PAYLOAD)).encode(),
    "order": json.dumps(json.loads(PAYLOAD), sort_keys=True, separators=(",", ":")).encode(),
    "escapes": json.dumps(json.loads(PAYLOAD), separators=(",", ":")).replace("octo", "\\u006fcto").encode(),
    "a line's end": PAYLOAD + b"\n",
    "a key twice": PAYLOAD.replace(b'"_type"', b'"_type":"x","_type"', 1),
}


@pytest.mark.parametrize("payload", REWRITTEN.values(), ids=REWRITTEN.keys())
def test_the_same_in_other_words_is_not_the_same(payload: bytes) -> None:
    """Nothing is normalised before it is checked."""
    assert payload != PAYLOAD
    with pytest.raises(NotVerified):
        opened(with_payload(payload), (OURS.public,))


def test_the_signature_is_looked_at_first() -> None:
    """What nobody vouches for is not read."""
    with pytest.raises(NotVerified):
        opened(sealed(b"<html>", ENVELOPE["payloadType"], THEIRS), (OURS.public,))


@pytest.mark.parametrize("payload", [b"<html>", b"{}", REWRITTEN["a key twice"]], ids=["no JSON", "empty", "twins"])
def test_a_good_signature_makes_no_statement(payload: bytes) -> None:
    """Whoever holds the key can sign anything; what is no statement of ours is refused all the same."""
    with pytest.raises(NotAStatement):
        opened(sealed(payload, ENVELOPE["payloadType"], OURS), (OURS.public,))


def test_what_cannot_be_read_is_not_signed() -> None:
    """A document of another version keeps its bytes, and gets no signature."""
    with pytest.raises(NotAnAssessment):
        ATTESTOR.attest(b'{"schema": 0}')
