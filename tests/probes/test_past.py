"""What stood where, when the issue was opened."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.probes.contract import Context
from bot.probes.past import past_of, when_opened

from .world import NOW, MemoryReader, Repo, Step, context, issue, repo

HOUR = timedelta(hours=1)
THREE = repo(Step("one", {"a.py": "1"}), Step("two", {"b.py": "1"}), Step("three", {"c.py": "1"}))  # 3, 2, 1 h ago

OPENED = {
    "between": (NOW - 2.5 * HOUR, "one"),
    "at the moment of a commit": (NOW - 2 * HOUR, "two"),
    "after all": (NOW, "three"),
    "before all": (NOW - 9 * HOUR, None),
}


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize("seen", [3, 1], ids=["all history seen", "only the head seen"])
async def test_the_branch_when_the_issue_was_opened(name, seen):
    """From the history that is known, or asked for by date where that ends too early."""
    opened, message = OPENED[name]
    where = at(THREE, opened, seen=seen)
    assert await when_opened(where) == (THREE.sha(message) if message else None)


async def test_a_branch_begun_before_and_merged_after_was_not_there():
    """Dates alone mislead: the old commit of a branch came to main with its merge."""
    side = repo(Step("one", {"a.py": "1"}), Step("side", {"new.py": "1"}, side=True), Step("merge", {"new.py": "1"}))
    merged = Repo(commits=side.commits, trees=side.trees, branch=(side.branch[0], side.sha("side"), side.branch[-1]))
    assert await when_opened(at(merged, NOW - 1.5 * HOUR)) == side.sha("one")


async def test_the_past_of_a_path_without_a_known_fix():
    """It is the past of the issue's opening, and says who touched the path since."""
    past = await past_of(at(THREE, NOW - 2.5 * HOUR), "b.py")
    assert (past.known, past.content, past.words) == (True, None, "before this issue was opened")
    assert past.touched is not None
    assert past.touched.message == "two"


def at(where: Repo, opened: datetime, *, seen: int = 99) -> Context:
    """A context of an issue opened then, with only the newest of the history at hand."""
    plain = context(where, reader=MemoryReader(where), about=issue(created_at=opened))
    return replace(plain, snapshot=replace(plain.snapshot, history=plain.snapshot.history[:seen]))
