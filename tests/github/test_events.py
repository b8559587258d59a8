"""Deliveries as typed values."""

import json

import pytest

from bot.github.events import (
    DECODERS,
    BadPayload,
    InstallationEvent,
    IssueCommentEvent,
    PullRequestEvent,
    StatusEvent,
    decode,
)

REPOSITORY = {"id": 7, "full_name": "o/r"}
COMMENT = {
    "action": "created",
    "installation": {"id": 1},
    "repository": REPOSITORY,
    "issue": {"number": 12, "pull_request": {"url": "https://x"}},
    "comment": {"id": 5, "body": "/assess-resolution", "user": {"login": "ann", "id": 2, "type": "User"}},
    "sender": {"login": "ann", "id": 2, "type": "User"},
}


def body(**changes: object) -> bytes:
    """A comment's payload with changes; None leaves a key out."""
    return json.dumps({key: value for key, value in {**COMMENT, **changes}.items() if value is not None}).encode()


def test_a_comment_is_decoded() -> None:
    """The fields that somebody uses arrive typed; the rest is ignored."""
    event = decode("issue_comment", body(organization={"login": "o"}))
    assert isinstance(event, IssueCommentEvent)
    assert (event.repository.full_name, event.issue.number, event.comment.body) == ("o/r", 12, "/assess-resolution")
    assert event.issue.pull_request is not None
    assert event.installation is not None


def test_a_merged_pull_request_is_decoded() -> None:
    """Null texts, as GitHub sends them for empty ones, are no fault."""
    pull = {"number": 3, "merged": True, "merge_commit_sha": "ab", "base": {"ref": "main"}, "body": None}
    raw = json.dumps({"action": "closed", "repository": REPOSITORY, "pull_request": pull}).encode()
    event = decode("pull_request", raw)
    assert isinstance(event, PullRequestEvent)
    assert (event.pull_request.merged, event.pull_request.body) == (True, None)


def test_an_installation_is_decoded() -> None:
    """Events about the App itself name no repository."""
    event = decode("installation", b'{"action":"created","installation":{"id":4,"account":{}},"repositories":[]}')
    assert isinstance(event, InstallationEvent)
    assert event.installation.id == 4


def test_a_commit_status_is_decoded() -> None:
    """The one event about a repository without an action."""
    event = decode("status", json.dumps({"sha": "a" * 40, "state": "success", "repository": REPOSITORY}).encode())
    assert isinstance(event, StatusEvent)
    assert (event.sha, event.state, event.action) == ("a" * 40, "success", "")


DROPPED = {
    "unknown event": ("star", b"not even JSON"),
    "no repository": ("issue_comment", b'{"action":"created","installation":{"id":1},"pad":"x"}'),
    "repository null": ("issues", b'{"action":"closed","repository":null}'),
}


@pytest.mark.parametrize(("event", "raw"), DROPPED.values(), ids=DROPPED.keys())
def test_what_cannot_concern_us_is_dropped(event: str, raw: bytes) -> None:
    """An event that we do not use, or one about no repository, is nobody's fault."""
    assert decode(event, raw) is None


WRONG = {
    "empty": (b"", "not JSON"),
    "text": (b"hello", "not JSON"),
    "null": (b"null", "no payload"),
    "array": (b"[]", "no payload"),
    "two documents": (b"{}{}", "not JSON"),
    "NaN": (b'{"a":NaN}', "not JSON"),
    "lone surrogate": (b'{"a":"\\ud800"}', "not JSON"),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', "not UTF-8"),
    "NULs": (b"\0" * 20, "not JSON"),
    "deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "no comment": (body(comment=None), "missing required field `comment`"),
    "no id": (body(comment={"body": "x"}), "missing required field `id`"),
    "text for a number": (body(issue={"number": "12"}), "Expected `int`"),
    "negative id": (body(installation={"id": -1}), ">= 1"),
    "enormous id": (body(installation={"id": 10**400}), "<= 9223372036854775807"),
    "traversal": (body(repository={"id": 1, "full_name": "../../x"}), "matching regex"),
    "line end in a name": (body(repository={"id": 1, "full_name": "o/r\n"}), "matching regex"),
}


@pytest.mark.parametrize(("raw", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_payload_is_refused(raw: bytes, words: str) -> None:
    """Anything else is refused with one sentence that says what is wrong."""
    with pytest.raises(BadPayload, match=words) as error:
        decode("issue_comment", raw)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("event", sorted(DECODERS))
def test_no_event_takes_bare_json(event: str) -> None:
    """Every event in the table checks its shape."""
    with pytest.raises(BadPayload):
        decode(event, b"[1]")
