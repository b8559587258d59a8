"""DSSE envelopes: what is signed, what is refused, and why."""

import base64
import json
from typing import Any

import pytest

from bot.signing.envelope import (
    LARGEST,
    NotVerified,
    Unreadable,
    Vouched,
    pre_authentication,
    read_envelope,
    sealed,
    verified,
)
from bot.signing.keys import PublicKey
from tests.signing.pairs import OURS, THEIRS

KIND = "application/vnd.in-toto+json"
# Its base64 has both characters in which the alphabets differ, and padding.
PAYLOAD = b"\xfb\xff\xbf>?"
SEALED = json.loads(sealed(PAYLOAD, KIND, OURS))
[SIGNATURE] = SEALED["signatures"]
[BY_THEM] = json.loads(sealed(PAYLOAD, KIND, THEIRS))["signatures"]


def envelope(**changes: Any) -> bytes:
    """The envelope with other fields."""
    return json.dumps(SEALED | changes).encode()


def vouched(data: bytes, *keys: PublicKey) -> Vouched:
    """Who vouches for it."""
    return verified(read_envelope(data), KIND, keys or (OURS.public,))


def test_what_is_signed() -> None:
    """The specification's own example, and lengths in bytes."""
    assert (
        pre_authentication("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pre_authentication("ä", b"") == b"DSSEv1 2 \xc3\xa4 0 "


def test_an_envelope_is_one_line_and_always_the_same() -> None:
    """So that several make a bundle, and a repeated export is no new evidence."""
    data = sealed(PAYLOAD, KIND, OURS)
    assert (data, data.count(b"\n"), data[-1:]) == (sealed(PAYLOAD, KIND, OURS), 1, b"\n")
    assert list(SEALED) == ["payload", "payloadType", "signatures"]
    assert read_envelope(data).payload == PAYLOAD
    assert vouched(data) == Vouched(signers=(OURS.public.id,), others=0)


WITHOUT_ID = {"sig": SIGNATURE["sig"]}
TAKEN = {
    "the other alphabet": (envelope(payload="-_-_Pj8="), (OURS,), 1, 0),
    "other keys, too": (envelope(), (THEIRS, OURS), 1, 0),
    "no key id": (envelope(signatures=[WITHOUT_ID]), (THEIRS, OURS), 1, 0),
    "an empty key id": (envelope(signatures=[WITHOUT_ID | {"keyid": ""}]), (OURS,), 1, 0),
    "two that are known": (envelope(signatures=[SIGNATURE, BY_THEM]), (OURS, THEIRS), 2, 0),
    "one of two": (envelope(signatures=[BY_THEM, SIGNATURE]), (OURS,), 1, 1),
    "one of two, without ids": (envelope(signatures=[{"sig": BY_THEM["sig"]}, WITHOUT_ID]), (OURS,), 1, 1),
    "the same twice": (envelope(signatures=[SIGNATURE, SIGNATURE]), (OURS,), 1, 0),
    "a field that came later": (envelope(later=1, signatures=[SIGNATURE | {"cert": "x"}]), (OURS,), 1, 0),
    "blanks and order": (json.dumps(SEALED, indent=2, sort_keys=True).encode(), (OURS,), 1, 0),
}


@pytest.mark.parametrize(("data", "keys", "signers", "others"), TAKEN.values(), ids=TAKEN.keys())
def test_what_a_verifier_must_take(data: bytes, keys: tuple[Any, ...], signers: int, others: int) -> None:
    """Either alphabet, signatures of others beside ours, and unknown fields: the signed bytes are the same."""
    read = read_envelope(data)
    found = verified(read, KIND, [pair.public for pair in keys])
    assert (read.payload, len(found.signers), found.others) == (PAYLOAD, signers, others)


UNREADABLE = {
    "not JSON": (b"<html>", "It is not JSON"),
    "nothing": (b"", "It is not JSON"),
    "huge": (b" " * (LARGEST + 1), "It is larger than 16 MiB"),
    "two payloads": (envelope().replace(b'"payload":', b'"payload": "AAAA", "payload":'), "the key 'payload' twice"),
    "two of a signature": (envelope().replace(b'"keyid":', b'"sig": "AAAA", "keyid":'), "the key 'sig' twice"),
    "no object": (b"[]", "It is no DSSE envelope"),
    "no payload": (b'{"payloadType": "x", "signatures": []}', "It is no DSSE envelope"),
    "a number": (envelope(payload=1), "It is no DSSE envelope"),
    "a signature without one": (envelope(signatures=[{"keyid": "x"}]), "It is no DSSE envelope"),
    "a crowd": (envelope(signatures=[SIGNATURE] * 17), "It has 17 signatures"),
    "mixed alphabets": (envelope(payload="-/-_Pj8="), "Its payload is not base64"),
    "no padding": (envelope(payload="+/+/Pj8"), "Its payload is not base64"),
    "more padding": (envelope(payload="+/+/Pj8=="), "Its payload is not base64"),
    "bits behind the end": (envelope(payload="+/+/Pj9="), "Its payload is not base64"),
    "a line's end": (envelope(payload="+/+/\nPj8="), "Its payload is not base64"),
    "a character of no alphabet": (envelope(payload="+/+/Pj8=!"), "Its payload is not base64"),
    "no ASCII": (envelope(payload="é"), "Its payload is not base64"),
    "half a character": (envelope(payload="x").replace(b'"x"', b'"\\ud800"'), "It is no DSSE envelope"),
    "a signature's spelling": (envelope(signatures=[{"sig": SIGNATURE["sig"] + "\n"}]), "Its signature is not base64"),
}


@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_envelope_is_refused(data: bytes, words: str) -> None:
    """Also every second spelling of the same bytes."""
    with pytest.raises(Unreadable) as error:
        read_envelope(data)
    assert words in str(error.value)


CHANGED = base64.b64encode(PAYLOAD + b" ").decode()
SHORT = base64.b64encode(base64.b64decode(SIGNATURE["sig"])[:-1]).decode()
REFUSED = {
    "another type": (envelope(payloadType="text/plain"), "Its payload type is 'text/plain'"),
    "an empty type": (envelope(payloadType=""), "Its payload type is ''"),
    "no signature": (envelope(signatures=[]), "It has no signature."),
    "another payload": (envelope(payload=CHANGED), "does not fit"),
    "another payload, no id": (envelope(payload=CHANGED, signatures=[WITHOUT_ID]), "No signature of it fits"),
    "a short signature": (envelope(signatures=[SIGNATURE | {"sig": SHORT}]), "does not fit"),
    "an empty signature": (envelope(signatures=[SIGNATURE | {"sig": ""}]), "does not fit"),
    "somebody else's key": (envelope(signatures=[BY_THEM]), f"It is signed by key {THEIRS.public.id}, which is none"),
    "somebody else's name": (envelope(signatures=[SIGNATURE | {"keyid": THEIRS.public.id}]), "which is none of the"),
    "our name on their signature": (envelope(signatures=[BY_THEM | {"keyid": OURS.public.id}]), "does not fit"),
    "a bad one beside": (envelope(signatures=[SIGNATURE, BY_THEM | {"keyid": OURS.public.id}]), "does not fit"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_nobody_vouches_for_is_refused(data: bytes, words: str) -> None:
    """And it is said what is wrong."""
    with pytest.raises(NotVerified) as error:
        vouched(data)
    assert words in str(error.value)


def test_a_type_cannot_be_exchanged() -> None:
    """A signature over the same bytes as another type is none over this one."""
    other = json.loads(sealed(PAYLOAD, "text/plain", OURS))
    with pytest.raises(NotVerified, match="does not fit"):
        vouched(json.dumps(other | {"payloadType": KIND}).encode())


def test_without_keys_nothing_is_proven() -> None:
    """Nobody is trusted by default."""
    with pytest.raises(NotVerified):
        verified(read_envelope(envelope()), KIND, ())
