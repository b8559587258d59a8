"""What somebody may do in a repository.

https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
"""

import msgspec

from bot.assessment.policy import Role
from bot.github.errors import NotFound
from bot.github.scopes import Scope

# `permission` knows four words; a custom role keeps its own name and counts as what it is built on.
_LEGACY = {"admin": Role.ADMIN, "write": Role.WRITE, "read": Role.READ}


class _Permission(msgspec.Struct, frozen=True):
    permission: str = "none"
    role_name: str = ""


async def role(scope: Scope, login: str) -> Role:
    """The role of an account; `Role.NONE` where there is no such collaborator."""
    if not login:
        return Role.NONE
    try:
        told = await scope.get("/repos/{owner}/{repo}/collaborators/{username}/permission", _Permission, username=login)
    except NotFound:
        return Role.NONE
    name = told.role_name.lower()
    return Role(name) if name in set(Role) else _LEGACY.get(told.permission, Role.NONE)
