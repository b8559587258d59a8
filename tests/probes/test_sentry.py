"""The sentry probe: an issue that is resolved, and came no more since a release or the deployment."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError
from starlette.responses import JSONResponse, PlainTextResponse

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.exchange import ServerKind
from bot.github.models import Deployment
from bot.probes.contract import Fix
from bot.probes.sentry import PROBE, SentryParams

from .landmarks import Landmarks
from .sentry_server import TOKEN, Event, sentry
from .served import to_server
from .world import NOW, MemoryReader, Step, ask, context, repo

AT = repo(Step("Start"), Step("Before"), Step("Fix"), last=NOW - timedelta(hours=8))
_, BEFORE, FIX = AT.branch
FIXED = Fix(commits=(FIX,), before=BEFORE, paths=())
ISSUE = {"issue": "SHOP-1A", "organization": "acme"}
RELEASE = {"since_release": "shop@1.4.0"}


def ago(hours: float) -> timedelta:
    return NOW - timedelta(hours=hours)


RELEASES = {"shop@1.3.0": ago(90), "shop@1.4.0": ago(10), "shop@1.4.1": ago(2), "shop@1.5.0": ago(30)}
RELEASED = {"shop@1.5.0": ago(3)}


def events(*hours: float, release: str | None = None, environment: str = "production") -> tuple[Event, ...]:
    return tuple(Event(ago(one), release, environment) for one in hours)


async def asked(*told: Event, hours: float = 4, before: bool = True, instead=None, about=None, **params) -> Evidence:
    """The fix was deployed so many hours ago."""
    live = Deployment(environment="production", sha=FIX, active=True, state="active", created_at=ago(hours), url=None)
    async with sentry(events=told, releases=RELEASES, released=RELEASED, instead=instead or {}, about=about or {}) as (
        _,
        port,
    ):
        plain = context(AT, reader=MemoryReader(AT, landmarks=Landmarks(deployments=(live,))), fix=FIXED)
        where = replace(
            plain,
            snapshot=replace(plain.snapshot, deployments=(live,)),
            network=to_server(port, ServerKind.SENTRY, "Authorization", TOKEN),
        )
        evidence = await ask(PROBE, where, ask_before=before, **{**ISSUE, **params})
        told_too = [word for word in (str(port), "ann@example.com", "sentry.example.com") if word in repr(evidence)]
        assert not told_too
        return evidence


STATUS = {
    "resolved": ({}, Outcome.PASS, Reason.HOLDS, "resolved"),
    "in a release": ({"statusDetails": {"inRelease": "shop@1.4.0"}}, Outcome.PASS, Reason.HOLDS, "in `shop@1.4.0`"),
    "in the next": ({"statusDetails": {"inNextRelease": True}}, Outcome.PASS, Reason.HOLDS, "in the next release"),
    "by a commit": ({"statusDetails": {"inCommit": {"id": "f"}}}, Outcome.PASS, Reason.HOLDS, "resolved"),
    "unresolved": (
        {"status": "unresolved"},
        *(Outcome.FAIL, Reason.STILL_OPEN, "it is unresolved, with 2 events, last seen 09:00 UTC"),
    ),
    "ignored": (
        {"status": "ignored", "lastSeen": None, "count": "many"},
        *(Outcome.FAIL, Reason.STILL_OPEN, "it is ignored, with events"),
    ),
}


@pytest.mark.parametrize("name", STATUS)
async def test_how_an_issue_stands(name):
    """Somebody says that it is resolved; to ignore it is something else."""
    about, outcome, reason, words = STATUS[name]
    evidence = await asked(*events(5, 3), about=about)
    assert (evidence.outcome, evidence.reason) == (outcome, reason)
    assert words in evidence.observed


DEPLOYED = {"deployed_to": "production"}
SINCE = {
    "none since the deployment": (events(6, 5), DEPLOYED, Outcome.PASS, "no event in 4 h since `"),
    "one since": (events(6, 2), DEPLOYED, Outcome.FAIL, "(08:00 UTC), the last at 10:00 UTC"),
    "while it was rolled out": (events(6, 3.95), DEPLOYED, Outcome.PASS, "no event in 4 h"),
    "many": (events(*[2] * 130), DEPLOYED, Outcome.FAIL, "100 events or more since"),
    "none since the release": (events(15), RELEASE, Outcome.PASS, "no event in 10 h since `shop@1.4.0` (02:00 UTC)"),
    "of that release": (events(15, 5, release="shop@1.4.0"), RELEASE, Outcome.FAIL, "1 event since `shop@1.4.0`"),
    "of a newer release": (events(15, 1, release="shop@1.4.1"), RELEASE, Outcome.FAIL, "1 event since"),
    "of an older release": (
        events(15, 5, 4, release="shop@1.3.0"),
        *(RELEASE, Outcome.PASS, "(2 events of older releases)"),
    ),
    "of an unknown release": (events(5, release="mystery"), RELEASE, Outcome.FAIL, "1 event since"),
    "of no release": (events(5), RELEASE, Outcome.FAIL, "1 event since"),
    "too many of an older one": (
        events(*[5] * 130, release="shop@1.3.0"),
        *(RELEASE, Outcome.ERROR, "100 events or more of older releases since `shop@1.4.0` (02:00 UTC): others"),
    ),
    "made long before it was released": (
        events(5, 4),
        *({"since_release": "shop@1.5.0"}, Outcome.PASS, "no event in 3 h since `shop@1.5.0` (09:00 UTC)"),
    ),
    "elsewhere": (
        (*events(6), *events(1, environment="staging")),
        *({**DEPLOYED, "environment": "production"}, Outcome.PASS, "no event"),
    ),
    "for a time": (events(9, 2.5), {"since": "2h"}, Outcome.PASS, "no event in 2 h in the last 2 h"),
    "not for that time": (events(9, 1), {"since": "2h"}, Outcome.FAIL, "1 event in the last 2 h"),
}


@pytest.mark.parametrize("name", SINCE)
async def test_events_since(name):
    """One is a no; those of older releases do not count against a newer one."""
    told, params, outcome, words = SINCE[name]
    evidence = await asked(*told, **params)
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


PAST = {
    "they came": (events(6, 5), {}, ("2 events", True, True)),
    "they did not": (events(40), {}, ("no event", False, False)),
    "not in that environment": (events(6), {"environment": "prodcution"}, ("no event", False, False)),
    "nobody asks": (events(6), {"before": False}, (None, False, False)),
}


@pytest.mark.parametrize("name", PAST)
async def test_as_long_a_time_before(name):
    """ "2 events → none": silence decides nothing where it was silent anyway, or where nothing is ever sent."""
    told, params, expected = PAST[name]
    evidence = await asked(*told, **DEPLOYED, **params)
    assert evidence.outcome is Outcome.PASS
    assert (evidence.before, evidence.seen_failing, evidence.decisive) == expected


async def test_what_was_asked_and_measured_is_said():
    """The question, the number, and from which releases they came."""
    told = (*events(3, 2, release="shop@1.4.0"), *events(1))
    evidence = await asked(*told, **RELEASE, environment="production")
    assert evidence.expected == "`SHOP-1A` is resolved and has no event in `production` since release `shop@1.4.0`"
    assert [detail.text for detail in evidence.details] == ["1 event of an unknown release", "2 events of `shop@1.4.0`"]
    assert [(one.name, one.value) for one in evidence.measures] == [("events", 3)]


NOT_YET = {
    "just now": ({"hours": 0.1}, Outcome.PENDING, "nothing counts yet, 1h is asked for"),
    "not long ago": ({"at_least": "1d"}, Outcome.PENDING, "resolved; no event; only 4 h since"),
    "nowhere": ({"deployed_to": "moon"}, Outcome.MISSING, "`moon` does not run the fix"),
    "no such issue": ({"issue": "SHOP-2B"}, Outcome.MISSING, "there is no issue `SHOP-2B` in `acme`"),
    "another organization": ({"organization": "evil"}, Outcome.MISSING, "no issue `SHOP-1A` in `evil`"),
    "no such release": (
        {"since_release": "shop@9", "deployed_to": None},
        *(Outcome.MISSING, "there is no release `shop@9` in `acme`"),
    ),
}


@pytest.mark.parametrize("name", NOT_YET)
async def test_nothing_to_measure_yet(name):
    """What comes with time is waited for."""
    params, outcome, words = NOT_YET[name]
    evidence = await asked(*events(6), **{**DEPLOYED, **params})
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed
    assert (evidence.waits_for is not None) == (outcome is Outcome.PENDING)


async def test_events_alone():
    """Whether somebody has resolved it need not matter."""
    evidence = await asked(*events(6), about={"status": "unresolved"}, resolved=False, **DEPLOYED)
    assert (evidence.outcome, evidence.before) == (Outcome.PASS, "1 event")
    assert evidence.expected == "`SHOP-1A` has no event since the fix was deployed to `production`"


def answer(body: object, status: int = 200) -> JSONResponse:
    return JSONResponse(body, status)


ISSUES, EVENTS = "/SHOP-1A/", "/events/"
REFUSED = {
    "credentials": (ISSUES, answer({"detail": "Invalid token"}, 401), Outcome.ERROR, "this bot's credentials (401)"),
    "no permission": (EVENTS, answer({"detail": "no"}, 403), Outcome.ERROR, "this bot's credentials (403)"),
    "too often": (ISSUES, answer({"detail": "slow down"}, 429), Outcome.ERROR, "answers 429: slow down"),
    "refused": (EVENTS, answer({"detail": "Invalid start"}, 400), Outcome.MISCONFIGURED, "Invalid start"),
    "refused in silence": (EVENTS, answer([], 400), Outcome.MISCONFIGURED, "the question is refused"),
    "a page": (ISSUES, PlainTextResponse("<html>", 502), Outcome.ERROR, "answers 502: no reason given"),
    "another API": (ISSUES, answer({"status": 7}), Outcome.ERROR, "but not as Sentry does"),
    "another zone": (EVENTS, answer([{"dateCreated": "2025-09-16T11:00:00"}]), Outcome.ERROR, "not as Sentry does"),
    "deep": (EVENTS, PlainTextResponse("[" * 90_000), Outcome.ERROR, "not as Sentry does"),
    "too long": (EVENTS, answer("x" * (5 << 20)), Outcome.ERROR, "a longer answer than is read here"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_no_usable_answer(name):
    """A faulty question is told with Sentry's own words; whatever else goes wrong is an error."""
    end, response, outcome, words = REFUSED[name]
    evidence = await asked(*events(6), instead={end: response}, **DEPLOYED)
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


async def test_a_sentry_that_nobody_named():
    """Only what the operator has named is asked."""
    evidence = await ask(PROBE, context(AT, fix=FIXED), **ISSUE)
    assert (evidence.outcome, evidence.observed) == (
        *(Outcome.MISCONFIGURED,),
        "no Sentry is named for this repository",
    )


FAULTS = {
    "nothing": ({"resolved": False}, "say what must be so"),
    "both": ({**RELEASE, **DEPLOYED}, "say one of them"),
    "too far back": ({"since": "40d"}, "at most 30d"),
    "a path": ({"issue": "../SHOP-1"}, "pattern"),
    "a step out": ({"organization": ".."}, "pattern"),
    "a release with a path": ({"since_release": "../x"}, "pattern"),
    "a URL": ({"url": "https://sentry.io"}, "Extra inputs"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_questions_are_refused(name):
    """With a sentence that says how to write it."""
    params, words = FAULTS[name]
    with pytest.raises(ValidationError, match=words):
        SentryParams.model_validate({**ISSUE, **params})
