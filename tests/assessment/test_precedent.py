"""What is remembered of a closed issue, and by what others are like it."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from bot.assessment.document import ActionKind, Assessment, Done, Ending, IssueState, Metrics
from bot.assessment.evidence import Outcome
from bot.assessment.precedent import (
    Held,
    Likeness,
    Precedent,
    holds_closed,
    likeness_of,
    precedent_of,
    withdraws,
    words_of,
)
from tests.assessment.samples import (
    BUILT_IN_POLICY,
    HEAD,
    NOW,
    Setting,
    assess,
    claim,
    finding,
    flags,
    operational,
    optional,
)

CLOSED = Done(action=ActionKind.CLOSE, ending=Ending.DONE, text="closed as completed")
ALL = (finding("suite"), claim("fixed in abc", Outcome.PASS), optional("docs", Outcome.PASS))
DONE = assess(
    (*ALL, operational("alarm", Outcome.PASS)),
    actions=(CLOSED,),
    state=IssueState(title="Redis times out"),
    labels=("Bug",),
    paths=("src/cache.py",),
    metrics=Metrics(pull_requests=(13,), deployed_at=NOW, environment="production"),
)


def test_what_is_remembered() -> None:
    """The required criteria that held, claims apart; the pull requests, the deployment; and it survives the store."""
    precedent = precedent_of(DONE)
    assert precedent == Precedent(
        title="Redis times out",
        closed_at=NOW,
        criteria=(
            Held(id="suite", title="suite", kind="check", category="Tests"),
            Held(id="claim-fixed in", title="fixed in abc", kind="check", category="Claims", claim=True),
        ),
        labels=("Bug",),
        paths=("src/cache.py",),
        pulls=(13,),
        commit=HEAD,
        environment="production",
        waived=(),
    )
    assert msgspec.convert(msgspec.to_builtins(precedent), Precedent) == precedent
    assert precedent.likeness == Likeness(
        title="Redis times out", criteria=("suite",), labels=("Bug",), paths=("src/cache.py",)
    )


def test_waived() -> None:
    """What was excused is remembered, whatever it was needed for; what an earlier version kept is not known."""
    excused = precedent_of(assess((*ALL, finding("review", Outcome.WAIVED), operational("alarm", Outcome.WAIVED))))
    assert (excused.waived, excused.counts) == (("review", "alarm"), False)
    old = {name: value for name, value in msgspec.to_builtins(precedent_of(DONE)).items() if name != "waived"}
    assert (precedent_of(DONE).counts, msgspec.convert(old, Precedent).counts) == (True, False)


def test_what_was_not_there_is_not_remembered() -> None:
    """No pull request, no deployment; one that was closed before has its own time; built-in criteria find nothing."""
    bare = precedent_of(assess(ALL, Setting(policy=BUILT_IN_POLICY)))
    assert (bare.pulls, bare.environment, bare.built_in, bare.likeness.criteria) == ((), None, True, ())
    before = Metrics(closed_at=NOW - timedelta(days=9))
    earlier = precedent_of(replace(DONE, metrics=before))
    assert (earlier.closed_at, earlier.environment) == (NOW - timedelta(days=9), None)


def test_by_what_an_assessed_issue_is_like_others() -> None:
    """All criteria that it is asked, whatever came out; but for claims, and for what is asked of every issue."""
    failed = replace(DONE, findings=(finding("suite", Outcome.FAIL), ALL[1]), actions=())
    assert likeness_of(failed).criteria == ("suite",)
    assert likeness_of(assess(ALL, Setting(policy=BUILT_IN_POLICY))).criteria == ()


def test_traits() -> None:
    """Criteria, labels without case, files and their folders; files that every change touches are none."""
    paths = (
        "CHANGELOG.md",
        "README.md",
        "a/b.py",
        "a/c.py",
        "go.sum",
        "poetry.lock",
        "top.py",
        "web/package-lock.json",
    )
    likeness = Likeness(title="", criteria=("suite",), labels=("Bug", "bug"), paths=paths)
    assert likeness.traits == ("criterion:suite", "label:bug", "file:a/b.py", "file:a/c.py", "file:top.py", "folder:a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Fix the Redis timeout, again (Redis 7)", ("redis", "timeout")),
        ("`service/user_cache.py` doesn't load", ("service", "user", "cache", "load")),
        ("Größe stimmt nicht", ("grösse", "stimmt", "nicht")),
        ('"NEAR(a b)" \0 123456 x' + "y" * 99, ("near",)),
        (" ".join(f"word{n}" for n in range(99)), tuple(f"word{n}" for n in range(16))),
        ("", ()),
    ],
    ids=["plain", "path", "umlaut", "syntax", "many", "none"],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    """Those that tell something, each once, in lower case."""
    assert words_of(text) == words


FAILED = assess((finding("suite", Outcome.FAIL),))
SHUT = IssueState(open=False, closed_as="completed")
PLANNED = IssueState(open=False, closed_as="not_planned")
REFUSED = replace(CLOSED, ending=Ending.REFUSED)


@pytest.mark.parametrize(
    ("assessment", "remembered", "forgotten"),
    [
        pytest.param(DONE, True, False, id="closed"),
        pytest.param(replace(DONE, actions=(), state=SHUT), True, False, id="closed-before"),
        pytest.param(replace(DONE, actions=(), state=PLANNED), False, True, id="not-planned"),
        pytest.param(replace(DONE, actions=(REFUSED,)), False, True, id="refused"),
        pytest.param(replace(DONE, actions=()), False, True, id="left-open"),
        pytest.param(replace(FAILED, state=SHUT), False, True, id="closed-and-failing"),
        pytest.param(replace(FAILED, state=SHUT, trigger=flags(only=("suite",))), False, False, id="a-part-fails"),
        pytest.param(replace(DONE, actions=(), state=SHUT, trigger=flags(only=("suite",))), False, False, id="a-part"),
        pytest.param(replace(DONE, actions=(), state=SHUT, trigger=flags(dry_run=True)), False, False, id="dry-run"),
        pytest.param(FAILED, False, True, id="open-and-failing"),
    ],
)
def test_when(assessment: Assessment, remembered: bool, forgotten: bool) -> None:
    """Remembered where the whole holds and it is closed as completed; forgotten where it is open, or does not hold."""
    assert (holds_closed(assessment), withdraws(assessment)) == (remembered, forgotten)
