"""Things and their look-alikes."""

import pytest

from bot.assessment.tokens import Shadow, TokenKind, code_token, hide_quotations, path_of, shade

FULL = "85375b936c0ffee85375b936c0ffee85375b9361"


def kinds(text: str) -> list[tuple[TokenKind, str]]:
    return [(token.kind, token.value) for token in shade(text, "", "acme/shop").tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1b2c3d", [(TokenKind.SHA, "a1b2c3d")]),
        ("A1B2C3D,", [(TokenKind.SHA, "a1b2c3d")]),
        (FULL, [(TokenKind.SHA, FULL)]),
        ("1" * 40, [(TokenKind.SHA, "1" * 40)]),
        ("1234567", []),
        ("commit 1234567", [(TokenKind.SHA, "1234567")]),
        ("sha: deadbee", [(TokenKind.SHA, "deadbee")]),
        ("deadbee", []),
        ("#a1b2c3d", []),
        ("a1b2c3", []),
        (FULL + "0", []),
        ("5d41402abc4b2a76b9719d911017c592", []),
        ("550e8400-e29b-41d4-a716-446655440000", []),
        ("sha256:9f86d081884c", []),
        ("0xdeadbeef1", []),
        ("2025-09-15", []),
        ("acme/shop@a1b2c3d", [(TokenKind.SHA, "a1b2c3d")]),
        ("actions/checkout@a1b2c3d", [(TokenKind.FOREIGN, "actions/checkout@a1b2c3d")]),
        ("(#12).", [(TokenKind.NUMBER, "12")]),
        ("GH-12's", [(TokenKind.NUMBER, "12")]),
        ("#012", [(TokenKind.NUMBER, "12")]),
        ("PR 12", [(TokenKind.NUMBER, "12")]),
        ("acme/shop#12", [(TokenKind.NUMBER, "12")]),
        ("other/lib#12", [(TokenKind.FOREIGN, "other/lib#12")]),
        ("v1.4.2", [(TokenKind.VERSION, "v1.4.2")]),
        ("1.4.2-rc.1", [(TokenKind.VERSION, "1.4.2-rc.1")]),
        ("v2", [(TokenKind.VERSION, "v2")]),
        ("*.acme.com", [(TokenKind.DOMAIN, "*.acme.com")]),
        ("shop.acme.com", [(TokenKind.DOMAIN, "shop.acme.com")]),
        ("src/a.py:12", [(TokenKind.PATH, "src/a.py")]),
        ("'src/a.py'.", [(TokenKind.PATH, "src/a.py")]),
        ("GET /files/a.json", []),
        ("and/or, 24/7, w/o", []),
        ("Node.js", []),
        ("https://x.test/a.py", [(TokenKind.ADDRESS, "https://x.test/a.py")]),
        ("https://github.com/acme/shop/issues/12", [(TokenKind.NUMBER, "12")]),
        (f"https://github.com/acme/shop/commit/{FULL}", [(TokenKind.SHA, FULL)]),
        (
            "https://github.com/acme/shop/actions/runs/1",
            [(TokenKind.ADDRESS, "https://github.com/acme/shop/actions/runs/1")],
        ),
        ("a" * 301, [(TokenKind.ADDRESS, "")]),
        ("!!", []),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_bare_words(text: str, expected: list[tuple[TokenKind, str]]) -> None:
    """A bare word is what it looks like, unless it only looks so."""
    assert expected == kinds(text)


@pytest.mark.parametrize(
    ("code", "before", "kind", "value"),
    [
        ("a1b2c3d", "", TokenKind.SHA, "a1b2c3d"),
        ("1234567", "commit ", TokenKind.SHA, "1234567"),
        ("src/a.py", "", TokenKind.PATH, "src/a.py"),
        ("/api/users.json", "", TokenKind.CODE, "/api/users.json"),
        ("/users.json", "GET ", TokenKind.CODE, "/users.json"),
        ("GET /api/users", "", TokenKind.CODE, "GET /api/users"),
        ("legacy_client", "", TokenKind.CODE, "legacy_client"),
        ("v1.4.2", "", TokenKind.VERSION, "v1.4.2"),
        ("other/lib#12", "", TokenKind.FOREIGN, "other/lib#12"),
        ("https://x.test", "", TokenKind.ADDRESS, "https://x.test"),
        ("https://github.com/other/lib/pull/1", "", TokenKind.FOREIGN, "https://github.com/other/lib/pull/1"),
        ("src/*.py", "", TokenKind.CODE, "src/*.py"),
    ],
)
def test_code_spans(code: str, before: str, kind: TokenKind, value: str) -> None:
    """A code span is a commit, a path, a version, somebody else's, or just code."""
    token = code_token(code, before, "acme/shop")
    assert (kind, value, f"`{code}`") == (token.kind, token.value, token.raw)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/shared/domain_config.py", "shared/domain_config.py"),
        ("./src/a.py", "src/a.py"),
        (r"C:\src\a.py", "src/a.py"),
        ("tests/test_a.py::test_b", "tests/test_a.py"),
        ("src/a.py#L10-L12", "src/a.py"),
        ("Dockerfile", "Dockerfile"),
        (".github/CODEOWNERS", ".github/CODEOWNERS"),
        ("src/cart/", "src/cart/"),
        ("My.Project/Program.cs", "My.Project/Program.cs"),
        ("app/[id]/page.tsx", "app/[id]/page.tsx"),
        ("origin/main", None),
        ("application/json", None),
        ("example.com/index.html", None),
        ("https://x.test/a.py", None),
        ("../a.py", None),
        ("~/a/b.py", None),
        ("/etc/passwd.conf", None),
        ("/api/v1/", None),
        ("a/", None),
        ("vue.js", None),
        ("os.path", None),
        (".py", None),
        ("git show a.py", None),
        ("...", None),
        ("x", None),
    ],
)
def test_paths(written: str, path: str | None) -> None:
    """A path is cleaned of what people put around it; routes, hosts, branches and types are no paths."""
    assert path == path_of(written)


def test_words_come_back_as_written() -> None:
    """A shadow, and every piece of it, gives its words back."""
    shadow = shade("fixed (#12) in a1b2c3d, see src/a.py", "", "acme/shop")
    assert shadow.words() == "fixed (#12) in a1b2c3d, see src/a.py"
    end = shadow.text.index(",")
    assert [part.words() for part in shadow.parts([(0, end), (end, len(shadow.text))])] == [
        "fixed (#12) in a1b2c3d",
        ", see src/a.py",
    ]


def test_quotations_swallow_what_they_hold() -> None:
    """What stands in double quotes is one token, whatever it holds; the tokens around it stay."""
    hidden = hide_quotations(shade('a1b2c3d "fixed in e4f5a6b" then #12 \u201cand #13\u201d', "", "acme/shop"))
    assert [t.kind for t in hidden.tokens] == [TokenKind.SHA, TokenKind.QUOTED, TokenKind.NUMBER, TokenKind.QUOTED]
    assert [t.value for t in hidden.tokens if t.kind is TokenKind.QUOTED] == ["fixed in e4f5a6b", "and #13"]
    assert Shadow(text="none") == hide_quotations(Shadow(text="none"))
