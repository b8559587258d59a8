"""A real repository of more than 50,000 files: few contents under many paths, so that it is small on disk."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

FILES = 51_000
OLD = "legacy.staging.example.com"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n".format("a" * 64)
LONG_LINE = "x" * 400_000 + OLD + "y" * 400_000
DEEP = "deep/" + "very/" * 40 + "long-name-that-needs-an-extended-header.py"
FOLDERS = ("src", "lib", "tools")
LANGUAGES = ("py", "ts", "go", "yml", "md", "java")

ODD: dict[str, str | bytes] = {
    ".gitattributes": "hidden/** export-ignore\napi/** linguist-generated\n",
    "hidden/secret.py": f"HOST = '{OLD}'\n",
    "api/client.ts": f"const host = '{OLD}'\n",
    "node_modules/lib/index.js": f"'{OLD}'\n",
    "archive/2019/old.py": f"'{OLD}'\n",
    "web/app.min.js": LONG_LINE,
    "web/windows.py": f"a = 1\r\n\r\nHOST = '{OLD}'\r\n",
    "web/wide.txt": f"{OLD}\n".encode("utf-16"),
    "model.bin": b"\0\1" + OLD.encode(),
    "weights.py": LFS,
    DEEP: f"'{OLD}'\n",
    "config/app.yaml": "server:\n  timeouts: [30, 600]\n",
    "config/app.json": '{"server": {"workers": 8}}\n',
    "config/app.toml": "\ufeff[server]\r\nname = 'shop'\r\n",
    "config/app.ini": "[server]\nport = 8080\n",
    "config/many.yaml": "a: 1\n---\na: 2\n",
    "config/twice.json": '{"a": 1, "a": 2}\n',
}


def plant(folder: Path) -> None:
    """Makes the repository: `main~1` with the old name in every tenth file, and `main` without it in code."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    process = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.writelines(_stream())
    process.stdin.close()
    assert process.wait(timeout=60) == 0


def path_of(number: int) -> str:
    """Three large folders: GitHub lists each of them at once, but not all of them together."""
    return f"{FOLDERS[number % 3]}/part{number % 211}/module_{number}.{LANGUAGES[number % len(LANGUAGES)]}"


def _stream() -> Iterator[bytes]:
    for mark, text in enumerate(_contents(), start=1):
        yield _blob(mark, text)
    marks = dict(enumerate(ODD, start=100))
    for mark, path in marks.items():
        held = ODD[path]
        yield _blob(mark, held.encode() if isinstance(held, str) else held)
    yield _commit("Start", mark=900)
    for number in range(FILES):
        yield b"M 100644 :%d %s\n" % (1 + number % 10, path_of(number).encode())
    yield _commit("The old name is gone", mark=901)
    for number in range(0, FILES, 10):
        yield b"M 100644 :2 %s\n" % path_of(number).encode()
    for mark, path in marks.items():
        yield b"M 100644 :%d %s\n" % (mark, path.encode())
    yield b"M 120000 inline link.py\ndata 15\nsrc/module_1.py\n"
    yield b"M 160000 %s vendor/lib\n" % (b"1" * 40)


def _contents() -> Iterator[bytes]:
    yield f"HOST = '{OLD}'\nport = 1\n".encode()
    for number in range(1, 10):
        yield b"".join(b"value_%d = compute(%d)\n" % (line, line * number) for line in range(5 * number))


def _blob(mark: int, data: bytes) -> bytes:
    return b"blob\nmark :%d\ndata %d\n%s\n" % (mark, len(data), data)


def _commit(message: str, *, mark: int) -> bytes:
    who = f"Ann <ann@example.com> {1_700_000_000 + mark} +0000"
    return f"commit refs/heads/main\nmark :{mark}\ncommitter {who}\ndata {len(message)}\n{message}\n".encode()
