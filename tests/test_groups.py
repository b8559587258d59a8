"""Tasks side by side: what comes out, and who is cancelled. And what works on one promised Python but not another."""

import ast
import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.groups import Group

PROJECT = Path(__file__).resolve().parents[1]
IN_BODY_OR_AT_END = pytest.mark.parametrize("body", [True, False], ids=["in the body", "at the end"])


async def fail(after: asyncio.Event | None = None) -> None:
    if after is not None:
        await after.wait()
    raise ValueError("no")


async def held(seen: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        seen.append("ended")


async def side_by_side(*works: Coroutine[Any, Any, None], body: bool) -> None:
    """All of them in a group whose body waits for ever, or is over at once."""
    async with Group() as group:
        for work in works:
            group.create_task(work)
        if body:
            await asyncio.Event().wait()


async def raise_beside(seen: list[str]) -> None:
    """A body that raises while one task runs, and another has not begun."""
    async with Group() as group:
        group.create_task(held(seen))
        await asyncio.sleep(0)
        group.create_task(held(seen))
        raise KeyError("mine")


@IN_BODY_OR_AT_END
async def test_a_deadline_after_a_failed_group_is_a_deadline(body: bool) -> None:
    """Before Python 3.11.4 it came out as a cancellation, and ended the job."""
    with pytest.raises(ExceptionGroup):
        await side_by_side(fail(), body=body)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await asyncio.Event().wait()


@IN_BODY_OR_AT_END
async def test_whoever_waited_for_a_failed_group_is_not_cancelled(body: bool) -> None:
    """Also where he had been cancelled before: one is not taken for the other."""
    me = asyncio.current_task()
    assert me is not None
    with pytest.raises(ExceptionGroup):
        await side_by_side(fail(), body=body)
    assert me.cancelling() == 0
    me.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.Event().wait()
    with pytest.raises(ExceptionGroup):
        await side_by_side(fail(), body=body)
    assert me.uncancel() == 0


@IN_BODY_OR_AT_END
async def test_a_failure_ends_the_others_and_comes_out_in_a_group(body: bool) -> None:
    """As it does from asyncio's own group."""
    seen: list[str] = []
    with pytest.raises(ExceptionGroup) as raised:
        await side_by_side(held(seen), fail(), body=body)
    assert [type(one) for one in raised.value.exceptions] == [ValueError]
    assert seen == ["ended"]


async def test_what_the_body_raises_ends_the_others() -> None:
    """One that has not begun leaves nothing behind."""
    seen: list[str] = []
    with pytest.raises(ExceptionGroup) as raised:
        await raise_beside(seen)
    assert [type(one) for one in raised.value.exceptions] == [KeyError]
    assert seen == ["ended"]


async def test_what_fails_in_the_same_moment_comes_out_together() -> None:
    """So that whoever asked can say which matters most."""
    with pytest.raises(ExceptionGroup) as raised:
        await side_by_side(fail(), fail(), body=False)
    assert len(raised.value.exceptions) == 2


@IN_BODY_OR_AT_END
async def test_a_cancellation_from_outside_gets_through(body: bool) -> None:
    """And ends whatever runs in the group."""
    seen: list[str] = []
    async with asyncio.TaskGroup() as outside:
        task = outside.create_task(side_by_side(held(seen), body=body))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()
    assert seen == ["ended"]


@IN_BODY_OR_AT_END
async def test_a_cancellation_in_the_moment_of_a_failure_gets_through(body: bool) -> None:
    """One is not lost for the other."""
    go = asyncio.Event()
    async with asyncio.TaskGroup() as outside:
        task = outside.create_task(side_by_side(fail(go), body=body))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        go.set()
        task.cancel()
    assert task.cancelled()


def test_there_is_no_other_group() -> None:
    """What asyncio's own leaves behind shows on an older Python alone. The simulator shares no code with the rest."""
    sources = {path.relative_to(PROJECT): path.read_bytes() for path in (PROJECT / "bot").rglob("*.py")}
    with_groups = {
        str(path)
        for path, source in sources.items()
        if any(isinstance(node, ast.Attribute | ast.Name) and _is_group(node) for node in ast.walk(ast.parse(source)))
    }
    assert {path for path in with_groups if not path.startswith("bot/simulator/")} == {"bot/groups.py"}


def _is_group(node: ast.Attribute | ast.Name) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else node.id) == "TaskGroup"


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
