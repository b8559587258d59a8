"""How fast a tree is searched, beside `git grep` and beside inflating alone: `python benchmarks/code_scan.py [CLONE]`.

Without a clone of yours, a repository of 50,000 small files is made (`--files`, `--bytes` for others). Ours reads the
tarball that git makes of the commit, as it does from GitHub; `git grep` reads a checkout of the same commit, which it
is given for nothing, with PCRE for expressions (with its own, thirty of them take a minute). All on one core; the best
of some rounds that take turns. Ratios travel between machines, seconds do not.

Small files cost by the file (a header, a path, a place among the neighbours), large ones by the byte.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from isal import isal_zlib

from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Budget, Scanner, ScanResult, Search

FEED = 256 << 10
WORDS = (
    *("self", "return", "def", "class", "import", "from", "async", "await", "for", "in", "if", "not", "None", "raise"),
    *("value", "result", "config", "settings", "client", "request", "session", "user", "name", "path", "data", "total"),
    *("0", "1", "2", "(", ")", "[", "]", ":", "=", "==", ".", ",", "#", "the", "of", "and"),
)
THIRTY = tuple(f"legacy_{number}x" for number in range(30))
THIRTY_EXPRESSIONS = tuple(f"legacy_{number}[a-z]+_client" for number in range(30))


def plant(folder: Path, *, files: int, size: int) -> None:
    """A repository of so many files of about so many bytes of text that looks like code."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    process = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.writelines(_commit(files, size))
    process.stdin.close()
    if process.wait() != 0:
        sys.exit("git fast-import failed")


def _commit(files: int, size: int, seed: int = 1) -> Iterator[bytes]:
    chance = random.Random(seed)
    lines = [" ".join(chance.choices(WORDS, k=8)).encode() + b" %d\n" % chance.getrandbits(20) for _ in range(20_000)]
    average = sum(map(len, lines)) / len(lines)
    yield b"commit refs/heads/main\ncommitter Ann <ann@example.com> 1700000000 +0000\ndata 5\nStart"
    for number in range(files):
        text = b"".join(chance.choices(lines, k=max(1, round(chance.uniform(0.2, 1.8) * size / average))))
        yield b"\nM 100644 inline src/part%d/module_%d.py\ndata %d\n%s" % (number % 97, number, len(text), text)
    yield b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A commit in the three shapes in which it is searched."""

    tarball: bytes
    checkout: Path


def prepare(clone: Path, rev: str, scratch: Path) -> Ground:
    """The tarball of a commit, and a checkout of it."""
    packed = scratch / "tree.tar.gz"
    archive = ["git", "-C", str(clone), "archive", "--format=tar.gz", "--prefix=acme-shop-1234567/", "-o", str(packed)]
    subprocess.run([*archive, rev], check=True)
    checkout = scratch / "checkout"
    subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", str(clone), str(checkout)], check=True)
    sha = subprocess.run(["git", "-C", str(clone), "rev-parse", rev], check=True, capture_output=True, text=True).stdout
    subprocess.run(["git", "-C", str(checkout), "checkout", "-q", "--detach", sha.strip()], check=True)
    return Ground(tarball=packed.read_bytes(), checkout=checkout)


def inflated(make: Callable[[], "zlib._Decompress"]) -> Callable[[Ground], object]:
    """Inflating alone."""

    def run(ground: Ground) -> object:
        inflater, total = make(), 0
        for at in range(0, len(ground.tarball), FEED):
            piece = ground.tarball[at : at + FEED]
            while piece:
                total += len(inflater.decompress(piece, FEED))
                piece = inflater.unconsumed_tail
        return total

    return run


def ours(*searches: Search) -> Callable[[Ground], object]:
    """One pass for these searches."""

    def run(ground: Ground) -> tuple[ScanResult, ...]:
        scanner = Scanner(searches, Budget(), time.monotonic)
        for at in range(0, len(ground.tarball), FEED):
            scanner.feed(ground.tarball[at : at + FEED])
        return scanner.finish()

    return run


def git_grep(*options: str) -> Callable[[Ground], object]:
    """What git finds in the checkout."""

    def run(ground: Ground) -> object:
        command = ["git", "grep", "-I", "-c", "--threads=1", *options]
        return subprocess.run(command, cwd=ground.checkout, check=False, capture_output=True).returncode

    return run


def texts(*patterns: str, match: Match = Match.LITERAL) -> Search:
    """A search for patterns of a kind."""
    return Search(patterns=tuple(Pattern(text=text, match=match) for text in patterns))


def _each(patterns: tuple[str, ...]) -> list[str]:
    return [option for text in patterns for option in ("-e", text)]


RUNS: dict[str, Callable[[Ground], object]] = {
    "isal inflates": inflated(lambda: isal_zlib.decompressobj(31)),
    "zlib inflates": inflated(lambda: zlib.decompressobj(31)),
    "ours: 1 literal": ours(texts("staging.example.com")),
    "git grep: 1 literal": git_grep("-F", "-e", "staging.example.com"),
    "ours: 30 literals": ours(texts(*THIRTY)),
    "ours: 30 questions of 1 literal": ours(*map(texts, THIRTY)),
    "git grep: 30 literals": git_grep("-F", *_each(THIRTY)),
    "ours: 1 expression": ours(texts("legacy_[a-z]+_client", match=Match.REGEX)),
    "git grep: 1 expression": git_grep("-P", "-e", "legacy_[a-z]+_client"),
    "ours: 30 expressions": ours(texts(*THIRTY_EXPRESSIONS, match=Match.REGEX)),
    "git grep: 30 expressions": git_grep("-P", *_each(THIRTY_EXPRESSIONS)),
    "ours: an occurrence in every file": ours(texts("result")),
}
BESIDE = {name: f"git grep: {name.partition(': ')[2]}" for name in RUNS if name.startswith("ours")} | {
    "ours: 30 questions of 1 literal": "git grep: 30 literals"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds by the clock and of the processor, children included."""

    wall: float
    cpu: float


