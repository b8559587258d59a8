"""Git's objects, parsed from their raw form into frozen values.

Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

SUBMODULE_MODE = "160000"
TREE_MODE = "40000"
SYMLINK_MODE = "120000"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawObject:
    """An object as git stores it: hash, kind (``commit``, ``tree``, ``blob``, ``tag``), bytes."""

    oid: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who and when, of a commit or a tag."""

    name: str
    email: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str

    @property
    def headline(self) -> str:
        """The first line of the message."""
        return self.message.split("\n", 1)[0].strip()

    @property
    def rest(self) -> str:
        """The message without its first line."""
        return self.message.partition("\n")[2].strip("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One line of a tree; ``path`` is relative to the tree it was read from."""

    path: str
    mode: str
    kind: str
    oid: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An annotated tag."""

    oid: str
    target: str
    target_kind: str
    name: str
    tagger: Signature | None
    message: str


def parse_commit(raw: RawObject) -> Commit:
    """The commit inside a raw object."""
    head, _, message = raw.data.partition(b"\n\n")
    fields = _headers(head)
    return Commit(
        oid=raw.oid,
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", ())),
        author=_signature(fields["author"][0]),
        committer=_signature(fields["committer"][0]),
        message=message.decode("utf-8", "replace").rstrip("\n"),
    )


def parse_tag(raw: RawObject) -> Tag:
    """The annotated tag inside a raw object."""
    head, _, message = raw.data.partition(b"\n\n")
    fields = _headers(head)
    tagger = fields.get("tagger")
    return Tag(
        oid=raw.oid,
        target=fields["object"][0],
        target_kind=fields["type"][0],
        name=fields["tag"][0],
        tagger=_signature(tagger[0]) if tagger else None,
        message=message.decode("utf-8", "replace").rstrip("\n"),
    )


def parse_tree(raw: RawObject, prefix: str = "") -> tuple[TreeEntry, ...]:
    """The entries of a raw tree, their paths put behind ``prefix``."""
    data, entries, at, width = raw.data, [], 0, len(raw.oid) // 2
    while at < len(data):
        zero = data.index(b"\0", at)
        mode, _, name = data[at:zero].partition(b" ")
        oid = data[zero + 1 : zero + 1 + width].hex()
        path = prefix + name.decode("utf-8", "surrogateescape")
        entries.append(entry(path=path, mode=mode.decode(), oid=oid))
        at = zero + 1 + width
    return tuple(entries)


def entry(*, path: str, mode: str, oid: str) -> TreeEntry:
    """A tree entry whose kind follows from its mode; modes are given with six digits."""
    kind = {TREE_MODE: "tree", "040000": "tree", SUBMODULE_MODE: "commit"}.get(mode, "blob")
    return TreeEntry(path=path, mode=mode.zfill(6), kind=kind, oid=oid)


def is_binary(data: bytes) -> bool:
    """Whether git would call these bytes binary: a NUL among the first 8,000, or not UTF-8."""
    if b"\0" in data[:8000]:
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _headers(head: bytes) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for line in head.decode("utf-8", "replace").split("\n"):
        if line.startswith(" "):  # the continuation of a signature
            continue
        key, _, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    return fields


def _signature(text: str) -> Signature:
    who, _, when = text.rpartition("> ")
    name, _, email = who.partition("<")
    seconds, _, zone = when.partition(" ")
    return Signature(name=name.strip(), email=email.strip(), when=_time(seconds, zone or "+0000"))


def _time(seconds: str, zone: str) -> datetime:
    minutes = (int(zone[1:3]) * 60 + int(zone[3:5])) * (-1 if zone[0] == "-" else 1)
    try:
        return datetime.fromtimestamp(int(seconds), timezone(timedelta(minutes=minutes)))
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(0, UTC)
