"""The assessment document: there and back, its keys in order, its schema current, nothing secret in it."""

import json
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.assessment.codec import NotAnAssessment, decode, encode, schema
from bot.assessment.document import (
    ActionKind,
    Assessment,
    Done,
    Ending,
    IssueState,
    Metrics,
    Related,
    Similar,
    Ticket,
    TicketState,
)
from bot.assessment.evidence import CriterionId, Outcome
from bot.assessment.plan import Announce, Plan, Reopen
from bot.assessment.policy import ImpactPolicy
from bot.assessment.redact import redact
from bot.assessment.verdict import VerdictKind
from bot.assessment.withholding import OwnComment
from tests.assessment.golden import same_as_file
from tests.assessment.samples import NOW, OPEN, Setting, assess, claim, facts, finding, flags, operational, places

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "reference" / "assessment.schema.json"

KEYS = [
    *("schema", "id", "repository", "issue", "trigger", "commit", "policy", "verdict", "confidence", "criteria"),
    *("plan", "actions", "started_at", "finished_at"),
]
CRITERION_KEYS = [
    *("id", "title", "category", "scope", "required", "kind", "origin", "outcome", "expected", "observed", "before"),
    *("source", "reason"),
]


def _full() -> Assessment:
    standing = replace(OPEN, comment=OwnComment(node_id="c", verdict=VerdictKind.PARTIAL), older=("o",))
    found = (
        finding("a", details=places("a.py:3"), remedy="fix it"),
        operational("b", Outcome.FAIL),
        claim("x", Outcome.PASS),
    )
    return assess(
        found,
        Setting(standing=standing, facts=facts(partial=())),
        actions=(Done(action=ActionKind.CLOSE, ending=Ending.DONE, text="closed", url="https://x.example"),),
        metrics=Metrics(pull_requests=(7,), merged_at=NOW, opened_at=NOW, closed_at=NOW, breaking=("feat!: y",)),
        impact=ImpactPolicy(goal="stability"),
        state=IssueState(title="t", open=False, closed_as="completed", closed_by="bob"),
        tickets=(Ticket(criterion=CriterionId("b"), number=1301, url="https://x.example", state=TicketState.OPEN),),
        labels=("bug",),
        paths=("a.py",),
        related=(Related(issue=3, shares="x"),),
        similar=(
            Similar(
                issue=3,
                title="t",
                url="https://x.example/3",
                closed_at=NOW,
                shared=("label bug",),
                closed_by=("#5",),
            ),
        ),
    )


@pytest.mark.parametrize(
    "assessment",
    [
        _full(),
        assess(()),
        assess((finding("a"),), Setting(trigger=flags(dry_run=True, only=("a",)), facts=facts(commit=None))),
        assess((finding("a"),), Setting(trigger=flags(dry_run=True))),
        replace(assess((finding("a"),)), plan=Plan(actions=(Reopen(), Announce(until=NOW)))),
    ],
    ids=["full", "empty", "withheld", "dry-run", "opened-again"],
)
def test_there_and_back(assessment: Assessment) -> None:
    """Decoding gives back the same value, and the document fits its own schema."""
    document = encode(assessment)
    assert assessment == decode(document)
    Draft202012Validator(json.loads(schema())).validate(json.loads(document))


def test_keys_stand_in_the_promised_order() -> None:
    """The published keys come first and in order; others are appended."""
    document = json.loads(encode(_full()))
    assert list(document)[: len(KEYS)] == KEYS
    assert list(document["criteria"][0])[: len(CRITERION_KEYS)] == CRITERION_KEYS
    assert list(document["criteria"][0]["source"])[:3] == ["url", "sha", "fetched_at"]
    assert list(document["confidence"]) == ["percent", "level", "factors"]
    assert list(document["policy"]) == ["digest", "source"]
    assert (document["schema"], document["verdict"]) == (1, "resolved-with-follow-ups")


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_survives(observed: str, title: str) -> None:
    """Whatever was seen comes back, but for secrets and for what is no Unicode."""
    clean = [redact(text.encode("utf-8", "replace").decode()) for text in (observed, title)]
    assessment = assess((finding("a", observed=clean[0]),), state=IssueState(title=clean[1]))
    assert assessment == decode(encode(assessment))


def test_no_secret_in_the_document() -> None:
    """A token in any text is gone from the document."""
    token = "ghp_" + "a1B2" * 9
    seen = finding("a", observed=f"header {token}", details=places(f"log: {token}"), remedy=token)
    assert token.encode() not in encode(assess((seen,), state=IssueState(title=token)))


def test_times_are_utc() -> None:
    """Times carry their zone."""
    document = json.loads(encode(assess((), finished_at=NOW.astimezone(UTC) + timedelta(seconds=1))))
    assert document["finished_at"] == "2026-11-21T15:00:01Z"


@pytest.mark.parametrize("document", [b"", b"[]", b'{"schema": 2}', b'{"schema": 1}', b'"\xff"'])
def test_what_is_no_assessment(document: bytes) -> None:
    """Anything else is refused with one error type."""
    with pytest.raises(NotAnAssessment):
        decode(document)


def test_unknown_keys_were_appended_later() -> None:
    """A newer document can be read."""
    document = json.loads(encode(_full())) | {"later": 1}
    assert _full() == decode(json.dumps(document).encode())


def test_the_published_schema_is_current() -> None:
    """The schema in the docs is the one the code writes."""
    assert same_as_file(schema(), SCHEMA_FILE)
