"""Who may do what: one table, asked at the time of doing.

The role is GitHub's `role_name` of the collaborator-permission endpoint, never `author_association`, which is wrong in
both directions. https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.policy import Role, at_least


class Deed(StrEnum):
    """What somebody asks for."""

    CLOSING_RUN = "closing-run"
    DRY_RUN = "dry-run"
    CONFIRM = "confirm"
    HELP = "help"


class Tie(StrEnum):
    """How somebody stands to the issue, besides the role."""

    AUTHOR = "author"
    ASSIGNEE = "assignee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A deed is open to this role and up, and to people with one of these ties."""

    role: Role
    ties: frozenset[Tie] = frozenset()


RIGHTS: dict[Deed, Right] = {
    Deed.CLOSING_RUN: Right(role=Role.TRIAGE),
    Deed.DRY_RUN: Right(role=Role.TRIAGE, ties=frozenset({Tie.AUTHOR, Tie.ASSIGNEE})),
    Deed.CONFIRM: Right(role=Role.TRIAGE, ties=frozenset({Tie.AUTHOR})),
    Deed.HELP: Right(role=Role.NONE),
}


def ties(login: str, *, author: str | None, assignees: tuple[str, ...]) -> frozenset[Tie]:
    """How `login` stands to an issue; logins are compared without case, as GitHub does."""
    held: set[Tie] = set()
    if author is not None and login.lower() == author.lower():
        held.add(Tie.AUTHOR)
    if login.lower() in {name.lower() for name in assignees}:
        held.add(Tie.ASSIGNEE)
    return frozenset(held)


def may(deed: Deed, *, role: Role, ties: frozenset[Tie], close_role: Role = Role.TRIAGE) -> bool:
    """Is the deed open to somebody with this role and these ties? A policy may ask more for closing, never less."""
    right = RIGHTS[deed]
    needed = right.role
    if deed is Deed.CLOSING_RUN and at_least(close_role, needed):
        needed = close_role
    return at_least(role, needed) or bool(right.ties & ties)
