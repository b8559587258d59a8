"""The whole answer from hostile parts: nothing that strangers wrote acts."""

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.assessment.document import ActionKind, Assessment, Done, Ending, IssueState, Metrics
from bot.assessment.evidence import Detail, Finding, Origin, Outcome, Scope, Source
from bot.assessment.policy import ImpactPolicy
from bot.assessment.report import LIMIT, render
from tests.assessment.samples import BUILT_IN_POLICY, NOW, Setting, assess, criterion, evidence, facts
from tests.assessment.test_markdown import ATTACKS, LIVE

MARK = "<!-- mark -->"
_HOSTILE = st.one_of(st.sampled_from(ATTACKS), st.lists(st.sampled_from(ATTACKS), min_size=1, max_size=3).map(" ".join))


@st.composite
def _assessments(draw: st.DrawFn) -> Assessment:
    def one(number: int) -> Finding:
        text = draw(_HOSTILE)
        asked = criterion(
            f"c{number}",
            title=draw(_HOSTILE),
            category=draw(_HOSTILE),
            quote=text,
            origin=draw(st.sampled_from(Origin)),
            scope=draw(st.sampled_from(Scope)),
        )
        source = Source(url=draw(_HOSTILE), place=draw(_HOSTILE), sha=None, fetched_at=NOW)
        answer = evidence(
            draw(st.sampled_from(Outcome)),
            expected=text,
            observed=draw(_HOSTILE),
            before=draw(st.one_of(st.none(), _HOSTILE)),
            remedy=draw(st.one_of(st.none(), _HOSTILE)),
            details=(Detail(text=draw(_HOSTILE), url=draw(_HOSTILE)),),
            source=source,
        )
        return Finding(criterion=asked, evidence=answer)

    found = tuple(one(number) for number in range(draw(st.integers(0, 4))))
    left = tuple(draw(st.lists(_HOSTILE, max_size=2)))
    text = draw(_HOSTILE)
    return assess(
        found,
        Setting(policy=BUILT_IN_POLICY, facts=facts(partial=left)),
        branch=text,
        id=text,
        state=IssueState(open=draw(st.booleans()), closed_as=text),
        actions=(Done(action=ActionKind.LABEL, ending=draw(st.sampled_from(Ending)), text=draw(_HOSTILE)),),
        metrics=Metrics(commits=1, breaking=(text,), environment=text, deployed_at=NOW, first_commit_at=NOW),
        impact=ImpactPolicy(goal=text, revenue=draw(_HOSTILE)),
        out_of_scope=(text,),
    )


@settings(max_examples=60)
@given(_assessments())
def test_nothing_hostile_acts(assessment: Assessment) -> None:
    """Whatever strangers wrote: our tags only, nothing live but the asker, no command at a line's start."""
    text = render(assessment, evidence_url="https://e.example/x", marker=MARK)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    leaves = [leaf for token in tokens for leaf in token.children or ()]
    # block by block: the last word of one and the first of the next are not one word
    shown = "\n".join(
        "".join(leaf.content if leaf.type == "text" else " " for leaf in token.children or ()) for token in tokens
    )
    assert not LIVE.search(shown.replace("@ann", "", 1)), shown
    blocks = {"heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "list_item"}
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= blocks | {
        "inline",
        "html_block",
    }
    assert {leaf.content for leaf in leaves if leaf.type == "html_inline"} <= {"<sub>", "</sub>"}
    assert "image" not in {leaf.type for leaf in leaves}
    assert not any(line.startswith("/") for line in text.splitlines())
    assert len(text) <= LIMIT
