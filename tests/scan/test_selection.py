"""Which searches a path belongs to: the same as each search says alone."""

import pytest

from bot.scan.globs import selector
from bot.scan.selection import Selection

SEARCHES = (
    ((), ()),
    (("*.py",), ()),
    ((), ("docs/", "**/gen/**")),
    (("src/", "*.md"), ("*_test.py",)),
    (("**",), ("*.md",)),
    ((), ("**",)),
    (("*.py",), ()),
)
PATHS = ("a.py", "docs/a.py", "src/x/gen/b.go", "src/a_test.py", "README.md", "src/deep/c.md", "odd\nname.py", "ü.py")


@pytest.mark.parametrize("path", PATHS)
def test_a_path_belongs_to_the_searches_that_select_it(path):
    """One match for all searches tells what a match for each would."""
    selection = Selection(SEARCHES)
    alone = {number for number, globs in enumerate(SEARCHES) if selector(*globs)(path)}
    assert alone == selection.groups[selection.of(path)]


def test_paths_of_the_same_searches_are_one_group():
    """Counting is by group, so that thirty searches cost what one costs."""
    selection = Selection(SEARCHES)
    assert selection.of("a.py") == selection.of("lib/b.py") != selection.of("c.md")


def test_without_globs_everything_is_selected():
    """No match is made at all."""
    selection = Selection((((), ()), ((), ())))
    assert selection.groups[selection.of("any")] == {0, 1}
