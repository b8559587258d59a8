"""DSSE envelopes: bytes with their type and signatures over exactly these bytes and this type.

Nothing is read out of the payload here, and nothing may be before `verified` has answered. A key id only chooses which
key is tried; whoever is named as signer is named by the key itself.

    Unreadable    no envelope: whoever sent it must send it again
    NotVerified   an envelope that proves nothing to us: it was changed, or signed by somebody else

Sources: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md and
https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature

from bot.assessment.strict_json import NotStrictJson, refuse_ambiguity
from bot.assessment.wording import count
from bot.signing.keys import PublicKey, SigningKey

LARGEST: Final = 16 * 1024 * 1024  # bytes of an envelope; an assessment with all its evidence has a few hundred KiB
MOST_SIGNATURES: Final = 16  # each costs a pass over the payload


class Unreadable(ValueError):
    """The bytes are no envelope; the message is a sentence."""


class NotVerified(ValueError):
    """Nobody whose key was given vouches for these bytes; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature, and the id of the key that it says it is by; empty where it says nothing."""

    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope as it was read; nothing of it is proven."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """The ids of the given keys that signed, and how many more signatures there are, which prove nothing here."""

    signers: tuple[str, ...]
    others: int


def sealed(payload: bytes, payload_type: str, key: SigningKey) -> bytes:
    """The envelope around the payload, as one line of JSON: the same bytes every time."""
    signature = key.key.sign(pre_authentication(payload_type, payload))
    wire = _WireEnvelope(
        payload=base64.b64encode(payload).decode("ascii"),
        payload_type=payload_type,
        signatures=(_WireSignature(keyid=key.public.id, sig=base64.b64encode(signature).decode("ascii")),),
    )
    return msgspec.json.encode(wire) + b"\n"


def read_envelope(data: bytes) -> Envelope:
    """The envelope in these bytes. Fields that are not known are left alone, as the specification asks.

    Raises `Unreadable`.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"It is larger than {LARGEST // (1024 * 1024)} MiB: no statement is.")
    try:
        refuse_ambiguity(data)
        wire = msgspec.json.decode(data, type=_WireEnvelope)
    except NotStrictJson as error:
        raise Unreadable(f"It {error}.") from None
    except msgspec.DecodeError as error:
        raise Unreadable(f"It is no DSSE envelope: {error}.") from None
    if len(wire.signatures) > MOST_SIGNATURES:
        raise Unreadable(f"It has {count(len(wire.signatures), 'signature')}; {MOST_SIGNATURES} at most are looked at.")
    return Envelope(
        payload=_decoded(wire.payload, "payload"),
        payload_type=wire.payload_type,
        signatures=tuple(Signature(key_id=one.keyid, value=_decoded(one.sig, "signature")) for one in wire.signatures),
    )


def verified(envelope: Envelope, payload_type: str, keys: Sequence[PublicKey]) -> Vouched:
    """Who of the given keys vouches for the payload as a `payload_type`. Raises `NotVerified` unless one does.

    One good signature is enough, others by unknown keys take nothing from it; but one that names a given key must fit.
    """
    if envelope.payload_type != payload_type:
        raise NotVerified(f"Its payload type is {envelope.payload_type[:100]!r}, not {payload_type!r}.")
    if not envelope.signatures:
        raise NotVerified("It has no signature.")
    message = pre_authentication(payload_type, envelope.payload)
    signers = [_signer(signature, message, keys) for signature in envelope.signatures]
    known = tuple(dict.fromkeys(signer for signer in signers if signer is not None))
    if not known:
        raise NotVerified(_by_nobody(envelope.signatures))
    return Vouched(signers=known, others=signers.count(None))


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What is signed (PAE): lengths before contents, so that nothing can move from the type into the payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class _WireSignature(msgspec.Struct, frozen=True, kw_only=True):
    keyid: str = ""
    sig: str


class _WireEnvelope(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_WireSignature, ...]


def _decoded(text: str, what: str) -> bytes:
    """Base64 in either alphabet, which verifiers must take; anything but the one spelling of its bytes is refused."""
    for decode, encode in (
        (base64.b64decode, base64.b64encode),
        (base64.urlsafe_b64decode, base64.urlsafe_b64encode),
    ):
        try:
            raw = decode(text.encode("ascii"))
        except ValueError:
            continue
        if encode(raw).decode("ascii") == text:
            return raw
    raise Unreadable(f"Its {what} is not base64, or not as base64 is written.")


def _signer(signature: Signature, message: bytes, keys: Sequence[PublicKey]) -> str | None:
    """The id of the given key that made it, None where none of them is meant."""
    meant = [key for key in keys if signature.key_id in {"", key.id}]
    for key in meant:
        try:
            key.key.verify(signature.value, message)
        except InvalidSignature:
            continue
        return key.id
    if meant and signature.key_id:
        raise NotVerified(
            f"The signature that names key {signature.key_id} does not fit: the statement or the signature was changed."
        )
    return None


def _by_nobody(signatures: Sequence[Signature]) -> str:
    named = dict.fromkeys(signature.key_id[:80] for signature in signatures if signature.key_id)
    if named:
        return f"It is signed by key {', '.join(named)}, which is none of the given ones."
    return "No signature of it fits a given key: it was changed, or somebody else signed it."
