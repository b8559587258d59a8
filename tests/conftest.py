"""A real Postgres cluster that lives as long as the session."""

import gc
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: no collection need look at it again (half a second each time)."""
    gc.collect()
    gc.freeze()


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _as_postgres(command: list[str]) -> list[str]:
    """Postgres refuses to run as root. Who changes that is not on everybody's path."""
    runuser = shutil.which("runuser", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/sbin"))) or "runuser"
    return [runuser, "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The URL of a fresh cluster, without the database's name."""
    binaries = _binaries()
    if binaries is None and os.environ.get("CI"):
        pytest.fail("postgresql is not installed")
    if binaries is None:
        pytest.skip("postgresql is not installed")
    folder = Path(tempfile.mkdtemp(prefix="tests-pg-"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    flags = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={folder}"
    control = _as_postgres([str(binaries / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log")])
    init = [str(binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run(_as_postgres(init), check=True, capture_output=True, timeout=60, cwd=folder)
    subprocess.run([*control, "-o", flags, "start"], check=True, stdout=subprocess.DEVNULL, timeout=60, cwd=folder)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, timeout=60, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(cluster: str, tmp_path: Path) -> str:
    """A fresh Postgres database."""
    name = f"t{abs(hash(str(tmp_path)))}"
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute(f'create database "{name}"'.encode())
    return f"{cluster}/{name}"
