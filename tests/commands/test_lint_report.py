"""What the check run says of a changed policy: every fault on its line, dangers, and the rest in words."""

import msgspec
import pytest

from bot.assessment.evidence import Sha
from bot.commands.lint_report import MOST_ANNOTATIONS, Above, Change, PolicyText, report_of
from bot.github.reports import CheckReport, Level, ReportEnd

PATH = ".github/resolution.yml"
GOOD = "version: 1\ncriteria:\n  - {check: unit, title: 'Tests of #12 by @ann'}\n"


def report(head: PolicyText | None, now: str | None = "version: 1\n", base: str = "main") -> CheckReport:
    before = PolicyText(text=now) if now is not None else None
    change = Change(path=PATH, head=head, now=before, base=base, default_branch="main")
    return report_of(change, Sha("c" * 40), "x")


def test_every_fault_at_once() -> None:
    """On its line and column, with what was probably meant."""
    said = report(PolicyText(text="version: 1\nmoed: act\nclaims: mayb\ncriteria:\n  - chek: unit\n"))
    notes = [(one.line, one.column, one.level) for one in said.annotations]
    assert (said.conclusion, said.title) == (ReportEnd.FAILURE, "3 faults")
    assert notes == [(2, 1, Level.FAILURE), (3, 9, Level.FAILURE), (5, 5, Level.FAILURE)]
    meant = [one.message.rpartition(". ")[2] for one in said.annotations]
    assert meant[::2] == ["Did you mean mode?", "Did you mean check?"]
    assert "- line 5: unknown key 'chek'. Did you mean `check`?" in said.summary


def test_a_fault_inside_one_criterion() -> None:
    """It fails, and what would be asked all the same is told."""
    said = report(PolicyText(text=f"{GOOD}  - {{id: odd, fil: x}}\n"))
    assert (said.conclusion, said.title, [one.line for one in said.annotations]) == (ReportEnd.FAILURE, "1 fault", [4])
    assert said.summary.startswith("A criterion with a fault cannot be asked: once this is merged it is named")
    assert "| `odd` The criterion on line 4 | cannot be asked as written | development | required |" in said.summary


def test_what_is_no_text() -> None:
    """Is a fault on the first line."""
    (note,) = report(PolicyText(text=None)).annotations
    assert (note.line, note.column, note.path) == (1, 1, PATH)


def test_sound() -> None:
    """It says what is asked and what changes; what was written there cannot act."""
    said = report(PolicyText(text=GOOD))
    assert (said.conclusion, said.title, said.annotations) == (ReportEnd.SUCCESS, "1 criterion, mode advise", ())
    assert "| `check-unit` Tests of `#12` by `@ann` | `check` | development | required |" in said.summary
    assert "- criterion removed: `ci` CI is green at the head of the default branch" in said.summary


def test_dangerous() -> None:
    """It does not fail, and the danger is told on its line."""
    said = report(PolicyText(text="version: 1\nmode: act\ncriteria: []\n"))
    (note,) = said.annotations
    assert (said.conclusion, said.title) == (ReportEnd.NEUTRAL, "Valid, with 1 warning")
    assert (note.line, note.level) == (2, Level.WARNING)
    assert "- `mode`: advise → act" in said.summary


def test_removed() -> None:
    """It is told what applies then."""
    said = report(None)
    assert (said.conclusion, said.annotations) == (ReportEnd.NEUTRAL, ())
    assert "once it is merged, the built-in policy applies." in said.summary


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (None, "### What changes against the built-in policy (`main` has none)"),
        (GOOD, "Nothing that decides changes."),
        ("version: 1\nmode: x\n", "The policy on `main` has 1 fault: it cannot be compared."),
    ],
    ids=["none", "the-same", "broken"],
)
def test_against_the_default_branch(now: str | None, words: str) -> None:
    """What stands there decides what there is to compare."""
    assert words in report(PolicyText(text=GOOD), now).summary


def test_on_another_branch() -> None:
    """The policy of another branch decides nothing, and the check run says so."""
    said = report(PolicyText(text=GOOD), base="release").summary
    assert "read on `main` alone; this pull request goes to `release`" in said


def test_more_faults_than_github_should_hear() -> None:
    """They are counted."""
    said = report(PolicyText(text="version: 1\n" + "".join(f"key{number}: 1\n" for number in range(600))))
    assert (len(said.annotations), said.title) == (MOST_ANNOTATIONS, "600 faults")
    assert "- and 580 more" in said.summary


SHOWN = "acme/.github: .github/resolution.yml"


def over(own: str | None, above: str | None, *, now: str | None = None, unread: str | None = None) -> CheckReport:
    """The same below an organisation's policy; `version: 1` is put before the texts."""
    head, before = (None if text is None else PolicyText(text=f"version: 1\n{text}\n") for text in (own, now))
    upper = Above(path=SHOWN, text=None if above is None else f"version: 1\n{above}\n", unread=unread)
    change = Change(path=PATH, head=head, now=before, base="main", default_branch="main", above=upper)
    return report_of(change, Sha("c" * 40), "x")


