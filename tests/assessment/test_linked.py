"""Closing keywords and references, as GitHub reads them."""

import pytest

from bot.assessment.linked import extract_links

CLOSES = [
    "Closes #12", "close #12", "closed: #12", "fix #12", "FIXES #12", "Fixed: #12", "resolve #12", "resolves #12",
    "resolved acme/shop#12", "fixes GH-12", "Fixes https://github.com/acme/shop/issues/12", "does not fix #12",
    'It "fixes #12"', "**Fixes** #12", "- closes #12", "This fixes\n#12", "## Fixes #12", "fixes issue #12",
    "Fixes [#12](https://github.com/acme/shop/issues/12)",
]  # fmt: skip
REFERS = ["Refs #12", "ref: #12", "Part of #12", "Related to #12", "Towards #12", "follow-up to #12", "Addresses #12"]
NOTHING = [
    "`fixes #12`", "```\nfixes #12\n```", "prefixes #12", "fixes 12", "fixes#12", "#12", "> fixes #12",
    "<!-- fixes #12 -->", "hotfix-fixes: x", "discloses #12", "see #12",
    "as in #12", "depends on #12", "cc #12", "Refs other/lib@a1b2c3d", "blocked by #12",
]  # fmt: skip


@pytest.mark.parametrize("text", CLOSES)
def test_closing_keywords(text: str) -> None:
    """GitHub would close the issue, whatever else the sentence says."""
    assert [(x.number, x.repository, x.closes) for x in extract_links(text, "acme/shop")] == [(12, "acme/shop", True)]


@pytest.mark.parametrize("text", REFERS)
def test_references(text: str) -> None:
    """Words that only refer close nothing."""
    assert [(link.number, link.closes) for link in extract_links(text, "acme/shop")] == [(12, False)]


@pytest.mark.parametrize("text", NOTHING)
def test_no_links(text: str) -> None:
    """Code, quotes, comments and other words link nothing."""
    assert extract_links(text, "acme/shop") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fixes #1, fixes #2", [(1, "acme/shop", True), (2, "acme/shop", True)]),
        ("Fixes #1, #2", [(1, "acme/shop", True)]),
        ("Refs #1, #2 and #3", [(1, "acme/shop", False), (2, "acme/shop", False), (3, "acme/shop", False)]),
        ("Refs #1. Fixes #1.", [(1, "acme/shop", True)]),
        ("Fixes #1. Refs #1.", [(1, "acme/shop", True)]),
        ("Fixes other/lib#3", [(3, "other/lib", True)]),
        ("Fixes https://github.com/other/lib/issues/3", [(3, "other/lib", True)]),
        ("See other/lib@a1b2c3d", []),
    ],
)
def test_several(text: str, expected: list[tuple[int, str, bool]]) -> None:
    """Each issue once, closing wins; a keyword closes only the issue that follows it."""
    assert expected == [(link.number, link.repository, link.closes) for link in extract_links(text, "acme/shop")]
