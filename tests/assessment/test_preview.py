"""What a pull request would leave its issues with: the judgement beforehand, and its words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.assessment.evidence import Detail, Finding, Outcome, Reason, Scope, Sha, Wait
from bot.assessment.preview import (
    LIMIT,
    AsMerged,
    Foreseen,
    Keyword,
    Preview,
    PreviewSubject,
    Prospect,
    Said,
    conflicting,
    declined,
    denied,
    not_open,
    prospect_of,
    said_of,
    unlinked,
    unreadable,
)
from bot.assessment.verdict import judge
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import (
    NOW,
    REPOSITORY,
    claim,
    criterion,
    evidence,
    facts,
    finding,
    operational,
    optional,
    places,
)
from tests.assessment.test_markdown import ATTACKS, LIVE
from tests.assessment.test_waiver import waiver

TRIAL = Sha("86f96a4" + "0" * 33)
MERGE = PreviewSubject(commit=TRIAL, url=f"{REPOSITORY}/commit/{TRIAL}", exact=True, base="main", branch="main")
WRITTEN = Keyword(word="Fixes", place="the description")
LIVE_LATER = (criterion("health", title="`https://api.example.com/health`"),)
WAIT = Wait(topics=("check_suite:1",), what="`unit` on `86f96a4`", until=NOW + timedelta(hours=1))


def judged(*findings: Finding, left: tuple[str, ...] = (), **changes: object) -> AsMerged:
    """An issue's findings, judged as they are for real."""
    return replace(AsMerged(verdict=judge(findings, facts=facts(partial=left)), findings=findings), **changes)


def issue(number: int = 12, found: AsMerged | str = "", **changes: object) -> Foreseen:
    """An issue that the description would close."""
    plain = Foreseen(
        number=number,
        title="the old host is still asked",
        url=f"https://github.com/octo/shop/issues/{number}",
        closes=True,
        judged=found or judged(finding()),
        keyword=WRITTEN,
    )
    return replace(plain, **changes)


def preview(*issues: Foreseen, **changes: object) -> Preview:
    return replace(Preview(issues=issues, looked=MERGE, policy="91ab3c", at=NOW, by="ann"), **changes)


HOST = finding("host", before="816 files", observed="0 files")
GREEN = finding("ci", observed="success", seen_failing=False)
LEFT = finding(
    "left",
    Outcome.FAIL,
    observed="3 occurrences in 2 files",
    remedy="Remove it from the files listed.",
    details=places("a.py:1", "a.py:9", "b.py:4", "c.py:2"),
)
BOX = Finding(
    criterion=criterion("tasks", title="The task list is complete", kind="tasks"),
    evidence=evidence(Outcome.FAIL, reason=Reason.STILL_OPEN, observed='1 of 2 boxes open: "roll out"'),
)
RUNNING = finding("suite", Outcome.PENDING, observed="still running: `unit`", remedy=None, waits_for=WAIT)
LB = operational("lb", Outcome.FAIL, observed="60 s")
DOCS = optional("docs", Outcome.FAIL, observed="no such file", expected="`docs/hosts.md` is there")
SAID = claim("Created `/shared/domain_config.py`", Outcome.FAIL, observed="no such file", expected="")

WAIVED = finding("suite", Outcome.WAIVED, observed="97 of 120 pass")
WAIVERS = (waiver("suite"), waiver("health", reason="@octo/all: the service moves"))

SCENARIOS = {
    "waived": preview(issue(12, judged(HOST, WAIVED, later=LIVE_LATER, waivers=WAIVERS))),
    "holds": preview(issue(12, judged(HOST, GREEN, later=LIVE_LATER))),
    "mixed": preview(
        issue(12, judged(HOST, LEFT, SAID, LB, DOCS, alone=False)),
        issue(13, judged(HOST)),
        issue(14, judged(HOST, RUNNING), keyword=None),
        issue(15, judged(HOST, BOX), keyword=None),
        issue(16, judged(HOST, left=("the comment says that work remains",)), closes=False, keyword=None),
        more=(17, 18),
    ),
    "head": preview(issue(12, judged(HOST)), looked=replace(MERGE, exact=False), by=None),
    "elsewhere": preview(issue(12, judged(LEFT), closes=False, keyword=None), looked=replace(MERGE, base="release")),
    "unread": preview(issue(12, "It could not be read: that says nothing about it.", title="", url="")),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_text(name: str) -> None:
    """The text is the one in the file."""
    assert same_as_file(said_of(SCENARIOS[name]).text.encode(), FOLDER / f"preview-{name}.md")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(judged(HOST), Prospect.HOLDS, id="resolved"),
        pytest.param(judged(HOST, LEFT), Prospect.LACKS, id="fails"),
        pytest.param(judged(HOST, BOX), Prospect.LACKS, id="open-work"),
        pytest.param(judged(HOST, left=("half",)), Prospect.LACKS, id="taken-back"),
        pytest.param(judged(HOST, finding("x", Outcome.ERROR)), Prospect.UNCLEAR, id="not-measured"),
        pytest.param(judged(HOST, RUNNING), Prospect.UNCLEAR, id="running"),
        pytest.param(judged(finding("x", Outcome.MISCONFIGURED)), Prospect.UNCLEAR, id="misconfigured"),
        pytest.param(judged(), Prospect.LACKS, id="nothing-shows-it"),
        pytest.param(judged(later=LIVE_LATER), Prospect.UNCLEAR, id="decided-later"),
        pytest.param(judged(later=LIVE_LATER, waivers=WAIVERS[1:]), Prospect.LACKS, id="waived-later"),
        pytest.param(judged(later=LIVE_LATER, left=("half",)), Prospect.LACKS, id="decided-later-taken-back"),
        pytest.param(judged(later=(criterion("x", required=False),)), Prospect.LACKS, id="later-and-optional"),
        pytest.param(
            judged(later=(criterion("x", scope=Scope.OPERATIONAL),)), Prospect.LACKS, id="later-and-operational"
        ),
        pytest.param("could not be read", Prospect.UNCLEAR, id="unread"),
    ],
)
def test_prospect(found: AsMerged | str, expected: Prospect) -> None:
    """What is not known is neither resolved nor lacking."""
    assert prospect_of(issue(12, found)) is expected


