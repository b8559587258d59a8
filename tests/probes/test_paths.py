"""How a written path is read, and what is done where nothing stands there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.contents import Opaque, OpaqueKind
from bot.probes.paths import Nowhere, Place, Unseen, find, spellings

from .world import MemoryReader, Step, context, repo

READ = {
    "app/a.py": ("app/a.py",),
    "/app/a.py": ("app/a.py",),
    "./app/a.py": ("app/a.py",),
    "`app/a.py`": ("app/a.py",),
    "app/a.py:12": ("app/a.py:12", "app/a.py"),
    "app/a.py:12:3": ("app/a.py:12:3", "app/a.py"),
    "app/a.py(12)": ("app/a.py(12)", "app/a.py"),
    "app/a.py#L1-L9": ("app/a.py#L1-L9", "app/a.py"),
    "D:\\app\\a.py": ("app/a.py",),
    "app\\a.py": ("app/a.py",),
    "shop/app/a.py": ("shop/app/a.py", "app/a.py"),
    "a/../b": (),
    "../b": (),
    "a//b": (),
    "": (),
    "/": (),
    "a\x00b": (),
    "a" * 2000: (),
}


@pytest.mark.parametrize("written", READ, ids=repr)
def test_a_path_is_read_as_it_can_be_meant(written):
    """The most literal reading first; nothing that leaves the repository."""
    assert spellings(written, "shop") == READ[written]


async def test_a_folder_called_as_the_repository_is_no_prefix():
    """Who removed `shop/a.py` of the repository `shop` is known, though a path may also begin with its name."""
    at = repo(Step("Start", {"shop/a.py": "1", "b.py": "1"}), Step("Tidy", {"shop/a.py": None}))
    found = await find(context(at), "shop/a.py")
    assert isinstance(found, Nowhere)
    assert found.removed_by is not None
    assert (found.path, found.removed_by.message) == ("shop/a.py", "Tidy")


@given(st.text(max_size=60))
def test_no_reading_leaves_the_repository(written):
    """Whatever is written."""
    for path in spellings(written, "shop"):
        assert not path.startswith("/")
        assert ".." not in path.split("/")


START = Step("Start", {"a/config.py": "one", "b/copy.py": "same", "c/orig.py": "same", "x.py": "root"})


async def found(text: str, *steps: Step):
    return await find(context(repo(START, *steps)), text)


async def test_a_copy_that_stood_there_before_is_no_move():
    """Removing one of two equal files is removing."""
    place = await found("c/orig.py", Step("Remove", {"c/orig.py": None}))
    assert isinstance(place, Nowhere)
    assert place.removed_by is not None


async def test_a_namesake_that_stood_there_before_is_no_move():
    """Another file of that name is offered, not taken."""
    place = await found("config.py", Step("Add", {"config.py": "two"}), Step("Remove", {"config.py": None}))
    assert isinstance(place, Nowhere)
    assert place.near == ("a/config.py",)


async def test_a_file_that_was_moved_and_changed_is_found_by_its_name():
    """It came in with the commit that took the old one away."""
    place = await found("x.py", Step("Move", {"x.py": None, "src/x.py": "root, changed"}))
    assert isinstance(place, Place)
    assert (place.path, place.moved_by is not None) == ("src/x.py", True)


async def test_a_file_that_was_renamed_is_found_by_its_content():
    """Git knows it by the blob."""
    place = await found("x.py", Step("Rename", {"x.py": None, "src/y.py": "root"}))
    assert isinstance(place, Place)
    assert place.path == "src/y.py"


async def test_nothing_is_absent_behind_a_link():
    """Where a link leads was not looked at."""
    link = Opaque(path="docs", kind=OpaqueKind.SYMLINK)
    place = await found("docs/guide.md", Step("Link", {"docs": link}))
    assert isinstance(place, Unseen)
    assert place.why == "`docs` is a symbolic link; what lies behind it was not read"


async def test_an_ordinary_path_costs_one_read():
    """What stands where it is said to stand needs no listing."""
    at = repo(START)
    reader = MemoryReader(at)
    await find(context(at, reader=reader), "a/config.py")
    assert reader.asked == ["content"]
