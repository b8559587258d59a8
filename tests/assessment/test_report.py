"""The answer's parts: every ending, every limit, and that nothing hostile survives in the whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment import reopen_answers
from bot.assessment.document import ActionKind, Assessment, Done, Ending, IssueState
from bot.assessment.evidence import CriterionId, Finding, Origin, Outcome, Reason, Source
from bot.assessment.plan import Close, Label, Speak
from bot.assessment.report import progress, render
from bot.assessment.report_findings import findings
from bot.assessment.report_page import CAPABILITIES, Detail, Page
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.withholding import WithheldReason
from tests.assessment.samples import (
    NOW,
    OPEN,
    Setting,
    assess,
    claim,
    criterion,
    evidence,
    facts,
    finding,
    flags,
    operational,
    optional,
    places,
)

MARK = "<!-- mark -->"
DAY = timedelta(days=1)
SHUT = IssueState(open=False, closed_as="not_planned")
SHUT_STANDING = replace(OPEN, open=False, closed_as="not_planned")


def said(assessment: Assessment, *capabilities: str) -> str:
    """The comment, with the commands that exist."""
    return render(assessment, evidence_url=None, marker=MARK, capabilities=CAPABILITIES | set(capabilities))


def closing(ending: Ending, text: str = "closed as completed, verified") -> tuple[Done, ...]:
    """What was done, with that ending."""
    return (Done(action=ActionKind.CLOSE, ending=ending, text=text),)


@pytest.mark.parametrize(
    ("assessment", "words"),
    [
        (assess((finding(),), actions=closing(Ending.DONE)), "✅ Resolved: closed as completed · confidence"),
        (assess((finding(),)), "✅ Resolved: closing as completed · confidence"),
        (
            assess((finding(),), actions=closing(Ending.UNCHANGED)),
            "✅ Resolved: already closed, verified · confidence",
        ),
        (assess((finding(),), actions=closing(Ending.UNKNOWN)), "⚠️ Resolved, but not closed · confidence"),
        (
            assess((finding(),), Setting(standing=SHUT_STANDING), state=SHUT),
            "✅ Resolved: left closed as not planned · confidence",
        ),
        (
            assess((finding(), operational("b", Outcome.FAIL))),
            "✅ Resolved, with 1 follow-up: closing as completed · confidence",
        ),
        (assess((finding("a", Outcome.FAIL),)), "❌ Not resolved: left open · 1 of 1 criterion does not hold"),
        (
            assess((finding("a", Outcome.FAIL),), Setting(trigger=flags(dry_run=True))),
            "❌ Not resolved: left open (dry run) · 1 of 1 criterion does not hold",
        ),
        (assess((finding("a", Outcome.ERROR),), state=SHUT), "❔ Closed, but inconclusive · 1 of 1 criterion"),
    ],
)
def test_title(assessment: Assessment, words: str) -> None:
    """Verdict and action in the first line."""
    assert said(assessment).splitlines()[0].startswith(f"### {words}")


@pytest.mark.parametrize("reason", list(WithheldReason))
def test_every_withholding_has_its_words(reason: WithheldReason) -> None:
    """No reason to leave an issue open goes without a word in the title."""
    made = assess((finding(),), Setting(trigger=flags(no_close=True)))
    withheld = replace(made.plan.withheld[0], reason=reason)
    title = said(replace(made, plan=replace(made.plan, withheld=(withheld,)))).splitlines()[0]
    assert title.startswith(("### ✅ Resolved: left open", "### ✅ Resolved: ready"))


def test_left_open_without_a_reason() -> None:
    """Even a plan that says nothing gives an honest title."""
    made = assess((finding(),), Setting(trigger=flags(no_close=True)))
    assert "Resolved: left open ·" in said(replace(made, plan=replace(made.plan, withheld=())))


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (Trigger(kind=TriggerKind.COMMAND, by="ann"), "asked by @ann"),
        (Trigger(kind=TriggerKind.CLI), "asked on the command line"),
        (Trigger(kind=TriggerKind.MERGE, pull=7), "after the merge of #7"),
        (Trigger(kind=TriggerKind.MERGE, pull=7, joined=(9, 2)), "after the merges of #2, #7 and #9"),
        (Trigger(kind=TriggerKind.MERGE), "after a merge"),
        (Trigger(kind=TriggerKind.CLOSURE, by="bob"), "after the closing by `@bob`"),
        (Trigger(kind=TriggerKind.WAKE), "after what it waited for"),
        (Trigger(kind=TriggerKind.TIMER), "looked again by itself"),
    ],
)
def test_footer_says_who_asked(trigger: Trigger, words: str) -> None:
    """The last line tells who or what set it off, and without a link it has none."""
    footer = said(assess((finding(),), Setting(trigger=trigger, facts=facts(commit=None)), branch=None)).splitlines()[
        -3
    ]
    assert footer.startswith(f"<sub>{words} · policy `91ab3c` · run `a-7f3c` · ")
    assert "evidence" not in footer


def test_only_what_exists_is_advertised() -> None:
    """`/reopen` appears where this version has it, and undoes only our own closing."""
    closed = assess((finding(),), actions=closing(Ending.DONE))
    without = render(closed, evidence_url=None, marker=MARK, capabilities=CAPABILITIES - {"reopen"})
    assert "/reopen" not in without
    assert "anyone with **triage** can comment `/reopen <why>`. After that I only advise here" in said(closed)


def test_reopened() -> None:
    """What had closed the issue and was undone does not say any more that it is closed, nor why it may be."""
    done = reopen_answers.as_done("carol", "It @fails " + "x" * 400, url="u")
    text = said(assess((finding(),), actions=(*closing(Ending.DONE), done)))
    assert text.startswith("### ↩️ Reopened: it had been closed as completed · confidence")
    assert "reopened by carol with `/reopen`: It `@fails` xxx" in text
    assert "Whoever has **triage** can ask again with `/assess-resolution`." in text
    assert not [words for words in ("Not right?", "Why this may be closed") if words in text]


def test_summary_of_what_else() -> None:
    """Optional failures and waivers are said beside the verdict."""
    text = said(assess((finding("a"), optional("b", Outcome.FAIL), finding("c", Outcome.WAIVED))))
    assert "The one required criterion holds on `main` at `d4e5f6a`." in text
    assert "Not required, and not holding: `b`. 1 is waived." in text
    assert "**Tests**: b · `b` (optional)" in text


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ((), None),
        ((finding("b"),), "The other one holds."),
        ((finding("b"), finding("c")), "The other 2 hold."),
        ((finding("b"), finding("c", Outcome.PENDING)), "Of the other 2, 1 holds and 1 is on its way."),
        (
            (finding("b", Outcome.FLAKY), finding("c", Outcome.MISCONFIGURED)),
            "Of the other 2, 1 cannot be asked as written and 1 gave mixed answers.",
        ),
    ],
)
def test_summary_beside_a_failure(others: tuple[Finding, ...], words: str | None) -> None:
    """What became of the others, in as few words as can be."""
    second = said(assess((finding("a", Outcome.FAIL), *others))).splitlines()[2]
    assert (words or "|  | Criterion | Before → now | Seen on | Evidence |") == second


def test_many_are_counted() -> None:
    """Long lists name a few and count the rest."""
    text = said(assess((finding("a"), *(finding(f"m{n}", Outcome.ERROR) for n in range(9)))))
    assert "9 required criteria could not be measured" in text
    assert "`m5` (success) and 3 more. That says" in text
    assert "- and 3 more" in text


def test_nothing_asked_that_passes() -> None:
    """Only open work, and no pass: nothing shows a fix."""
    answer = evidence(Outcome.FAIL, reason=Reason.STILL_OPEN, observed="all 3 items are open")
    left = Finding(criterion=criterion("t", kind="tasks"), evidence=answer)
    text = said(assess((left,), Setting(facts=facts(partial=tuple(f"part {n}" for n in range(8))))))
    assert "Nothing that was asked shows a fix. Still open: part 0; part 1; " in text
    assert "; and 3 more." in text


def test_taken_back_without_a_criterion() -> None:
    """A statement that takes itself back is answered with what would settle it."""
    text = said(assess((finding("a"),), Setting(facts=facts(partial=("the statement says: half of it",)))))
    assert "Still open: the statement says: half of it. What else was asked holds." in text
    assert "finish what is open, or say in a new statement" in text


def test_what_would_be_done_is_only_changes() -> None:
    """Speaking is no change: a dry run names labels and the closing."""
    made = assess((finding(),), Setting(trigger=flags(dry_run=True)))
    text = said(replace(made, plan=replace(made.plan, would=(Speak(), Label(add=("x", "y")), Close()))))
    assert "**Would be done** · label `x` and `y` added · closed as completed. Nothing was changed" in text


def test_what_would_follow_a_closing_is_named() -> None:
    """A dry run tells all of it, also where the issue is closed already."""
    made = replace(
        assess((finding(),), Setting(trigger=flags(dry_run=True))), foreseen=("a note on #3, where none is",)
    )
    assert "closed as completed · a note on `#3`, where none is. Nothing was changed" in said(made)
    assert "**Would be done** · a note on `#3`" in said(replace(made, plan=replace(made.plan, would=())))


def test_ids_keep_their_case() -> None:
    """A sentence that begins a line does not change the command in it."""
    found = (finding("a"), finding("B", Outcome.ERROR), *(finding(f"c{n}", Outcome.MISSING) for n in range(6)))
    assert "\n\nThen `/assess-resolution` again (to look at that alone: `/assess-resolution --only=B`)." in said(
        assess(found)
    )


def test_what_was_not_done_is_said() -> None:
    """A label that GitHub refused stands in the answer."""
    refused = Done(action=ActionKind.LABEL, ending=Ending.REFUSED, text="label `x`: GitHub said no")
    assert "**Not done** · label `x`: GitHub said no" in said(assess((finding(),), actions=(refused,)))


@pytest.mark.parametrize(
    ("seen", "words"),
    [((False,), "none was seen failing"), ((True,), "it was seen failing"), ((True, False), "1 of the 2 was seen")],
)
def test_justification_says_what_failed_before(seen: tuple[bool, ...], words: str) -> None:
    """How many were seen failing before the fix."""
    found = tuple(finding(f"c{n}", seen_failing=failed) for n, failed in enumerate(seen))
    assert words in said(assess(found))


def test_vacuous_ones_are_not_called_decisive() -> None:
    """Where only some evidence is decisive, the answer says how many."""
    assert "1 of 2 required criteria have decisive" in said(assess((finding("a"), finding("b", decisive=False))))


def test_one_more_row_is_folded() -> None:
    """The eleventh row is folded, and the fold says whether it holds."""
    eleven = tuple(finding(f"c{n}") for n in range(11))
    assert "<summary>1 more, which holds</summary>" in said(assess(eleven))
    waived = tuple(finding(f"w{n}", Outcome.WAIVED) for n in range(3))
    assert "<summary>1 more</summary>" in said(assess((*eleven[:10], waived[0])))
    assert "<summary>4 more, 1 of which holds</summary>" in said(assess((*eleven, *waived)))


def test_without_a_fold_the_rest_is_counted() -> None:
    """On the lower rungs nothing is folded; the rest is behind the link."""
    page = Page(assessment=assess(tuple(finding(f"c{n}") for n in range(5))), detail=Detail(rows=2, folded=0))
    assert findings(page).endswith("\n\n3 more, all of which hold: in the full evidence.")


def test_many_skipped_and_many_places() -> None:
    """What does not apply is counted after ten; places after twenty."""
    skipped = tuple(finding(f"s{n}", Outcome.SKIPPED, observed="") for n in range(12))
    failing = finding("a", Outcome.FAIL, details=places(*(f"f{n}.py:1" for n in range(25))))
    text = said(assess((failing, *skipped)))
    assert "· *s9* · and 2 more" in text
    assert "- and 5 more, in the full evidence" in text
    assert "a: 25 places listed</summary>" in text


def test_many_factors_are_counted() -> None:
    """The factors are shown up to thirty."""
    text = said(assess(tuple(finding(f"c{n}", credit=0.5) for n in range(40))))
    assert "- and 11 more" in text


def test_a_place_may_be_unknown() -> None:
    """No place: the commit alone; no page: no link."""
    bare = Source(url="", place="", sha=evidence().source.sha, fetched_at=NOW)
    assert "| success | `d4e5f6a` |  |" in said(assess((finding("a", source=bare),)))
    assert "| success | `d4e5f6a` |" in said(assess((claim("x", Outcome.PASS, source=bare),)))


def test_the_last_rung_is_title_and_footer() -> None:
    """If nothing helps, the verdict and the link remain."""
    long = "x" * 70_000
    text = render(assess((finding(),)), evidence_url="https://e.example/", marker=f"<!-- {long} -->")
    assert [part[:3] if part[0] == "#" else part[:4] for part in text.split("\n\n")] == ["###", "<sub", "<!--"]


def test_progress() -> None:
    """While it works: how many are answered, which, and what a long one is at."""
    asked = tuple(criterion(f"c{n}") for n in range(12))
    text = progress(asked, frozenset({CriterionId("c0")}), marker=MARK, note="read 4,000 of 12,412 files, @ann")
    assert text.startswith("### 🔎 Looking: 1 of 12 answered\n\n- ☑ c0\n- ☐ c1\n")
    assert text.endswith(f"- and 2 more\n\nread 4,000 of 12,412 files, `@ann`\n\n{MARK}")
    assert progress((), frozenset()) == "### 🔎 Looking: 0 of 0 answered"


def test_criteria_for_one_issue_show_where_they_came_from() -> None:
    """In their rows, and beside the policy in the footer."""
    brought = Finding(criterion=criterion("a", title="A", origin=Origin.COMMENT), evidence=evidence())
    in_text = Finding(
        criterion=criterion("b", title="B", origin=Origin.ISSUE, required=False), evidence=evidence(Outcome.FAIL)
    )
    text = said(assess((finding(), brought, in_text)))
    assert "A (from the command) |" in text
    assert "B · `b` (from the issue's text, optional) |" in text
    assert " + 1 criterion from the issue's text + 1 criterion from the command · " in text


def test_notes_are_told() -> None:
    """What the asker must know of the asking itself, with nothing in it that acts."""
    assert "\n\n**Note** · Left out: `@carol` wrote it.\n\n" in said(
        assess((finding(),), notes=("Left out: @carol wrote it.",))
    )
