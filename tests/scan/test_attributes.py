"""What `.gitattributes` say about the kinds of files."""

import pytest

from bot.scan.attributes import LARGEST, Attributes
from bot.scan.kinds import FileKind

ROOT = b"""# kinds
*.pb.go linguist-generated
api/** linguist-generated=true text
libs/*.js -diff linguist-vendored
dist/** -linguist-generated
build/** linguist-generated=false
folder linguist-vendored
*.rst linguist-documentation
[attr]mine linguist-vendored
"quoted name" linguist-vendored
!no linguist-vendored
[z-a]x linguist-vendored
*.txt text
"""
NESTED = b"*.go -linguist-generated\n/own.c linguist-vendored\n"
KINDS = {
    "x.pb.go": FileKind.GENERATED,
    "deep/x.pb.go": FileKind.GENERATED,
    "api/v1/a.ts": FileKind.GENERATED,
    "libs/a.js": FileKind.VENDORED,
    "libs/deep/a.js": None,
    "dist/a.js": FileKind.CODE,
    "build/a.js": FileKind.CODE,
    "folder/a.js": None,
    "a.rst": FileKind.DOCUMENTATION,
    "a.txt": None,
    "sub/x.pb.go": FileKind.CODE,
    "sub/own.c": FileKind.VENDORED,
    "own.c": None,
}


@pytest.mark.parametrize("path", KINDS)
def test_kinds_are_as_the_repository_says(path):
    """The deepest file says it best; a folder's name alone says nothing; what cannot be read says nothing."""
    attributes = Attributes()
    attributes.add("sub/.gitattributes", NESTED)
    attributes.add(".gitattributes", ROOT)
    assert attributes.kind_of(path) is KINDS[path]


@pytest.mark.parametrize("data", [b"", b"* text=auto\n", b"* linguist-generated\n" * LARGEST, b"\xff\xfe\0"])
def test_files_that_say_nothing(data):
    """Empty, about other things, too large, no text."""
    attributes = Attributes()
    attributes.add(".gitattributes", data)
    assert attributes.kind_of("a.py") is None


def test_rules_are_bounded():
    """Thousands of rules cost no more than some."""
    attributes = Attributes()
    attributes.add(".gitattributes", b"".join(b"f%d.c linguist-vendored\n" % number for number in range(3_000)))
    assert (attributes.kind_of("f1.c"), attributes.kind_of("f2999.c")) == (FileKind.VENDORED, None)
