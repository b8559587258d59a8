"""All REST operations, and the way from a request to its function.

What GitHub checks before the operation itself is checked here, in its order: who asks, whether
the repository is there for him, whether he has the permission.
"""

import re
from dataclasses import dataclass, replace

from starlette.routing import compile_path

from bot.simulator.auth import Actor, Kind, require, visible
from bot.simulator.git.store import GitError
from bot.simulator.git.writing import StaleHead
from bot.simulator.reading import ReadingError
from bot.simulator.refusals import Refusal, not_found
from bot.simulator.rest import (
    actions,
    apps,
    checks,
    comments,
    commits,
    contents,
    deployments,
    gitdata,
    issues,
    pulls,
    repositories,
    search,
)
from bot.simulator.rest.call import Answer, Call, Operation

DOCUMENTATION = "https://docs.github.com/rest"
MODULES = (
    actions,
    apps,
    checks,
    comments,
    commits,
    contents,
    deployments,
    gitdata,
    issues,
    pulls,
    repositories,
    search,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An operation with its compiled path."""

    pattern: re.Pattern[str]
    operation: Operation


def _compiled(operation: Operation) -> Row:
    return Row(pattern=compile_path(operation.path)[0], operation=operation)


def _weight(operation: Operation) -> int:
    """More literal text is more specific, and specific paths are tried first."""
    return -len(re.sub(r"\{[^}]*\}", "", operation.path))


OPERATIONS = sorted((one for module in MODULES for one in module.OPERATIONS), key=_weight)
ROWS = {
    method: tuple(_compiled(one) for one in OPERATIONS if one.method == method)
    for method in sorted({one.method for one in OPERATIONS})
}


async def answer(call: Call, method: str, path: str) -> Answer:
    """The answer to a REST request, refusals included."""
    try:
        operation, found = _find(method, path)
        return await operation.handler(_prepared(replace(call, path=found), operation))
    except Refusal as refusal:
        return refused(refusal)
    except ReadingError as error:
        return refused(Refusal(422, f"Invalid request.\n\n{error}"))
    except StaleHead as error:
        return refused(Refusal(422, f"Update is not a fast forward ({error})"))
    except GitError as error:
        return refused(Refusal(422, f"git: {error}"))


def refused(refusal: Refusal) -> Answer:
    """A refusal as GitHub words it in REST."""
    body: dict[str, object] = {
        "message": refusal.message,
        "documentation_url": DOCUMENTATION,
        "status": str(refusal.status),
    }
    if refusal.errors:
        body["errors"] = list(refusal.errors)
    if "Location" in refusal.headers:
        body["url"] = refusal.headers["Location"]
    return Answer(status=refusal.status, body=body, headers=refusal.headers)


def _find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    for row in ROWS.get(method, ()):
        match = row.pattern.match(path)
        if match:
            return row.operation, match.groupdict()
    raise not_found()


def _prepared(call: Call, operation: Operation) -> Call:
    _check_kind(call.actor, operation)
    if operation.jwt or "repo" not in call.path:
        return call
    name = f"{call.path['owner']}/{call.path['repo']}"
    _check_moved(call, name)
    home = call.world.repository(name)
    if home is None or not visible(call.actor, home):
        raise not_found()
    require(call.world, call.actor, home, operation.needs, operation.role)
    return replace(call, home=home)


def _check_moved(call: Call, name: str) -> None:
    """Raise the redirect to where a repository has gone."""
    target = call.world.moved.get(name.lower())
    if target is not None:
        location = re.sub(f"/repos/{re.escape(name)}", f"/repos/{target}", call.url, count=1, flags=re.IGNORECASE)
        raise Refusal(301, "Moved Permanently", headers={"Location": location})


def _check_kind(actor: Actor, operation: Operation) -> None:
    if operation.jwt and actor.kind is not Kind.APP:
        raise Refusal(401, "A JSON web token could not be decoded")
    if not operation.jwt and actor.kind is Kind.APP and "{owner}" in operation.path:
        raise Refusal(403, "Resource not accessible by integration", "FORBIDDEN")
