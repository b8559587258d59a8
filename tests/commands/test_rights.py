"""The role and deed matrix."""

import re
from pathlib import Path

import pytest

import bot.commands
from bot.assessment.policy import ROLES, Permissions, Role
from bot.commands.rights import Deed, Tie, matrix, may, ties, who

NONE: frozenset[Tie] = frozenset()


YES, NO = True, False
MATRIX = {
    # none, read, triage, write, maintain, admin
    Deed.CLOSING_RUN: (NO, NO, YES, YES, YES, YES),
    Deed.DRY_RUN: (NO, NO, YES, YES, YES, YES),
    Deed.OWN_CRITERIA: (NO, NO, YES, YES, YES, YES),
    Deed.OUTSIDE_CRITERIA: (NO, NO, NO, YES, YES, YES),
    Deed.START_WORKFLOW: (NO, NO, NO, YES, YES, YES),
    Deed.EXPLAIN: (NO, NO, YES, YES, YES, YES),
    Deed.AUDIT: (NO, NO, NO, NO, NO, YES),
    Deed.WATCH: (NO, NO, YES, YES, YES, YES),
    Deed.CANCEL: (NO, NO, YES, YES, YES, YES),
    Deed.STATUS: (NO, NO, YES, YES, YES, YES),
    Deed.PATTERNS: (NO, NO, YES, YES, YES, YES),
    Deed.PROMOTE: (NO, NO, NO, NO, YES, YES),
    Deed.WAIVE: (NO, NO, NO, NO, YES, YES),
    Deed.UNWAIVE: (NO, NO, NO, NO, YES, YES),
    Deed.CONFIRM: (NO, NO, YES, YES, YES, YES),
    Deed.REOPEN: (NO, NO, YES, YES, YES, YES),
    Deed.HELP: (YES, YES, YES, YES, YES, YES),
}
OPEN_BY_TIE = {
    Tie.AUTHOR: {Deed.DRY_RUN, Deed.EXPLAIN, Deed.STATUS, Deed.PATTERNS, Deed.CONFIRM, Deed.REOPEN},
    Tie.ASSIGNEE: {Deed.DRY_RUN, Deed.EXPLAIN, Deed.STATUS, Deed.PATTERNS},
    Tie.FIX_AUTHOR: set(),
}


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", ROLES)
def test_matrix(deed: Deed, role: Role) -> None:
    """Every role and every deed: what the role alone opens."""
    assert MATRIX[deed][ROLES.index(role)] == may(deed, role=role, ties=NONE)


def test_the_matrix_is_told_as_it_is() -> None:
    """What the docs are made from is what is asked."""
    assert dict(matrix()) == MATRIX


def test_no_other_module_knows_a_stronger_role() -> None:
    """Beside the table there is only who has a say at all, which is triage: other rights are asked of `may`."""
    names = re.compile(r"Role\.(WRITE|MAINTAIN|ADMIN)\b")
    found = {path.name for path in Path(bot.commands.__path__[0]).glob("*.py") if names.search(path.read_text("utf-8"))}
    assert found == {"rights.py"}


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("tie", Tie)
def test_ties(deed: Deed, tie: Tie) -> None:
    """What the issue's author, an assignee and the author of the fix may without any role."""
    held = frozenset({tie})
    assert (deed is Deed.HELP or deed in OPEN_BY_TIE[tie]) == may(deed, role=Role.NONE, ties=held)


def test_the_author_of_the_fix_never_waives() -> None:
    """Whoever wrote it does not say what it need not hold, not even as an admin."""
    assert not may(Deed.WAIVE, role=Role.ADMIN, ties=frozenset({Tie.FIX_AUTHOR}))
    assert may(Deed.UNWAIVE, role=Role.ADMIN, ties=frozenset({Tie.FIX_AUTHOR}))


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
    """`permissions` raise the bar and cannot lower it."""
    assert expected == may(Deed.CLOSING_RUN, role=role, ties=NONE, permissions=Permissions(close=close_role))


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (Deed.CLOSING_RUN, "triage"),
        (Deed.DRY_RUN, "triage; also the issue's author and assignees"),
        (Deed.WAIVE, "maintain; never the author of the fix"),
        (Deed.HELP, "everybody"),
    ],
)
def test_whom_it_is_open_to(deed: Deed, words: str) -> None:
    """The same table in words."""
    assert words == who(deed)


@pytest.mark.parametrize(
    ("deed", "permissions", "words"),
    [
        (Deed.EXPLAIN, Permissions(explain=Role.WRITE), "write; also the issue's author and assignees"),
        (Deed.EXPLAIN, Permissions(explain=Role.READ), "triage; also the issue's author and assignees"),
        (Deed.HELP, Permissions(close=Role.ADMIN), "everybody"),
    ],
)
def test_whom_a_policy_opens_it_to(deed: Deed, permissions: Permissions, words: str) -> None:
    """With the policy's stronger role in its place."""
    assert words == who(deed, permissions)


def test_ties_ignore_case() -> None:
    """GitHub's logins have no case."""
    assert ties("Ann", author="ann", assignees=("ANN",)) == {Tie.AUTHOR, Tie.ASSIGNEE}
    assert ties("bob", author=None, assignees=()) == NONE
