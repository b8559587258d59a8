"""Who may have an issue measured, where the policy asks a stronger role."""

from datetime import UTC, datetime

import msgspec
import pytest

from bot.assessment.policy import Permissions, Role
from bot.assessment.trigger import Flags
from bot.commands.denials import denial, look_denial
from bot.commands.grammar import Assess, Command, Confirm, Explain, Status, Unwaive, Waive
from bot.commands.pattern_words import Patterns, Promote
from bot.commands.request import AskedIn, CommandRequest, Place

STRICT = Permissions(look=Role.MAINTAIN)
LOOK, CLOSE = Flags(dry_run=True), Flags(profile="docs")


def request(login: str) -> CommandRequest:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return CommandRequest(
        place=Place(installation=9, repository_id=7, owner="acme", name="shop", number=3),
        comment=AskedIn(id=1, node_id="C_1", url="u", body="", login=login, is_bot=False, at=at),
        issue_node="I_3",
        issue_author="carol",
        assignees=("dora",),
        is_pull=False,
    )


@pytest.mark.parametrize(
    ("login", "role", "flags", "permissions", "words"),
    [
        pytest.param(
            "ann", Role.TRIAGE, LOOK, STRICT, "--dry-run` needs **maintain** here; you hold **triage**", id="no"
        ),
        pytest.param("ann", Role.TRIAGE, LOOK, Permissions(), None, id="as-usual"),
        pytest.param("mia", Role.MAINTAIN, LOOK, STRICT, None, id="strong-enough"),
        pytest.param("carol", Role.NONE, LOOK, STRICT, None, id="author"),
        pytest.param("dora", Role.READ, LOOK, STRICT, None, id="assignee"),
        pytest.param("ann", Role.TRIAGE, CLOSE, STRICT, None, id="may-close"),
        pytest.param(
            "ann",
            Role.TRIAGE,
            CLOSE,
            Permissions(look=Role.MAINTAIN, close=Role.MAINTAIN),
            "`/assess-resolution docs` needs **maintain**",
            id="may-neither",
        ),
    ],
)
def test_who_may_look(login: str, role: Role, flags: Flags, permissions: Permissions, words: str | None) -> None:
    """The role of `look`, a tie to the issue, or the role that closes."""
    said = look_denial(request(login), flags, role, permissions)
    assert (said is None) == (words is None)
    assert (words or "") in (said or "")


WAIVE = Waive(criterion="ci", reason="It is flaky.")
UNWAIVE = Unwaive(criterion="ci")
PROMOTE = Promote(pattern="ci+unit")
LOOKS = "`/assess-resolution --dry-run` is open to you"


@pytest.mark.parametrize(
    ("login", "role", "one", "words"),
    [
        pytest.param("eve", Role.READ, Explain(), "What I last said here shows what was asked.", id="explain"),
        pytest.param("eve", Role.NONE, Patterns(words="redis"), "`/resolution patterns redis`", id="patterns"),
        pytest.param("eve", Role.NONE, Status(), "What I last said here shows what was asked.", id="status"),
        pytest.param("ann", Role.TRIAGE, PROMOTE, "should become a profile, say in plain words", id="promote"),
        pytest.param("ann", Role.TRIAGE, WAIVE, f"{LOOKS}: it shows what was asked", id="waive-may-look"),
        pytest.param("carol", Role.NONE, WAIVE, "say in plain words: one of them can waive it.", id="waive-author"),
        pytest.param("eve", Role.READ, UNWAIVE, "one of them can take the waiver back.", id="unwaive"),
    ],
)
def test_what_is_left_to_whoever_is_denied(login: str, role: Role, one: Command, words: str) -> None:
    """Each denial names something that this person can do himself, and that fits what was asked."""
    said = denial(request(login), one, role) or ""
    assert words in said
    may_look = login == "carol" or role is Role.TRIAGE
    assert (LOOKS in said) == may_look


@pytest.mark.parametrize(
    ("one", "on_pull"),
    [
        *(
            (one, False)
            for one in (Assess(), Assess(dry_run=True), Explain(), Status(), Patterns(), PROMOTE, WAIVE, UNWAIVE)
        ),
        (Confirm(), False),
        (Assess(), True),
    ],
    ids=str,
)
def test_a_stranger_is_always_told_what_he_can_do(one: Command, *, on_pull: bool) -> None:
    """For whatever is not open to everybody there are words: the role held, and a next step."""
    said = denial(msgspec.structs.replace(request("eve"), is_pull=on_pull), one, Role.READ) or ""
    assert "you hold **read**" in said
    assert "can ask" in said or "in plain words" in said


def test_a_policy_may_ask_more_for_an_explanation() -> None:
    """The denial tells the policy's role, and whom else it is open to."""
    said = denial(request("ann"), Explain(), Role.TRIAGE, permissions=Permissions(explain=Role.ADMIN))
    assert said is not None
    assert "needs **admin** here" in said
    assert "admin; also the issue's author and assignees" in said
    assert said.index(LOOKS) < said.index("What I last said here")
    assert denial(request("ann"), Explain(), Role.TRIAGE) is None
