"""The evidence page in a real browser."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, world

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--dump-dom",
)  # fmt: skip


@pytest.fixture
def chromium() -> str:
    """The browser's path."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI"):
        pytest.fail("chromium is not installed")
    if found is None:
        pytest.skip("chromium is not installed")
    return found


async def test_evidence_page_in_a_browser(on_stage: Staging, shas: Shas, chromium: str, tmp_path: Path) -> None:
    """The page behind a comment's link shows the verdict and the criteria; its own policy blocks nothing of it."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("Created `service/monitoring.py`.\n\n/assess-resolution")
        link = answers(issue)[-1].split("](https://bot.example.com")[-1].split(")")[0]
        browser = await asyncio.create_subprocess_exec(
            chromium,
            *FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            stage.url + link,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            page, said = await browser.communicate()
    shown = page.decode()
    assert '<h1 class="good">Resolved</h1>' in shown
    assert "service/monitoring.py" in shown
    assert "Content Security Policy" not in said.decode("utf-8", "replace")