ACTING = "mode: act\nclaims: off\nlabels: {hold: [a]}\ncriteria: [{id: theirs, tasks: }]"
BY_ITSELF = "This file by itself is sound."


@pytest.mark.parametrize(
    ("own", "above", "end", "title", "lines", "words"),
    [
        ("claims: off", ACTING, ReportEnd.SUCCESS, "1 criterion, mode advise", [], "| `theirs` Tasks theirs |"),
        ("labels: {resolved: a}", ACTING, ReportEnd.NEUTRAL, "Valid, with 1 warning", [2], "holds the issue open"),
        ("moed: x", ACTING, ReportEnd.FAILURE, "1 fault", [2], "A policy with a fault decides nothing"),
        ("claims: off", "moed: x", ReportEnd.NEUTRAL, "The organisation's policy has 1 fault", [], BY_ITSELF),
        ("claims: off", None, ReportEnd.NEUTRAL, "The organisation's policy has 1 fault", [], "not text, or too large"),
        ("moed: x", "moed: x\nz: y", ReportEnd.FAILURE, "1 fault", [2], "### The organisation's policy has 2 faults"),
        ("criteria: [{id: a, fil: x}]", "moed: x", ReportEnd.FAILURE, "1 fault", [2], "A criterion with a fault"),
        ("mode: advise", "criteria: [{id: a, fil: x}]", ReportEnd.SUCCESS, "0 criteria, mode advise", [],
         "A criterion with a fault is named in every answer"),
        ("mode: advise", "close: {max_age: 90d}", ReportEnd.SUCCESS, "5 criteria, mode advise", [],
         "### To note of the organisation's policy"),
    ],
    ids=["sound", "together", "own fault", "fault above", "no text above", "both", "own criterion", "criterion above",
         "warning above"],
)  # fmt: skip
def test_over_the_organisations(
    own: str, above: str | None, end: ReportEnd, title: str, lines: list[int], words: str
) -> None:
    """How both together would hold; only what is wrong with its own file stands on lines of the pull request."""
    said = over(own, above)
    assert (end, title, lines) == (said.conclusion, said.title, [one.line for one in said.annotations])
    assert {one.path for one in said.annotations} <= {PATH}
    assert words in said.summary


@pytest.mark.parametrize(
    ("own", "end", "title", "words"),
    [
        ("claims: off", ReportEnd.NEUTRAL, "The organisation's policy could not be read", BY_ITSELF),
        ("moed: x", ReportEnd.FAILURE, "1 fault", "A policy with a fault decides nothing"),
        (
            None,
            ReportEnd.NEUTRAL,
            "The policy is removed",
            "the organisation's policy applies, or else the built-in one",
        ),
    ],
)
def test_where_it_could_not_be_read(own: str | None, end: ReportEnd, title: str, words: str) -> None:
    """It is said with its reason, and nothing is told of what would be asked."""
    said = over(own, None, unread="a permission is missing")
    assert (end, title) == (said.conclusion, said.title)
    assert words in said.summary
    assert "GitHub did not show it to me (a permission is missing)" in said.summary
    assert "What it asks" not in said.summary


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (None, "the organisation's policy (`main` has none)\n\n- `labels.resolved`: none → `b`"),
        ("labels: {resolved: c}", "### What changes against `main`\n\n- `labels.resolved`: `c` → `b`"),
        ("moed: x", "The policy on `main` has 1 fault: it cannot be compared."),
    ],
)
def test_what_changes_is_told_over_the_organisations(now: str | None, words: str) -> None:
    """Before and after stand over the same file."""
    assert words in over("labels: {resolved: b}", ACTING, now=now).summary


def test_removed_above_the_organisations() -> None:
    """Its policy applies then, which is told in words."""
    said = over(None, ACTING, now="criteria: [{id: ours, tasks: }]")
    assert (said.conclusion, said.annotations) == (ReportEnd.NEUTRAL, ())
    assert f"once it is merged, the organisation's policy `{SHOWN}` applies." in said.summary
    assert "- criterion removed: `ours` Tasks ours" in said.summary
    broken = over(None, "moed: x", now="mode: act").summary
    assert "every assessment here is answered with what is wrong there" in broken


def test_the_organisations_own_is_removed() -> None:
    """From all repositories at once."""
    now = PolicyText(text="version: 1\nclaims: off\n")
    change = Change(path=PATH, head=None, now=now, base="main", default_branch="main", organisation=True)
    summary = report_of(change, Sha("c" * 40), "x").summary
    assert "the owner's other repositories inherit nothing any more." in summary
    assert "- `claims`: off → require" in summary


def test_the_organisations_policy_says_what_it_hands_on() -> None:
    """In its own repository `inherit` is a word; in any other it is a fault."""
    told = PolicyText(text="version: 1\ninherit: {acting: true}\n")
    change = Change(path=PATH, head=told, now=told, base="main", default_branch="main")
    ends = [
        report_of(one, Sha("c" * 40), "x").conclusion
        for one in (msgspec.structs.replace(change, organisation=True), change)
    ]
    assert ends == [ReportEnd.SUCCESS, ReportEnd.FAILURE]
