"""The walk over tarballs: what git writes is read exactly, anything else is refused."""

import gzip
import io
import os
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scan.archive import Archive, ArchiveFault, MemberKind
from tests.scan.repos import TOP, crafted, repository, tarball, tree

PATHS = {
    "README.md": "hello",
    "empty": "",
    "exactly-one-block": "x" * 512,
    "one-more": "x" * 513,
    f"{'d' * 90}/{'e' * 90}/file.py": "long, as ustar's prefix holds it",
    f"{'f' * 200}.py": "a name over 100",
    f"{'g' * 120}/{'h' * 120}/{'i' * 120}.py": "a path over 255",
    "ünï/çödé/日本.txt": "unicode",
    "with space/and\ttab": "odd",
    "big.bin": os.urandom(60_000),
}


def members(data: bytes, step: int = 1 << 20, limit: int = 1 << 20):
    archive = Archive(limit)
    found = [member for at in range(0, len(data), step) for member in archive.feed(data[at : at + step])]
    archive.finish()
    return archive, found


@pytest.mark.parametrize("step", [7, 500, 4096, 1 << 20])
def test_every_file_comes_out_whole(tmp_path, step):
    """Paths of any length and spelling, and contents, are git's own, however the bytes arrive."""
    sha = repository(tmp_path, PATHS)
    (tmp_path / "link").symlink_to("README.md")
    archive, found = members(tarball(tmp_path), step)
    wanted = {name: content.encode() if isinstance(content, str) else content for name, content in PATHS.items()}
    assert wanted == {member.path: member.data for member in found}
    assert [path for path, _ in tree(tmp_path)] == sorted(wanted)
    assert archive.commit == sha


