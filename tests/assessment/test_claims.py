"""Claims over several statements: order, limits, contradictions, derivations; and two long statements as they came."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assessment.claims import MAX_CLAIMS, MAX_UNCHECKED, Claim, ClaimKind, Extraction, extract
from bot.assessment.statements import Statement, StatementSource

SEEDS = Path(__file__).parent / "seeds"
REPOSITORY = "netra-systems/netra-apex"


def statement(text: str, number: int = 1) -> Statement:
    at = datetime(2025, 9, number, tzinfo=UTC)
    return Statement(text=text, author="ann", url=f"https://x.test/{number}", where=f"comment {number}", at=at)


def seed(name: str, number: int = 1) -> Statement:
    return statement((SEEDS / name).read_text(encoding="utf-8"), number)


def found(*texts: str, issue: int = 40, demand: str = "") -> Extraction:
    said = [statement(text, number) for number, text in enumerate(texts, start=1)]
    return extract(said, repository=REPOSITORY, issue=issue, demand=demand)


def short(extraction: Extraction) -> list[tuple[ClaimKind, str]]:
    return [(claim.kind, claim.subject) for claim in extraction.claims]


def test_a_final_assessment_as_written() -> None:
    """A long statement, mojibake and all: what can be checked, what cannot, and what is somebody else's work."""
    result = extract([seed("final_assessment.md")], repository=REPOSITORY, issue=1278)
    assert short(result) == [
        (ClaimKind.COMMIT, "85375b936"),
        (ClaimKind.UNCHECKED, "No more \"No module named 'netra_backend.app.services.monitoring'\" errors"),
        (ClaimKind.COUNT, "816 files"),
        (ClaimKind.FILE_PRESENT, "shared/domain_config.py"),
        (ClaimKind.UNCHECKED, "All services now use `*.netrasystems.ai`"),
        (ClaimKind.UNCHECKED, "All 5 critical events properly configured"),
        (ClaimKind.UNCHECKED, "100% SSOT compliance"),
        (ClaimKind.UNCHECKED, "90% of platform value restored"),
        (ClaimKind.CHECK_PASSING, "mission-critical tests"),
    ]
    assert result.operational == ("VPC Connector", "SSL Certificates", "Load Balancer", "Monitoring")
    assert result.taken_back == ()


def test_a_resolution_summary_as_written() -> None:
    """A long statement with commands in code: they claim nothing, the files under "Files Created" do."""
    result = extract([seed("resolution_summary.md")], repository=REPOSITORY, issue=1283)
    assert short(result) == [
        (ClaimKind.UNCHECKED, "99% system health"),
        (ClaimKind.ISSUE_CLOSED, "1278"),
        (ClaimKind.PATTERN_GONE, ".staging.netrasystems.ai"),
        (ClaimKind.CHECK_PASSING, "SSOT Compliance"),
        (ClaimKind.UNCHECKED, "99% operational"),
        (ClaimKind.FILE_PRESENT, "execute_issue_1283_resolution.sh"),
        (ClaimKind.FILE_PRESENT, "SPEC/learnings/issue_1283_infrastructure_resolution_pattern.xml"),
        (ClaimKind.FILE_PRESENT, "ISSUE_1283_RESOLUTION_SUMMARY.md"),
    ]
    assert result.taken_back == ()
    assert result.operational == ()
    assert [claim.figure for claim in result.claims if claim.kind is ClaimKind.CHECK_PASSING] == [98.7]


def test_all_now_use_learns_the_old_name_elsewhere() -> None:
    """ "All services now use Y" asks for X to be gone, once a migration from X to Y is named in any statement."""
    both = [seed("final_assessment.md"), seed("resolution_summary.md", 2)]
    claim = next(c for c in extract(both, repository=REPOSITORY).claims if c.kind is ClaimKind.PATTERN_GONE)
    assert claim.subject == ".staging.netrasystems.ai"
    assert claim.quote == "Standards: All services now use `*.netrasystems.ai` domains"


def test_the_demand_teaches_only_the_old_name() -> None:
    """The issue's body names the migration; it makes no claim of its own."""
    demand = "Move `*.staging.acme.com` to `*.acme.com`. Fixed in `abc1234`."
    assert short(found("All services now use `*.acme.com`.", demand=demand)) == [
        (ClaimKind.PATTERN_GONE, ".staging.acme.com")
    ]
    assert short(found("Thanks.", demand=demand)) == []
    assert found("All use `*.acme.com` now.", demand="`list` to `*.acme.com`").claims == ()


