"""Whole scans: occurrences by file and line, what was not looked at, and budgets."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from bot.scan.coverage import coverage_of, within
from bot.scan.kinds import RUNNING, FileKind
from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Budget, Scanner, Search, Stop, Unread
from tests.scan.repos import crafted, git, repository, scanned, tarball, tree

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n".format("a" * 64)
HERE = Path(__file__).parents[2]


def places(result, index=0):
    return {(hit.path, hit.kind): (hit.count, hit.lines) for hit in result.hits[index]}


def test_occurrences_come_with_their_lines_and_kinds(tmp_path):
    """Code, comments and documents are told apart, line by line."""
    code = "import old\n# old was here\n\nold(); old()\n"
    repository(tmp_path, {"a.py": code, "docs/old.md": "old\n", "b.js": "// old\n", "c.py": "new\n"})
    result = scanned(tarball(tmp_path), "old")
    assert places(result) == {
        ("a.py", FileKind.CODE): (3, (1, 4)),
        ("a.py", FileKind.COMMENTS): (1, (2,)),
        ("docs/old.md", FileKind.DOCUMENTATION): (1, (1,)),
        ("b.js", FileKind.COMMENTS): (1, (1,)),
    }
    assert result.files_read == 4


def test_what_is_not_looked_at_is_named(tmp_path):
    """Binary files, LFS pointers and large files are named; UTF-16 with its mark is text."""
    files = {"a.bin": b"\0old", "lfs.py": LFS, "big.py": b"x" * 2000, "wide.txt": "old".encode("utf-16"), "b.py": "old"}
    repository(tmp_path, files)
    result = scanned(tarball(tmp_path), "old", budget=Budget(file_bytes=1000))
    assert {(entry.path, entry.why) for entry in result.not_read} == {
        ("a.bin", Unread.BINARY),
        ("lfs.py", Unread.LFS_POINTER),
        ("big.py", Unread.TOO_LARGE),
    }
    assert {path for path, _ in places(result)} == {"wide.txt", "b.py"}


def test_coverage_names_what_the_archive_leaves_out(tmp_path):
    """Export-ignored files and submodules are in the tree that git lists, and not in the archive."""
    sub = tmp_path / "sub"
    repository(sub, {"x": "y"})
    repo = tmp_path / "repo"
    attributes = "secret.py export-ignore\nnotes/ export-ignore\n"
    repository(repo, {".gitattributes": attributes, "secret.py": "old", "notes/a.md": "old", "a.py": "new"})
    (repo / "link").symlink_to("a.py")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(sub), "lib")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "more")
    result = scanned(tarball(repo), "old")
    coverage = coverage_of(tree(repo), result, Search(patterns=()))
    assert (coverage.left_out, coverage.submodules) == (("notes/a.md", "secret.py"), ("lib",))
    assert within(coverage, RUNNING).doubts == ("secret.py",)
    assert coverage_of(tree(repo), result, Search(patterns=(), include=("a.py",))).doubts == ()


MANY = {f"f{number}.py": "old\n" for number in range(50)}
LARGE = 40_000  # bytes added to each: budgets are looked at between pieces
BUDGETS = {
    "files": (Budget(files=10), Stop.FILES),
    "bytes": (Budget(inflated_bytes=500_000), Stop.BYTES),
    "time": (Budget(time=timedelta(seconds=5)), Stop.TIME),
}


@pytest.mark.parametrize("name", BUDGETS)
def test_a_budget_stops_the_scan_and_is_told(name):
    """What was found until then stands, and which limit was reached is said."""
    budget, stop = BUDGETS[name]
    now = iter(range(10_000))
    scanner = Scanner((Search(patterns=(Pattern(text="old"),)),), budget, clock=lambda: float(next(now)))
    scanner.feed(crafted(*((path, text.encode() + bytes([35]) * LARGE) for path, text in MANY.items())))
    (result,) = scanner.finish()
    assert result.stopped is stop
    assert 0 < len(result.hits[0]) < 50


def test_time_is_looked_at_inside_a_file_that_is_passed_over():
    """A file above the limit yields nothing for long, and still cannot outlast the clock."""
    now = iter([0.0, *[100.0] * 100])
    budget = Budget(file_bytes=10, time=timedelta(seconds=5))
    scanner = Scanner((Search(patterns=()),), budget, clock=lambda: next(now))
    scanner.feed(crafted(("big", os.urandom(500_000)))[:100_000])
    assert scanner.stopped is Stop.TIME


def test_a_file_of_one_letter_is_counted_up_to_a_limit():
    """Occurrences in a file are capped, and the cap is told; comments then do not hide code."""
    result = scanned(crafted(("a.py", b"# a\n" * 300)), "a", budget=Budget(occurrences_a_file=100))
    kinds = {hit.kind: hit for hit in result.hits[0]}
    assert kinds[FileKind.COMMENTS].capped
    assert kinds[FileKind.CODE].count == 1


def test_after_very_many_occurrences_files_count_once():
    """A letter that is everywhere costs no more than a look at each file."""
    data = crafted(*((path, b"old\n" * 50) for path in MANY))
    result = scanned(data, "old", budget=Budget(occurrences=100))
    assert len(result.hits[0]) == 50
    assert sum(hit.count for hit in result.hits[0]) == 100 + 48


def test_many_searches_share_a_pass(tmp_path):
    """Each has its own globs, its own count of files and its own answer, as if it were alone."""
    repository(tmp_path, {"a.py": "old new\n", "docs/b.md": "old\n", "c.js": "new\n", "d.bin": b"\0"})
    old, new = Pattern(text="old"), Pattern(text="new")
    searches = (
        Search(patterns=(old,)),
        Search(patterns=(new, old), include=("*.py", "*.bin")),
        Search(patterns=(old,), exclude=("docs/",)),
        Search(patterns=()),
    )
    data = tarball(tmp_path)
    scanner = Scanner(searches, Budget(), clock=lambda: 0.0)
    scanner.feed(data)
    alone = [scanned(data, *one.patterns, include=one.include, exclude=one.exclude) for one in searches]
    assert list(scanner.finish()) == alone
    assert [one.files_read for one in alone] == [3, 1, 2, 3]


def test_a_search_that_finds_too_much_ends_alone():
    """What is kept is bounded for all searches together, and those that find little go on."""
    data = crafted(*((f"{number:03}.py", b"e") for number in range(99)), ("z.py", b"rare"))
    searches = (Search(patterns=(Pattern(text="e"),)), Search(patterns=(Pattern(text="rare"),)))
    scanner = Scanner(searches, Budget(hits=40), clock=lambda: 0.0)
    scanner.feed(data)
    much, little = scanner.finish()
    assert (much.stopped, len(much.hits[0])) == (Stop.HITS, 41)
    assert (little.stopped, places(little)) == (None, {("z.py", FileKind.CODE): (1, (1,))})


def test_kinds_are_told_by_head_and_attributes(tmp_path):
    """A head that says so and `.gitattributes` make a file generated, and comments in it as well."""
    head = "// Code generated by stringer. DO NOT EDIT.\n"
    files = {".gitattributes": "api/** linguist-generated\n", "api/a.js": "// old\nold\n", "b.go": f"{head}old\n// old"}
    repository(tmp_path, {**files, "c.go": "old\n"})
    kinds = dict(tuple(places(scanned(tarball(tmp_path), "old"))))
    assert kinds == {"api/a.js": FileKind.GENERATED, "b.go": FileKind.GENERATED, "c.go": FileKind.CODE}


def test_a_scan_that_nobody_waits_for_ends():
    """At the next look at the clock, whoever feeds it."""
    scanner = Scanner((Search(patterns=()),), Budget(), clock=lambda: 0.0)
    scanner.give_up()
    scanner.feed(crafted(("a.py", b"old")))
    assert scanner.stopped is Stop.TIME


SOUGHT = (
    Pattern(text="asyncio"),
    Pattern(text="def "),
    Pattern(text="->"),
    Pattern(text="timeout", ignore_case=True),
    Pattern(text="no such words" + " stand here"),
    Pattern(text=r"def \w+_of\(", match=Match.REGEX),
    Pattern(text=r"^class [A-Z]\w*\(", match=Match.REGEX),
)


@pytest.mark.skipif(not (HERE / ".git").exists(), reason="not a checkout")
@pytest.mark.parametrize("pattern", SOUGHT, ids=lambda pattern: pattern.text)
def test_the_scan_agrees_with_git_grep(pattern):
    """On this project's own history: the same files as `git grep` over the same commit."""
    kind = "-P" if pattern.match is Match.REGEX else "-F"
    case = ["-i"] if pattern.ignore_case else []
    head = git(HERE, "rev-parse", "HEAD").decode().strip()
    command = ["git", "grep", "-l", "-I", "-z", kind, *case, "-e", pattern.text, head]
    listed = subprocess.run(command, cwd=HERE, capture_output=True, check=False).stdout.decode().split("\0")
    result = scanned(tarball(HERE, head), pattern)
    assert {name.removeprefix(f"{head}:") for name in listed if name} == {hit.path for hit in result.hits[0]}
    assert not coverage_of(tree(HERE, head), result, Search(patterns=())).left_out
