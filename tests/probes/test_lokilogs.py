"""The logs probe over a Loki: gone since the deployment, in a program that still logs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason, Sha
from bot.egress.exchange import ServerKind
from bot.github.models import Deployment, Unknown
from bot.probes.contract import Fix
from bot.probes.logs import PROBE, LogsParams
from bot.probes.loki import selector_of

from .landmarks import Landmarks
from .loki_server import Entry, loki, long, matrix, raw
from .served import to_server
from .world import NOW, MemoryReader, Step, ask, context, repo

AT = repo(Step("Start"), Step("Before"), Step("Fix"), Step("Later"), last=NOW - timedelta(hours=8))
_, BEFORE, FIX, LATER = AT.branch
FIXED = Fix(commits=(FIX,), before=BEFORE, paths=())
NO_FIX = Fix(commits=(), before=None, paths=())
QUERY = '{app="shop"} |= "deadlock"'
LIVE, GONE = "active", "inactive"


def ago(hours: float) -> timedelta:
    return NOW - timedelta(hours=hours)


def deployed(sha: str, state: str = LIVE, hours: float = 4, to: str = "production") -> Deployment:
    return Deployment(environment=to, sha=Sha(sha), active=state == LIVE, state=state, created_at=ago(hours), url=None)


def beats(begin: float, end: float = 0, app: str = "shop") -> tuple[Entry, ...]:
    """A line each ten minutes, from so many hours ago until so many hours ago."""
    return tuple(Entry(ago(end + n / 6 + 0.01), "served", app) for n in range(round((begin - end) * 6)))


def bad(*hours: float) -> tuple[Entry, ...]:
    return tuple(Entry(ago(one), "ERROR: deadlock detected") for one in hours)


FIRST = (deployed(FIX), deployed(BEFORE, GONE, 9))
ALIVE = beats(20)


async def asked(
    *entries: Entry, told=FIRST, fix: Fix = FIXED, more=(), instead=None, before: bool = True, **params
) -> Evidence:
    async with loki(*entries, instead=instead or {}) as (keeper, port):
        plain = context(
            AT,
            reader=MemoryReader(
                AT, landmarks=Landmarks(deployments=told if isinstance(told, Unknown) else (*told, *more))
            ),
            fix=fix,
        )
        where = replace(
            plain,
            snapshot=replace(plain.snapshot, deployments=told),
            network=to_server(port, ServerKind.LOKI, "X-Scope-OrgID", "tenant-of-the-shop"),
        )
        evidence = await ask(
            PROBE, where, ask_before=before, loki={"query": QUERY, "deployed_to": "production", **params}
        )
        assert {tenant for _, _, tenant in keeper.asked} <= {"tenant-of-the-shop"}
        assert str(port) not in repr(evidence)
        return evidence


SINCE = {
    "gone": ((*ALIVE, *bad(6, 5)), Outcome.PASS, Reason.HOLDS, "no line in 4 h of logs since `"),
    "still there": ((*ALIVE, *bad(6, 2, 1)), Outcome.FAIL, Reason.DOES_NOT_HOLD, "2 lines since `"),
    "there once": (bad(1), Outcome.FAIL, Reason.DOES_NOT_HOLD, "(08:00 UTC), the last at 11:00 UTC"),
    "very much": (bad(*[1] * 120), Outcome.FAIL, Reason.DOES_NOT_HOLD, "100 lines or more since"),
    "only while it was rolled out": ((*ALIVE, *bad(6, 3.9)), Outcome.PASS, Reason.HOLDS, "no line"),
    "never there": (ALIVE, Outcome.PASS, Reason.VACUOUS, "(and was so before: proves little)"),
    "silent all the time": ((), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "nothing at all was logged since `"),
    "silent since": (beats(20, 5), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "silence proves nothing"),
    "silent by now": (beats(20, 2), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "logged since 09:59 UTC"),
    "begun just now": (beats(0.5), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "span only 20 min, 1h is asked for"),
    "another program": (beats(20, app="blog"), Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "nothing at all"),
}


@pytest.mark.parametrize("name", SINCE)
async def test_an_error_since_the_deployment(name):
    """A line is a no; no line is a yes only where the program has logged, and long enough."""
    entries, outcome, reason, words = SINCE[name]
    evidence = await asked(*entries)
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert words in evidence.observed


PAST = {
    "it was there": ((*ALIVE, *bad(6, 5)), True, ("2 lines", True, True)),
    "longer ago than is compared": ((*ALIVE, *bad(12)), True, ("no line", False, False)),
    "nothing is kept of it": (beats(4), True, (None, False, False)),
    "nobody asks": ((*ALIVE, *bad(6)), False, (None, False, False)),
}


@pytest.mark.parametrize("name", PAST)
async def test_as_long_a_time_before(name):
    """ "2 lines → no line": what nobody saw before decides nothing."""
    entries, before, expected = PAST[name]
    evidence = await asked(*entries, before=before)
    assert evidence.outcome is Outcome.PASS
    assert (evidence.before, evidence.seen_failing, evidence.decisive) == expected


async def test_what_was_asked_and_measured_is_said():
    """The query, how long was watched; the lines themselves are nobody's business."""
    evidence = await asked(*ALIVE, *bad(2))
    assert evidence.expected == f"no line of `{QUERY}` since the fix was deployed to `production`"
    assert [(one.name, one.unit) for one in evidence.measures] == [("lines", "lines"), ("watched", "s")]
    assert evidence.measures[0].value == 1
    assert "ERROR" not in repr(evidence)


