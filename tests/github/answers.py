"""GraphQL answers as GitHub gives them, to be changed where a test needs it."""

from copy import deepcopy
from typing import Any

HEAD, OLD, MERGE = "a" * 40, "b" * 40, "c" * 40
WHEN = "2026-11-20T10:00:00Z"
WRITTEN = "2026-11-18T10:00:00Z"

Json = Any


def connection(*nodes: Json, total: int | None = None, after: str | None = None, before: str | None = None) -> Json:
    page = {
        "hasNextPage": after is not None,
        "endCursor": after,
        "hasPreviousPage": before is not None,
        "startCursor": before,
    }
    return {"totalCount": len(nodes) if total is None else total, "pageInfo": page, "nodes": list(nodes)}


def commit(oid: str = HEAD, *parents: str, message: str = "work", author: str | None = "bob") -> Json:
    return {
        "__typename": "Commit",
        "oid": oid,
        "message": message,
        "committedDate": WHEN,
        "author": {"user": {"login": author} if author else None},
        "parents": connection(*({"oid": parent} for parent in parents)),
    }


def pull(number: int = 7, **changes: Json) -> Json:
    return {
        "number": number,
        "url": f"https://github.com/acme/shop/pull/{number}",
        "title": "Fix it",
        "body": "Fixes #3",
        "state": "MERGED",
        "isDraft": False,
        "mergedAt": WHEN,
        "baseRefName": "main",
        "headRefName": "fix",
        "additions": 3,
        "deletions": 1,
        "changedFiles": 1,
        "repository": {"nameWithOwner": "acme/shop"},
        "author": {"__typename": "User", "login": "bob"},
        "mergeCommit": {"oid": MERGE, "parents": connection({"oid": OLD})},
        "commits": connection(
            _written("one", "1", {"user": {"login": "bob"}}),
            _written("two", "2", {"user": {"login": "carl"}}, at=WRITTEN),
            _written("three", "3", {"user": {"login": "bob"}}),
            _written("four", "4", {"user": None}),
            _written("five", "5", None),
        ),
        "files": connection({"path": "a.py", "additions": 3, "deletions": 1, "changeType": "MODIFIED"}),
    } | changes


def _written(message: str, digit: str, author: Json, at: str = WHEN) -> Json:
    return {"commit": {"oid": digit * 40, "message": message, "authoredDate": at, "author": author}}


def issue_ref(number: int, **changes: Json) -> Json:
    return {
        "databaseId": 1000 + number,
        "number": number,
        "title": f"issue {number}",
        "state": "OPEN",
        "stateReason": None,
        "repository": {"nameWithOwner": "acme/shop"},
    } | changes


def comment(number: int = 1, body: str = "hello", login: str = "alice") -> Json:
    return {
        "id": f"IC_{number}",
        "databaseId": number,
        "url": f"https://github.com/acme/shop/issues/3#issuecomment-{number}",
        "body": body,
        "createdAt": WHEN,
        "viewerDidAuthor": False,
        "isMinimized": False,
        "author": {"__typename": "User", "login": login},
    }


def run(name: str = "ci", conclusion: str | None = "SUCCESS", **changes: Json) -> Json:
    return {
        "__typename": "CheckRun",
        "databaseId": 1,
        "name": name,
        "status": "COMPLETED" if conclusion else "IN_PROGRESS",
        "conclusion": conclusion,
        "startedAt": WHEN,
        "completedAt": WHEN,
        "detailsUrl": "https://ci.example/1",
        "checkSuite": {"app": {"slug": "github-actions"}, "workflowRun": {"workflow": {"name": "CI"}}},
    } | changes


def issue(**changes: Json) -> Json:
    return {
        "id": "I_3",
        "databaseId": 1003,
        "number": 3,
        "url": "https://github.com/acme/shop/issues/3",
        "title": "It breaks",
        "body": "always",
        "state": "OPEN",
        "stateReason": None,
        "createdAt": WHEN,
        "closedAt": None,
        "locked": False,
        "author": {"__typename": "User", "login": "alice"},
        "editor": None,
        "lastEditedAt": None,
        "issueType": {"name": "Bug"},
        "labels": connection({"name": "bug"}),
        "assignees": connection({"login": "bob"}),
        "subIssuesSummary": {"total": 1},
        "subIssues": connection(issue_ref(4)),
        "blockedBy": connection(issue_ref(5)),
        "closedByPullRequestsReferences": connection(pull()),
        "history": connection(),
        "labelling": connection(),
        "timelineItems": connection(
            {"__typename": "ReopenedEvent", "createdAt": WHEN, "stateReason": "REOPENED", "actor": None}
        ),
        "comments": connection(comment()),
    } | changes


def now(**changes: Json) -> Json:
    whole = issue()
    kept = ("id", "number", "state", "stateReason", "closedAt", "locked", "labels", "comments", "timelineItems")
    return {name: whole[name] for name in kept} | changes


def blob(text: str, oid: str = "e" * 40) -> Json:
    return {
        "__typename": "Blob",
        "oid": oid,
        "text": text,
        "byteSize": len(text),
        "isBinary": False,
        "isTruncated": False,
    }


def above(text: str | None = None) -> Json:
    """The organisation's `.github`, with this policy."""
    policy = None if text is None else blob(text)
    return {"nameWithOwner": "acme/.github", "defaultBranchRef": {"target": {"oid": OLD}}, "policy": policy}


def repository(**changes: Json) -> Json:
    return {
        "databaseId": 55,
        "nameWithOwner": "acme/shop",
        "url": "https://github.com/acme/shop",
        "isArchived": False,
        "isPrivate": True,
        "policy": blob("version: 1\n", "d" * 40),
        "owner": {"repository": above()},
        "labels": connection({"name": "bug"}, {"name": "Hold"}),
        "defaultBranchRef": {
            "name": "main",
            "target": {
                "oid": HEAD,
                "history": connection(commit(HEAD, OLD), commit(OLD)),
                "statusCheckRollup": {"contexts": connection(run())},
            },
        },
        "deployments": connection(
            {
                "environment": "production",
                "state": "ACTIVE",
                "commitOid": OLD,
                "createdAt": WHEN,
                "latestStatus": {"environmentUrl": "https://shop.example"},
            }
        ),
        "issue": issue(),
    } | changes


def without(data: Json, path: tuple[str | int, ...]) -> Json:
    """The same data with null at a path."""
    changed = deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = None
    return changed
