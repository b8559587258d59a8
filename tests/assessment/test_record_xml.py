"""Learning documents in XML: valid by the XSD whatever the texts hold, and every text is there as it was."""

import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from bot.assessment.document import TicketState
from bot.assessment.evidence import Measure, Origin, Outcome, Reason, Scope
from bot.assessment.markdown import line
from bot.assessment.policy import Level, RecordPolicy
from bot.assessment.record import documents
from bot.assessment.record_lesson import Trap, insights, steps
from bot.assessment.record_room import LADDER, LIMIT
from bot.assessment.record_xml import NAMESPACE, learning_xml
from bot.assessment.report_page import Fate, Page
from bot.assessment.trigger import TriggerKind
from bot.assessment.verdict import VerdictKind
from bot.assessment.waiver import WaiverState
from tests.assessment.lessons import EXAMPLE, LATENCY, hostile
from tests.assessment.scenarios import SCENARIOS

PROJECT = Path(__file__).parents[2]
XSD = (PROJECT / "bot/assessment/learning.xsd").read_text("utf-8")
SCHEMA = xmlschema.XMLSchema(XSD)
NS = {"l": NAMESPACE}
PLAIN = documents(EXAMPLE, RecordPolicy())[0].content
ENUMERATIONS: dict[str, type[StrEnum]] = {
    "verdict": VerdictKind,
    "level": Level,
    "trigger": TriggerKind,
    "ending": Fate,
    "outcome": Outcome,
    "scope": Scope,
    "origin": Origin,
    "reason": Reason,
    "waiverState": WaiverState,
    "ticketState": TicketState,
    "trap": Trap,
}


@pytest.mark.parametrize("seed", range(200))
def test_hostile_texts_stay_texts(seed: int) -> None:
    """The document is valid and small; its texts are the assessment's, cleaned and bounded, in their places."""
    page = Page(assessment=hostile(seed))
    content = documents(page.assessment, RecordPolicy())[0].content
    SCHEMA.validate(content)
    assert len(content.encode()) <= LIMIT
    assert not re.search(r"<!|<\?(?!xml version)", content)
    root = ET.fromstring(content)
    room = next(one for one in LADDER if learning_xml(page, one) == content)
    said = {
        "l:metadata/l:issue": [page.assessment.state.title],
        "l:insights/l:insight/l:title": [f.criterion.title for f in insights(page)[: room.insights]],
        "l:insights/l:insight/l:now": [f.evidence.observed for f in insights(page)[: room.insights]],
        "l:insights/l:insight/l:source": [f.evidence.source.place for f in insights(page)[: room.insights]],
        "l:pattern/l:step/l:here": [step.here for step in steps(page)[: room.items]],
        "l:applyWhen/l:label": list(page.assessment.labels[: room.items]),
    }
    for path, texts in said.items():
        found = [one.text or "" for one in root.findall(path, NS)]
        assert [line(text, room.text) for text in texts] == found


@pytest.mark.parametrize("room", LADDER, ids=lambda room: str(room.insights))
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_assessment_makes_a_valid_document(name: str, room) -> None:
    """Whatever the verdict, with much room or little."""
    SCHEMA.validate(learning_xml(Page(assessment=SCENARIOS[name]), room))


SPOILED = {
    "no verdict": (r"<verdict>.*</verdict>", ""),
    "unknown verdict": (">resolved-with-follow-ups<", ">fine<"),
    "a time without zone": ("15:00:00Z</finished>", "15:00:00</finished>"),
    "no day of the calendar": ("2026-11-21T15:00:00Z</finished>", "2026-11-31T15:00:00Z</finished>"),
    "half a sha": (r'commit="d4e5f6a0{33}"', 'commit="d4e5f6a"'),
    "more than all": ('percent="[0-9]+"', 'percent="101"'),
    "an unknown element": ("<insights>", "<insights><opinion/>"),
    "an unknown attribute": ("<pattern>", '<pattern sure="true">'),
    "measured by nobody": ('basis="measured"', 'basis="felt"'),
    "an address that runs": ('url="https://[^"]*"', 'url="javascript:alert(1)"'),
    "another namespace": ("learning:v1", "learning:v2"),
    "a text without end": ("<title>", f"<title>{'x' * 600}"),
    "no source": (r"<source.*?</source>", ""),
    "no time of fetching": (r' fetched="[^"]*"', ""),
}


@pytest.mark.parametrize(("pattern", "instead"), SPOILED.values(), ids=SPOILED.keys())
def test_the_schema_is_strict(pattern: str, instead: str) -> None:
    """What a reader relies on is checked."""
    spoiled = re.sub(pattern, instead, PLAIN, count=1)
    assert SCHEMA.is_valid(PLAIN)
    assert spoiled != PLAIN
    assert not SCHEMA.is_valid(spoiled)


def test_the_schema_knows_the_words_of_the_core() -> None:
    """Its enumerations are the core's, in their order: none is forgotten when a word comes in."""
    kinds = {name: kind for name, kind in SCHEMA.types.items() if kind.is_simple() and kind.enumeration}
    assert {name: [str(one) for one in kind.enumeration] for name, kind in kinds.items()} == {
        name: [str(one) for one in words] for name, words in ENUMERATIONS.items()
    }


def test_the_schema_in_the_docs_is_current() -> None:
    """`docs/reference/learning.xsd` is the one that is shipped beside the code."""
    assert (PROJECT / "docs/reference/learning.xsd").read_text("utf-8") == XSD


def test_what_is_no_number_is_left_out() -> None:
    """A measure without a finite value is not written."""
    odd = tuple(Measure(name="latency", value=float(value), unit="s") for value in ("nan", "inf", "0.5"))
    finding = replace(LATENCY, evidence=replace(LATENCY.evidence, measures=odd))
    content = learning_xml(Page(assessment=replace(EXAMPLE, findings=(finding,))), LADDER[0])
    SCHEMA.validate(content)
    assert re.findall(r"<measure .*/>", content) == ['<measure name="latency" value="0.5" unit="s" />']


def test_what_is_left_out_is_counted() -> None:
    """With little room it says how much is missing, once for each kind of thing."""
    content = learning_xml(Page(assessment=SCENARIOS["over-long"]), LADDER[-1])
    notes = [note.text for note in ET.fromstring(content).findall("l:cut/l:note", NS)]
    assert "240 more insights are left out." in notes
    assert len(notes) == len(set(notes))
    assert "<cut>" not in PLAIN
