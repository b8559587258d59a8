"""Asking several things in the same moment, so that the reader can send them as one request."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from bot.github.errors import RateLimited

T = TypeVar("T")


async def together(reads: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """The answers, in the order of the questions. Raises one of the errors themselves, a rate limit before others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read) for read in reads]
    except BaseExceptionGroup as errors:
        limits = errors.subgroup(RateLimited)
        raise first_of(limits or errors) from None
    return tuple(task.result() for task in tasks)


def first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error inside a group of groups."""
    first = errors.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
