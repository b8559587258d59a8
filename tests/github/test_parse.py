"""Words of the wire become our words; a word that we do not know never counts in favour."""

from typing import Any

import msgspec
import pytest

from bot.github import parse, wire
from bot.github.models import CheckState, EventKind, StateReason

from . import answers


def check(node: Any) -> CheckState:
    return parse.checks((msgspec.convert(node, wire.WireContext),))[0].state


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        ("SUCCESS", CheckState.SUCCESS),
        ("FAILURE", CheckState.FAILURE),
        ("TIMED_OUT", CheckState.FAILURE),
        ("STARTUP_FAILURE", CheckState.FAILURE),
        ("ACTION_REQUIRED", CheckState.FAILURE),
        ("CANCELLED", CheckState.CANCELLED),
        ("STALE", CheckState.CANCELLED),
        ("NEUTRAL", CheckState.NEUTRAL),
        ("SKIPPED", CheckState.NEUTRAL),
        ("SPLENDID", CheckState.FAILURE),
        (None, CheckState.RUNNING),
    ],
)
def test_conclusions(conclusion: str | None, state: CheckState) -> None:
    """Of check runs; an unknown word is a failure."""
    assert state is check(answers.run(conclusion=conclusion))


@pytest.mark.parametrize("status", ["QUEUED", "IN_PROGRESS", "WAITING", "REQUESTED", "PENDING", "NEW_WORD"])
def test_a_run_that_is_not_completed_runs(status: str) -> None:
    """Whatever conclusion an earlier attempt had."""
    assert CheckState.RUNNING is check(answers.run(status=status))


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCESS", CheckState.SUCCESS),
        ("FAILURE", CheckState.FAILURE),
        ("ERROR", CheckState.FAILURE),
        ("PENDING", CheckState.RUNNING),
        ("EXPECTED", CheckState.RUNNING),
        ("SPLENDID", CheckState.FAILURE),
    ],
)
def test_statuses(word: str, state: CheckState) -> None:
    """Of commit statuses."""
    node = {"__typename": "StatusContext", "context": "ci", "state": word, "targetUrl": None, "createdAt": answers.WHEN}
    assert state is check(node)


def test_the_newest_run_of_a_name_counts() -> None:
    """A re-run replaces the earlier one; the same name in another workflow or app stands for itself."""
    suite = {"app": {"slug": "other"}, "workflowRun": None}
    nodes = [
        answers.run(conclusion="FAILURE", databaseId=1),
        answers.run(conclusion="SUCCESS", databaseId=2, startedAt="2026-11-20T11:00:00Z"),
        answers.run(conclusion="CANCELLED", databaseId=3, startedAt="2026-11-20T10:30:00Z"),
        answers.run(conclusion="FAILURE", databaseId=4, checkSuite=suite),
    ]
    found = parse.checks(tuple(msgspec.convert(node, wire.WireContext) for node in nodes))
    expected = [("github-actions", CheckState.SUCCESS), ("other", CheckState.FAILURE)]
    assert expected == [(one.app, one.state) for one in found]


@pytest.mark.parametrize(
    ("database_id", "url", "number"),
    [(5, "x", 5), (None, "https://h/issues/3#issuecomment-3000000001", 3000000001), (None, "https://h/x", 0)],
    ids=["told", "too large for GraphQL", "nowhere"],
)
def test_a_comments_number(database_id: int | None, url: str, number: int) -> None:
    """GraphQL's Int ends at 2^31; the link does not."""
    assert number == parse.comment_id(database_id, url)


@pytest.mark.parametrize(
    ("node", "kind", "subject", "commit"),
    [
        ({"__typename": "ClosedEvent", "closer": {"__typename": "PullRequest", "number": 7}}, "closed", 7, None),
        ({"__typename": "ClosedEvent", "closer": {"__typename": "Commit", "oid": "e" * 40}}, "closed", None, "e" * 40),
        ({"__typename": "ClosedEvent", "closer": None}, "closed", None, None),
        ({"__typename": "ReferencedEvent", "commit": {"oid": "e" * 40}}, "referenced", None, "e" * 40),
        (
            {"__typename": "CrossReferencedEvent", "source": {"__typename": "Issue", "number": 9}},
            "cross-referenced",
            9,
            None,
        ),
        (
            {"__typename": "MarkedAsDuplicateEvent", "canonical": {"__typename": "Issue", "number": 2}},
            "marked-duplicate",
            2,
            None,
        ),
    ],
)
def test_timeline_events(node: Any, kind: str, subject: int | None, commit: str | None) -> None:
    """Each kind points to its own subject."""
    found = parse.event(msgspec.convert(node | {"createdAt": answers.WHEN}, wire.WireEvent))
    assert found is not None
    assert (EventKind(kind), subject, commit) == (found.kind, found.subject, found.commit)


def test_an_unknown_event_is_left_out() -> None:
    """GitHub may add kinds."""
    assert parse.event(wire.WireEvent(kind="TeleportedEvent")) is None


@pytest.mark.parametrize(("word", "reason"), [("completed", StateReason.COMPLETED), ("x", None), (None, None)])
def test_state_reasons(word: str | None, reason: StateReason | None) -> None:
    """REST writes them small, GraphQL in capitals."""
    assert reason is parse.state_reason(word)


@pytest.mark.parametrize(
    ("author", "ours", "by_us"),
    [("Bot", True, True), ("Bot", False, False), ("User", True, False), (None, True, False)],
    ids=["ours", "another-bot's", "a-person-who-looks", "nobody's"],
)
def test_what_this_app_filed(author: str | None, ours: bool, by_us: bool) -> None:
    """Who looks with his own token wrote his own issues, and those are no tickets."""
    who = {"__typename": author, "login": "resolution"} if author else None
    told = msgspec.json.encode(answers.issue_ref(4, viewerDidAuthor=ours, author=who))
    assert parse.issue_ref(msgspec.json.decode(told, type=wire.WireIssueRef)).by_us is by_us


def test_a_trial_merge_is_no_merge() -> None:
    """An open pull request has a merge commit that is on no branch."""
    found = parse.pull(msgspec.convert(answers.pull(state="OPEN", mergedAt=None), wire.WirePull))
    assert found.merge_commit is None
