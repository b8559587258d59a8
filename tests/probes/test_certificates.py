"""Certificates as values: what they are for, how long they last, and what is wrong with them."""

from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.certificates import Certificate, Refused, Unreadable, facts, faults, read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def certificate(**about) -> Certificate:
    plain = {
        "names": ("api.test",),
        "issuer": "R11 (Let's Encrypt)",
        "is_self_issued": False,
        "starts": NOW - timedelta(days=30),
        "ends": NOW + timedelta(days=60),
    }
    return Certificate(**{**plain, **about})


COVERS = {
    "exactly": (("api.test",), "api.test", True),
    "another": (("api.test",), "www.test", False),
    "a star": (("*.shop.test",), "api.shop.test", True),
    "a star is one label": (("*.shop.test",), "a.api.shop.test", False),
    "a star is no empty label": (("*.shop.test",), "shop.test", False),
    "a star in the middle": (("api.*.test",), "api.eu.test", False),
    "a star for all": (("*.test",), "api.test", False),
    "a star alone": (("*",), "test", False),
    "an address": (("192.0.2.7",), "192.0.2.7", True),
    "a star is no part of an address": (("*.0.2.7",), "192.0.2.7", False),
    "nobody": ((), "api.test", False),
}


@pytest.mark.parametrize("name", COVERS)
def test_whom_a_certificate_covers(name):
    """By RFC 6125: names exactly, or one star for one whole first label."""
    names, host, covered = COVERS[name]
    assert certificate(names=names).covers(host) is covered


DAYS = {
    "in ten days": (timedelta(days=10), 10),
    "in ten hours": (timedelta(hours=10), 0),
    "ten hours ago": (-timedelta(hours=10), -1),
    "ten days ago": (-timedelta(days=10), -10),
}


@pytest.mark.parametrize("name", DAYS)
def test_days_that_are_left(name):
    """Whole days, rounded to the unsafe side."""
    ends, days = DAYS[name]
    assert certificate(ends=NOW + ends).days_left(NOW) == days


REFUSALS = {
    "expired": ({"ends": NOW - timedelta(days=3)}, 10, ("expired 3 days ago (2026-11-19)",)),
    "expired today": ({"ends": NOW - timedelta(hours=3)}, 10, ("expired 0 days ago (2026-11-22)",)),
    "further up": ({}, 10, ("a certificate further up its chain has expired",)),
    "another host": ({"names": ("other.test",)}, 62, ("for other.test, not api.test",)),
    "no host": ({"names": ()}, 62, ("for no host at all, not api.test",)),
    "many hosts": (
        {"names": tuple(f"{letter}.test" for letter in "abcde")},
        62,
        ("for a.test, b.test, c.test and 2 more, not api.test",),
    ),
    "self-signed": ({"is_self_issued": True}, 18, ("self-signed",)),
    "something else": ({}, 77, ("invalid policy",)),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_wrong(name):
    """Everything that is seen to be wrong is said; OpenSSL's own words where nothing is seen."""
    about, code, said = REFUSALS[name]
    assert faults(certificate(**about), "api.test", Refused(code=code, words="invalid policy", sent=2), NOW) == said


@pytest.mark.parametrize("code", [2, 19, 20, 21])
def test_an_authority_that_nobody_knows(code):
    """With one certificate sent, what joins it to a root may be missing; with more, the root is unknown."""
    (alone,) = faults(certificate(), "api.test", Refused(code=code, words="", sent=1), NOW)
    (chain,) = faults(certificate(), "api.test", Refused(code=code, words="", sent=3), NOW)
    assert (alone.split(":")[0], chain.split(":")[0]) == (
        "the chain is incomplete, or its issuer is unknown",
        "issued by an unknown authority",
    )


def test_facts_are_not_said_twice():
    """What a fault told already is left out."""
    assert facts(certificate(), ()) == ("for api.test", "issued by R11 (Let's Encrypt)", "until 2027-01-21")
    assert facts(certificate(), ("for api.test, not x", "expired 3 days ago (2027-01-21)")) == (
        "issued by R11 (Let's Encrypt)",
    )


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(der):
    """What is no certificate is told as unreadable."""
    with pytest.raises(Unreadable):
        read(der)


def test_a_certificate_of_another_version():
    """Nor is one of a version that there is not."""
    der = trustme.CA().cert_pem.bytes()
    whole = load_pem_x509_certificate(der).public_bytes(Encoding.DER)
    with pytest.raises(Unreadable):
        read(whole.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x49", 1))
