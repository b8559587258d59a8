"""The things a sentence can point at: commits, paths, numbers, versions and code, told apart from their look-alikes.

A sentence is read as a *shadow*: its words, with each thing replaced by one private character, so that a rule can
say "fixed in <sha>" and never stumble over a dot in a path. `Shadow.words` gives the words back.

Look-alikes that are no such thing: API routes, addresses, domains, versions, dates, hex colours, UUIDs, checksums,
decimal numbers, product names ("Node.js"), and everything that belongs to another repository.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class TokenKind(StrEnum):
    """What a token is."""

    SHA = "sha"
    PATH = "path"
    NUMBER = "number"  # an issue or a pull request of this repository
    CODE = "code"  # any other code span: a name, a pattern, a command
    QUOTED = "quoted"  # words in double quotes: somebody else's
    VERSION = "version"
    DOMAIN = "domain"
    FOREIGN = "foreign"  # something of another repository
    ADDRESS = "address"  # any other URL


MARKS: dict[TokenKind, str] = {kind: chr(0xE001 + place) for place, kind in enumerate(TokenKind)}
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_ANY_MARK = re.compile(f"[{''.join(MARKS.values())}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One thing. `value` is its plain form (lower-case sha, clean path, bare number); `raw` is as written."""

    kind: TokenKind
    value: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """Words with marks in place of tokens; the n-th mark in `text` stands for `tokens[n]`."""

    text: str
    tokens: tuple[Token, ...] = ()

    def parts(self, spans: Iterable[tuple[int, int]]) -> Iterator["Shadow"]:
        """The pieces between places that do not overlap and come in order, in one pass."""
        at = used = 0
        for start, end in spans:
            used += len(_ANY_MARK.findall(self.text, at, start))
            count = len(_ANY_MARK.findall(self.text, start, end))
            yield Shadow(text=self.text[start:end], tokens=self.tokens[used : used + count])
            at, used = end, used + count

    def part(self, start: int, end: int) -> "Shadow":
        """The piece of `text` from `start` to `end`, with its own tokens."""
        first = len(_ANY_MARK.findall(self.text, 0, start))
        count = len(_ANY_MARK.findall(self.text, start, end))
        return Shadow(text=self.text[start:end], tokens=self.tokens[first : first + count])

    def tokens_between(self, start: int, end: int) -> tuple[Token, ...]:
        """The tokens whose marks stand between two places."""
        return self.part(start, end).tokens

    def words(self) -> str:
        """The text as it was written, code in backticks."""
        rest = iter(self.tokens)
        return _ANY_MARK.sub(lambda _: next(rest).raw, self.text)


def plain(text: str) -> str:
    """`text` without private-use characters, which would pass for marks."""
    return _PRIVATE.sub("", text)


