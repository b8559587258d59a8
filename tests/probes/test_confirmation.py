"""The confirmation probe: whose word counts, from when on, and how long it is waited for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import CriterionId, Outcome, Reason, Sha
from bot.assessment.marker import Mark, MarkKind, Place, comment_marker
from bot.assessment.policy import Role
from bot.github.models import Actor, Comment, EventKind, NodeId, TimelineEvent, Unknown, Vote
from bot.probes.confirmation import PROBE, ConfirmationParams

from .world import NOW, MemoryReader, Step, ask, context, issue, pull, repo

REPO = repo(Step("First"), Step("Fix"))
MERGED = NOW - timedelta(hours=2)
FIX = pull(merge_commit=REPO.sha("Fix"), merged_at=MERGED)
MARK = comment_marker(
    Mark(kind=MarkKind.ASSESSMENT, write="w"), key=b"some key", place=Place(repository_id=7, issue=1278)
)
PASS, FAIL, PENDING, MISSING = Outcome.PASS, Outcome.FAIL, Outcome.PENDING, Outcome.MISSING


def said(hours: float, login: str = "ann", body: str = "/confirm-fixed", **changes: object) -> Comment:
    """A comment so many hours ago; the fix was merged two hours ago."""
    plain = Comment(
        node_id=NodeId(f"C_{login}_{hours}"),
        id=int(hours * 10),
        url=f"https://github.example/c/{login}",
        body=body,
        created_at=NOW - timedelta(hours=hours),
        author=Actor(login=login),
        by_us=False,
        is_minimized=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def answer(hours: float, body: str = MARK) -> Comment:
    """An answer of ours."""
    return said(hours, "resolution", body, by_us=True, author=Actor(login="resolution", is_bot=True))


def vote(hours: float, *, up: bool, login: str = "ann") -> Vote:
    """A reaction so many hours ago."""
    return Vote(login=login, up=up, at=NOW - timedelta(hours=hours))


def where(*comments: Comment, votes: tuple[Vote, ...] = (), **about: object):
    """An issue by ann with a fix by bob; reactions are on our newest answer; dan may triage, eve may not."""
    own = [one.node_id for one in comments if one.by_us]
    reader = MemoryReader(REPO, reactions={own[-1]: votes} if own else {}, roles={"dan": Role.TRIAGE, "eve": Role.READ})
    told = issue(comments=comments, comment_total=len(comments), closing_pulls=(FIX,))
    return context(REPO, reader=reader, about=replace(told, **about))


CASES = {
    "by the reporter": ((said(1),), {}, PASS, "ann commented `/confirm-fixed` at 11:00 UTC"),
    "among other lines": ((said(1, body="Thanks!\n/Confirm-Fixed in 1.2\nbye"),), {}, PASS, "ann commented"),
    "quoted": ((said(1, body="> /confirm-fixed"),), {}, PENDING, "not confirmed since the fix was merged at 10:00 UTC"),
    "nobody": ((), {}, PENDING, "not confirmed since the fix was merged at 10:00 UTC"),
    "before the fix": ((said(3),), {}, PENDING, "ann confirmed at 09:00 UTC, before the fix was merged: that does not"),
    "by somebody else": ((said(1, "dan"),), {}, PENDING, "dan confirmed, and is not the reporter"),
    "by triage": ((said(1, "dan"),), {"by": "triage"}, PASS, "dan commented"),
    "by no triage": ((said(1, "eve"),), {"by": "triage"}, PENDING, "eve confirmed, and has no triage here"),
    "one of two has triage": ((said(1.5, "dan"), said(1, "eve")), {"by": "triage"}, PASS, "dan commented"),
    "the reporter, triage asked": ((said(1),), {"by": "triage"}, PASS, "ann commented"),
    "by a bot": ((said(1, author=Actor(login="ann", is_bot=True)),), {}, PENDING, "not confirmed"),
    "edited by himself": ((said(1, editor=Actor(login="ann")),), {}, PASS, "ann commented"),
    "edited by another": ((said(1, editor=Actor(login="bob")),), {}, PENDING, "by ann was edited by bob: that does"),
    "hidden": ((said(1, is_minimized=True),), {}, PENDING, "not confirmed"),
    "by us": ((said(1, by_us=True),), {}, PENDING, "not confirmed"),
}
BUT = "/confirm-fixed\n\nBut the export is still broken."


@pytest.mark.parametrize("name", CASES)
async def test_whose_comment_counts(name):
    """The reporter's, since the fix, by his own hand; on demand also that of somebody with triage."""
    comments, params, outcome, observed = CASES[name]
    evidence = await ask(PROBE, where(*comments), **params)
    assert outcome is evidence.outcome
    assert observed in evidence.observed


