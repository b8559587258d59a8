"""GitHub's signature over the raw bytes."""

import pytest
from gidgethub import ValidationFailure
from gidgethub.sansio import validate_event
from hypothesis import given
from hypothesis import strategies as st

from bot.web.signature import is_well_formed, secret_that_signed
from tests.web.world import signed


def test_githubs_published_example_verifies() -> None:
    """The vector of GitHub's documentation."""
    published = b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert secret_that_signed((b"It's a Secret to Everybody",), b"Hello, World!", published) == 0


def test_every_secret_of_a_rotation_is_good() -> None:
    """While a secret is being replaced, its position says which one was used."""
    body = b"{}"
    assert secret_that_signed((b"new", b"old"), body, signed(body, b"new").encode()) == 0
    assert secret_that_signed((b"new", b"old"), body, signed(body, b"old").encode()) == 1
    assert secret_that_signed((b"new", b"old"), body, signed(body, b"older").encode()) is None


def test_nothing_is_signed_with_nothing() -> None:
    """An empty secret is no secret, and without secrets nothing verifies."""
    body = b"{}"
    assert secret_that_signed((b"",), body, signed(body, b"").encode()) is None
    assert secret_that_signed((), body, signed(body, b"").encode()) is None


MALFORMED = {
    "empty": b"",
    "prefix only": b"sha256=",
    "sha1": b"sha1=" + b"0" * 40,
    "upper prefix": b"SHA256=" + b"0" * 64,
    "one digit short": b"sha256=" + b"0" * 63,
    "two signatures": b"sha256=" + b"0" * 64 + b", sha256=" + b"0" * 64,
}


@pytest.mark.parametrize("signature", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_signature_is_known_without_the_body(signature: bytes) -> None:
    """Length and prefix alone tell."""
    assert not is_well_formed(signature)


def test_upper_case_digits_and_other_bytes_are_forgeries() -> None:
    """The comparison is of bytes: nothing raises, nothing is normalised."""
    body = b"{}"
    good = signed(body, b"s").encode()
    assert secret_that_signed((b"s",), body, b"sha256=" + good[7:].upper()) is None
    assert secret_that_signed((b"s",), body, b"sha256=" + b"\xe9" * 64) is None


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_it_agrees_with_gidgethub(body: bytes, secret: str, other: str) -> None:
    """On ordinary signatures, good and bad, the library says the same."""
    signature = signed(body, other.encode())
    try:
        validate_event(body, signature=signature, secret=secret)
        theirs = True
    except ValidationFailure:
        theirs = False
    assert theirs == (secret_that_signed((secret.encode(),), body, signature.encode()) is not None)
