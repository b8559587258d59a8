"""Asking several things in the same moment, so that the reader can send them as one request."""

from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from bot.github.errors import RateLimited
from bot.groups import Group

T = TypeVar("T")
U = TypeVar("U")


async def together(reads: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """The answers, in the order of the questions. Raises one of the errors themselves, a rate limit before others."""
    try:
        async with Group() as group:
            tasks = [group.create_task(read) for read in reads]
    except BaseExceptionGroup as errors:
        raise _foremost(errors) from None
    return tuple(task.result() for task in tasks)


async def both(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """Two answers of different kinds, asked in the same moment. Raises like `together`."""
    try:
        async with Group() as group:
            first, second = group.create_task(one), group.create_task(other)
    except BaseExceptionGroup as errors:
        raise _foremost(errors) from None
    return first.result(), second.result()


def _first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error inside a group of groups."""
    first = errors.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


def _foremost(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    return _first_of(errors.subgroup(RateLimited) or errors)
