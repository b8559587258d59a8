"""Files that hold what the code should write. `UPDATE_GOLDEN=1` writes them anew; then read the difference."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def same_as_file(written: bytes, path: Path) -> bool:
    """Is it what the file holds?"""
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
    return path.read_bytes() == written
