"""What stands in a server's certificate, and what is wrong with it. Pure.

Certificates come from strangers: what cannot be read is told as such. Source: RFC 5280, RFC 6125 section 6.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.x509.oid import NameOID

from bot.probes.places import counted, listed

MOST_NAMES = 1_000
DAY = timedelta(days=1)

SELF_SIGNED, EXPIRED = 18, 10
UNVERIFIED = frozenset({2, 19, 20, 21})
"""OpenSSL's verification results (`X509_V_ERR_*`): the last four are chains that lead to no known root."""

_ODD = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
"""What cryptography raises for certificates that are none, besides `ValueError`."""


class Unreadable(Exception):
    """The certificate cannot be read: whoever runs the server should look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A server's certificate. `names` are the host names (maybe with a `*`) and addresses that it is for."""

    names: tuple[str, ...]
    issuer: str
    is_self_issued: bool
    starts: datetime
    ends: datetime

    def covers(self, host: str) -> bool:
        """Is it for this host? A `*` stands for one whole first label before at least two, and never in an address."""
        rest = host.partition(".")[2]
        return host in self.names or ("." in rest and not _is_address(host) and f"*.{rest}" in self.names)

    def days_left(self, now: datetime) -> int:
        """Whole days that are left of its time; below 0 where it is over."""
        return (self.ends - now) // DAY

    @property
    def until(self) -> str:
        """The day on which it ends."""
        return self.ends.date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why the certificate was not accepted: OpenSSL's result and words, and how many certificates came along."""

    code: int
    words: str
    sent: int


def read(der: bytes) -> Certificate:
    """A certificate as values; raises `Unreadable`."""
    try:
        raw = x509.load_der_x509_certificate(der)
        return Certificate(
            names=_names(raw),
            issuer=_who(raw.issuer),
            is_self_issued=raw.issuer == raw.subject,
            starts=raw.not_valid_before_utc,
            ends=raw.not_valid_after_utc,
        )
    except (ValueError, TypeError, *_ODD) as exc:
        raise Unreadable("its certificate cannot be read") from exc


def faults(certificate: Certificate, host: str, refused: Refused, now: datetime) -> tuple[str, ...]:
    """Everything that is wrong with a certificate that was refused, the refusal's own words where nothing is seen."""
    said: list[str] = []
    if certificate.ends < now:
        ago = counted((now - certificate.ends) // DAY, "day")
        said.append(f"expired {ago} ago ({certificate.until})")
    elif now < certificate.starts:
        said.append(f"not valid before {certificate.starts.date().isoformat()}")
    elif refused.code == EXPIRED:
        said.append("a certificate further up its chain has expired")
    if not certificate.covers(host):
        said.append(f"for {_listed(certificate.names)}, not {host}")
    if refused.code == SELF_SIGNED:
        said.append("self-signed")
    elif refused.code in UNVERIFIED:
        said.append(_unknown(certificate, refused))
    return tuple(said) or (refused.words,)


def facts(certificate: Certificate, said: Iterable[str]) -> tuple[str, ...]:
    """What else is worth knowing of it, beyond what was said already."""
    told = " ".join(said)
    names = f"for {_listed(certificate.names)}"
    signed = "self-signed" if certificate.is_self_issued else certificate.issuer
    known = (
        (names, names),
        (signed, signed if certificate.is_self_issued else f"issued by {signed}"),
        (certificate.until, f"until {certificate.until}"),
    )
    return tuple(fact for essence, fact in known if essence not in told)


def _unknown(certificate: Certificate, refused: Refused) -> str:
    """Why nobody vouches for it: with one certificate sent, what joins it to a root is missing or was never there."""
    if refused.sent == 1 and not certificate.is_self_issued:
        return f"the chain is incomplete, or its issuer is unknown: issued by {certificate.issuer}, sent without it"
    return f"issued by an unknown authority: {certificate.issuer}"


def _names(raw: x509.Certificate) -> tuple[str, ...]:
    try:
        found = raw.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = (name.lower().rstrip(".") for name in found.get_values_for_type(x509.DNSName))
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return (*hosts, *addresses)[:MOST_NAMES]


def _who(name: x509.Name) -> str:
    """Who signed: `R11 (Let's Encrypt)`."""
    common, organization = _part(name, NameOID.COMMON_NAME), _part(name, NameOID.ORGANIZATION_NAME)
    match common, organization:
        case "", "":
            return "somebody without a name"
        case "", only:
            return only
        case only, "":
            return only
        case _:
            return common if common == organization else f"{common} ({organization})"


def _part(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return " ".join(str(found[0].value).split())[:80] if found else ""


def _listed(names: tuple[str, ...]) -> str:
    return listed(names, 3) or "no host at all"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
