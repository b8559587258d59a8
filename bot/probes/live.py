"""What is live where: the newest active deployment of each environment. Pure, but for reading more of them."""

import re
from collections.abc import Iterable, Mapping

from bot.assessment.evidence import Sha
from bot.github.models import Deployment, Unknown
from bot.probes.asking import together
from bot.probes.contract import Context
from bot.probes.runs import holds

IN_SNAPSHOT = 20
"""So many deployments come with the snapshot: where there are as many, there may be more."""
READ_AT_MOST = 100
"""So many are read where more are asked for."""

ON_THE_WAY = frozenset({"in_progress", "queued", "pending", "waiting"})
FAILED = frozenset({"failure", "error"})
_MOST_LISTED = 10
_AT_ONCE = 20
_WORD = re.compile(r"[\W_]+")
_PRODUCTION = frozenset({"production", "prod", "live"})
_SAME: Mapping[str, frozenset[str]] = dict.fromkeys(_PRODUCTION, _PRODUCTION)
_FOREMOST = re.compile(r"(?i)\A(?:prod|live|main)")


def is_live(deployment: Deployment) -> bool:
    """Does it run? GitHub says `active`; an older Enterprise Server leaves it at `success`."""
    return deployment.active or deployment.state == "success"


def has_run(deployment: Deployment) -> bool:
    """Does it run, or did it before another took its place? GitHub calls those inactive."""
    return is_live(deployment) or deployment.state == "inactive"


def same_environment(one: str, other: str) -> bool:
    """GitHub's names of environments do not care for case."""
    return one.casefold() == other.casefold()


def newest_live(deployments: Iterable[Deployment]) -> Mapping[str, Deployment]:
    """The newest live deployment of each environment, by its name as spelled there; `deployments` newest first."""
    live: dict[str, Deployment] = {}
    for deployment in deployments:
        if is_live(deployment):
            live.setdefault(deployment.environment.casefold(), deployment)
    return {one.environment: one for one in live.values()}


async def deployments_of(context: Context, environment: str | None) -> tuple[Deployment, ...] | Unknown:
    """The deployments to an environment (None: to all), newest first, as many as tell what is live there.

    A busy environment may push another one's out of the newest that are known already: then that one is asked for.
    """
    known = context.snapshot.deployments
    if isinstance(known, Unknown):
        return known
    meant = tuple(one for one in known if environment is None or same_environment(one.environment, environment))
    if len(known) < IN_SNAPSHOT or (environment is not None and any(is_live(one) for one in meant)):
        return meant
    spelled = meant[0].environment if meant and environment is not None else environment
    return await context.reader.deployments(spelled)


def environments(deployments: Iterable[Deployment]) -> tuple[str, ...]:
    """The names, those that were deployed to last first."""
    newest: dict[str, str] = {}
    for one in deployments:
        newest.setdefault(one.environment.casefold(), one.environment)
    return tuple(newest.values())[:_MOST_LISTED]


def is_foremost(environment: str) -> bool:
    """Is it by its name the one that people use?"""
    return _FOREMOST.match(environment) is not None


def foremost_first(names: Iterable[str]) -> tuple[str, ...]:
    """The environments that people use before the others, in their order otherwise."""
    return tuple(sorted(names, key=lambda name: not is_foremost(name)))


def environment_meant(said: str, names: Iterable[str]) -> str:
    """Which of the environments somebody means by a word; the word itself where that is none, or not one alone.

    Hosts put more into the name ("Production – shop"), and people write `prod`.
    """
    known = tuple(names)
    words = _SAME.get(_squeezed(said), frozenset({_squeezed(said)}))
    for alike in (
        tuple(name for name in known if _squeezed(name) == _squeezed(said)),
        tuple(name for name in known if _squeezed(name) in words),
        tuple(name for name in known if _squeezed(_WORD.split(name.strip())[0]) in words),
    ):
        if alike:
            return alike[0] if len(alike) == 1 else said
    return said


def _squeezed(name: str) -> str:
    return _WORD.sub("", name.casefold())


async def has_whole_fix(sha: Sha, context: Context) -> bool:
    """Does a commit contain the whole fix? Not one that was pushed over and is no longer there."""
    return all(await together(holds(context, commit, within=sha) for commit in context.fix.commits))


async def first_with_fix(told: tuple[Deployment, ...], context: Context) -> Deployment:
    """The oldest deployment since which all that were live have the fix; the newest of `told` is live and has it.

    `told` are one environment's, newest first. Looked at are few at first and then ever more: a fix is mostly young.
    """
    ran = tuple(filter(has_run, told))
    first, begin, size = ran[0], 1, 2
    while begin < len(ran):
        some = ran[begin : begin + size]
        having = await together(has_whole_fix(one.sha, context) for one in some)
        first = next((one for one, has in zip((first, *some), having, strict=False) if not has), some[-1])
        if not all(having):
            break
        begin, size = begin + size, min(2 * size, _AT_ONCE)
    return first
