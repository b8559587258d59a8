"""world.json: what it means, and how its faults are told."""

import json
from pathlib import Path

import pytest

from bot.simulator.loading import WorldError, load_world, unload_world
from bot.simulator.world import World
from tests.simulator.projects import REPO, world_over

FAULTS = [
    ("no name", {"repositories": [{}]}, "repositories[0].full_name: is required"),
    ("bad name", {"repositories": [{"full_name": "shop"}]}, "repositories[0].full_name: must be OWNER/NAME"),
    ("not a list", {"repositories": {}}, "repositories: must be a list, not an object"),
    (
        "number as text",
        {"repositories": [{"full_name": "a/b", "issues": [{"number": "1"}]}]},
        "repositories[0].issues[0].number: must be a whole number, not a string",
    ),
    (
        "twice",
        {"repositories": [{"full_name": "a/b", "issues": [{"number": 1}], "pulls": [{"number": 1}]}]},
        "repositories[0].pulls[0].number: 1 is there twice (issues and pulls share numbers)",
    ),
    (
        "unknown issue",
        {"repositories": [{"full_name": "a/b", "pulls": [{"number": 1, "closes": [9]}]}]},
        "repositories[0].pulls[0].closes: #9 is no issue of this world",
    ),
    (
        "bad role",
        {"repositories": [{"full_name": "a/b", "collaborators": {"ann": "boss"}}]},
        "repositories[0].collaborators.ann: must be one of none, read, triage, write, maintain, admin, not 'boss'",
    ),
    ("bad key", {"app": {"private_key_path": "/nowhere/key.pem"}}, "app.private_key_path: cannot read"),
    ("bad git", {"repositories": [{"full_name": "a/b", "git": "/nowhere"}]}, "repositories[0].git: /nowhere is no git"),
    (
        "bad time",
        {"repositories": [{"full_name": "a/b", "issues": [{"number": 1, "created_at": "soon"}]}]},
        "repositories[0].issues[0].created_at: must be a time like",
    ),
]


@pytest.mark.parametrize(("world", "said"), [pytest.param(w, s, id=i) for i, w, s in FAULTS])
def test_faults_name_their_place(world: dict[str, object], said: str) -> None:
    """A fault is one line: the path in the file and what is wrong."""
    with pytest.raises(WorldError) as caught:
        load_world(world)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_an_unknown_revision_is_told(project: Path) -> None:
    """A revision that git does not know is named with its key."""
    repository = {"full_name": "a/b", "git": str(project), "check_runs": [{"name": "ci", "sha": "nothing"}]}
    said = r"repositories\[0\]\.check_runs\[0\]\.sha: 'nothing' names no commit"
    with pytest.raises(WorldError, match=said):
        load_world({"repositories": [repository]})


@pytest.mark.parametrize(("text", "said"), [("{", "not JSON"), ("[]", "must be an object")])
def test_bad_files(tmp_path: Path, text: str, said: str) -> None:
    """A file that is no JSON object is told with its name or what it holds."""
    file = tmp_path / "world.json"
    file.write_text(text)
    with pytest.raises(WorldError, match=said):
        load_world(file)


@pytest.fixture
async def world(project: Path):
    made = load_world(world_over(project))
    yield made
    await unload_world(made)


async def test_defaults(world: World) -> None:
    """What is left out is filled in: app, states, pull request ends, closing links."""
    home = world.repository(REPO)
    assert home is not None
    merged, side = home.issues[4].pull, home.issues[5].pull
    assert (world.app.id, world.app.slug, home.default_branch) == (1, "resolution", "main")
    assert merged is not None
    assert side is not None
    assert merged.merged
    assert merged.head_sha == await home.git.resolve("main^2")
    assert side.head_sha == await home.git.resolve("side")
    assert [home.issues[2]] == merged.closes


async def test_paths_are_relative_to_the_file(project: Path, tmp_path: Path) -> None:
    """A world may lie anywhere: `git` is looked for from where it lies."""
    (tmp_path / "here").symlink_to(project)
    file = tmp_path / "world.json"
    file.write_text(json.dumps({"repositories": [{"full_name": "a/b", "git": "here"}]}))
    made = load_world(file)
    home = made.repository("A/B")
    assert home is not None
    assert await home.git.resolve("HEAD") is not None
    await unload_world(made)
    assert not made.folder.exists()
