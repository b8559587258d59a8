"""What is taken of a comment, by who wrote it and where."""

from datetime import UTC, datetime

import pytest

from bot.commands.grammar import Assess, Command, Explain, Help, Status
from bot.commands.intake import Helping, Nothing, Previewing, Refusing, Running, Taken, only_asks, taken
from bot.commands.request import AskedIn, CommandRequest, Place

ASSESS, STATUS = "/assess-resolution", "/resolution status"
BLOCK = f"{ASSESS}\n```yaml\n- tasks:\n```"


def take(body: str, *, bot: bool = False, pull: bool = False) -> Taken:
    comment = AskedIn(
        id=1, node_id="C", url="u", body=body, login="ann", is_bot=bot, at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    place = Place(installation=1, repository_id=7, owner="acme", name="shop", number=3)
    return taken(
        CommandRequest(place=place, comment=comment, issue_node="I", issue_author="carol", assignees=(), is_pull=pull)
    )


def running(asked: Assess | None, *commands: Command) -> Running:
    return Running(commands=commands, asked=asked)


@pytest.mark.parametrize(
    ("body", "person", "bot"),
    [
        pytest.param(ASSESS, running(Assess(), Assess()), running(Assess(), Assess()), id="assessment"),
        pytest.param(f"{ASSESS}\n\n{STATUS}", running(Assess(), Assess(), Status()), running(Assess(), Assess()),
                     id="beside-another"),
        pytest.param("/resolution explain", running(None, Explain(subject=None)), Nothing(), id="no-assessment"),
        pytest.param("/resolution help", Helping(), Nothing(), id="help"),
        pytest.param(f"/resolution help\n\n{ASSESS}", running(Assess(), Help(), Assess()),
                     running(Assess(), Assess()), id="help-beside"),
    ],
)  # fmt: skip
def test_on_an_issue(body: str, person: Taken, bot: Taken) -> None:
    """People may ask for everything; of a bot only an assessment is taken."""
    assert (take(body), take(body, bot=True)) == (person, bot)


@pytest.mark.parametrize("pull", [False, True], ids=["issue", "pull"])
@pytest.mark.parametrize("beside", ["", f"\n\n{ASSESS}"], ids=["alone", "beside-an-assessment"])
def test_what_cannot_be_read(beside: str, *, pull: bool) -> None:
    """It is said to people wherever they are, and nothing is run; bots are told nothing."""
    told = take(f"{ASSESS} --dryrun{beside}", pull=pull)
    assert isinstance(told, Refusing)
    assert "did you mean --dry-run?" in told.reply.text
    assert take(f"{ASSESS} --dryrun{beside}", bot=True, pull=pull) == Nothing()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(ASSESS, Previewing(asked=Assess(dry_run=True)), id="always-a-dry-run"),
        pytest.param(f"{ASSESS} docs --no-close", Previewing(asked=Assess(profile="docs", no_close=True, dry_run=True)),
                     id="with-its-flags"),
        pytest.param(f"{STATUS}\n\n{ASSESS}", Previewing(asked=Assess(dry_run=True)), id="the-rest-is-left"),
        pytest.param("/assess-resolution help", Helping(), id="help"),
    ],
)  # fmt: skip
def test_on_a_pull_request(body: str, expected: Taken) -> None:
    """The assessment alone, as a dry run, and the help; of a bot nothing."""
    assert take(body, pull=True) == expected
    assert take(body, bot=True, pull=True) == Nothing()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(STATUS, "once it is merged, and `/assess-resolution help`. Everything else", id="another-command"),
        pytest.param(BLOCK, "On a pull request I take no criteria below a command", id="criteria"),
    ],
)
def test_what_has_its_place_on_issues(body: str, words: str) -> None:
    """It is said where its place is."""
    told = take(body, pull=True)
    assert isinstance(told, Refusing)
    assert words in told.reply.text


CRITERIA = f"{ASSESS}\n\n```yaml\n- file: a.py\n```\n"


@pytest.mark.parametrize(
    ("body", "only"),
    [
        pytest.param(STATUS, True, id="a-command"),
        pytest.param(f"{STATUS}\n\n/resolution explain", True, id="two"),
        pytest.param(CRITERIA, True, id="with-its-criteria"),
        pytest.param("/confirm-fixed works in 1.2", True, id="a-note-in-its-line"),
        pytest.param("Works in 1.2, thanks!\n\n/confirm-fixed", True, id="a-confirmation-and-thanks"),
        pytest.param("/confirm-fixed\n\nBut the export is still broken.", False, id="a-confirmation-and-a-but"),
        pytest.param("/confirm-fixed\n\n/resolution unconfirm", False, id="a-confirmation-and-its-inverse"),
        pytest.param("This is NOT fixed.\n\n/resolution status", False, id="words-above"),
        pytest.param("/resolution status\nThis is NOT fixed.", False, id="words-below"),
        pytest.param(f"{CRITERIA}\nStill broken.", False, id="words-below-criteria"),
        pytest.param(f"{ASSESS}\n```log\nit fails\n```", False, id="a-log"),
        pytest.param("/reopn", False, id="a-slip-of-the-pen"),
        pytest.param(f"{ASSESS} --dryrun", False, id="cannot-be-read"),
        pytest.param("\n\n".join([STATUS] * 4), False, id="too-many"),
        pytest.param("/confirm-fixed\n\n/reopn", False, id="a-slip-beside-a-confirmation"),
        pytest.param("/reopen", False, id="reopens"),
        pytest.param("/resolution unconfirm", False, id="takes-back"),
        pytest.param("/resolution cancel", False, id="stops"),
        pytest.param("/lgtm", False, id="somebody-elses"),
        pytest.param("Still broken.", False, id="words"),
    ],
)
def test_what_only_asks(body: str, *, only: bool) -> None:
    """Nothing but commands that are understood, or a confirmation without a reservation; any other word is one."""
    assert only_asks(body) == only
