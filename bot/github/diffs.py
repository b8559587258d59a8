"""Diffs as git prints them, by GitHub's diff media type.

https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#media-types
"""

from bot.assessment.evidence import Sha
from bot.github.errors import NotFound, Refused, Unavailable
from bot.github.scopes import Scope

DIFF = "application/vnd.github.diff"
LARGEST = 5_000_000
"""Bytes; a larger diff is not looked into."""


async def diff_between(scope: Scope, base: Sha, sha: Sha) -> bytes | None:
    """What `sha` changes against its ancestor `base`; None where GitHub makes no diff of it, or one too large.

    https://docs.github.com/en/rest/commits/commits#compare-two-commits
    """
    return await _diff(scope, "/repos/{owner}/{repo}/compare/{basehead}", basehead=f"{base}...{sha}")


async def diff_of_pull(scope: Scope, number: int) -> bytes | None:
    """What a pull request changes as a whole; None as above.

    https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request
    """
    return await _diff(scope, "/repos/{owner}/{repo}/pulls/{number}", number=str(number))


async def _diff(scope: Scope, path: str, **url_vars: str) -> bytes | None:
    home = {"owner": scope.repository.owner, "repo": scope.repository.name}
    try:
        diff = await scope.line.fetch(path, {**home, **url_vars}, accept=DIFF)
    except (NotFound, Refused, Unavailable):
        # Too many files or lines: GitHub says 406, 422 or 500, by the endpoint.
        return None
    return diff if len(diff) <= LARGEST else None
