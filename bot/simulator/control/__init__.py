"""The control API under ``/_sim``: people and machines act, state and records are read.

``repo`` may be left out where the world has one repository; ``login`` is the owner by default.

Read (GET): ``state``, ``exchanges`` (JSON lines), ``deliveries``.

People (POST): ``comment {repo, issue, login, body}``, ``issue {title, body, labels}``,
``edit {issue | comment_id, title, body}``, ``delete {issue | comment_id}``, ``react {comment_id, content}``,
``label {issue, add, remove}``, ``lock {issue, locked}``, ``close {issue, reason}``, ``reopen {issue}``,
``merge {pull, method, sha, message}``, ``transfer {issue, to}``, ``role {login, role}``,
``repository {archived, private, has_issues, installed, permissions}``, ``rename {name}``,
``rename_default_branch {name}``, ``installation {action}``.

Machines (POST): ``check {sha, name, conclusion, app, workflow}``, ``status {sha, context, state}``,
``workflow_run {name, path, sha, event, conclusion | status, log | logs: {job: text}, log_expired, head_repository}``
(with ``id``, a run that is there goes on or ends), ``deployment {environment, sha, state, id}``,
``commit {branch, files: {path: text | null}, message, author}``, ``deliver {event, payload, guid}``,
``redeliver {id}``, ``settle {}`` (wait until all webhooks are out), ``faults {rules}`` (DELETE clears).
"""
