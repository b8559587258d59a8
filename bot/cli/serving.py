"""`serve`: the webhook server."""

import sys
from dataclasses import replace

import structlog

from bot.app import Running, log_to_stderr, running
from bot.assessment.redact import redact
from bot.cli.telling import told
from bot.config.operator import OperatorFileError
from bot.egress.rules import LeakyGuard, UnsafeEgress
from bot.engine import AlreadyRunning, StoreUnavailable
from bot.github.errors import GitHubError
from bot.settings import EXIT_CODE, Settings, SettingsError, environment, from_env
from bot.web.serving import CannotListen, Listen, Site, run, serve


def run_server(port: int | None) -> int:
    """The exit code of the server; what keeps it from starting is one line for each thing to set.

    `port`, if given, stands for the setting.
    """
    try:
        settings = from_env(environment())
    except SettingsError as error:
        return _complain(str(error))
    if port is not None:
        settings = replace(settings, port=port)
    log_to_stderr(settings.log_level.value)
    for warning in settings.warnings:
        structlog.get_logger().warning("setting", why=warning)
    try:
        run(_serve(settings))
    except OperatorFileError as error:
        return _complain("\n".join(told(error.broken.faults)))
    except (AlreadyRunning, StoreUnavailable, UnsafeEgress, CannotListen, GitHubError, OSError, ValueError) as error:
        return _complain(_what_to_set(error, settings))
    return 0


def _what_to_set(error: Exception, settings: Settings) -> str:
    """One line: what is wrong, and which setting it hangs on."""
    said = " ".join(str(error).split())
    match error:
        case AlreadyRunning():
            return f"{said}: end it, or set DATA_DIR to another folder"
        case StoreUnavailable() if settings.database_url is not None:
            return f"the database cannot be used ({said}): set DATABASE_URL to one that can"
        case StoreUnavailable():
            return f"{settings.data_dir} holds no usable database ({said}): set DATA_DIR to another folder"
        case LeakyGuard():
            return f"{said}; reinstall the locked requirements"
        case UnsafeEgress():
            return f"{said}: look at PROBE_ALLOW_HOSTS, PROBE_ALLOW_NETWORKS and PROBE_PORTS"
        case GitHubError():
            app = f"App {settings.github_app_id}"
            return f"GitHub does not take us as {app} ({said}): look at GITHUB_APP_ID and GITHUB_PRIVATE_KEY_PATH"
        case OSError():
            reason = error.strerror or said
            return f"{settings.data_dir} cannot be used ({reason}): set DATA_DIR to a folder that can be written"
        case _:
            return said


async def _serve(settings: Settings) -> None:
    log = structlog.get_logger()
    async with running(settings) as parts:
        await serve(
            parts.web,
            Listen(host=settings.host, port=settings.port),
            on_listening=lambda port: log.info("listening", host=settings.host, port=port),
            beside=_metrics(settings, parts),
        )


def _metrics(settings: Settings, parts: Running) -> Site | None:
    """The server's own numbers, where somebody is to read them."""
    if settings.metrics_port is None:
        return None
    log, host = structlog.get_logger(), settings.metrics_host
    return Site(
        app=parts.metrics,
        listen=Listen(host=host, port=settings.metrics_port),
        on_listening=lambda port: log.info("listening-metrics", host=host, port=port),
    )


def _complain(text: str) -> int:
    print(redact(text), file=sys.stderr)  # noqa: T201 - the log may not be set up yet
    return EXIT_CODE
