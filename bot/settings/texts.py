"""What the text of a setting means: one function a kind.

Each raises ValueError with the end of a sentence that begins with the setting's name.
"""

import re
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

Network: TypeAlias = IPv4Network | IPv6Network

SHORTEST_SECRET = 6  # below: refused
SHORT_SECRET = 20  # below: warned about


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def plain_text(text: str) -> str:
    """Any text without control characters."""
    if not text.isprintable():
        raise ValueError("holds a control character: remove it")
    return text


def optional_text(text: str) -> str | None:
    """Text, or None where it is empty."""
    return plain_text(text) or None


def number(low: int, high: int, text: str) -> int:
    """A whole number from `low` to `high`."""
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(f"must be a whole number from {low} to {high}, not {text[:40]!r}")
    return int(text)


def limit(low: int, high: int, text: str) -> int | None:
    """A whole number from `low` to `high`, or None for `off`."""
    if text.lower() == "off":
        return None
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(f"must be off or a whole number from {low} to {high}, not {text[:40]!r}")
    return int(text)


def minutes(low: int, high: int, text: str) -> timedelta:
    """Whole minutes."""
    return timedelta(minutes=number(low, high, text))


def optional_port(text: str) -> int | None:
    """A port number, or None where it is empty or 0."""
    return number(0, 65535, text or "0") or None


def seconds(low: int, high: int, text: str) -> timedelta:
    """Whole seconds."""
    return timedelta(seconds=number(low, high, text))


def days(low: int, high: int, text: str) -> timedelta:
    """Whole days."""
    return timedelta(days=number(low, high, text))


def url(text: str) -> str:
    """An http(s) URL without a slash at its end."""
    # What may hold a password or a token is not repeated.
    given = "" if "@" in text else f", not {re.split('[?#]', text)[0][:80]!r}"
    wrong = f"must be a URL such as https://bot.example.com, without user name, password, ? and #{given}"
    try:
        parts = urlsplit(plain_text(text))
        _ = parts.port  # raises for a port out of range
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(wrong)
    return text.rstrip("/")


def optional_url(text: str) -> str | None:
    """A URL, or None where it is empty."""
    return url(text) if text else None


def app_id(text: str) -> str:
    """An App's id or client id."""
    if not text.isascii() or not text.replace(".", "").isalnum():
        raise ValueError("must be the App's id or client id, as its page on GitHub shows it")
    return text


def secrets(text: str) -> tuple[bytes, ...]:
    """Secrets, comma-separated, as bytes."""
    found = tuple(secret.strip().encode() for secret in text.split(","))
    if any(len(secret) < SHORTEST_SECRET for secret in found):
        raise ValueError(f"needs at least {SHORTEST_SECRET} characters in every secret ({SHORT_SECRET} are better)")
    return found


def database_url(text: str) -> str | None:
    """A Postgres URL, or None where it is empty."""
    if not text:
        return None
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql:// (leave it unset for SQLite in DATA_DIR)")
    try:
        _ = urlsplit(text).port  # raises for what a password that is not encoded makes of the rest
    except ValueError:
        # not repeated: the driver's own words would quote the password
        raise ValueError("cannot be read: percent-encode what is special in its user name and password") from None
    return text.replace("postgres://", "postgresql://", 1)


def log_level(text: str) -> LogLevel:
    """A log level in any case."""
    if text.upper() not in LogLevel.__members__:
        raise ValueError(f"must be one of {', '.join(LogLevel)}, not {text[:40]!r}")
    return LogLevel(text.upper())


def words(text: str) -> tuple[str, ...]:
    """Words, comma-separated, in lower case."""
    return tuple(word.strip().lower() for word in plain_text(text).split(",") if word.strip())


def ports(text: str) -> tuple[int, ...]:
    """Port numbers, comma-separated."""
    return tuple(number(1, 65535, word) for word in words(text))


# The egress guard refuses these under any settings; said here as well, so that the operator reads which setting is
# wrong. Link-local addresses and 168.63.129.16 hold the clouds' credentials; translation prefixes are second names for
# addresses that a list of IPv4 networks would miss.
_NEVER = tuple(
    ip_network(text)
    for text in [
        "0.0.0.0/8",
        "169.254.0.0/16",
        "168.63.129.16/32",
        "224.0.0.0/3",
        "fe80::/10",
        "ff00::/8",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
    ]
)


def networks(text: str) -> tuple[Network, ...]:
    """Networks, comma-separated; none that may never be reached."""
    return tuple(_network(word) for word in words(text))


def _network(word: str) -> Network:
    try:
        network = ip_network(word)
    except ValueError:
        raise ValueError(f"must be networks such as 10.1.0.0/16, not {word[:60]!r}") from None
    never = next((other for other in _NEVER if other.version == network.version and network.overlaps(other)), None)
    if never is not None:
        raise ValueError(f"may not hold {word}: it overlaps {never}, which is never reachable")
    return network


def pem(text: str) -> str:
    """A private key as PEM text."""
    key = text.replace("\\n", "\n").strip() + "\n"  # many platforms cannot hold real line ends
    if "-----BEGIN " not in key or "PRIVATE KEY-----" not in key or "-----END " not in key:
        raise ValueError("is not a private key in PEM form (-----BEGIN … PRIVATE KEY-----)")
    return key


def file_path(text: str) -> Path | None:
    """A file, or None where it is empty."""
    if not text:
        return None
    path = Path(plain_text(text)).expanduser()
    if not path.is_file():
        raise ValueError(f"names no file: {text[:200]}")
    return path


def key_path(text: str) -> Path | None:
    """A file with a private key, or None where it is empty."""
    if not text:
        return None
    path = Path(text).expanduser()
    if not path.is_file():
        raise ValueError(f"names no file: {text[:200]}")
    try:
        pem(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"names a file that cannot be read: {type(error).__name__}") from None
    return path


def optional_pem(text: str) -> str | None:
    """A private key, or None where it is empty."""
    return pem(text) if text else None
