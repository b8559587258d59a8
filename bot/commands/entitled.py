"""Who may still waive: the roles that those hold now whose waivers may count.

A role is asked at the time of doing, and a waiver is done again with each assessment that it changes. Whoever lost the
role since leaves no exceptions behind. Nothing is asked for a waiver that does not count anyway.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from bot.assessment.policy import Role
from bot.assessment.waiver import WaiverState, state_of
from bot.commands.measure import Prepared, terms_of
from bot.github.errors import Forbidden


async def with_givers(prepared: Prepared, role_of: Callable[[str], Awaitable[Role]]) -> Prepared:
    """The same with the roles of those whose waivers may count: one request for each of them.

    Raises `bot.github.errors.GitHubError`.
    """
    roles = {}
    for login in givers(prepared):
        try:
            roles[login] = await role_of(login)
        except Forbidden:  # not told: then their waivers do not count
            continue
    return replace(prepared, roles=roles)


def givers(prepared: Prepared) -> Iterable[str]:
    """Whose waivers count here if they may still give them, in lower case. Pure."""
    logins = {waiver.by.lower() for waiver in prepared.asking.waivers}
    terms = terms_of(replace(prepared, roles=dict.fromkeys(logins, Role.ADMIN)), prepared.asking.now)
    counting = (one for one in prepared.asking.waivers if state_of(one, terms) is WaiverState.COUNTS)
    return tuple(dict.fromkeys(one.by.lower() for one in counting))
