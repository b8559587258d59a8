"""The lines of a comment that stand in the open: what somebody says himself, and says for all to read. Pure.

In the open is a paragraph at the top level or right below a list: not code, quotes, list items, tables, headings or
HTML comments. A real Markdown parser decides.
"""

import itertools
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

CONFIRM_FIXED = "confirm-fixed"
"""The command by which the reporter says that it is fixed. It is also evidence, hence its place below all commands."""

MAX_BODY = 65_536
"""GitHub's own limit on a comment's length."""


def says(body: str, command: str) -> bool:
    """Does a line in the open give the command (its name without the slash)? Words behind it do not matter."""
    if len(body) > MAX_BODY or f"/{command}" not in body.lower():
        return False
    return any(line.lower().split()[:1] == [f"/{command}"] for line in open_lines(body))


def _parser() -> MarkdownIt:
    """Blocks as CommonMark has them (and tables); inline only what hides text: code spans and HTML."""
    return MarkdownIt("zero", {"html": True}).enable(
        [
            "fence", "code", "blockquote", "html_block", "list", "heading", "lheading", "hr", "reference", "table",
            "backticks", "html_inline", "newline",
        ]
    )  # fmt: skip


_MARKDOWN = _parser()


def open_lines(body: str) -> Iterator[str]:
    """The lines of a comment that stand in the open, in order."""
    source = body.splitlines()
    quotes = 0
    for opening, inline in itertools.pairwise(_MARKDOWN.parse(body)):
        if opening.type in {"blockquote_open", "blockquote_close"}:
            quotes += opening.nesting
        if opening.type != "paragraph_open" or quotes or inline.type != "inline" or opening.map is None:
            continue
        lines = list(_plain_lines(inline.children or []))
        if opening.level:
            lines = _after_a_list(lines, source[slice(*opening.map)])
        yield from lines


def _after_a_list(lines: list[str], source: list[str]) -> list[str]:
    """What a person wrote below a list without an empty line: Markdown counts it to the last item, people do not.

    It stands at the very beginning of its line; whatever is indented belongs to the item.
    """
    if len(lines) != len(source):
        return []
    return [line for line, written in zip(lines[1:], source[1:], strict=True) if written.startswith("/")]


def _plain_lines(children: list[Token]) -> Iterator[str]:
    line: list[str] = []
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield "".join(line)
            line = []
        elif child.type == "text":
            line.append(child.content)
        else:
            line.append(f"{child.markup}{child.content}{child.markup}")
    yield "".join(line)
