"""Prose as the units that can carry a claim: sentences, list items, table rows, each with the headings above it.

Rules:
1. A real Markdown parser decides what is prose. Quotes, code blocks, HTML comments, struck-out text, tracebacks and
   command lines are not.
2. A unit knows its section (`bot.assessment.sections`) and whether its task box is ticked.
3. The work is bounded by the input: at most `MAX_CHARACTERS` and `MAX_UNITS` are read, less where a text is
   full of markup, and a unit is at most `MAX_UNIT` long. `Prose.truncated` says whether something was left unread.

Markdown as GitHub means it: https://github.github.com/gfm/
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token as Node

from bot.assessment.mojibake import repair
from bot.assessment.sections import Section, classify, section_of
from bot.assessment.tokens import (
    MARKS,
    Shadow,
    TokenKind,
    address_token,
    code_token,
    hide_quotations,
    joined,
    plain,
    shade,
)

MAX_CHARACTERS = 32_768
MAX_UNITS = 1_500
MAX_UNIT = 500

# How often a character may stand in a text before the rest is left unread: more is no prose, and what the parser and
# the rules do with it grows faster than the text.
_LIMITS: tuple[tuple[str, int], ...] = (
    ("\n", 1_500),
    ("[", 1_000),
    ("*_~", 6_000),
    ("|", 3_000),
    ("`", 1_600),
    ("#", 1_200),
    ("%", 600),
)

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_COMMAND_LINE = re.compile(r"^[ \t]*/[a-z][a-z-]*(?:[ \t].*)?$", re.MULTILINE)
# What a program printed: tracebacks, log lines, the lines of failed tests.
_PRINTED = re.compile(
    r"^(?:[ \t]*Traceback \(most recent call last\):.*(?:\n[ \t]+.*){0,200}"
    r"|[ \t]*(?:File .{0,300}, line \d+.*|at \S{1,300} ?\(.*\)"
    r"|(?:\w{1,60}\.){0,10}\w{1,60}(?:Error|Exception|Warning): .*"
    r"|(?:Caused by|panic|error|fatal|FAILED|ERROR|FATAL|WARN(?:ING)?): .*|FAILED \S{1,300}::.*|E {2,}.*"
    r"|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S* .{0,40}\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b.*))$",
    re.MULTILINE,
)
_BOX = re.compile(r"\[([ xX])\]\s+")
_LABEL = re.compile(r"\W{0,4}(?P<words>[^:\n]{2,60}?)\s?:\s\S")
_SENTENCE_END = re.compile(
    r"(?<![ (]e\.g\.)(?<![ (]i\.e\.)(?<!\betc\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bapprox\.)(?<!\bno\.)(?<=[.!?])[)*]?\s+"
    r"|\r|(?<=\s)[\u2022\u00b7]\s"
    rf"|\n(?=\s*(?:[A-Z][a-z]*(?:[ :,]|$)|[A-Z]\w{{0,20}}(?: \w{{1,20}}){{0,3}}:\s"
    rf"|[\u2190-\u2bff\U0001f000-\U0001faff]|[-*]\s|\d+[.)]\s))"
    rf"|(?<=[:;])\n(?={MARKS[TokenKind.SHA]}?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence, list item or table row. `labels` are the headings and leading lines above, outermost first."""

    shadow: Shadow
    section: Section
    labels: tuple[str, ...]
    heading: bool = False  # the unit is itself a heading
    box: bool | None = None  # a task box: ticked, not ticked, none
    labelled: bool = False  # the words before its first colon decided its section ("Remaining: ...")
    first: bool = True  # the first sentence of its paragraph, item or row

    def words(self) -> str:
        """The unit as it was written."""
        return self.shadow.words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Everything a text says in prose, in order."""

    units: tuple[Unit, ...]
    truncated: bool


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Where the walk stands. Mutable: lives for one walk only."""

    repository: str
    hide_quoted: bool
    headings: list[tuple[int, str]] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)  # one per open list: the words that lead into it
    last_words: str = ""  # the paragraph before, which may lead into the next list
    quote_depth: int = 0

    def labels(self) -> tuple[str, ...]:
        return tuple(label for _, label in self.headings) + tuple(lead for lead in self.leads if lead)


