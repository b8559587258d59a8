"""Which addresses may be connected to: public unicast, and what the operator adds.

Rules:
1. IPv4 is refused by IANA's special-purpose registry; IPv6 is allowed only inside 2000::/3, minus carve-outs.
2. Metadata services and translation prefixes are refused even where the operator allows the network around them:
   a translated address is a second name for an IPv4 address that would be refused by its first.

Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, RFC 6890.
"""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(word) for word in text.split())


SPECIAL = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"
    " 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24"
    " 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    " 2001::/23 2001:db8::/32 2002::/16 3fff::/20 2620:4f:8000::/48"
)
GLOBAL_UNICAST = IPv6Network("2000::/3")

METADATA = _networks(
    "169.254.0.0/16 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32 fe80::/10 fd00:ec2::/32 fd20:ce::254/128"
)
"""Services of clouds that hand out credentials to whoever asks.

168.63.129.16 is a public address that is local inside Azure.
"""

TRANSLATED = _networks("64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/32 ::ffff:0:0/96 ::ffff:0:0:0/96")
"""NAT64, 6to4, Teredo, v4-mapped, v4-translated."""

NEVER_ALLOWED = (*TRANSLATED, *_networks("0.0.0.0/8 169.254.0.0/16 168.63.129.16/32 224.0.0.0/3 fe80::/10 ff00::/8"))


@lru_cache(maxsize=4096)
def refusal_of(text: str, allowed: tuple[Network, ...]) -> str | None:
    """Why this address may not be connected to (for the operator's eyes), or None where it may be."""
    if "%" in text:
        return f"{text} has a zone"
    try:
        address = ip_address(text)
    except ValueError:
        return f"{text!r} is no address"
    if is_never(text):
        return f"{text} is never connected to"
    if any(address in network for network in allowed):
        return None
    if any(address in network for network in SPECIAL):
        return f"{text} is in a special-purpose block"
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return f"{text} is not a public IPv6 address"
    return None


def is_never(host: str) -> bool:
    """Is this an address that no setting opens? False for names."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in (*METADATA, *NEVER_ALLOWED))


def exactly(host: str) -> tuple[Network, ...]:
    """The network that is this one address; none for a name."""
    try:
        return (ip_network(ip_address(host)),)
    except ValueError:
        return ()


def never_allowable(network: Network) -> str | None:
    """Why an operator may not allow this network, or None."""
    for never in NEVER_ALLOWED:
        if network.version == never.version and network.overlaps(never):
            return f"{network} overlaps {never}, which is never connected to"
    return None
