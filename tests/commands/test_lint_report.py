"""What the check run says of a changed policy: every fault on its line, dangers, and the rest in words."""

import msgspec
import pytest

from bot.assessment.evidence import Sha
from bot.commands.lint import touches
from bot.commands.lint_report import MOST_ANNOTATIONS, Change, PolicyText, report_of
from bot.github.models import PullFile
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
    assert "the built-in one, applies" in said.summary


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


def file(path: str, previous: str | None = None) -> PullFile:
    return PullFile(path=path, additions=1, deletions=0, change="MODIFIED", previous=previous)


@pytest.mark.parametrize(
    ("files", "expected"),
    [((), False), ((file("a"), file(PATH)), True), ((file("old.yml", PATH),), True), ((file(f"x/{PATH}"),), False)],
)
def test_which_pull_requests_matter(files: tuple[PullFile, ...], expected: bool) -> None:
    """Those that change the policy, or move it away."""
    assert touches(files) is expected


def test_the_organisations_policy_says_what_it_hands_on() -> None:
    """In its own repository `inherit` is a word; in any other it is a fault."""
    told = PolicyText(text="version: 1\ninherit: {acting: true}\n")
    change = Change(path=PATH, head=told, now=told, base="main", default_branch="main")
    ends = [
        report_of(one, Sha("c" * 40), "x").conclusion
        for one in (msgspec.structs.replace(change, organisation=True), change)
    ]
    assert ends == [ReportEnd.SUCCESS, ReportEnd.FAILURE]
