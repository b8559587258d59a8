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
    READ_AT_MOST,
    deployments_of,
    first_with_fix,
    foremost_first,
    has_run,
    has_whole_fix,
    is_foremost,
    newest_live,
)

_MOST_ENVIRONMENTS = 20
_MOST_BETWEEN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Whether the fix is live; and where it is: the environment, and since when it has run there without a break.

    `since` is None where all deployments that were told have the fix, and may not be all: it runs there since longer.
    `first` is when it was first deployed there, rolled back afterwards or not; None where that cannot be told.
    """

    deployed: Deployed
    environment: str | None = None
    since: datetime | None = None
    first: datetime | None = None


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
    environment, most = await _live_with_fix(known, context), IN_SNAPSHOT
    if _may_hide_another(known, environment):
        more = await deployments_of(context, None)
        if not isinstance(more, Unknown):
            known, environment, most = more, await _live_with_fix(more, context), READ_AT_MOST
    if environment is None:
        return Whereabouts(deployed=Deployed.NOT_SEEN)
    there = [one for one in known if one.environment == environment]
    live = newest_live(there)[environment]
    oldest = await first_with_fix(tuple(there[there.index(live) :]), context)
    whole = len(known) < most or _reaches_back(there, _landed(context))
    first = await _first_ever(there, oldest, context) if whole else None
    since = oldest.created_at if whole or _ran_before(oldest, there) else None
    return Whereabouts(deployed=Deployed.SEEN, environment=environment, since=since, first=first)


def _reaches_back(told: Sequence[Deployment], landed: datetime | None) -> bool:
    """Is one of them from before the merge? Then all that can have the fix is told."""
    return landed is not None and any(one.created_at < landed for one in told)


def _ran_before(one: Deployment, told: Sequence[Deployment]) -> bool:
    """Did another one of them run before this one?"""
    return any(has_run(other) for other in told if other.created_at < one.created_at)


async def _first_ever(told: Sequence[Deployment], since: Deployment, context: Context) -> datetime | None:
    """When the fix was first deployed to the environment that `told` (newest first) is of, as far as that matters.

    Nothing from before the merge can have it, so only what lies between is looked at, and never many of those.
    """
    landed = _landed(context)
    older = (one for one in told if one.created_at < since.created_at and has_run(one))
    between = tuple(one for one in older if landed is None or one.created_at >= landed)
    if len(between) > _MOST_BETWEEN:
        return None
    having = await together(has_whole_fix(one.sha, context) for one in between)
    had = [one.created_at for one, has in zip(between, having, strict=True) if has]
    return had[-1] if had else since.created_at


def _landed(context: Context) -> datetime | None:
    """When the last of the fix's pull requests was merged; None where it is none of any."""
    pulls = context.snapshot.issue.closing_pulls
    known = () if isinstance(pulls, Unknown) else pulls
    merges = (pull.merged_at for pull in known if pull.merge_commit in context.fix.commits)
    return max((at for at in merges if at is not None), default=None)


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
