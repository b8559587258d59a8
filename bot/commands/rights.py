"""Who may do what: one table, asked at the time of doing. The help, the docs and their tests are made from it.

The role is GitHub's `role_name` of the collaborator-permission endpoint, never `author_association`, which is wrong in
both directions. https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.policy import ROLES, Permissions, Role, at_least
from bot.assessment.wording import listing


class Deed(StrEnum):
    """What somebody asks for."""

    CLOSING_RUN = "closing-run"
    DRY_RUN = "dry-run"
    OWN_CRITERIA = "own-criteria"
    OUTSIDE_CRITERIA = "outside-criteria"
    START_WORKFLOW = "start-workflow"
    EXPLAIN = "explain"
    STATUS = "status"
    PATTERNS = "patterns"
    PROMOTE = "promote"
    WAIVE = "waive"
    UNWAIVE = "unwaive"
    CONFIRM = "confirm"
    WATCH = "watch"
    CANCEL = "cancel"
    AUDIT = "audit"
    REOPEN = "reopen"
    HELP = "help"


class Tie(StrEnum):
    """How somebody stands to the issue, besides the role."""

    AUTHOR = "author"
    ASSIGNEE = "assignee"
    FIX_AUTHOR = "fix-author"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A deed is open to this role and up, and to people with one of `ties`; to nobody with one of `never`.

    `permission` is the policy's word (in `permissions:`) that may ask a stronger role for it; ties stay as they are.
    """

    role: Role
    ties: frozenset[Tie] = frozenset()
    never: frozenset[Tie] = frozenset()
    permission: str | None = None


_INVOLVED = frozenset({Tie.AUTHOR, Tie.ASSIGNEE})

RIGHTS: dict[Deed, Right] = {
    Deed.CLOSING_RUN: Right(role=Role.TRIAGE, permission="close"),
    Deed.DRY_RUN: Right(role=Role.TRIAGE, ties=_INVOLVED, permission="look"),
    Deed.OWN_CRITERIA: Right(role=Role.TRIAGE, permission="look"),
    # These come on top of another right: bringing criteria at all, or having the issue measured.
    Deed.OUTSIDE_CRITERIA: Right(role=Role.WRITE),
    Deed.START_WORKFLOW: Right(role=Role.WRITE),
    Deed.EXPLAIN: Right(role=Role.TRIAGE, ties=_INVOLVED, permission="explain"),
    Deed.STATUS: Right(role=Role.TRIAGE, ties=_INVOLVED, permission="explain"),
    Deed.PATTERNS: Right(role=Role.TRIAGE, ties=_INVOLVED, permission="explain"),
    # GitHub lets nobody approve his own pull request, but this one is the bot's: whoever may write could have it opened
    # and approve it alone.
    Deed.PROMOTE: Right(role=Role.MAINTAIN),
    Deed.WAIVE: Right(role=Role.MAINTAIN, never=frozenset({Tie.FIX_AUTHOR}), permission="waive"),
    Deed.UNWAIVE: Right(role=Role.MAINTAIN, permission="waive"),
    Deed.CONFIRM: Right(role=Role.TRIAGE, ties=frozenset({Tie.AUTHOR}), permission="confirm"),
    Deed.WATCH: Right(role=Role.TRIAGE),
    Deed.CANCEL: Right(role=Role.TRIAGE),
    # It names what does not hold, and takes its share of GitHub's limits.
    Deed.AUDIT: Right(role=Role.ADMIN),
    Deed.REOPEN: Right(role=Role.TRIAGE, ties=frozenset({Tie.AUTHOR})),
    Deed.HELP: Right(role=Role.NONE),
}

TIES: dict[Tie, str] = {
    Tie.AUTHOR: "the issue's author",
    Tie.ASSIGNEE: "assignees",
    Tie.FIX_AUTHOR: "the author of the fix",
}
"""Whom a tie is about, in words."""


def ties(login: str, *, author: str | None, assignees: tuple[str, ...]) -> frozenset[Tie]:
    """How `login` stands to an issue; logins are compared without case, as GitHub does."""
    held: set[Tie] = set()
    if author is not None and login.lower() == author.lower():
        held.add(Tie.AUTHOR)
    if login.lower() in {name.lower() for name in assignees}:
        held.add(Tie.ASSIGNEE)
    return frozenset(held)


def needed(deed: Deed, permissions: Permissions = Permissions()) -> Role:
    """The weakest role that the deed is open to: the table's, or the policy's where that is stronger."""
    right = RIGHTS[deed]
    asked = right.role if right.permission is None else Role(getattr(permissions, right.permission))
    return asked if at_least(asked, right.role) else right.role


def may(deed: Deed, *, role: Role, ties: frozenset[Tie], permissions: Permissions = Permissions()) -> bool:
    """Is the deed open to somebody with this role and these ties?"""
    right = RIGHTS[deed]
    if right.never & ties:
        return False
    return at_least(role, needed(deed, permissions)) or bool(right.ties & ties)


def who(deed: Deed, permissions: Permissions = Permissions()) -> str:
    """Whom the deed is open to, in words: "triage; also the issue's author and assignees"."""
    right = RIGHTS[deed]
    if right.role is Role.NONE:
        return "everybody"
    others = [TIES[tie] for tie in Tie if tie in right.ties]
    never = [TIES[tie] for tie in Tie if tie in right.never]
    also = f"; also {listing(others)}" if others else ""
    but = f"; never {listing(never)}" if never else ""
    return f"{needed(deed, permissions)}{also}{but}"


def matrix() -> tuple[tuple[Deed, tuple[bool, ...]], ...]:
    """The whole table: each deed, and whether it is open to each of `ROLES` without any tie to the issue."""
    return tuple((deed, tuple(may(deed, role=role, ties=frozenset()) for role in ROLES)) for deed in Deed)
