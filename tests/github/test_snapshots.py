"""A snapshot is one request; what a permission withholds is unknown exactly there, and absence has a name."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from bot.github.errors import Forbidden, GitHubError, Gone, IsPull, Moved, NotFound, Unavailable
from bot.github.models import Issue, NodeId, PolicyFile, Snapshot, Unknown

from . import answers
from .stand_in import NOON, StandIn, fault, ok, session

ISSUE = "/repos/acme/shop/issues/3"


async def taken(github: StandIn) -> Snapshot:
    async with session(github) as shop:
        return await shop.snapshot(3)


async def test_one_request_brings_everything() -> None:
    """Issue, policy, history, checks and deployments at one moment."""
    github = StandIn().graphql(ok({"repository": answers.repository()}))
    snapshot = await taken(github)
    assert len(github.sent("POST", "/graphql")) == 1
    assert (snapshot.fetched_at, snapshot.default_branch, snapshot.head) == (NOON, "main", answers.HEAD)
    assert (snapshot.history[0].parents, snapshot.history[0].author) == ((answers.OLD,), "bob")
    assert snapshot.policy_file == PolicyFile(
        path=".github/resolution.yml", oid="d" * 40, size_bytes=11, text="version: 1\n"
    )
    assert isinstance(snapshot.issue.closing_pulls, tuple)
    assert snapshot.issue.closing_pulls[0].merge_commit == answers.MERGE
    assert snapshot.issue.closing_pulls[0].commit_authors == ("bob", "carl")
    assert snapshot.issue.closing_pulls[0].first_commit_at == datetime.fromisoformat(answers.WRITTEN)
    assert snapshot.issue.closing_pulls[0].commit_shas == tuple(digit * 40 for digit in "12345")
    assert not isinstance(snapshot.head_checks, Unknown)
    assert not unknown_parts(snapshot)


def unknown_parts(snapshot: Snapshot) -> set[str]:
    """The names of the parts that are not known, of the snapshot and its issue."""
    issue = snapshot.issue
    return {
        name
        for value in (snapshot, issue)
        for name in type(value).__dataclass_fields__
        if isinstance(getattr(value, name), Unknown)
    }


@pytest.mark.parametrize(
    ("path", "part", "told"),
    [
        (("issue", "labels"), "labels", "missing"),
        (("issue", "subIssues"), "sub_issues", "missing"),
        (("issue", "blockedBy"), "blocked_by", "missing"),
        (("issue", "closedByPullRequestsReferences"), "closing_pulls", "pull requests: read"),
        (("issue", "closedByPullRequestsReferences", "nodes", 0), "closing_pulls", "pull requests: read"),
        (("issue", "timelineItems"), "timeline", "missing"),
        (("issue", "timelineItems", "nodes", 0), "timeline", "missing"),
        (("issue", "comments"), "comments", "missing"),
        (("labels",), "label_names", "missing"),
        (("deployments",), "deployments", "deployments: read"),
        (("defaultBranchRef", "target", "statusCheckRollup"), "head_checks", "checks: read and statuses: read"),
    ],
)
@pytest.mark.parametrize("acknowledging", [False, True], ids=["query", "mutation"])
async def test_a_missing_permission_makes_one_part_unknown(
    path: tuple[str | int, ...], part: str, told: str, acknowledging: bool
) -> None:
    """The part, no other part, and the reason names the permission where we know it."""
    data = answers.without(answers.repository(), path)
    whole, errors = {"repository": data}, [fault("FORBIDDEN", "repository", *path)]
    if acknowledging:
        whole = reaction(data)
        under = ("addReaction", "subject", "issue")
        inside = path[1:] if path[0] == "issue" else ("repository", *path)
        errors = [fault("FORBIDDEN", *under, *inside)]
    github = StandIn().graphql(ok(whole, *errors))
    async with session(github) as shop:
        snapshot = await (shop.acknowledge_and_snapshot(NodeId("IC_1"), 3) if acknowledging else shop.snapshot(3))
    assert {part} == unknown_parts(snapshot)
    unknown = getattr(snapshot, part, None) or getattr(snapshot.issue, part)
    assert told in unknown.reason


def reaction(data: Any) -> Any:
    """The same snapshot as the payload of the reaction."""
    issue = data["issue"] | {"repository": {name: value for name, value in data.items() if name != "issue"}}
    return {"addReaction": {"subject": {"issue": issue}}}


async def test_withheld_deployments_do_not_take_the_repository_along() -> None:
    """GitHub declares them as never null, so the fault empties everything above: ask again without them."""
    bubbled = ok({"repository": None}, fault("FORBIDDEN", "repository", "deployments"))
    data = answers.repository()
    del data["deployments"]
    github = StandIn().graphql(bubbled, ok({"repository": data}))
    assert {"deployments"} == unknown_parts(await taken(github))
    asked = [json.loads(one.content)["variables"]["deployments"] for one in github.sent("POST", "/graphql")]
    assert asked == [True, False]


async def test_a_withheld_workflow_takes_only_its_name() -> None:
    """Without actions:read the check itself is still known."""
    run = answers.run(checkSuite={"app": {"slug": "github-actions"}, "workflowRun": None})
    data = answers.repository()
    data["defaultBranchRef"]["target"]["statusCheckRollup"]["contexts"] = answers.connection(run)
    path = ("defaultBranchRef", "target", "statusCheckRollup", "contexts", "nodes", 0, "checkSuite", "workflowRun")
    snapshot = await taken(StandIn().graphql(ok({"repository": data}, fault("FORBIDDEN", "repository", *path))))
    assert not isinstance(snapshot.head_checks, Unknown)
    assert [(check.name, check.workflow) for check in snapshot.head_checks.checks] == [("ci", None)]


@pytest.mark.parametrize("path", [("policy",), ("defaultBranchRef",), ("defaultBranchRef", "target")])
async def test_unreadable_content_is_not_an_absent_policy(path: tuple[str, ...]) -> None:
    """Without contents:read there is nothing to go by."""
    data = answers.without(answers.repository(), path)
    github = StandIn().graphql(ok({"repository": data}, fault("FORBIDDEN", "repository", *path)))
    with pytest.raises(Forbidden) as caught:
        await taken(github)
    assert caught.value.needed == "contents: read"


async def test_an_empty_repository_is_a_repository() -> None:
    """No branch, no head, no history, and no checks that could be green."""
    data = answers.repository(defaultBranchRef=None, policy=None)
    snapshot = await taken(StandIn().graphql(ok({"repository": data})))
    assert (
        snapshot.default_branch,
        snapshot.head,
        snapshot.history,
        snapshot.policy_file,
    ) == (None, None, (), None)
    assert isinstance(snapshot.head_checks, Unknown)


async def test_no_checks_at_all_is_not_unknown() -> None:
    """A null rollup without a fault: there is no CI."""
    data = answers.without(answers.repository(), ("defaultBranchRef", "target", "statusCheckRollup"))
    snapshot = await taken(StandIn().graphql(ok({"repository": data})))
    assert not isinstance(snapshot.head_checks, Unknown)
    assert (snapshot.head_checks.checks, snapshot.head_checks.complete) == ((), True)


@pytest.mark.parametrize(
    ("by_rest", "error"),
    [
        (httpx.Response(404, json={"message": "Not Found"}), NotFound),
        (httpx.Response(410, json={"message": "This issue was deleted"}), Gone),
        (httpx.Response(301, headers={"location": "https://api.github.com/repositories/99/issues/8"}), Moved),
        (httpx.Response(200, json={"number": 3, "pull_request": {"url": "x"}}), IsPull),
        (httpx.Response(200, json={"number": 3}), Unavailable),
    ],
    ids=["absent", "deleted", "transferred", "pull request", "not replicated yet"],
)
async def test_an_absent_issue_has_a_reason(by_rest: httpx.Response, error: type[GitHubError]) -> None:
    """REST is asked once, and tells them apart."""
    data = answers.repository(issue=None)
    github = StandIn().graphql(ok({"repository": data}, fault("NOT_FOUND", "repository", "issue")))
    github.on("GET", ISSUE, by_rest)
    with pytest.raises(GitHubError) as caught:
        await taken(github)
    assert error is type(caught.value)
    assert len(github.sent("GET", ISSUE)) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ok({"repository": None}, fault("NOT_FOUND", "repository")), NotFound),
        (ok({"repository": None}, fault("FORBIDDEN", "repository")), Forbidden),
        (ok(None, {"message": "Something went wrong while executing your query"}), Unavailable),
        (ok({"repository": answers.repository(databaseId=56)}), NotFound),
        (ok({"repository": answers.repository(issue=answers.issue(state="MELTED"))}), Unavailable),
        (ok({"repository": answers.repository(issue=None)}, fault("FORBIDDEN", "repository", "issue")), Forbidden),
    ],
    ids=["absent", "forbidden", "internal error", "name taken over", "unknown state", "issue forbidden"],
)
async def test_an_absent_repository_has_a_reason(answer: httpx.Response, error: type[GitHubError]) -> None:
    """Also where the name belongs to another repository now."""
    with pytest.raises(error):
        await taken(StandIn().graphql(answer))


async def test_acknowledging_brings_the_snapshot_along() -> None:
    """One request, and the same snapshot as by asking for it."""
    data = answers.repository()
    github = StandIn().graphql(ok(reaction(data)), ok({"repository": data}))
    async with session(github) as shop:
        assert await shop.acknowledge_and_snapshot(NodeId("IC_1"), 3) == await shop.snapshot(3)
    sent = json.loads(github.sent("POST", "/graphql")[0].content)
    assert sent["query"].startswith("mutation Acknowledge")
    assert sent["variables"] == {"comment": "IC_1", "policy": "HEAD:.github/resolution.yml", "deployments": True}


@pytest.mark.parametrize(
    "first",
    [
        ok({"addReaction": None}, fault("NOT_FOUND", "addReaction")),
        ok({"addReaction": {"subject": None}}),
        ok({"addReaction": {"subject": {}}}),
        ok(reaction(answers.repository(issue=answers.issue(number=8)))),
        ok(reaction(answers.repository(databaseId=56))),
    ],
    ids=["comment gone", "no subject", "another kind", "another issue", "another repository"],
)
async def test_without_the_reaction_the_snapshot_is_still_taken(first: httpx.Response) -> None:
    """The reaction is a courtesy."""
    github = StandIn().graphql(first, ok({"repository": answers.repository()}))
    async with session(github) as shop:
        snapshot = await shop.acknowledge_and_snapshot(NodeId("IC_1"), 3)
    assert (snapshot.issue.number, snapshot.repository.id) == (3, 55)


def paged(first: Any, *pages: Any) -> StandIn:
    data = answers.repository()
    data["defaultBranchRef"]["target"]["statusCheckRollup"]["contexts"] = first
    further = [ok({"repository": {"object": {"statusCheckRollup": {"contexts": page}}}}) for page in pages]
    return StandIn().graphql(ok({"repository": data}), *further)


async def test_more_than_100_checks_are_all_read() -> None:
    """Page by page, and only as many as there are."""
    github = paged(
        answers.connection(answers.run("a"), after="x"),
        answers.connection(answers.run("b"), after="y"),
        answers.connection(answers.run("c", None)),
    )
    snapshot = await taken(github)
    assert not isinstance(snapshot.head_checks, Unknown)
    assert (
        [check.name for check in snapshot.head_checks.checks],
        snapshot.head_checks.complete,
    ) == (["a", "b", "c"], True)
    cursors = [json.loads(one.content)["variables"].get("after") for one in github.sent("POST", "/graphql")]
    assert cursors == [None, "x", "y"]


async def test_unreadable_checks_are_not_complete() -> None:
    """A null among the checks, or a page that fails."""
    broken = paged(answers.connection(answers.run("a"), after="x"))
    broken.graphql(*paged(answers.connection(answers.run("a"), after="x"))._rules[0][2], ok({"repository": None}))
    for github in (paged(answers.connection(answers.run("a"), None)), broken):
        snapshot = await taken(github)
        assert not isinstance(snapshot.head_checks, Unknown)
        assert not snapshot.head_checks.complete


async def test_more_than_10_closing_pulls_are_all_read() -> None:
    """The second page is asked for."""
    first = answers.connection(answers.pull(7), after="x")
    second = {"repository": {"issue": {"closedByPullRequestsReferences": answers.connection(answers.pull(8))}}}
    data = answers.repository(issue=answers.issue(closedByPullRequestsReferences=first))
    snapshot = await taken(StandIn().graphql(ok({"repository": data}), ok(second)))
    assert not isinstance(snapshot.issue.closing_pulls, Unknown)
    assert [pull.number for pull in snapshot.issue.closing_pulls] == [7, 8]


async def test_a_closing_pull_that_may_not_be_read_on_a_later_page_makes_all_unknown() -> None:
    """An incomplete list would be a claim."""
    first = answers.connection(answers.pull(7), after="x")
    path = ("repository", "issue", "closedByPullRequestsReferences")
    second = {"repository": {"issue": {"closedByPullRequestsReferences": answers.connection(None)}}}
    data = answers.repository(issue=answers.issue(closedByPullRequestsReferences=first))
    github = StandIn().graphql(ok({"repository": data}), ok(second, fault("FORBIDDEN", *path, "nodes", 0)))
    issue: Issue = (await taken(github)).issue
    assert isinstance(issue.closing_pulls, Unknown)


@pytest.mark.parametrize(("total", "complete"), [(2, True), (101, False)])
async def test_the_labels_that_a_repository_has(total: int, complete: bool) -> None:
    """Whether a label is there is known by name without case; that it is not, only where all were read."""
    labels = answers.connection({"name": "bug"}, {"name": "Hold"}, total=total)
    names = (await taken(StandIn().graphql(ok({"repository": answers.repository(labels=labels)})))).label_names
    assert not isinstance(names, Unknown)
    assert (names.complete, names.has("hold"), names.has("absent")) == (complete, True, False if complete else None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ("Bug", None, False)),
        ({"issueType": None, "lastEditedAt": answers.WHEN}, (None, None, True)),
        ({"lastEditedAt": answers.WHEN, "editor": {"__typename": "User", "login": "bob"}}, ("Bug", "bob", True)),
    ],
    ids=["never edited", "edited by a deleted account", "edited"],
)
async def test_the_type_and_the_last_editor(changes: Any, told: tuple[str | None, str | None, bool]) -> None:
    """Never edited and edited by nobody that is left are two things."""
    data = answers.repository(issue=answers.issue(**changes))
    issue = (await taken(StandIn().graphql(ok({"repository": data})))).issue
    editor = issue.editor.login if issue.editor is not None else None
    assert (issue.issue_type, editor, issue.body_edited_at is not None) == told


async def test_a_truncated_policy_has_no_text() -> None:
    """Half a policy is none; its size is told."""
    data = answers.repository()
    data["policy"] |= {"isTruncated": True, "byteSize": 600_000}
    snapshot = await taken(StandIn().graphql(ok({"repository": data})))
    assert snapshot.policy_file is not None
    assert (snapshot.policy_file.text, snapshot.policy_file.size_bytes) == (None, 600_000)
