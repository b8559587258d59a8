"""Answers that are no assessment."""

import pytest

from bot.commands.catalog import CATALOG
from bot.commands.grammar import Assess, BadSyntax, Command, Confirm, Help, NotYet, TooMany, commands_in
from bot.commands.replies import help_among, reply_to
from bot.github.answers import Reaction

SLIP = BadSyntax(line="/assess-resolution --x", start=19, end=22, message="I don't know the flag `--x`")


@pytest.mark.parametrize(
    ("commands", "said", "reaction"),
    [
        pytest.param((Help(),), "### Commands", Reaction.THUMBS_UP, id="help"),
        pytest.param((Help(), Confirm()), "### Commands", Reaction.THUMBS_UP, id="help-and-a-confirmation"),
        pytest.param((NotYet(word="/reopen"),), "`/reopen` is not there yet", Reaction.CONFUSED, id="not-yet"),
        pytest.param((TooMany(count=4),), "4 commands in one comment", Reaction.CONFUSED, id="too-many"),
        pytest.param((SLIP,), "                   ^^^", Reaction.CONFUSED, id="a-fault-without-a-hint"),
        pytest.param((Help(), SLIP), "### Commands", Reaction.CONFUSED, id="help-and-a-fault"),
        pytest.param((Assess(), SLIP), "Nothing was run", Reaction.CONFUSED, id="an-assessment-beside-it"),
    ],
)
def test_replies(commands: tuple[Command, ...], said: str, reaction: Reaction) -> None:
    """Everything wrong is said in one answer; only help alone is answered with a thumb."""
    reply = reply_to(commands)
    assert said in reply.text
    assert reply.reaction is reaction
    assert ("Nothing was run" in reply.text) == (Assess() in commands)


def test_the_word_that_was_meant_stands_under_the_fault() -> None:
    """A hint becomes the caret's question, and a line to copy."""
    text = reply_to(commands_in("/assess-resolution --dryrun")).text
    assert "^^^^^^^^ did you mean --dry-run?" in text
    assert "/assess-resolution --dry-run" in text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("/resolution promote", "^ /resolution patterns names them\n"),
        ("/resolution promote packaged ../x", "^^^^ a name has up to 40 letters, digits, - and _\n"),
        ("/resolution patterns " + "x" * 301, "^ name the few that matter\n"),
        ("/resolution waive", "^ /resolution explain names the criteria\n"),
        ("/resolution audit --stat", "^^^^^^ there is --since="),
        ("/resolution frobnicate", "^^^^^^^^^^ there is explain, "),
        ("/assess-resolution --only=/", "^^^^^^^^ such as --only=ci,tasks\n"),
    ],
)
def test_a_hint_that_is_no_word_is_no_question(body: str, words: str) -> None:
    """It stands beside the fault as it is."""
    text = reply_to(commands_in(body)).text
    assert words in text
    assert "did you mean" not in text


def test_help_beside_an_assessment() -> None:
    """Help is said below the assessment where both were asked for."""
    assert help_among((Assess(), Help())).startswith("### Commands")
    assert help_among((Assess(), Help()), on_pull=True).startswith("### Commands on a pull request")
    assert help_among((Assess(),)) == ""


def test_help_on_a_pull_request() -> None:
    """It names what works there alone; the rest is for the issue."""
    text = reply_to((Help(),), on_pull=True).text
    there = [entry for entry in CATALOG if entry.on_pulls]
    assert text.count("\n| `") == len(there) > 0
    assert all(entry.help in text for entry in there)
    assert "/confirm-fixed" not in text
    assert "/confirm-fixed" in reply_to((Help(),)).text
