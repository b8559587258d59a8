"""`serve`: the webhook server."""

import sys
from dataclasses import replace

import structlog

from bot.app import log_to_stderr, running
from bot.assessment.redact import redact
from bot.egress.rules import UnsafeEgress
from bot.engine import AlreadyRunning, StoreUnavailable
from bot.github.errors import GitHubError
from bot.settings import EXIT_CODE, Settings, SettingsError, environment, from_env
from bot.web.serving import CannotListen, Listen, run, serve


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
    except (AlreadyRunning, StoreUnavailable, UnsafeEgress, CannotListen, OSError, ValueError) as error:
        return _complain(str(error))
    except GitHubError as error:
        return _complain(
            f"GitHub at {settings.github_api_url} does not take us as App {settings.github_app_id}: {error}"
        )
    return 0


async def _serve(settings: Settings) -> None:
    log = structlog.get_logger()
    async with running(settings) as parts:
        await serve(
            parts.web,
            Listen(host=settings.host, port=settings.port),
            on_listening=lambda port: log.info("listening", host=settings.host, port=port),
        )


def _complain(text: str) -> int:
    print(redact(text), file=sys.stderr)  # noqa: T201 - the log may not be set up yet
    return EXIT_CODE
