"""What can go wrong at GitHub, and who should do what.

GitHubError
├── RateLimited      wait until `retry_at`; nothing was done
├── Unavailable      5xx, timeout, cut connection: a read may be repeated, a write may have happened
├── Unauthorized     the credentials are refused: the operator must look
├── Forbidden        a permission is missing, or the thing is locked or archived: nothing was done
├── NotFound         absent, or not visible to us: nothing was done
│   └── IsPull       the number is a pull request's
├── Gone             deleted, or issues are switched off: nothing was done
├── Stale            the branch has moved on: nothing was done; read it again
├── Moved            transferred or renamed; `location` says where to
└── Refused          GitHub says the request is wrong (4xx): nothing was done; a bug of ours or bad input
"""

from datetime import datetime


class GitHubError(Exception):
    """Any trouble with GitHub; `str()` is one plain sentence without secrets."""


class RateLimited(GitHubError):
    """A primary or secondary limit was hit; nothing was done. Try again at `retry_at`."""

    def __init__(self, retry_at: datetime, message: str = "GitHub's rate limit is used up") -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Unavailable(GitHubError):
    """GitHub did not answer properly. The outcome of a write is unknown, unless `sent` is False: it never left."""

    def __init__(self, message: str = "GitHub did not answer", *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class Unauthorized(GitHubError):
    """GitHub refuses our credentials, even freshly made ones."""


class Forbidden(GitHubError):
    """We lack a permission (`needed` names it where GitHub does), or the thing is locked or archived."""

    def __init__(self, message: str, needed: str | None = None) -> None:
        super().__init__(message)
        self.needed = needed


class NotFound(GitHubError):
    """Absent, or not visible to this installation: GitHub does not tell which."""


class IsPull(NotFound):
    """There is a pull request of that number, and no issue."""


class Gone(GitHubError):
    """Deleted, or the feature is switched off."""


class Stale(GitHubError):
    """The branch is not where the writer believed it to be; nothing was done. Read it again."""


class Moved(GitHubError):
    """The issue or repository lives elsewhere now."""

    def __init__(self, message: str, location: str) -> None:
        super().__init__(message)
        self.location = location


class Refused(GitHubError):
    """GitHub calls the request wrong (status 4xx, mostly 422); `codes` are GitHub's own words for what is wrong."""

    def __init__(self, message: str, status: int, codes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.codes = codes
