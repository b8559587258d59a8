"""A command in the real sandbox: it can compute, and neither reach nor harm anything."""

import asyncio
import os
import socket
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.command import MEBIBYTE, Command, Ended, NoSandbox
from bot.sandbox.sandbox import MOST_KEPT, started
from tests.sandbox.real import SMALL, laid_out, run, sandbox, script


@pytest.mark.parametrize("code", [0, 1, 3, 77])
async def test_an_exit_code_is_the_commands_own(code):
    """What it exits with is what is told, with what it wrote to both outputs."""
    ran = await script(f"import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit({code})")
    assert (ran.exit_code, ran.ended, ran.output, ran.cut) == (code, None, "out\nerr\n", False)
    assert timedelta() < ran.elapsed < SMALL.time


_MANY = "for _ in range(6): os.fork() or (bytearray(b'x') * (20 << 20), time.sleep(9))\ntime.sleep(9)"
_SHARED = """
import mmap, os, time
for _ in range(6):
    if not os.fork():
        held = mmap.mmap(-1, 20 << 20)
        for _ in range(20): held.write(b"x" * (1 << 20))
        time.sleep(9)
time.sleep(9)
"""
BOMBS = {
    "forks without end": ("import os\nwhile True: os.fork()", {Ended.PROCESSES, Ended.TIME}),
    "memory at once": ("b'x' * (1 << 30)", {Ended.MEMORY}),
    "memory by many": (f"import os, time\n{_MANY}", {Ended.MEMORY}),
    "memory that could be shared": (_SHARED, {Ended.MEMORY}),
    "memory with a closed output": (f"import os, time\nos.close(1); os.close(2)\n{_MANY}", {Ended.MEMORY}),
    "disk": ("for n in range(99): open(f'f{n}', 'wb').write(bytes(1 << 20))", {Ended.DISK}),
    "disk in /tmp": ("for n in range(99): open(f'/tmp/f{n}', 'wb').write(bytes(1 << 20))", {Ended.DISK}),
    "disk in /dev/shm": ("for n in range(99): open(f'/dev/shm/f{n}', 'wb').write(bytes(1 << 20))", {Ended.DISK}),
    "a long file": ("f = open('f', 'wb')\nfor n in range(99): f.write(bytes(1 << 20))", {Ended.DISK}),
    "output": ("while True: print('x' * 4096)", {Ended.OUTPUT}),
    "a loop": ("while True: pass", {Ended.TIME}),
    "sleep": ("import time; time.sleep(99)", {Ended.TIME}),
    "sleep that hears no signal": (
        "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\ntime.sleep(99)",
        {Ended.TIME},
    ),
    "killed": ("import os; os.kill(os.getpid(), 9)", {Ended.KILLED}),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_contained(name):
    """It ends in time, says which bound it was, and has no exit code that could be taken for an answer."""
    text, expected = BOMBS[name]
    time = timedelta(seconds=1 if Ended.TIME in expected else 20)
    ran = await script(text, replace(SMALL, time=time))
    assert ran.ended in expected, ran.output[-500:]
    assert ran.exit_code is None
    assert ran.elapsed < time + timedelta(seconds=4)  # a busy machine


async def test_only_the_end_of_a_long_output_is_kept():
    """The last lines say what came of it."""
    ran = await script("print('x' * 1000000); print('compliance: 98.7%')")
    assert (ran.exit_code, ran.cut, len(ran.output)) == (0, True, MOST_KEPT)
    assert ran.output.endswith("compliance: 98.7%\n")


NETWORK = """\
import socket
for family, kind, address in [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", {port})),
    (socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("1.1.1.1", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", {port})),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\\0{abstract}"),
]:
    try:
        one = socket.socket(family, kind); one.settimeout(0.2); one.connect(address); one.send(b"x")
        print("REACHED", address)
    except OSError as error:
        print("no:", error)
try:
    print("RESOLVED", socket.getaddrinfo("example.com", 80))
except OSError as error:
    print("no:", error)
"""


async def test_there_is_no_network():
    """Neither loopback, nor metadata, nor names, nor abstract sockets: our own server sees nobody."""
    abstract = f"resolution-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(f"\0{abstract}")
        local.listen()
        for listening in (server, local):
            listening.setblocking(False)
        ran = await script(NETWORK.format(port=server.getsockname()[1], abstract=abstract))
        for listening in (server, local):
            with pytest.raises(BlockingIOError):
                listening.accept()
    assert (ran.exit_code, ran.output.count("no:")) == (0, 6), ran.output


LOOK = """\
import os, pathlib
print("env", sorted(os.environ))
print("ids", os.getuid(), os.getgid(), os.getgroups())
print("passwd", pathlib.Path("/etc/passwd").read_text().strip())
print("root", sorted(os.listdir("/")))
print("pids", sorted(int(name) for name in os.listdir("/proc") if name.isdecimal())[:2],
      len([name for name in os.listdir("/proc") if name.isdecimal()]) < 5)
print("cap", [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd"))])
"""


async def test_what_it_sees():
    """No environment, no capability, nobody's process, and none of this machine's files but `/usr`."""
    ran = await script(LOOK)
    said = dict(line.split(" ", 1) for line in ran.output.splitlines())
    assert set(eval(said["env"])) <= {"HOME", "LANG", "PATH", "PWD", "LC_CTYPE"}
    assert said["ids"] in {"65534 65534 []", "65534 65534 [65534]"}
    assert said["passwd"] == "sandbox:x:65534:65534::/tmp:/bin/sh"
    links = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}
    assert set(eval(said["root"])) - links == {"checkout", "dev", "etc", "proc", "tmp", "usr", "work"}
    assert said["pids"] == "[1, 2] True"
    assert said["cap"] == "['0000000000000000', '0000000000000000']"


