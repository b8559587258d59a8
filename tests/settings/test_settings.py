"""Environment in, settings or clear faults out."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.app import breaker_limits
from bot.assessment.breaker import Limits
from bot.egress.addresses import NEVER_ALLOWED, Network
from bot.settings import LogLevel, SettingsError, export_from_env, from_env, person_from_env, reference

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def environ(**changes: str) -> dict[str, str]:
    """The least that a server needs, with changes."""
    least = {"GITHUB_APP_ID": "12", "GITHUB_PRIVATE_KEY": PEM, "GITHUB_WEBHOOK_SECRET": "a-secret-of-some-length"}
    return {**least, **changes}


def test_three_values_are_enough() -> None:
    """An App's id, key and secret start a server; everything else has a default."""
    settings = from_env(environ())
    assert (settings.github_api_url, settings.port) == ("https://api.github.com", 8000)
    assert (settings.database_url, settings.data_dir) == (None, Path("data"))
    assert (settings.log_level, settings.write_lag) == (LogLevel.INFO, timedelta(seconds=90))
    assert settings.webhook_secrets == (b"a-secret-of-some-length",)


FAULTS = {
    # name: (changed variable, its text, words of the one line)
    "no id": ("GITHUB_APP_ID", " ", "GITHUB_APP_ID is not set: set it to the App's id"),
    "bad id": ("GITHUB_APP_ID", "a/b", "GITHUB_APP_ID must be the App's id"),
    "no key": ("GITHUB_PRIVATE_KEY", "", "GITHUB_PRIVATE_KEY_PATH is not set: set it to a file"),
    "bad key": ("GITHUB_PRIVATE_KEY", "abc", "GITHUB_PRIVATE_KEY is not a private key in PEM form"),
    "no such key file": ("GITHUB_PRIVATE_KEY_PATH", "/nowhere/key.pem", "GITHUB_PRIVATE_KEY_PATH names no file"),
    "bad attestation key": ("ATTESTATION_KEY", "abc", "ATTESTATION_KEY is not a private key in PEM form"),
    "no attestation key file": ("ATTESTATION_KEY_PATH", "/nowhere/key.pem", "ATTESTATION_KEY_PATH names no file"),
    "no secret": ("GITHUB_WEBHOOK_SECRET", "", "GITHUB_WEBHOOK_SECRET is not set"),
    "short secret": ("GITHUB_WEBHOOK_SECRET", "12345", "GITHUB_WEBHOOK_SECRET needs at least 6 characters"),
    "empty second secret": ("GITHUB_WEBHOOK_SECRET", "a-long-secret,", "GITHUB_WEBHOOK_SECRET needs at least 6"),
    "no scheme": ("GITHUB_API_URL", "api.github.com", "GITHUB_API_URL must be a URL"),
    "credentials in the URL": ("PUBLIC_URL", "https://a:b@x.test", "PUBLIC_URL must be a URL"),
    "bad port in the URL": ("PUBLIC_URL", "https://x.test:99999", "PUBLIC_URL must be a URL"),
    "bad brackets in the URL": ("PUBLIC_URL", "https://[x", "PUBLIC_URL must be a URL"),
    "port name": ("PORT", "http", "PORT must be a whole number from 0 to 65535, not 'http'"),
    "port range": ("PORT", "65536", "PORT must be a whole number from 0 to 65535"),
    "superscript port": ("PORT", "²", "PORT must be a whole number"),
    "metrics port": ("METRICS_PORT", "off", "METRICS_PORT must be a whole number from 0 to 65535, not 'off'"),
    "database": ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with postgresql://"),
    "log level": ("LOG_LEVEL", "loud", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'loud'"),
    "lag": ("WRITE_LAG_SECONDS", "-1", "WRITE_LAG_SECONDS must be a whole number from 0 to 3600"),
    "retention under the redelivery window": ("RETENTION_DAYS", "3", "RETENTION_DAYS must be a whole number from 30"),
    "network": ("PROBE_ALLOW_NETWORKS", "10.0.0.1/8", "PROBE_ALLOW_NETWORKS must be networks such as"),
    "metadata network": ("PROBE_ALLOW_NETWORKS", "169.254.169.254/32", "never reachable"),
    "everything": ("PROBE_ALLOW_NETWORKS", "0.0.0.0/0", "never reachable"),
    "translated network": ("PROBE_ALLOW_NETWORKS", "64:ff9b::/96", "never reachable"),
    "mapped network": ("PROBE_ALLOW_NETWORKS", "::ffff:a00:0/104", "never reachable"),
    "probe port": ("PROBE_PORTS", "80,0", "PROBE_PORTS must be a whole number from 1 to 65535"),
    "no operator file": ("OPERATOR_FILE", "/nowhere/operator.yml", "OPERATOR_FILE names no file: /nowhere"),
    "no closings": ("CLOSINGS_PER_HOUR", "0", "CLOSINGS_PER_HOUR must be off or a whole number from 1 to"),
    "share": ("ERROR_SHARE_PERCENT", "100", "ERROR_SHARE_PERCENT must be off or a whole number from 1 to 99"),
    "pause": ("ACTING_PAUSE_MINUTES", "off", "ACTING_PAUSE_MINUTES must be a whole number from 1 to 720"),
    "control character": ("DATA_DIR", "a\x1bb", "DATA_DIR holds a control character"),
}


@pytest.mark.parametrize(("name", "text", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_senseless_value_stops_the_start_with_one_line(name: str, text: str, words: str) -> None:
    """The line begins with the setting's name and says what to set."""
    with pytest.raises(SettingsError) as error:
        from_env(environ(**{name: text}))
    assert len(error.value.faults) == 1
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["https://u:canary@x.test", "https://[u:canary@x", "https://x.test/?token=canary"])
def test_a_url_with_a_secret_is_not_repeated(text: str) -> None:
    """What the start says stands in logs."""
    with pytest.raises(SettingsError) as error:
        from_env(environ(PUBLIC_URL=text))
    assert "PUBLIC_URL must be a URL such as" in str(error.value)
    assert "canary" not in str(error.value)


def test_all_faults_are_told_at_once() -> None:
    """Nobody has to start a server four times to learn of four faults."""
    with pytest.raises(SettingsError) as error:
        from_env({"PORT": "x"})
    names = [line.split()[0] for line in error.value.faults]
    assert names == ["GITHUB_APP_ID", "GITHUB_WEBHOOK_SECRET", "PORT", "GITHUB_PRIVATE_KEY_PATH"]


def test_the_breaker_can_be_set_and_switched_off() -> None:
    """Numbers, or `off`; without a word there are bounds."""
    given = from_env(environ(CLOSINGS_PER_HOUR="off", REOPENINGS_PER_HOUR="2", ERROR_SHARE_PERCENT="Off"))
    assert (given.closings_per_hour, given.reopenings_per_hour, given.error_share) == (None, 2, None)
    plain = breaker_limits(from_env(environ()))
    assert plain == Limits()
    given = from_env(environ(ERROR_SHARE_MINIMUM="7", ERROR_WINDOW_MINUTES="3", ACTING_PAUSE_MINUTES="4"))
    expected = Limits(minimum=7, window=timedelta(minutes=3), pause=timedelta(minutes=4))
    assert breaker_limits(given) == expected


def test_secrets_rotate() -> None:
    """Several secrets are taken, newest first, and spaces around the commas are not part of them."""
    settings = from_env(environ(GITHUB_WEBHOOK_SECRET="new-secret, old-secret"))
    assert settings.webhook_secrets == (b"new-secret", b"old-secret")
    assert "GITHUB_WEBHOOK_SECRET is shorter than 20 characters: it can be guessed" in settings.warnings


def test_a_key_comes_from_a_file(tmp_path: Path) -> None:
    """A file that others can read is taken, with a warning that says what to run."""
    path = tmp_path / "key.pem"
    path.write_text(PEM)
    path.chmod(0o644)
    settings = from_env(environ(GITHUB_PRIVATE_KEY="", GITHUB_PRIVATE_KEY_PATH=str(path)))
    assert settings.private_key == PEM
    assert f"{path} can be read by others: run chmod 600 {path}" in settings.warnings


def test_the_attestation_key_is_no_must(tmp_path: Path) -> None:
    """Text or file, for the server, a person and an export; without one nothing is signed."""
    path = tmp_path / "attestation.pem"
    path.write_text(PEM)
    path.chmod(0o644)
    assert from_env(environ()).attestation_key is None
    by_path = from_env(environ(ATTESTATION_KEY_PATH=str(path)))
    assert (by_path.attestation_key, f"run chmod 600 {path}" in "".join(by_path.warnings)) == (PEM, True)
    given = {"GITHUB_TOKEN": "t0ken", "ATTESTATION_KEY": PEM.replace("\n", "\\n")}
    assert (person_from_env(given).attestation_key, export_from_env(given).attestation_key) == (PEM, PEM)
    assert "MIIE" not in repr((by_path, person_from_env(given), export_from_env(given)))


def test_an_export_needs_no_app(tmp_path: Path) -> None:
    """Only where the assessments are; a fault is told as everywhere."""
    path = tmp_path / "attestation.pem"
    path.write_text(PEM)
    assert export_from_env({"DATA_DIR": "/srv/bot"}).data_dir == Path("/srv/bot")
    with pytest.raises(SettingsError, match="ATTESTATION_KEY and ATTESTATION_KEY_PATH are both set: keep one"):
        export_from_env({"ATTESTATION_KEY": PEM, "ATTESTATION_KEY_PATH": str(path)})


def test_one_key_is_enough(tmp_path: Path) -> None:
    """Two keys are a mistake, since nobody could tell which one is meant."""
    path = tmp_path / "key.pem"
    path.write_text(PEM)
    with pytest.raises(SettingsError, match="are both set: keep one"):
        from_env(environ(GITHUB_PRIVATE_KEY_PATH=str(path)))


def test_line_ends_of_a_key_may_be_escaped() -> None:
    """Platforms that cannot hold line ends hold `\\n`; the signing key is the same either way."""
    escaped = from_env(environ(GITHUB_PRIVATE_KEY=PEM.replace("\n", "\\n")))
    assert escaped.private_key == PEM
    assert escaped.signing_key == from_env(environ()).signing_key
    assert escaped.signing_key != from_env(environ(SIGNING_KEY="another")).signing_key


def test_values_are_read_into_types() -> None:
    """Numbers, lists and networks arrive as what they are."""
    settings = from_env(
        environ(
            PROBE_ALLOW_HOSTS="A.internal, b.internal",
            PROBE_ALLOW_NETWORKS="10.1.0.0/16",
            DATABASE_URL="postgres://u:p@db/x",
            PUBLIC_URL="https://bot.example.com/",
            LOG_LEVEL="debug",
        )
    )
    assert settings.probe_allow_hosts == ("a.internal", "b.internal")
    assert settings.probe_allow_networks == (ip_network("10.1.0.0/16"),)
    assert settings.database_url == "postgresql://u:p@db/x"
    assert settings.public_url == "https://bot.example.com"
    assert settings.log_level is LogLevel.DEBUG
    assert settings.warnings == ()


@pytest.mark.parametrize(("text", "port"), [("", None), ("0", None), ("9464", 9464)], ids=["unset", "0", "a port"])
def test_nobody_reads_the_numbers_unless_a_port_is_set(text: str, port: int | None) -> None:
    """And then on loopback alone, unless that is said as well."""
    settings = from_env(environ(METRICS_PORT=text))
    assert (settings.metrics_host, settings.metrics_port) == ("127.0.0.1", port)
    assert from_env(environ(METRICS_HOST="10.0.0.5")).metrics_host == "10.0.0.5"


def test_no_secret_shows() -> None:
    """Printing the settings tells no secret."""
    shown = repr(from_env(environ(DATABASE_URL="postgres://u:pass-word@db/x", SIGNING_KEY="sign-with-this")))
    assert not any(word in shown for word in ("MIIE", "a-secret-of-some-length", "pass-word", "sign-with-this"))


def test_a_person_needs_only_a_token() -> None:
    """The command line asks for a token and nothing else."""
    assert person_from_env({"GITHUB_TOKEN": "t0ken"}).token == "t0ken"
    with pytest.raises(SettingsError, match="GITHUB_TOKEN is not set: set it to a person's token"):
        person_from_env({})


def test_the_reference_page_is_current() -> None:
    """The committed page is what the table makes."""
    assert reference() == REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("network", NEVER_ALLOWED, ids=str)
def test_what_the_guard_never_opens_is_refused_by_name(network: Network) -> None:
    """A network that no setting may open is a fault of that setting, not of the start later on."""
    with pytest.raises(SettingsError, match=r"^PROBE_ALLOW_NETWORKS may not hold"):
        from_env(environ(PROBE_ALLOW_NETWORKS=str(network)))
