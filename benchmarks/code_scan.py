"""How fast a repository is searched, as a ratio to inflating it with isal alone: `python benchmarks/code_scan.py`.

The tree is synthetic (words of code, 60,000 lines a megabyte); both runs read the same tarball from memory, on one
core. Ratios travel between machines, megabytes a second do not.
"""

import argparse
import gzip
import io
import random
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from isal import isal_zlib

from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Budget, Scanner, Search

FEED = 256 << 10
WORDS = (
    *("self", "return", "def", "class", "import", "from", "async", "await", "for", "in", "if", "not", "None", "raise"),
    *("value", "result", "config", "settings", "client", "request", "session", "user", "name", "path", "data", "total"),
    *("0", "1", "2", "(", ")", "[", "]", ":", "=", "==", ".", ",", "#", "the", "of", "and"),
)


def tree(megabytes: int, seed: int = 1) -> bytes:
    """A gzipped tar of so many megabytes of text that looks like code, in files of about 16 kB."""
    chance = random.Random(seed)
    lines = [" ".join(chance.choices(WORDS, k=8)).encode() + b" %d\n" % chance.getrandbits(20) for _ in range(20_000)]
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=6) as stream,
        tarfile.open(fileobj=stream, mode="w") as tar,
    ):
        for number in range(megabytes * 64):
            content = b"".join(chance.choices(lines, k=350))
            info = tarfile.TarInfo(f"acme-shop-1234567/src/part{number % 97}/module_{number}.py")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def inflate(data: bytes) -> int:
    """Inflating alone: the floor."""
    inflater = isal_zlib.decompressobj(31)
    total = 0
    for at in range(0, len(data), FEED):
        piece = data[at : at + FEED]
        while piece:
            total += len(inflater.decompress(piece, 1 << 20))
            piece = inflater.unconsumed_tail
    return total


def search(*patterns: Pattern) -> Callable[[bytes], int]:
    """A whole scan for these patterns."""

    def run(data: bytes) -> int:
        scanner = Scanner(Search(patterns=patterns), Budget(), time.monotonic)
        for at in range(0, len(data), FEED):
            scanner.feed(data[at : at + FEED])
        return scanner.finish().bytes_read

    return run


def regex(text: str) -> Pattern:
    """An expression to look for."""
    return Pattern(text=text, match=Match.REGEX)


RUNS: dict[str, Callable[[bytes], int]] = {
    "inflate alone": inflate,
    "one literal": search(Pattern(text=".staging.example.com")),
    "one word": search(Pattern(text="legacy_client", match=Match.WORD)),
    "one regex": search(regex(r"legacy_\w+")),
    "one regex without a literal": search(regex(r"[a-zA-Z_]\w*\s*=\s*zq_absent")),
    "20 regexes": search(*(regex(rf"legacy_{number}\w+") for number in range(20))),
    "20 literals": search(*(Pattern(text=f"legacy_{number}") for number in range(20))),
}


def main() -> None:
    """Prints the best of some rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    data = tree(options.megabytes)
    size = inflate(data)
    best = dict.fromkeys(RUNS, float("inf"))
    for _ in range(options.rounds):
        for name, run in RUNS.items():
            before = time.process_time()
            run(data)
            best[name] = min(best[name], time.process_time() - before)
    print(f"{size / 1e6:.1f} MB in {len(data) / 1e6:.1f} MB of gzip; CPU seconds, best of {options.rounds}")
    for name, seconds in best.items():
        ratio = best["inflate alone"] / seconds
        print(f"{name:30} {seconds:6.3f} s {size / 1e6 / seconds:7.0f} MB/s  {ratio:5.2f} of inflating alone")


if __name__ == "__main__":
    main()
