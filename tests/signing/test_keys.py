"""The operator's key pair."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bot.signing.keys import load_public_keys, load_signing_key, private_pem
from tests.signing.pairs import OURS, THEIRS

OTHER_KIND = generate_private_key(SECP256R1())
LOCKED = Ed25519PrivateKey.generate().private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
)
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, section 7.1, test 1


def test_a_pair_survives_its_text() -> None:
    """The same seed is the same pair, and so is its PEM text."""
    assert load_signing_key(private_pem(OURS)).public == OURS.public
    assert OURS.public.key.public_bytes_raw().hex() == PUBLIC


def test_the_id_can_be_worked_out_by_anybody() -> None:
    """It is the SHA-256 of the public key as DER, whose head is the same for every ed25519 key (RFC 8410)."""
    der = bytes.fromhex("302a300506032b6570032100" + PUBLIC)
    assert hashlib.sha256(der).hexdigest() == OURS.public.id


def test_no_private_key_shows() -> None:
    """Printing a pair tells the public half alone."""
    assert "PRIVATE" not in repr(OURS)
    assert OURS.public.id in repr(OURS)


def test_a_file_may_hold_several_public_keys() -> None:
    """One after another, with words between them: so a rotated key is handed on."""
    text = f"since June:\n{OURS.public.pem}\nbefore:\n{THEIRS.public.pem}"
    assert load_public_keys(text) == (OURS.public, THEIRS.public)


PRIVATE = {
    "nonsense": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
    "another kind": OTHER_KIND.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "a password": LOCKED.decode(),
    "a public key": OURS.public.pem,
}


@pytest.mark.parametrize("pem", PRIVATE.values(), ids=PRIVATE.keys())
def test_another_key_is_refused_with_the_way_to_one(pem: str) -> None:
    """In one sentence, and nothing of the key is in it."""
    with pytest.raises(
        ValueError, match=r"the attestation key is not an .*: `python -m bot attestation-key FILE`"
    ) as e:
        load_signing_key(pem)
    assert pem.splitlines()[1] not in str(e.value)


PUBLICS = {
    "nothing": ("", "holds no public key in PEM form"),
    "a private key": (private_pem(OURS), "holds a private key: keep it secret"),
    "nonsense": ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "holds a public key that cannot be"),
    "another kind": (
        OTHER_KIND.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        "holds a key that is not an ed25519 key",
    ),
    "half a key": (OURS.public.pem[:60], "holds no public key"),
}


@pytest.mark.parametrize(("text", "words"), PUBLICS.values(), ids=PUBLICS.keys())
def test_what_is_no_public_key_is_refused(text: str, words: str) -> None:
    """With the end of a sentence about the file."""
    with pytest.raises(ValueError, match=f"^{words}"):
        load_public_keys(text)
