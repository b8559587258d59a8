"""`kill -9` while a waiver is given, and a new process on the same data: one waiver, one answer, and its end."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.repository import Shas
from tests.journeys.stage import FINAL, REPO, answers, commit_policy, reactions, world
from tests.journeys.test_kill import START_LIMIT, killed_there, server, until
from tests.journeys.test_waivers import PEOPLE, POLICY, WAIVE
from tests.recording import record

REQUESTS = 5  # role, 👀 with the snapshot, the organisation's policy, comment, reaction
NO_END = """create trigger no_end before insert on jobs when new.kind = 'waiver-end.v1'
    begin select raise(abort, 'not yet'); end"""


async def waived(github: SimulatorHandle) -> int:
    """mia waives; her comment."""
    await commit_policy(github, POLICY)
    return await github.comment(REPO, 1, "mia", WAIVE)


def kept(folder: Path, sql: str) -> list[Any]:
    """What the bot's database holds."""
    with closing(sqlite3.connect(folder / "data" / "bot.sqlite", timeout=START_LIMIT)) as database, database:
        return database.execute(sql).fetchall()


async def once(github: SimulatorHandle, folder: Path, comment: int) -> None:
    """It ends well: answered once, waived once, and its end is waited for once."""
    issue = await until(github, lambda issue: bool(reactions(issue, comment) & FINAL))
    (answer,) = answers(issue)
    assert answer.startswith("⚪ @mia waived `documented`")
    assert reactions(issue, comment) == {"eyes", "+1"}
    assert kept(folder, "select name from notes where kind = 'waiver'") == [("documented",)]
    assert len(kept(folder, "select id from jobs where kind = 'waiver-end.v1'")) == 1


@pytest.mark.parametrize("request_number", range(1, REQUESTS + 1))
async def test_killed_at_any_request(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed while its n-th request is under way, the waiver is given once."""
    async with simulator(world(shas, collaborators=PEOPLE)) as github:
        async with server(github, tmp_path) as process:
            await github.fault("delay:0.4", nth=request_number + 1, times=1)
            comment = await waived(github)
            await killed_there(github, process)
        async with server(github, tmp_path):
            await once(github, tmp_path, comment)
        await record(github, f"killed-waiving-{request_number}")


async def test_killed_before_its_end_is_waited_for(tmp_path: Path, shas: Shas) -> None:
    """Killed between keeping the waiver and leaving the look at its end behind, it still ends."""
    async with simulator(world(shas, collaborators=PEOPLE)) as github:
        async with server(github, tmp_path) as process:
            kept(tmp_path, NO_END)
            comment = await waived(github)
            async with asyncio.timeout(START_LIMIT):
                while not kept(tmp_path, "select name from notes where kind = 'waiver'"):
                    await asyncio.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        assert kept(tmp_path, "select id from jobs where kind = 'waiver-end.v1'") == []
        kept(tmp_path, "drop trigger no_end")
        async with server(github, tmp_path):
            await once(github, tmp_path, comment)
        await record(github, "killed-waiving-kept")
