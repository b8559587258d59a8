"""What a promise carries from one look to the next."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.promise import Look, Place, Promised, Runs
from bot.commands.promise import REST, due_of, job_of, next_of
from bot.commands.request import Place as IssuePlace
from bot.commands.request import PromiseRequest, unpack

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=2)
REQUEST = PromiseRequest(
    place=IssuePlace(installation=1, repository_id=7, owner="octo", name="shop", number=3),
    pull=2,
    environments=("production",),
    due=DUE,
)
WHAT = Promised(
    issue_node="I_1",
    pull=2,
    pull_url="",
    merged_at=NOW,
    commit="a",
    commit_url="",
    branch="main",
    within=timedelta(days=5),
    policy="p",
)


def test_the_job_is_parked_for_each_environment() -> None:
    """One job a pull request and issue, in the issue's turn, woken by what succeeded in any spelling."""
    job = job_of(REQUEST, timedelta(days=2))
    assert (job.id, job.key, job.topics) == ("promise:7:2:3", "7/3", ("deployed:7:production",))
    assert unpack(job.payload, PromiseRequest) == REQUEST
    assert job.delay > timedelta(days=2)


def test_the_policy_of_the_look_holds() -> None:
    """Its environments and its time take the place of those that were known."""
    look = Look(at=NOW, promised=WHAT, places=(Place(name="EU", runs=Runs.NO),))
    following = next_of(REQUEST, look, due_of(REQUEST, look))
    assert (following.environments, following.due, following.look) == (("EU",), NOW + timedelta(days=5), 1)
    assert job_of(following, timedelta()).topics == ("deployed:7:eu",)


def test_where_nobody_can_tell() -> None:
    """What was known last goes on."""
    following = next_of(REQUEST, Look(at=NOW, mute="no answer"), DUE)
    assert (following.environments, following.due) == (REQUEST.environments, DUE)


@pytest.mark.parametrize(
    ("looks", "until", "rests"),
    [(2, DUE, None), (3, DUE, NOW + REST), (300, DUE, NOW + REST), (3, NOW + REST / 2, NOW + REST / 2)],
)
def test_many_deployments(looks: int, until: datetime, rests: datetime | None) -> None:
    """After the first few looks there is a rest after each, and what is due is never late for it."""
    request = PromiseRequest(place=REQUEST.place, pull=2, environments=(), due=DUE, look=looks)
    assert next_of(request, Look(at=NOW), until).rests == rests
