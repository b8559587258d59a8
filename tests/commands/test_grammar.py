"""The command grammar: what is a command, what is left alone, and what every fault says."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.catalog import CATALOG, CommandEntry, available, help_markdown, words
from bot.commands.distance import distance
from bot.commands.grammar import (
    RESOLUTION,
    Assess,
    BadSyntax,
    Command,
    Confirm,
    Explain,
    Help,
    NotYet,
    Status,
    TooMany,
    Unwaive,
    Waive,
    commands_in,
    merged,
)
from bot.commands.pattern_words import Patterns, Promote
from bot.commands.taking_back import Reopen, Unconfirm
from bot.commands.watch_words import Cancel, Unwatch, Watch

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
        pytest.param("Done!\r/assess-resolution", ASSESS, id="lone-carriage-return"),
        pytest.param("<details>\n\nlog\n\n</details>\n\n/assess-resolution", ASSESS, id="below-a-fold"),
        pytest.param("<!-- <details> -->\n\n/assess-resolution", ASSESS, id="below-a-comment-about-folds"),
        pytest.param("- <details>\n\n/assess-resolution", ASSESS, id="below-an-item-with-a-fold"),
        pytest.param("- " * 30 + "a\n\n/assess-resolution", ASSESS, id="below-deep-nesting"),
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
        pytest.param("/resolution watch 24h", (Watch(after=timedelta(hours=24)),), id="watch"),
        pytest.param("/resolution watch", (Watch(),), id="watch-as-the-policy-says"),
        pytest.param("/resolution unwatch", (Unwatch(),), id="unwatch"),
        pytest.param("/resolution cancel", (Cancel(),), id="cancel"),
        pytest.param("/reopen it broke", (Reopen(reason="it broke"),), id="reopen"),
        pytest.param("/reopen", (Reopen(),), id="reopen-without-a-reason"),
        pytest.param("/resolution unconfirm", (Unconfirm(),), id="unconfirm"),
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
        pytest.param("- a\u2028b\n/x\n  /assess-resolution", id="inside-an-item-behind-a-line-end-of-pythons"),
        pytest.param("<details>\n\n/assess-resolution\n\n</details>", id="folded"),
        pytest.param("<blockquote>\n\n/assess-resolution\n\n</blockquote>", id="quoted-in-html"),
        pytest.param("<details>\n\n<!-- </details> -->\n\n/assess-resolution", id="folded-to-the-end"),
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
        ("/assess-resolution --onyl=ci", "--onyl=ci", "did you mean --only?", "/assess-resolution --only=ci"),
        ("/assess-resolution --onyl", "--onyl", "did you mean --only?", None),
        ("/assess-resolution --dryrun=1", "--dryrun=1", "did you mean --dry-run?", "/assess-resolution --dry-run"),
        ("/asess-resolution --dryrun", "/asess-resolution", "did you mean /assess-resolution?",
         "/assess-resolution --dry-run"),
        ("/asess-resolution --force", "/asess-resolution", "did you mean /assess-resolution?", None),
    ],
)  # fmt: skip
def test_faults_point_at_the_spot(body: str, spot: str, hint: str | None, corrected: str | None) -> None:
    """A command of ours with bad arguments is always answered, with the spot and a line to copy."""
    (fault,) = commands_in(body)
    assert isinstance(fault, BadSyntax)
    assert (spot, hint, corrected) == (fault.line[fault.start : fault.end], fault.hint, fault.corrected)


def resolution(text: str) -> Command:
    """What `/resolution …` is read as by its word's reader, whether or not this version offers the word."""
    line = f"/resolution {text}"
    words = list(re.finditer(r"\S+", line))
    return RESOLUTION[words[1].group().lower()](line, words[2:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("explain", Explain()),
        ("Explain CI", Explain(subject="ci")),
        ("explain policy", Explain(subject="policy")),
        ("status", Status()),
        ("patterns", Patterns()),
        ("patterns Redis  'timeout' --x", Patterns(words="Redis 'timeout' --x")),
        ("promote domain+unit", Promote(pattern="domain+unit")),
        ("promote A+b Hot_fix", Promote(pattern="A+b", profile="hot_fix")),
        ("promote a+b as infra", Promote(pattern="a+b", profile="infra")),
        ("promote a as", Promote(pattern="a", profile="as")),
        ("unwaive CI", Unwaive(criterion="ci")),
        ("waive ci flaky runner", Waive(criterion="ci", reason="flaky runner", lasts=timedelta(days=14))),
        ("waive ci a  b --until=2w", Waive(criterion="ci", reason="a b", lasts=timedelta(weeks=2))),
        ("waive ci --until 12H a b", Waive(criterion="ci", reason="a b", lasts=timedelta(hours=12))),
        ("waive ci a —until=90d b", Waive(criterion="ci", reason="a b", lasts=timedelta(days=90))),
        ("waive ci a --until=1d --until=3d", Waive(criterion="ci", reason="a", lasts=timedelta(days=3))),
        (f"waive ci {'x' * 300}", Waive(criterion="ci", reason="x" * 300)),
        ("waive ci it --works since then", Waive(criterion="ci", reason="it --works since then")),
    ],
)
def test_resolution_is_read(text: str, expected: Command) -> None:
    """Each of its words with what follows it."""
    assert expected == resolution(text)


