"""Which release or tag contains a commit: the newest of those that are meant."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.assessment.evidence import Sha
from bot.github.models import Version
from bot.probes.asking import together
from bot.probes.contract import Context

MOST_ASKED = 10
"""So many of the newest are looked into at most."""


_NUMBER = re.compile(r"(?i)v?[0-9]+(?:\.[0-9]+)+[0-9A-Za-z.+-]*")


class VersionKind(StrEnum):
    """A release, or any tag."""

    RELEASE = "release"
    TAG = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionWanted:
    """Which releases or tags are meant: by name, by a pattern with `*` and `?`, or (None) all."""

    kind: VersionKind
    name: str | None = None

    @property
    def words(self) -> str:
        """`release v1.2`, `a tag`."""
        return f"{self.kind} `{self.name}`" if self.name else f"a {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was found: the newest version that holds a commit, and which (`sha`); those meant; all there are."""

    by: Version | None
    sha: Sha | None = None
    meant: tuple[Version, ...]
    known: tuple[Version, ...]

    @property
    def more(self) -> bool:
        """Were there more than were looked into?"""
        return len(self.meant) > MOST_ASKED


async def holding(context: Context, wanted: VersionWanted, shas: tuple[Sha, ...]) -> Held:
    """The newest release or tag of those meant that contains any of the commits."""
    reader = context.reader
    known = await (reader.releases() if wanted.kind is VersionKind.RELEASE else reader.tags())
    meant = _meant(known, wanted.name)
    if not meant and wanted.name is not None and wanted.kind is VersionKind.TAG:
        tagged = await reader.commit(f"refs/tags/{wanted.name}")
        meant = (Version(name=wanted.name, commit=tagged.oid),) if tagged is not None else ()
    first, rest = meant[:1], meant[1:MOST_ASKED]
    # The newest nearly always tells; the others are asked only where it does not.
    for group in (first, rest):
        told = await together(_holds(context, one, shas) for one in group)
        found = next(((one, sha) for one, sha in zip(group, told, strict=True) if sha is not None), None)
        if found is not None:
            return Held(by=found[0], sha=found[1], meant=meant, known=known)
    return Held(by=None, meant=meant, known=known)


def _meant(known: tuple[Version, ...], name: str | None) -> tuple[Version, ...]:
    """Those of the name or pattern; where there are none, a number is looked for with and without its `v` as well."""
    if name is None:
        return known
    exactly = tuple(one for one in known if fnmatchcase(one.name, name))
    return exactly or tuple(one for one in known if _NUMBER.fullmatch(name) and _bare(one.name) == _bare(name))


def _bare(name: str) -> str:
    return name.removeprefix("v").removeprefix("V")


async def _holds(context: Context, version: Version, shas: tuple[Sha, ...]) -> Sha | None:
    """The first of the commits that the version contains."""
    if version.commit is None:
        return None
    for sha in shas:
        if await context.reader.contains(version.commit, sha):
            return sha
    return None
