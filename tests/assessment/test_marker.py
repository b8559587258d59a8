"""Our hidden mark: found again, and void anywhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.assessment.marker import Mark, MarkKind, Place, comment_marker, kind_of, read_marker
from bot.assessment.verdict import VerdictKind

KEY = b"k" * 32
HERE = Place(repository_id=5, issue=12)
MARK = Mark(kind=MarkKind.ASSESSMENT, write="job-1:speak", verdict=VerdictKind.PARTIAL, assessment="a-7f3c")
TEXT = comment_marker(MARK, key=KEY, place=HERE)


@given(st.text(min_size=1), st.one_of(st.none(), st.text(min_size=1)), st.sampled_from(MarkKind))
def test_found_again(write: str, assessment: str | None, kind: MarkKind) -> None:
    """Whatever it carries, it is one hidden line and comes back."""
    clean = [text and text.encode("utf-8", "replace").decode() for text in (write, assessment)]
    mark = Mark(kind=kind, write=clean[0] or "", assessment=clean[1])
    text = comment_marker(mark, key=KEY, place=HERE)
    assert mark == read_marker(f"### Resolved\n\n{text}\r\n", key=KEY, place=HERE)
    assert [token.type for token in MarkdownIt().parse(text)] == ["html_block"]
    assert "\n" not in text
    assert "--" not in text.removeprefix("<!--").removesuffix("-->")


@pytest.mark.parametrize(
    ("body", "key", "place"),
    [
        (TEXT, KEY, Place(repository_id=6, issue=12)),
        (TEXT, KEY, Place(repository_id=5, issue=13)),
        (TEXT, b"other", HERE),
        (TEXT, b"", HERE),
        (f"{TEXT}\nmore", KEY, HERE),
        (f"`{TEXT}`", KEY, HERE),
        (TEXT.replace("partial", "resolved"), KEY, HERE),
        (TEXT.replace("partial", "nonsense"), KEY, HERE),
        (TEXT.replace("kind=assessment", "kind=nonsense"), KEY, HERE),
        (TEXT.replace("job", "jot"), KEY, HERE),
        ("", KEY, HERE),
    ],
    ids=[
        "repository",
        "issue",
        "key",
        "no-key",
        "not-last",
        "in-code",
        "verdict",
        "no-verdict",
        "kind",
        "write",
        "none",
    ],
)
def test_void(body: str, key: bytes, place: Place) -> None:
    """Copied, changed, quoted or made by others, it is nothing."""
    assert read_marker(body, key=key, place=place) is None


def test_what_a_text_of_ours_is() -> None:
    """By its last line, and without the key."""
    assert kind_of(f"### Resolved\n\n{TEXT}\n") is MARK.kind
    assert kind_of(TEXT.replace("kind=assessment", "kind=nonsense")) is None
    assert kind_of(f"{TEXT}\nmore") is None


@pytest.mark.parametrize(("key", "write"), [(b"", "w"), (KEY, "")])
def test_never_without_key_or_write(key: bytes, write: str) -> None:
    """A mark that anybody could make is not made."""
    with pytest.raises(ValueError, match="needs a key"):
        comment_marker(Mark(kind=MarkKind.REFUSAL, write=write), key=key, place=HERE)
