"""Repositories as REST and webhooks give them."""

from bot.simulator.clock import stamp
from bot.simulator.entities import Label, Repository
from bot.simulator.shapes.people import account
from bot.simulator.wire import Json
from bot.simulator.world import World

_PATHS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def api_url(world: World, repository: Repository) -> str:
    """The address of a repository in the API."""
    return f"{world.url}/repos/{repository.full_name}"


def minimal(world: World, repository: Repository) -> Json:
    """A repository with its addresses only (``minimal-repository``)."""
    url = api_url(world, repository)
    return {
        "id": repository.id,
        "node_id": repository.node_id,
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": account(world, repository.owner),
        "html_url": f"{world.url}/{repository.full_name}",
        "description": None,
        "fork": False,
        "url": url,
        **{key: url + path for key, path in _PATHS.items()},
    }


def full(world: World, repository: Repository) -> Json:
    """A repository with all that REST tells of it (``full-repository``)."""
    html = f"{world.url}/{repository.full_name}"
    opened = sum(1 for issue in repository.issues.values() if issue.state == "open")
    created = stamp(repository.created_at)
    return minimal(world, repository) | {
        "created_at": created,
        "updated_at": created,
        "pushed_at": created,
        "git_url": f"git:{html.partition(':')[2]}.git",
        "ssh_url": f"git@localhost:{repository.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "homepage": None,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": None,
        "has_issues": repository.has_issues,
        "has_projects": False,
        "has_downloads": False,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "archived": repository.archived,
        "disabled": False,
        "open_issues_count": opened,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repository.private else "public",
        "forks": 0,
        "open_issues": opened,
        "watchers": 0,
        "default_branch": repository.default_branch,
        "network_count": 0,
        "subscribers_count": 0,
    }


def in_webhook(world: World, repository: Repository) -> Json:
    """A repository as webhooks carry it."""
    shape = full(world, repository)
    del shape["network_count"], shape["subscribers_count"]
    return shape


def label(world: World, one: Label) -> Json:
    """A label."""
    return {
        "id": one.id,
        "node_id": one.node_id,
        "url": f"{api_url(world, one.repository)}/labels/{one.name}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description,
    }
