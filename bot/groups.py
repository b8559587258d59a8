"""Tasks side by side, none of which outlives the block that started them.

`asyncio.TaskGroup` cancels whoever waits when a task fails, and before Python 3.13 it does not take that back where he
waits at the block's end: he stays half cancelled. Before 3.11.4 his next `asyncio.timeout` then comes out as a
cancellation, which ends a job in the place of one question. So this group alone is used, in which nothing fails for
asyncio:

1. A task that fails cancels the others and, while the block's body still runs, that too; nobody who waits at its end.
2. What was raised comes out in one `ExceptionGroup`, as with `asyncio.TaskGroup`.
3. Cancelled from outside, it comes out as that, whatever failed besides.

https://github.com/python/cpython/issues/102780, https://docs.python.org/3/library/asyncio-task.html#task-groups
"""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Group:
    """`async with Group() as group: group.create_task(…)`: the block ends when all of them have."""

    def __init__(self) -> None:
        self._tasks = asyncio.TaskGroup()
        self._members: set[asyncio.Task[Any]] = set()
        self._errors: list[Exception] = []
        self._ending = False
        # whoever is in the body, how often he had been cancelled before, and: have we cancelled him?
        self._body: asyncio.Task[Any] | None = None
        self._before = 0
        self._interrupted = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._body = asyncio.current_task()
        self._before = self._body.cancelling() if self._body is not None else 0
        return self

    def create_task(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start it beside the others. The result of one that failed is a cancellation."""
        task = self._tasks.create_task(self._kept(work))
        self._members.add(task)
        task.add_done_callback(self._done)
        task.add_done_callback(lambda _: work.close())  # cancelled before it began, it was never awaited
        if self._ending:
            task.cancel()
        return task

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        body, self._body = self._body, None
        if self._interrupted and body is not None:
            outside = body.uncancel() > self._before
            if isinstance(error, asyncio.CancelledError) and not outside:
                kind = error = trace = None
        if isinstance(error, Exception):
            self._errors.append(error)
            kind = error = trace = None
            self._end()
        await self._tasks.__aexit__(kind, error, trace)
        if self._errors:
            raise ExceptionGroup("what failed side by side", self._errors) from None

    async def _kept(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        except Exception as error:
            self._errors.append(error)
            raise asyncio.CancelledError from error

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._members.discard(task)
        if self._errors and not self._ending:
            self._end()
            if self._body is not None:
                self._interrupted = True
                self._body.cancel()

    def _end(self) -> None:
        self._ending = True
        for task in self._members:
            task.cancel()
