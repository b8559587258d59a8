"""The tcp probe against real listeners, through the real guard."""

import asyncio
import socket
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.connecting import dial_socket
from bot.egress.rules import NOT_REACHABLE
from bot.probes.tcp import PROBE
from tests.egress.network import PUBLIC4
from tests.probes.loopback import Names, loopback, over
from tests.probes.world import ask


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


async def probe(network, host="api.test", **params) -> Evidence:
    return await ask(PROBE, over(network), host=host, **params)


async def test_somebody_listens():
    """A port that accepts passes with the time it took; the connection is closed again, and nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        evidence = await probe(loopback(port), port=port)
        with listener.accept()[0] as accepted:
            assert accepted.recv(1) == b""
    (measure,) = evidence.measures
    assert (evidence.outcome, evidence.reason, evidence.source.place) == (
        *(Outcome.PASS, Reason.HOLDS),
        f"api.test:{port}",
    )
    assert evidence.observed == f"connected in {round(measure.value * 1000):,} ms"
    assert (measure.name, measure.unit, evidence.decisive) == ("connect", "s", True)


def public(dial, *ports: int):
    """A network on which api.test is a public host."""
    return loopback(*ports, resolver=Names({"api.test": PUBLIC4}), dial_socket=dial)


async def test_a_public_host_that_refuses_fails():
    """A refusal is the host's own answer; the connection is really refused by a port where nobody listens."""
    port = closed_port()
    evidence = await probe(public(lambda _address, _port: dial_socket("127.0.0.1", port)), port=443)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.DOES_NOT_HOLD)
    assert evidence.observed == "the host is there, and refuses connections on this port"


async def silent(_address: str, _port: int):
    await asyncio.sleep(60)


NOT_TOLD = {
    "granted, nobody listens": (loopback, "api.test"),
    "inner": (loopback, "vault.corp"),
    "no such name": (loopback, "gone.test"),
    "inner address": (loopback, "10.0.0.5"),
    "public, silent": (lambda port: public(silent, port), "api.test"),
}


@pytest.mark.parametrize("name", NOT_TOLD)
async def test_what_cannot_be_told_apart_reads_the_same(name):
    """A closed inner port, an inner host, no such name and silence: one wording, and an error rather than a failure."""
    make, host = NOT_TOLD[name]
    port = closed_port()
    evidence = await probe(make(port), host, port=port, timeout=0.2)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.NETWORK_POLICY)
    assert evidence.observed == NOT_REACHABLE


async def test_a_port_that_is_not_asked():
    """Whoever wrote the policy hears which ports are asked."""
    evidence = await probe(loopback(), port=22)
    assert (evidence.outcome, evidence.reason) == (Outcome.MISCONFIGURED, Reason.BAD_QUESTION)
    assert evidence.observed == "port 22 is not asked from here; these are: 80, 443, 8080, 8443"


FAULTY = {
    "a URL": ({"host": "https://api.test", "port": 443}, "without a port, a path"),
    "a port": ({"host": "api.test:443", "port": 443}, "without a port, a path"),
    "nothing": ({"host": "", "port": 443}, "at least 1 character"),
    "metadata": ({"host": "169.254.169.254", "port": 80}, "never asked"),
    "odd spelling": ({"host": "0x7f000001", "port": 80}, "unusual spelling"),
    "no port": ({"host": "api.test"}, "Field required"),
    "port 0": ({"host": "api.test", "port": 0}, "greater than or equal to 1"),
    "port in words": ({"host": "api.test", "port": "443"}, "valid integer"),
    "no time": ({"host": "api.test", "port": 443, "timeout": 0}, "greater than 0"),
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read."""
    params, words = FAULTY[name]
    with pytest.raises(ValidationError, match=words):
        await ask(PROBE, over(loopback()), **params)


async def test_names_are_asked_as_they_are_looked_up():
    """IDN, case and a trailing dot make no other host."""
    for written in ("Bücher.test", "xn--bcher-kva.test."):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            evidence = await probe(loopback(port, hosts=("xn--bcher-kva.test",)), written, port=port)
        assert (evidence.outcome, evidence.source.place) == (Outcome.PASS, f"xn--bcher-kva.test:{port}")
    assert PROBE.limit > timedelta(seconds=30)
