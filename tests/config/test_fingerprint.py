"""Fingerprints of single criteria: another question, another fingerprint."""

from dataclasses import replace

import pytest

from bot.assessment.evidence import Criterion, CriterionId
from bot.config.fingerprint import asks
from bot.config.load import Loaded, load

TEXT = "version: 1\ncriteria:\n  - {id: guide, title: There is a guide, file: docs/guide.md}\n"
CLAIM = Criterion(id=CriterionId("works"), title="it works", category="Claims", kind="claim", quote="it works now")


def of(text: str) -> str:
    """What the criterion `guide` asks."""
    found = load(text, path="p.yml", source="p.yml")
    assert isinstance(found, Loaded)
    return asks(found.questions, found.faulty, ())[CriterionId("guide")]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        pytest.param("docs/guide.md", "docs/other.md", id="parameters"),
        pytest.param("There is a guide", "There is another", id="title"),
        pytest.param("file: docs", "fiel: docs", id="fault"),
        pytest.param("file: docs/guide.md", "file: docs/guide.md, required: false", id="required"),
    ],
)
def test_another_question(now: str, then: str) -> None:
    """Whatever is asked otherwise is something else; a fault counts for what it is."""
    assert of(TEXT) != of(TEXT.replace(now, then))


def test_the_same_question() -> None:
    """Where and in which order it is written says nothing."""
    text = TEXT.replace("{id: guide, title: There is a guide, file: docs/guide.md}", "{}")
    rewritten = "{file: {path: docs/guide.md}, id: guide, title: 'There is a guide'}"
    assert of(text.replace("{}", f"{rewritten}\n  - tasks:")) == of(TEXT)


def test_a_claim_that_nothing_measures() -> None:
    """It is its kind and its words."""
    others = (replace(CLAIM, quote="it works, mostly"), replace(CLAIM, kind="count"))
    told = [asks((), (), (one,))[CLAIM.id] for one in (CLAIM, *others)]
    assert len(set(told)) == 3
