"""What is live where: the newest active deployment of each environment. Pure, but for reading more of them."""

from collections.abc import Iterable, Mapping

from bot.github.models import Deployment, Unknown
from bot.probes.contract import Context

IN_SNAPSHOT = 20
"""So many deployments come with the snapshot: where there are as many, there may be more."""

ON_THE_WAY = frozenset({"in_progress", "queued", "pending", "waiting"})
FAILED = frozenset({"failure", "error"})
_MOST_LISTED = 10


def is_live(deployment: Deployment) -> bool:
    """Does it run? GitHub says `active`; an older Enterprise Server leaves it at `success`."""
    return deployment.active or deployment.state == "success"


def same_environment(one: str, other: str) -> bool:
    """GitHub's names of environments do not care for case."""
    return one.casefold() == other.casefold()


def newest_live(deployments: Iterable[Deployment]) -> Mapping[str, Deployment]:
    """The newest live deployment of each environment; `deployments` are newest first."""
    live: dict[str, Deployment] = {}
    for deployment in deployments:
        if is_live(deployment):
            live.setdefault(deployment.environment, deployment)
    return live


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
    return tuple(dict.fromkeys(one.environment for one in deployments))[:_MOST_LISTED]
