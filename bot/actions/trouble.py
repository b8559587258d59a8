"""GitHub's errors in the engine's words: which of them surely did nothing, and which leave the outcome unknown."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from bot.engine import Later, Refused, UnknownOutcome
from bot.github.errors import GitHubError, RateLimited, Unavailable

T = TypeVar("T")
PAUSE = timedelta(seconds=5)


@contextmanager
def as_write() -> Iterator[None]:
    """Inside a `Write`: a limit is a refusal with a time, no answer is an unknown outcome, the rest is final."""
    try:
        yield
    except RateLimited as limited:
        raise Refused(limited.retry_at, str(limited)) from limited
    except Unavailable as unavailable:
        raise UnknownOutcome(str(unavailable)) from unavailable
    except GitHubError as error:
        raise Refused(None, str(error)) from error


@contextmanager
def before_write(clock: Callable[[], datetime], what: str) -> Iterator[None]:
    """Inside a `Write`, before its call: nothing was sent, so all trouble is a refusal, with a time if it may pass.

    `what` says in plain words what could not be done.
    """
    try:
        yield
    except RateLimited as limited:
        raise Refused(limited.retry_at, str(limited)) from limited
    except Unavailable as unavailable:
        raise Refused(clock() + PAUSE, str(unavailable)) from unavailable
    except GitHubError as error:
        raise Refused(None, f"{what} ({error})") from error


@contextmanager
def as_step() -> Iterator[None]:
    """Inside a step that may be repeated: a limit frees the turn until its time; everything else is the caller's."""
    try:
        yield
    except RateLimited as limited:
        raise Later(limited.retry_at) from limited


async def answer_or_refusal(call: Awaitable[T]) -> T | GitHubError:
    """Inside a step that may be repeated: the answer, or GitHub's final word against it as a value.

    Raises `Later` at a limit, and `Unavailable` where GitHub did not answer, so that the job is tried again.
    """
    with as_step():
        try:
            return await call
        except (RateLimited, Unavailable):
            raise
        except GitHubError as error:
            return error
