"""The grammar, fuzzed: comments by construction in all nestings, lines with slips, and the worst in size and depth."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.assessment.openlines import MAX_BODY, MAX_PIECES, is_readable
from bot.commands.grammar import MAX_COMMANDS, BadSyntax, Command, Confirm, TooMany, commands_in, merged
from tests.commands.documents import Document, documents

STEADY = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(STEADY, max_examples=3_000)
@given(documents())
def test_exactly_the_commands_in_the_open(document: Document) -> None:
    """Every command in the open is found, with the blocks below it, and none in whatever it stands in else."""
    assert document.commands == commands_in(document.body)


SNIPPETS = st.sampled_from(
    [
        *(
            "/assess-resolution",
            "/resolution",
            "/confirm-fixed",
            "--only=",
            "--dry-run",
            "waive x y --until 3w",
            " ",
            "=",
        ),
        *("\n", "\r", "\n\n", "\r\n", "\t", "    ", "\u2028", "\x00", "\x0b", "\ufeff", "\ud800", "İ", "🎉"),
        *("```", "~~~", "yaml", "> ", "- ", "1. ", "# ", "===", "`", "|", "|-|\n", "[a]: /b"),
        *("<!--", "-->", "<details>", "</details>", "<pre>"),
    ]
)


@settings(STEADY, max_examples=2_000)
@given(st.lists(st.one_of(SNIPPETS, st.text(max_size=5)), max_size=40).map("".join))
def test_no_comment_crashes_the_grammar(body: str) -> None:
    """Whatever people write, values come out: at most three commands, and one assessment at most."""
    commands = commands_in(body)
    assert len(commands) <= MAX_COMMANDS
    assert all(one.count > MAX_COMMANDS for one in commands if isinstance(one, TooMany))
    merged(commands)


WORDS = st.one_of(
    st.sampled_from(
        [
            *("--dryrun", "--dry-run", "--dry-run=1", "--onyl=ci", "--onyl", "--only", "--only=a;b", "—no-close"),
            *("--noclose", "--no-close=x", "--force", "--sha=1", "hotfix", "help", "staus", "explian"),
            *("`x`", "<b>", "b@d", "x" * 400),
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12),
)
NAMES = st.sampled_from(
    [
        "/assess-resolution",
        "/asess-resolution",
        "/assess-resoluton",
        "/resoluton",
        "/resolution",
        "/confrim-fixed",
        "/reopn",
    ]
)


@settings(STEADY, max_examples=2_000)
@given(NAMES, st.lists(WORDS, max_size=5))
def test_what_is_offered_can_be_copied(name: str, words: list[str]) -> None:
    """A corrected line is a command without a fault, and a fault's spot lies in its line."""
    for fault in commands_in(" ".join((name, *words))):
        if not isinstance(fault, BadSyntax):
            continue
        assert 0 <= fault.start <= fault.end <= len(fault.line)
        if fault.corrected is not None:
            (again,) = commands_in(fault.corrected)
            assert not isinstance(again, BadSyntax), fault


COMMAND = "/assess-resolution\n\n"
UNITS = (
    *("-\n+\n", "- a\n+ a\n", "- `\n", "- - - a\n", "> - > a\n", "> ", "- ", "1. ", "a\n\n", "#\n", "a|\n-|\na|\n\n"),
    *("/a\n", "/assess-resolutixx\n", "/assess-resolution --dryrun --onyl=x\n", "/assess-resolution\n```yaml\n```\n"),
    *("[", "[a](", "[a]: <b\n", '[a]: b "\n', "`", "`a``b```c ", "<", "<!--", "<a ", "<![CDATA[", "<details>\n\n"),
    *("*_", "#", "\\`", "&a;", "\t", "\0", "\r", "\u2028/assess-resolution", "🎉", "|", "--dryrun "),
)


def read_in_time(body: str) -> tuple[Command, ...]:
    """The commands, read within half a second of the processor: at one of five tries, since others use it as well."""
    for _ in range(5):
        began = time.process_time()
        found = commands_in(body)
        if time.process_time() - began < 0.5:
            return found
    pytest.fail("too slow, five times")


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
@pytest.mark.parametrize("head", [COMMAND, "/assess-resolution "], ids=["below", "behind"])
def test_the_longest_comments_take_no_time(head: str, unit: str) -> None:
    """As much as is read at all, of what the parser likes least."""
    times = (MAX_BODY - len(head)) // len(unit)
    while not is_readable(head + unit * times):
        times -= times // 50
    assert bool(read_in_time(head + unit * times)) or head != COMMAND


@pytest.mark.parametrize("opening", ["> ", "- ", "* > ", "1. - ", "> > - "])
@pytest.mark.parametrize("depth", [1, 9, 30])
def test_deep_nesting(opening: str, depth: int) -> None:
    """However deep it is nested, it is no command; and the one below is."""
    body = f"{opening * depth}/assess-resolution --dry-run"
    assert read_in_time(body) == ()
    assert read_in_time(f"{body}\n\n/confirm-fixed") == (Confirm(),)


@pytest.mark.parametrize("opening", ["> ", "- ", "* > ", "1. - ", ">"])
def test_deepest_nesting(opening: str) -> None:
    """Nor where it is nested deeper than the parser goes."""
    times = (MAX_PIECES - 10) // max(1, opening.count(" "))
    assert read_in_time(f"{opening * times}/assess-resolution\n\nwords") == ()


def test_more_lines_than_people_write() -> None:
    """They are not read, whatever stands among them."""
    assert commands_in("/assess-resolution" + "\n" * (MAX_PIECES - 1))
    assert not commands_in("/assess-resolution" + "\n" * MAX_PIECES)
