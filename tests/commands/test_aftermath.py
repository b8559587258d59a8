"""What a dry run says of all that would follow the closing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import Assessment, Related
from bot.assessment.evidence import Outcome
from bot.assessment.policy import FollowUpMode, FollowUpPolicy, RecordMode, RecordPolicy
from bot.assessment.watching import Subject
from bot.commands.aftermath import Ended, foreseen
from bot.commands.request import Place, Watchable, Wishes
from tests.assessment.samples import Setting, assess, finding, flags, operational

PLACE = Place(installation=1, repository_id=7, owner="octo", name="shop", number=12)
WATCH = Watchable(subjects={"a": Subject.BRANCH}, ladder=(timedelta(hours=1), timedelta(days=7)))
ALL = Wishes(
    follow_ups=FollowUpPolicy(mode=FollowUpMode.FILE),
    record=RecordPolicy(mode=RecordMode.PULL_REQUEST),
    cross_reference=True,
    watch=WATCH,
)
WORDS = (
    "1 follow-up ticket filed or kept current (`alarm`)",
    "a learning document proposed in a pull request",
    "one note each on #3 and #4, where there is none yet",
    "looked at again in 1 h and 7 days",
)


def seen(*, dry_run: bool = True, only: tuple[str, ...] = (), outcome: Outcome = Outcome.PASS) -> Assessment:
    alarm = operational("alarm", Outcome.FAIL)
    related = (Related(issue=3, shares="x"), Related(issue=4, shares="x"))
    setting = Setting(trigger=flags(dry_run=dry_run, only=only))
    return assess((finding("a", outcome), alarm), setting, related=related)


def told(wishes: Wishes, assessment: Assessment) -> tuple[str, ...]:
    ended = Ended(place=PLACE, issue_node="I", comment="", write="w", extra="", wishes=wishes)
    return foreseen(ended, assessment)


def test_all_that_would_follow() -> None:
    """In the order in which it is done; what shows nowhere is left out."""
    assert told(ALL, seen()) == WORDS
    committed = Wishes(record=RecordPolicy(mode=RecordMode.BRANCH))
    assert told(committed, seen()) == ("a learning document committed",)
    assert told(Wishes(), seen()) == ()


def test_a_ticket_that_is_only_closed() -> None:
    """Nobody has looked whether there is one, so nothing is said of it."""
    held = operational("alarm", Outcome.PASS)
    made = assess((finding("a"), held), Setting(trigger=flags(dry_run=True)))
    assert told(Wishes(follow_ups=FollowUpPolicy(mode=FollowUpMode.FILE)), made) == ()


@pytest.mark.parametrize(
    "assessment",
    [seen(dry_run=False), seen(only=("a",)), seen(outcome=Outcome.FAIL)],
    ids=["for-real", "a-part", "not-resolved"],
)
def test_nothing_would_follow(assessment: Assessment) -> None:
    """Where it is no dry run of a closing."""
    assert told(ALL, assessment) == ()


def test_what_is_closed_already_is_foreseen_too() -> None:
    """A closing that holds is followed by the same."""
    made = seen()
    shut = replace(made, state=replace(made.state, open=False), plan=replace(made.plan, would=()))
    assert told(ALL, shut) == WORDS