_EXTENSIONS_WORDS = (
    "py pyi ipynb js jsx ts tsx mjs cjs vue svelte go rs java kt kts rb php cs fs c h cc cpp cxx hpp hh swift "
    "scala clj ex exs erl hs ml lua pl r jl dart zig nim sh bash zsh fish ps1 bat cmd sql md mdx rst txt adoc "
    "json jsonl json5 yaml yml toml ini cfg conf properties xml xsd html htm css scss sass less tf tfvars hcl "
    "proto graphql gql lock gradle csv tsv svg png jpg jpeg gif ico pdf jinja j2 tmpl tpl mk cmake dockerfile "
    "service patch diff snap "
)
EXTENSIONS = frozenset(_EXTENSIONS_WORDS.split())
_BARE_NAMES_WORDS = (
    "dockerfile makefile license codeowners procfile jenkinsfile gemfile rakefile vagrantfile justfile "
    "containerfile .gitignore .gitattributes .dockerignore .editorconfig .env .npmrc .nvmrc .eslintrc .prettierrc "
    ".babelrc "
)
_BARE_NAMES = frozenset(_BARE_NAMES_WORDS.split())
_PRODUCTS_WORDS = (
    "node.js next.js vue.js nuxt.js react.js express.js d3.js three.js angular.js ember.js backbone.js chart.js "
    "asp.net socket.io moment.js discord.js alpine.js p5.js electron.js nest.js "
)
_PRODUCTS = frozenset(_PRODUCTS_WORDS.split())
_TLDS_WORDS = (
    "com org net io dev ai app co cloud de uk fr eu info edu gov local internal test example invalid xyz me tech "
)
_TLDS = frozenset(_TLDS_WORDS.split())
_HEX = re.compile(r"[0-9a-fA-F]{7,40}")
_ISSUE = re.compile(r"(?:#|GH-)(\d{1,9})")
_THEIRS = re.compile(r"([\w.-]{1,100}/[\w.-]{1,100})(?:#(\d{1,9})|@([0-9a-fA-F]{7,40}))")
_VERSION = re.compile(r"v?\d{1,4}\.\d{1,5}\.\d{1,6}(?:[-+.]?[0-9A-Za-z][\w.+-]{0,40})?|v\d{1,4}(?:\.\d{1,5})?")
_DOMAIN = re.compile(r"(?:\*?\.)?(?:[A-Za-z0-9-]{1,63}\.){1,8}([a-z]{2,12})")
_URL = re.compile(r"https?://[^\s<>\"'`]{1,2000}", re.IGNORECASE)
_GITHUB_URL = re.compile(
    r"https?://[\w.:-]{1,255}/([\w.-]{1,100}/[\w.-]{1,100})"
    r"/(?:(?P<commit>commit|pull/\d{1,9}/commits)/(?P<sha>[0-9a-fA-F]{7,40})"
    r"|pull/(?P<pull>\d{1,9})|issues/(?P<issue>\d{1,9})|(?:blob|tree|raw|compare|actions|releases)/)(?P<rest>.{0,1500})"
)
_PATH = re.compile(r"[\w@.+~()\[\]$ -]{1,80}(?:/[\w@.+~()\[\]$ =,-]{1,120}){0,30}/?")
_ROUTE_ROOTS = frozenset({"api", "rest", "graphql", "v1", "v2", "v3", "health", "healthz", "metrics", "login", "auth"})
# A leading slash and one of these: a place on a machine, not in the repository.
_SYSTEM_ROOTS = frozenset({"etc", "usr", "var", "opt", "tmp", "home", "root", "proc", "sys", "dev", "mnt", "Users"})
_METHODS = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\Z")
_COMMIT_WORD = re.compile(r"\b(?:commits?|sha|revision|rev|changeset)\W{0,4}\Z", re.IGNORECASE)
_NUMBER_WORD = re.compile(r"\b(?:PR|pull request|issue|ticket)\s\Z", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;|\u2013\u2014\u2192]+")
_OPENING, _CLOSING = "([{<\"'\u201c\u2018*", ")]}>\"'\u201d\u2019.,:!?*"
_QUOTATION = re.compile('"[^"\n]{2,300}"|\u201c[^\u201d\n]{2,300}\u201d')


def path_of(text: str) -> str | None:
    """The repository path that `text` names, cleaned of leading slash, `:line` and `::test`; None if it names none."""
    if not 3 <= len(text) <= 300 or "://" in text:
        return None
    cleaned = re.sub(r"(?:::.{1,200}|#L\d.{0,20}|:\d+(?:[:-]\d+)?)\Z", "", text)
    cleaned = re.sub(r"\A[A-Za-z]:(?=\\)", "", cleaned).replace("\\", "/")
    rooted = cleaned.startswith("/")
    cleaned = re.sub(r"\A(?:\./|/)+", "", cleaned)
    if not _PATH.fullmatch(cleaned) or " " in cleaned.rsplit("/", 1)[-1].strip("/"):
        return None
    parts = cleaned.rstrip("/").split("/")
    if ".." in parts or parts[0] == "~" or (rooted and (_is_route(parts) or parts[0] in _SYSTEM_ROOTS)):
        return None
    if len(parts) > 1 and _is_host(parts[0]):
        return None
    return cleaned if _names_file(parts) or (cleaned.endswith("/") and not rooted and len(parts[0]) > 1) else None


