"""Which files carry a change."""

import pytest

from bot.github.models import PullFile
from bot.probes.landing import weighty


def file(path: str, lines: int = 1, change: str = "MODIFIED") -> PullFile:
    return PullFile(path=path, additions=lines, deletions=0, change=change)


WEIGHTY = {
    "code before tests and documents": (("a.md", "tests/test_a.py", "src/a.py"), ("src/a.py",)),
    "tests before documents": (("a.md", "pkg/a_test.go", "web/a.spec.ts"), ("pkg/a_test.go", "web/a.spec.ts")),
    "documents where there is nothing else": (("docs/a.html", "CHANGELOG"), ("docs/a.html", "CHANGELOG")),
    "nothing": ((), ()),
}


@pytest.mark.parametrize("name", WEIGHTY)
def test_the_files_that_carry_a_change_are_compared(name):
    """A revert often leaves the changelog and the tests."""
    paths, chosen = WEIGHTY[name]
    assert tuple(one.path for one in weighty(tuple(map(file, paths)))) == chosen


def test_files_whose_content_did_not_change_are_not_compared():
    """A mode change or a pure touch cannot be told from its absence."""
    assert weighty((file("a.py", 0), file("b.py", 0, "RENAMED"))) == (file("b.py", 0, "RENAMED"),)


def test_at_most_ten_files_are_compared():
    """The most changed first."""
    chosen = weighty(tuple(file(f"{n}.py", n) for n in range(1, 100)))
    assert (len(chosen), chosen[0].path) == (10, "99.py")
