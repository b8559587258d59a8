"""What kind of file a path is, and whether a line is a comment: where a pattern may survive for good reasons.

Code and configuration are what runs; a name in a changelog, a document, a fixture, a bundle, somebody else's code or
a comment says nothing about what runs. What no rule knows counts as code: a doubt never hides an occurrence.
"""

import re
from enum import StrEnum


class FileKind(StrEnum):
    """What a file, or a line of it, is to its project."""

    CODE = "code"
    CONFIGURATION = "configuration"
    COMMENTS = "comments"
    DOCUMENTATION = "documentation"
    CHANGELOG = "changelog"
    TEST_DATA = "test data"
    VENDORED = "vendored"
    GENERATED = "generated"
    ARCHIVE = "archive"


RUNNING = (FileKind.CODE, FileKind.CONFIGURATION)
"""The kinds in which an occurrence fails a claim."""

FOLDERS: tuple[tuple[FileKind, frozenset[str]], ...] = (
    (
        FileKind.VENDORED,
        frozenset({"vendor", "vendored", "node_modules", "third_party", "thirdparty", "third-party"})
        | {"bower_components", "pods", "site-packages", ".venv", "venv", ".yarn"},
    ),
    (FileKind.ARCHIVE, frozenset({"archive", "archives", "archived", "attic", "backup", "backups"})),
    (FileKind.GENERATED, frozenset({"dist", "generated", "__generated__", ".next", "storybook-static"})),
    (
        FileKind.TEST_DATA,
        frozenset({"fixtures", "fixture", "__fixtures__", "testdata", "test-data", "test_data", "snapshots"})
        | {"__snapshots__", "cassettes", "golden", "goldens"},
    ),
    (FileKind.CHANGELOG, frozenset({"changelog", "changelog.d", "changelogs", ".changeset", "newsfragments"})),
    (FileKind.DOCUMENTATION, frozenset({"doc", "docs", "documentation", "wiki", "licenses"})),
)
"""A folder anywhere on the path decides for everything below it; the first rule that fits wins."""

NAMES: tuple[tuple[FileKind, re.Pattern[str]], ...] = (
    (FileKind.CHANGELOG, re.compile(r"(?:changelog|changes|history|news|releases?|release[-_]notes)(?:[-._].*)?\Z")),
    (
        FileKind.CONFIGURATION,
        re.compile(
            r"(?:requirements[-_.\w]*\.(?:txt|in)|constraints[-_.\w]*\.txt|cmakelists\.txt|robots\.txt|runtime\.txt"
            r"|(?:dockerfile|containerfile|makefile|procfile|jenkinsfile|vagrantfile|caddyfile)(?:\..*)?"
            r"|\.env(?:\..*)?|\.[a-z]+rc|codeowners|go\.mod)\Z"
        ),
    ),
    (
        FileKind.GENERATED,
        re.compile(
            r".*(?:\.min\.(?:js|css|mjs)|\.bundle\.js|\.chunk\.js|\.map|_pb2(?:_grpc)?\.pyi?|\.pb\.(?:go|cc|h)|\.lock)\Z"
            r"|(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum|flake\.lock)\Z"
        ),
    ),
    (FileKind.TEST_DATA, re.compile(r".*\.(?:snap|cassette|golden)\Z")),
    (FileKind.ARCHIVE, re.compile(r".*(?:\.bak|\.orig|\.old|\.log|\.rej|~)\Z")),
    (
        FileKind.DOCUMENTATION,
        re.compile(
            r"(?:readme|license|licence|copying|notice|authors|contributing|contributors|security|code_of_conduct)"
            r"(?:[-._].*)?\Z|.*\.(?:md|mdx|markdown|rst|adoc|asciidoc|txt|org|tex|textile|pod|1|5|8)\Z"
        ),
    ),
    (
        FileKind.CONFIGURATION,
        re.compile(
            r".*\.(?:ya?ml|json|json5|jsonc|toml|ini|cfg|conf|config|properties|env|tf|tfvars|hcl|xml|plist|service|cnf)\Z"
        ),
    ),
)
"""The file's name in lower case; the first rule that fits wins. What fits none is code."""

COMMENT_MARKS: tuple[tuple[tuple[str, ...], tuple[bytes, ...]], ...] = (
    (
        (".py", ".pyi", ".sh", ".bash", ".zsh", ".rb", ".pl", ".r", ".ex", ".exs", ".yml", ".yaml", ".toml", ".tf"),
        (b"#",),
    ),
    ((".cfg", ".ini", ".conf", ".properties", ".env", "dockerfile", "makefile", ".mk", ".cmake"), (b"#",)),
    (
        (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".go", ".rs", ".java", ".kt", ".kts", ".swift", ".scala", ".cs"),
        (b"//", b"/*"),
    ),
    ((".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".m", ".mm", ".proto", ".dart", ".groovy", ".php"), (b"//", b"/*")),
    ((".css", ".scss", ".less"), (b"/*",)),
    ((".sql", ".lua", ".hs", ".elm"), (b"--",)),
    ((".html", ".htm", ".xml", ".vue", ".svelte"), (b"<!--",)),
    ((".lisp", ".clj", ".el", ".scm"), (b";",)),
)
"""What begins a line that is nothing but a comment, by the end of the file's name."""

LONGEST_LINE = 2_000
LONGEST_COMMENT = 16_000

DIRECTIVES = (b"#!", b"#[", b"//go:", b"//+", b"// +build", b"//export ", b"/*!", b"# syntax=", b"# escape=")
"""Comments that a program reads: they run, in a way."""


HEAD = 2_000
_GENERATED = re.compile(
    rb"(?<![\w@/.-])@generated(?![\w-])|\b[Gg]enerated by [^\n]{1,200}DO NOT EDIT|DO NOT EDIT[^\n]{1,200}generated"
)


def kind_of(path: str) -> FileKind:
    """The kind of file at a path."""
    parts = path.lower().split("/")
    for kind, folders in FOLDERS:
        if not folders.isdisjoint(parts[:-1]):
            return kind
    return next((kind for kind, pattern in NAMES if pattern.match(parts[-1])), FileKind.CODE)


def is_generated(data: bytes) -> bool:
    """Does the head of a file say that a program wrote it? `@generated`, or Go's and protobuf's own line."""
    head = data[:HEAD]
    # The plain look comes first: it costs a hundredth, and nearly always says no.
    return (b"@generated" in head or b"DO NOT EDIT" in head) and _GENERATED.search(head) is not None


def comment_marks(path: str) -> tuple[bytes, ...]:
    """What begins a comment line in the file at this path; nothing where that is not known."""
    name = path.lower()
    return next((marks for ends, marks in COMMENT_MARKS if name.endswith(ends)), ())


def is_comment(data: bytes, offset: int, marks: tuple[bytes, ...]) -> bool:
    """Is the line around the offset nothing but a comment? Where in doubt, no."""
    # Bounded looks back: a file of one long line holds as many occurrences as one likes.
    start = data.rfind(b"\n", max(0, offset - LONGEST_LINE), offset) + 1
    if not start and offset >= LONGEST_LINE:
        return False
    line = data[start:offset].lstrip()
    # The occurrence may begin with the mark itself: look a little past the offset.
    head = (line + data[offset : offset + 16])[:16]
    if head.startswith(DIRECTIVES):
        return False
    if head.startswith(marks):
        return b"*/" not in line and b"-->" not in line
    if b"/*" not in marks or not (line == b"*" or line.startswith(b"* ")):
        return False
    above = max(0, start - LONGEST_COMMENT)
    return data.rfind(b"/*", above, start) > data.rfind(b"*/", above, start)