@pytest.mark.parametrize(
    ("text", "spot", "message", "hint"),
    [
        ("explain a b", "b", "I don't know what to do with `b`", None),
        ("explain a;b", "a;b", "`a;b` is no criterion's id", "an id has letters, digits, - _ ."),
        ("status now", "now", "I don't know what to do with `now`", None),
        (f"patterns {'x' * 301}", "", "the words are longer than 300 characters", "name the few that matter"),
        ("promote", "", "`promote` needs a pattern's name", "/resolution patterns names them"),
        ("promote a b c", "c", "I don't know what to do with `c`", None),
        ("promote a as b c", "c", "I don't know what to do with `c`", None),
        (
            "promote a b.c",
            "b.c",
            "`b.c` cannot be a profile's name here",
            "a name has up to 40 letters, digits, - and _",
        ),
        (
            "promote a help",
            "help",
            "`help` cannot be a profile's name here",
            "a name has up to 40 letters, digits, - and _",
        ),
        ("unwaive", "", "`unwaive` needs a criterion's id", "/resolution status names the waivers"),
        ("unwaive a b", "b", "I don't know what to do with `b`", None),
        ("unwaive a;b", "a;b", "`a;b` is no criterion's id", "an id has letters, digits, - _ ."),
        ("waive", "", "`waive` needs a criterion's id and a reason", "/resolution explain names the criteria"),
        ("waive a;b x", "a;b", "`a;b` is no criterion's id", "an id has letters, digits, - _ ."),
        ("waive ci", "", "`waive` needs a reason", "say in a few words why it need not hold"),
        ("waive ci --until=2d", "", "`waive` needs a reason", "say in a few words why it need not hold"),
        (f"waive ci {'x' * 301}", "", "the reason is longer than 300 characters", "say it in fewer words"),
    ],
)
def test_faults_of_resolution(text: str, spot: str, message: str, hint: str | None) -> None:
    """What is missing or too much is said, with the spot; what is missing lies behind the line's end."""
    fault = resolution(text)
    assert isinstance(fault, BadSyntax)
    assert (spot, message, hint) == (fault.line[fault.start : fault.end], fault.message, fault.hint)
    assert spot or fault.start == len(fault.line)


BOUNDS = "at least 1h and at most 90d"


