"""What a policy may ask for, told before anything runs."""

import pytest

from bot.egress.rules import EgressSettings, header_fault, target_of, url_fault

URLS = {
    "https://api.example.com/health?x=1": None,
    "http://10.0.0.5/": None,  # the operator may allow it
    "http://status.corp/": None,
    "http://example.com:22/": None,
    "http://169.254.169.254/": "this address is never asked: name a public one",
    "http://[::ffff:10.0.0.5]/": "this address is never asked: name a public one",
    "http://2130706433/": "the host is an IPv4 address in an unusual spelling",
    "gopher://example.com/": "the URL must begin with http:// or https:// and a host name",
    "http://user@example.com/": "the URL's host part must hold neither a user name nor percent signs",
    "http://example.com/${KEY}": "the URL holds '{', which must be percent-encoded (nothing is filled in here)",
    "http://exa mple.com/": "the URL holds ' ', which must be percent-encoded (nothing is filled in here)",
    "http://[::1/": "the URL cannot be read",
    "http://[127.0.0.1]/": "the URL cannot be read",
    "http://example..com/": "the host name holds characters that no host name has",
    "http://example!.com/": "the host name holds characters that no host name has",
    "http://" + "a." * 130 + "com/": "the host name is empty or too long",
    "http://example.com/" + "a" * 2048: "the URL is longer than 2048 characters",
}


@pytest.mark.parametrize("url", URLS, ids=lambda url: url[:40])
def test_a_faulty_url_is_told_why(url):
    """The reason is plain, and says nothing about this server's network."""
    assert URLS[url] == url_fault(url)


@pytest.mark.parametrize(
    ("name", "value", "is_sent"),
    [
        ("Accept", "application/json", True),
        ("X-Api-Version", "2", True),
        ("host", "inner", False),
        ("Proxy-Authorization", "x", False),
        ("X-Forwarded-For", "127.0.0.1", False),
        ("X-Google-Metadata-Request", "True", False),
        ("Cookie", "a=b", False),
        ("", "x", False),
        ("X:Y", "x", False),
        ("X-Y", "a\nb", False),
        ("X-Y", "a" * 1025, False),
    ],
)
def test_headers_that_may_be_sent(name, value, is_sent):
    """Headers that open inner doors, belong to the guard or carry secrets are not sent."""
    assert is_sent is (header_fault(name, value) is None)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://Example.com", "example.com", b"/"),
        ("https://example.com:8443/a%20b?c#d", "example.com:8443", b"/a%20b?c"),
        ("http://[2606:2800:220:1::1]:8080/", "[2606:2800:220:1::1]:8080", b"/"),
        ("http://[2606:2800:0220:1:0:0:0.0.0.1]/", "[2606:2800:220:1::1]", b"/"),
        ("http://b\u00fccher.example/\u00fc", "xn--bcher-kva.example", b"/%C3%BC"),
    ],
    ids=["bare", "port", "address", "long address", "international"],
)
def test_what_was_checked_is_what_is_sent(url, authority, path):
    """A URL is taken apart once: the Host header and the path come from the checked parts."""
    target = target_of(url, EgressSettings())
    assert (authority, path) == (target.authority, target.path)
