"""Is the whole fix live somewhere, where, and since when?

Any live environment counts; the one that people use is named before others. What comes with the snapshot is mostly
enough; more is read only where a busy environment may have pushed another one out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.assessment.facts import Deployed
from bot.github.errors import GitHubError, RateLimited
from bot.github.models import Deployment, Unknown
from bot.probes.asking import together
from bot.probes.contract import Context
from bot.probes.live import (
    IN_SNAPSHOT,
    deployments_of,
    first_with_fix,
    foremost_first,
    has_whole_fix,
    is_foremost,
    newest_live,
)

_MOST_ENVIRONMENTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Whether the fix is live; and where it is: the environment, and since when it has run there without a break."""

    deployed: Deployed
    environment: str | None = None
    since: datetime | None = None


async def whereabouts(context: Context) -> Whereabouts:
    """Where the fix of this context runs. Raises `bot.github.errors.RateLimited`."""
    known = context.snapshot.deployments
    if isinstance(known, Unknown):
        return Whereabouts(deployed=Deployed.UNKNOWN)
    if not known:
        return Whereabouts(deployed=Deployed.NONE_EXIST)
    if not context.fix.commits:
        return Whereabouts(deployed=Deployed.NOT_SEEN)
    try:
        return await _sought(known, context)
    except RateLimited:
        raise
    except GitHubError:
        return Whereabouts(deployed=Deployed.UNKNOWN)


async def _sought(known: tuple[Deployment, ...], context: Context) -> Whereabouts:
    environment = await _live_with_fix(known, context)
    if _may_hide_another(known, environment):
        more = await deployments_of(context, None)
        if not isinstance(more, Unknown):
            known, environment = more, await _live_with_fix(more, context)
    if environment is None:
        return Whereabouts(deployed=Deployed.NOT_SEEN)
    there = [one for one in known if one.environment == environment]
    live = newest_live(there)[environment]
    first = await first_with_fix(tuple(there[there.index(live) :]), context)
    return Whereabouts(deployed=Deployed.SEEN, environment=environment, since=first.created_at)


def _may_hide_another(known: Sequence[Deployment], seen_in: str | None) -> bool:
    """May there be an older deployment that says more, or that is of the environment that people use?"""
    if len(known) < IN_SNAPSHOT:
        return False
    return seen_in is None or (not is_foremost(seen_in) and len({one.environment for one in known}) > 1)


async def _live_with_fix(known: Sequence[Deployment], context: Context) -> str | None:
    """The foremost environment whose newest live deployment has the fix."""
    live = newest_live(known)
    names = foremost_first(live)[:_MOST_ENVIRONMENTS]
    having = await together(has_whole_fix(live[name].sha, context) for name in names)
    return next((name for name, has in zip(names, having, strict=True) if has), None)