def test_links_are_named_and_not_followed(tmp_path):
    """A symbolic link is a path of its own; its target is not read."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "link").symlink_to("/etc/passwd")
    (tmp_path / "r" / ("l" * 150)).symlink_to("t" * 150)
    repository(tmp_path / "r", {"a": "b"})
    _, found = members(tarball(tmp_path / "r"))
    assert {("link", MemberKind.LINK, None), ("l" * 150, MemberKind.LINK, None), ("a", MemberKind.FILE, b"b")} == {
        (member.path, member.kind, member.data) for member in found
    }


def test_rights_and_targets_are_told(tmp_path):
    """Which file can be run, and where a link says that it leads, however long."""
    wanted = {"short": "../a", "long": "t" * 150, "longer": f"{'d' * 120}/é{'e' * 200}"}
    for name, target in wanted.items():
        (tmp_path / name).symlink_to(target)
    (tmp_path / "run").write_text("#!/bin/sh\n")
    (tmp_path / "run").chmod(0o755)
    repository(tmp_path, {"a": "b"})
    _, found = members(tarball(tmp_path))
    assert {member.path: member.target for member in found if member.target is not None} == wanted
    assert [member.path for member in found if member.executable] == ["run"]


@pytest.mark.parametrize("kind", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_other_writers_long_targets_are_read(kind):
    """GNU's and POSIX's ways to write a long target are both understood, and belong to one link alone."""
    links = [tarfile.TarInfo(f"{TOP}/{name}") for name in "ab"]
    for link, target in zip(links, ("t" * 150, "short"), strict=True):
        link.type, link.linkname = tarfile.SYMTYPE, target
    _, found = members(crafted(*((link, b"") for link in links), kind=kind))
    assert [member.target for member in found] == ["t" * 150, "short"]


@pytest.mark.parametrize("step", [100, 1 << 20])
def test_a_file_above_the_limit_is_named_without_its_content(tmp_path, step):
    """What is too large is passed over without being held, and what follows it is read."""
    repository(tmp_path, {"a": "x", "b": os.urandom(200_000), "c": "z"})
    _, found = members(tarball(tmp_path), step, limit=1000)
    assert [(member.path, member.data) for member in found] == [("a", b"x"), ("b", None), ("c", b"z")]


@pytest.mark.parametrize("kind", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
def test_other_writers_long_names_are_read(kind):
    """GNU long names and pax headers mean the same."""
    path = "/".join(["part" * 20] * 4)
    _, found = members(crafted((path, b"one"), ("short", b"two"), kind=kind))
    assert [(path, b"one"), ("short", b"two")] == [(member.path, member.data) for member in found]


def test_sizes_in_base_256_and_in_pax_headers_are_read():
    """A size too large for octal digits comes in two other ways."""
    info = tarfile.TarInfo(f"{TOP}/a")
    info.pax_headers = {"size": "3"}
    _, found = members(crafted((info, b"abc")))
    assert [(member.path, member.data) for member in found] == [("a", b"abc")]
    header = bytearray(tarfile.TarInfo(f"{TOP}/b").tobuf())
    header[124:136] = b"\x80" + (3).to_bytes(11, "big")
    _, found = members(resummed(header, b"xyz"))
    assert [(member.path, member.data) for member in found] == [("b", b"xyz")]


def resummed(header: bytearray, content: bytes = b"") -> bytes:
    """A gzipped tar of one member whose header was tampered with."""
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    padding = bytes(-len(content) % 512)
    return gzip.compress(bytes(header) + content + padding + bytes(1024))


def tampered(start: int, value: bytes) -> bytes:
    header = bytearray(tarfile.TarInfo(f"{TOP}/x").tobuf())
    header[start : start + len(value)] = value
    return resummed(header)


def special(kind: bytes) -> bytes:
    info = tarfile.TarInfo(f"{TOP}/x")
    info.type, info.linkname = kind, "/etc/passwd"
    return crafted((info, b""))


def pax(records: bytes) -> bytes:
    header = tarfile.TarInfo("x")
    header.type, header.size = b"x", len(records)
    return resummed(bytearray(header.tobuf()), records)


GOOD = crafted(("a", b"hello"), ("b", b"world" * 1000))
PLAIN = gzip.decompress(GOOD)
HOSTILE = {
    "no gzip": b"not gzip at all, but long enough to look at",
    "nothing": b"",
    "gzip of nothing": gzip.compress(b""),
    "gzip of no tar": gzip.compress(b"x" * 2048),
    "cut off in the gzip": GOOD[:-20],
    "cut off in a file": gzip.compress(PLAIN[:2000]),
    "cut off in a header": gzip.compress(PLAIN[:700]),
    "without an end": gzip.compress(PLAIN.rstrip(b"\0")[: len(PLAIN) // 512 * 512]),
    "a wrong checksum": gzip.compress(PLAIN[:10] + b"!" + PLAIN[11:]),
    "dots upwards": crafted((tarfile.TarInfo(f"{TOP}/../etc/passwd"), b"x")),
    "dots alone": crafted((tarfile.TarInfo(f"{TOP}/./a"), b"x")),
    "an absolute path": crafted((tarfile.TarInfo("/etc/passwd"), b"x")),
    "two top folders": crafted(("a", b"x"), (tarfile.TarInfo("other/b"), b"x")),
    "a path of a megabyte": crafted(("p/" * 3000 + "x", b"")),
    "a hard link": special(tarfile.LNKTYPE),
    "a character device": special(tarfile.CHRTYPE),
    "a block device": special(tarfile.BLKTYPE),
    "a pipe": special(tarfile.FIFOTYPE),
    "a sparse file": special(tarfile.GNUTYPE_SPARSE),
    "a size that lies": tampered(124, b"77777777777\0"),
    "a size of letters": tampered(124, b"hello world\0"),
    "a negative size": tampered(124, b"-0000000100\0"),
    "a size below zero in base 256": tampered(124, b"\xff" * 12),
    "a size beyond any disk": tampered(124, b"\x80" + b"\x7f" * 11),
    "an extended header without length": pax(b"path=evil\n"),
    "an extended header that runs over": pax(b"99 path=evil\n"),
    "an extended header of length zero": pax(b"0 path=evil\n"),
    "an extended size of letters": pax(b"13 size=many\n"),
    "an extended size of a thousand digits": pax(b"1011 size=" + b"9" * 1000 + b"\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_git_does_not_write_is_refused(name):
    """Links, devices, paths upwards, lies and stumps: a fault, never a crash and never a shorter archive."""
    with pytest.raises(ArchiveFault):
        members(HOSTILE[name], step=1000)


@given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=20)), max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_archive_is_a_fault_or_an_archive(damages, more):
    """Whatever bytes are changed or cut away, nothing but a fault comes out, and no path leaves the folder."""
    raw = bytearray(PLAIN)
    for at, value in damages:
        raw[at : at + len(value)] = value
    cut = more.draw(st.integers(0, len(raw)))
    try:
        _, found = members(gzip.compress(bytes(raw[:cut]), 1), step=more.draw(st.integers(50, 5000)))
    except ArchiveFault:
        return
    assert not any(part in {"", ".", ".."} for member in found for part in member.path.split("/"))


def test_an_extended_header_has_a_limit():
    """A header that wants a gigabyte of memory does not get it."""
    header = tarfile.TarInfo("x")
    header.type, header.size = b"x", 1 << 30
    with pytest.raises(ArchiveFault, match="too large"):
        members(resummed(bytearray(header.tobuf())))


def test_a_bomb_is_inflated_piece_by_piece():
    """Ten thousand times its size comes out in pieces, and is counted: whoever reads can stop."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9) as stream:
        header = tarfile.TarInfo(f"{TOP}/zeros")
        header.size = 64 << 20
        stream.write(header.tobuf())
        stream.write(bytes(64 << 20))
    archive = Archive(1 << 20)
    data = buffer.getvalue()
    assert len(data) < 100_000
    pieces = archive.feed(data)
    assert next(pieces).data is None
    assert archive.inflated_bytes <= 1 << 20
