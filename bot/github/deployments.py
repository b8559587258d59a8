"""The newest deployments, of one environment or of all: one request, apart from the batched ones.

GitHub declares `deployments` as never null: where they are withheld, the whole repository goes with them, and so would
every question that was sent along.
"""

from bot.github import parse, wire
from bot.github.lines import decoded
from bot.github.models import Deployment, Unknown
from bot.github.queries import DEPLOYMENTS, DEPLOYMENTS_OF
from bot.github.scopes import Scope

PERMISSION = "deployments"
WITHHELD = Unknown(reason="a permission is missing (deployments: read)")


class _Repository(wire.Wire, frozen=True):
    deployments: wire.Connection[wire.WireDeployment] | None = None


class _Query(wire.Wire, frozen=True):
    repository: _Repository | None = None


async def newest_deployments(scope: Scope, environment: str | None) -> tuple[Deployment, ...] | Unknown:
    """The newest 100 deployments of an environment (None: of all), newest first."""
    if await scope.line.bearer.lacks(PERMISSION):
        return WITHHELD
    asked = scope.ask(DEPLOYMENTS) if environment is None else scope.ask(DEPLOYMENTS_OF, environment=environment)
    told = await asked
    data = decoded(told, _Query)
    faults = told.faults.under("repository")
    if data is None or data.repository is None:
        withheld = faults.under(PERMISSION)
        if withheld.faults:
            return withheld.unknown()
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    return parse.listed(data.repository.deployments, faults, parse.deployment, PERMISSION)
