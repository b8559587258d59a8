"""Values as YAML: they read back as the same values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.spelling import block, scalar
from bot.probes.strict_yaml import parse, plain

SCALARS = st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=30)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=9), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from(["a", "b.c", "yes", "-", "?"]), VALUES, min_size=1))
def test_reads_back(said):
    """Any text, also what is not to be seen, in any depth."""
    keys = [key for one in _maps(said) for key in one]
    if not any(key in {"<<", "~", "null", "Null", "NULL"} or len(key) > 100 for key in keys):
        assert plain(parse("\n".join(block(said)))) == said


def _maps(value):
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _maps(one)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("docs/a.md", "docs/a.md"),
        ("", '""'),
        ("No", '"No"'),
        ("1", '"1"'),
        ("a: b", '"a: b"'),
        ("é\u202e", '"é\\U0000202e"'),
        (True, "true"),
        (7, "7"),
        (2.5, "2.5"),
        (None, "null"),
    ],
)
def test_scalar(value: str | bool | float | None, text: str) -> None:
    """Quoted where another reader may take it for something else, escaped where nobody would see it."""
    assert scalar(value) == text
