"""The dns probe against real name servers on loopback, through the real guard."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import dns.flags
import dns.message
import dns.rrset
import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.egress.names import Dns
from bot.egress.rules import NOT_REACHABLE
from bot.probes.dns import PROBE
from tests.egress.network import PUBLIC4, PUBLIC6, name_server
from tests.probes.loopback import loopback, over
from tests.probes.world import ask

OTHER4 = "93.184.216.35"
ZONE = {
    "shop.test": [[PUBLIC4, OTHER4, PUBLIC6, "MX 10 Mail.Shop.test.", 'TXT "v=spf1 " "-all"', 'TXT "token=1"']],
    "api.shop.test": [["CNAME LB2.example.net", PUBLIC4]],
    "_dmarc.shop.test": [['TXT "v=DMARC1; p=reject"']],
    "inner.test": [["10.0.0.5"]],
    "broken.test": "SERVFAIL",
    "many.test": [[f'TXT "{number}"' for number in range(101)]],
    "hostile.test": [['TXT "`@all` [x](http://evil.test) \\<b\\>"', "TXT " + " ".join(['"' + "x" * 250 + '"'] * 3)]],
}


async def probe(port: int, **params) -> Evidence:
    return await ask(PROBE, over(loopback(resolver=Dns(servers=("127.0.0.1",), port=port))), **params)


async def asked(**params) -> Evidence:
    async with name_server(ZONE) as port:
        return await probe(port, **params)


BOTH = [OTHER4, PUBLIC4]
PASSES = {
    "any": ({"name": "shop.test"}, f"2 records: `{PUBLIC4}` and `{OTHER4}`"),
    "equals": ({"name": "Shop.test.", "equals": BOTH}, f"2 records: `{PUBLIC4}` and `{OTHER4}`"),
    "equals an alias": (
        {"name": "api.shop.test", "type": "CNAME", "equals": ["lb2.example.NET."]},
        "1 record: `lb2.example.net`",
    ),
    "equals, another spelling": (
        {"name": "shop.test", "type": "AAAA", "equals": ["2606:2800:220:1:0248:1893:25C8:1946"]},
        f"1 record: `{PUBLIC6}`",
    ),
    "one value": (
        {"name": "api.shop.test", "type": "CNAME", "equals": "lb2.example.net"},
        "1 record: `lb2.example.net`",
    ),
    "contains": ({"name": "shop.test", "contains": [PUBLIC4]}, f"2 records: `{PUBLIC4}` and `{OTHER4}`"),
    "mail": ({"name": "shop.test", "type": "MX", "equals": ["10  mail.shop.test"]}, "1 record: `10 mail.shop.test`"),
    "text": (
        {"name": "shop.test", "type": "TXT", "contains": ["v=spf1 -all"]},
        "2 records: `token=1` and `v=spf1 -all`",
    ),
    "matches": (
        {"name": "_dmarc.shop.test", "type": "TXT", "matches": "p=(reject|quarantine)"},
        "1 record: `v=DMARC1; p=reject`",
    ),
}


@pytest.mark.parametrize("name", PASSES)
async def test_records_as_wanted(name):
    """Records as asked pass; order, case of names, trailing dots and spellings of addresses do not matter."""
    params, observed = PASSES[name]
    evidence = await asked(**params)
    assert (evidence.outcome, evidence.reason, evidence.observed) == (Outcome.PASS, Reason.HOLDS, observed)
    assert evidence.decisive


NONE = {
    "no such name": ("gone.test", "the name gone.test does not exist"),
    "no such record": ("_dmarc.shop.test", "_dmarc.shop.test has no A record"),
}


@pytest.mark.parametrize("case", NONE)
async def test_none_where_none_may_be_proves_little(case):
    """Nearly every name lacks the record, misspelt ones too: it holds, but decides nothing."""
    name, observed = NONE[case]
    evidence = await asked(name=name, exists=False)
    assert (evidence.outcome, evidence.observed, evidence.decisive) == (Outcome.PASS, observed, False)


FAILS = {
    "no such name": ({"name": "gone.test"}, "no such record; the name gone.test does not exist"),
    "no such record": (
        {"name": "_dmarc.shop.test", "equals": [PUBLIC4]},
        "no such record; _dmarc.shop.test has no A record",
    ),
    "another value": (
        {"name": "api.shop.test", "type": "CNAME", "equals": ["lb1.example.net"]},
        "lacks `lb1.example.net`; also has `lb2.example.net`; 1 record: `lb2.example.net`",
    ),
    "one too many": (
        {"name": "shop.test", "equals": [PUBLIC4]},
        f"also has `{OTHER4}`; 2 records: `{PUBLIC4}` and `{OTHER4}`",
    ),
    "one too few": (
        {"name": "shop.test", "contains": [PUBLIC4, "8.8.8.8"]},
        f"lacks `8.8.8.8`; 2 records: `{PUBLIC4}` and `{OTHER4}`",
    ),
    "none matches": (
        {"name": "_dmarc.shop.test", "type": "TXT", "matches": "p=none"},
        "none matches; 1 record: `v=DMARC1; p=reject`",
    ),
    "some where none may be": (
        {"name": "api.shop.test", "type": "CNAME", "exists": False},
        "there are records; 1 record: `lb2.example.net`",
    ),
}


@pytest.mark.parametrize("name", FAILS)
async def test_records_otherwise(name):
    """Other records fail, and say how they differ."""
    params, observed = FAILS[name]
    evidence = await asked(**params)
    assert (evidence.outcome, evidence.reason, evidence.observed) == (Outcome.FAIL, Reason.DOES_NOT_HOLD, observed)


UNANSWERED = {
    "server fails": ("broken.test", "A", NOT_REACHABLE),
    "leads inside": ("inner.test", "A", NOT_REACHABLE),
    "inner name": ("vault.corp", "A", NOT_REACHABLE),
    "too many": ("many.test", "TXT", "more than 100 records"),
}


@pytest.mark.parametrize("case", UNANSWERED)
async def test_no_usable_answer_is_an_error(case):
    """What could not be asked says nothing about the records."""
    name, kind, observed = UNANSWERED[case]
    evidence = await asked(name=name, type=kind)
    assert (evidence.outcome, evidence.observed) == (Outcome.ERROR, observed)


async def test_what_was_asked_and_seen_is_said():
    """The question, its place as RFC 4501 writes it, every record, and their number."""
    evidence = await asked(name="shop.test", type="TXT", contains=["b", "a"])
    assert evidence.expected == "TXT records of shop.test: `a` and `b` among them"
    assert (evidence.source.url, evidence.source.place) == ("dns:shop.test?type=TXT", "DNS, shop.test")
    assert [detail.text for detail in evidence.details] == ["`token=1`", "`v=spf1 -all`"]
    assert [(one.name, one.value, one.unit) for one in evidence.measures] == [("records", 2, "records")]


async def test_long_records_are_quoted_shortly():
    """What a stranger's record says is shown, but not at any length."""
    evidence = await asked(name="hostile.test", type="TXT", equals=["x"])
    assert len(evidence.observed) < 300
    assert all(len(detail.text) < 100 for detail in evidence.details)


