"""The lines of a comment that stand in the open: what somebody says himself, and says for all to read. Pure.

In the open is a paragraph at the top level or right below a list: not code, quotes, list items, tables, headings or
HTML, also where a fold or a quote made of HTML goes on over empty lines. A real Markdown parser decides, also of the
fenced code blocks that stand there.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

CONFIRM_FIXED = "confirm-fixed"
"""The command by which the reporter says that it is fixed. It is also evidence, hence its place below all commands."""
UNCONFIRM = "resolution unconfirm"
"""The command that takes it back."""

MAX_BODY = 65_536
"""GitHub's own limit on a comment's length."""
MAX_PIECES = 8_000
"""Lines, list items and quotes. Nobody writes more, and the shortest ones take the parser too long."""
_PIECE = re.compile(r"\r\n?|\n|(?:[-+*>]|[0-9][.)])(?=[ \t\r\n])")


def is_readable(body: str) -> bool:
    """Is it short enough to be read at all? Whatever is not says nothing."""
    return len(body) <= MAX_BODY and len(_PIECE.findall(body)) < MAX_PIECES


def says(body: str, command: str) -> bool:
    """Does a line in the open give the command (its words without the slash)? What is behind it does not matter."""
    words = f"/{command}".split()
    if words[0] not in body.lower() or not is_readable(body):
        return False
    return any(line.lower().split()[: len(words)] == words for line in open_lines(body))


def _parser() -> MarkdownIt:
    """Blocks as CommonMark has them (and tables); inline only what hides text: code spans and HTML.

    What is nested deeper than the parser's limit ends the document for it: the limit is far beyond what people do.
    """
    return MarkdownIt("zero", {"html": True, "maxNesting": 200}).enable(
        [
            "fence", "code", "blockquote", "html_block", "list", "heading", "lheading", "hr", "reference", "table",
            "backticks", "html_inline", "newline",
        ]
    )  # fmt: skip


_MARKDOWN = _parser()


_BREAK = re.compile(r"\r\n?|\n")  # the parser's line ends; Python's `splitlines` knows more of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced code block in the open. `language` is its info string's first word in lower case, "" without one.

    `line` is the line of the comment on which its text begins, counted from 1.
    """

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line in the open, and the blocks directly below it: with nothing but blank lines between.

    `at` is the line of the comment, counted from 1; None where code or HTML goes over several lines of its paragraph.
    """

    text: str
    below: tuple[Block, ...] = ()
    at: int | None = None


def open_lines(body: str) -> Iterator[str]:
    """The lines of a comment that stand in the open, in order."""
    return (line.text for line in open_lines_and_blocks(body))


def open_lines_and_blocks(body: str) -> Iterator[OpenLine]:
    """The same lines, each with the fenced blocks directly below it."""
    source = _BREAK.split(body)
    quotes = 0
    tokens = list(_outside_html(_MARKDOWN.parse(body)))
    blocks = {token.map[0]: token for token in tokens if _is_open_block(token) and token.map is not None}
    for opening, inline in itertools.pairwise(tokens):
        if opening.type in {"blockquote_open", "blockquote_close"}:
            quotes += opening.nesting
        if opening.type != "paragraph_open" or quotes or inline.type != "inline" or opening.map is None:
            continue
        lines = list(_plain_lines(inline.children or []))
        written = source[slice(*opening.map)]
        kept = _after_a_list(lines, written) if opening.level else range(len(lines))
        below = _below(opening.map[1], source, blocks)
        first = opening.map[0] + 1 if len(lines) == len(written) else None
        for at in kept:
            yield OpenLine(
                text=lines[at],
                below=below if at == len(lines) - 1 else (),
                at=None if first is None else first + at,
            )


def says_more(body: str, takes: Callable[[OpenLine], tuple[Block, ...] | None]) -> bool:
    """Is anything left of a comment without some of its open lines?

    `takes` answers with the blocks that go with a line; None: the line stays. What is quoted or folded stays, too.
    """
    left = {at for at, line in enumerate(_BREAK.split(body), start=1) if line.strip()}
    for line in open_lines_and_blocks(body):
        blocks = takes(line)
        if blocks is None or line.at is None:
            continue
        left.discard(line.at)
        for block in blocks:  # its fences stand around it
            left.difference_update(range(block.line - 1, block.line + block.text.count("\n") + 1))
    return bool(left)


def open_blocks(body: str, language: str) -> tuple[Block, ...]:
    """The fenced blocks of a language that stand in the open, in order. An unclosed one goes to the end."""
    if language not in body.lower() or not is_readable(body):
        return ()
    blocks = (_block(token) for token in _outside_html(_MARKDOWN.parse(body)) if _is_open_block(token))
    return tuple(block for block in blocks if block.language == language)


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPENS = re.compile(r"<(?:blockquote|details|pre|del|s|table)\b", re.IGNORECASE)
_CLOSES = re.compile(r"</(?:blockquote|details|pre|del|s|table)\s*>", re.IGNORECASE)


def _outside_html(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens but for those between the pieces of HTML that begin and end a fold, a quote and the like.

    Markdown is read there again after an empty line; what stands there is folded away or quoted all the same.
    """
    depth = 0
    for token in tokens:
        if token.type == "html_block" and token.level == 0:  # what a list item or a quote opens ends with it
            html = _COMMENT.sub("", token.content)
            depth = max(0, depth + len(_OPENS.findall(html)) - len(_CLOSES.findall(html)))
        elif not depth:
            yield token


def _is_open_block(token: Token) -> bool:
    return token.type == "fence" and token.level == 0


def _block(token: Token) -> Block:
    assert token.map is not None
    words = token.info.split(maxsplit=1)
    return Block(language=words[0].lower() if words else "", text=token.content, line=token.map[0] + 2)


def _below(at: int, source: Sequence[str], blocks: Mapping[int, Token]) -> tuple[Block, ...]:
    """The blocks from line `at` on, one directly below the other."""
    found: list[Block] = []
    while at < len(source):
        token = blocks.get(at)
        if token is not None and token.map is not None:
            found.append(_block(token))
            at = token.map[1]
        elif source[at].strip(" \t"):
            break
        else:
            at += 1
    return tuple(found)


def _after_a_list(lines: list[str], source: list[str]) -> list[int]:
    """What a person wrote below a list without an empty line: Markdown counts it to the last item, people do not.

    It stands at the very beginning of its line; whatever is indented belongs to the item. Which of `lines` these are.
    """
    if len(lines) != len(source):
        return []
    return [at for at, written in enumerate(source) if at and written.startswith("/")]


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
