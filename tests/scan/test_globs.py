"""Globs mean what they mean to git."""

import subprocess

import pytest

from bot.scan.globs import glob_fault, nearest_folder, selector

PATHS = (
    *("a.py", "src/a.py", "src/deep/er/a.py", "src/a.pyi", "docs/a.md", "src/docs/b.md", "docs.txt", "README.md"),
    *("src/test/a.js", "test/a.js", "test", "a/test/b/c", "x/y/z", "x/z", "xy/z", "été/über.py", "b[1].py", "b1.py"),
    *("node_modules/lib/index.js", "pkg/node_modules/lib/index.js", ".github/workflows/ci.yml", "a b.py", "a+b.py"),
)
GLOBS = (
    *("*.py", "src/*.py", "src/**/*.py", "**/*.py", "/a.py", "docs/", "docs", "/docs/", "src", "**/docs/**", "test"),
    *("x/**/z", "x/*/z", "**/z", "x/**", "[ab].py", "[!a].py", "b[[]1].py", "?.py", "node_modules", "**", "*"),
    *("/*.md", ".github/**/*.yml", "a b.py", "a+b.py", "été/*.py", "*.p?", "src/*/er", "**/test/**", "[a-c]*.py"),
)


@pytest.mark.parametrize("glob", GLOBS)
def test_globs_agree_with_git(glob, tmp_path):
    """What `.gitignore` would ignore by this line is what the glob selects (where `?` need not take an `é`)."""
    assert glob_fault(glob) is None
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text(f"{glob}\n", "utf-8")
    asked = subprocess.run(
        ["git", "-c", "core.quotePath=false", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=tmp_path,
        input="\0".join(PATHS).encode(),
        capture_output=True,
        check=False,
    )
    selects = selector((glob,), ())
    assert {path for path in asked.stdout.decode().split("\0") if path} == {path for path in PATHS if selects(path)}


def test_include_and_exclude():
    """An empty include means everything; what is excluded is out; braces choose."""
    selects = selector((), ("docs/", "*.md"))
    assert [path for path in ("a.py", "src/a.py", "docs/x", "b.md") if selects(path)] == ["a.py", "src/a.py"]
    selects = selector(("*.{py,pyi}", "Makefile"), ("test_*",))
    chosen = [path for path in ("a.py", "b/c.pyi", "test_a.py", "x.js", "lib/Makefile") if selects(path)]
    assert chosen == ["a.py", "b/c.pyi", "lib/Makefile"]


@pytest.mark.parametrize("glob", ["", "a" * 257, "!x", "a\\b", "[z-a]"])
def test_globs_that_are_not_taken(glob):
    """What is no glob is refused with the reason."""
    assert glob_fault(glob) is not None


NEVER = {
    "./src/**": "write `src/**`",
    "../src": "write `src`",
    "src/./a.py": "write `src/a.py`",
    "src//a.py": "write `src/a.py`",
    "/": "write `**`",
    ".": "write `**`",
    "src/[ab": "its `[` is not closed",
    "a[]": "its `[` is not closed",
}


@pytest.mark.parametrize("glob", NEVER)
def test_globs_that_can_never_match(glob):
    """A path has no `.`, `..` or `//`, and an open bracket is no class: said with what to write."""
    assert "can never match" in glob_fault(glob)
    assert NEVER[glob] in glob_fault(glob)


NEAREST = {
    "source/**": "src/",
    "src/depe/*.py": "src/deep/",
    "/src/**/*.java": "src/",
    "été/x/": "été/",
    "Node_modules/": "node_modules/",
    "qqq/**": None,
    "*.java": None,
    "**": None,
}


@pytest.mark.parametrize("glob", NEAREST)
def test_the_nearest_folder(glob):
    """As deep as the folders exist, and a slip of the pen further."""
    assert NEAREST[glob] == nearest_folder((glob,), PATHS)


def test_a_hostile_glob_costs_nothing():
    """Stars upon stars are matched in linear time."""
    selects = selector(("**a*" * 60 + "b",), ())
    assert not selects("a" * 4000)
