"""Where GitHub's two APIs are: REST at a base URL, GraphQL beside it.

https://docs.github.com/en/enterprise-server/graphql/guides/forming-calls-with-graphql#the-graphql-endpoint
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

GITHUB = "https://api.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The two addresses of one GitHub, without a slash at their end."""

    rest: str
    graphql: str

    @property
    def site(self) -> str:
        """Where people read what the API is about: without `/api/v3`, or without `api.` before GitHub's own names."""
        if self.rest.endswith("/api/v3"):
            return self.rest.removesuffix("/api/v3")
        parts = urlsplit(self.rest)
        name = parts.netloc.removeprefix("api.")
        return f"{parts.scheme}://{name}" if name == "github.com" or name.endswith(".ghe.com") else self.rest

    def owns(self, url: str) -> bool:
        """May our credentials be sent there?"""
        ours, theirs = urlsplit(self.rest), urlsplit(url)
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)


def host(base_url: str = GITHUB) -> Host:
    """The host behind `GITHUB_API_URL`.

    `https://HOST/api/v3` (Enterprise Server) has GraphQL at `https://HOST/api/graphql`; everything else at `/graphql`.
    Raises `ValueError` for what is no http(s) URL.
    """
    rest = base_url.strip().rstrip("/")
    parts = urlsplit(rest)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{base_url!r} is not the URL of a GitHub API, such as {GITHUB} or https://HOST/api/v3")
    if rest.endswith("/api/v3"):
        return Host(rest=rest, graphql=rest.removesuffix("/v3") + "/graphql")
    return Host(rest=rest, graphql=rest + "/graphql")
