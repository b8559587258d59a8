"""`check-operator`: faults for terminals and CI."""

from collections.abc import Callable
from pathlib import Path

from bot.assessment.wording import count
from bot.cli.telling import told
from bot.config.load import Broken
from bot.config.operator import load_operator
from bot.settings import environment


def run_check(file: Path, echo: Callable[[str], None]) -> int:
    """0 for a sound file, 1 for one with faults, 2 for one that cannot be read. Secrets are looked for, too."""
    try:
        text = file.read_bytes()
    except OSError as error:
        echo(f"{file}: {error.strerror}")
        return 2
    operator = load_operator(text, path=file, lookup=environment().get)
    if isinstance(operator, Broken):
        for line in told(operator.faults):
            echo(line)
        return 1
    grants = operator.grants
    parts = (
        count(len(grants.allow), "allowance"),
        count(len(grants.secrets), "secret"),
        count(len(grants.servers), "server"),
        count(len(operator.commands), "command"),
    )
    echo(f"{file}: {', '.join(parts)}, no faults")
    return 0
