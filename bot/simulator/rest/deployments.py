"""Deployments, their states, environments.

Source: https://docs.github.com/rest/deployments
"""

from bot.simulator.clock import stamp
from bot.simulator.entities import Deployment
from bot.simulator.refusals import not_found
from bot.simulator.rest.call import Answer, Call, Operation, ok, paged
from bot.simulator.shapes import checks as shapes
from bot.simulator.shapes.repositories import api_url
from bot.simulator.wire import Json

_REPO = "/repos/{owner}/{repo}"
_ONE = _REPO + "/deployments/{deployment_id:int}"


async def list_deployments(call: Call) -> Answer:
    """The deployments, newest first."""
    query = call.query
    found = [
        each
        for each in reversed(call.repository.deployments)
        if query.get("environment") in (None, each.environment)
        and query.get("sha") in (None, each.sha)
        and query.get("ref") in (None, each.ref)
        and query.get("task") in (None, each.task)
    ]
    return paged(call, found, lambda each: shapes.deployment(call.world, each))


async def get_deployment(call: Call) -> Answer:
    """One deployment."""
    return ok(shapes.deployment(call.world, _deployment(call)))


async def list_deployment_statuses(call: Call) -> Answer:
    """The states of a deployment, newest first."""
    one = _deployment(call)
    return paged(call, list(reversed(one.statuses)), lambda each: shapes.deployment_status(call.world, one, each))


async def list_environments(call: Call) -> Answer:
    """The environments that were ever deployed to."""
    names = sorted({each.environment for each in call.repository.deployments})
    created = stamp(call.repository.created_at)
    api = api_url(call.world, call.repository)
    found: list[Json] = [
        {
            "id": number,
            "node_id": f"EN_{number}",
            "name": name,
            "url": f"{api}/environments/{name}",
            "html_url": f"{call.world.url}/{call.repository.full_name}/deployments/{name}",
            "created_at": created,
            "updated_at": created,
            "protection_rules": [],
            "deployment_branch_policy": None,
        }
        for number, name in enumerate(names, start=1)
    ]
    return paged(call, found, lambda each: each, wrap="environments")


def _deployment(call: Call) -> Deployment:
    number = call.number("deployment_id")
    found = next((each for each in call.repository.deployments if each.id == number), None)
    if found is None:
        raise not_found()
    return found


_READ = "deployments:read"
OPERATIONS = (
    Operation(method="GET", path=_REPO + "/deployments", handler=list_deployments, needs=_READ),
    Operation(method="GET", path=_ONE, handler=get_deployment, needs=_READ),
    Operation(method="GET", path=_ONE + "/statuses", handler=list_deployment_statuses, needs=_READ),
    Operation(method="GET", path=_REPO + "/environments", handler=list_environments, needs="actions:read"),
)
