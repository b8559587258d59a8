"""What may be asked of the network at all: URLs, hosts, ports and headers. Pure; resolves nothing.

Rules:
1. A URL is parsed once, and what was checked is what is sent: nothing parses the text a second time.
2. What is wrong with the text itself is said to whoever wrote it (`Unsendable`).
3. What is wrong with the place is said to the operator alone (`Refusal`); people get `NOT_REACHABLE`, the same
   sentence that they get for a name that does not resolve and a port where nobody listens.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from bot.egress.addresses import Network, is_never, never_allowable, refusal_of
from bot.egress.exchange import Request, Unsendable

NOT_REACHABLE = "the address is not reachable under this server's network policy"

MAX_URL = 2048
MAX_HOST = 253
MAX_HEADERS = 20
MAX_HEADER_VALUE = 1024
MAX_CREDENTIAL = 8 << 10
MAX_SENT = 16 << 10
METHODS = ("GET", "HEAD", "POST")
CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain")
DEFAULT_PORTS = {"http": 80, "https": 443}

INNER_NAMES = frozenset(
    {"localhost", "localdomain", "internal", "intranet", "private", "local", "lan", "home", "corp", "svc", "cluster"}
    | {"arpa", "onion"}
)
"""Last labels that never lead to the public internet (RFC 6761, RFC 6762 appendix G, RFC 8375, Kubernetes)."""

OUR_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "content-type", "expect", "forwarded", "host"}
    | {"http2-settings", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"}
)
"""Written by the guard itself, or with a meaning between hops only (RFC 9110 section 7.6.1)."""

SECRET_HEADERS = frozenset({"authorization", "cookie", "metadata", "metadata-flavor"})
CREDENTIAL_HEADERS = frozenset({"authorization", "cookie"})
"""Secret in a policy, but not where their value is what the origin itself gave a moment ago."""

SECRET_PREFIXES = (
    "proxy-",
    "x-aws-",
    "x-forwarded-",
    "x-real-",
    "x-google-metadata",
    "x-metadata",
    "sec-",
    "x-identity-",
)

_SHAPE = re.compile(r"(?i)(https?)://([^/?#]+)(?:[/?#]|\Z)")
_UNSENT = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]")
_NO_HOST = re.compile(r"[/?#@%\[\]]|\A[^:]*:[^:]*\Z")
_PORT = re.compile(r"(?:\A\[[^\]]*\]|\A[^:\[]*)(?::[0-9]{0,5})?\Z")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}\Z")
_PRINTABLE = re.compile(r"[\x20-\x7e]*\Z")


class UnsafeEgress(Exception):
    """The guard does not hold, or the operator's settings would open it: the server must not start."""


class LeakyGuard(UnsafeEgress):
    """The guard itself does not hold, whatever the settings are: the program or a library is not what it should be."""


class Refusal(Exception):
    """The place may not be asked. The text names addresses: it is for the operator's log and nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often somebody is asked: on average, and at once after a pause; nobody waits beyond `patience`."""

    per_second: float = 1.0
    burst: int = 10
    patience: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressSettings:
    """What the operator decides. Raises `UnsafeEgress` for what would open the guard.

    `allow_hosts` are exact names that would count as internal (`prometheus.svc`); their addresses need
    `allow_networks` as well, so that a changed DNS entry opens nothing. `deny_hosts` are names that are never asked:
    this server's own, GitHub's API. `pace` is that of one repository and one host, `pace_of_address` that of one
    repository and one address, whatever its names are, and `pace_of_all` that of all repositories and one address.
    """

    contact_url: str = ""
    allow_hosts: tuple[str, ...] = ()
    deny_hosts: tuple[str, ...] = ()
    allow_networks: tuple[Network, ...] = ()
    ports: tuple[int, ...] = (80, 443, 8080, 8443)
    max_redirects: int = 5
    max_body_bytes: int = 1 << 20
    connect_within: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(seconds=60)
    at_once: int = 300
    max_url: int = MAX_URL
    pace: Pace = Pace()
    pace_of_address: Pace = Pace(per_second=5, burst=50, patience=timedelta(seconds=5))
    pace_of_all: Pace = Pace(per_second=25, burst=250, patience=timedelta(seconds=5))

    def __post_init__(self) -> None:
        for network in self.allow_networks:
            if fault := never_allowable(network):
                raise UnsafeEgress(fault)
        for port in self.ports:
            if not 0 < port < 65536:
                raise UnsafeEgress(f"{port} is no port")
        if not _PRINTABLE.match(self.contact_url):
            raise UnsafeEgress("the contact URL holds characters that no header may hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A checked URL, taken apart. `host` is ASCII (punycode, or an address without brackets, in its one short form)."""

    url: str
    scheme: str
    host: str
    port: int
    path: bytes

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454)."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The Host header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def url_fault(url: str) -> str | None:
    """What is wrong with a URL wherever the server stands, in plain words; None where nothing is.

    For checking a policy before anything runs; ports and inner addresses are the operator's, and not looked at.
    """
    try:
        host = _parsed(url).host
        host_check(host, EgressSettings())
    except Unsendable as fault:
        return str(fault)
    except Refusal:
        return "this address is never asked: name a public one" if is_never(host) else None
    return None