WRITES = """\
import os
for path in ["/x", "/usr/x", "/etc/passwd", "/etc/x", "/dev/x", "/checkout/a", "/checkout/x",
             "/proc/sys/kernel/hostname", "/proc/1/mem", "/proc/sysrq-trigger"]:
    try:
        open(path, "ab").write(b"x"); print("WROTE", path)
    except OSError as error:
        print("no:", path, error.strerror)
open("a", "w").write("changed"); open("/tmp/x", "w").write("x"); print("yes")
"""


async def test_it_writes_to_its_own_copy_alone():
    """The copy can be changed, the checkout and the machine cannot."""
    box = await sandbox()
    async with laid_out({"a": "as it was", "it.py": WRITES}) as files:
        ran = await box.run(_command("python3", "it.py"), files)
        assert (files.ground.files / "a").read_text() == "as it was"
    assert (ran.exit_code, ran.output.count("no:"), ran.output.endswith("yes\n")) == (0, 10, True), ran.output


ESCAPES = {
    "a user namespace": "import ctypes,os\nlibc=ctypes.CDLL(None,use_errno=True)\nprint(libc.unshare(0x10000000))",
    "root": "import os\ntry: os.setuid(0); print(0)\nexcept OSError: print(-1)",
    "a mount": "import ctypes\nprint(ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None))",
    "a device": "import os\ntry: os.mknod('/tmp/d', 0o60600, os.makedev(8, 0)); print(0)\nexcept OSError: print(-1)",
    "more processes": "import resource\ntry: resource.setrlimit(resource.RLIMIT_NPROC, (999, 999)); print(0)\n"
    "except ValueError: print(-1)",
}


@pytest.mark.parametrize("name", ESCAPES)
async def test_it_gains_nothing(name):
    """Neither a namespace, nor rights, nor higher limits."""
    ran = await script(ESCAPES[name])
    assert (ran.exit_code, ran.output) == (0, "-1\n"), ran


async def test_what_it_leaves_behind_ends_with_it():
    """A child in a session of its own, with no parent left, is gone when the command is."""
    mark = f"991{os.getpid()}"
    ran = await script(
        "import os, time\n"
        "if os.fork() == 0:\n    os.setsid()\n"
        f"    os.fork() or os.execlp('sleep', 'sleep', '{mark}')\n    os._exit(0)\n"
        "os.wait(); time.sleep(0.1); print('done')"
    )
    assert (ran.exit_code, ran.output) == (0, "done\n")
    assert not _living(mark)


async def test_who_does_not_wait_any_longer_leaves_nothing_behind():
    """A run that is cancelled ends its command, however little of its sandbox stands, and its checkout goes."""
    mark = f"992{os.getpid()}"
    box = await sandbox()
    for milliseconds in (0, 2, 4, 6, 8, 10, 15, 20, 30, 300):
        async with laid_out({}) as files:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(box.run(_command("sleep", mark), files), milliseconds / 1000)
        assert not files.folder.exists()
    assert not _living(mark)


async def test_its_words_are_no_shells():
    """An argument is an argument, whatever stands in it."""
    ran = await run("printf", "%s|", "$(id)", "; ls", "`id`", "*", "-n", "a b")
    assert ran.output == "$(id)|; ls|`id`|*|-n|a b|"


@pytest.mark.parametrize(
    ("run_", "ended"),
    [
        pytest.param(("no-such-program",), Ended.NOT_FOUND, id="none"),
        pytest.param(("./a",), Ended.NOT_FOUND, id="not-executable"),
    ],
)
async def test_a_program_that_is_not_there(run_, ended):
    """That is no exit code of a command."""
    ran = await run(*run_, files={"a": "text"})
    assert (ran.exit_code, ran.ended) == (None, ended)


async def test_a_checkout_that_has_no_room_is_not_prepared():
    """What fails before the command is not taken for its failure."""
    box = await sandbox()
    async with laid_out({"a": "x" * (2 * MEBIBYTE)}) as files:
        files._bytes = 0
        ran = await box.run(replace(_command("true"), bounds=replace(SMALL, disk_bytes=MEBIBYTE)), files)
    assert (ran.exit_code, ran.ended) == (None, Ended.NOT_PREPARED)


async def test_tools_are_seen_and_searched_first():
    """A folder of the operator's is there to be read, at its own path."""
    with tempfile.TemporaryDirectory() as folder:
        tool = Path(folder, "tool")
        (tool / "bin").mkdir(parents=True)
        (tool / "bin" / "greet").write_text("#!/bin/sh\necho hello; touch $0.x\n")
        for path in (tool.parent, tool, *tool.rglob("*")):
            path.chmod(0o755)
        box = await sandbox()
        async with laid_out({}) as files:
            ran = await box.run(replace(_command("greet"), tools=(tool,)), files)
    assert ran.output.splitlines()[0] == "hello"
    assert "Read-only" in ran.output


@pytest.mark.parametrize(
    ("found", "why"),
    [
        pytest.param({}, "apt install bubblewrap", id="not-installed"),
        pytest.param({"bwrap": "/bin/false", "setpriv": "/usr/bin/setpriv"}, "user namespaces", id="does-not-work"),
        pytest.param({"bwrap": "/no/such", "setpriv": "/no/such"}, "cannot be tried out", id="gone"),
    ],
)
async def test_no_sandbox_says_why(found, why):
    """The operator reads what to install or to allow."""
    with pytest.raises(NoSandbox, match=why):
        await started(found.get)


def _command(*words):
    return Command(name="it", run=words, bounds=SMALL)


def _living(mark):
    """Processes of this machine that bear a mark."""
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if mark.encode() in _read(path)]


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
