"""Where an audit stands, in a file of JSON lines: each issue is added as soon as it was looked at, and kept."""

from io import FileIO
from pathlib import Path

from bot.assessment.audit import Asked, Entry
from bot.assessment.audit_codec import head_of, line, read_state


class StateFile:
    """One state file. Whatever ends the program, the lines that were added are there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: FileIO | None = None

    def begin(self, asked: Asked) -> tuple[Entry, ...]:
        """Open the file, new or not; what it holds already. Raises `OSError`, `NotAState`."""
        text = self.path.read_bytes() if self.path.exists() else b""
        state = read_state(text, asked)
        self._file = FileIO(self.path, "ab")
        self._file.truncate(state.length)  # a line that was cut off would spoil the next one
        if not state.length:
            self._file.write(line(head_of(asked)))
        return state.entries

    def add(self, entry: Entry) -> None:
        """One more issue, in one write at the end."""
        assert self._file is not None
        self._file.write(line(entry))

    def close(self) -> None:
        """Nothing more is added."""
        if self._file is not None:
            self._file.close()
            self._file = None