def read(text: str, *, repository: str, hide_quoted: bool = True) -> Prose:
    """The prose of a Markdown text. `repository` is `owner/name`: what belongs to others is marked as such.

    `hide_quoted`: words in double quotes are somebody else's, and become one token.
    """
    kept, truncated = _bounded(plain(repair(text)))
    kept = _PRINTED.sub("", _COMMAND_LINE.sub("", kept))
    walk = _Walk(repository=repository, hide_quoted=hide_quoted)
    units = tuple(islice(_units(walk, _PARSER.parse(kept)), MAX_UNITS + 1))
    return Prose(units=units[:MAX_UNITS], truncated=truncated or len(units) > MAX_UNITS)


def _bounded(text: str) -> tuple[str, bool]:
    """The part of `text` that is read: the parser's time grows faster than its input on brackets and lines."""
    end = min(len(text), MAX_CHARACTERS)
    for characters, most in _LIMITS:
        for count, found in enumerate(re.finditer(f"[{re.escape(characters)}]", text[:end]), start=1):
            if count > most:
                end = found.start()
                break
    return text[:end], end < len(text)


def _units(walk: _Walk, nodes: Sequence[Node]) -> Iterator[Unit]:
    for index, node in enumerate(nodes):
        _enter(walk, node)
        if walk.quote_depth:
            continue
        if node.type == "inline":
            yield from _block(walk, nodes, index)


def _enter(walk: _Walk, node: Node) -> None:
    """Follow lists and quotes."""
    match node.type:
        case "blockquote_open":
            walk.quote_depth += 1
        case "blockquote_close":
            walk.quote_depth -= 1
            walk.last_words = ""
        case "bullet_list_open" | "ordered_list_open":
            walk.leads.append(walk.last_words)
            walk.last_words = ""
        case "bullet_list_close" | "ordered_list_close":
            walk.leads.pop()
            walk.last_words = ""
        case "html_block":
            walk.quote_depth += _quote_balance(node.content, walk.quote_depth)
        case _:
            pass


def _quote_balance(html: str, depth: int) -> int:
    """How a piece of raw HTML changes the depth of quotes (`<blockquote>`, `<pre>`, `<del>`)."""
    opened = len(re.findall(r"<(?:blockquote|pre|del|s)\b", html, re.IGNORECASE))
    closed = len(re.findall(r"</(?:blockquote|pre|del|s)\s*>", html, re.IGNORECASE))
    return max(-depth, opened - closed)


def _block(walk: _Walk, nodes: Sequence[Node], index: int) -> Iterator[Unit]:
    """The units of one paragraph, heading, item or table row."""
    before, node = nodes[index - 1], nodes[index]
    if before.type in {"th_open", "td_open"}:
        if before.type == "td_open" and nodes[index - 2].type == "tr_open":
            yield from _row(walk, nodes, index)
        return
    shadow = _shadow(node.children or [], walk.repository)
    words = shadow.words().strip()
    if before.type == "heading_open":
        level = int(before.tag[1:])
        walk.headings = [entry for entry in walk.headings if entry[0] < level]
        yield from _sentences(walk, shadow, heading=True)
        walk.headings.append((level, words))
        walk.last_words = ""
        return
    if _is_bold_line(node.children or []) and not walk.leads:
        walk.headings = [entry for entry in walk.headings if entry[0] < 7]
        yield from _sentences(walk, shadow, heading=True)
        walk.headings.append((7, words.rstrip(":")))
        return
    yield from _sentences(walk, shadow, heading=False, opens_item=nodes[index - 2].type == "list_item_open")
    in_item = bool(walk.leads)
    walk.last_words = words.rstrip(": ") if words.endswith(":") or (in_item and len(words) < 200) else ""


def _is_bold_line(children: Sequence[Node]) -> bool:
    kinds = [child.type for child in children if child.type != "text" or child.content.strip(": ")]
    return (
        len(kinds) > 2 and kinds[0] == "strong_open" and kinds[-1] == "strong_close" and kinds.count("strong_open") == 1
    )


def _row(walk: _Walk, nodes: Sequence[Node], index: int) -> Iterator[Unit]:
    """A table row as one unit, its cells joined by bars."""
    row = takewhile(lambda node: node.type != "tr_close", (nodes[at] for at in range(index, len(nodes))))
    cells = [_shadow(node.children or [], walk.repository) for node in row if node.type == "inline"]
    bar = Shadow(text=" | ")
    line = joined(piece for cell in cells for piece in (cell, bar))
    yield from _sentences(
        walk, Shadow(text=line.text.rstrip(" |").replace("\n", " "), tokens=line.tokens), heading=False
    )