def _is_route(parts: list[str]) -> bool:
    return any(part.lower() in _ROUTE_ROOTS for part in parts[:2])


def _is_host(part: str) -> bool:
    name, dot, ending = part.rpartition(".")
    return bool(dot and name) and ending in _TLDS


def _names_file(parts: list[str]) -> bool:
    name = parts[-1]
    if name.lower() in _BARE_NAMES:
        return True
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem.strip(".") or name.lower() in _PRODUCTS:
        return False
    if len(parts) == 1:
        return extension in EXTENSIONS and not (extension == "js" and name[:1].isupper() and name.count(".") == 1)
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,9}", extension))


def code_token(text: str, before: str, repository: str) -> Token:
    """The token for a code span; `before` are the words that stand before it."""
    raw = f"`{text}`"
    stripped = text.strip()
    if found := _address(stripped, raw, repository):
        return found
    if sha := _sha_of(stripped, before):
        return Token(kind=TokenKind.SHA, value=sha, raw=raw)
    if theirs := _of_repository(stripped, raw, repository):
        return theirs
    if _VERSION.fullmatch(stripped):
        return Token(kind=TokenKind.VERSION, value=stripped, raw=raw)
    if not _METHODS.search(before.rstrip()) and (path := path_of(stripped)):
        return Token(kind=TokenKind.PATH, value=path, raw=raw)
    return Token(kind=TokenKind.CODE, value=stripped, raw=raw)


def word_token(word: str, before: str, repository: str) -> Token | None:
    """The token for a bare word, stripped of punctuation, or None where it is just a word."""
    if len(word) > 300:
        return Token(kind=TokenKind.ADDRESS, value="", raw=word[:60] + "\u2026")
    if word.isalpha() and not _HEX.fullmatch(word) and word.lower() not in _BARE_NAMES:
        return None
    numbered = _NUMBER_WORD.search(before) and re.fullmatch(r"(\d{1,9})", word)
    if issue := _ISSUE.fullmatch(word) or numbered:
        return Token(kind=TokenKind.NUMBER, value=issue[1].lstrip("0") or "0", raw=word)
    if sha := _sha_of(word, before):
        return Token(kind=TokenKind.SHA, value=sha, raw=word)
    return _of_repository(word, word, repository) or _named(word, before)


def _named(word: str, before: str) -> Token | None:
    """The token for a bare version, path or domain."""
    if _VERSION.fullmatch(word):
        return Token(kind=TokenKind.VERSION, value=word, raw=word)
    if not word.endswith("/") and not _METHODS.search(before.rstrip()) and (path := path_of(word)):
        return Token(kind=TokenKind.PATH, value=path, raw=word)
    if (domain := _DOMAIN.fullmatch(word)) and domain[1] in _TLDS:
        return Token(kind=TokenKind.DOMAIN, value=word, raw=word)
    return None


def address_token(url: str, raw: str, repository: str) -> Token:
    """The token for a URL: a commit, pull request or issue of this repository, or just an address."""
    return _address(url, raw, repository) or Token(kind=TokenKind.ADDRESS, value=url, raw=raw)


def _address(text: str, raw: str, repository: str) -> Token | None:
    if not _URL.match(text):
        return None
    found = _GITHUB_URL.fullmatch(text)
    if not found:
        return Token(kind=TokenKind.ADDRESS, value=text, raw=raw)
    if found[1].lower() != repository.lower():
        return Token(kind=TokenKind.FOREIGN, value=text, raw=raw)
    if sha := found["sha"]:
        return Token(kind=TokenKind.SHA, value=sha.lower(), raw=raw)
    if number := found["pull"] or found["issue"]:
        return Token(kind=TokenKind.NUMBER, value=number, raw=raw)
    return Token(kind=TokenKind.ADDRESS, value=text, raw=raw)


