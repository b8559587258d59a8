"""The issue probe: a related issue, sub-issues, blockers."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Outcome, Reason
from bot.github.models import IssueState, PullState, StateReason, SubIssues, Unknown
from bot.probes.issue import PROBE, IssueParams

from .world import MemoryReader, ask, context, issue, pull, ref, repo

OPEN = {"state": IssueState.OPEN}
DROPPED = {"state_reason": StateReason.NOT_PLANNED}
DONE = {"state_reason": StateReason.COMPLETED}
PASS, FAIL = Outcome.PASS, Outcome.FAIL

RELATED = {
    "completed": (DONE, PASS, Reason.HOLDS, "#5 is closed as completed"),
    "closed before there were reasons": ({}, PASS, Reason.HOLDS, "#5 is closed as completed"),
    "open": (OPEN, Outcome.PENDING, Reason.STILL_OPEN, "#5 is open"),
    "reopened": (
        {**OPEN, "state_reason": StateReason.REOPENED},
        Outcome.PENDING,
        Reason.STILL_OPEN,
        "#5 is reopened",
    ),
    "not planned": (DROPPED, FAIL, Reason.DOES_NOT_HOLD, "#5 is closed as not planned"),
    "duplicate": ({"state_reason": StateReason.DUPLICATE}, FAIL, Reason.DOES_NOT_HOLD, "#5 is closed as a duplicate"),
}


@pytest.mark.parametrize("name", RELATED)
async def test_a_related_issue_must_be_closed_as_completed(name):
    """Closed is not completed."""
    changes, outcome, reason, observed = RELATED[name]
    where = context(reader=MemoryReader(repo(), issues={(None, 5): ref(5, **changes)}))
    evidence = await ask(PROBE, where, number=5)
    assert (outcome, reason, observed) == (evidence.outcome, evidence.reason, evidence.observed)


@pytest.mark.parametrize(
    ("repository", "topic"), [(None, "issue_closed:7:5"), ("Other/lib", "issue_closed:other/lib:5")]
)
async def test_an_open_one_is_waited_for(repository, topic):
    """As long as the policy says; where that is nothing, it does not hold."""
    reader = MemoryReader(repo(), issues={(repository, 5): ref(5, repository=repository or "acme/shop", **OPEN)})
    where = context(reader=reader)
    evidence = await ask(PROBE, where, number=5, repository=repository, within="48h")
    assert evidence.waits_for is not None
    assert (evidence.waits_for.topics, evidence.waits_for.until) == ((topic,), where.now + timedelta(hours=48))
    at_once = await ask(PROBE, where, number=5, repository=repository, within="0")
    assert (at_once.outcome, at_once.waits_for) == (FAIL, None)


UNFOUND = {
    "nothing": ({}, (), FAIL, Reason.NOT_FOUND),
    "elsewhere": ({"repository": "other/lib"}, (), Outcome.ERROR, Reason.NOT_LOOKED_AT),
    "a merged pull request": ({}, (pull(5),), PASS, Reason.HOLDS),
    "an open pull request": ({}, (pull(5, state=PullState.OPEN),), FAIL, Reason.STILL_OPEN),
    "a closed pull request": ({}, (pull(5, state=PullState.CLOSED),), FAIL, Reason.NOT_MERGED),
}


@pytest.mark.parametrize("name", UNFOUND)
async def test_what_is_no_issue_here_says_what_it_is(name):
    """Absent here is a fact; absent elsewhere may only be hidden; a pull request's merge is what is meant."""
    params, pulls, outcome, reason = UNFOUND[name]
    where = context(reader=MemoryReader(repo(), pulls=pulls))
    evidence = await ask(PROBE, where, number=5, **params)
    assert (outcome, reason) == (evidence.outcome, evidence.reason)


async def test_another_repository_is_asked_by_name():
    """The same number in another repository is another issue, and the link goes there."""
    where = context(reader=MemoryReader(repo(), issues={("other/lib", 5): ref(5, repository="other/lib")}))
    evidence = await ask(PROBE, where, number=5, repository="other/lib")
    assert (evidence.outcome, evidence.source.url) == (PASS, "https://github.example/other/lib/issues/5")


async def test_the_own_repository_by_name_is_the_own_repository():
    """Naming it, in whatever case, changes nothing."""
    where = context(reader=MemoryReader(repo(), issues={(None, 5): ref(5)}))
    assert PASS is (await ask(PROBE, where, number=5, repository="ACME/Shop")).outcome


async def test_an_issue_does_not_wait_for_itself():
    """A statement that calls this very issue done asks nothing new."""
    evidence = await ask(PROBE, context(), number=1278)
    assert (evidence.outcome, evidence.reason) == (Outcome.SKIPPED, Reason.NOT_APPLICABLE)


