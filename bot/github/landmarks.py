"""Where a commit went: the pull requests it came from, releases and tags, diffs, deployments. Nothing is read twice.

https://docs.github.com/en/graphql/reference/objects#commit, #release, #ref
"""

from bot.assessment.evidence import Sha
from bot.github import parse, wire
from bot.github.batches import Batch, Question, Reply, Variable
from bot.github.deployments import newest_deployments
from bot.github.diffs import diff_between, diff_of_pull
from bot.github.models import Background, Deployment, Edit, Touch, Unknown, Version
from bot.github.queries import COMMIT, PULL
from bot.github.remembered import Remembered
from bot.github.scopes import Scope

MOST_VERSIONS = 100
MOST_TOUCHES = 30
MOST_DIFFS = 100


class _Target(wire.Wire, frozen=True):
    oid: str
    target: "_Target | None" = None


class _Release(wire.Wire, frozen=True):
    tag_name: str
    url: str
    is_draft: bool
    is_prerelease: bool
    tag_commit: wire.Oid | None = None


class _Tag(wire.Wire, frozen=True):
    name: str
    target: _Target | None = None


class _Commit(wire.Wire, frozen=True):
    oid: str | None = None
    additions: int = 0
    deletions: int = 0
    associated_pull_requests: wire.Connection[wire.WirePull] | None = None


class _Touch(wire.WireCommit, frozen=True):
    additions: int = 0
    deletions: int = 0


class _Touched(wire.Wire, frozen=True):
    history: wire.Connection[_Touch] | None = None


class Landmarks:
    """The reads of one assessment about what became of its commits."""

    def __init__(self, scope: Scope, batch: Batch) -> None:
        self._scope = scope
        self._batch = batch
        self._backgrounds: Remembered[Sha, Background | None] = Remembered()
        self._touches: Remembered[tuple[Sha, str], tuple[Touch, ...]] = Remembered()
        self._versions: Remembered[str, tuple[Version, ...]] = Remembered()
        self._diffs: Remembered[tuple[Sha, Sha], bytes | None] = Remembered(MOST_DIFFS)
        self._pull_diffs: Remembered[int, bytes | None] = Remembered(MOST_DIFFS)
        self._deployments: Remembered[str | None, tuple[Deployment, ...] | Unknown] = Remembered()

    async def background(self, sha: Sha) -> Background | None:
        """How much a commit edits, and the pull requests that it came from."""
        return await self._backgrounds.get(sha, lambda: self._batch.ask(background(sha)))

    async def touches(self, head: Sha, path: str) -> tuple[Touch, ...]:
        """The newest commits up to `head` that touched the path."""
        return await self._touches.get((head, path), lambda: self._batch.ask(touches(head, path)))

    async def releases(self) -> tuple[Version, ...]:
        """The newest releases."""
        return await self._versions.get("releases", lambda: self._batch.ask(releases()))

    async def tags(self) -> tuple[Version, ...]:
        """The newest tags."""
        return await self._versions.get("tags", lambda: self._batch.ask(tags()))

    async def diff(self, base: Sha, sha: Sha) -> bytes | None:
        """What a commit changes against an ancestor."""
        return await self._diffs.get((base, sha), lambda: diff_between(self._scope, base, sha))

    async def pull_diff(self, number: int) -> bytes | None:
        """What a pull request changes."""
        return await self._pull_diffs.get(number, lambda: diff_of_pull(self._scope, number))

    async def deployments(self, environment: str | None) -> tuple[Deployment, ...] | Unknown:
        """The newest deployments of an environment, or of all."""
        return await self._deployments.get(environment, lambda: newest_deployments(self._scope, environment))


def background(sha: Sha) -> Question[Background | None]:
    """How much a commit edits, and the pull requests that it came from; None where there is no such commit."""

    def read(reply: Reply) -> Background | None:
        found = reply.value("", _Commit)
        if found is None or found.oid is None:
            return None
        edit = Edit(oid=Sha(found.oid), additions=found.additions, deletions=found.deletions)
        pulls = tuple(parse.pull(one) for one in parse.entries(found.associated_pull_requests))
        return Background(edit=edit, pulls=pulls)

    return Question(
        selection="§: object(expression: $§sha) { ... on Commit { oid additions deletions "
        "associatedPullRequests(first: 5) { nodes { ...PullPart } } } }",
        variables=(Variable(name="sha", type="String!", value=sha),),
        fragments=(PULL,),
        read=read,
    )


def touches(head: Sha, path: str) -> Question[tuple[Touch, ...]]:
    """The newest 30 commits up to `head` that touched a path, merges left out as git does it."""

    def read(reply: Reply) -> tuple[Touch, ...]:
        found = reply.value("", _Touched)
        return tuple(
            Touch(
                commit=parse.commit(one),
                edit=Edit(oid=Sha(one.oid), additions=one.additions, deletions=one.deletions),
            )
            for one in parse.entries(found.history if found is not None else None)
        )

    return Question(
        selection="§: object(expression: $§head) { ... on Commit { "
        "history(first: $§count, path: $§path) { nodes { ...CommitPart additions deletions } } } }",
        variables=(
            Variable(name="head", type="String!", value=head),
            Variable(name="path", type="String!", value=path),
            Variable(name="count", type="Int!", value=MOST_TOUCHES),
        ),
        fragments=(COMMIT,),
        read=read,
    )


def releases() -> Question[tuple[Version, ...]]:
    """The newest releases, drafts left out, newest first."""

    def read(reply: Reply) -> tuple[Version, ...]:
        found = parse.entries(reply.value("", wire.Connection[_Release]))
        return tuple(
            Version(
                name=one.tag_name,
                commit=Sha(one.tag_commit.oid) if one.tag_commit is not None else None,
                url=one.url,
                prerelease=one.is_prerelease,
            )
            for one in found
            if not one.is_draft
        )

    return Question(
        selection="§: releases(first: $§count, orderBy: {field: CREATED_AT, direction: DESC}) "
        "{ nodes { tagName url isDraft isPrerelease tagCommit { oid } } }",
        variables=(Variable(name="count", type="Int!", value=MOST_VERSIONS),),
        fragments=(),
        read=read,
    )


def tags() -> Question[tuple[Version, ...]]:
    """The tags of the newest commits, newest first."""

    def read(reply: Reply) -> tuple[Version, ...]:
        found = parse.entries(reply.value("", wire.Connection[_Tag]))
        return tuple(Version(name=one.name, commit=_tagged(one.target)) for one in found)

    return Question(
        selection='§: refs(refPrefix: "refs/tags/", first: $§count, '
        "orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) "
        "{ nodes { name target { oid ... on Tag { target { oid ... on Tag { target { oid } } } } } } }",
        variables=(Variable(name="count", type="Int!", value=MOST_VERSIONS),),
        fragments=(),
        read=read,
    )


def _tagged(target: _Target | None) -> Sha | None:
    """What a tag leads to in the end."""
    while target is not None and target.target is not None:
        target = target.target
    return Sha(target.oid) if target is not None else None
