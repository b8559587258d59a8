"""What works on one Python and not on another that is promised."""

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def test_nothing_is_raised_where_groups_are_caught() -> None:
    """Before Python 3.11.4 what is raised inside `except*` comes out in a group, which nobody's `except` knows."""
    found = [
        f"{path.relative_to(PROJECT)}:{inner.lineno}"
        for path in sorted((PROJECT / "bot").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.TryStar)
        for handler in node.handlers
        for inner in ast.walk(handler)
        if isinstance(inner, ast.Raise) and inner.exc is not None
    ]
    assert found == []