@pytest.mark.parametrize(
    ("text", "spot", "message", "corrected"),
    [
        ("watch 9999d", "9999d", f"`9999d` is too long: {BOUNDS}", "watch 90d"),
        ("watch 5 minutes", "5 minutes", f"`5 minutes` is too short: {BOUNDS}", "watch 1h"),
        ("watch 0h", "0h", f"`0h` is too short: {BOUNDS}", "watch 1h"),
        ("watch -1h", "-1h", "`-1h` is written `1h` here", "watch 1h"),
        ("watch 1 day 12 hours", "1 day 12 hours", "`1 day 12 hours` is written `36h` here", "watch 36h"),
        ("watch soon", "soon", f"`soon` is no time such as 24h or 7d; it can be {BOUNDS}", "watch 24h"),
        ("watch 24h pretty please", "pretty please", "I don't know what to do with `pretty please`", "watch 24h"),
        ("waive x reason --until=0d", "0d", f"`0d` is too short: {BOUNDS}", "waive x reason --until=1h"),
        ("waive x reason --until=9999d", "9999d", f"`9999d` is too long: {BOUNDS}", "waive x reason --until=90d"),
        ("waive x --until 2 weeks why", "2 weeks", "`2 weeks` is written `14d` here", "waive x --until 14d why"),
        ("waive x y --until", "--until", f"`--until` needs a time: {BOUNDS}", "waive x y --until=14d"),
        ("waive x y --until=", "--until=", f"`--until` needs a time: {BOUNDS}", "waive x y --until=14d"),
        (
            "waive x --until soon y",
            "soon",
            f"`soon` is no time such as 24h or 7d; it can be {BOUNDS}",
            "waive x --until 14d y",
        ),
    ],
)
def test_times_that_cannot_be_taken(text: str, spot: str, message: str, corrected: str) -> None:
    """The spot, the bounds, and a line to copy that can be taken."""
    fault = resolution(text)
    assert isinstance(fault, BadSyntax)
    assert (spot, message) == (fault.line[fault.start : fault.end], fault.message)
    assert fault.corrected == f"/resolution {corrected}"
    assert not isinstance(resolution(corrected), BadSyntax)


@pytest.mark.parametrize("entry", [entry for entry in CATALOG if entry.word is not None], ids=lambda entry: entry.word)
def test_every_word_of_resolution_is_read(entry: CommandEntry) -> None:
    """And a slip of the pen is told what was meant."""
    word = str(entry.word)
    assert word in RESOLUTION
    (read,) = commands_in(f"/resolution {word} x y")
    assert not isinstance(read, NotYet)
    (slip,) = commands_in(f"/resolution {word[:-1]}x")
    assert isinstance(slip, BadSyntax)
    assert slip.hint == f"did you mean {word}?"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/resolution confirm", "/confirm-fixed"),
        ("/resolution reopen it fails", "/reopen it fails"),
        ("/resolution assess --dry-run", "/assess-resolution --dry-run"),
    ],
)
def test_what_is_a_command_of_its_own(asked: str, meant: str) -> None:
    """And is no slip of another one, least of all of its inverse."""
    (wrong,) = commands_in(asked)
    assert isinstance(wrong, BadSyntax)
    assert (wrong.hint, wrong.corrected) == (f"did you mean {meant.split(maxsplit=1)[0]}?", meant)


def test_unknown_words_of_resolution() -> None:
    """What there is is named."""
    (far,) = commands_in("/resolution abracadabra")
    assert isinstance(far, BadSyntax)
    assert (far.message, far.corrected) == ("I don't know `/resolution abracadabra`", None)
    assert far.hint == f"there is {', '.join((*words(), 'help'))}"
    (near,) = commands_in("/resolution hlep")
    assert isinstance(near, BadSyntax)
    assert (near.hint, near.corrected) == ("did you mean help?", "/resolution help")


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
    assert all(entry.usage.replace("|", "\\|") in text for entry in CATALOG)
    assert available() == {"assess-resolution", "resolution", "confirm-fixed", "reopen"}
