"""What somebody says in the open. Where commands stand is tested with the grammar, which reads the same lines."""

import pytest

from bot.assessment.openlines import (
    CONFIRM_FIXED,
    MAX_BODY,
    Block,
    OpenLine,
    open_blocks,
    open_lines,
    open_lines_and_blocks,
    says,
    says_more,
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("/confirm-fixed", True, id="alone"),
        pytest.param("Thanks!\n  /Confirm-Fixed now\nbye", True, id="among-lines"),
        pytest.param("- tried it\n/confirm-fixed", True, id="below-a-list"),
        pytest.param("I will /confirm-fixed later", False, id="inside-a-line"),
        pytest.param("/confirm-fixed-not", False, id="another-word"),
        pytest.param("`ran` it\n/confirm-fixed", True, id="beside-code"),
        pytest.param("- ran `a\nb`\n/confirm-fixed", False, id="below-an-item-that-cannot-be-told"),
        pytest.param("> /confirm-fixed", False, id="quoted"),
        pytest.param("```\n/confirm-fixed\n```", False, id="code"),
        pytest.param("<!--\n/confirm-fixed\n-->", False, id="hidden"),
        pytest.param("/confirm-fixed\n" + "x" * MAX_BODY, False, id="over-githubs-limit"),
    ],
)
def test_a_command_is_said(body: str, *, said: bool) -> None:
    """On a line of its own, by whoever wrote the comment."""
    assert said == says(body, CONFIRM_FIXED)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        pytest.param("/x", False, id="a-line"),
        pytest.param("\n /x\r\n\n/x again\n\n", False, id="lines"),
        pytest.param("- y\n/x", True, id="a-list-above"),
        pytest.param("/x\nNot fixed!", True, id="below-it"),
        pytest.param("Not fixed!\n\n/x", True, id="above-it"),
        pytest.param("> fixed\n\n/x", True, id="a-quote"),
        pytest.param("/x\n<!-- no -->", True, id="hidden"),
        pytest.param("/x `a\nb`", True, id="code-over-lines"),
        pytest.param("/x\n\n```yaml\na: 1\n\nb: 2\n```\n", False, id="its-block"),
        pytest.param("/x\n```yaml\n```", False, id="its-empty-block"),
        pytest.param("/x\n```yaml\na: 1", False, id="its-unclosed-block"),
        pytest.param("/x\n```yaml\na: 1\n```\nNo.", True, id="below-its-block"),
        pytest.param("/x\n```log\nit fails\n```", True, id="another-block"),
        pytest.param("No.", True, id="no-such-line"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_is_left_without_a_line(body: str, *, more: bool) -> None:
    """Everything but the lines that are taken away and the blocks that go with them."""

    def takes(line: OpenLine) -> tuple[Block, ...] | None:
        return tuple(one for one in line.below if one.language == "yaml") if line.text.startswith("/x") else None

    assert says_more(body, takes) == more


def test_lines_are_in_order() -> None:
    """What is quoted, listed or code is left out."""
    assert list(open_lines("one\n\n> two\n\n- three\n\n    four\n\nfive\nsix")) == ["one", "five", "six"]


def test_only_the_parsers_line_ends_count() -> None:
    """What is written inside a list item stays there, whatever else Python takes for a line's end."""
    assert list(open_lines("- a\u2028b\n/open\n  /inside")) == ["/open"]


YAML = Block(language="yaml", text="a: 1\n", line=3)
BELOW = [
    pytest.param("/x\n```yaml\na: 1\n```", (YAML,), id="directly"),
    pytest.param("\n/x\n \t\n```yaml\na: 1\n```", (Block(language="yaml", text="a: 1\n", line=5),), id="blank-lines"),
    pytest.param("/x\r\n~~~ YAML title\r\na: 1\r\n~~~", (YAML,), id="tildes-and-carriage-returns"),
    pytest.param("/x\n`````yaml\n```\n`````", (Block(language="yaml", text="```\n", line=3),), id="longer-fence"),
    pytest.param("/x\n```yaml\na: 1", (Block(language="yaml", text="a: 1", line=3),), id="unclosed"),
    pytest.param("/x\n```yaml\n\ta: 1\n```", (Block(language="yaml", text="\ta: 1\n", line=3),), id="tabs-are-kept"),
    pytest.param("/x\n  ```yaml\n  a: 1\n  ```", (YAML,), id="indented-fence"),
    pytest.param("/x\n```\n```", (Block(language="", text="", line=3),), id="no-language"),
    pytest.param("- y\n/x\n```yaml\n```", (Block(language="yaml", text="", line=4),), id="below-a-list"),
    pytest.param("/x\n```yaml\na: 1\n```\n\n```md\nb\n```", (YAML, Block(language="md", text="b\n", line=7)), id="two"),
    pytest.param("/x\ntext\n```yaml\na: 1\n```", (), id="below-another-line"),
    pytest.param("- y\n/x\ntext\n```yaml\na: 1\n```", (), id="below-another-line-under-a-list"),
    pytest.param("/x\n\ntext\n```yaml\na: 1\n```", (), id="below-another-paragraph"),
    pytest.param("/x\n[a]: /b\n\n[c]: /d\n```yaml\n```", (), id="below-a-definition"),
    pytest.param("/x\n> ```yaml\n> a: 1\n> ```", (), id="quoted"),
    pytest.param("/x\n- ```yaml\n  a: 1\n  ```", (), id="in-a-list"),
    pytest.param("/x\n````md\n```yaml\na: 1\n```\n````", (Block(language="md", text="```yaml\na: 1\n```\n", line=3),),
                 id="in-another-fence"),
    pytest.param("/x\n\n\t```yaml\n\ta: 1\n\t```", (), id="indented-code"),
    pytest.param("/x", (), id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "below"), BELOW)
def test_blocks_below_a_line(body: str, below: tuple[Block, ...]) -> None:
    """What stands directly below a command belongs to it, and what Markdown does not call an open block never does."""
    (found,) = [line.below for line in open_lines_and_blocks(body) if line.text == "/x"]
    assert below == found


def test_blocks_of_a_language() -> None:
    """By the first word behind the fence; a text over GitHub's limit has none."""
    body = "text\n``` Resolution of this\na\n```\n> ```resolution\n> b\n> ```\n~~~resolutions\n~~~"
    assert open_blocks(body, "resolution") == (Block(language="resolution", text="a\n", line=3),)
    assert open_blocks(f"{body}\n{'x' * MAX_BODY}", "resolution") == ()


def test_what_html_folds_away_is_not_in_the_open() -> None:
    """Over empty lines, until it is closed; a comment about it folds nothing, and an item's fold ends with the item."""
    assert list(open_lines("<details>\n\nin\n\n</details>\n\nout")) == ["out"]
    assert list(open_lines("<!-- <details> -->\n\nout\n\n- <details>\n\nout again")) == ["out", "out again"]
