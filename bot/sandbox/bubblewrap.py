"""The command line that makes a sandbox around a command. Pure.

Inside there is no network, no environment, no capability, nobody else's process and no file of this machine but
`/usr`; what can be written is memory of a bounded size. `--disable-userns` keeps the command from making user
namespaces of its own, which is where most of the kernel's holes are.

Sources: bwrap(1), setpriv(1), prlimit(1), choom(1), setrlimit(2), user_namespaces(7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.command import Command

INSIDE_UID = 65534
OUTSIDE_UID = 64535
"""Whom the command is outside of its sandbox, where the server runs as root: root has no limit on processes."""

WORK, CHECKOUT = "/work", "/checkout"
OPEN_FILES = 256
_NAMESPACES = (
    *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"),
    *("--clearenv", "--cap-drop", "ALL"),
)
_USUAL_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SHOWN_OF_ETC = ("/etc/ld.so.cache", "/etc/alternatives")
_PREPARE = f"""\
cp -RP --preserve=mode {CHECKOUT}/. {WORK}/ || exit 1
echo "$0"
exec "$@"
"""
"""First the files are copied to where they can be changed, then the token says that what follows is the command's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the programs are that make a sandbox. `setpriv` is None where there is no root to be dropped."""

    bwrap: str
    setpriv: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a command stands on: its files, `size_bytes` of them, and an `/etc` of its own."""

    files: Path
    size_bytes: int
    etc: Path


def arguments(command: Command, ground: Ground, programs: Programs, token: str) -> tuple[str, ...]:
    """The whole command line. The first line of its output is the token, if the sandbox could be set up."""
    return (
        *_dropped(programs),
        programs.bwrap,
        *_NAMESPACES,
        *("--uid", str(INSIDE_UID), "--gid", str(INSIDE_UID), "--hostname", "sandbox"),
        *_system(ground),
        *_writable(command, ground),
        *(word for tool in command.tools for word in ("--ro-bind", str(tool), str(tool))),
        *("--remount-ro", "/"),
        *_environment(command.tools),
        *("--chdir", WORK, "--", "/bin/sh", "-c", _PREPARE, token),
        *_limited(command),
        *command.run,
    )


def _dropped(programs: Programs) -> Iterator[str]:
    if programs.setpriv is not None:
        yield programs.setpriv
        yield from (f"--reuid={OUTSIDE_UID}", f"--regid={OUTSIDE_UID}", "--clear-groups", "--inh-caps=-all")
        yield "--no-new-privs"


def _system(ground: Ground) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _USUAL_LINKS:
        here = Path("/", name)
        if here.is_symlink():
            yield from ("--symlink", str(here.readlink()), f"/{name}")
        elif here.is_dir():
            yield from ("--ro-bind", f"/{name}", f"/{name}")
    for file in sorted(ground.etc.iterdir()):
        yield from ("--ro-bind", str(file), f"/etc/{file.name}")
    for shown in _SHOWN_OF_ETC:
        yield from ("--ro-bind-try", shown, shown)
    yield from ("--ro-bind", str(ground.files), CHECKOUT)


def _writable(command: Command, ground: Ground) -> Iterator[str]:
    room = command.bounds.disk_bytes
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--size", str(room), "--tmpfs", "/dev/shm", "--remount-ro", "/dev")  # noqa: S108 - the sandbox's own
    yield from ("--size", str(room), "--tmpfs", "/tmp")  # noqa: S108 - the sandbox's own
    yield from ("--size", str(room + ground.size_bytes), "--tmpfs", WORK)


def _environment(tools: tuple[Path, ...]) -> Iterator[str]:
    folders = (*(f"{tool}/bin" for tool in tools), "/usr/local/bin", "/usr/bin", "/bin")
    for name, value in (("PATH", ":".join(folders)), ("HOME", "/tmp"), ("LANG", "C.UTF-8")):  # noqa: S108
        yield from ("--setenv", name, value)


def _limited(command: Command) -> Iterator[str]:
    """The limits are set inside: there the kernel counts the processes of this sandbox alone (since Linux 5.14)."""
    bounds = command.bounds
    seconds = max(1, round(bounds.time.total_seconds()))
    yield from ("choom", "-n", "1000", "--", "nice", "-n", "19", "prlimit", "--core=0")
    yield f"--nproc={bounds.processes}"
    yield f"--as={bounds.memory_bytes}"
    yield f"--fsize={bounds.disk_bytes}"
    yield f"--cpu={seconds}:{seconds + 1}"
    yield f"--nofile={OPEN_FILES}"
    yield "--"
