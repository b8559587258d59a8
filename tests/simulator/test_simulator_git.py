"""Git data: read through git from a real repository, written only beside it."""

import io
import tarfile
from pathlib import Path

import httpx
import pytest

from bot.simulator.git.history import LogRequest, changes, commit_at, compare, list_tree, log
from bot.simulator.git.objects import parse_tag, parse_tree
from bot.simulator.git.store import GitError, GitStore, create_store, point, read_source
from bot.simulator.testing import SimulatorHandle, running
from tests.simulator.projects import REPO, SLUG, commit, git, world_over


@pytest.fixture
async def store(project: Path, tmp_path: Path):
    source = read_source(project)
    made = create_store(tmp_path / "bare.git", source)
    point(made, dict(source.refs), "main")
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("HEAD", "commit"),
        ("main", "commit"),
        ("side", "commit"),
        ("v1", "tag"),
        ("v1^{commit}", "commit"),
        ("HEAD^2", "commit"),
        ("HEAD:src", "tree"),
        ("HEAD:src/app.py", "blob"),
        ("HEAD^1:README.md", "blob"),
        ("HEAD:", "tree"),
        ("HEAD:no such file", None),
        ("nothing missing", None),
        ("HEAD\nHEAD", None),
        ("", None),
    ],
)
async def test_expressions(store: GitStore, expression: str, kind: str | None) -> None:
    """An expression names what git's rev-parse would name, or nothing."""
    found = await store.lookup(expression)
    assert kind == (found.kind if found else None)


async def test_short_hashes(store: GitStore, project: Path) -> None:
    """An abbreviated hash is enough, also for a path at its parent."""
    short = git(project, "rev-parse", "--short", "HEAD")
    assert await store.resolve(short) == git(project, "rev-parse", "HEAD")
    assert (await store.lookup(f"{short}^1:README.md")) is not None


@pytest.mark.parametrize(
    ("base", "head", "status"),
    [
        ("main", "main", "identical"),
        ("main", "main^2", "behind"),
        ("main^2", "main", "ahead"),
        ("main", "side", "diverged"),
    ],
)
async def test_comparisons(store: GitStore, base: str, head: str, status: str) -> None:
    """`behind` and `identical` mean that the base contains the head."""
    ends = [await store.resolve(each) for each in (base, head)]
    found = await compare(store, str(ends[0]), str(ends[1]))
    assert found is not None
    assert status == found.status


async def test_values(store: GitStore) -> None:
    """Commits, trees and tags are parsed as git wrote them."""
    commit = await commit_at(store, "main^1")
    assert commit is not None
    assert (commit.headline, commit.rest, commit.author.name) == ("Second", "with a body", "Ann")
    tag, tree = await store.lookup("v1"), await store.lookup("HEAD:")
    assert tag is not None
    assert tree is not None
    assert parse_tag(tag).target == commit.oid
    modes = {each.path: each.mode for each in parse_tree(tree)}
    assert (modes["link"], modes["src"], modes["README.md"]) == ("120000", "040000", "100644")


async def test_history(store: GitStore) -> None:
    """A log can be asked for a path, a diff for two commits, a tree with sizes."""
    head = str(await store.resolve("main"))
    assert len(await log(store, LogRequest(start=head, path="src/cart.py"))) == 1
    assert len(await log(store, LogRequest(start=head))) == 4
    changed = await changes(store, f"{head}^1", head)
    assert [(c.path, c.status, c.additions) for c in changed] == [("src/cart.py", "added", 1)]
    sizes = {entry.path: size for entry, size in await list_tree(store, f"{head}^{{tree}}", recursive=True)}
    assert (sizes["src"], sizes["src/app.py"]) == (None, 12)


async def test_a_failing_command_says_why(store: GitStore) -> None:
    """Git's own words are in the error."""
    with pytest.raises(GitError, match="Not a valid object name"):
        await store.run("cat-file", "-t", "nothing")


