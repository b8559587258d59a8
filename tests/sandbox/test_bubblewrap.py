"""The command line around a command, and the sandbox of a server that is not root."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import bot
from bot.sandbox.bubblewrap import Ground, Programs, arguments
from bot.sandbox.command import Command
from tests.sandbox.real import sandbox

SYSTEM_PYTHON = "/usr/bin/python3"
AS_SOMEBODY = r"""
import asyncio, os
from datetime import timedelta
from bot.sandbox.checkout import checkout
from bot.sandbox.command import Bounds, Command
from bot.sandbox.sandbox import started

MANY = "import os, time\nfor _ in range({}): os.fork() or {}\ntime.sleep(9)"
SCRIPTS = {
    "who": "import os; assert (os.getuid(), os.environ.get('CANARY')) == (65534, None)",
    "forks": MANY.format(40, "time.sleep(9)"),
    "memory": MANY.format(6, "(bytearray(b'x') * (20 << 20), time.sleep(9))"),
    "time": "import time; time.sleep(9)",
}

async def main():
    box = await started()
    async with checkout(owner=box.reader) as files:
        for name, text in SCRIPTS.items():
            files.write(f"{name}.py", text.encode())
        for name in SCRIPTS:
            time = timedelta(seconds=1 if name == "time" else 20)
            bounds = Bounds(time=time, memory_bytes=64 << 20, processes=16, disk_bytes=1 << 20)
            ran = await box.run(Command(name="it", run=("python3", f"{name}.py"), bounds=bounds), files)
            print(name, ran.exit_code, ran.ended)

asyncio.run(main())
"""


def _line(tmp_path: Path, **programs: str | None) -> tuple[str, ...]:
    (tmp_path / "etc").mkdir()
    ground = Ground(files=tmp_path, size_bytes=4096, etc=tmp_path / "etc")
    command = Command(name="it", run=("--help", "; id"))
    return arguments(command, ground, Programs(bwrap="/bin/bwrap", **programs), "token")


def test_root_becomes_somebody_else_first(tmp_path):
    """Root has no limit on processes, so nothing is run as root."""
    line = _line(tmp_path, setpriv="/bin/setpriv")
    assert line[:3] == ("/bin/setpriv", "--reuid=64535", "--regid=64535")
    assert line.index("/bin/bwrap") < line.index("--unshare-all")


def test_the_commands_words_come_last(tmp_path):
    """None of them can be taken for an option of what stands before."""
    line = _line(tmp_path, setpriv=None)
    assert line[0] == "/bin/bwrap"
    assert line[-3:] == ("--", "--help", "; id")


@pytest.mark.skipif(os.geteuid() != 0 or not Path(SYSTEM_PYTHON).exists(), reason="needs root, and another Python")
async def test_a_server_that_is_not_root():
    """The same bounds hold, without anybody to be dropped."""
    await sandbox()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(Path(bot.__path__[0], "sandbox"), Path(folder, "bot", "sandbox"))
        Path(folder, "bot", "__init__.py").touch()
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o755)
        done = subprocess.run(
            ["setpriv", "--reuid=64000", "--regid=64000", "--clear-groups", SYSTEM_PYTHON, "-B", "-c", AS_SOMEBODY],
            check=True,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "CANARY": "seen"},
            stdout=subprocess.PIPE,
            text=True,
            timeout=30,
        )
    assert done.stdout.splitlines() == ["who 0 None", "forks None processes", "memory None memory", "time None time"]
