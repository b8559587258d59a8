"""Settings: environment variables in, one frozen value out."""

from bot.settings.reading import (
    EXIT_CODE,
    ExportSettings,
    PersonSettings,
    Settings,
    SettingsError,
    environment,
    export_from_env,
    from_env,
    person_from_env,
    reference,
)
from bot.settings.texts import LogLevel, Network

__all__ = [
    "EXIT_CODE",
    "ExportSettings",
    "LogLevel",
    "Network",
    "PersonSettings",
    "Settings",
    "SettingsError",
    "environment",
    "export_from_env",
    "from_env",
    "person_from_env",
    "reference",
]