def test_said_twice_is_claimed_once() -> None:
    """A commit named by a shorter and a longer prefix, in two statements, is one claim in its first words."""
    result = found("Fixed in `abc1234`.", "This was fixed in `abc1234def`.")
    assert [(c.quote, c.where) for c in result.claims] == [("Fixed in `abc1234`.", "comment 1")]


def test_at_most_thirty_and_the_rest_counted() -> None:
    """Claims beyond the limit are counted, not shown."""
    result = found("\n".join(f"- Added `src/file_{number}.py`" for number in range(MAX_CLAIMS + 7)))
    assert (len(result.claims), result.more) == (MAX_CLAIMS, 7)


def test_at_most_five_unchecked() -> None:
    """Statements that nothing measures do not crowd out those that can be."""
    result = found(
        "\n".join(f"- {number}0% operational in zone {number}" for number in range(1, 9)) + "\n\nCI is green."
    )
    assert sum(claim.kind is ClaimKind.UNCHECKED for claim in result.claims) == MAX_UNCHECKED
    assert short(result)[-1] == (ClaimKind.CHECK_PASSING, "CI")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Created `src/a.py`.", "Removed `src/a.py`."), [(ClaimKind.FILE_PRESENT, "src/a.py")]),
        (("Created `src/a.py`. Removed `src/a.py`.",), []),
        (("#12 was not merged.", "#12 is merged."), []),
        (("#12 is merged.", "#12 was not merged."), [(ClaimKind.PULL_MERGED, "12")]),
    ],
    ids=["newer file words win", "both in one statement", "newer denial wins", "older denial is overtaken"],
)
def test_contradictions(texts: tuple[str, ...], expected: list[tuple[ClaimKind, str]]) -> None:
    """Statements come newest first: the newer words win, and one that contradicts itself claims neither."""
    assert expected == short(found(*texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Replaced `old_client` with `new_client`.", "old_client does not occur in code or configuration"),
        ("Removed all calls to `old_client` from `src/a.py`.", "old_client does not occur in src/a.py"),
        ("Coverage: 92.5%", "Coverage: at least 92.5 %"),
        ("CI is green.", "CI: passing"),
        ("Changed 1,204 files.", "the fix changes at least 1204 files"),
        ("Fixed in #12.", "#12 is merged into the default branch and not reverted"),
    ],
    ids=["pattern", "pattern within", "figure", "check", "count", "pull"],
)
def test_expected_in_words(text: str, expected: str) -> None:
    """Every claim says what must be so for it to hold."""
    (claim,) = found(text).claims
    assert expected == claim.expected


def test_unchecked_says_what_would_help() -> None:
    """A statement that nothing measures says what would make it checkable."""
    (claim,) = found("All services now use `*.acme.com`.").claims
    assert "migration `old` \u2192 `new`" in (claim.remedy or "")


def only(text: str) -> Claim:
    (claim,) = found(text).claims
    return claim


def test_quotes_are_the_words() -> None:
    """A quote is plain text of at most 200 characters with the claim in it, its heading before it where that claims."""
    assert only("- **SSOT**: created `/shared/x.py`").quote == "SSOT: created `/shared/x.py`"
    assert only("## Files created\n- `a/x.py`: parser").quote == "Files created: `a/x.py`: parser"
    long = "so " * 100 + "it was finally fixed in `abc1234`, " + "and " * 50
    assert "fixed in `abc1234`" in only(long).quote
    assert len(only(long).quote) <= 202


def commanded(text: str) -> Extraction:
    """The claims of a command comment together with an older completion."""
    command = replace(statement(text, 2), source=StatementSource.COMMAND)
    older = statement("Created `src/a.py`. Fixed in `abc1234`, but the worker is not included.")
    return extract([command, older], repository=REPOSITORY, issue=40)


def test_what_is_quoted_below_the_command_is_left_out() -> None:
    """A claim or a take-back that was misread is quoted below the command, and named as left out."""
    result = commanded("/assess-resolution\n> Created `src/a.py`.\n\n> but the **worker** is not included")
    assert short(result) == [(ClaimKind.COMMIT, "abc1234")]
    assert result.taken_back == ()
    assert len(result.left_out) == 2


@pytest.mark.parametrize(
    "text",
    [
        "> Created `src/a.py`.\n\n/assess-resolution",
        "/assess-resolution\n> src",
        "/assess-resolution\n> something else entirely",
        "> Created `src/a.py`.",
    ],
    ids=["above the command", "too short to mean it", "other words", "no command"],
)
def test_other_quotes_leave_nothing_out(text: str) -> None:
    """What is quoted above the command is what is answered to."""
    assert short(commanded(text)) == [(ClaimKind.FILE_PRESENT, "src/a.py"), (ClaimKind.COMMIT, "abc1234")]
    assert commanded(text).left_out == ()
