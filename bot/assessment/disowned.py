"""Claims that the asker says were misread: quoted below the command, they are left out.

Rules:
1. Only quotes in the command comment count, and only those below the command's line: people quote what they answer to
   above it, and that leaves nothing out.
2. A quote must hold the claim's own words, or be a piece of them that is long enough to mean it.
3. What is left out is named in the answer, with who asked: nothing disappears silently.
"""

import re

from markdown_it import MarkdownIt

from bot.assessment.mojibake import repair

_PARSER = MarkdownIt("commonmark")
_COMMAND = re.compile(r"^[ \t]{0,3}/assess-resolution(?:[ \t].*)?$", re.MULTILINE)
_MAX_CHARACTERS = 16_384
_SHORTEST = 10  # letters and digits in a piece of a quote that still means the claim


def quotes_below_command(text: str) -> tuple[str, ...]:
    """The letters and digits of every quote below the command's line; empty where there is none."""
    command = _COMMAND.search(text[:_MAX_CHARACTERS])
    if command is None:
        return ()
    quotes: list[str] = []
    depth = 0
    for node in _PARSER.parse(repair(text[command.end() : _MAX_CHARACTERS])):
        depth += (node.type == "blockquote_open") - (node.type == "blockquote_close")
        if depth and node.type == "inline" and (letters := _letters(node.content)):
            quotes.append(letters)
    return tuple(quotes)


def is_disowned(words: str, quotes: tuple[str, ...], *, subject: str = "") -> bool:
    """Does one of the quotes mean these words, and the subject among them?"""
    claimed, named = _letters(words), _letters(subject)
    return any(
        claimed in quote or (len(quote) >= _SHORTEST and quote in claimed and named in quote) for quote in quotes
    )


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