def _sentences(walk: _Walk, shadow: Shadow, *, heading: bool, opens_item: bool = False) -> Iterator[Unit]:
    """Split one block into units. Only what opens a list's item can be a task."""
    if walk.hide_quoted:
        shadow = hide_quotations(shadow)
    box: bool | None = None
    start = 0
    if opens_item and (ticked := _BOX.match(shadow.text)):
        box, start = ticked[1] in "xX", ticked.end()
    labels = walk.labels()
    section = section_of(labels)
    spans = (_trimmed(shadow.text, begin, end) for begin, end in _spans(shadow.text, start))
    first = True
    for part in shadow.parts(span for span in spans if span is not None):
        line = Shadow(text=part.text.replace("\n", " "), tokens=part.tokens)
        own = None if heading else _own_section(line)
        yield Unit(
            shadow=line,
            section=section if own is None else own,
            labels=labels,
            heading=heading,
            box=box,
            labelled=own is not None,
            first=first,
        )
        first = False


def _own_section(sentence: Shadow) -> Section | None:
    """What the sentence's own label ("Remaining: ...") says about it; "Fixed: ..." undoes no heading above."""
    label = _LABEL.match(sentence.text)
    said = classify(label["words"]) if label else None
    return None if said is Section.NORMAL else said


def _spans(text: str, start: int) -> Iterator[tuple[int, int]]:
    for end in _SENTENCE_END.finditer(text, start):
        yield from _pieces(text, start, end.start())
        start = end.end()
    yield from _pieces(text, start, len(text))


def _pieces(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """A span cut at spaces into pieces of at most `MAX_UNIT`."""
    while end - begin > MAX_UNIT:
        space = text.rfind(" ", begin + MAX_UNIT // 2, begin + MAX_UNIT)
        cut = space if space > 0 else begin + MAX_UNIT
        yield begin, cut
        begin = cut
    yield begin, end


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """The span without white space at its ends; None where nothing is left."""
    piece = text[begin:end]
    begin += len(piece) - len(piece.lstrip())
    end = begin + len(piece.strip())
    return (begin, end) if end > begin else None


def _shadow(children: Sequence[Node], repository: str) -> Shadow:
    """The shadow of inline nodes."""
    pieces: list[Shadow] = []
    before = ""
    struck = 0
    link: list[Node] | None = None
    href = ""
    for child in children:
        struck += _strike(child)
        if struck or child.type in {"image", "s_close"}:
            continue
        if child.type == "link_open":
            link, href = [], str(child.attrGet("href") or "")
            continue
        if child.type == "link_close" and link is not None:
            piece = _link(link, href, before, repository)
            link = None
        elif link is not None:
            link.append(child)
            continue
        else:
            piece = _inline(child, before, repository)
        pieces.append(piece)
        before = (before + piece.text)[-40:]
    return joined(pieces)


def _strike(node: Node) -> int:
    if node.type == "s_open":
        return 1
    if node.type == "s_close":
        return -1
    if node.type == "html_inline":
        return len(re.findall(r"^<(?:del|s|strike)\b", node.content)) - len(
            re.findall(r"^</(?:del|s|strike)\b", node.content)
        )
    return 0


def _inline(node: Node, before: str, repository: str) -> Shadow:
    match node.type:
        case "text":
            return shade(node.content, before, repository)
        case "code_inline":
            token = code_token(node.content, before, repository)
            return Shadow(text=MARKS[token.kind], tokens=(token,))
        case "softbreak":
            return Shadow(text="\n")
        case "hardbreak":
            return Shadow(text="\r")
        case "html_inline" if node.content.lower().startswith("<br"):
            return Shadow(text="\r")
        case _:
            return Shadow(text="")


def _link(inner: Sequence[Node], href: str, before: str, repository: str) -> Shadow:
    """A link is its words, unless it leads to a commit, a pull request or an issue: then it is that."""
    target = address_token(href, "", repository)
    text = joined(_inline(node, before, repository) for node in inner)
    raw = text.tokens[0].raw if len(text.tokens) == 1 and target.kind is TokenKind.NUMBER else text.words()
    match target.kind:
        case TokenKind.FOREIGN:
            shown = target
        case TokenKind.SHA | TokenKind.NUMBER if not text.tokens or text.tokens[0].kind is target.kind:
            shown = target
        case _ if len(text.tokens) == 1 and text.tokens[0].kind is TokenKind.ADDRESS:
            shown = target
        case _:
            return text
    token = type(shown)(kind=shown.kind, value=shown.value, raw=raw or href)
    noun = (
        "PR "
        if shown.kind is TokenKind.NUMBER and "/pull/" in href and not before.rstrip().endswith(("PR", "request"))
        else ""
    )
    return Shadow(text=noun + MARKS[shown.kind], tokens=(token,))
