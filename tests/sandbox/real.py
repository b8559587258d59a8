"""The real sandbox of this machine, or the reason why a test is skipped; a clean machine of the project has one."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.sandbox.bubblewrap import OUTSIDE_UID
from bot.sandbox.checkout import Checkout, checkout
from bot.sandbox.command import MEBIBYTE, Bounds, Command, NoSandbox, Ran
from bot.sandbox.sandbox import Sandbox, started

OWNER = OUTSIDE_UID if os.geteuid() == 0 else None
SMALL = Bounds(time=timedelta(seconds=20), memory_bytes=64 * MEBIBYTE, processes=24, disk_bytes=8 * MEBIBYTE)


async def sandbox() -> Sandbox:
    """The sandbox; skips the test where there is none, but not on the project's own machines."""
    try:
        return await started()
    except NoSandbox as why:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(why))


@asynccontextmanager
async def laid_out(files: Mapping[str, str]) -> AsyncIterator[Checkout]:
    """A checkout with these files."""
    async with checkout(owner=OWNER) as made:
        for path, text in files.items():
            made.write(path, text.encode())
        made.finish()
        yield made


async def run(*words: str, files: Mapping[str, str] | None = None, bounds: Bounds = SMALL) -> Ran:
    """What comes of a command over some files."""
    box = await sandbox()
    async with laid_out(files or {}) as made:
        return await box.run(Command(name="it", run=words, bounds=bounds), made)


async def script(text: str, bounds: Bounds = SMALL) -> Ran:
    """What comes of a Python program."""
    return await run("python3", "it.py", files={"it.py": text}, bounds=bounds)
