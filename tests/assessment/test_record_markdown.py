"""Records in Markdown: whatever strangers wrote, only our headings, our links and no life in their words."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from bot.assessment.document import ActionKind, Done, Ending
from bot.assessment.evidence import Measure
from bot.assessment.markdown import address
from bot.assessment.policy import RecordFormat, RecordPolicy
from bot.assessment.record import documents
from bot.assessment.record_markdown import learning_markdown
from bot.assessment.record_room import LADDER, LIMIT
from bot.assessment.report_page import Page
from bot.assessment.trigger import Trigger, TriggerKind
from tests.assessment.lessons import EXAMPLE, LATENCY, hostile
from tests.assessment.scenarios import SCENARIOS
from tests.assessment.test_markdown import LIVE

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
POLICY = RecordPolicy(format=RecordFormat.MARKDOWN)
HEADINGS = (
    r"Issue \d+(: .*)?|Summary|Key insights|Technical metrics, measured|Resolution pattern|When to apply it again"
    r"|Business impact, stated by policy and not measured|Anti-patterns|Out of scope|Executive summary|Key findings"
    r"|Closure justification|What is missing|What was done|Confidence|Resolution pattern for future use"
    r"|For the next time"
)
BLOCKS = {"heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "ordered_list"}


@pytest.mark.parametrize("seed", range(200))
def test_hostile_texts_stay_texts(seed: int) -> None:
    """No HTML, no image, no heading but ours, each once; no mention, reference or command; links only to evidence."""
    for file in documents(hostile(seed), POLICY):
        tokens = MARKDOWN.parse(file.content)
        leaves = [leaf for token in tokens for leaf in token.children or ()]
        kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
        assert kinds <= BLOCKS | {"list_item", "inline"}
        assert not {leaf.type for leaf in leaves} & {"image", "html_inline"}
        headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
        assert all(re.fullmatch(HEADINGS, heading) for heading in headings)
        assert len(headings) == len(set(headings))
        shown = "\n".join(
            "".join(leaf.content if leaf.type == "text" else " " for leaf in token.children or ()) for token in tokens
        )
        assert not LIVE.search(shown), shown
        links = [str(leaf.attrs["href"]) for leaf in leaves if leaf.type == "link_open"]
        assert all(address(link) == link for link in links)
        assert not re.search(r"^\s*(?:(?:[-*>]|\d+[.)])\s+)?/", file.content, re.MULTILINE)
        assert len(file.content.encode()) <= LIMIT


@pytest.mark.parametrize("room", LADDER, ids=lambda room: str(room.insights))
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_assessment_makes_a_document(name: str, room) -> None:
    """Whatever the verdict: with a title, and a pattern exactly where something was resolved."""
    assessment = SCENARIOS[name]
    text = learning_markdown(Page(assessment=assessment), room)
    assert text.startswith("# Issue 12\n\n| | |\n")
    assert ("## Resolution pattern" in text) is assessment.verdict.closes


def test_what_is_left_out_is_counted() -> None:
    """With little room it says how much is missing."""
    text = learning_markdown(Page(assessment=SCENARIOS["over-long"]), LADDER[-1])
    assert "- 240 more insights are left out.\n" in text
    many = replace(SCENARIOS["sixty-rows"], verdict=SCENARIOS["resolved"].verdict)
    assert "\n\n52 more steps are left out.\n" in learning_markdown(Page(assessment=many), LADDER[-1])


def test_how_each_deed_went_is_told() -> None:
    """What was done, was so already, was refused, and what nobody knows."""
    done = tuple(Done(action=ActionKind.LABEL, ending=ending, text="label `x` added") for ending in Ending)
    _, summary = documents(replace(EXAMPLE, actions=done), POLICY)
    part = summary.content.partition("## What was done\n\n")[2].partition("\n\n")[0]
    words = ("", "was so already: ", "not done: ", "not known: ")
    assert part.splitlines() == [f"- {word}label `x` added" for word in words]


def test_who_asked_is_named_and_not_called() -> None:
    """A merge with its pull request, a person in code, the clock without anybody."""
    merge = replace(EXAMPLE, trigger=Trigger(kind=TriggerKind.MERGE, by="bob", pull=1284))
    assert "| Asked by | a merge of `@bob`, pull request 1284 |" in documents(merge, POLICY)[0].content
    timer = replace(EXAMPLE, trigger=Trigger(kind=TriggerKind.TIMER))
    assert "| Asked by | the clock |" in documents(timer, POLICY)[0].content


def test_what_is_no_number_is_left_out() -> None:
    """A measure without a finite value is not written."""
    odd = tuple(Measure(name="latency", value=float(value), unit="s") for value in ("nan", "0.5"))
    finding = replace(LATENCY, evidence=replace(LATENCY.evidence, measures=odd))
    text = learning_markdown(Page(assessment=replace(EXAMPLE, findings=(finding,))), LADDER[0])
    assert "  - Numbers: latency 0.5 s\n" in text


def test_no_site_generator_runs_a_title() -> None:
    """GitHub Pages would take such braces for Jekyll's, in code as well."""
    title = "Broken {% include ../secret %} {{{ site.github.token }} `{% x %}` page"
    for file in documents(replace(EXAMPLE, state=replace(EXAMPLE.state, title=title)), POLICY):
        assert not re.search(r"\{[{%]", file.content)
        assert "include ../secret" in file.content
