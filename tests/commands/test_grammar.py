"""The command grammar: what is a command, what is left alone, and what every fault says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.catalog import CATALOG, available, help_markdown
from bot.commands.grammar import Assess, Confirm, Fault, Help, NotYet, TooMany, commands_in, distance, merged

ASSESS = (Assess(),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("/assess-resolution", ASSESS, id="alone"),
        pytest.param("Done!\n\n/assess-resolution", ASSESS, id="below-text"),
        pytest.param("Done!\n/assess-resolution\nthanks", ASSESS, id="between-lines"),
        pytest.param("- [x] done\n- [x] tested\n/assess-resolution", ASSESS, id="right-below-a-list"),
        pytest.param("1. a\n   - b\n/assess-resolution --dry-run", (Assess(dry_run=True),), id="below-a-nested-list"),
        pytest.param("/Assess-Resolution", ASSESS, id="capitals"),
        pytest.param("   /assess-resolution  ", ASSESS, id="three-blanks"),
        pytest.param("/assess-resolution\r\n", ASSESS, id="carriage-return"),
        pytest.param("/assess-resolution help", (Help(),), id="help"),
        pytest.param("/assess-resolution --dry-run", (Assess(dry_run=True),), id="dry-run"),
        pytest.param("/assess-resolution —dry-run", (Assess(dry_run=True),), id="phone-dash"),
        pytest.param("/assess-resolution --no-close", (Assess(no_close=True),), id="no-close"),
        pytest.param("/assess-resolution --only=ci,tasks", (Assess(only=("ci", "tasks")),), id="only"),
        pytest.param("/assess-resolution --only ci", (Assess(only=("ci",)),), id="only-next-word"),
        pytest.param("/assess-resolution hotfix", (Assess(profile="hotfix"),), id="profile"),
        pytest.param("/confirm-fixed", (Confirm(),), id="confirm"),
        pytest.param("Works!\n/Confirm-Fixed in 1.2, thanks", (Confirm(),), id="confirm-with-a-note"),
        pytest.param("/confirm-fixed\n/assess-resolution", (Confirm(), Assess()), id="confirm-and-assess"),
        pytest.param("/resolution", (Help(),), id="resolution-alone"),
        pytest.param("/resolution HELP", (Help(),), id="resolution-help"),
        pytest.param("/resolution watch 24h", (NotYet(word="/resolution watch"),), id="not-there-yet"),
        pytest.param("/reopen it broke", (NotYet(word="/reopen"),), id="reopen-not-there-yet"),
        pytest.param("/assess-resolution --sha=abc", (NotYet(word="/assess-resolution --sha"),), id="flag-not-yet"),
    ],
)
def test_commands_are_found(body: str, expected: tuple[object, ...]) -> None:
    """A command on a line of its own is read."""
    assert expected == commands_in(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("please /assess-resolution", id="inside-a-line"),
        pytest.param("> /assess-resolution", id="quoted"),
        pytest.param("> text\n/assess-resolution", id="lazy-continuation-of-a-quote"),
        pytest.param("```\n/assess-resolution\n```", id="fenced"),
        pytest.param("~~~yaml\n/assess-resolution", id="unclosed-fence"),
        pytest.param("    /assess-resolution", id="indented-code"),
        pytest.param("`/assess-resolution`", id="code-span"),
        pytest.param("a `b\n/assess-resolution\nc`", id="code-span-over-lines"),
        pytest.param("<!--\n/assess-resolution\n-->", id="html-comment"),
        pytest.param("x <!-- a\n/assess-resolution\n-->", id="inline-html-comment"),
        pytest.param("<details>\n/assess-resolution\n</details>", id="html-block"),
        pytest.param("- /assess-resolution", id="list-item"),
        pytest.param("- text\n  /assess-resolution", id="inside-a-list-item"),
        pytest.param("- > text\n/assess-resolution", id="below-a-quote-in-a-list"),
        pytest.param("# /assess-resolution", id="heading"),
        pytest.param("| a |\n|-|\n| /assess-resolution |", id="table"),
        pytest.param("/retest", id="another-bots"),
        pytest.param("/open", id="another-bots-near-a-short-name"),
        pytest.param("/assess-resolution\n" * 4_000, id="over-githubs-limit"),
    ],
)
def test_everything_else_is_left_alone(body: str) -> None:
    """No command where people quote, show or mention one, and none of other bots."""
    assert commands_in(body) == ()


@pytest.mark.parametrize(
    ("body", "spot", "hint", "corrected"),
    [
        ("/assess-resolution --dryrun", "--dryrun", "did you mean --dry-run?", "/assess-resolution --dry-run"),
        ("/assess-resolution -dry-run", "-dry-run", "did you mean --dry-run?", "/assess-resolution --dry-run"),
        ("/assess-resolution --force", "--force", None, None),
        ("/assess-resolution --foo", "--foo", None, None),
        ("/assess-resolution --en", "--en", None, None),
        ("/assess-resolution --dry-run=yes", "--dry-run=yes", "write --dry-run", "/assess-resolution --dry-run"),
        ("/assess-resolution --only", "--only", "such as --only=ci,tasks", None),
        ("/assess-resolution --only=", "--only=", "such as --only=ci,tasks", None),
        ("/assess-resolution --only=a;b", "--only=a;b", "such as --only=ci,tasks", None),
        ("/assess-resolution one two", "two", None, None),
        ("/assess-resolution b@d", "b@d", "a name has letters, digits, - _ .", None),
        ("/asess-resolution --dry-run", "/asess-resolution", "did you mean /assess-resolution?",
         "/assess-resolution --dry-run"),
        ("/assess-resoluton", "/assess-resoluton", "did you mean /assess-resolution?", "/assess-resolution"),
        ("/reopn", "/reopn", "did you mean /reopen?", "/reopen"),
    ],
)  # fmt: skip
def test_faults_point_at_the_spot(body: str, spot: str, hint: str | None, corrected: str | None) -> None:
    """A command of ours with bad arguments is always answered, with the spot and a line to copy."""
    (fault,) = commands_in(body)
    assert isinstance(fault, Fault)
    assert (spot, hint, corrected) == (fault.line[fault.start : fault.end], fault.hint, fault.corrected)


def test_three_commands_a_comment() -> None:
    """The fourth command makes all of them refused."""
    assert commands_in("/assess-resolution\n\n" * 4) == (TooMany(count=4),)


def test_several_assessments_become_one_cautious_one() -> None:
    """A dry run if any is one; everything is asked if any asks everything."""
    assert merged((Assess(dry_run=True), Assess(only=("ci",)))) == Assess(dry_run=True)
    assert merged((Assess(only=("a", "b")), Assess(only=("b", "c"), profile="p"))) == Assess(
        only=("a", "b", "c"), profile="p"
    )
    assert merged((Help(),)) is None
    assert merged((Confirm(),)) is None
    assert merged((Confirm(), Assess())) == Assess()
    assert merged((Assess(), NotYet(word="/reopen"))) is None


@given(st.text(max_size=300))
def test_no_comment_crashes_the_grammar(text: str) -> None:
    """Whatever people write, the grammar answers with values."""
    commands_in(text)
    commands_in(f"/assess-resolution {text}")


@given(st.text(max_size=200).filter(lambda text: "~~~~" not in text))
def test_nothing_in_a_fence_is_a_command(text: str) -> None:
    """Whatever stands in a code fence never runs."""
    assert commands_in(f"~~~~~\n{text}\n/assess-resolution\n~~~~~") == ()


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_symmetric_and_zero_only_for_the_same(left: str, right: str) -> None:
    """The edit distance behaves as one."""
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)


def test_help_names_every_available_command_and_no_other() -> None:
    """Help cannot drift from the catalogue."""
    text = help_markdown("https://example.test/docs")
    assert all((entry.usage.replace("|", "\\|") in text) == entry.available for entry in CATALOG)
    assert available() == {"assess-resolution", "resolution", "confirm-fixed"}
