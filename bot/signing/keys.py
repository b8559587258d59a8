"""The operator's ed25519 key pair. A private key never prints itself.

A key's id is the SHA-256 of its public half as DER (SubjectPublicKeyInfo), so that anybody can work it out:
`openssl pkey -pubin -in attestation-key.pem -outform DER | sha256sum`.
"""

import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

HOW_TO = "`python -m bot attestation-key FILE` makes one"
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """What others need to check a signature: the key, its id, and the key as PEM text."""

    id: str
    pem: str
    key: Ed25519PublicKey = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """The operator's pair."""

    public: PublicKey
    key: Ed25519PrivateKey = field(repr=False, compare=False)


def new_signing_key(seed: bytes) -> SigningKey:
    """The pair that 32 random bytes make."""
    return _pair(Ed25519PrivateKey.from_private_bytes(seed))


def private_pem(pair: SigningKey) -> str:
    """The private half as PEM text (PKCS8, not encrypted)."""
    return pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def load_signing_key(pem: str) -> SigningKey:
    """The pair out of a private key's PEM text.

    Raises `ValueError` with one sentence for the operator; the text of the key is never part of it.
    """
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"the attestation key is not an unencrypted PEM key: {HOW_TO}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"the attestation key is not an ed25519 key: {HOW_TO}")  # noqa: TRY004 - the operator's value
    return _pair(key)


def load_public_keys(text: str) -> tuple[PublicKey, ...]:
    """Every public key in PEM text; one after another they are how a rotated key is handed on.

    Raises `ValueError` with the end of a sentence that begins with the file's name.
    """
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(text)]
    if any("PRIVATE" in label for label, _ in blocks):
        raise ValueError("holds a private key: keep it secret, and give the public one")
    if not blocks:
        raise ValueError("holds no public key in PEM form (-----BEGIN PUBLIC KEY----- …)")
    return tuple(_loaded(block) for _, block in blocks)


def _loaded(block: str) -> PublicKey:
    try:
        key = load_pem_public_key(block.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("holds a public key that cannot be read") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("holds a key that is not an ed25519 key")  # noqa: TRY004 - the reader's value is wrong
    return _public(key)


def _pair(key: Ed25519PrivateKey) -> SigningKey:
    return SigningKey(public=_public(key.public_key()), key=key)


def _public(key: Ed25519PublicKey) -> PublicKey:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    return PublicKey(id=hashlib.sha256(der).hexdigest(), pem=pem, key=key)
