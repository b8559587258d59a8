"""What an operator-named server says in its own words, without where things are in its network."""

import pytest

from bot.probes.servers import MOST_SAID, said, told

WORDS = {
    "receive from 10.1.2.3:10901: no such host": "receive from [address]: no such host",
    "dial tcp 10.1.2.3: timeout": "dial tcp [address]: timeout",
    "remote read http://thanos.corp:9090/api?x=1 failed": "remote read [address] failed",
    "lookup store-0.thanos.svc.cluster.local:10901": "lookup [address]",
    "dial [fd00::1]:9090, fd": "dial [address], fd",
    '1:5: parse error: unexpected "}" in version 2.45.0': '1:5: parse error: unexpected "}" in version 2.45.0',
    "at 12:34:56, 1.2.3 of 4": "at 12:34:56, 1.2.3 of 4",
}


@pytest.mark.parametrize("text", WORDS)
def test_places_are_not_told(text):
    """Neither addresses nor URLs nor names with ports; positions, times and versions stay."""
    assert told(text) == said(text.encode()) == WORDS[text]


def test_words_are_cut_short_after_that():
    """In one line, and no part of an address is left at the end."""
    assert told(f"{'x ' * 95}10.1.2.3:10901 is away") == f"{'x ' * 95}[address] "[:MOST_SAID]
    assert said(b"<html>10.1.2.3") == ""
