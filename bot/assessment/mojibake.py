"""Text whose UTF-8 bytes were once read as Windows-1252, set right again: "âœ…" was "✅", "â†’" was "→".

Rules:
1. Only a run that decodes to exactly one character is repaired; everything else stays as it was written.
2. The result is never longer than the input.
"""

import re

# The five bytes that Windows-1252 leaves undefined pass through as themselves, as browsers and editors do it.
_SINGLE_BYTES: dict[str, int] = {
    (bytes([byte]).decode("cp1252") if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)): byte
    for byte in range(0x80, 0x100)
}
_TAIL = "".join(re.escape(character) for character, byte in _SINGLE_BYTES.items() if byte < 0xC0)
_RUN = re.compile(f"[\u00c2-\u00df][{_TAIL}]|[\u00e0-\u00ef][{_TAIL}]{{2}}|[\u00f0-\u00f4][{_TAIL}]{{3}}")


def repair(text: str) -> str:
    """`text` with every mis-decoded character restored."""
    return _RUN.sub(_restored, text)


def _restored(match: re.Match[str]) -> str:
    run = match[0]
    try:
        return bytes(_SINGLE_BYTES[character] for character in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
