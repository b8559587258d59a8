"""What became of commits, in memory: ancestry, diffs, pull requests, releases, tags and deployments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff

from bot.assessment.evidence import Sha
from bot.github.models import Background, CommitInfo, Deployment, Edit, Pull, Touch, Unknown, Version


@dataclass(frozen=True)
class Landmarks:
    """`origins` are the pull requests that brought a commit, `whole` what a pull request changes: (before, after)."""

    releases: tuple[Version, ...] = ()
    tags: tuple[Version, ...] = ()
    deployments: tuple[Deployment, ...] | Unknown = ()
    origins: Mapping[str, tuple[Pull, ...]] = field(default_factory=dict)
    whole: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def ancestry(commits: tuple[CommitInfo, ...], sha: str) -> frozenset[str]:
    """A commit and all that it stands on."""
    parents = {commit.oid: commit.parents for commit in commits}
    found: set[str] = set()
    ahead = [sha]
    while ahead:
        one = ahead.pop()
        if one in parents and one not in found:
            found.add(one)
            ahead += parents[one]
    return frozenset(found)


def diff_of(before: Mapping[str, object], after: Mapping[str, object]) -> bytes:
    """Two trees, compared as git does it."""
    text = ""
    for path in sorted(before.keys() | after.keys()):
        was, now = (str(tree[path]).splitlines() if path in tree else [] for tree in (before, after))
        if before.get(path) != after.get(path):
            ends = (f"a/{path}" if path in before else "/dev/null", f"b/{path}" if path in after else "/dev/null")
            lines = unified_diff(was, now, *ends, lineterm="")
            text += f"diff --git a/{path} b/{path}\n" + "".join(f"{line}\n" for line in lines)
    return text.encode()


@dataclass(frozen=True, kw_only=True)
class MemoryLandmarks:
    """The part of `Reader` that is about what became of commits; the other part has the repository."""

    landmarks: Landmarks = field(default_factory=Landmarks)

    async def contains(self, base: str, sha: Sha) -> bool:
        self.asked.append("contains")
        return sha in ancestry(self.repo.commits, base)

    async def beyond(self, base: str, sha: Sha) -> int | None:
        self.asked.append("beyond")
        of, at = (ancestry(self.repo.commits, one) for one in (sha, base))
        return len(of - at) if of & at else None

    async def background(self, sha: Sha) -> Background | None:
        self.asked.append("background")
        edit: Edit = self._edit(sha)
        return Background(edit=edit, pulls=self.landmarks.origins.get(sha, ()))

    async def touches(self, path: str) -> tuple[Touch, ...]:
        self.asked.append("touches")
        of = {commit.oid: commit for commit in self.repo.commits}
        shas = [sha for sha in reversed(self.repo.branch) if self._differs(sha, path)]
        return tuple(Touch(commit=of[sha], edit=self._edit(sha)) for sha in shas[:30])

    def _differs(self, sha: str, path: str) -> bool:
        return self._tree(sha).get(path) != self._tree(f"{sha}^1").get(path)

    async def diff(self, base: Sha, sha: Sha) -> bytes | None:
        self.asked.append("diff")
        return diff_of(self._tree(base), self._tree(sha))

    async def pull_diff(self, number: int) -> bytes | None:
        self.asked.append("pull_diff")
        ends = self.landmarks.whole.get(number)
        return diff_of(self._tree(ends[0]), self._tree(ends[1])) if ends else None

    async def releases(self) -> tuple[Version, ...]:
        self.asked.append("releases")
        return self.landmarks.releases

    async def tags(self) -> tuple[Version, ...]:
        self.asked.append("tags")
        return self.landmarks.tags

    async def deployments(self, environment: str | None) -> tuple[Deployment, ...] | Unknown:
        self.asked.append("deployments")
        every = self.landmarks.deployments
        if isinstance(every, Unknown) or environment is None:
            return every
        return tuple(one for one in every if one.environment == environment)
