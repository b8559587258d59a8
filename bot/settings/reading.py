"""The environment, read once into a frozen value. Nobody else reads `os.environ`.

The table names every setting with its default and meaning; it reads the values and makes the reference page.
All faults are told at once, one line each, and each line says what to set.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from bot.settings import table, texts
from bot.settings.table import Setting
from bot.settings.texts import SHORT_SECRET, LogLevel, Network

EXIT_CODE = 2  # what a process ends with when its settings are faulty


class SettingsError(Exception):
    """Settings are missing or make no sense; `faults` has one line for each, `str()` is all of them."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator of a server decides. Secrets do not show in `repr()`."""

    github_api_url: str
    github_app_id: str
    private_key: str = field(repr=False)  # PEM text
    webhook_secrets: tuple[bytes, ...] = field(repr=False)  # newest first
    signing_key: bytes = field(repr=False)  # for links and marks; 32 bytes
    data_dir: Path
    database_url: str | None = field(repr=False)  # None: SQLite in data_dir
    public_url: str | None
    host: str
    port: int
    log_level: LogLevel
    write_lag: timedelta
    link_life: timedelta
    retention: timedelta
    max_assessments: int
    max_probes: int
    assessment_limit: timedelta
    probe_allow_hosts: tuple[str, ...]
    probe_allow_networks: tuple[Network, ...]
    probe_ports: tuple[int, ...]
    audit_limit: int = 500
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None  # None: nobody reads them
    operator_file: Path | None = None
    attestation_key: str | None = field(default=None, repr=False)  # PEM text; None: nothing is signed for others
    closings_per_hour: int | None = 30  # by itself, in one repository; None: no limit
    reopenings_per_hour: int | None = 5
    error_share: int | None = 50  # percent; None: never a pause
    error_minimum: int = 20
    error_window: timedelta = timedelta(minutes=10)
    acting_pause: timedelta = timedelta(minutes=15)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSettings:
    """What the command line needs to ask GitHub in a person's name."""

    github_api_url: str
    token: str = field(repr=False)
    probe_allow_hosts: tuple[str, ...]
    probe_allow_networks: tuple[Network, ...]
    probe_ports: tuple[int, ...]
    operator_file: Path | None = None
    attestation_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """What the command line needs to sign one of the server's assessments."""

    github_api_url: str
    data_dir: Path
    database_url: str | None = field(repr=False)
    attestation_key: str | None = field(repr=False)


def environment() -> Mapping[str, str]:
    """This process's environment."""
    return os.environ  # noqa: TID251 - the one place that may


def from_env(environ: Mapping[str, str]) -> Settings:
    """The server's settings. Raises `SettingsError` with every fault."""
    _refuse_faults(environ, (*(row.read for row in table.TABLE), _private_key, _attestation_key))
    private_key = _private_key(environ)
    return Settings(
        github_api_url=table.API_URL.read(environ),
        github_app_id=table.APP_ID.read(environ),
        private_key=private_key,
        webhook_secrets=table.SECRETS.read(environ),
        signing_key=_derived(table.SIGNING_KEY.read(environ) or private_key),
        data_dir=table.DATA_DIR.read(environ),
        database_url=table.DATABASE_URL.read(environ),
        public_url=table.PUBLIC_URL.read(environ),
        host=table.HOST.read(environ),
        port=table.PORT.read(environ),
        metrics_host=table.METRICS_HOST.read(environ),
        metrics_port=table.METRICS_PORT.read(environ),
        log_level=table.LOG_LEVEL.read(environ),
        write_lag=table.WRITE_LAG.read(environ),
        link_life=table.LINK_DAYS.read(environ),
        retention=table.RETENTION.read(environ),
        max_assessments=table.MAX_ASSESSMENTS.read(environ),
        max_probes=table.MAX_PROBES.read(environ),
        assessment_limit=table.ASSESSMENT_LIMIT.read(environ),
        audit_limit=table.AUDIT_LIMIT.read(environ),
        probe_allow_hosts=table.ALLOW_HOSTS.read(environ),
        probe_allow_networks=table.ALLOW_NETWORKS.read(environ),
        probe_ports=table.PROBE_PORTS.read(environ),
        operator_file=table.OPERATOR_FILE.read(environ),
        attestation_key=_attestation_key(environ),
        closings_per_hour=table.CLOSINGS.read(environ),
        reopenings_per_hour=table.REOPENINGS.read(environ),
        error_share=table.ERROR_SHARE.read(environ),
        error_minimum=table.ERROR_MINIMUM.read(environ),
        error_window=table.ERROR_WINDOW.read(environ),
        acting_pause=table.ACTING_PAUSE.read(environ),
        warnings=_warnings(environ),
    )


