"""Probes' reads: those of one moment are one request, none is made twice, and nothing in prose becomes a query."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.contents import Folder, Opaque, OpaqueKind, PathContent, TextFile
from bot.github.errors import Forbidden, GitHubError, NotFound, RateLimited, Refused, Unavailable
from bot.github.models import Unknown
from bot.github.reader import BatchedReader
from bot.probes.contract import Reader

from . import answers
from .stand_in import StandIn, fault, ok, outcome, session

HEAD, OLD, OTHER = Sha(answers.HEAD), Sha(answers.OLD), Sha("e" * 40)
BLOB = {"__typename": "Blob", "oid": "d" * 40, "text": "x\n", "byteSize": 2, "isBinary": False, "isTruncated": False}

Field = dict[str, Any] | None


class Repository:
    """Answers batched reads: what stands for a value of a variable is the answer to that field."""

    def __init__(self, found: dict[object, Field] | None = None, errors: dict[object, str] | None = None) -> None:
        self.found = found or {}
        self.errors = errors or {}
        self.batches: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        if not sent["query"].startswith("query Reads"):
            return ok({"repository": answers.repository()})
        self.batches.append(sent)
        fields: dict[str, Field] = {"__typename": {}}
        faults = []
        for alias, variable in re.findall(r"(a\d+e?): \w+\(\w+: \$(\w+)\)", sent["query"]):
            value = sent["variables"][variable]
            if value in self.errors:
                faults.append(fault(self.errors[value], "repository", alias))
            fields[alias] = self.found.get((alias[-1], value), self.found.get(value))
        return ok({"repository": fields}, *faults)


@asynccontextmanager
async def reading(repository: Repository, github: StandIn | None = None) -> AsyncIterator[BatchedReader]:
    github = (github or StandIn()).graphql(repository)
    async with session(github) as shop:
        yield shop.reader(await shop.snapshot(3))


async def ten_reads(reader: Reader) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(reader.commit(OTHER))
        group.create_task(reader.commit("no-such-branch"))
        group.create_task(reader.pull(7))
        group.create_task(reader.pull(8))
        group.create_task(reader.issue(4))
        group.create_task(reader.checks(OLD))
        group.create_task(reader.last_change("a.py"))
        for path in ("a.py", "b.py", "c.py"):
            group.create_task(reader.content("HEAD", path))


async def test_ten_reads_of_one_moment_are_one_request() -> None:
    """Of whatever kind; asked again, they are none."""
    repository = Repository({OTHER: answers.commit(OTHER), "HEAD:a.py": BLOB, 7: answers.pull()})
    async with reading(repository) as reader:
        await ten_reads(reader)
        await ten_reads(reader)
    assert len(repository.batches) == 1


async def test_many_reads_are_split() -> None:
    """Forty in a request."""
    repository = Repository()
    async with reading(repository) as reader, asyncio.TaskGroup() as group:
        for number in range(1, 91):
            group.create_task(reader.pull(number))
    assert [batch["query"].count("pullRequest(") for batch in repository.batches] == [40, 40, 10]


async def test_too_much_for_one_request_is_asked_in_halves() -> None:
    """GitHub refuses what it cannot compute in time."""
    heavy = Repository({number: answers.pull(number) for number in range(1, 5)})

    def limited(request: httpx.Request) -> httpx.Response:
        answer = heavy(request)
        too_much = heavy.batches and heavy.batches[-1]["query"].count("pullRequest(") > 1
        return (
            ok({"repository": {}}, {"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["repository"]}) if too_much else answer
        )

    async with session(StandIn().graphql(limited)) as shop:
        reader = shop.reader(await shop.snapshot(3))
        async with asyncio.TaskGroup() as group:
            pulls = [group.create_task(reader.pull(number)) for number in range(1, 5)]
    assert [pull.number for task in pulls if (pull := task.result())] == [1, 2, 3, 4]


async def test_one_withheld_field_fails_its_reader_only() -> None:
    """FORBIDDEN is about one path; NOT_FOUND is an answer; anything else is unavailability."""
    repository = Repository({3: answers.issue_ref(3)}, errors={1: "FORBIDDEN", 2: "NOT_FOUND", 4: "INTERNAL"})
    async with reading(repository) as reader, asyncio.TaskGroup() as group:
        tasks = [group.create_task(outcome(reader.issue(number))) for number in (1, 2, 3, 4)]
    found = [task.result() for task in tasks]
    assert isinstance(found[0], Forbidden)
    assert (found[1], getattr(found[2], "number", None)) == (None, 3)
    assert isinstance(found[3], Unavailable)


@pytest.mark.parametrize(
    "answer",
    [
        ok({"repository": {"a0": 5}}),
        ok({"repository": 5}),
        ok({"repository": None}),
        ok(None),
        ok({"repository": {"a0": answers.pull(state="MELTED")}}),
    ],
    ids=["wrong field", "wrong repository", "no repository", "no data", "unknown state"],
)
async def test_senseless_batches_are_unavailable(answer: httpx.Response) -> None:
    """Whatever is wrong with the answer, all who wait hear of it."""
    github = StandIn()
    async with reading(Repository(), github) as reader:
        github.graphql(answer)
        assert Unavailable is type(await outcome(reader.pull(7)))


async def test_a_failed_request_fails_all_who_share_it_and_is_asked_again() -> None:
    """Failures are not remembered."""
    repository = Repository({7: answers.pull()})
    github = StandIn()
    async with reading(repository, github) as reader:
        github.graphql(httpx.Response(429, headers={"retry-after": "1"}))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outcome(reader.pull(number))) for number in (7, 8)]
        assert [RateLimited] * 2 == [type(task.result()) for task in tasks]
        github.graphql(repository)
        reader._line.wiring.clock.move(seconds=2)  # type: ignore[attr-defined]
        assert await reader.pull(7)


async def test_a_cancelled_leader_hands_over() -> None:
    """Whoever shares its request still gets an answer."""
    repository = Repository({7: answers.pull(), 8: answers.pull(8)})
    async with reading(repository) as reader, asyncio.TaskGroup() as group:
        leader = group.create_task(reader.pull(7))
        follower = group.create_task(reader.pull(8))
        again = group.create_task(reader.pull(7))
        await asyncio.sleep(0)
        leader.cancel()
        assert [pull.number for pull in (await follower, await again) if pull] == [8, 7]


@pytest.mark.parametrize(
    ("rev", "found", "expected"),
    [
        (OTHER, answers.commit(OTHER), OTHER),
        (OTHER[:7], answers.commit(OTHER), OTHER),
        (OTHER[:9].upper(), answers.commit(OTHER), OTHER),
        (OTHER[:7], None, None),
        ("f" * 7, answers.commit(OTHER), None),
        ("feature/x", answers.commit(OTHER), OTHER),
        ("v1", {"__typename": "Tag", "oid": "9" * 40, "target": answers.commit(OTHER)}, OTHER),
        (OTHER, {"__typename": "Tree", "oid": OTHER}, None),
    ],
    ids=["sha", "prefix", "capitals", "absent", "a branch named like a sha", "branch", "tag", "tree"],
)
async def test_commits(rev: str, found: Field, expected: str | None) -> None:
    """By sha, by prefix, by name; what was asked as a sha is that sha."""
    async with reading(Repository({rev.lower(): found})) as reader:
        commit = await reader.commit(rev)
    assert expected == (commit.oid if commit else None)


@pytest.mark.parametrize(
    "rev",
    [
        "",
        "HEAD:secret",
        "a..b",
        "a...b",
        "@{-1}",
        "main@{1}",
        "-x",
        ":/fix",
        "a b",
        "a\nb",
        "a\0b",
        "x" * 300,
        "/a",
        "a?",
    ],
)
async def test_what_is_no_revision_is_never_sent(rev: str) -> None:
    """Ranges, paths, reflogs, searches and options exist nowhere."""
    repository = Repository()
    async with reading(repository) as reader:
        assert await reader.commit(rev) is None
        assert await reader.content(rev, "a.py") is None
        assert isinstance(await reader.checks(rev), Unknown)
        with pytest.raises(NotFound):
            await reader.contains(rev, OLD)
    assert not repository.batches


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a/../b", "a//b", "a/", "./a", ".git/config", "a/.."])
async def test_paths_that_git_cannot_hold_are_absent(path: str) -> None:
    """Without asking."""
    repository = Repository()
    async with reading(repository) as reader:
        assert await reader.content("HEAD", path) is None
        assert await reader.last_change(path) is None
    assert not repository.batches


@pytest.mark.parametrize("path", ["a\nb", "a\0", "a\x7f"])
async def test_control_characters_are_refused(path: str) -> None:
    """Nobody means them."""
    async with reading(Repository()) as reader:
        with pytest.raises(Refused):
            await reader.content("HEAD", path)


async def test_prose_is_a_variable_and_never_part_of_the_query() -> None:
    """Quotes, braces and colons in a path change nothing of the document."""
    repository = Repository()
    path = 'a:b"){x} §: $owner.py'
    async with reading(repository) as reader:
        await reader.content("HEAD", path)
    batch = repository.batches[0]
    assert path not in batch["query"]
    assert f"{HEAD}:{path}" in batch["variables"].values()


@pytest.mark.parametrize(
    ("found", "entry", "expected"),
    [
        (BLOB, {"mode": 0o100644, "type": "blob"}, TextFile(path="p", oid="d" * 40, text="x\n")),
        (BLOB, None, TextFile(path="p", oid="d" * 40, text="x\n")),
        (BLOB | {"text": "", "byteSize": 0}, None, TextFile(path="p", oid="d" * 40, text="")),
        (BLOB, {"mode": 0o120000, "type": "blob"}, Opaque(path="p", kind=OpaqueKind.SYMLINK)),
        (None, {"mode": 0o160000, "type": "commit"}, Opaque(path="p", kind=OpaqueKind.SUBMODULE)),
        (BLOB | {"isBinary": True, "text": None}, None, Opaque(path="p", kind=OpaqueKind.BINARY)),
        (BLOB | {"byteSize": 10**8, "text": None}, None, Opaque(path="p", kind=OpaqueKind.TOO_LARGE)),
        (
            BLOB | {"text": "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"},
            None,
            Opaque(path="p", kind=OpaqueKind.LFS_POINTER),
        ),
        ({"__typename": "Tree", "oid": "d" * 40, "entries": [{"name": "x"}]}, None, Folder(path="p", names=("x",))),
        (None, None, None),
    ],
    ids="file,without entry,empty,symlink,submodule,binary,too large,lfs,folder,absent".split(","),  # noqa: SIM905
)
async def test_contents(found: Field, entry: Field, expected: PathContent) -> None:
    """What was not looked at is named, and is not absent."""
    repository = Repository({f"{OTHER}:p": found, ("e", OTHER): {"file": entry}})
    async with reading(repository) as reader:
        assert expected == await reader.content(OTHER, "p")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"long\n", TextFile(path="p", oid="d" * 40, text="long\n")), (b"\xff", Opaque(path="p", kind=OpaqueKind.BINARY))],
    ids=["text", "binary"],
)
async def test_a_truncated_text_is_read_whole(raw: bytes, expected: PathContent) -> None:
    """GraphQL cuts; the blob by REST does not."""
    github = StandIn().on("GET", f"/repos/acme/shop/git/blobs/{'d' * 40}", httpx.Response(200, content=raw))
    repository = Repository({f"{HEAD}:p": BLOB | {"isTruncated": True, "byteSize": 900_000}})
    async with reading(repository, github) as reader:
        assert expected == await reader.content("HEAD", "p")


@pytest.mark.parametrize(
    ("status", "commits", "expected"),
    [
        (httpx.Response(200, json={"status": "behind"}), {}, True),
        (httpx.Response(200, json={"status": "identical"}), {}, True),
        (httpx.Response(200, json={"status": "ahead"}), {}, False),
        (httpx.Response(200, json={"status": "diverged"}), {}, False),
        (httpx.Response(404), {"release": answers.commit("9" * 40)}, False),
        (httpx.Response(404), {}, NotFound),
    ],
    ids=["behind", "identical", "ahead", "diverged", "commit absent", "base absent"],
)
async def test_reachability_by_comparison(
    status: httpx.Response, commits: dict[object, Field], expected: "bool | type[GitHubError]"
) -> None:
    """From another base than the default branch."""
    github = StandIn().on("GET", f"/repos/acme/shop/compare/release...{OTHER}", status)
    async with reading(Repository(commits), github) as reader:
        found = await outcome(reader.contains("release", OTHER))
    assert expected == (found if isinstance(found, bool) else type(found))


async def test_what_history_proves_needs_no_request() -> None:
    """The default branch's own commits, both ways since all of its history is there."""
    github, repository = StandIn(), Repository()
    async with reading(repository, github) as reader:
        found = [await reader.contains(base, sha) for base in ("main", "HEAD", HEAD) for sha in (HEAD, OLD, OTHER)]
        assert await reader.contains(OLD, HEAD) is False
        assert (await reader.commit(OLD)) is not None
    assert found == [True, True, False] * 3
    assert not repository.batches
    assert not github.sent("GET", ".*compare.*")