TRIAGE = {"by": "triage"}
HELD = {
    "the reporter": ((said(1, body=BUT),), {}, PENDING, 'still broken"): that does not count'),
    "in its line": (
        (said(1, body="/confirm-fixed but not on Windows"),),
        {},
        PENDING,
        "ann confirmed at 11:00 UTC, and",
    ),
    "after a plain one": ((said(1.5), said(1, body=BUT)), {}, PENDING, "at 10:30 UTC, before ann held something back"),
    "before a plain one": ((said(1.5, body=BUT), said(1)), {}, PASS, "ann commented `/confirm-fixed` at 11:00 UTC"),
    "taken back": ((said(1.5, body=BUT), said(1, body="/resolution unconfirm")), {}, PENDING, "and took it back"),
    "before the fix": ((said(3, body=BUT),), {}, PENDING, "before the fix was merged: that does not count"),
    "by no reporter": ((said(1, "dan", BUT),), {}, PENDING, "dan confirmed, and is not the reporter"),
    "of another than confirms": ((said(1), said(0.5, "dan", BUT)), TRIAGE, PASS, "ann commented"),
    "by triage": ((said(1, "dan", BUT),), TRIAGE, PENDING, "dan confirmed at 11:00 UTC, and held something back"),
    "the reporter, then triage": ((said(1, body=BUT), said(0.5, "dan")), TRIAGE, PASS, "dan commented"),
    "triage, then the reporter": ((said(1, "dan"), said(0.5, body=BUT)), TRIAGE, PENDING, "before ann held something"),
}


@pytest.mark.parametrize("name", HELD)
async def test_who_holds_something_back_has_not_confirmed(name):
    """Nor did he before, by his newest word; who confirmed before the reporter's reservation did not know of it."""
    comments, params, outcome, observed = HELD[name]
    evidence = await ask(PROBE, where(*comments), **params)
    assert outcome is evidence.outcome
    assert observed in evidence.observed


async def test_a_reservation_is_linked_and_waited_over():
    """Where it stands can be read, and the answer asks for a word without one; a thumb before it does not count."""
    evidence = await ask(PROBE, where(answer(1.9), said(1, body=BUT), votes=(vote(1.5, up=True),)))
    assert [(one.url, "still broken" in one.text) for one in evidence.details] == [
        ("https://github.example/c/ann", True)
    ]
    assert evidence.waits_for is not None
    assert "ann to confirm the fix, holding nothing back (" in evidence.waits_for.what
    assert FAIL is (await ask(PROBE, where(answer(1.9), said(1, body=BUT), votes=(vote(0.5, up=False),)))).outcome


async def test_the_policy_may_ask_a_stronger_role():
    """`permissions: {confirm: …}` raises the bar for everybody but the reporter."""
    strict = [replace(where(said(1, login)), confirm_role=Role.MAINTAIN) for login in ("dan", "ann")]
    dan, ann = [await ask(PROBE, context, by="triage") for context in strict]
    assert (dan.outcome, ann.outcome) == (PENDING, PASS)
    assert "dan confirmed, and has no maintain here" in dan.observed


UP, DOWN = vote(1, up=True), vote(1, up=False)
REACTIONS = {
    "thumb up": ((), (UP,), PASS, "ann reacted with 👍"),
    "thumb down": ((), (DOWN,), FAIL, "ann reacted with 👎"),
    "before the fix": ((), (vote(3, up=True),), PENDING, "before the fix was merged"),
    "down before the fix": ((), (vote(3, up=False),), PENDING, "not confirmed since the fix was merged at 10:00 UTC"),
    "by somebody else": ((), (vote(1, up=True, login="dan"),), PENDING, "dan confirmed, and is not the reporter"),
    "somebody else's down": ((), (vote(1, up=False, login="dan"),), PENDING, "not confirmed"),
    "down after the comment": ((said(1.5),), (DOWN,), FAIL, "ann reacted with 👎"),
    "comment after down": ((said(0.5),), (DOWN,), PASS, "ann commented"),
}


@pytest.mark.parametrize("name", REACTIONS)
async def test_reactions_to_the_newest_answer(name):
    """The reporter's newest word is his word."""
    comments, votes, outcome, observed = REACTIONS[name]
    evidence = await ask(PROBE, where(answer(1.9), *comments, votes=votes))
    assert outcome is evidence.outcome
    assert observed in evidence.observed


async def test_only_the_newest_standing_answer_is_looked_at():
    """Refusals, progress and what is outdated ask nothing."""
    old = replace(answer(1.9), is_minimized=True)
    evidence = await ask(PROBE, where(old, answer(1, "a refusal"), votes=(UP,)))
    assert PENDING is evidence.outcome


async def test_the_reporter_contradicts_whoever_confirms():
    """The reporter's 👎 stands against somebody with triage."""
    evidence = await ask(PROBE, where(answer(1.9), said(0.5, "dan"), votes=(DOWN,)), by="triage")
    assert (evidence.outcome, evidence.remedy[:24]) == (FAIL, "Ask ann what still fails")