def person_from_env(environ: Mapping[str, str]) -> PersonSettings:
    """The settings of a person at the command line. Raises `SettingsError` with every fault."""
    probing = (table.ALLOW_HOSTS, table.ALLOW_NETWORKS, table.PROBE_PORTS, table.OPERATOR_FILE)
    rows: tuple[Setting[object], ...] = (table.TOKEN, table.API_URL, *probing)
    _refuse_faults(environ, (*(row.read for row in rows), _attestation_key))
    return PersonSettings(
        github_api_url=table.API_URL.read(environ),
        token=table.TOKEN.read(environ),
        probe_allow_hosts=table.ALLOW_HOSTS.read(environ),
        probe_allow_networks=table.ALLOW_NETWORKS.read(environ),
        probe_ports=table.PROBE_PORTS.read(environ),
        operator_file=table.OPERATOR_FILE.read(environ),
        attestation_key=_attestation_key(environ),
    )


def export_from_env(environ: Mapping[str, str]) -> ExportSettings:
    """Where the server's assessments are, and what signs them. Raises `SettingsError` with every fault."""
    rows: tuple[Setting[object], ...] = (table.API_URL, table.DATA_DIR, table.DATABASE_URL)
    _refuse_faults(environ, (*(row.read for row in rows), _attestation_key))
    return ExportSettings(
        github_api_url=table.API_URL.read(environ),
        data_dir=table.DATA_DIR.read(environ),
        database_url=table.DATABASE_URL.read(environ),
        attestation_key=_attestation_key(environ),
    )


def reference() -> str:
    """The reference page of all settings, in Markdown."""
    rows = [
        f"| `{row.name}` | {_shown_default(row)} | {row.meaning}{' *Secret.*' if row.secret else ''} |"
        for row in (*table.TABLE, table.TOKEN)
    ]
    return "\n".join(("# Settings", "", _PREFACE, "", "| name | default | meaning |", "|---|---|---|", *rows, ""))


_Read: TypeAlias = Callable[[Mapping[str, str]], object]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PREFACE = """\
Settings are environment variables. `python -m bot serve` reads them once at its start, and ends with exit code 2 and
one line for each that is missing or makes no sense. This page is made from the table in `bot/settings/table.py`."""


def _shown_default(row: Setting[object]) -> str:
    if row.default is None:
        return "must be set"
    return f"`{row.default}`" if row.default else "none"


def _refuse_faults(environ: Mapping[str, str], reads: tuple[_Read, ...]) -> None:
    found: list[str] = []
    for read in reads:
        try:
            read(environ)
        except ValueError as error:
            found.append(str(error))
    if found:
        raise SettingsError(tuple(dict.fromkeys(found)))  # a bad key is found twice


def _private_key(environ: Mapping[str, str]) -> str:
    """The key from whichever of its two settings is given."""
    found = _key(environ, table.KEY_TEXT, table.KEY_PATH)
    if found is None:
        raise ValueError(f"{table.KEY_PATH.name} is not set: set it to {table.KEY_PATH.meaning}")
    return found


def _attestation_key(environ: Mapping[str, str]) -> str | None:
    return _key(environ, table.ATTESTATION_KEY, table.ATTESTATION_KEY_PATH)


def _key(environ: Mapping[str, str], as_text: Setting[str | None], as_file: Setting[Path | None]) -> str | None:
    text, path = as_text.read(environ), as_file.read(environ)
    if text and path:
        raise ValueError(f"{as_text.name} and {as_file.name} are both set: keep one")
    return text or (texts.pem(path.read_text(encoding="ascii")) if path else None)


def _derived(secret: str) -> bytes:
    # Hashed with a label, so that a leak of the derived key tells nothing about the key that it comes from.
    return hashlib.sha256(b"resolution-bot signing key\0" + secret.encode()).digest()


def _warnings(environ: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    if any(len(secret) < SHORT_SECRET for secret in table.SECRETS.read(environ)):
        found.append(f"GITHUB_WEBHOOK_SECRET is shorter than {SHORT_SECRET} characters: it can be guessed")
    keys = (table.KEY_PATH.read(environ), table.ATTESTATION_KEY_PATH.read(environ))
    open_to_others = (path for path in keys if path is not None and path.stat().st_mode & 0o077)
    found.extend(f"{path} can be read by others: run chmod 600 {path}" for path in open_to_others)
    api = urlsplit(table.API_URL.read(environ))
    if api.scheme == "http" and api.hostname not in _LOOPBACK:
        found.append("GITHUB_API_URL is plain http: tokens travel in the clear")
    if table.PUBLIC_URL.read(environ) is None:
        found.append("PUBLIC_URL is not set: answers will not link to their evidence")
    return tuple(found)