SUBS = {
    "none": ((), 0, Outcome.SKIPPED, "this issue has no sub-issues", True),
    "all completed": ((ref(5), ref(6)), 2, PASS, "2 of 2 sub-issues completed", True),
    "one dropped": ((ref(5), ref(6, **DROPPED)), 2, PASS, "1 of 2 sub-issues completed, #6 closed as not", True),
    "all dropped": ((ref(6, **DROPPED),), 1, PASS, "0 of 1 sub-issue completed", False),
    "one open": ((ref(5), ref(6, **OPEN)), 2, FAIL, "1 of 2 sub-issues open: #6", True),
    "not all read": ((ref(5),), 140, Outcome.ERROR, "1 of 140 sub-issues read", True),
    "not all read, one open": ((ref(5, **OPEN),), 140, FAIL, "1 of 140 sub-issues open", True),
    "a ticket of ours": ((ref(5), ref(6, by_us=True, **OPEN)), 2, PASS, "1 of 1 sub-issue completed", True),
    "tickets alone": ((ref(6, by_us=True, **OPEN),), 1, Outcome.SKIPPED, "but 1 follow-up ticket of mine", True),
    "of another repository": ((ref(6, repository="o/r", **OPEN),), 1, FAIL, "open: o/r#6", True),
}


@pytest.mark.parametrize("name", SUBS)
async def test_sub_issues_must_all_be_closed(name):
    """What was dropped is said and is no work done; what was not read is not closed."""
    subs, total, outcome, words, decisive = SUBS[name]
    reader = MemoryReader(repo(), below={False: SubIssues(issues=subs, total=total)})
    where = context(about=issue(sub_issues=subs, sub_issue_total=total), reader=reader)
    evidence = await ask(PROBE, where, sub_issues=True)
    assert (outcome, decisive) == (evidence.outcome, evidence.decisive)
    assert words in evidence.observed


BLOCKERS = {
    "none": ((), Outcome.SKIPPED, True),
    "closed": ((ref(5, **DROPPED),), PASS, False),
    "open": ((ref(5), ref(6, **OPEN)), FAIL, True),
}


async def test_further_pages_are_read():
    """What the snapshot does not hold is asked for, and only then."""
    many = tuple(ref(number) for number in range(1, 141))
    reader = MemoryReader(repo(), below={False: SubIssues(issues=many, total=140)})
    about = issue(sub_issues=many[:100], sub_issue_total=140)
    evidence = await ask(PROBE, context(about=about, reader=reader), sub_issues=True)
    assert (evidence.outcome, evidence.observed) == (PASS, "140 of 140 sub-issues completed")
    few = issue(sub_issues=many[:100], sub_issue_total=100)
    assert PASS is (await ask(PROBE, context(about=few, reader=reader), sub_issues=True)).outcome
    assert reader.asked == ["sub_issues"]


async def test_nested_sub_issues_are_read_where_asked():
    """A closed sub-issue may have an open one below."""
    reader = MemoryReader(repo(), below={True: SubIssues(issues=(ref(5), ref(6, **OPEN)), total=2)})
    where = context(about=issue(sub_issues=(ref(5),), sub_issue_total=1), reader=reader)
    assert PASS is (await ask(PROBE, where, sub_issues=True)).outcome
    evidence = await ask(PROBE, where, sub_issues=True, nested=True)
    assert (evidence.outcome, evidence.observed) == (FAIL, "1 of 2 sub-issues open: #6")
    assert Outcome.SKIPPED is (await ask(PROBE, context(reader=reader), sub_issues=True, nested=True)).outcome


@pytest.mark.parametrize(
    ("seen", "outcome"), [((), Outcome.ERROR), ((ref(5),), Outcome.ERROR), ((ref(6, **OPEN),), FAIL)]
)
async def test_hidden_blockers_are_not_none(seen, outcome):
    """One that this app may not see may be open."""
    evidence = await ask(PROBE, context(about=issue(blocked_by=seen, blocked_by_total=2)), blockers=True)
    assert outcome is evidence.outcome


@pytest.mark.parametrize("name", BLOCKERS)
async def test_no_blocker_may_be_open(name):
    """Nothing in the way is not yet something done: it never decides."""
    blockers, outcome, decisive = BLOCKERS[name]
    evidence = await ask(PROBE, context(about=issue(blocked_by=blockers)), blockers=True)
    assert (outcome, decisive) == (evidence.outcome, evidence.decisive)


@pytest.mark.parametrize(("part", "asked"), [("sub_issues", "sub_issues"), ("blocked_by", "blockers")])
async def test_hidden_lists_are_errors(part, asked):
    """Not told is never none."""
    evidence = await ask(PROBE, context(about=issue(**{part: Unknown(reason="hidden")})), **{asked: True})
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.FORBIDDEN)


BAD = (
    {},
    {"number": 0},
    {"number": 5, "blockers": True},
    {"blockers": True, "repository": "a/b"},
    {"blockers": True, "nested": True},
    {"repository": "ab"},
)


@pytest.mark.parametrize("params", BAD)
def test_exactly_one_thing_is_asked(params):
    """An issue, the sub-issues, or the blockers."""
    with pytest.raises(ValidationError):
        IssueParams.model_validate(params)
