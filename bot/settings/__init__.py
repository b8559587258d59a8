"""Settings: environment variables in, one frozen value out."""

from bot.settings.reading import (
    EXIT_CODE,
    PersonSettings,
    Settings,
    SettingsError,
    environment,
    from_env,
    person_from_env,
    reference,
)
from bot.settings.texts import LogLevel, Network

__all__ = [
    "EXIT_CODE",
    "LogLevel",
    "Network",
    "PersonSettings",
    "Settings",
    "SettingsError",
    "environment",
    "from_env",
    "person_from_env",
    "reference",
]