DEPLOYED = {
    "again since": ((deployed(LATER, hours=1), deployed(FIX, GONE, 4), deployed(BEFORE, GONE, 9)), "(08:00 UTC)"),
    "rolled back between": (
        (deployed(FIX, hours=2), deployed(BEFORE, GONE, 3), deployed(FIX, GONE, 4)),
        "(10:00 UTC)",
    ),
    "a failed one between": ((deployed(LATER, hours=1), deployed(BEFORE, "failure", 2), *FIRST[:1]), "(08:00 UTC)"),
    "a failed one after": ((deployed(LATER, "failure", 1), *FIRST), "(08:00 UTC)"),
    "in other capitals": ((deployed(FIX, to="Production"),), "(08:00 UTC)"),
}


@pytest.mark.parametrize("name", DEPLOYED)
async def test_since_when_the_fix_runs(name):
    """Since the first deployment that brought it, if no other has taken it away since."""
    told, words = DEPLOYED[name]
    evidence = await asked(*ALIVE, *bad(6), told=told)
    assert (evidence.outcome, words in evidence.observed) == (Outcome.PASS, True), evidence.observed


MANY = tuple(deployed(LATER, GONE if n else LIVE, 1 + n / 20) for n in range(60))
LONG = {
    "since the oldest": ((*MANY, deployed(FIX, GONE, 5)), "(07:00 UTC)"),
    "since one of the middle": ((*MANY[:45], deployed(BEFORE, GONE, 3.3), *MANY[46:]), "(08:48 UTC)"),
    "since the last of a batch": ((*MANY[:40], deployed(BEFORE, GONE, 3), deployed(FIX, GONE, 4)), "(09:03 UTC)"),
    "since the first of a batch": ((*MANY[:41], deployed(BEFORE, GONE, 3.1), deployed(FIX, GONE, 4)), "(09:00 UTC)"),
}


@pytest.mark.parametrize("name", LONG)
async def test_a_busy_environment(name):
    """Where there are more deployments than come with the issue, the others are asked for."""
    told, words = LONG[name]
    evidence = await asked(*ALIVE, *bad(6), told=told[:20], more=told[20:])
    assert (evidence.outcome, words in evidence.observed) == (Outcome.PASS, True), evidence.observed


