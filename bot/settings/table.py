"""The table of all settings: name, default, meaning, and how the text is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from bot.settings import texts

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T_co]):
    """A row of the table. `default` is text as the environment would hold it; None means that it must be set.

    `parse` raises ValueError with the end of a sentence that begins with the setting's name.
    """

    name: str
    default: str | None
    meaning: str
    parse: Callable[[str], T_co]
    secret: bool = False

    def read(self, environ: Mapping[str, str]) -> T_co:
        """The value. Raises ValueError with the whole sentence."""
        text = environ.get(self.name, "").strip()
        if not text and self.default is None:
            raise ValueError(f"{self.name} is not set: set it to {self.meaning}")
        try:
            return self.parse(text or self.default or "")
        except ValueError as error:
            raise ValueError(f"{self.name} {error}") from None


API_URL = Setting(
    name="GITHUB_API_URL",
    default="https://api.github.com",
    meaning="GitHub's API; for GitHub Enterprise Server `https://HOST/api/v3`.",
    parse=texts.url,
)
APP_ID = Setting(
    name="GITHUB_APP_ID",
    default=None,
    meaning="the App's id or client id, from the App's page on GitHub.",
    parse=texts.app_id,
)
KEY_TEXT = Setting(
    name="GITHUB_PRIVATE_KEY",
    default="",
    meaning="the App's private key as PEM text; `\\n` may stand for line ends. Either this or the next one.",
    parse=texts.optional_pem,
    secret=True,
)
KEY_PATH = Setting(
    name="GITHUB_PRIVATE_KEY_PATH",
    default="",
    meaning="a file (mode 600) with the App's private key, as GitHub's “Generate a private key” downloads it.",
    parse=texts.key_path,
)
SECRETS = Setting(
    name="GITHUB_WEBHOOK_SECRET",
    default=None,
    meaning="the webhook's secret, as the App's page has it; several, comma-separated, newest first, while rotating.",
    parse=texts.secrets,
    secret=True,
)
SIGNING_KEY = Setting(
    name="SIGNING_KEY",
    default="",
    meaning="signs evidence links and the bot's own marks; derived from the private key where it is not set.",
    parse=texts.optional_text,
    secret=True,
)
ATTESTATION_KEY = Setting(
    name="ATTESTATION_KEY",
    default="",
    meaning="the ed25519 key that signs statements about assessments, as PEM text; without it, or the next one, there "
    "are none ([how they are checked](../verifying.md)).",
    parse=texts.optional_pem,
    secret=True,
)
ATTESTATION_KEY_PATH = Setting(
    name="ATTESTATION_KEY_PATH",
    default="",
    meaning="a file (mode 600) with that key; `python -m bot attestation-key FILE` makes one.",
    parse=texts.key_path,
)
DATA_DIR = Setting(
    name="DATA_DIR",
    default="./data",
    meaning="the folder for the bot's databases; one process at a time.",
    parse=lambda text: Path(texts.plain_text(text)).expanduser(),
)
DATABASE_URL = Setting(
    name="DATABASE_URL",
    default="",
    meaning="`postgresql://…` to keep everything in Postgres; SQLite in `DATA_DIR` where it is not set.",
    parse=texts.database_url,
    secret=True,
)
PUBLIC_URL = Setting(
    name="PUBLIC_URL",
    default="",
    meaning="where people reach this server, for links in answers: `https://bot.example.com`.",
    parse=texts.optional_url,
)
HOST = Setting(
    name="HOST",
    default="0.0.0.0",  # noqa: S104 - a webhook server is there to be reached
    meaning="the address to listen on.",
    parse=texts.plain_text,
)
PORT = Setting(
    name="PORT",
    default="8000",
    meaning="the port to listen on; 0 takes a free one.",
    parse=partial(texts.number, 0, 65535),
)
METRICS_HOST = Setting(
    name="METRICS_HOST",
    default="127.0.0.1",
    meaning="the address on which the server's own numbers are read ([which they are](../operating.md#metrics)).",
    parse=texts.plain_text,
)
METRICS_PORT = Setting(
    name="METRICS_PORT",
    default="",
    meaning="the port on which they are read (`GET /metrics`); not set or 0: nobody reads them.",
    parse=texts.optional_port,
)
LOG_LEVEL = Setting(
    name="LOG_LEVEL", default="INFO", meaning="`DEBUG`, `INFO`, `WARNING` or `ERROR`.", parse=texts.log_level
)
WRITE_LAG = Setting(
    name="WRITE_LAG_SECONDS",
    default="90",
    meaning="how long GitHub may take to show what was written: after a write of unknown outcome the bot waits this "
    "long before it looks, and never repeats it earlier.",
    parse=partial(texts.seconds, 0, 3600),
)
LINK_DAYS = Setting(
    name="LINK_DAYS", default="90", meaning="how long a link to the evidence works.", parse=partial(texts.days, 1, 3650)
)
RETENTION = Setting(
    name="RETENTION_DAYS",
    default="30",
    meaning="how long finished work and delivery ids are kept; never under 30, so that nothing is done twice.",
    parse=partial(texts.days, 30, 3650),
)
MAX_ASSESSMENTS = Setting(
    name="MAX_CONCURRENT_ASSESSMENTS",
    default="20",
    meaning="how many assessments run at once.",
    parse=partial(texts.number, 1, 500),
)
MAX_PROBES = Setting(
    name="MAX_CONCURRENT_PROBES",
    default="30",
    meaning="how many probes of one assessment that reach outside or read the whole tree run at once.",
    parse=partial(texts.number, 1, 100),
)
ASSESSMENT_LIMIT = Setting(
    name="ASSESSMENT_SECONDS",
    default="300",
    meaning="how long the probes of one assessment may take together.",
    parse=partial(texts.seconds, 5, 3600),
)
AUDIT_LIMIT = Setting(
    name="AUDIT_MAX_ISSUES",
    default="500",
    meaning="how many closed issues one `/resolution audit` looks at at most ([how](../audit.md#in-an-issue)).",
    parse=partial(texts.number, 1, 2000),
)
ALLOW_HOSTS = Setting(
    name="PROBE_ALLOW_HOSTS",
    default="",
    meaning="host names, comma-separated, that probes may reach although they resolve to private addresses.",
    parse=texts.words,
)
ALLOW_NETWORKS = Setting(
    name="PROBE_ALLOW_NETWORKS",
    default="",
    meaning="networks, comma-separated, that probes may reach although they are private: `10.1.0.0/16`.",
    parse=texts.networks,
)
PROBE_PORTS = Setting(
    name="PROBE_PORTS", default="80,443,8080,8443", meaning="ports that probes may connect to.", parse=texts.ports
)
OPERATOR_FILE = Setting(
    name="OPERATOR_FILE",
    default="",
    meaning="a file that grants more to single repositories: inner hosts, secrets, servers, commands "
    "([how it is written](../operator-file.md)).",
    parse=texts.file_path,
)
CLOSINGS = Setting(
    name="CLOSINGS_PER_HOUR",
    default="30",
    meaning="how many issues the bot closes by itself in one repository in an hour, `off` for no limit "
    "([the breaker](../operating.md#the-breaker)).",
    parse=partial(texts.limit, 1, 100_000),
)
REOPENINGS = Setting(
    name="REOPENINGS_PER_HOUR",
    default="5",
    meaning="how many issues it reopens by itself in one repository in an hour, `off` for no limit.",
    parse=partial(texts.limit, 1, 100_000),
)
ERROR_SHARE = Setting(
    name="ERROR_SHARE_PERCENT",
    default="50",
    meaning="closing and reopening pause for an installation where more than this share of its probes' answers is "
    "“could not measure”; `off` for never.",
    parse=partial(texts.limit, 1, 99),
)
ERROR_MINIMUM = Setting(
    name="ERROR_SHARE_MINIMUM",
    default="20",
    meaning="of how many answers at least that share is taken.",
    parse=partial(texts.number, 1, 100_000),
)
ERROR_WINDOW = Setting(
    name="ERROR_WINDOW_MINUTES",
    default="10",
    meaning="how far back answers count for that share.",
    parse=partial(texts.minutes, 1, 720),
)
ACTING_PAUSE = Setting(
    name="ACTING_PAUSE_MINUTES",
    default="15",
    meaning="how long such a pause lasts before a few answers decide whether it ends.",
    parse=partial(texts.minutes, 1, 720),
)
TOKEN = Setting(
    name="GITHUB_TOKEN",
    default=None,
    meaning="a person's token, for `python -m bot assess` and `python -m bot audit` only; `gh auth token` prints one.",
    parse=texts.plain_text,
    secret=True,
)
TABLE: tuple[Setting[object], ...] = (
    API_URL,
    APP_ID,
    KEY_TEXT,
    KEY_PATH,
    SECRETS,
    SIGNING_KEY,
    ATTESTATION_KEY,
    ATTESTATION_KEY_PATH,
    DATA_DIR,
    DATABASE_URL,
    PUBLIC_URL,
    HOST,
    PORT,
    METRICS_HOST,
    METRICS_PORT,
    LOG_LEVEL,
    WRITE_LAG,
    LINK_DAYS,
    RETENTION,
    MAX_ASSESSMENTS,
    MAX_PROBES,
    ASSESSMENT_LIMIT,
    AUDIT_LIMIT,
    ALLOW_HOSTS,
    ALLOW_NETWORKS,
    PROBE_PORTS,
    OPERATOR_FILE,
    CLOSINGS,
    REOPENINGS,
    ERROR_SHARE,
    ERROR_MINIMUM,
    ERROR_WINDOW,
    ACTING_PAUSE,
)