def _of_repository(word: str, raw: str, repository: str) -> Token | None:
    found = _THEIRS.fullmatch(word)
    if not found:
        return None
    if found[1].lower() != repository.lower():
        return Token(kind=TokenKind.FOREIGN, value=word, raw=raw)
    if found[2]:
        return Token(kind=TokenKind.NUMBER, value=found[2], raw=raw)
    return Token(kind=TokenKind.SHA, value=found[3].lower(), raw=raw)


def _sha_of(word: str, before: str) -> str | None:
    """A commit's name: digits and letters mixed; only digits, only letters or 32 places need the word "commit"."""
    if not _HEX.fullmatch(word):
        return None
    sure = len(word) == 40 or bool(_COMMIT_WORD.search(before))
    mixed = not word.isdigit() and not word.isalpha() and len(word) != 32
    return word.lower() if sure or mixed else None


def shade(text: str, before: str, repository: str) -> Shadow:
    """The shadow of a run of bare text; `before` are the words before the run."""
    pieces: list[str] = []
    tokens: list[Token] = []
    last = 0
    for word in _WORD.finditer(text):
        found = _found_in(word[0], (before[-40:] + text[max(0, word.start() - 40) : word.start()])[-40:], repository)
        if found is None:
            continue
        left, token, right = found
        pieces += [text[last : word.start()], left, MARKS[token.kind], right]
        tokens.append(token)
        last = word.end()
    pieces.append(text[last:])
    return Shadow(text="".join(pieces), tokens=tuple(tokens))


def _found_in(word: str, before: str, repository: str) -> tuple[str, Token, str] | None:
    """The token in a word with what stands around it: `(#12).` is "(", #12, ")."."""
    core = word.lstrip(_OPENING)
    left = word[: len(word) - len(core)]
    core = core.rstrip(_CLOSING)
    if core.endswith(("'s", "\u2019s")):
        core = core[:-2]
    right = word[len(left) + len(core) :]
    if left[-1:] and left[-1:] in "'\u2018" and right[:1] and right[:1] in "'\u2019":
        left, right = left[:-1], right[1:]
    if left.endswith("*") and core.startswith("."):  # a glob: *.example.com
        core, left = "*" + core, left[:-1]
    if not core:
        return None
    if _URL.match(core):
        token: Token | None = address_token(core, core, repository)
    else:
        token = word_token(core, before + left, repository)
    if token is None:
        return None
    if token.kind is TokenKind.NUMBER and "/pull/" in core:
        left += "PR "
    return left, token, right


def hide_quotations(shadow: Shadow) -> Shadow:
    """The shadow with everything in double quotes replaced by one token: those words are somebody else's."""
    pieces: list[str] = []
    tokens: list[Token] = []
    last = used = 0
    for quotation in _QUOTATION.finditer(shadow.text):
        skipped = shadow.text[last : quotation.start()]
        kept = len(_ANY_MARK.findall(skipped))
        swallowed = len(_ANY_MARK.findall(quotation[0]))
        inside = Shadow(text=quotation[0], tokens=shadow.tokens[used + kept : used + kept + swallowed])
        said = inside.words()
        pieces += [skipped, MARKS[TokenKind.QUOTED]]
        tokens += [
            *shadow.tokens[used : used + kept],
            Token(kind=TokenKind.QUOTED, value=said[1:-1], raw=said),
        ]
        used += kept + swallowed
        last = quotation.end()
    pieces.append(shadow.text[last:])
    return Shadow(text="".join(pieces), tokens=(*tokens, *shadow.tokens[used:]))


def joined(shadows: Iterable[Shadow]) -> Shadow:
    """All of them, one after the other."""
    every = tuple(shadows)
    return Shadow(text="".join(one.text for one in every), tokens=tuple(t for one in every for t in one.tokens))