NOT_YET = {
    "just now": ((deployed(FIX, hours=0.1),), Outcome.PENDING, "nothing counts yet, 1h is asked for"),
    "not long ago": ((deployed(FIX, hours=1),), Outcome.PENDING, "no line; only 50 min since"),
    "on its way": (
        (deployed(FIX, "in_progress", 0.1), deployed(BEFORE)),
        *(Outcome.PENDING, f"a deployment of `{FIX[:7]}` to `production` is on its way"),
    ),
    "without it": ((deployed(BEFORE),), Outcome.MISSING, "`production` does not run the fix"),
    "something else is on its way": (
        (deployed(BEFORE, "queued", 0.1), deployed(BEFORE)),
        *(Outcome.MISSING, "`production` does not run the fix"),
    ),
    "never": ((), Outcome.MISSING, "`production` does not run the fix"),
    "not told": (Unknown(reason="no permission"), Outcome.ERROR, "GitHub does not tell"),
}


@pytest.mark.parametrize("name", NOT_YET)
async def test_a_fix_that_does_not_run_yet(name):
    """What comes by itself is waited for: the deployment's end, or the time that is missing."""
    told, outcome, words = NOT_YET[name]
    evidence = await asked(*ALIVE, told=told)
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed
    assert (evidence.waits_for is not None) == (outcome is Outcome.PENDING)


async def test_the_missing_time_is_waited_for():
    """Until an hour after there would be enough of it; another deployment may change what there is."""
    evidence = await asked(*ALIVE, told=(deployed(FIX, hours=1),))
    assert evidence.waits_for is not None
    assert (evidence.waits_for.topics, evidence.waits_for.until) == (
        ("deployment:7:production",),
        ago(1) + timedelta(hours=2, minutes=10),
    )


async def test_no_further_back_than_a_month():
    """Loki refuses more by itself."""
    told = (deployed(FIX, hours=24 * 45),)
    evidence = await asked(*beats(24 * 40), *bad(24 * 35), told=told)
    assert (evidence.outcome, "no line in 30 days of logs" in evidence.observed) == (Outcome.PASS, True)


async def test_no_fix_is_known():
    """Then nobody knows since when it runs."""
    evidence = await asked(*ALIVE, fix=NO_FIX)
    assert (evidence.outcome, "nobody knows since when" in evidence.observed) == (Outcome.MISSING, True)


SPANS = {
    "without a deployment": ({"deployed_to": None, "since": "3h"}, (*ALIVE, *bad(4)), Outcome.PASS, None),
    "as it was before the fix": ({"deployed_to": None, "since": "3h"}, (*ALIVE, *bad(10)), Outcome.PASS, "1 line"),
    "still there": ({"deployed_to": None, "since": "3h"}, (*ALIVE, *bad(2.5)), Outcome.FAIL, None),
    "no further back": ({"since": "2h"}, (*ALIVE, *bad(3, 5)), Outcome.PASS, "1 line"),
    "a day of it": ({"at_least": "1d"}, ALIVE, Outcome.PENDING, None),
    "no grace": ({"grace": "1m"}, (*ALIVE, *bad(3.9)), Outcome.FAIL, None),
    "alive by other lines": ({"alive": '{app="blog"}'}, (*beats(20, app="blog"), *bad(5)), Outcome.PASS, "1 line"),
}


@pytest.mark.parametrize("name", SPANS)
async def test_times_that_the_policy_names(name):
    """How far back, how long at least, how long a deployment takes."""
    params, entries, outcome, before = SPANS[name]
    evidence = await asked(*entries, **params)
    assert evidence.outcome is outcome, evidence.observed
    assert before is None or evidence.before == before


