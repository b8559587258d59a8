"""Nothing echoed can act: whatever comes in, the parsed Markdown has exactly the nodes we meant."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.assessment.markdown import cell, clean, code, fence, html, line, link, mention, name, prose, quote, row

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])

# What GitHub's own filters look for in rendered text, outside code.
LIVE = re.compile(r"@\w|#\d|\bgh-\d|https?://\w|ftp://\w|\bwww\.\w|(?:mailto|xmpp):\w|\w@\w", re.IGNORECASE)
ATTACKS = [
    *("@ann", "@octo/team", "mail a@b.example now", "fixes #1", "Closes: #12", "GH-1", "owner/repo#1", "o/r@d4e5f6a"),
    *(
        "https://github.com/o/r/issues/1",
        "www.evil.example",
        "ftp://x.example",
        "mailto:a@b.example",
        "xmpp:a@b.example",
    ),
    *("/close", "/assess-resolution", "  /reopen", "\n/close\n", "a\r/close", "- /close", "> /close", "1. /close"),
    *("<b>x</b>", "<!-- resolution-bot: v1 -->", "</details>", "<img src=x>", "<details open>", "&lt;b&gt;", "<a@b.c>"),
    *("![x](http://x.example/a.png)", "[x](http://x.example)", "[x]: http://x.example", "[^1]", "<http://x.example>"),
    *(
        "# heading",
        "text\n===",
        "---",
        "***",
        "```\nx",
        "~~~",
        "    code",
        "| a | b |\n|-|-|",
        "* x",
        "+ x",
        "1) x",
        "- [ ] x",
    ),
    *(
        "**b**",
        "__b__",
        "*i*",
        "_i_",
        "~~s~~",
        "`a",
        "``a`",
        "`a``b`",
        "`@ann`#1",
        "@x`a`@y",
        "a`|`b",
        "\\",
        "a\\",
        "\\`x`",
    ),
    *(
        "a|b",
        "\\|",
        "$x$",
        "$$x$$",
        "\x1b[31mred",
        "a\u202eb",
        "a\u200bb",
        "\U000e0041",
        "tab\there",
        "",
        " ",
        "!",
        "x!",
    ),
    *(
        "#",
        "#\u200b1",
        "@\u2060ann",
        "＠ann",
        "http:\u200b//x",
        "`` ` ``",
        "\u2028/close",
        ":tada:",
        "&#64;ann",
        "&commat;ann",
    ),
]
TEXTS = st.one_of(
    st.sampled_from(ATTACKS),
    st.lists(st.sampled_from(ATTACKS), max_size=4).map("".join),
    st.lists(st.sampled_from(ATTACKS), max_size=4).map(" ".join),
    st.text(alphabet="`@#1/a. \\|*_[]()<>!&$~-+=:\n\r\twhtps", max_size=60),
    st.text(max_size=60),
)
INLINE = {"text", "code_inline", "text_special"}


def _leaves(tokens: list[Token]) -> list[Token]:
    return [leaf for token in tokens if token.type == "inline" for leaf in token.children or ()]


def _is_dead(tokens: list[Token], allowed: set[str]) -> None:
    leaves = _leaves(tokens)
    assert {leaf.type for leaf in leaves} <= allowed
    rendered = "".join(leaf.content if leaf.type != "code_inline" else " " for leaf in leaves)
    assert not LIVE.search(rendered), rendered


def _is_visible(text: str) -> None:
    assert all(c in "\n\t" or unicodedata.category(c)[0] != "C" for c in text)
    assert "\u2028" not in text


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("function", [code, prose, quote, name], ids=lambda function: function.__name__)
def test_known_attacks(function: Callable[[str], str], attack: str) -> None:
    """Each known trick is text or code, on one line, that starts no command."""
    text = function(attack)
    tokens = MARKDOWN.parse(text)
    _is_dead(tokens, INLINE)
    _is_visible(text)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"] or not text
    assert not text.startswith("/")
    assert "\n" not in text


@given(TEXTS)
def test_prose_is_one_dead_paragraph(text: str) -> None:
    """Prose parses to one paragraph of text and code, and nothing in the text part is live."""
    written = prose(text)
    tokens = MARKDOWN.parse(written)
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    _is_dead(tokens, INLINE)
    _is_visible(written)


@given(st.text(alphabet="ab cd é,.;'*_[]<>&|#~$!-+=1)", max_size=60))
def test_prose_says_what_was_written(text: str) -> None:
    """Plain text comes out of the parser as it went in."""
    leaves = _leaves(MARKDOWN.parse(prose(text)))
    assert line(text) == "".join(leaf.content for leaf in leaves)


@given(TEXTS)
def test_code_is_one_code_span(text: str) -> None:
    """Inline code parses to one code span with the cleaned text."""
    leaves = _leaves(MARKDOWN.parse(code(text)))
    expected = [("code_inline", line(text, 200))] if line(text, 200) else [("text", "(empty)")]
    assert expected == [(leaf.type, leaf.content) for leaf in leaves]


@given(TEXTS)
@example("```\n````")
def test_fence_is_one_block(text: str) -> None:
    """A fence parses to one code block with the cleaned text."""
    tokens = MARKDOWN.parse(fence(text))
    assert [token.type for token in tokens] == ["fence"]
    assert clean(text) == tokens[0].content.removesuffix("\n") or clean(text) == tokens[0].content


@given(TEXTS, TEXTS, TEXTS)
def test_a_row_has_its_cells(first: str, second: str, third: str) -> None:
    """Whatever stands in the cells, a table of three columns stays one, dead."""
    lines = (row(("a", "b", "c")), "|-|-|-|", row((prose(first), code(second), quote(third))), "", "end")
    tokens = MARKDOWN.parse("\n".join(lines))
    assert sum(token.type == "td_open" for token in tokens) == 3
    assert [token.type for token in tokens if token.level == 0 and token.type != "inline"] == [
        "table_open",
        "table_close",
        "paragraph_open",
        "paragraph_close",
    ]
    _is_dead(tokens, INLINE)


@given(TEXTS, TEXTS, TEXTS)
def test_parts_beside_each_other_stay_dead(first: str, second: str, third: str) -> None:
    """Joined on one line, in bold and in a list, the parts do not become alive together."""
    tokens = MARKDOWN.parse(f"- **{prose(first) or 'x'}**: {prose(second)} {code(third)} · {quote(first)}")
    assert [token.type for token in tokens if token.level == 0] == ["bullet_list_open", "bullet_list_close"]
    _is_dead(tokens, INLINE | {"strong_open", "strong_close"})


@given(TEXTS)
def test_html_stays_inside_our_tag(text: str) -> None:
    """Inside a fold's summary there is only our own tag, and nothing live outside code."""
    inside = html(text)
    tokens = MARKDOWN.parse(f"<details><summary>{inside}</summary>\n\nx\n\n</details>")
    assert [t.type for t in tokens] == ["html_block", "paragraph_open", "inline", "paragraph_close", "html_block"]
    bare = re.sub(r"<code>[^<>]*</code>", "", inside)
    assert "<" not in bare
    assert not LIVE.search(bare)


