"""Mis-decoded text is set right, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.mojibake import repair


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Achievements âœ…", "Achievements ✅"),
        ("user login â†’ AI", "user login → AI"),
        ("ðŸ“Š Metrics", "📊 Metrics"),
        ("cafÃ©", "café"),
        ("âme, Âge, naïve", "âme, Âge, naïve"),
        ("plain", "plain"),
        ("â€€ and à€€", "\u2000 and à€€"),
    ],
    ids=["check mark", "arrow", "four bytes", "two bytes", "real letters", "ascii", "no such character"],
)
def test_repair(written: str, meant: str) -> None:
    """Runs that decode to one character are restored."""
    assert meant == repair(written)


@given(st.text())
def test_every_text_survives_one_wrong_decoding(text: str) -> None:
    """Repair never lengthens, and restores characters that were decoded as Windows-1252."""
    assert len(repair(text)) <= len(text)
