"""The repository itself and the rights in it.

Source: https://docs.github.com/rest/repos/repos, /collaborators/collaborators
"""

from bot.simulator.refusals import not_found
from bot.simulator.rest.call import Answer, Call, Operation, ok
from bot.simulator.shapes.people import account
from bot.simulator.shapes.repositories import full

_REPO = "/repos/{owner}/{repo}"
# `permission` knows four words; `role_name` tells triage and maintain apart
_PERMISSION = {"maintain": "write", "triage": "read"}
_RANK = ("none", "read", "triage", "write", "maintain", "admin")


async def get_repository(call: Call) -> Answer:
    """The repository."""
    return ok(full(call.world, call.repository))


async def get_permission(call: Call) -> Answer:
    """What somebody may do here; 404 for a login that nobody has."""
    login = call.path["username"]
    who = call.world.accounts.get(login.lower())
    if who is None:
        raise not_found(f"{login} is not a user")
    role = call.repository.role_of(who.login)
    rank = _RANK.index(role)
    rights = {"pull": 1, "triage": 2, "push": 3, "maintain": 4, "admin": 5}
    user = account(call.world, who) | {
        "permissions": {name: rank >= least for name, least in rights.items()},
        "role_name": role,
    }
    return ok({"permission": _PERMISSION.get(role, role), "role_name": role, "user": user})


OPERATIONS = (
    Operation(method="GET", path=_REPO, handler=get_repository, needs="metadata:read"),
    Operation(
        method="GET",
        path=_REPO + "/collaborators/{username}/permission",
        handler=get_permission,
        needs="metadata:read",
        role="read",
    ),
)
