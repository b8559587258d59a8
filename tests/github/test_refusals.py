"""Statuses and headers become errors, and limits say when to come back."""

import json
from datetime import timedelta

import pytest

from bot.github.errors import (
    Forbidden,
    GitHubError,
    Gone,
    Moved,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from bot.github.refusals import refusal

from .stand_in import NOON

RESET = str(int(NOON.timestamp()) + 1800)
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}
LEFT = {"x-ratelimit-remaining": "4000", "x-ratelimit-reset": RESET}
SECONDARY = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, None),
        (204, {}, None),
        (301, {"location": "https://x/"}, Moved),
        (304, {}, Unavailable),
        (307, {}, Moved),
        (400, {}, Refused),
        (401, {}, Unauthorized),
        (403, LEFT, Forbidden),
        (403, SPENT, RateLimited),
        (403, LEFT | {"retry-after": "30"}, RateLimited),
        (404, {}, NotFound),
        (404, SPENT, NotFound),
        (408, {}, Unavailable),
        (409, {}, Refused),
        (410, {}, Gone),
        (422, {}, Refused),
        (429, {}, RateLimited),
        (451, {}, Forbidden),
        (500, {}, Unavailable),
        (502, {}, Unavailable),
        (504, {}, Unavailable),
    ],
)
def test_every_status_has_its_error(status: int, headers: dict[str, str], expected: type[GitHubError] | None) -> None:
    """The most specific error of the tree."""
    found = refusal(status, headers, b'{"message": "words"}', NOON)
    assert (expected or type(None)) is type(found)


@pytest.mark.parametrize(
    ("headers", "strikes", "wait"),
    [
        ({"retry-after": "30"}, 0, 30),
        (SPENT | {"retry-after": "7"}, 0, 7),
        (SPENT, 0, 1800),
        (SPENT | {"x-ratelimit-reset": "5"}, 0, 1),
        (SPENT | {"x-ratelimit-reset": "soon"}, 0, 60),
        ({"retry-after": "0"}, 0, 1),
        ({"retry-after": "-5"}, 0, 60),
        ({"retry-after": "99999999"}, 0, 86400),
        ({}, 0, 60),
        ({}, 2, 240),
        ({}, 99, 1920),
    ],
)
def test_limits_say_when(headers: dict[str, str], strikes: int, wait: int) -> None:
    """`retry-after`, else the reset, else a minute that doubles; nonsense never means at once or never."""
    found = refusal(429, headers, b"", NOON, strikes)
    assert isinstance(found, RateLimited)
    assert NOON + timedelta(seconds=wait) == found.retry_at


def test_a_bare_secondary_limit_is_known_by_the_page_it_points_to() -> None:
    """A 403 without headers whose documentation is about secondary limits is no missing permission."""
    body = json.dumps({"message": "You triggered something", "documentation_url": SECONDARY}).encode()
    assert isinstance(refusal(403, LEFT, body, NOON), RateLimited)


def test_a_missing_permission_is_named() -> None:
    """GitHub tells it in a header."""
    found = refusal(403, {"x-accepted-github-permissions": "issues=write"}, b"", NOON)
    assert isinstance(found, Forbidden)
    assert found.needed == "issues=write"


@pytest.mark.parametrize(
    ("errors", "codes"),
    [([{"code": "already_exists"}], ("already_exists",)), (["words"], ()), ("words", ()), ([{"code": 5}], ())],
)
def test_codes_of_a_422_are_kept(errors: object, codes: tuple[str, ...]) -> None:
    """In each of the shapes that GitHub uses, and in shapes that it does not."""
    found = refusal(422, {}, json.dumps({"message": "Validation Failed", "errors": errors}).encode(), NOON)
    assert isinstance(found, Refused)
    assert codes == found.codes


@pytest.mark.parametrize("body", [b"", b"<html>unicorn", b"\xff\xfe", b"[]", b'{"message": 5}'])
def test_a_body_that_is_no_json_is_no_trouble(body: bytes) -> None:
    """The status alone decides."""
    assert isinstance(refusal(404, {}, body, NOON), NotFound)
