"""What "it is gone" asks of the code."""

import pytest
import re2

from bot.assessment.patterns import pattern_of


@pytest.mark.parametrize(
    ("written", "new", "found", "not_found"),
    [
        ("*.staging.acme.com", "*.acme.com", "https://api.staging.acme.com/x", "https://api.acme.com"),
        ("legacy_client", None, "import legacy_client.retry", "import legacy_client_v2"),
        ("legacy_client", None, "legacy_client", "my-legacy_client"),
        ("calculateTax*", None, "calculateTaxRate()", "recalculateTaxRate()"),
        ("console.log", None, "console.log(x)", "consoleXlog(x)"),
        ("foo-bar(baz)", None, "foo-bar(baz)", "foo-barbaz"),
        ("'old.name'", None, "use old.name here", "old-name"),
    ],
)
def test_literal_at_token_boundaries(written: str, new: str | None, found: str, not_found: str) -> None:
    """The literal is found as a token of its own; a star leaves its end open. RE2 takes the expression."""
    pattern = pattern_of(written, new=new)
    assert pattern is not None
    assert re2.search(pattern.expression, found)
    assert not re2.search(pattern.expression, not_found)


@pytest.mark.parametrize(
    "written",
    ["==", "True", "list", "None", "print", "abc", "a*b_long_name", "", "*", "line\nbreak_name", "x" * 201, "parse"],
    ids=lambda text: repr(text)[:12],
)
def test_common_names_are_no_patterns(written: str) -> None:
    """What everybody writes says nothing about a migration."""
    assert pattern_of(written) is None


def test_new_name_that_contains_the_old_one() -> None:
    """Occurrences within the new name do not count; a name replaced by itself is no migration."""
    pattern = pattern_of("shop.acme.com", new="eu.shop.acme.com")
    assert pattern is not None
    assert pattern.unless == "eu.shop.acme.com"
    assert pattern_of("shop.acme.com", new="shop.acme.com") is None
