"""Does a host speak TLS with a certificate that everybody accepts, and for how long still?

The certificate is checked as a browser checks it, for the host's name. Where that fails, a second connection accepts
any certificate, only to say what is wrong with it; nothing is ever sent over that one.
"""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from bot.assessment.evidence import Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import EgressError
from bot.probes.certificates import Certificate, Refused, Unreadable, facts, faults, read
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.places import counted, listed
from bot.probes.reach import Host, Port, authority, line, unanswered
from bot.probes.values import spelled


class Protocol(StrEnum):
    """The versions of TLS that are safe (RFC 8996), as OpenSSL names them."""

    TLS12 = "TLSv1.2"
    TLS13 = "TLSv1.3"


class TlsParams(Params):
    """Who must speak TLS, and what must be true of the certificate."""

    shorthand: ClassVar[str] = "host"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    host: Host = Field(description="The host's name or address; the certificate must be for it.")
    port: Port = Field(default=443, description="The port. Which ones may be asked is up to the operator.")
    days_left: int = Field(default=14, ge=0, le=3650, description="The days for which the certificate must still last.")
    protocol: Protocol = Field(default=Protocol.TLS12, strict=False, description="The oldest version that is enough.")
    issuer: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, description="Text that the issuer's name holds; case does not matter."
    )
    names: tuple[Host, ...] = Field(
        default=(), max_length=50, strict=False, description="More host names that the certificate must be for."
    )
    timeout: float = Field(default=10.0, gt=0, le=15, description="Seconds for connecting, and for the handshake.")

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=f"the host `{self.host}`")

    @property
    def words(self) -> str:
        """The conditions, for people."""
        said = [f"a certificate for {listed((self.host, *self.names))} that everybody accepts"]
        said += [f"for at least {counted(self.days_left, 'day')}"] if self.days_left else []
        said += [f"issued by {spelled(self.issuer)}"] if self.issuer else []
        said += [f"{self.protocol} or newer"] if self.protocol is not Protocol.TLS12 else []
        return ", ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    """The other side after a handshake: the version that was agreed on, its certificate, how many it sent."""

    version: str
    certificate: Certificate
    sent: int


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, TlsParams)
    try:
        peer = await _peer(params, context, context.network.trust)
    except EgressError as error:
        return unanswered(error, expected=params.words, source=_source(params, context))
    except Unreadable as error:
        return _failed(params, context, str(error))
    except OSError as error:
        return await _described(error, params, context)
    return _judged(peer, params, context)


async def _peer(params: TlsParams, context: Context, tls: ssl.SSLContext) -> _Peer:
    """Who answers a handshake. Raises `EgressError`, `OSError` where it fails, and `Unreadable`."""
    within = timedelta(seconds=params.timeout)
    connection = await context.network.connect(params.host, params.port, within=within)
    async with line(connection, tls, within=within) as open_line:
        secured = open_line.tls
        assert secured is not None
        der = secured.getpeercert(binary_form=True)
        if der is None:
            raise Unreadable("it sent no certificate")
        # Python offers the chain as it was sent to nobody before 3.13; it only tells two causes of one refusal apart.
        chain = secured._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # noqa: SLF001
        return _Peer(version=secured.version() or "?", certificate=read(der), sent=len(chain or ()))


async def _described(error: OSError, params: TlsParams, context: Context) -> Evidence:
    """What is wrong with the other side, seen by a connection that accepts anything."""
    try:
        peer = await _peer(params, context, _anything())
    except (EgressError, OSError, Unreadable):
        return _failed(params, context, _words(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        refused = Refused(code=error.verify_code, words=error.verify_message, sent=peer.sent)
        wrong = faults(peer.certificate, params.host, refused, context.now)
    else:
        wrong = (f"no handshake by today's rules, only {peer.version} by older ones",)
    said = "; ".join((*wrong, *facts(peer.certificate, wrong)))
    return _failed(params, context, said, peer.certificate)


def _anything() -> ssl.SSLContext:
    """Accepts every certificate and every version, so as to look at them; what is sent over it would be for anybody."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    tls.set_ciphers("ALL:@SECLEVEL=0")
    return tls


def _words(error: OSError) -> str:
    """A failed handshake in words."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is refused: {error.verify_message}"
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "UNEXPECTED_MESSAGE"):
            return "it answers, but not with TLS"
        case ssl.SSLError(reason=str(reason)):
            return f"the TLS handshake failed: {reason.lower().replace('_', ' ')}"
        case _:
            return "it closed the connection during the TLS handshake"


def _judged(peer: _Peer, params: TlsParams, context: Context) -> Evidence:
    """An accepted certificate held against what is asked."""
    certificate = peer.certificate
    left = certificate.days_left(context.now)
    wrong: list[str] = []
    if left < params.days_left:
        wrong.append(f"less than {counted(params.days_left, 'day')} left")
    if peer.version < params.protocol:
        wrong.append(f"older than {params.protocol}")
    if params.issuer and params.issuer.casefold() not in certificate.issuer.casefold():
        wrong.append(f"not issued by {spelled(params.issuer)}")
    lacking = tuple(name for name in params.names if not certificate.covers(name))
    if lacking:
        wrong.append(f"does not cover {listed(lacking)}")
    covered = tuple(name for name in (params.host, *params.names) if name not in lacking)
    seen = (
        f"valid for {counted(left, 'day')} (until {certificate.until}), {peer.version}, issued by {certificate.issuer}"
    )
    seen = f"{seen}; covers {listed(covered)}"
    if wrong:
        return _failed(params, context, "; ".join((*wrong, seen)), certificate)
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.HOLDS,
        expected=params.words,
        observed=seen,
        source=_source(params, context),
        measures=_measures(certificate, context),
    )


def _failed(params: TlsParams, context: Context, said: str, certificate: Certificate | None = None) -> Evidence:
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.DOES_NOT_HOLD,
        expected=params.words,
        observed=said,
        source=_source(params, context),
        remedy="Whoever runs the host can renew its certificate, or correct its TLS settings.",
        measures=_measures(certificate, context) if certificate else (),
    )


def _measures(certificate: Certificate, context: Context) -> tuple[Measure, ...]:
    return (Measure(name="days_left", value=certificate.days_left(context.now), unit="days"),)


def _source(params: TlsParams, context: Context) -> Source:
    place = authority(params.host, params.port)
    return Source(url=f"https://{place}/", place=place, sha=None, fetched_at=context.now)


_REFUSED = (
    "It is not accepted (expired, for another host, self-signed, from an unknown authority, its chain incomplete: "
    "which one is said), ends too soon, or is not as asked; or what answers speaks no TLS."
)
_MANUAL = Manual(
    question="Does a host speak TLS with a certificate that everybody accepts, and that lasts long enough?",
    example=(
        "- id: certificate\n  title: The certificate was renewed\n"
        "  tls: {host: api.example.com, days_left: 30, issuer: Let's Encrypt}\n"
    ),
    outcomes=(
        (Outcome.PASS, "The certificate is accepted for the host, lasts long enough, and is as asked."),
        (Outcome.FAIL, _REFUSED),
        (Outcome.ERROR, "The host is not reachable from this server, or said nothing in time."),
        (Outcome.MISCONFIGURED, "The port or the host is one that this server never asks."),
    ),
)


@dataclass(frozen=True, slots=True)
class TlsProbe:
    """A host's certificate."""

    kind: str = "tls"
    params: type[Params] = TlsParams
    limit: timedelta = timedelta(seconds=65)
    slow: bool = False
    heavy: bool = True
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one host's certificate."""
        return await _ask(question, context)


PROBE = TlsProbe()