@given(TEXTS, st.one_of(TEXTS, TEXTS.map("https://x.example/{}".format), st.none()))
def test_a_link_is_one_link_or_none(text: str, url: str | None) -> None:
    """A link leads to an http address or is only its text."""
    leaves = _leaves(MARKDOWN.parse(link(text, url)))
    targets = [str(leaf.attrs["href"]) for leaf in leaves if leaf.type == "link_open"]
    assert len(targets) <= 1
    assert all(target.startswith(("http://", "https://")) for target in targets)
    assert {leaf.type for leaf in leaves} <= INLINE | {"link_open", "link_close"}


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://x.example/a?b=c#d", "https://x.example/a?b=c#d"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("https://x.example/(a)|b[c]", "https://x.example/%28a%29%7Cb%5Bc%5D"),
        ("https://x.example/é", "https://x.example/%C3%A9"),
        ("https://github.com/o/r/pull/7", "https://redirect.github.com/o/r/pull/7"),
        ("https://github.com/o/r/issues/7#issuecomment-1", "https://redirect.github.com/o/r/issues/7#issuecomment-1"),
        ("https://github.com/o/r/blob/main/a.py", "https://github.com/o/r/blob/main/a.py"),
        ("https://ghe.example/o/r/pull/7", "https://ghe.example/o/r/pull/7"),
    ],
)
def test_links(url: str, target: str) -> None:
    """Addresses are encoded; issues and pull requests are reached without leaving a trace there."""
    assert f"[x]({target})" == link("x", url)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "javascript:alert(1)",
        "//x.example",
        "https://user:pw@x.example/",
        "https://x.example/ y",
        "https://x.example/" + "a" * 2000,
        "https://x.example/\u202e",
        "https://[x.example/",
        "https://x.example/?access_token=abc",
        "https://",
    ],
)
def test_no_link(url: str | None) -> None:
    """Other schemes, credentials, hidden characters, secrets and nonsense are not linked."""
    assert link("x", url) == "x"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no such file, now or ever", "no such file, now or ever"),
        ("created `/shared/domain_config.py`", "created `/shared/domain_config.py`"),
        ("thanks (@ann), see #12.", "thanks (`@ann`), see `#12`."),
        ("merged as 85375b936", "merged as `85375b936`"),
        ("1234567 files", "1234567 files"),
        ("in /shared/x.py", "in `/shared/x.py`"),
        ("error_rate > 2", "`error_rate` &gt; 2"),
        ("_x_ *y*", "\\_x\\_ \\*y\\*"),
        ("1. first", "1\\. first"),
        ("- x", "\\- x"),
        ("`a`@b", "`a` `@b`"),
        ("wow!", "wow\\!"),
    ],
)
def test_prose_reads_well(text: str, written: str) -> None:
    """Ordinary words stay as they are; what could act is code."""
    assert written == prose(text)


def test_quotes_leave_out_marks() -> None:
    """A quotation is the words, without list marks and emphasis."""
    said = "- **Commit**: `85375b936` - Fixed monitoring module packaging"
    assert quote(said) == '"Commit: `85375b936` - Fixed monitoring module packaging"'


def test_limits() -> None:
    """Long text is cut and says so; a secret at the cut is not half shown."""
    assert prose("a" * 5000) == "a" * 299 + "…"
    assert len(clean("a" * 99999)) == 4000
    assert "ghp_" not in clean("x " * 1995 + "ghp_" + "a1B2" * 9)


def test_people() -> None:
    """A mention calls somebody, a name does not; odd logins are never called."""
    assert [mention("ann"), mention("a b"), mention(None)] == ["@ann", "`a b`", "somebody"]
    assert [name("ann"), name(None)] == ["`@ann`", "somebody"]


def test_an_app_has_one_name() -> None:
    """In either form in which GitHub tells it; a mention would call whoever else has that name."""
    assert [name("fixer"), name("fixer[bot]"), mention("fixer[bot]")] == ["`@fixer`"] * 3


def test_cell_keeps_to_its_line() -> None:
    """A cell has neither breaks nor bars of its own."""
    assert cell("`a|b`\nc") == "`a\\|b` c"
