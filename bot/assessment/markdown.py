"""The only functions through which untrusted text passes into Markdown.

Nothing echoed can act: no mention, reference, closing keyword with its reference, command at a line's start, link,
image, HTML, hidden comment, heading, list or table comes alive. GitHub looks for mentions and references in the
*rendered* text, so escapes do not stop them; inline code does. Therefore words that could act become inline code, and
everything else is escaped. Invisible, bidirectional and control characters become U+FFFD, so that they can be seen.

Source: https://github.github.com/gfm/ and
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
"""

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from bot.assessment.redact import redact

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)?|[@-Z\\-_])")
# Joiners and style selectors only change how emoji look; dropping them is honest. The rest can hide or reorder text.
_DROP = re.compile("[\u200d\ufe0e\ufe0f]")
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
_CODE_SPAN = re.compile(r"(?<!`)`(?!`)([^`]*[^`\s][^`]*)`(?!`)")
# A lone @, as in "`main` @ `d4e5f6a`", calls nobody.
_LIVE = re.compile(r"@(?!\Z)|(?<!\A)@|#\d|gh-\d|://|www\.|(?:mailto|xmpp):|^/\S", re.IGNORECASE)
_COMMIT = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}")
# Paths and names_with_underscores read better as code than with a backslash in every word.
_TECHNICAL = re.compile(r"[\w./:\-]*(?:\w_\w|/[\w\-]+\.\w)[\w./:\-]*", re.ASCII)
_EDGE_LEFT = "([{\"'“”‘’«*_~"
_EDGE_RIGHT = ")]}\"'“”‘’»*_~.,;:!?…"
_ESCAPES = str.maketrans(
    {
        **{mark: "\\" + mark for mark in "\\*_[]~#"},
        **{mark: f"&#{ord(mark)};" for mark in "`|$"},
        "<": "&lt;",
        ">": "&gt;",
        "&": "&amp;",
    }
)
_LIST_START = re.compile(r"[-+=:]|\d{1,9}[.)]$")
_APP = "[bot]"
_LOGIN = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_URL = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]+(?:[/?#]\S*)?")
_URL_SAFE = "/:?#@!$&'*+,;=%-._~"
_REFERENCE_PATH = re.compile(r"/[^/]+/[^/]+/(?:issues|pull|discussions)/\d+")
_URL_LIMIT = 2000


def clean(text: str, limit: int = 4000) -> str:
    """Plain text of at most `limit` characters, without secrets, escape sequences and invisible characters."""
    text = _BREAKS.sub("\n", _ANSI.sub("", text[: limit * 8]))
    text = _HIDDEN.sub("\ufffd", _DROP.sub("", text))
    if not text.isprintable():  # the usual text is: no need to look at every character
        text = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)
    text = redact(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def line(text: str, limit: int = 300) -> str:
    """The same on one line. Still plain text, not Markdown."""
    return " ".join(clean(text, limit).split())


def code(text: str, limit: int = 200) -> str:
    """Inline code. In a table's cell it needs `cell` around it."""
    return _code_span(line(text, limit)) or "(empty)"


def prose(text: str, limit: int = 300) -> str:
    """Running text on one line. Words that could act, commits and `backticked` parts become inline code."""
    text = line(text, limit)
    parts: list[str] = []
    # `split` with one group alternates: outside, inside, outside, ...
    for index, part in enumerate(_CODE_SPAN.split(text)):
        pieces = [_code_span(part.strip())] if index % 2 else _words(part, at_start=not parts)
        for piece in pieces:
            if parts and parts[-1].endswith("`") and piece.startswith("`"):
                parts.append(" ")  # two code spans that touch would become one
            parts.append(piece)
    joined = "".join(parts)
    return joined[:-1] + "\\!" if joined.endswith("!") else joined


def quote(text: str, limit: int = 200) -> str:
    """Somebody's words, in quotation marks; emphasis and list marks are left out."""
    bare = re.sub(r"\*{2,3}|^\s*(?:[-*+]|\d{1,9}[.)])\s+", "", line(text, limit * 2))
    return f'"{prose(bare, limit)}"'


def fence(text: str, limit: int = 4000) -> str:
    """A code block of several lines; it starts and ends on lines of its own."""
    text = clean(text, limit)
    marks = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{marks}text\n{text}\n{marks}"


def link(text: str, url: str | None, limit: int = 200) -> str:
    """A link to an http(s) address; only the text where there is none, or none that one would want to follow.

    Addresses of GitHub issues and pull requests go through GitHub's own redirect, so that linking to one does not put
    a "mentioned this" into its timeline.
    """
    target = _target(url)
    return f"[{prose(text, limit)}]({target})" if target else prose(text, limit)


def address(url: str | None) -> str | None:
    """An http(s) address as plain ASCII, that one would want to follow; None where it is none: no secret, no user."""
    if url is None or len(url) > _URL_LIMIT or not _URL.fullmatch(url) or redact(url) != url:
        return None
    try:
        parts = urlsplit(url)
        encoded = percent_encode(url, safe=_URL_SAFE)
    except ValueError:
        return None
    return None if parts.username or "@" in parts.netloc or _HIDDEN.search(url) else encoded


def html(text: str, limit: int = 200) -> str:
    """The same for inside an HTML tag of ours, where Markdown is not read (a fold's summary)."""
    parts = _CODE_SPAN.split(line(text, limit))
    return "".join(_coded(part) if index % 2 else _html_words(part) for index, part in enumerate(parts))


def mention(login: str | None) -> str:
    """A person by login, as a live mention: only for somebody who takes part already. An app cannot be called."""
    if login is None:
        return "somebody"
    if login.endswith(_APP):
        return name(login)
    return f"@{login}" if _LOGIN.fullmatch(login) else code(login, 60)


def name(login: str | None) -> str:
    """A person or an app by login, without calling him; GitHub tells an app's in two forms, which are one name here."""
    return "somebody" if login is None else code(f"@{login.removesuffix(_APP)}", 60)


def cell(markdown: str) -> str:
    """Rendered inline Markdown, fit for one cell of a table."""
    return " ".join(markdown.split("\n")).replace("|", "\\|")


def row(cells: Sequence[str]) -> str:
    """One row of a table from rendered inline Markdown."""
    return f"| {' | '.join(cell(content) for content in cells)} |"


def _code_span(text: str) -> str:
    """Inline code from text that is clean already."""
    if not text:
        return ""
    marks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if "`" in {text[0], text[-1]} else ""
    return f"{marks}{pad}{text}{pad}{marks}"


def _words(text: str, *, at_start: bool) -> list[str]:
    pieces: list[str] = []
    for piece in re.split(r"( )", text):
        first = at_start and not pieces
        core = piece.lstrip(_EDGE_LEFT).rstrip(_EDGE_RIGHT)
        if core and (_LIVE.search(piece) or _COMMIT.fullmatch(core) or _TECHNICAL.fullmatch(core)):
            left, right = piece.split(core, 1)
            pieces += [_escape(left, first=first), _code_span(core), _escape(right, first=False)]
        elif piece:
            pieces.append(_escape(piece, first=first))
    return [piece for piece in pieces if piece]


def _html_words(text: str) -> str:
    return " ".join(_coded(word) if _LIVE.search(word) else escape(word) for word in text.split(" "))


def _coded(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _escape(word: str, *, first: bool) -> str:
    escaped = word.translate(_ESCAPES)
    if first and (found := _LIST_START.match(word)):
        # Only at a line's start can these begin a list or underline a heading.
        return f"\\{escaped}" if found.end() == 1 else f"{escaped[:-1]}\\{escaped[-1]}"
    return escaped


def _target(url: str | None) -> str | None:
    encoded = address(url)
    if encoded is None:
        return None
    parts = urlsplit(encoded)
    if parts.hostname == "github.com" and _REFERENCE_PATH.match(parts.path):
        return encoded.replace("//github.com/", "//redirect.github.com/", 1)
    return encoded
