"""Accounts, apps and installations as REST gives them."""

from bot.simulator.accounts import Account
from bot.simulator.clock import stamp_or_none
from bot.simulator.entities import Repository
from bot.simulator.wire import Json
from bot.simulator.world import Installation, World

EPOCH = "2020-01-01T00:00:00Z"
_USER_PATHS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def account(world: World, who: Account) -> Json:
    """A simple user."""
    url = f"{world.url}/users/{who.login}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": who.node_id,
        "avatar_url": f"{world.url}/avatars/{who.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.url}/{who.login}",
        **{key: url + path for key, path in _USER_PATHS.items()},
        "type": who.kind.value,
        "user_view_type": "public",
        "site_admin": False,
    }


def account_or_none(world: World, who: Account | None) -> Json | None:
    """A simple user, or null."""
    return account(world, who) if who else None


def app(world: World) -> Json:
    """The app itself (``integration``)."""
    return {
        "id": world.app.id,
        "slug": world.app.slug,
        "client_id": world.app.client_id,
        "node_id": f"A_{world.app.id}",
        "owner": account(world, world.app.account),
        "name": world.app.slug,
        "description": "",
        "external_url": world.url,
        "html_url": f"{world.url}/apps/{world.app.slug}",
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "permissions": dict(world.app.permissions),
        "events": list(world.app.events),
        "installations_count": len(world.installations),
    }


def other_app(world: World, slug: str) -> Json:
    """The app that made a check: ours, or one known by its slug only."""
    if slug == world.app.slug:
        return app(world)
    return app(world) | {
        "id": 15368 if slug == "github-actions" else sum(slug.encode()) + 20_000,
        "slug": slug,
        "client_id": f"Iv1.{slug}",
        "node_id": f"A_{slug}",
        "name": "GitHub Actions" if slug == "github-actions" else slug,
        "html_url": f"{world.url}/apps/{slug}",
    }


def installation(world: World, where: Installation) -> Json:
    """One installation."""
    return {
        "id": where.id,
        "account": account(world, where.account),
        "repository_selection": "selected",
        "access_tokens_url": f"{world.url}/app/installations/{where.id}/access_tokens",
        "repositories_url": f"{world.url}/installation/repositories",
        "html_url": f"{world.url}/settings/installations/{where.id}",
        "app_id": world.app.id,
        "app_slug": world.app.slug,
        "target_id": where.account.id,
        "target_type": where.account.kind.value,
        "permissions": dict(world.app.permissions),
        "events": list(world.app.events),
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_at": stamp_or_none(where.suspended_at),
        "suspended_by": None,
    }


def association(repository: Repository, who: Account) -> str:
    """How an account stands to a repository (``author_association``)."""
    if who is repository.owner:
        return "OWNER"
    if repository.collaborators.get(who.login.lower(), "none") != "none":
        return "COLLABORATOR"
    return "NONE"
