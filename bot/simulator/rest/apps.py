"""The app, its installations and tokens, its webhook and its deliveries; the rate limit.

Source: https://docs.github.com/rest/apps
"""

from bot.simulator.auth import mint
from bot.simulator.clock import stamp
from bot.simulator.deliveries import Delivery
from bot.simulator.entities import Repository
from bot.simulator.reading import Place
from bot.simulator.refusals import Refusal, not_found, unprocessable
from bot.simulator.rest.call import Answer, Call, Operation, empty, ok, paged
from bot.simulator.shapes import people
from bot.simulator.shapes.repositories import full
from bot.simulator.wire import Json
from bot.simulator.world import Installation

_LEVELS = {"read": 1, "write": 2, "admin": 3}
_PER_PAGE = 30


async def get_app(call: Call) -> Answer:
    """The app itself."""
    return ok(people.app(call.world))


async def list_installations(call: Call) -> Answer:
    """Where the app is installed."""
    found = _installations(call)
    return paged(call, found, lambda each: people.installation(call.world, each) | {"account": _whole(call, each)})


async def get_installation(call: Call) -> Answer:
    """One installation."""
    return ok(people.installation(call.world, _installation(call)))


async def get_repository_installation(call: Call) -> Answer:
    """The installation that covers a repository."""
    found = call.world.repository(f"{call.path['owner']}/{call.path['repo']}")
    if found is None or not found.installed:
        raise not_found()
    return ok(people.installation(call.world, call.world.installation(found.owner)))


