"""Where records may stand: no template and no title leads anywhere else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.policy import LEARNING, RecordFormat, RecordPolicy
from bot.assessment.record_paths import (
    UnsafePath,
    learning_template,
    record_path,
    slug,
    template_trouble,
    usual,
)
from tests.assessment.test_markdown import ATTACKS

LEAVING = ("..", "../{number}.xml", "a/../{number}.xml", "/etc/{number}.xml", "./{number}.xml", "a/./{number}.xml",
           "~/{number}.xml", "C:/{number}.xml", "C:\\{number}.xml", "a\\..\\{number}.xml", "//host/{number}.xml",
           "a//{number}.xml", "{number}.xml/", "")  # fmt: skip
HIDDEN = (".github/{number}.xml", ".git/{number}.xml", "a/.github/workflows/{number}.xml", ".{number}.xml",
          "a/.{slug}_{number}.xml", ".GITHUB/{number}.xml", "-{number}.xml", "a/-rf{number}.xml",
          "a./{number}.xml")  # fmt: skip
STRANGE = ("a b/{number}.xml", "a\t{number}.xml", "a\n{number}.xml", "a\x00{number}.xml", "ü/{number}.xml",
           "a\u202e{number}.xml", "a\u200b/{number}.xml", "a%2e%2e/{number}.xml", "$(id){number}.xml",
           "a;b{number}.xml", "a:{number}.xml", "*{number}.xml", "a?{number}.xml", "{number}.xml\n",
           "\uff0e\uff0e/{number}.xml")  # fmt: skip
DEVICES = ("con/{number}.xml", "a/NUL/{number}.xml", "aux.d/{number}.xml", "COM1/{number}.xml",
           "x/lpt9.old/{number}.xml")  # fmt: skip
ENDINGS = ("a/{number}.yml", "a/{number}.yaml", "a/{number}.md", "a/{number}.XML", "a/{number}.xml.yml", "a/{number}",
           "a/{number}.xml.", "a/{number}.json", "a/{number}xml")  # fmt: skip
NAMELESS = ("pom.xml", "a/{slug}.xml", "{number}/pom.xml", "learning.xml")
BRACED = (
    "{title}{number}.xml",
    "{number}{.xml",
    "{{number}}.xml",
    "{number}}.xml",
    "{number!r}.xml",
    "{0}{number}.xml",
)
LONG = ("a" * 121 + "/{number}.xml", "/".join(["abcdefghij"] * 22) + "/{number}.xml", "{slug}{slug}{slug}{number}.xml")
BAD = {
    **dict.fromkeys((*LEAVING, *HIDDEN, *STRANGE), "must be a path in the repository"),
    **dict.fromkeys(DEVICES, "Windows keeps"),
    **dict.fromkeys(ENDINGS, "must "),
    **dict.fromkeys(NAMELESS, "must have `{number}` in the file's name"),
    **dict.fromkeys(BRACED, "must have no braces but"),
    **dict.fromkeys(LONG, "must be shorter"),
}


@pytest.mark.parametrize(("template", "words"), BAD.items(), ids=map(repr, BAD))
def test_a_bad_template_is_refused(template: str, words: str) -> None:
    """It is told what the path must be, and nothing is ever written by it."""
    trouble = template_trouble(template, RecordFormat.XML)
    assert trouble is not None
    assert words in trouble
    with pytest.raises(UnsafePath, match="must"):
        record_path(template, RecordFormat.XML, number=12, title="x")


GOOD = (
    "{number}.xml",
    LEARNING,
    "docs/{slug}/{slug}_{number}.xml",
    "a.b/c-d_e/{number}-{slug}.xml",
    "{number}{number}.xml",
)


@pytest.mark.parametrize("template", GOOD)
def test_a_sound_template_is_filled(template: str) -> None:
    """Number and words stand in their places."""
    expected = template.replace("{number}", "12").replace("{slug}", "a_b")
    assert template_trouble(template, RecordFormat.XML) is None
    assert record_path(template, RecordFormat.XML, number=12, title="A, b!") == expected


@given(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=80), st.text("aA1_-./\\ \x00ü\u202e", max_size=80)))
def test_no_title_leads_anywhere_else(title: str) -> None:
    """Whatever a title holds, the path has the template's folders, and a plain name."""
    path = record_path(LEARNING, RecordFormat.XML, number=12, title=title)
    assert re.fullmatch(r"SPEC/learnings/issue_12_[a-z0-9]+(_[a-z0-9]+)*\.xml", path)
    assert len(path) <= 80


TITLES = {
    "Staging domains: TLS & WebSockets!": "staging_domains_tls_websockets",
    "Größe wächst": "groe_wachst",
    "../../.github/workflows/ci.yml": "github_workflows_ci_yml",
    "con": "con_untitled",
    "NUL": "nul_untitled",
    "COM1": "com1_untitled",
    "": "untitled",
    "   \n\t": "untitled",
    "你好": "untitled",
    "👩‍👧 🎉": "untitled",
    "ghp_0123456789abcdefghijABCDEFGHIJ0123": "secret",
    "a" * 200: "a" * 48,
    "word " * 40: "_".join(["word"] * 9),
    "[skip ci] fixes #1": "skip_ci_fixes_1",
    "Ｆｕｌｌ width": "full_width",
}


@pytest.mark.parametrize(("title", "expected"), TITLES.items())
def test_a_title_becomes_a_name(title: str, expected: str) -> None:
    """Plain words, cut at a word's end, never empty, no device."""
    assert (slug(title), slug(title)) == (expected, expected)


def test_a_title_that_makes_a_device_is_refused() -> None:
    """Where the template helps it to be one."""
    with pytest.raises(UnsafePath, match="Windows"):
        record_path("c{slug}/{number}.xml", RecordFormat.XML, number=1, title="on")


def test_the_usual_path_has_the_formats_ending() -> None:
    """A path that somebody chose stays as it is."""
    assert learning_template(RecordPolicy()) == LEARNING
    assert learning_template(RecordPolicy(format=RecordFormat.MARKDOWN)) == usual(RecordFormat.MARKDOWN)
    assert usual(RecordFormat.MARKDOWN) == "SPEC/learnings/issue_{number}_{slug}.md"
    chosen = RecordPolicy(format=RecordFormat.MARKDOWN, learning="a/{number}.xml")
    assert learning_template(chosen) == "a/{number}.xml"
