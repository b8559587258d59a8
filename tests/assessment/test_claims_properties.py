"""What holds of every text, however it is written."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assessment.claims import MAX_CLAIMS, MAX_OPERATIONAL, MAX_TAKE_BACKS, ClaimKind, Extraction, extract
from bot.assessment.linked import extract_links
from bot.assessment.statements import Statement
from bot.assessment.tasks import tasks_of

TABLE = Path(__file__).with_name("closing_statements.txt").read_text(encoding="utf-8")
WRITTEN = [entry.split("\n", 1)[1].rpartition("\n---")[0] for entry in TABLE.split("\n=== ")[1:]]
PIECES = (
    "fixed in", "created", "removed all", "`a1b2c3d`", "`src/a.py`", "#12", "not", "will be", "if", "**", "`", "```",
    "> ", "- ", "- [x] ", "| a | b |", "\n", "\n\n", "## Remaining", "everywhere", "816 files updated", "100%", '"',
    "](x)", "[", "<!--", "-->", "\ue001", "âœ…", "→", "*.a.com", "merged", "PR", "except", "half", ".", ":", ",",
    "<del>",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(WRITTEN), max_size=3).map("\n\n".join),
)
SHAS = st.lists(st.from_regex(r"[a-f][0-9][0-9a-f]{5}", fullmatch=True), min_size=1, max_size=12, unique=True)


def found(text: str) -> Extraction:
    at = datetime(2025, 9, 1, tzinfo=UTC)
    said = Statement(text=text, author=None, url="u", where="w", at=at)
    return extract([said], repository="acme/shop", issue=40)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_any_text_gives_bounded_claims_and_the_same_again(text: str) -> None:
    """No text breaks the reading; limits hold; the same text gives the same claims."""
    result = found(text)
    assert result == found(text)
    assert len(result.claims) <= MAX_CLAIMS
    assert len(result.taken_back) <= MAX_TAKE_BACKS
    assert len(result.operational) <= MAX_OPERATIONAL
    assert all(claim.subject and len(claim.quote) <= 202 for claim in result.claims)
    tasks_of(text, repository="acme/shop")
    extract_links(text, "acme/shop")


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_quoted_and_fenced_text_claims_nothing(text: str) -> None:
    """Whatever stands in a quote or in a code fence makes no claim."""
    lines = text.replace("\r", "\n").split("\n")
    assert found("\n".join(f"> {line}" for line in lines)).claims == ()
    fence = "~" * (3 + text.count("~"))
    assert found("\n".join([fence, *lines, fence])).claims == ()


@settings(deadline=None, max_examples=50)
@given(SHAS)
def test_claims_come_in_order_of_appearance(shas: list[str]) -> None:
    """Commits are claimed in the order in which they are named."""
    result = found("\n".join(f"- fixed part {place} in `{sha}`" for place, sha in enumerate(shas)))
    assert shas == [claim.subject for claim in result.claims]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=3).map("\n\n".join))
def test_claims_are_in_the_words(text: str) -> None:
    """Every commit, number and path that is claimed stands in the text."""
    named = {
        ClaimKind.COMMIT,
        ClaimKind.PULL_MERGED,
        ClaimKind.ISSUE_CLOSED,
        ClaimKind.FILE_PRESENT,
        ClaimKind.FILE_ABSENT,
    }
    words = text.lower().replace("\\", "/")
    assert all(claim.subject.lower() in words for claim in found(text).claims if claim.kind in named)