async def create_token(call: Call) -> Answer:
    """A new installation token, narrowed to some repositories and permissions if asked."""
    where = _installation(call)
    if where.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended", "FORBIDDEN")
    chosen = _chosen(call, where)
    asked = call.body.pairs("permissions") if call.body.has("permissions") else call.world.app.permissions
    for name, level in asked.items():
        if _LEVELS.get(level, 9) > _LEVELS.get(call.world.app.permissions.get(name, ""), 0):
            raise unprocessable("The permissions requested are not granted to this installation.")
    token = mint(call.world, where, chosen, dict(asked))
    body: Json = {
        "token": token.value,
        "expires_at": stamp(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": "selected",
    }
    if chosen is not None:
        body["repositories"] = [full(call.world, each) for each in chosen]
    return ok(body, 201)


async def revoke_token(call: Call) -> Answer:
    """The token that asks is no longer valid."""
    if call.actor.token is None:
        raise Refusal(403, "Resource not accessible by personal access token", "FORBIDDEN")
    call.world.tokens.pop(call.actor.token.value, None)
    return empty()


async def list_token_repositories(call: Call) -> Answer:
    """The repositories that the token opens."""
    if call.actor.token is None:
        raise Refusal(403, "You must authenticate with an installation access token", "FORBIDDEN")
    ids = call.actor.token.repositories
    found = [each for each in call.world.repositories.values() if each.id in ids]
    return paged(call, found, lambda each: full(call.world, each), wrap="repositories")


async def get_hook_config(call: Call) -> Answer:
    """Where webhooks go."""
    body: Json = {"content_type": "json", "insecure_ssl": "0", "secret": "********"}
    return ok(body | ({"url": call.world.app.webhook_url} if call.world.app.webhook_url else {}))


async def update_hook_config(call: Call) -> Answer:
    """Send webhooks elsewhere."""
    call.world.app.webhook_url = call.body.maybe_text("url") or call.world.app.webhook_url
    call.world.app.webhook_secret = call.body.text("secret", call.world.app.webhook_secret)
    return await get_hook_config(call)


async def list_deliveries(call: Call) -> Answer:
    """Webhook deliveries, newest first; further pages by ``cursor`` only."""
    status = call.query.get("status")
    found = [each for each in reversed(call.world.deliveries) if status in (None, "success" if each.ok else "failure")]
    start = _cursor(call.query.get("cursor"))
    rest = [each for each in found if start is None or each.id < start]
    size = int(call.query.get("per_page", _PER_PAGE))
    page = rest[:size]
    headers = {}
    if len(rest) > size:
        headers["Link"] = f'<{call.url}?per_page={size}&cursor=v1_{page[-1].id}>; rel="next"'
    return Answer(body=[each.item() for each in page], headers=headers)


async def get_delivery(call: Call) -> Answer:
    """One delivery with what was sent and what came back."""
    return ok(_delivery(call).whole())


async def redeliver(call: Call) -> Answer:
    """Send a delivery again, under the same guid."""
    call.world.outbox.append(_delivery(call).again())
    call.world.wake()
    return ok({}, 202)


async def get_rate_limit(call: Call) -> Answer:
    """How much of each limit is left."""
    core, graphql = (
        call.world.limits.state(call.actor.budget, kind, call.world.clock()) for kind in ("core", "graphql")
    )
    search: Json = {"limit": 30, "remaining": 30, "reset": core["reset"], "used": 0}
    return ok({"resources": {"core": core, "graphql": graphql, "search": search}, "rate": core})


async def convert_manifest(call: Call) -> Answer:
    """The app that a manifest's code stands for; the key comes along once."""
    if call.path["code"] != "sim":
        raise not_found()
    body = people.app(call.world) | {
        "client_secret": "simulated",
        "webhook_secret": call.world.app.webhook_secret,
        "pem": call.world.app.private_key or "",
    }
    return ok(body, 201)


def _installations(call: Call) -> list[Installation]:
    for repository in call.world.repositories.values():
        if repository.installed:
            call.world.installation(repository.owner)
    return list(call.world.installations.values())


def _whole(call: Call, where: Installation) -> Json:
    """The description of this one list demands what users and enterprises have, both."""
    name = where.account.login
    more: Json = {"name": name, "slug": name, "created_at": people.EPOCH, "updated_at": people.EPOCH}
    return people.account(call.world, where.account) | more


def _installation(call: Call) -> Installation:
    number = call.number("installation_id")
    found = next((each for each in _installations(call) if each.id == number), None)
    if found is None:
        raise not_found()
    return found


def _chosen(call: Call, where: Installation) -> list[Repository] | None:
    body: Place = call.body
    covered = call.world.installed(where)
    if body.has("repository_ids"):
        ids = body.value["repository_ids"]
        wanted = list(ids) if isinstance(ids, list) else []
        chosen = [each for each in covered if each.id in wanted]
    elif body.has("repositories"):
        wanted = [name.lower() for name in body.texts("repositories")]
        chosen = [each for each in covered if each.name.lower() in wanted]
    else:
        return None
    if not chosen or len(chosen) < len(wanted):
        text = "There is at least one repository that does not exist or is not accessible to the parent installation."
        raise unprocessable(text)
    return chosen


def _delivery(call: Call) -> Delivery:
    number = call.number("delivery_id")
    found = next((each for each in call.world.deliveries if each.id == number), None)
    if found is None:
        raise not_found()
    return found


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    number = text.removeprefix("v1_")
    if not number.isdigit():
        raise Refusal(400, "Invalid cursor")
    return int(number)


_APP = "/app"
OPERATIONS = (
    Operation(method="GET", path=_APP, handler=get_app, jwt=True),
    Operation(method="GET", path=_APP + "/installations", handler=list_installations, jwt=True),
    Operation(method="GET", path=_APP + "/installations/{installation_id}", handler=get_installation, jwt=True),
    Operation(
        method="POST", path=_APP + "/installations/{installation_id}/access_tokens", handler=create_token, jwt=True
    ),
    Operation(method="GET", path="/repos/{owner}/{repo}/installation", handler=get_repository_installation, jwt=True),
    Operation(method="DELETE", path="/installation/token", handler=revoke_token),
    Operation(method="GET", path="/installation/repositories", handler=list_token_repositories),
    Operation(method="GET", path=_APP + "/hook/config", handler=get_hook_config, jwt=True),
    Operation(method="PATCH", path=_APP + "/hook/config", handler=update_hook_config, jwt=True),
    Operation(method="GET", path=_APP + "/hook/deliveries", handler=list_deliveries, jwt=True),
    Operation(method="GET", path=_APP + "/hook/deliveries/{delivery_id}", handler=get_delivery, jwt=True),
    Operation(method="POST", path=_APP + "/hook/deliveries/{delivery_id}/attempts", handler=redeliver, jwt=True),
    Operation(method="GET", path="/rate_limit", handler=get_rate_limit),
    Operation(method="POST", path="/app-manifests/{code}/conversions", handler=convert_manifest),
)
