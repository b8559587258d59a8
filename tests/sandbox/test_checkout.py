"""A checkout holds what a tree holds, nothing outside of it, and not more than there is room for."""

import os
import stat

import pytest

from bot.sandbox.checkout import TooLarge, checkout
from tests.sandbox.real import run


async def test_files_are_laid_out_with_their_rights():
    """Content, folders and executable bits are kept, whatever the umask."""
    before = os.umask(0o077)
    try:
        async with checkout() as files:
            files.write("a/b/run", b"#!/bin/sh\n", executable=True)
            files.write("a/é.txt", b"text")
            files.finish()
            tree = files.ground.files
            modes = {str(path.relative_to(tree)): stat.S_IMODE(path.lstat().st_mode) for path in tree.rglob("*")}
            assert (tree / "a/é.txt").read_bytes() == b"text"
    finally:
        os.umask(before)
    assert modes == {"a": 0o755, "a/b": 0o755, "a/b/run": 0o755, "a/é.txt": 0o644}
    assert not files.folder.exists()


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "a//b", "", ".", "a/.", "..", "a\0b"])
async def test_a_path_that_leads_outside_is_refused(path):
    """Whatever an archive says, nothing is written outside of the folder."""
    async with checkout() as files:
        with pytest.raises(ValueError, match="no path inside"):
            files.write(path, b"")
        with pytest.raises(ValueError, match="no path inside"):
            files.link(path, "a")


LINKS = {
    "beside": ("a/l", "f", True),
    "above, but inside": ("a/l", "../f", True),
    "the tree itself": ("a/l", "..", True),
    "outside": ("a/l", "../../f", False),
    "far outside": ("l", "a/../../../etc/passwd", False),
    "absolute": ("l", "/etc/passwd", False),
    "just outside": ("l", "..", False),
    "back through what may be a link": ("l", "a/b/../../f", False),
    "unknown": ("l", None, False),
}


@pytest.mark.parametrize("name", LINKS)
async def test_links_stay_inside(name):
    """One that leads outside is left out, and said."""
    path, target, kept = LINKS[name]
    async with checkout() as files:
        files.link(path, target)
        files.finish()
        place = files.ground.files / path
        assert (place.is_symlink(), files.left_out) == (kept, [] if kept else [path])
        assert not kept or str(place.readlink()) == target


async def test_nothing_is_written_through_a_link():
    """A link at a path that something else stands below, is an error."""
    async with checkout() as files:
        files.link("a/b", "..")
        files.link("x", "a/b")
        files.link("x/y", "z")
        with pytest.raises(ValueError, match="below a symbolic link"):
            files.finish()


@pytest.mark.parametrize("second", ["a", "a/b"])
async def test_a_path_is_written_once(second):
    """A second file at a path, or below a file, is an error."""
    async with checkout() as files:
        files.write("a", b"")
        with pytest.raises(OSError, match=r"ile exists|ot a directory"):
            files.write(second, b"")


async def test_what_has_no_room():
    """Too large a file, and too many bytes in all, are said."""
    async with checkout() as files:
        with pytest.raises(TooLarge, match="`big` is larger than 32 MiB"):
            files.write("big", None)
        files._bytes = (256 << 20) - 8192
        files.write("the last", b"x")
        with pytest.raises(TooLarge, match="more than 256 MiB"):
            files.write("one more", b"")


async def test_too_many_files():
    """So is a tree of too many files."""
    async with checkout() as files:
        files._files = 100_000
        with pytest.raises(TooLarge, match="more than 100,000 files and folders"):
            files.write("one", b"")


async def test_folders_count_and_have_a_depth():
    """A path of a thousand folders takes no more room in an archive than a file does, and cannot be removed again."""
    async with checkout() as files:
        files._files = 99_990
        with pytest.raises(TooLarge, match="files and folders"):
            files.write("a/" * 20 + "f", b"")
    async with checkout() as files:
        files.write("a/" * 99 + "f", b"")
        with pytest.raises(TooLarge, match="in more than 99 folders"):
            files.write("b/" * 1500 + "f", b"")
    assert not files.folder.exists()


async def test_a_tree_is_there_for_the_command():
    """The copy holds files, folders and links; one that is executable can be run."""
    ran = await run("sh", "-c", "cat a/b.txt; ls", files={"a/b.txt": "hello\n"})
    assert (ran.exit_code, ran.output) == (0, "hello\na\n")
