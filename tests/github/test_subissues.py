"""Sub-issues beyond the first page and below the first level, over the simulated GitHub."""

from pathlib import Path
from typing import Any

from bot.github.models import IssueState, StateReason, SubIssues

from .world import Shop, shop


def family(children: dict[int, list[int]], closed: dict[int, str] | None = None) -> list[dict[str, Any]]:
    """Issue 3 and what is below it; `closed` says why some are."""
    reasons = closed or {}
    numbers = {3, *children, *(number for ones in children.values() for number in ones)}
    return [
        {
            "number": number,
            "title": f"Issue {number}",
            "sub_issues": children.get(number, []),
            "state": "closed" if number in reasons else "open",
            **({"state_reason": reasons[number]} if number in reasons else {}),
        }
        for number in sorted(numbers)
    ]


async def read(one: Shop, *, nested: bool) -> tuple[SubIssues, int]:
    """What is read, and with how many requests."""
    snapshot = await one.session.snapshot(3)
    reader = one.session.reader(snapshot)
    before = len(one.exchanges)
    found = await reader.sub_issues(nested=nested)
    return found, len(one.exchanges) - before


async def test_further_pages(tmp_path: Path) -> None:
    """A hundred a page, in order."""
    many = list(range(1000, 1230))
    async with shop(tmp_path, issues=family({3: many})) as one:
        found, requests = await read(one, nested=False)
    assert ([each.number for each in found.issues], found.total, requests) == (many, 230, 3)


async def test_what_is_beyond_the_bound_is_counted(tmp_path: Path) -> None:
    """Five hundred are read; how many there are is told all the same."""
    async with shop(tmp_path, issues=family({3: list(range(1000, 1530))})) as one:
        found, requests = await read(one, nested=False)
    assert (len(found.issues), found.total, requests) == (500, 530, 5)


async def test_levels(tmp_path: Path) -> None:
    """Each level is one request; upper levels first; without `nested` only the first."""
    issues = family({3: [10, 11], 10: [20, 21], 20: [30]}, {10: "completed", 21: "duplicate", 30: "not_planned"})
    async with shop(tmp_path, issues=issues) as one:
        flat, _ = await read(one, nested=False)
        found, requests = await read(one, nested=True)
    assert ([each.number for each in flat.issues], flat.total) == ([10, 11], 2)
    assert ([each.number for each in found.issues], found.total, requests) == ([10, 11, 20, 21, 30], 5, 3)
    told = {each.number: (each.state, each.state_reason) for each in found.issues}
    assert told[21] == (IssueState.CLOSED, StateReason.DUPLICATE)
    assert told[30] == (IssueState.CLOSED, StateReason.NOT_PLANNED)


async def test_too_deep(tmp_path: Path) -> None:
    """Below the eighth level nothing is read, and that is counted."""
    async with shop(tmp_path, issues=family({3: [10], **{n: [n + 1] for n in range(10, 20)}})) as one:
        found, requests = await read(one, nested=True)
    assert (len(found.issues), found.total, requests) == (8, 9, 8)


async def test_sub_issues_of_another_repository(tmp_path: Path) -> None:
    """They are asked where they live; a number there is another issue than the same number here."""
    library = {"full_name": "acme/lib", "issues": [{"number": 10, "title": "Part", "sub_issues": [11]}, {"number": 11}]}
    issues = family({3: [10], 10: []})
    issues[0]["sub_issues"] = [10, "acme/lib#10"]
    async with shop(tmp_path, beside=(library,), issues=issues) as one:
        found, requests = await read(one, nested=True)
    names = [(each.repository, each.number) for each in found.issues]
    assert (names, found.total) == ([("acme/shop", 10), ("acme/lib", 10), ("acme/lib", 11)], 3)
    assert requests == 2
