"""Small real git histories, each written as a list of steps and made by one `git fast-import`."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

WHO = "Bob <bob@example.com>"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A path that is no ordinary file: a symbolic link (`target`) or a submodule (`target` is a sha)."""

    target: str
    mode: str = "120000"


@dataclass(frozen=True)
class Step:
    """One commit, called `name` by the cases. `days` before now; `files` are set, or removed by None.

    `on` another branch than main, which begins `after` a step; `merges` another step; `tag` names it.
    """

    name: str
    files: Mapping[str, str | bytes | Link | None] = field(default_factory=dict)
    says: str = ""
    days: float = 5
    on: str = "main"
    after: str = ""
    merges: str = ""
    tag: str = ""


@dataclass(frozen=True, kw_only=True)
class Shas:
    """Where the repository is, and the full sha of every step."""

    folder: Path
    of: Mapping[str, str]


def build(folder: Path, steps: tuple[Step, ...], now: datetime) -> Shas:
    """The repository. A message may name earlier steps: `{fix}` is a full sha there."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    shas: dict[str, str] = {}
    written: list[bytes] = []
    tips: dict[str, int] = {}
    marks = {step.name: number for number, step in enumerate(steps, start=1)}
    for number, step in enumerate(steps, start=1):
        # A sha can only be named once git has made it, so such a step ends what is imported in one go.
        if "{" in step.says:
            shas |= _imported(folder, b"".join(written), marks)
        parent = marks[step.after] if step.after else tips.get(step.on)
        written.append(_written(step, number, (parent, marks.get(step.merges)), says=step.says.format(**shas), now=now))
        tips[step.on] = number
    shas |= _imported(folder, b"".join(written), marks)
    return Shas(folder=folder, of=shas)


def _written(step: Step, number: int, parents: tuple[int | None, int | None], *, says: str, now: datetime) -> bytes:
    """A step in fast-import's language."""
    # Later steps are later within the same day, too.
    at = int((now - timedelta(days=step.days) + timedelta(seconds=number)).timestamp())
    message = (says or step.name).encode()
    first, second = parents
    lines = [f"commit refs/heads/{step.on}\nmark :{number}\ncommitter {WHO} {at} +0000\n".encode()]
    lines.append(b"data %d\n%s\n" % (len(message), message))
    lines += [f"from :{first}\n".encode()] if first else []
    lines += [f"merge :{second}\n".encode()] if second else []
    lines += [_change(path, content) for path, content in step.files.items()]
    lines += [b"\nreset refs/tags/%s\nfrom :%d\n" % (step.tag.encode(), number)] if step.tag else []
    return b"".join([*lines, b"\n"])


def _change(path: str, content: str | bytes | Link | None) -> bytes:
    if content is None:
        return f"D {path}\n".encode()
    if isinstance(content, Link) and content.mode == "160000":
        return f"M 160000 {content.target} {path}\n".encode()
    mode = content.mode if isinstance(content, Link) else "100644"
    raw = content.target if isinstance(content, Link) else content
    data = raw if isinstance(raw, bytes) else raw.encode()
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), path.encode(), len(data), data)


def _imported(folder: Path, stream: bytes, marks: Mapping[str, int]) -> dict[str, str]:
    marked = folder / ".git" / "marks"
    subprocess.run(
        ["git", "-C", str(folder), "fast-import", "--quiet", "--force", f"--export-marks={marked}"],
        input=stream,
        check=True,
        capture_output=True,
        timeout=60,
    )
    by_mark = dict(line.split() for line in marked.read_text().splitlines())
    return {name: by_mark[f":{mark}"] for name, mark in marks.items() if f":{mark}" in by_mark}


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout
