"""A corpus of URLs: none of the bad ones leads to a connection that it should not make, all of the good ones work."""

import asyncio
from ipaddress import ip_address

import pytest

from tests.egress.lab import corpus
from tests.egress.processes import lab

CORPUS = corpus()


def of(verdict: str) -> list[str]:
    return [url for said, url in CORPUS if said == verdict]


@pytest.fixture(scope="module")
def asked():
    """All of them, asked in one process with an audit hook on every socket."""
    return asyncio.run(lab("urls"))


def test_no_socket_of_the_whole_process_goes_anywhere_else(asked):
    """Nothing but the stand-in for the public internet and the name server was connected to, by whatever library."""
    assert asked["strays"] == []


@pytest.mark.parametrize("url", [*of("deny"), *of("quiet"), *of("port")], ids=ascii)
def test_nothing_inner_is_dialled(asked, url):
    """Whatever the spelling, the name or the redirect: no connection to an inner address; without one, to none."""
    _, dialled = asked["urls"][ascii(url)]
    assert all(ip_address(address).is_global for address in dialled)
    is_on_the_way = "/to?" in url or "/r?" in url or "/again" in url or (url in of("quiet"))
    assert dialled == [] or is_on_the_way


@pytest.mark.parametrize("url", of("deny"), ids=ascii)
def test_a_refused_url_is_never_answered(asked, url):
    """It ends in an error that has a name."""
    ended, _ = asked["urls"][ascii(url)]
    assert ended.partition(":")[0] in {"Blocked", "Unsendable", "BrokenAnswer"}


@pytest.mark.parametrize("url", of("port"), ids=ascii)
def test_a_closed_port_is_told(asked, url):
    """Which ports are asked is the operator's decision, and no secret."""
    assert "is not asked from here; these are: 80, 443, 8080, 8443" in asked["urls"][ascii(url)][0]


@pytest.mark.parametrize("url", of("allow"), ids=ascii)
def test_a_public_url_is_answered(asked, url):
    """The guard lets ordinary URLs through, odd as they may look."""
    ended, dialled = asked["urls"][ascii(url)]
    assert ended == "200"
    assert dialled


def test_the_corpus_is_large_enough():
    """The corpus covers what it should, and nothing is listed twice."""
    assert len(of("deny")) >= 310
    assert len(of("allow")) >= 35
    assert len(of("port")) >= 12
    assert len({url for _, url in CORPUS}) == len(CORPUS)
