"""Which kind of file a path is, and which lines are comments."""

import pytest

from bot.scan.kinds import FileKind, comment_marks, is_comment, kind_of

KINDS = {
    FileKind.CODE: "bot/app.py src/index.ts main.c Dockerfile.d/run index.html q.sql notebooks/a.ipynb weird.xyz",
    FileKind.CONFIGURATION: "app.yml .github/workflows/ci.yaml package.json pyproject.toml k8s/prod.tf .env .env.local"
    " requirements.txt requirements-dev.txt CMakeLists.txt Dockerfile docker/Dockerfile.prod Makefile go.mod .npmrc",
    FileKind.DOCUMENTATION: "README README.md docs/x.py a/docs/b.yml LICENSE notes.txt guide.rst CONTRIBUTING.md",
    FileKind.CHANGELOG: "CHANGELOG.md CHANGES HISTORY.rst NEWS NEWS.txt .changeset/x.md release-notes.md",
    FileKind.TEST_DATA: "tests/fixtures/a.json testdata/x.go src/__snapshots__/a.js a.snap",
    FileKind.VENDORED: "vendor/github.com/x.go web/node_modules/a/index.js third_party/z.c Pods/A.m",
    FileKind.GENERATED: "dist/app.js static/app.min.js yarn.lock package-lock.json go.sum api_pb2.py app.js.map",
    FileKind.ARCHIVE: "archive/old.py a.py.bak x.orig server.log backups/db.sql",
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_files(kind):
    """Folders decide first, then names; what no rule knows is code."""
    paths = KINDS[kind].split()
    assert dict.fromkeys(paths, kind) == {path: kind_of(path) for path in paths}


LINES = {
    "python": ("a.py", "# uses NEEDLE", True),
    "python, indented": ("a.py", "x = 1\n    # NEEDLE", True),
    "python, behind code": ("a.py", "x = 1  # NEEDLE", False),
    "python, code": ("a.py", "call(NEEDLE)", False),
    "shebang": ("a.py", "#!/usr/bin/env NEEDLE", False),
    "rust attribute": ("a.rs", "#[NEEDLE]", False),
    "yaml": ("a.yml", "# NEEDLE: 1", True),
    "dockerfile syntax": ("Dockerfile", "# syntax=NEEDLE", False),
    "javascript": ("a.js", "// NEEDLE", True),
    "javascript, url": ("a.js", 'x = "http://NEEDLE"', False),
    "go directive": ("a.go", "//go:build NEEDLE", False),
    "c preprocessor": ("a.c", "#define NEEDLE", False),
    "block": ("a.ts", "/* NEEDLE", True),
    "block, ended before": ("a.ts", "/* x */ NEEDLE", False),
    "inside a block": ("a.ts", "/**\n * NEEDLE\n */", True),
    "a factor": ("a.c", "x = a\n * NEEDLE;", False),
    "a factor after a block": ("a.c", "/* x */\ny = a\n * NEEDLE;", False),
    "html": ("a.html", "<!-- NEEDLE -->", True),
    "sql": ("a.sql", "-- NEEDLE", True),
    "the mark itself is found": ("a.py", "NEEDLE # x", False),
    "unknown language": ("a.xyz", "# NEEDLE", False),
    "a line without end": ("a.py", "# " + "x" * 5000 + "NEEDLE", False),
}


@pytest.mark.parametrize("name", LINES)
def test_comment_lines(name):
    """A line that is nothing but a comment is told from code; a doubt is code."""
    path, text, wanted = LINES[name]
    assert wanted is is_comment(text.encode(), text.index("NEEDLE"), comment_marks(path))
