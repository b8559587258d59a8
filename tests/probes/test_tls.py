"""The tls probe against real TLS servers, through the real guard."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.rules import NOT_REACHABLE
from bot.probes.tls import PROBE
from tests.egress.network import raw_server
from tests.egress.test_tls import certified
from tests.probes.loopback import loopback, over
from tests.probes.world import ask

CA = trustme.CA(organization_name="Trust & Co")
STRANGER = trustme.CA()
NOW = datetime.now(UTC)


def trust() -> ssl.SSLContext:
    tls = ssl.create_default_context()
    CA.configure_trust(tls)
    return tls


def server_side(
    *names: str, by: trustme.CA = CA, starts: int = -9, ends: int = 40, leaf_only: bool = False
) -> ssl.SSLContext:
    """A server's TLS with a certificate for these names; its time in days from now (and some hours)."""
    spare = timedelta(hours=6)
    issued = by.issue_cert(
        *names or ("api.test",),
        not_before=NOW + timedelta(days=starts) + spare,
        not_after=NOW + timedelta(days=ends) + spare,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if not leaf_only:
        issued.configure_cert(tls)
        return tls
    with issued.private_key_pem.tempfile() as key, issued.cert_chain_pems[0].tempfile() as leaf:
        tls.load_cert_chain(leaf, key)
    return tls


async def waits(reader, _writer):
    await reader.read()


async def probe(server_tls: ssl.SSLContext | None, behave=waits, **params) -> Evidence:
    async with raw_server(behave, server_tls) as port:
        network = loopback(port, hosts=("api.test", "api.shop.test"), tls=trust())
        return await ask(PROBE, over(network), **{"host": "api.test", "port": port, **params})


def day(days: int) -> str:
    return (NOW + timedelta(days=days, hours=6)).date().isoformat()


async def test_a_good_certificate():
    """It passes, and says until when, which version, whose certificate and for whom."""
    evidence = await probe(server_side(ends=71))
    assert (evidence.outcome, evidence.reason) == (Outcome.PASS, Reason.HOLDS)
    assert evidence.observed.startswith(f"valid for 71 days (until {day(71)}), TLSv1.3, ")
    assert evidence.observed.endswith("issued by Trust & Co; covers api.test")
    assert [(one.name, one.value, one.unit) for one in evidence.measures] == [("days_left", 71, "days")]
    assert evidence.expected == "a certificate for api.test that everybody accepts, for at least 14 days"


def old(tls: ssl.SSLContext) -> ssl.SSLContext:
    """A server that speaks nothing newer than TLS 1.2."""
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    return tls


PASSES = {
    "TLS 1.2": (lambda: old(server_side()), {"protocol": "TLSv1.2"}),
    "TLS 1.3": (server_side, {"protocol": "TLSv1.3"}),
    "issuer": (server_side, {"issuer": "trust & co"}),
    "more names": (lambda: server_side("api.test", "*.shop.test"), {"names": ["Eu.Shop.test."]}),
    "a star": (lambda: server_side("*.shop.test"), {"host": "api.shop.test"}),
    "an address": (lambda: server_side("127.0.0.1"), {"host": "127.0.0.1"}),
    "the last day": (lambda: server_side(ends=0), {"days_left": 0}),
    "with its chain": (lambda: server_side(by=CA.create_child_ca()), {}),
}


@pytest.mark.parametrize("name", PASSES)
async def test_certificates_as_asked(name):
    """Every condition can hold."""
    make, params = PASSES[name]
    assert (await probe(make(), **params)).outcome is Outcome.PASS


NOT_AS_ASKED = {
    "too few days": (lambda: server_side(ends=5), {"days_left": 30}, "less than 30 days left; valid for 5 days"),
    "old version": (lambda: old(server_side()), {"protocol": "TLSv1.3"}, "older than TLSv1.3; valid for 40 days"),
    "issuer": (server_side, {"issuer": "Let's Encrypt"}, "not issued by `Let's Encrypt`; valid for 40 days"),
    "names": (server_side, {"names": ["www.test", "a.b.test"]}, "does not cover www.test and a.b.test; valid for"),
}


@pytest.mark.parametrize("name", NOT_AS_ASKED)
async def test_an_accepted_certificate_that_is_not_as_asked(name):
    """What is otherwise comes first, then what was seen."""
    make, params, observed = NOT_AS_ASKED[name]
    evidence = await probe(make(), **params)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.DOES_NOT_HOLD)
    assert evidence.observed.startswith(observed)
    assert evidence.measures[0].name == "days_left"