async def test_who_wrote_the_fix_proves_no_more_by_confirming_it():
    """His word is shown, and decides nothing."""
    evidence = await ask(PROBE, where(said(1, "bob"), author=Actor(login="bob")))
    assert (evidence.outcome, evidence.decisive) == (PASS, False)
    assert "and wrote the fix" in evidence.observed
    assert (await ask(PROBE, where(said(1)))).decisive


SINCE = {
    "reopened": ((MERGED + timedelta(hours=1.5), ()), PENDING, "before this issue was reopened"),
    "reopened before": ((MERGED - timedelta(hours=1), ()), PASS, "ann commented"),
    "no fix known": ((None, ()), PASS, "ann commented"),
}


@pytest.mark.parametrize("name", SINCE)
async def test_a_reopening_takes_the_word_away(name):
    """What was said before the issue was reopened is about another fix."""
    (reopened, pulls), outcome, observed = SINCE[name]
    event = TimelineEvent(kind=EventKind.REOPENED, at=reopened, actor=None) if reopened else None
    at = where(said(1), timeline=(event,) if event else (), **({} if event else {"closing_pulls": pulls}))
    evidence = await ask(PROBE, at)
    assert outcome is evidence.outcome
    assert observed in evidence.observed


async def test_a_commit_that_was_named_is_the_fix_as_well():
    """Without a pull request its own time counts."""
    at = where(said(0.5), said(1.5), closing_pulls=())
    at = replace(at, fix=replace(at.fix, commits=(Sha(REPO.sha("Fix")),)))
    assert PASS is (await ask(PROBE, at)).outcome
    evidence = await ask(PROBE, replace(at, snapshot=where(said(1.5), closing_pulls=()).snapshot))
    assert "before the fix was committed" in evidence.observed


async def test_it_waits_and_says_what_to_do():
    """The topic, the end of the waiting, and the two ways to confirm."""
    evidence = await ask(PROBE, where(), within="48h")
    wait = evidence.waits_for
    assert wait is not None
    assert (wait.topics, wait.until) == (("confirmed:7:1278",), NOW + timedelta(hours=48))
    assert "ann to confirm the fix (`/confirm-fixed` in a comment or 👍 here" in wait.what
    assert wait.whom == "ann"
    assert (evidence.reason, evidence.remedy[:28]) == (Reason.STILL_RUNNING, "ann says whether it is fixed")


TIMES = {
    "first answer since the fix": ((answer(1.9), answer(0.5)), {}, "1h", MISSING),
    "not over": ((answer(1.9), answer(0.5)), {}, "2h", PENDING),
    "an answer before the fix asked nothing": ((answer(9),), {}, "1h", PENDING),
    "a promise holds": ((answer(1.9),), {CriterionId("c"): NOW}, "14d", MISSING),
    "a promise not over": ((answer(1.9),), {CriterionId("c"): NOW + timedelta(seconds=1)}, "1h", PENDING),
}


@pytest.mark.parametrize("name", TIMES)
async def test_how_long_it_is_waited_for(name):
    """From the first answer since the fix; what was promised holds. Over it, nothing is waited for."""
    comments, promised, within, outcome = TIMES[name]
    evidence = await ask(PROBE, replace(where(*comments), promised=promised), within=within)
    assert (outcome, outcome is PENDING) == (evidence.outcome, evidence.waits_for is not None)
    assert (f"though {within} were given" in evidence.observed) == (outcome is MISSING)


async def test_a_late_word_counts_too():
    """The time is for waiting, not for the reporter."""
    evidence = await ask(PROBE, where(answer(1.9), said(0.5)), within="1h")
    assert PASS is evidence.outcome


@pytest.mark.parametrize("author", [None, Actor(login="sentry", is_bot=True)], ids=["gone", "bot"])
async def test_nobody_to_ask(author):
    """Then only somebody with triage can confirm, if the policy says so."""
    evidence = await ask(PROBE, where(said(1, "dan"), author=author))
    assert (evidence.outcome, "by: triage" in evidence.remedy) == (MISSING, True)
    assert PASS is (await ask(PROBE, where(said(1, "dan"), author=author), by="triage")).outcome
    waits = (await ask(PROBE, where(author=author), by="triage")).waits_for
    assert waits is not None
    assert waits.what.startswith("somebody with triage to confirm")


async def test_what_is_not_told_is_no_silence():
    """Hidden comments are an error; those beyond the newest ones are said."""
    hidden = await ask(PROBE, where(comments=Unknown(reason="hidden")))
    assert (hidden.outcome, hidden.reason) == (Outcome.ERROR, Reason.FORBIDDEN)
    part = await ask(PROBE, where(said(1, "dan", "hi"), comment_total=140))
    assert "in the newest 1 of 140 comments" in part.observed


@pytest.mark.parametrize("params", [{"by": "anybody"}, {"within": "91d"}, {"within": "13w"}, {"within": "0d"}])
def test_bad_parameters_are_refused(params):
    """Who and how long have their bounds."""
    with pytest.raises(ValidationError):
        ConfirmationParams.model_validate(params)