def measured(run: Callable[[Ground], object], ground: Ground) -> Spent:
    """One run."""
    before, clock = _cpu(), time.perf_counter()
    run(ground)
    return Spent(wall=time.perf_counter() - clock, cpu=_cpu() - before)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def table(best: dict[str, Spent], megabytes: float) -> Iterator[str]:
    """One line a run; ratios are of processor time, above 1 where the run is the faster one."""
    isal, stdlib = best["isal inflates"].cpu, best["zlib inflates"].cpu
    yield f"{'':36}{'wall s':>8}{'CPU s':>8}{'MB/s':>7}{'of isal':>9}{'of zlib':>9}{'of git grep':>13}"
    for name, spent in best.items():
        beside = best.get(BESIDE.get(name, ""))
        grep = f"{beside.cpu / spent.cpu:13.2f}" if beside else ""
        ratios = f"{isal / spent.cpu:9.2f}{stdlib / spent.cpu:9.2f}{grep}"
        yield f"{name:36}{spent.wall:8.3f}{spent.cpu:8.3f}{megabytes / spent.cpu:7.0f}{ratios}"


def main() -> None:
    """Prints the best of some rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path, nargs="?", help="a local clone instead of a made repository")
    parser.add_argument("--rev", default="HEAD")
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--bytes", type=int, default=2_000, help="of an average file")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="code-scan-") as scratch:
        clone = options.clone or Path(scratch) / "made"
        if options.clone is None:
            plant(clone, files=options.files, size=options.bytes)
        ground = prepare(clone, options.rev, Path(scratch))
        best: dict[str, Spent] = {}
        for _ in range(options.rounds):
            for name, run in RUNS.items():
                spent = measured(run, ground)
                best[name] = min(best.get(name, spent), spent, key=lambda one: one.cpu)
        scanner = ours(Search(patterns=()))(ground)
    assert isinstance(scanner, tuple)
    (seen,) = scanner
    megabytes = seen.bytes_read / 1e6
    packed = len(ground.tarball) / 1e6
    print(f"{seen.files_read:,} files, {megabytes:.1f} MB of text in {packed:.1f} MB of gzip; best of {options.rounds}")
    print("\n".join(table(best, megabytes)))


if __name__ == "__main__":
    main()
