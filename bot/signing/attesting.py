"""An assessment out with the operator's signature, and in again from somebody who may have changed it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.assessment.statement import PAYLOAD_TYPE, Statement, read_statement, statement
from bot.signing.envelope import Vouched, read_envelope, sealed, verified
from bot.signing.keys import PublicKey, SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestor:
    """Who signs, and on which GitHub the issues are (`https://github.com`)."""

    key: SigningKey
    site: str

    def attest(self, document: bytes) -> bytes:
        """The signed statement about an assessment document; the same bytes for the same document.

        Raises `bot.assessment.codec.NotAnAssessment`.
        """
        return sealed(statement(document, self.site), PAYLOAD_TYPE, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """A statement that somebody vouches for."""

    statement: Statement
    vouched: Vouched


def opened(data: bytes, keys: Sequence[PublicKey]) -> Attested:
    """The statement in an envelope, once its signature is known to be by one of the keys, and never before.

    Raises `bot.signing.envelope.Unreadable`, `bot.signing.envelope.NotVerified`,
    `bot.assessment.statement.NotAStatement`.
    """
    envelope = read_envelope(data)
    vouched = verified(envelope, PAYLOAD_TYPE, keys)
    return Attested(statement=read_statement(envelope.payload), vouched=vouched)