@pytest.mark.parametrize(
    ("made", "sound"),
    [
        pytest.param(preview(issue()), True, id="holds"),
        pytest.param(preview(issue(12, judged(LEFT))), False, id="lacks"),
        pytest.param(preview(issue(12, judged(RUNNING))), False, id="unclear"),
        pytest.param(preview(issue(12, judged(LEFT), closes=False)), True, id="only-referred-to"),
        pytest.param(preview(issue(), more=(99,)), False, id="not-all-looked-at"),
        pytest.param(preview(), False, id="nothing"),
    ],
)
def test_sound(made: Preview, sound: bool) -> None:
    """Sound is what closes nothing but what would be resolved, as far as all of it was looked at."""
    assert said_of(made).sound is sound


def test_titles() -> None:
    """The worst first, without Markdown; and nothing is said to be known that is only known later."""
    assert said_of(SCENARIOS["mixed"]).title == (
        "Once this is merged, #12, #15 and #16 would not be resolved; #14 cannot be judged yet; #13 would be resolved"
    )
    assert said_of(SCENARIOS["holds"]).title.endswith("#12 would be resolved, as far as can be told before")
    assert said_of(SCENARIOS["waived"]).title.endswith("#12 would be resolved")
    assert said_of(preview()).title == "Nothing linked is an issue"


def test_the_worst_decides_and_topics_are_told_once() -> None:
    """How a command ends, and what a preview waits for."""
    said = said_of(preview(issue(12, judged(RUNNING)), issue(13, judged(RUNNING)), issue(14, "unread")))
    assert (said.prospect, said.topics) == (Prospect.UNCLEAR, ("check_suite:1",))
    assert said_of(SCENARIOS["mixed"]).prospect is Prospect.LACKS
    assert said_of(preview()).prospect is None


def test_long_texts_are_shortened() -> None:
    """Ten issues with dozens of failing criteria fit into one comment."""
    many = tuple(replace(LEFT, criterion=criterion(f"c{n}", title=f"{n} {'long ' * 30}")) for n in range(60))
    said = said_of(preview(*(issue(n, judged(*many, later=tuple(f.criterion for f in many))) for n in range(10))))
    assert len(said.text) <= LIMIT
    assert "- and 56 more" in said.text


OTHERS: dict[str, Said] = {
    "conflict": conflicting("fixes-#1-@ann"),
    "unlinked": unlinked(),
    "merged": not_open(merged=True, numbers=(12, 13)),
    "merged-alone": not_open(merged=True, numbers=()),
    "closed": not_open(merged=False, numbers=(12,)),
    "unreadable": unreadable("GitHub says @ann closes #1"),
    "declined": declined("The policy has `1` fault: correct it, then `/assess-resolution`."),
    **{name: said_of(made) for name, made in SCENARIOS.items()},
}


def shown(text: str) -> str:
    """What GitHub would look for references in: the text without its code."""
    tokens = MarkdownIt("commonmark").parse(text)
    leaves = [leaf for token in tokens for leaf in token.children or ()]
    return " ".join(leaf.content for leaf in leaves if leaf.type == "text")


@pytest.mark.parametrize("said", OTHERS.values(), ids=OTHERS)
def test_our_own_words_do_not_act(said: Said) -> None:
    """No number of ours becomes a reference, no keyword closes, no line gives a command."""
    assert not LIVE.search(shown(said.text).replace("@ann", "", 1))
    assert "github.com/octo/shop/issues" not in said.text.replace("redirect.github.com", "")
    assert not any(line.startswith("/") for line in said.text.splitlines())


@pytest.mark.parametrize("name", ["conflict", "unlinked", "merged", "merged-alone", "closed", "unreadable", "declined"])
def test_what_was_not_judged_names_the_next_step(name: str) -> None:
    """It is no praise and no blame."""
    said = OTHERS[name]
    assert (said.prospect, said.sound) == (None, False)
    assert "`/assess-resolution`" in said.text


def test_a_denial_is_told_as_one() -> None:
    """It is no preview: it says nothing of the issues, and knows that it is for want of a right."""
    said = denied("👋 that takes **maintain** here.")
    assert (said.text, said.no_right) == ("👋 that takes **maintain** here.", True)
    assert (said.prospect, said.sound, unlinked().no_right) == (None, False, False)


@settings(max_examples=40)
@given(st.sampled_from(ATTACKS), st.sampled_from(list(Outcome)), st.booleans())
def test_nothing_hostile_acts(attack: str, outcome: Outcome, closes: bool) -> None:
    """Whatever strangers wrote into titles, claims, branches and evidence."""
    parts = {"observed": attack, "before": attack, "remedy": attack, "details": (Detail(text=attack, url=attack),)}
    found = Finding(criterion=criterion("c", title=attack, quote=attack), evidence=evidence(outcome, **parts))
    seen = judged(found, left=(attack,), later=(criterion("d", title=attack),))
    where = replace(MERGE, base=attack, url=attack)
    keyword = Keyword(word=attack, place="the description")
    said = said_of(preview(issue(12, seen, title=attack, closes=closes, keyword=keyword), looked=where, policy=attack))
    assert not LIVE.search(shown(said.text).replace("@ann", "", 1))