@asynccontextmanager
async def truncating(records: int):
    """A name server that tells all only over TCP."""

    def reply(wire: bytes, *, whole: bool) -> bytes:
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        if whole:
            texts = [f'"{number}"' for number in range(records)]
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 0, "IN", "TXT", *texts))
        else:
            answer.flags |= dns.flags.TC
        return answer.to_wire(max_size=65_535)

    async def connected(reader, writer):
        wire = reply(await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big")), whole=True)
        writer.write(len(wire).to_bytes(2, "big") + wire)
        writer.close()

    class Datagrams(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            self.transport.sendto(reply(data, whole=False), addr)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    place = server.sockets[0].getsockname()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, local_addr=place)
    try:
        yield place[1]
    finally:
        transport.close()
        server.close()


async def test_a_long_answer_comes_over_tcp():
    """What does not fit a datagram is asked for again; far too much of it is no answer."""
    async with truncating(40) as port:
        evidence = await probe(port, name="shop.test", type="TXT", contains=["39"])
        assert (evidence.outcome, evidence.measures[0].value, len(evidence.details)) == (Outcome.PASS, 40, 20)
    async with truncating(3_500) as port:
        evidence = await probe(port, name="shop.test", type="TXT", contains=["39"])
        assert (evidence.outcome, evidence.observed) == (Outcome.ERROR, "more than 100 records")


async def test_a_silent_name_server_ends_in_time():
    """Nothing is waited for any longer than the probe may take."""
    assert PROBE.patience < PROBE.limit <= timedelta(seconds=15)


FAULTY = {
    "an address": ({"name": PUBLIC4}, "an address has no records"),
    "an IPv6 address": ({"name": "2606::1"}, "an address has no records"),
    "a URL": ({"name": "https://shop.test/"}, "a host name or an address is needed"),
    "a star": ({"name": "*.shop.test"}, "characters that no host name has"),
    "a type": ({"name": "shop.test", "type": "ANY"}, "Input should be"),
    "two conditions": ({"name": "shop.test", "equals": ["8.8.8.8"], "matches": "8"}, "one of `equals`"),
    "values of nothing": ({"name": "shop.test", "equals": ["8.8.8.8"], "exists": False}, "no other condition"),
    "no address": ({"name": "shop.test", "equals": ["lb.shop.test"]}, "no IPv4 address, and A records"),
    "the other address": ({"name": "shop.test", "type": "AAAA", "contains": ["8.8.8.8"]}, "no IPv6 address"),
    "a pattern": ({"name": "shop.test", "type": "TXT", "matches": "("}, "`matches`"),
    "a bomb": ({"name": "shop.test", "type": "TXT", "matches": "(a{20}){20}"}, "`matches`"),
    "an empty value": ({"name": "shop.test", "type": "TXT", "equals": [""]}, "at least 1 character"),
    "too many values": ({"name": "shop.test", "type": "TXT", "equals": ["a"] * 33}, "at most 32"),
}


@pytest.mark.parametrize("name", FAULTY)
async def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read, and how to write it right."""
    params, words = FAULTY[name]
    with pytest.raises(ValidationError, match=words):
        await ask(PROBE, over(loopback()), **params)
