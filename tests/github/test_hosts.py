"""Where the two APIs of a GitHub are."""

import pytest

from bot.github.hosts import host


@pytest.mark.parametrize(
    ("base", "rest", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://ghe.corp/api/v3", "https://ghe.corp/api/v3", "https://ghe.corp/api/graphql"),
        ("https://ghe.corp:8443/api/v3/", "https://ghe.corp:8443/api/v3", "https://ghe.corp:8443/api/graphql"),
        ("https://api.corp.ghe.com", "https://api.corp.ghe.com", "https://api.corp.ghe.com/graphql"),
        ("http://127.0.0.1:4101", "http://127.0.0.1:4101", "http://127.0.0.1:4101/graphql"),
    ],
    ids=["github", "slash", "enterprise", "enterprise with port", "data residency", "simulator"],
)
def test_addresses(base: str, rest: str, graphql: str) -> None:
    """GraphQL stands beside REST, except on Enterprise Server."""
    found = host(base)
    assert (rest, graphql) == (found.rest, found.graphql)


@pytest.mark.parametrize(
    ("base", "site"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://ghe.corp:8443/api/v3/", "https://ghe.corp:8443"),
        ("https://api.corp.ghe.com", "https://corp.ghe.com"),
        ("http://127.0.0.1:4101", "http://127.0.0.1:4101"),
        ("https://api.proxy.test", "https://api.proxy.test"),
    ],
    ids=["github", "enterprise", "data residency", "simulator", "something else"],
)
def test_the_site_beside_the_api(base: str, site: str) -> None:
    """Where an issue has its page."""
    assert site == host(base).site


@pytest.mark.parametrize("bad", ["", "api.github.com", "ftp://x", "https://", "https://x/?a=b", "https://x/#y"])
def test_nonsense_is_refused(bad: str) -> None:
    """What is no http(s) URL is named."""
    with pytest.raises(ValueError, match="is not the URL of a GitHub API"):
        host(bad)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://ghe.corp/api/graphql", True),
        ("https://ghe.corp/api/v3/x?page=2", True),
        ("https://ghe.corp.evil.test/api/v3", False),
        ("http://ghe.corp/api/v3", False),
        ("https://ghe.corp:444/api/v3", False),
    ],
)
def test_credentials_go_to_one_host_only(url: str, ours: bool) -> None:
    """Same scheme, host and port."""
    assert ours == host("https://ghe.corp/api/v3").owns(url)