def target_of(url: str, settings: EgressSettings) -> Target:
    """The URL, checked. Raises `Unsendable` for a faulty text, `Refusal` for a place that may not be asked."""
    target = _parsed(url, settings.max_url)
    port_check(target.port, settings)
    host_check(target.host, settings)
    return target


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL (RFC 6454); raises `Unsendable` for a faulty one.

    A WebSocket's is that of its opening handshake: http for ws, https for wss (RFC 6455 section 4.1).
    """
    return _parsed(re.sub(r"\A(?i:ws)(?=s?://)", "http", url)).origin


def host_of(text: str) -> str:
    """A host name or address as it is looked up: ASCII, lower case, no trailing dot. Raises `Unsendable`.

    It is read by the same rules as the host of a URL, so that no spelling means something else here than there.
    """
    if not text or _NO_HOST.search(text):
        raise Unsendable("a host name or an address is needed, without a port, a path or square brackets")
    return _parsed(f"http://[{text}]/" if ":" in text else f"http://{text}/").host


def port_check(port: int, settings: EgressSettings) -> None:
    """Raises `Unsendable` for a port that the operator has not opened."""
    if port not in settings.ports:
        ports = ", ".join(map(str, dict.fromkeys(settings.ports)))
        raise Unsendable(f"port {port} is not asked from here; these are: {ports}")


def host_check(host: str, settings: EgressSettings) -> None:
    """Raises `Refusal` or `Unsendable` for a host that may not be asked, whatever it resolves to."""
    if not host or len(host) > MAX_HOST:
        raise Unsendable("the host name is empty or too long")
    if ":" in host:
        _address_check(host, settings)
        return
    labels = host.split(".")
    if _NUMBER.match(labels[-1]):
        _address_check(_plain_ipv4(host), settings)
        return
    if not all(_LABEL.match(label) for label in labels):
        raise Unsendable("the host name holds characters that no host name has")
    if host in map(_plain, settings.deny_hosts):
        raise Refusal(f"{host} is in the operator's list of names that are never asked")
    if host not in map(_plain, settings.allow_hosts) and (len(labels) == 1 or labels[-1] in INNER_NAMES):
        raise Refusal(f"{host} is an internal name")


def request_check(request: Request) -> None:
    """Raises `Unsendable` for a question that is never sent, wherever it would go."""
    if request.method not in METHODS:
        raise Unsendable(f"only {', '.join(METHODS[:-1])} and {METHODS[-1]} are asked")
    if len(request.headers) + len(request.credentials) > MAX_HEADERS:
        raise Unsendable(f"more than {MAX_HEADERS} headers")
    faults = (
        *(header_fault(name, value) for name, value in request.headers),
        *(credential_fault(name, value) for name, value in request.credentials),
    )
    if fault := next(filter(None, faults), None):
        raise Unsendable(fault)
    if fault := body_fault(request.method, request.body, request.content_type):
        raise Unsendable(fault)


def body_fault(method: str, body: bytes | None, content_type: str | None) -> str | None:
    """What is wrong with a body that somebody wants sent; None where nothing is."""
    if body is None:
        return None if content_type is None else "a content type goes with a body"
    if method != "POST":
        return "only POST has a body"
    if content_type not in CONTENT_TYPES:
        return f"the content type of a body is one of {', '.join(CONTENT_TYPES)}"
    return f"the body is longer than {MAX_SENT:,} bytes" if len(body) > MAX_SENT else None


def header_fault(name: str, value: str) -> str | None:
    """What is wrong with a header that somebody wants sent; None where nothing is."""
    lower = name.lower()
    if not _TOKEN.match(name):
        return f"{name!r} is no header name"
    if lower in OUR_HEADERS:
        return f"the header {name} is written by this server itself"
    if lower in SECRET_HEADERS or lower.startswith(SECRET_PREFIXES):
        instead = (
            ": let the operator keep its value, and name that with `secret`" if lower in CREDENTIAL_HEADERS else ""
        )
        return f"the header {name} is never sent from a policy{instead}"
    return _value_fault(name, value, MAX_HEADER_VALUE)


def credential_fault(name: str, value: str) -> str | None:
    """What is wrong with a header made of what its origin gave; None where nothing is. The value is never repeated."""
    fault = None if name.lower() in CREDENTIAL_HEADERS else header_fault(name, "")
    return fault or _value_fault(name, value, MAX_CREDENTIAL)


def _value_fault(name: str, value: str, most: int) -> str | None:
    if len(value) > most or not _PRINTABLE.match(value) or value != value.strip():
        return f"the value of {name} must be at most {most} printable ASCII characters, with no blank at either end"
    return None


@lru_cache(maxsize=1024)  # the same URL is read when a policy is loaded and whenever it is asked
def _parsed(url: str, limit: int = MAX_URL) -> Target:
    if len(url) > limit:
        raise Unsendable(f"the URL is longer than {limit} characters")
    if found := _UNSENT.search(url):
        raise Unsendable(f"the URL holds {found[0]!r}, which must be percent-encoded (nothing is filled in here)")
    shape = _SHAPE.match(url)
    if not shape:
        raise Unsendable("the URL must begin with http:// or https:// and a host name")
    authority = shape[2]
    if "@" in authority or "%" in authority:
        raise Unsendable("the URL's host part must hold neither a user name nor percent signs")
    try:
        parsed = httpx.URL(url)
        port = parsed.port
    except (httpx.InvalidURL, ValueError) as exc:
        raise Unsendable("the URL cannot be read") from exc
    if not _PORT.search(authority):
        raise Unsendable("the URL's port must be a plain number")
    host = parsed.raw_host.decode("ascii").rstrip(".")
    bracketed = authority.startswith("[")
    if bracketed != (":" in host):
        raise Unsendable("square brackets are for IPv6 addresses")
    return Target(
        url=str(parsed.copy_with(fragment=None)),
        scheme=parsed.scheme,
        host=str(IPv6Address(host)) if bracketed else host,
        port=DEFAULT_PORTS[parsed.scheme] if port is None else port,
        path=parsed.raw_path,
    )


def _plain_ipv4(host: str) -> str:
    # A host that ends in a number is an IPv4 address in every browser (WHATWG URL, "ends in a number checker"), in
    # spellings (octal, decimal, short) that libraries read differently: only one spelling is taken.
    try:
        return str(IPv4Address(host))
    except ValueError as exc:
        raise Unsendable("the host is an IPv4 address in an unusual spelling") from exc


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def _address_check(address: str, settings: EgressSettings) -> None:
    if refusal := refusal_of(address, settings.allow_networks):
        raise Refusal(refusal)
    denied = ip_address(address) in _addresses(settings.deny_hosts)
    if denied and not any(ip_address(address) in network for network in settings.allow_networks):
        raise Refusal(f"{address} is in the operator's list of hosts that are never asked")


@lru_cache(maxsize=64)
def _addresses(hosts: tuple[str, ...]) -> frozenset[IPv4Address | IPv6Address]:
    """Those of the hosts that are addresses: compared as such, since an IPv6 address has many spellings."""
    found: set[IPv4Address | IPv6Address] = set()
    for host in hosts:
        with suppress(ValueError):
            found.add(ip_address(host.strip("[]")))
    return frozenset(found)
