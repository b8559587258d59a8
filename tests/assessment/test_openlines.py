"""What somebody says in the open. Where commands stand is tested with the grammar, which reads the same lines."""

import pytest

from bot.assessment.openlines import CONFIRM_FIXED, MAX_BODY, open_lines, says


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


def test_lines_are_in_order() -> None:
    """What is quoted, listed or code is left out."""
    assert list(open_lines("one\n\n> two\n\n- three\n\n    four\n\nfive\nsix")) == ["one", "five", "six"]
