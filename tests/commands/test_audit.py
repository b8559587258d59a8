"""What an audit asks of a closing of long ago."""

from datetime import timedelta

import pytest

from bot.assessment.audit import Way
from bot.assessment.evidence import Criterion, CriterionId, Sha
from bot.commands.audit import SAID_UNTIL, as_closed, asked_then, closing_of, not_asked
from bot.config.default import QUESTIONS
from bot.config.load import load
from bot.github.models import Actor, Comment, EventKind, Issue, NodeId, TimelineEvent, Unknown
from bot.probes.check import CheckParams
from bot.probes.contract import Question
from tests.probes.world import NOW, context, issue

ANN, HELPER = Actor(login="ann"), Actor(login="helper", is_bot=True)
FIX = Sha("f" * 40)
POLICY = """
version: 1
criteria:
  - {id: suite, check: {name: suite}}
  - {id: then, check: {name: suite, at: 85375b9}}
  - {id: health, http: {url: "https://api.example.com/health", status: 200}}
  - {id: nightly, workflow: {workflow: nightly.yml}}
  - {id: started, workflow: {workflow: suite.yml, dispatch: {}}}
  - {id: kept, file: README.md}
"""


def said(minutes: float) -> Comment:
    at = NOW + timedelta(minutes=minutes)
    return Comment(
        node_id=NodeId("C"), id=1, url="", body="", created_at=at, author=ANN, by_us=False, is_minimized=False
    )


def closed(**changes: object) -> Issue:
    return issue(closed_at=NOW, **changes)


def event(days: int = 0, kind: EventKind = EventKind.CLOSED, actor: Actor | None = ANN, **changes: object):
    return TimelineEvent(kind=kind, at=NOW + timedelta(days=days), actor=actor, **changes)  # type: ignore[arg-type]


def test_what_was_said_later_does_not_count() -> None:
    """Until an hour after the closing; how many comments stand before those that were read stays the same."""
    comments = (said(-90), said(59), said(61))
    seen = as_closed(context(about=closed(comments=comments, comment_total=9)).snapshot).issue
    assert (seen.comments, seen.comment_total, timedelta(minutes=60)) == (comments[:2], 8, SAID_UNTIL)


@pytest.mark.parametrize("about", [issue(closed_at=None), closed(comments=Unknown(reason="?"))])
def test_where_nothing_can_be_cut(about: Issue) -> None:
    """Without a moment, or without comments, it stays as it is."""
    snapshot = context(about=about).snapshot
    assert as_closed(snapshot) is snapshot


@pytest.mark.parametrize(
    ("timeline", "by", "by_bot", "way"),
    [
        pytest.param((event(),), "ann", False, Way.HAND, id="by hand"),
        pytest.param((event(actor=HELPER),), "helper", True, Way.HAND, id="by a bot"),
        pytest.param((event(subject=7, subject_is_pull=True),), "ann", False, Way.PULL, id="a pull request's keyword"),
        pytest.param((event(commit=FIX),), "ann", False, Way.COMMIT, id="a commit's"),
        pytest.param((event(actor=None),), None, False, Way.HAND, id="a deleted account"),
        pytest.param((event(1, actor=HELPER), event(0)), "helper", True, Way.HAND, id="the last closing"),
        pytest.param((event(kind=EventKind.REOPENED),), None, False, Way.UNKNOWN, id="no closing shown"),
        pytest.param(Unknown(reason="?"), None, False, Way.UNKNOWN, id="not told"),
    ],
)
def test_who_closed_it(timeline: object, by: str | None, by_bot: bool, way: Way) -> None:
    """And how, when."""
    found = closing_of(closed(timeline=timeline))
    assert (found.by, found.by_bot, found.way, found.at) == (by, by_bot, way, NOW)


def test_what_says_how_things_are_today_is_not_asked() -> None:
    """Live services, runs of workflows; and what would start one."""
    loaded = load(POLICY.encode(), path="p", source="s")
    assert not_asked(loaded) == ("health", "nightly", "started")
    assert [one.criterion.id for one in asked_then(loaded.questions, FIX)] == ["suite", "then", "kept"]


def test_ci_is_asked_at_the_fix() -> None:
    """As it was then; where a commit is named, there; where no fix is known, not at all."""
    loaded = load(POLICY.encode(), path="p", source="s")
    asked = [one.params.at for one in asked_then(loaded.questions, FIX) if isinstance(one.params, CheckParams)]
    assert asked == [FIX, "85375b9"]
    assert [one.criterion.id for one in asked_then(loaded.questions, None)] == ["then", "kept"]


def test_the_built_in_question_about_ci_says_where() -> None:
    """It is not about the head any more."""
    ci = next(one for one in asked_then(QUESTIONS, FIX) if one.criterion.id == "ci")
    assert ci.criterion.title == "CI is green where the fix landed"


def test_a_question_is_its_own() -> None:
    """The policy's question stays as it was."""
    plain = Question(
        criterion=Criterion(id=CriterionId("c"), title="Suite", category="Tests", kind="check"), params=CheckParams()
    )
    assert asked_then((plain,), FIX)[0].params != plain.params
    assert isinstance(plain.params, CheckParams)
    assert plain.params.at == "head"
