"""What stands at a path of a repository, and which paths a tree has, as frozen values.

Field names follow GitHub's GraphQL API: https://docs.github.com/en/graphql/reference
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.evidence import Sha


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file's text at a commit."""

    path: str
    oid: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder at a path; `names` are its direct entries."""

    path: str
    names: tuple[str, ...]


class OpaqueKind(StrEnum):
    """Why a path's content was not looked at."""

    BINARY = "binary"
    TOO_LARGE = "too large"
    SUBMODULE = "submodule"
    SYMLINK = "symbolic link"
    LFS_POINTER = "Git LFS pointer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """Something is there, but its content was not looked at."""

    path: str
    kind: OpaqueKind


PathContent = TextFile | Folder | Opaque | None
"""What stands at a path: None means that nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One path of a tree. `mode` is git's (100644, 100755, 120000, 160000)."""

    path: str
    mode: str
    sha: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All blob, link and submodule paths at a commit; `truncated` means that GitHub left some out."""

    sha: Sha
    entries: tuple[TreeEntry, ...]
    truncated: bool
