"""Hosts that policies name, and lines to them that are closed whatever happens."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.assessment.evidence import Outcome, Reason, Source
from bot.egress.exchange import Blocked, BrokenAnswer, Deadline, Unanswered, Unsendable
from bot.probes.reach import Host, authority, broken_handshake, line, milliseconds, unanswered
from tests.egress.network import raw_server
from tests.probes.loopback import loopback

WITHIN = timedelta(seconds=5)
HOST = TypeAdapter(Host)

HOSTS = {
    "name": ("api.example.com", "api.example.com"),
    "case and dot": ("API.Example.com.", "api.example.com"),
    "IDN": ("bücher.example", "xn--bcher-kva.example"),
    "underscore": ("_dmarc.example.com", "_dmarc.example.com"),
    "IPv4": ("93.184.216.34", "93.184.216.34"),
    "IPv6": ("2606:2800:220:1:0248:1893:25C8:1946", "2606:2800:220:1:248:1893:25c8:1946"),
}


@pytest.mark.parametrize("name", HOSTS)
def test_hosts_in_one_spelling(name):
    """Every spelling of a host becomes the one that is looked up and compared."""
    written, host = HOSTS[name]
    assert HOST.validate_python(written) == host


@pytest.mark.parametrize(
    "text",
    ["", " ", "a b.test", "a.test/x", "u@a.test", "a.test:80", "[::1]", "0x7f.1", "-a.test", "${HOST}", "a%2eb.c"],
)
def test_what_is_no_host(text):
    """What is no host is refused with a sentence about hosts, not about URLs."""
    with pytest.raises(ValidationError) as refused:
        HOST.validate_python(text)
    assert "URL" not in str(refused.value.errors()[0]["msg"])


def test_places_and_times_in_words():
    """IPv6 addresses are bracketed; times are milliseconds."""
    assert (authority("a.test", 80), authority("2606::1", 443)) == ("a.test:80", "[2606::1]:443")
    assert milliseconds(timedelta(seconds=1.2345)) == "1,234 ms"


ERRORS = {
    "blocked": (Blocked("no"), Outcome.ERROR, Reason.NETWORK_POLICY),
    "unanswered": (Unanswered("no"), Outcome.ERROR, Reason.NETWORK_POLICY),
    "late": (Deadline("no"), Outcome.ERROR, Reason.TIMED_OUT),
    "broken": (BrokenAnswer("no"), Outcome.ERROR, Reason.UNAVAILABLE),
    "faulty": (Unsendable("no"), Outcome.MISCONFIGURED, Reason.BAD_QUESTION),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_could_not_be_asked(name):
    """It is never a failure of what was asked about."""
    error, outcome, reason = ERRORS[name]
    source = Source(url="", place="a", sha=None, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    evidence = unanswered(error, expected="x", source=source)
    assert (evidence.outcome, evidence.reason, evidence.observed) == (outcome, reason, "no")


def test_a_broken_handshake_in_words():
    """What is wrong with a certificate is public, and told; other trouble is not spelled out."""
    refused = ssl.SSLCertVerificationError("x")
    refused.verify_message = "certificate has expired"
    assert str(broken_handshake(refused)) == "the TLS handshake failed: certificate has expired"
    assert str(broken_handshake(ConnectionResetError("1.2.3.4"))) == "the TLS handshake failed"


@pytest.mark.parametrize("tls", [None, ssl.create_default_context()], ids=["open", "in the handshake"])
async def test_a_line_that_is_given_up_is_closed(tls):
    """Whoever is cancelled leaves no connection behind."""
    closed = asyncio.Event()

    async def behave(reader, _writer):
        while await reader.read(1024):
            pass
        closed.set()

    async with raw_server(behave) as port:
        connection = await loopback(port).connect("api.test", port, within=WITHIN)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), line(connection, tls, within=WITHIN) as open_line:
                await open_line.reader.read()
        async with asyncio.timeout(2):
            await closed.wait()
    assert connection.socket.fileno() == -1