async def test_tarball(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """One folder named after the commit, the commit in the pax header, no export-ignore paths."""
    answer = await api.get(f"{SLUG}/tarball/main", follow_redirects=True)
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        names, comment = archive.getnames(), archive.pax_headers["comment"]
    assert f"acme-shop-{comment[:7]}/src/cart.py" in names
    assert not [name for name in names if name.endswith("secret.txt")]


async def test_the_given_repository_is_only_read(sim: SimulatorHandle, project: Path) -> None:
    """Commits through the API go to the private copy: the user's refs and objects stay."""
    before = (git(project, "for-each-ref"), git(project, "count-objects"))
    sha = (await sim.control("commit", files={"new.txt": "n"}, message="new"))["sha"]
    home = sim.world.repository(REPO)
    assert home is not None
    assert await home.git.resolve("main") == sha
    assert before == (git(project, "for-each-ref"), git(project, "count-objects"))


async def test_several_heads_of_one_folder(project: Path) -> None:
    """Two repositories over one folder have their own tips, and commits do not cross."""
    one = {"full_name": "acme/old", "git": str(project), "head": "main^1"}
    two = {"full_name": "acme/new", "git": str(project)}
    async with running({"repositories": [one, two]}) as sim, sim.api(sim.token("acme/old")) as api:
        await sim.control("commit", repo="acme/new", files={"x": "x"})
        tree = (await api.get("/repos/acme/old/git/trees/main?recursive=1")).json()["tree"]
        head = git(project, "rev-parse", "main^1")
        assert head == (await api.get("/repos/acme/old/git/ref/heads/main")).json()["object"]["sha"]
        assert "src/cart.py" not in [each["path"] for each in tree]


async def test_empty_repository() -> None:
    """Without a commit, git questions are 409 and the default branch is null."""
    async with running({"repositories": [{"full_name": "acme/void"}]}) as sim, sim.api(sim.token("acme/void")) as api:
        for path in ("commits/main", "git/trees/main", "compare/main...x", "tarball/main", "contents/a"):
            assert (await api.get(f"/repos/acme/void/{path}")).status_code == 409
        query = (
            '{repository(owner:"acme",name:"void"){isEmpty defaultBranchRef{name} object(expression:"HEAD:a"){oid}}}'
        )
        found = (await api.post("/graphql", json={"query": query})).json()["data"]["repository"]
        assert found == {"isEmpty": True, "defaultBranchRef": None, "object": None}


async def test_a_worktree_is_a_repository_too(project: Path, tmp_path: Path) -> None:
    """A linked worktree, where `.git` is a file, is read like any other."""
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "main")
    world = world_over(project) | {}
    repositories = [{"full_name": "acme/tree", "git": str(tmp_path / "tree"), "head": "HEAD"}]
    async with running(world | {"repositories": repositories}) as sim, sim.api(sim.token("acme/tree")) as api:
        assert (await api.get("/repos/acme/tree/contents/README.md")).status_code == 200


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("commits/main", ("main^1", "main")),
        ("commits/main^1^1", None),
        ("compare/side...main", ("main^1", "main")),
        ("pulls/4", ("main^1", "main^2")),
    ],
)
async def test_diffs(sim: SimulatorHandle, project: Path, path: str, ends: tuple[str, str] | None) -> None:
    """As git prints them, by their media type; a first commit is new as a whole."""
    async with sim.api(sim.token(REPO)) as api:
        answer = await api.get(f"{SLUG}/{path}", headers={"Accept": "application/vnd.github.diff"})
    assert answer.headers["content-type"] == "application/vnd.github.diff; charset=utf-8"
    words = ("diff-tree", "-p", *(ends or ("--no-commit-id", "--root", "main^1^1")))
    assert answer.text.strip() == git(project, *words)


async def test_long_diffs_are_refused(tmp_path: Path) -> None:
    """GitHub shows 20,000 lines."""
    git(tmp_path, "init", "-q", "-b", "main")
    long = commit(tmp_path, "Long", {"a.txt": "line\n" * 20_001}, at=1_700_000_000)
    world = {"repositories": [{"full_name": REPO, "git": str(tmp_path)}]}
    async with running(world) as sim, sim.api(sim.token(REPO)) as api:
        answer = await api.get(f"{SLUG}/commits/{long}", headers={"Accept": "application/vnd.github.diff"})
    assert (answer.status_code, "20000" in answer.json()["message"]) == (406, True)
