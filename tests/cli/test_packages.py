"""What the server needs to start: its own packages, and none of those that are for development."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOADED = """
import json, pkgutil, sys, importlib, bot.cli
for module in pkgutil.iter_modules(bot.cli.__path__):
    if module.name != "simulating":  # the simulator's GraphQL engine is a development package
        importlib.import_module(f"bot.cli.{module.name}")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def pinned(file: str) -> set[str]:
    """The distributions that a requirements file locks, by their normalised names."""
    names = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==", (PROJECT / file).read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_the_server_starts_without_development_packages() -> None:
    """Everything that any command imports, but for the simulator, is locked in `requirements.txt`."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=PROJECT, check=True, capture_output=True, text=True, timeout=60
    )
    owners = packages_distributions()
    loaded = {
        re.sub(r"[-_.]+", "-", owner).lower() for module in json.loads(done.stdout) for owner in owners.get(module, ())
    }
    # setuptools hooks itself into every interpreter of a virtual environment
    assert loaded - pinned("requirements.txt") - {"setuptools"} == set()
    assert "graphql-core" in pinned("requirements-dev.txt") - pinned("requirements.txt")
