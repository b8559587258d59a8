"""From ``world.json`` to a world: every fault names the place in the file.

Everything is optional but ``full_name``, numbers, and names of checks. Revisions (``sha``, ``head``,
``merge_commit_sha`` …) are anything that rev-parse takes; times are ISO 8601::

    {"app": {"id", "slug", "webhook_url", "webhook_secret", "private_key_path", "permissions": {}, "events": []},
     "repositories": [{
        "full_name", "git", "default_branch", "head", "branches": {"name": "revision"}, "private", "archived",
        "has_issues", "installed", "permissions": {}, "collaborators": {"login": "role"}, "protected": ["branch"],
        "labels": [{"name", "color"}],
        "issues": [{"number", "title", "body", "labels", "state", "state_reason", "author", "assignees", "locked",
                    "type", "deleted", "transferred_to", "editor", "closed_by", "created_at", "closed_at",
                    "sub_issues": [2], "blocked_by": [3],
                    "comments": [{"author", "body", "created_at", "minimized", "reactions": [{"author", "content"}]}]}],
        "pulls": [{… as an issue, "merged", "merged_by", "merged_at", "merge_commit_sha", "base", "head", "head_sha",
                   "commits": [], "draft", "closes": [1, "owner/name#2"]}],
        "check_runs": [{"sha", "name", "status", "conclusion", "app", "workflow", "started_at", "title", "summary"}],
        "statuses": [{"sha", "context", "state", "description", "target_url", "created_at"}],
        "workflows": [{"name", "path", "state", "dispatchable", "returns_run", "dispatch_conclusion"}],
        "workflow_runs": [{"name", "path", "sha", "branch", "event", "status", "conclusion", "created_at", "log"}],
        "deployments": [{"environment", "sha", "ref", "state", "created_at", "statuses": [{"state", "created_at"}]}],
        "releases": [{"tag", "name", "draft", "prerelease", "created_at"}]}],
     "tokens": {"a person's token": "login"}}
"""

from bot.simulator.loading.world import WorldError, load_world, unload_world

__all__ = ["WorldError", "load_world", "unload_world"]