async def test_checks_of_the_head_are_those_of_the_snapshot() -> None:
    """And of another commit they are read."""
    rollup = {"oid": OTHER, "statusCheckRollup": {"contexts": answers.connection(answers.run("late"))}}
    repository = Repository({OTHER: rollup, "f" * 40: {"oid": "f" * 40, "statusCheckRollup": None}})
    async with reading(repository) as reader:
        found = [await reader.checks(rev) for rev in ("main", OTHER, "f" * 40, "absent")]
    names = [[check.name for check in one.checks] if not isinstance(one, Unknown) else None for one in found]
    assert names == [["ci"], ["late"], [], None]


async def test_a_tree_lists_what_is_not_a_folder() -> None:
    """Blobs, links and submodules; whether GitHub left some out is told."""
    entries = [
        {"path": "a", "mode": "040000", "type": "tree", "sha": "1"},
        {"path": "a/b", "mode": "100644", "type": "blob", "sha": "2", "size": 5},
        {"path": "lib", "mode": "160000", "type": "commit", "sha": "3"},
    ]
    body = {"sha": OTHER, "tree": entries, "truncated": True}
    github = StandIn().on("GET", f"/repos/acme/shop/git/trees/{OTHER}", httpx.Response(200, json=body))
    async with reading(Repository(), github) as reader:
        tree = await reader.tree(OTHER)
        assert tree is await reader.tree(OTHER)
    assert ([entry.path for entry in tree.entries], tree.truncated) == (["a/b", "lib"], True)


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**20])
async def test_numbers_that_cannot_be_are_absent(number: int) -> None:
    """Prose holds any number; one too large would fail the whole request."""
    repository = Repository()
    async with reading(repository) as reader:
        assert (await reader.pull(number), await reader.issue(number)) == (None, None)
    assert not repository.batches


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(409, json={"message": "Git Repository is empty."}), ()),
        (httpx.Response(404), NotFound),
        (httpx.Response(422), Refused),
        (httpx.Response(200, text="<html>"), Unavailable),
    ],
    ids=["empty repository", "absent", "refused", "no json"],
)
async def test_trees_that_are_none(answer: httpx.Response, expected: object) -> None:
    """An empty repository has an empty tree; everything else has its error."""
    github = StandIn().on("GET", f"/repos/acme/shop/git/trees/{OTHER}", answer)
    async with reading(Repository(), github) as reader:
        found = await outcome(reader.tree(OTHER))
    assert expected == (type(found) if isinstance(found, GitHubError) else getattr(found, "entries", None))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(404), NotFound),
        (httpx.Response(502), Unavailable),
        (httpx.ConnectError("x"), Unavailable),
        (httpx.Response(429), RateLimited),
    ],
    ids=["404", "502", "no connection", "limit"],
)
async def test_tarballs_that_are_none(answer: httpx.Response | Exception, error: type[GitHubError]) -> None:
    """Known before the first byte."""
    github = StandIn().on("GET", f"/repos/acme/shop/tarball/{OTHER}", answer)
    async with reading(Repository(), github) as reader:
        with pytest.raises(error):
            async with reader.tarball(OTHER):
                pass


async def test_a_pull_request_that_is_given_is_not_asked_for() -> None:
    """It is told as it would be, not as it is."""
    repository = Repository({7: answers.pull()})
    async with session(StandIn().graphql(repository)) as shop:
        snapshot = await shop.snapshot(3)
        given = await shop.reader(snapshot).pull(7)
        assert given is not None
        merged = replace(given, title="as merged")
        assert await shop.reader(snapshot, (merged,)).pull(7) == merged
    assert len(repository.batches) == 1
