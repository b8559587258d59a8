"""Who may waive: the roles that those hold now whose waivers may count, and who wrote the fix.

A role is asked at the time of doing, and a waiver is done again with each assessment that it changes. Whoever lost the
role since leaves no exceptions behind. Nothing is asked for a waiver that does not count anyway.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from bot.assessment.policy import ROLES, Role
from bot.assessment.waiver import WaiverState, state_of
from bot.commands.authorship import to_ask
from bot.commands.measure import Prepared, terms_of
from bot.github.errors import Forbidden
from bot.github.models import Authors
from bot.github.session import Session
from bot.probes.asking import together

MOST = 40
"""So many commits are asked for at most: one request's worth."""


async def with_people(prepared: Prepared, session: Session) -> Prepared:
    """The same with what decides whether its waivers count, where one may.

    Raises `bot.github.errors.GitHubError`.
    """
    logins = givers(prepared)
    if not logins:
        return prepared
    known = await with_authors(prepared, session.reader(prepared.snapshot).authors)
    return await with_roles(known, logins, session.role)


async def with_roles(prepared: Prepared, logins: Iterable[str], role_of: Callable[[str], Awaitable[Role]]) -> Prepared:
    """The same with the roles that these people hold now: one request for each. Raises as above."""
    roles = {}
    for login in logins:
        try:
            roles[login] = await role_of(login)
        except Forbidden:  # not told: then their waivers do not count
            continue
    return replace(prepared, roles=roles)


async def with_authors(prepared: Prepared, authors: Callable[[str], Awaitable[Authors | None]]) -> Prepared:
    """The same with the authors of those commits of the fix that the snapshot does not tell. Raises as above."""
    shas = tuple(sha for sha in to_ask(prepared.fix, prepared.snapshot, named=prepared.named) if sha)[:MOST]

    async def of(sha: str) -> tuple[str, Authors | None]:
        return sha, await authors(sha)

    return replace(prepared, written=dict(await together(of(sha) for sha in shas)))


def givers(prepared: Prepared) -> tuple[str, ...]:
    """Whose waivers count here if they may give them and wrote no part of the fix, in lower case. Pure."""
    waivers = prepared.asking.waivers
    roles = {waiver.by.lower(): ROLES[-1] for waiver in waivers}
    terms = replace(terms_of(replace(prepared, roles=roles), prepared.asking.now), authors=frozenset())
    counting = (one for one in waivers if state_of(one, terms) is WaiverState.COUNTS)
    return tuple(dict.fromkeys(one.by.lower() for one in counting))
