"""The role and deed matrix."""

import pytest

from bot.assessment.policy import ROLES, Role
from bot.commands.rights import Deed, Tie, may, ties

NONE: frozenset[Tie] = frozenset()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("held", [NONE, frozenset({Tie.AUTHOR}), frozenset({Tie.ASSIGNEE})], ids=["-", "author", "ass"])
def test_matrix(role: Role, held: frozenset[Tie]) -> None:
    """Closing needs triage, a dry run is open to author and assignees too, confirming to the author, help to all."""
    triage = role in {Role.TRIAGE, Role.WRITE, Role.MAINTAIN, Role.ADMIN}
    assert triage == may(Deed.CLOSING_RUN, role=role, ties=held)
    assert (triage or bool(held)) == may(Deed.DRY_RUN, role=role, ties=held)
    assert (triage or Tie.AUTHOR in held) == may(Deed.CONFIRM, role=role, ties=held)
    assert may(Deed.HELP, role=role, ties=held)


@pytest.mark.parametrize(
    ("close_role", "role", "expected"),
    [
        (Role.MAINTAIN, Role.WRITE, False),
        (Role.MAINTAIN, Role.MAINTAIN, True),
        (Role.READ, Role.READ, False),
        (Role.NONE, Role.NONE, False),
    ],
)
def test_a_policy_may_only_ask_more(close_role: Role, role: Role, *, expected: bool) -> None:
    """`close.role` raises the bar and cannot lower it."""
    assert expected == may(Deed.CLOSING_RUN, role=role, ties=NONE, close_role=close_role)


def test_ties_ignore_case() -> None:
    """GitHub's logins have no case."""
    assert ties("Ann", author="ann", assignees=("ANN",)) == {Tie.AUTHOR, Tie.ASSIGNEE}
    assert ties("bob", author=None, assignees=()) == NONE
