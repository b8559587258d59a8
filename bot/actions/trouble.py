"""GitHub's errors in the engine's words: which of them surely did nothing, and which leave the outcome unknown."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.engine import Later, Refused, UnknownOutcome
from bot.github.errors import GitHubError, RateLimited, Unavailable


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
def as_step() -> Iterator[None]:
    """Inside a step that may be repeated: a limit frees the turn until its time; everything else is the caller's."""
    try:
        yield
    except RateLimited as limited:
        raise Later(limited.retry_at) from limited