REFUSED = {
    "bad query": (raw("parse error at line 1", 400), Outcome.MISCONFIGURED, "parse error at line 1"),
    "too far back": (raw("the query time range exceeds the limit", 400), Outcome.MISCONFIGURED, "exceeds the limit"),
    "numbers": (matrix(), Outcome.MISCONFIGURED, "the query gives numbers, not lines"),
    "credentials": (raw("no org id", 401), Outcome.ERROR, "the server main refuses this bot's credentials (401)"),
    "too often": (raw("too many outstanding requests", 429), Outcome.ERROR, "answers 429: too many outstanding"),
    "too slow": (raw("request timed out", 504), Outcome.ERROR, "the server main did not answer the query in time"),
    "broken": (raw("", 500), Outcome.ERROR, "the server main answers 500: no reason given"),
    "a page": (raw("<html>down</html>", 502), Outcome.ERROR, "the server main answers 502: no reason given"),
    "no Loki": (raw("hello"), Outcome.ERROR, "the server main answers, but not as Loki does"),
    "no time": (
        raw('{"data": {"resultType": "streams", "result": [{"values": [["noon", "x"]]}]}}'),
        *(Outcome.ERROR, "not as Loki does"),
    ),
    "the end of days": (
        raw('{"data": {"resultType": "streams", "result": [{"values": [["9999999999999999999999", "x"]]}]}}'),
        *(Outcome.ERROR, "not as Loki does"),
    ),
    "deep": (raw("[" * 90_000), Outcome.ERROR, "not as Loki does"),
    "too long": (long(), Outcome.ERROR, "a longer answer than is read here"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_no_usable_answer(name):
    """A faulty query is told with Loki's own words; whatever else goes wrong is an error."""
    answer, outcome, words = REFUSED[name]
    evidence = await asked(*ALIVE, instead={QUERY: answer})
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


async def test_a_loki_that_nobody_named():
    """Only what the operator has named is asked."""
    evidence = await ask(PROBE, context(AT, fix=FIXED), loki={"query": QUERY, "since": "2h"})
    assert (evidence.outcome, evidence.observed) == (
        *(Outcome.MISCONFIGURED,),
        "no Loki is named for this repository",
    )


SELECTORS = {
    '{app="shop"} |= "x"': '{app="shop"}',
    ' {app="}", b=`}"`} | json': '{app="}", b=`}"`}',
    r'{app="\"}"}|~`\d`': r'{app="\"}"}',
    'rate({app="shop"}[5m])': None,
    '{app="shop': None,
}


@pytest.mark.parametrize("query", SELECTORS)
def test_the_streams_of_a_query(query):
    """What stands in braces first; braces inside texts are none."""
    assert selector_of(query) == SELECTORS[query]


FAULTS = {
    "since when": ({"deployed_to": None}, "say since when"),
    "numbers": ({"query": 'rate({app="shop"}[5m])'}, "a query begins with its streams"),
    "alive by numbers": ({"alive": "up"}, "a query begins with its streams"),
    "which lines": ({"query": '{app="shop"}'}, "say which lines of these streams are wrong"),
    "too far back": ({"since": "31d"}, "at most 30d"),
    "longer than is looked": ({"since": "2h", "at_least": "3h"}, "`at_least` is longer"),
    "longer than is ever looked": ({"at_least": "40d"}, "at most 30d"),
    "no time": ({"since": "soon"}, "must be a duration"),
    "nothing asked": ({"query": " "}, "the query is empty"),
    "a long query": ({"query": QUERY + "é" * 1_100}, "longer than 2 KiB"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_questions_are_refused(name):
    """With a sentence that says how to write it."""
    params, words = FAULTS[name]
    with pytest.raises(ValidationError, match=words):
        LogsParams.model_validate({"loki": {"query": QUERY, "deployed_to": "production", **params}})


def test_one_of_both():
    """Logs of a workflow and of a Loki are two questions."""
    both = {"loki": {"query": QUERY, "since": "2h"}, "workflow": {"file": "a.yml", "absent": "x"}}
    with pytest.raises(ValidationError, match="either `workflow"):
        LogsParams.model_validate(both)
