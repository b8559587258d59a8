"""Which paths are meant: globs with the meaning that `.gitignore` gives them.

`*` and `?` stay inside a folder, `**` crosses folders, `[a-z]` and `{py,pyi}` choose; a glob without a slash matches
at any depth, and one that matches a folder matches everything below it.
Globs come from strangers: they are translated to RE2, which is linear whatever they hold.
Source: https://git-scm.com/docs/gitignore#_pattern_format
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

import re2

MAX_GLOB = 256

_PIECE = re.compile(r"\*\*/|/\*\*\Z|\*\*|\*|\?|\[[^\]/]+\]|\{[^{}/]*\}|.", re.DOTALL)


def glob_fault(glob: str) -> str | None:
    """What is wrong with a glob; None where nothing is."""
    if not glob or len(glob) > MAX_GLOB:
        return f"a glob must have 1 to {MAX_GLOB} characters"
    if "\\" in glob or glob.startswith("!"):
        return f"{glob!r}: a glob has forward slashes, and no `!` (use `exclude`)"
    if fault := _matches_nothing(glob):
        return f"{glob!r} can never match: {fault}"
    try:
        _compiled((glob,))
    except re2.error:
        return f"{glob!r} is no glob"
    return None


def _matches_nothing(glob: str) -> str | None:
    """Why no path that git lists can match; None where one might."""
    folders = glob.strip("/").split("/")
    meant = "/".join(folder for folder in folders if folder not in {"", ".", ".."})
    if not meant or folders != meant.split("/"):
        return f"paths begin at the repository's root, without `.`, `..` or `//`; write `{meant or '**'}`"
    if "[" in _PIECE.findall(glob):
        return "its `[` is not closed; write `?` for a character that is a bracket"
    return None


def nearest_folder(globs: Iterable[str], paths: Iterable[str]) -> str | None:
    """The existing folder that is nearest to what globs which select none of the paths ask for: `src/` for
    `source/**`. None where nothing is near.
    """
    known = tuple(paths)
    return next(filter(None, (_nearest(glob, known) for glob in globs)), None)


def _nearest(glob: str, paths: tuple[str, ...]) -> str | None:
    at = ""
    for name in glob.strip("/").split("/"):
        inside = {path[len(at) :].partition("/")[::2] for path in paths if path.startswith(at)}
        folders = sorted({folder for folder, below in inside if below})
        if name not in folders:
            close = get_close_matches(name, folders, n=1)
            return f"{at}{close[0]}/" if close else at or None
        at += f"{name}/"
    return at


def selector(include: tuple[str, ...], exclude: tuple[str, ...]) -> Callable[[str], bool]:
    """A test for paths. An empty `include` means every path. The globs must be without fault."""
    wanted = _compiled(include) if include and "**" not in include else None
    unwanted = _compiled(exclude) if exclude else None

    def selects(path: str) -> bool:
        if wanted is not None and not wanted.fullmatch(path):
            return False
        return unwanted is None or not unwanted.fullmatch(path)

    return selects


def _compiled(globs: tuple[str, ...]) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    return re2.compile(expression_of(globs), options)


def expression_of(globs: tuple[str, ...], *, below: bool = True) -> str:
    """The RE2 expression that a whole path matches where one of the globs does; `below`: also in a folder that one
    matches.
    """
    return "|".join(f"(?s:{_expression(glob)}{'(?:/.*)?' if below else ''})" for glob in globs)


def _expression(glob: str) -> str:
    text = glob.strip("/")
    anchored = "/" in text or glob.startswith("/")
    body = "".join(_translated(piece) for piece in _PIECE.findall(text))
    return body if anchored else f"(?:.*/)?{body}"


_STARS = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _translated(piece: str) -> str:
    if piece in _STARS:
        return _STARS[piece]
    if piece.startswith("[") and len(piece) > 2:
        return f"[^{re.escape(piece[2:-1])}]" if piece[1] in "!^" else f"[{_ranges(piece[1:-1])}]"
    if piece.startswith("{") and len(piece) > 2:
        return f"(?:{'|'.join(map(re2.escape, piece[1:-1].split(',')))})"
    return str(re2.escape(piece))


def _ranges(inside: str) -> str:
    return re.sub(r"[\\\[\]^&~|]", r"\\\g<0>", inside)
