"""Patch ids, compared with what git itself prints."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.probes.patches import inverse_id, patch_id

LINES = "".join(f"line {number}\n" for number in range(30))


def git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    config = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false")
    done = subprocess.run(["git", *config, "-C", str(folder), *words], input=stdin, check=True, capture_output=True)
    return done.stdout


def write(folder: Path, files: dict[str, bytes | None]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)


def committed(folder: Path, *states: dict[str, bytes | None]) -> Path:
    git(folder, "init", "-q", "-b", "main")
    for state in states:
        write(folder, state)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "m", "--allow-empty")
    return folder


def printed(folder: Path, diff: bytes) -> str | None:
    """What `git patch-id --stable` says."""
    return git(folder, "patch-id", "--stable", stdin=diff).decode().partition(" ")[0] or None


CHANGED = LINES.replace("line 3\n", "line three\nand more\n").replace("line 20\n", "")
CASES: dict[str, tuple[dict[str, bytes | None], dict[str, bytes | None]]] = {
    "two hunks": ({"a.py": LINES.encode()}, {"a.py": CHANGED.encode()}),
    "two files": ({"a.py": b"a\n", "b.py": b"b\n"}, {"a.py": b"A\n", "b.py": b"B\n"}),
    "a new file": ({"a.py": b"a\n"}, {"b.py": b"b\n"}),
    "a file that goes": ({"a.py": b"a\n", "b.py": b"b\n"}, {"b.py": None}),
    "an empty new file": ({"a.py": b"a\n"}, {"b.py": b"", "c.py": b"c\n"}),
    "no newline at the end": ({"a.py": b"a\nb"}, {"a.py": b"a\nc"}),
    "a newline more": ({"a.py": b"a"}, {"a.py": b"a\n"}),
    "white space alone": ({"a.py": b"if x:\n  y\n"}, {"a.py": b"if x:\n\ty \n"}),
    "a renamed file": ({"a b.py": LINES.encode()}, {"a b.py": None, "src/c.py": LINES.encode()}),
    "renamed and changed": ({"a.py": LINES.encode()}, {"a.py": None, "c.py": CHANGED.encode()}),
    "binary": ({"a.bin": b"\0\1", "b.py": b"b\n"}, {"a.bin": b"\0\2", "b.py": b"c\n"}),
    "a binary file that goes": ({"a.bin": b"\0\1", "b.py": b"b\n"}, {"a.bin": None}),
    "lines like headers": ({"a.sql": b"-- one\n++ two\n"}, {"a.sql": b"-- two\n@@ -1 +1 @@\ndiff --git a b\n"}),
    "a quoted name": ({'ä"b.py': b"a\n"}, {'ä"b.py': b"b\n"}),
    "a quoted name renamed": ({'ä"b.py': LINES.encode()}, {'ä"b.py': None, "ö.py": CHANGED.encode()}),
    "carriage returns": ({"a.txt": b"a\r\nb\r\n"}, {"a.txt": b"a\r\nc\rd\r\n"}),
    "not UTF-8": ({"a.txt": b"\xff\xfe one\n"}, {"a.txt": b"\xff\xfe two\n"}),
    "form feeds": ({"a.c": b"a\n\x0c\nb\n"}, {"a.c": b"a\n\x0c\x0bc\x85\n"}),
}


@pytest.mark.parametrize("name", CASES)
def test_ids_are_gits_own(tmp_path, name):
    """Forwards, and backwards as git would print the diff that takes it back."""
    folder = committed(tmp_path, *CASES[name])
    diff, back = (git(folder, "diff", "-M", *ends) for ends in (("HEAD^", "HEAD"), ("HEAD", "HEAD^")))
    assert patch_id(diff) == printed(folder, diff) is not None
    assert inverse_id(diff) == printed(folder, back)


def test_a_mode_alone_is_a_change(tmp_path):
    """It has no lines, and an id all the same; the opposite has another."""
    folder = committed(tmp_path, {"a.sh": b"a\n", "b.sh": b"b\n"})
    (folder / "a.sh").chmod(0o755)
    write(folder, {"b.sh": b"c\n"})
    git(folder, "commit", "-qam", "mode")
    diff, back = git(folder, "diff", "HEAD^"), git(folder, "diff", "HEAD", "HEAD^")
    assert (patch_id(diff), inverse_id(diff)) == (printed(folder, diff), printed(folder, back))
    assert patch_id(diff) != inverse_id(diff)


@pytest.mark.parametrize("diff", [b"", b"\n", b"Sorry, this is no diff\n"], ids=["empty", "blank", "words"])
def test_nothing_has_no_id(diff):
    """No change is like no other."""
    assert (patch_id(diff), inverse_id(diff)) == (None, None)


def test_a_copied_file_is_not_taken_back_by_a_copy():
    """The way back from a copy is a removal, which no turning of these lines makes."""
    copied = b"diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n"
    assert patch_id(copied) is not None
    assert inverse_id(copied) is None


def test_the_place_in_the_file_does_not_matter(tmp_path):
    """A cherry-pick lands some lines further down, with the same id."""
    folder = committed(tmp_path, {"a.py": LINES.encode()}, {"a.py": CHANGED.encode()})
    git(folder, "checkout", "-qb", "side", "HEAD^")
    write(folder, {"a.py": b"new\nhead\n" + LINES.encode()})
    git(folder, "commit", "-qam", "head")
    git(folder, "cherry-pick", "main")
    ids = {patch_id(git(folder, "diff", f"{rev}^", rev)) for rev in ("main", "side")}
    assert len(ids) == 1


TEXTS = st.lists(st.sampled_from(["a", "b", " ", "", "-x", "+y", "@@ -1 +1 @@", "\\ z"]), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=TEXTS, other=TEXTS)
def test_whatever_the_lines_are_the_id_is_gits(tmp_path, one, other):
    """Lines that look like a diff's own are lines."""
    for name, lines in (("one", one), ("other", other)):
        (tmp_path / name).write_text("\n".join(lines))
    words = ["git", "-C", str(tmp_path), "diff", "--no-index", "one", "other"]
    diff = subprocess.run(words, check=False, capture_output=True).stdout
    assert patch_id(diff) == printed(tmp_path, diff)
