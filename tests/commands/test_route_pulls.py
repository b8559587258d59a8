"""Pull requests that are pushed to or edited, and what of them becomes a preview's job."""

import msgspec
import pytest

from bot.commands.request import PushRequest, unpack
from bot.commands.route import (
    PREVIEW_JOB,
    PULL_JOB,
    router,
)
from bot.engine import Delivery
from bot.github.events import (
    Account,
    Branch,
    PullRequest,
    PullRequestEvent,
    Received,
)
from tests.commands.test_route import ANN, HOME, NOW, THROUGH, routed

HEAD = "a" * 40


def pushed(action: str = "synchronize", *, head: str = HEAD, before: str = "") -> Delivery | None:
    pull = PullRequest(number=12, base=Branch(ref="main"), head=Branch(ref="topic", sha=head))
    event = PullRequestEvent(
        action=action, repository=HOME, installation=THROUGH, pull_request=pull, before=before, sender=ANN
    )
    return routed(event, action, "pull_request")


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize"])
def test_a_head_that_is_new_becomes_a_job(action: str) -> None:
    """It is named after the head, and a newer one takes its place."""
    delivery = pushed(action)
    assert delivery is not None
    assert delivery.job is not None
    job = delivery.job
    assert (job.id, job.kind, job.key) == (f"pull:7:12:{HEAD}", PULL_JOB, "7/pull/12/head")
    assert job.supersedable
    request = unpack(job.payload, PushRequest)
    assert (request.place.number, request.head) == (12, HEAD)


def test_a_head_that_comes_back_is_another_job() -> None:
    """The check run of before may have been passed over."""
    first, back = pushed(), pushed(before="b" * 40)
    assert first is not None
    assert back is not None
    assert first.dedup != back.dedup


@pytest.mark.parametrize("action", ["edited", "labeled", "closed"])
def test_other_events_of_a_pull_request_are_nobodys_business(action: str) -> None:
    """Its head is as it was."""
    assert pushed(action) is None


def edited(*names: str, head: str = HEAD, guid: str = "g-1") -> Delivery | None:
    pull = PullRequest(number=12, base=Branch(ref="main"), head=Branch(ref="topic", sha=head))
    changes = {name: msgspec.Raw(b"{}") for name in names}
    event = PullRequestEvent(
        action="edited", repository=HOME, installation=THROUGH, pull_request=pull, changes=changes, sender=ANN
    )
    received = Received(event="pull_request", guid=guid, action="edited", payload=event, received_at=NOW)
    return router(slug="resolution")(received)


@pytest.mark.parametrize("names", [("title",), ("body",), ("base",), ("title", "other")])
def test_words_that_are_new_become_a_preview(names: tuple[str, ...]) -> None:
    """Closing keywords stand in them; the same words may come back, so every edit is another job."""
    first, second = edited(*names), edited(*names, guid="g-2")
    assert first is not None
    assert first.job is not None
    assert second is not None
    assert (first.job.kind, first.job.key, first.job.supersedable) == (PREVIEW_JOB, "7/pull/12/preview", True)
    assert first.dedup != second.dedup


@pytest.mark.parametrize(
    "made", [edited("milestone"), edited(), edited("body", head="")], ids=["other", "none", "head"]
)
def test_other_edits_are_nobodys_business(made: Delivery | None) -> None:
    """Nothing of what is previewed has changed."""
    assert made is None


@pytest.mark.parametrize("action", ["closed", "opened", "synchronize"])
@pytest.mark.parametrize(
    ("login", "branch", "heard"),
    [
        ("resolution[bot]", "resolution-bot/record-3", False),
        ("resolution[bot]", "resolution-bot/profile-hotfix", True),
        ("ann", "resolution-bot/record-3", True),
    ],
)
def test_our_own_learning_document_is_no_work(action: str, login: str, branch: str, heard: bool) -> None:
    """Neither its merge nor a push to it sets anything off; what else we or others propose does."""
    pull = PullRequest(
        number=8,
        base=Branch(ref="main"),
        head=Branch(ref=branch, sha="a" * 40),
        merged=action == "closed",
        user=Account(login=login),
    )
    event = PullRequestEvent(action=action, repository=HOME, installation=THROUGH, pull_request=pull)
    assert (routed(event, action, "pull_request") is not None) is heard