REFUSED = {
    "expired": (
        lambda: server_side(starts=-90, ends=-4),
        ("expired 3 days ago", day(-4), "for api.test", "Trust & Co"),
    ),
    "not yet": (lambda: server_side(starts=3), (f"not valid before {day(3)}",)),
    "another host": (
        lambda: server_side("other.test"),
        ("for other.test, not api.test; issued by", f"until {day(40)}"),
    ),
    "expired, for another": (
        lambda: server_side("other.test", starts=-90, ends=-4),
        ("expired 3 days ago", "for other.test, not api.test"),
    ),
    "a star for all": (lambda: server_side("*.test"), ("for *.test, not api.test",)),
    "a star too high": (lambda: server_side("*.api.test"), ("for *.api.test, not api.test",)),
    "unknown authority": (
        lambda: server_side(by=STRANGER.create_child_ca()),
        ("issued by an unknown authority: trustme", "; for api.test"),
    ),
    "incomplete": (
        lambda: server_side(by=CA.create_child_ca(), leaf_only=True),
        ("the chain is incomplete, or its issuer is unknown: issued by ", "sent without it"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_refused_certificate_is_described(name):
    """A second connection looks at the certificate, and everything that is wrong with it is said."""
    make, words = REFUSED[name]
    evidence = await probe(make())
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.DOES_NOT_HOLD)
    assert [word for word in words if word not in evidence.observed] == []
    assert evidence.observed.count("issued by") == 1


async def test_a_self_signed_certificate(tmp_path):
    """It vouches for itself alone, and says so once."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certified(tmp_path, "api.test", days=5))
    evidence = await probe(tls)
    until = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    assert evidence.observed == f"self-signed; for api.test; until {until}"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_a_server_of_the_last_century():
    """What speaks only versions that are no longer safe fails, and the version is named."""
    tls = server_side()
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("ALL:@SECLEVEL=0")
    evidence = await probe(tls)
    assert evidence.outcome is Outcome.FAIL
    assert evidence.observed.startswith("no handshake by today's rules, only TLSv1.1 by older ones; for api.test")


def sends(data: bytes):
    async def behave(_reader, writer):
        writer.write(data)
        await writer.drain()

    return behave


NO_TLS = {
    "http": (sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "it answers, but not with TLS"),
    "ssh": (sends(b"SSH-2.0-OpenSSH_9.6\r\n"), "it answers, but not with TLS"),
    "an alert": (sends(b"\x15\x03\x01\x00\x02\x02\x28"), "the TLS handshake failed: sslv3 alert handshake failure"),
    "nothing": (sends(b""), "it closed the connection during the TLS handshake"),
}


@pytest.mark.parametrize("name", NO_TLS)
async def test_what_speaks_no_tls_fails(name):
    """Somebody answers, but not with TLS: that is an answer."""
    behave, observed = NO_TLS[name]
    evidence = await probe(None, behave)
    assert (evidence.outcome, evidence.observed) == (Outcome.FAIL, observed)


async def test_silence_is_an_error():
    """A server that accepts and says nothing costs the time that was given."""
    evidence = await probe(None, timeout=0.1)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.TIMED_OUT)
    assert evidence.observed == "connected, but no TLS handshake within 0.1 s"


async def drips(_reader, writer):
    writer.write(b"\x16\x03\x03\x40\x00")
    while True:
        writer.write(b"\x02")
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_a_dripping_handshake_ends_in_time():
    """A record that never ends is given up."""
    evidence = await probe(None, drips, timeout=0.2)
    assert evidence.outcome in {Outcome.ERROR, Outcome.FAIL}


@pytest.mark.parametrize(
    ("host", "port", "outcome", "observed"),
    [
        ("vault.corp", 443, Outcome.ERROR, NOT_REACHABLE),
        ("api.test", 22, Outcome.MISCONFIGURED, "port 22 is not asked from here; these are: 80, 443, 8080, 8443"),
    ],
    ids=["inner host", "port"],
)
async def test_what_is_not_reached(host, port, outcome, observed):
    """What this server may not ask is no failure of the host."""
    evidence = await ask(PROBE, over(loopback()), host=host, port=port)
    assert (evidence.outcome, evidence.observed) == (outcome, observed)


@asynccontextmanager
async def listening_server(tls: ssl.SSLContext, heard: list[bytes]):
    async def behave(reader, _writer):
        heard.append(await reader.read())

    async with raw_server(behave, tls) as port:
        yield port


async def test_nothing_is_sent_over_either_connection():
    """Neither the accepted nor the describing connection carries a byte, and both are closed."""
    for tls, outcome in ((server_side(), Outcome.PASS), (server_side("other.test"), Outcome.FAIL)):
        heard: list[bytes] = []
        async with listening_server(tls, heard) as port:
            evidence = await ask(PROBE, over(loopback(port, tls=trust())), host="api.test", port=port)
            async with asyncio.timeout(2):
                while not heard:
                    await asyncio.sleep(0)
        assert (evidence.outcome, heard) == (outcome, [b""])


FAULTY = {
    "a URL": {"host": "https://api.test"},
    "metadata": {"host": "169.254.169.254"},
    "an old version": {"host": "api.test", "protocol": "TLSv1.1"},
    "negative days": {"host": "api.test", "days_left": -1},
    "no issuer": {"host": "api.test", "issuer": ""},
    "a faulty name": {"host": "api.test", "names": ["*.test"]},
    "too long": {"host": "api.test", "timeout": 16},
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read."""
    with pytest.raises(ValidationError):
        await ask(PROBE, over(loopback()), **FAULTY[name])
