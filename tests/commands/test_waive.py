"""What can be waived, by whom, and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.policy import Role
from bot.assessment.statements import Statement
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.case import Case
from bot.commands.grammar import Waive
from bot.commands.measure import Asking, Prepared, prepare
from bot.commands.request import AskedIn, CommandRequest, Place
from bot.commands.waive import Decided, asked_here, given, nearest_of
from bot.github.models import Actor, PolicyFile, Unknown
from tests.probes.world import NOW, context, issue, pull

POLICY = """\
version: 1
criteria:
  - {id: there, title: It is there, file: a.py}
  - {id: faulty, fiel: b.py}
"""
CLAIM = "Fixed in `85375b936`; it now works great, all mission-critical flows are verified."


def prepared(**about: object) -> Prepared:
    """What would be asked of an issue that bob's pull request closes."""
    file = PolicyFile(path=".github/resolution.yml", oid="1", size_bytes=1, text=POLICY)
    closing = {"closing_pulls": (pull(author=Actor(login="bob")),)} | about
    snapshot = replace(context(about=issue(**closing)).snapshot, policy_file=file)
    asking = Asking(id="1", trigger=Trigger(kind=TriggerKind.COMMAND), role=Role.MAINTAIN, key=b"k", now=NOW)
    found = prepare(snapshot, asking, (Statement(text=CLAIM, author="ann", url="u", where="w", at=NOW),))
    assert isinstance(found, Prepared)
    return replace(found, written={"85375b936": None})


def case(login: str = "mia") -> Case:
    """Somebody asks; nothing here needs a turn, tools or a session."""
    comment = AskedIn(id=1, node_id="C", url="https://github.com/c", body="", login=login, is_bot=False, at=NOW)
    place = Place(installation=1, repository_id=7, owner="acme", name="shop", number=1278)
    request = CommandRequest(
        place=place, comment=comment, issue_node="I", issue_author=None, assignees=(), is_pull=False
    )
    nothing = object()
    return Case(turn=nothing, tools=nothing, session=nothing, request=request, role=Role.MAINTAIN)  # type: ignore[arg-type]


def decided(criterion: str = "there", login: str = "mia", **about: object) -> Decided:
    """What comes of asking for two days."""
    asked = Waive(criterion=criterion, reason=" for\x1b[31m now ", lasts=timedelta(days=2))
    return given(prepared(**about), asked, case(login), NOW)


def test_given() -> None:
    """It bears its terms, the policy it was given under and the comment; the reason is one clean line."""
    found = decided()
    assert found.waiver is not None
    assert (found.waiver.criterion, found.waiver.reason, found.waiver.by) == ("there", "for now", "mia")
    assert (found.waiver.at, found.waiver.until) == (NOW, NOW + timedelta(days=2))
    assert (found.waiver.policy, found.waiver.url) == (prepared().policy.digest, "https://github.com/c")
    assert found.waiver.asks == prepared().fingerprints[found.waiver.criterion]
    assert found.title == "It is there"


@pytest.mark.parametrize("criterion", [one.id for one in asked_here(prepared())])
def test_whatever_is_asked_can_be_waived(criterion: str) -> None:
    """The policy's criteria, those that cannot be asked as written, claims, and claims that nothing measures."""
    assert decided(criterion).waiver is not None


def test_nothing_else_can_be_waived() -> None:
    """What is asked is named, with what was probably meant."""
    found = decided("theer")
    assert (found.waiver, found.no_right) == (None, False)
    assert "Did you mean `there`?" in (found.instead or "")
    assert "`there`, `commit-85375b936`" in (found.instead or "")


def test_not_by_who_wrote_the_fix() -> None:
    """In any spelling of the login; that is a denial."""
    found = decided(login="Bob")
    assert (found.waiver, found.no_right) == (None, True)


def test_not_where_nobody_knows_who_wrote_the_fix() -> None:
    """Not knowing is an error and no denial."""
    found = decided(closing_pulls=Unknown(reason="a permission is missing"))
    assert (found.waiver, found.no_right) == (None, False)
    assert "a permission is missing" in (found.instead or "")


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("suit", "suite"), ("siute", "suite"), ("sweets", None), ("co", "ci"), ("x", None), ("", None)],
)
def test_the_nearest(word: str, nearest: str | None) -> None:
    """Two edits at most, and less than half of the word."""
    assert nearest_of(word, ("suite", "ci")) == nearest


def test_nothing_is_near_to_nothing() -> None:
    """Where nothing is asked, nothing was meant."""
    assert nearest_of("suite", ()) is None
