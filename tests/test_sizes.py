"""The house's limit on how long a file may be."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
MOST_LINES = 400


def test_no_file_is_too_long_to_read() -> None:
    """Of the program and of its tests; what has grown beyond that knows two things, and is two files."""
    files = [path for folder in ("bot", "tests") for path in (PROJECT / folder).rglob("*.py")]
    assert len(files) > 100
    long = {str(path.relative_to(PROJECT)) for path in files if len(path.read_text("utf-8").splitlines()) > MOST_LINES}
    assert long == set()
